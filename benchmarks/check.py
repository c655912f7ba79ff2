"""How long `kadenz check` takes: the demo, and 200 blocks in 20 files, cold and warm, beside Python with Lark alone.

    .venv/bin/python -m benchmarks.check [--rounds 15] [--json FILE]

Cold is a new process each time, from its start to its end; warm is one process that checks again after one file has
changed. All entries are measured in turn, round by round, so that they see the same load. Beside the seconds that
passed stand those of the processor, which other work on the machine stretches less. Seconds differ by machine, ratios
to the floor (Python and Lark) hardly do. Rows with `no .pyc` run with PYTHONDONTWRITEBYTECODE=1 and no compiled files
of ours, so that each start compiles our modules anew; the libraries' are as the installer left them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from adapters.cli.init import copy_ready
from adapters.project_check import Checker
from benchmarks.checked_project import write

ROOT = Path(__file__).resolve().parent.parent
FLOOR = "python + lark"
TARGETS = {"demo, cold": 0.4, "200 blocks, cold": 0.5, "200 blocks, one file changed, warm": 0.05}

Entry = Callable[[], tuple[float, float]]
"""Does the work once; how many seconds passed, and how many of the processor's it took."""


def process(arguments: list[str], code: Path, *, compiled: bool = True) -> Entry:
    """A new process that must end with 0; it imports our packages from `code`."""

    def run() -> tuple[float, float]:
        given = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {"PYTHONPATH": str(code)}
        if not compiled:
            given["PYTHONDONTWRITEBYTECODE"] = "1"
        spent, start = children_seconds(), perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=given, cwd=code)
        return perf_counter() - start, children_seconds() - spent

    return run


def children_seconds() -> float:
    """The processor's seconds of all child processes so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def check_of(folder: Path) -> list[str]:
    """Python's arguments for `kadenz check` on a project."""
    return ["-c", "from adapters.cli.main import main; main()", "check", "--project", str(folder)]


def warm(folder: Path) -> Entry:
    """Check a project again in this process, after one of its files has changed."""
    checker = Checker(folder)
    changed = folder / "playbooks" / "line_04.play"
    text = changed.read_text(encoding="utf-8")
    count = 0

    def run() -> tuple[float, float]:
        nonlocal count
        count += 1
        changed.write_text(f"{text}\n# change {count}\n", encoding="utf-8")
        spent, start = process_time(), perf_counter()
        _, _, found = checker.check()
        took = perf_counter() - start, process_time() - spent
        assert not found, found
        return took

    return run


def entries(folder: Path) -> dict[str, Entry]:
    """What is measured, in `folder`: two copies of our code (one stays without compiled files) and two projects."""
    demo, large = folder / "demo", folder / "large"
    code, bare = folder / "code", folder / "bare"
    copy_ready("shop", demo)
    write(large)
    for copy in (code, bare):
        for package in ("dsl", "engine", "adapters", "playbooks"):
            shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    return {
        "python": process(["-c", ""], code),
        FLOOR: process(["-c", "import lark"], code),
        "demo, cold": process(check_of(demo), code),
        "demo, cold, no .pyc": process(check_of(demo), bare, compiled=False),
        "200 blocks, cold": process(check_of(large), code),
        "200 blocks, cold, no .pyc": process(check_of(large), bare, compiled=False),
        "200 blocks, one file changed, warm": warm(large),
    }


def measured(found: Mapping[str, Entry], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds of each entry, in turn, after one round that counts for nothing (it compiles, and reads from disk)."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in found}
    for count in range(rounds + 1):
        for name, entry in found.items():
            took = entry()
            if count:
                seconds[name].append(took)
    return seconds


def machine() -> dict[str, Any]:
    """What it was measured on."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].split(":", 1)[1].strip() if names else cpu
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "load": [round(one, 1) for one in os.getloadavg()],
        "python": platform.python_version(),
        "system": platform.system(),
    }


def main() -> None:
    """Measure, print the table, write the JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--json", type=Path, help="also write the figures there")
    chosen = options.parse_args()
    on = machine()
    with tempfile.TemporaryDirectory() as folder:
        seconds = measured(entries(Path(folder)), chosen.rounds)
    floor = median(passed for passed, _ in seconds[FLOOR])
    rows = [
        {
            "name": name,
            "median": round(median(passed for passed, _ in took), 4),
            "fastest": round(min(passed for passed, _ in took), 4),
            "processor": round(median(spent for _, spent in took), 4),
            "ratio": round(median(passed for passed, _ in took) / floor, 2),
            "target": TARGETS.get(name),
        }
        for name, took in seconds.items()
    ]
    print(f"{on['cpu']}, {on['cores']} cores, load {on['load'][0]}, Python {on['python']}; {chosen.rounds} rounds")
    print(f"{'':<36}{'median s':>10}{'fastest s':>11}{'processor s':>13}{'to floor':>10}{'target s':>10}")
    for row in rows:
        target = "" if row["target"] is None else f"{row['target']:.2f}"
        print(
            f"{row['name']:<36}{row['median']:>10.3f}{row['fastest']:>11.3f}{row['processor']:>13.3f}"
            f"{row['ratio']:>10.1f}{target:>10}"
        )
    if chosen.json is not None:
        chosen.json.write_text(json.dumps({"machine": on, "floor": FLOOR, "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
