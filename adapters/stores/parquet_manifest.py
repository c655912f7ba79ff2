"""What lies in a folder of Parquet files: which parts make up each table, and how far they have read.

The manifest is the truth: a file that it does not name is nothing. It is replaced as a whole (written beside, made
durable, renamed), so that whatever is cut off in the middle leaves the last good one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.stores.facts_migrations import StoreError
from engine.layout import Kind

VERSION = 1

NAME = "manifest.json"

_PART = re.compile(r"part-[0-9]+\.parquet")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a table: `TABLE/part-NUMBER.parquet`. A number is never given twice, and a part never changed."""

    number: int
    rows: int

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"part-{self.number}.parquet"


@dataclass(frozen=True, slots=True)
class PartedTable:
    """The columns of a table, in the order of its files, and its parts."""

    columns: Mapping[str, Kind]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """`copied`: the row that says how far a copy has read (`facts_engine.COPIED`), None before the first time."""

    tables: Mapping[str, PartedTable] = field(default_factory=dict)
    copied: tuple[int, ...] | None = None
    following: int = 1
    """The number of the next part."""


def read(folder: Path) -> Manifest:
    """The manifest of a folder; an empty one where there is none. Raises StoreError if it cannot be read."""
    path = folder / NAME
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Manifest()
    except (OSError, ValueError) as error:
        raise StoreError(f"the Parquet files in `{folder}` cannot be used: {NAME} is damaged: {error}") from error
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise StoreError(f"the Parquet files in `{folder}` were written by another version of kadenz")
    tables = {
        name: PartedTable(held["columns"], tuple(Part(number, rows) for number, rows in held["parts"]))
        for name, held in data["tables"].items()
    }
    copied = data["copied"]
    return Manifest(tables, None if copied is None else tuple(copied), data["following"])


def write(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest of a folder; the parts that it names are durable already."""
    data = {
        "version": VERSION,
        "copied": manifest.copied,
        "following": manifest.following,
        "tables": {
            name: {"columns": dict(held.columns), "parts": [[part.number, part.rows] for part in held.parts]}
            for name, held in manifest.tables.items()
        },
    }
    beside = folder / f"{NAME}.new"
    with beside.open("w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / NAME)
    durable(folder)


def durable(path: Path) -> None:
    """What was written to a file, or which files a folder has, outlives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path, manifest: Manifest) -> int:
    """Remove parts that the manifest does not name, however they came about; how many."""
    named = {(name, part.name) for name, held in manifest.tables.items() for part in held.parts}
    gone = [
        path
        for path in folder.glob("*/part-*.parquet")
        if _PART.fullmatch(path.name) and (path.parent.name, path.name) not in named
    ]
    for path in gone:
        path.unlink()
    return len(gone)
