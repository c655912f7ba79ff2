"""What it was measured on: processor, cores, memory, system, versions. No name of a host, no path."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

LIBRARIES = (
    "apsw", "duckdb", "sqlglot", "psycopg", "lark", "numba", "numpy", "zen-engine", "rule-engine", "durable-rules",
    "json-logic-qubit", "cel-python", "common-expression-language",
)  # fmt: skip


def machine() -> dict[str, Any]:
    """The machine as data."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": _memory(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "load": [round(one, 1) for one in os.getloadavg()],
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
    }


def in_words(found: dict[str, Any] | str) -> str:
    """The machine in one line; it may be one already."""
    if isinstance(found, str):
        return found
    return (
        f"{found['cpu']}, {found['cores']} cores, {found['memory_gb']} GB, {found['system']},"
        f" Python {found['python']}, SQLite {found['sqlite']}, load {found['load'][0]}"
    )


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    return names[0].split(":", 1)[1].strip() if names else platform.processor() or platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
