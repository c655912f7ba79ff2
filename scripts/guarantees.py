"""The long proofs of the promises, one part after the other, and their figures into docs/guarantees.md.

    python -m scripts.guarantees            all parts; exit code 0 only if every one of them passed
    python -m scripts.guarantees power disk these alone
    python -m scripts.guarantees --page     the page anew from docs/guarantees.json, nothing is run

Each part writes its figures, with date and machine, when it has come to its end, and leaves those of the others alone.
A part that failed says so in the page until it has passed; what was skipped has not passed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from benchmarks.machine import in_words, machine

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "guarantees.md"
FIGURES = ROOT / "docs" / "guarantees.json"
BEGIN, END = "<!-- figures -->\n", "<!-- end -->"


@dataclass(frozen=True, slots=True)
class Part:
    """Proofs that are run together: what pytest is asked for."""

    tests: tuple[str, ...]
    about: str


_KILLS = "tests/torture/test_kills.py::"

PARTS: Mapping[str, Part] = {
    "machine": Part(("tests/adapters/test_ledger_machine.py",), "the state machine of the outbox, by random steps"),
    "disk": Part(("tests/torture/test_disk.py",), "full disks, one that grows among them (mounts it, as root)"),
    "restores": Part(("tests/torture/test_restore.py",), "ledgers put back from a backup"),
    "clocks": Part(("tests/torture/test_clocks.py",), "changes of clocks, and clocks that jump"),
    "points": Part(
        (f"{_KILLS}test_every_named_point_again_and_again", "tests/adapters/test_crash_points.py"),
        "a kill at each named point",
    ),
    "kills": Part(
        (f"{_KILLS}test_killed_again_and_again_nothing_is_lost_and_nothing_comes_twice",), "kills at random instants"
    ),
    "withdrawals": Part(("tests/torture/test_withdrawals.py",), "consent withdrawn while messages leave"),
    "runs-sqlite": Part(("tests/torture/test_runners.py", "-k", "sqlite"), "several runs at once, killed"),
    "runs-postgres": Part(("tests/torture/test_runners.py", "-k", "postgres"), "several runs at once, killed"),
    "power": Part(("tests/torture/test_power.py",), "power cuts"),
}
"""In the order in which they are run, short ones first."""


class Kept(TypedDict):
    """What is kept of a part. `figures`: proof -> what it counted."""

    passed: bool
    tests: int
    figures: dict[str, dict[str, int]]
    date: str
    seconds: int
    machine: str


def table(kept: Mapping[str, Kept]) -> str:
    """One row a part: what it did, what it found, when and where."""
    rows = ["| part | figures | tests | when, and how long |", "|---|---|---|---|"]
    machines = sorted({one["machine"] for one in kept.values()})
    for part in PARTS:
        one = kept.get(part)
        if one is None:
            rows.append(f"| {part} | not run | | |")
            continue
        told = "; ".join(_told(proof, numbers) for proof, numbers in sorted(one["figures"].items()))
        where = f", machine {machines.index(one['machine']) + 1}" if len(machines) > 1 else ""
        result = f"{one['tests']} passed" if one["passed"] else "**not passed**"
        rows.append(f"| {part} | {told} | {result} | {one['date']}, {one['seconds']:,} s{where} |")
    named = [f"{number}. {name}" for number, name in enumerate(machines, 1)] if len(machines) > 1 else machines
    return "\n".join(rows) + "\n\n" + "\n".join(f"Measured on: {name}" for name in named) + "\n"


def _told(proof: str, numbers: Mapping[str, int]) -> str:
    return f"{proof}: " + ", ".join(f"{name} {number:,}" for name, number in numbers.items())


def written(page: str, kept: Mapping[str, Kept]) -> str:
    """The page with these figures."""
    before, rest = page.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{table(kept)}\n{END}{after}"


def read() -> dict[str, Kept]:
    """What was kept so far."""
    found: dict[str, Kept] = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    return found


def keep(name: str, one: Kept) -> None:
    """Put the figures of one part in the place of its older ones."""
    kept = {**read(), name: one}
    ordered = {part: kept[part] for part in PARTS if part in kept}
    FIGURES.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), ordered), encoding="utf-8")


def counts(report: str) -> tuple[int, int]:
    """How many tests passed, and how many did anything else, by the last line of pytest."""
    last = report.strip().rsplit("\n", 1)[-1]
    found = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", last)}
    others = sum(found.get(word, 0) for word in ("failed", "error", "errors", "skipped", "xfailed", "xpassed"))
    return found.get("passed", 0), others


def run(part: Part) -> Kept:
    """Run one part in its long form, telling how far it is."""
    with tempfile.TemporaryDirectory() as folder:
        figures, lines = Path(folder) / "figures.json", list[str]()
        long = {**os.environ, "KADENZ_LONG": "1", "PYTHONUNBUFFERED": "1", "KADENZ_FIGURES": str(figures)}
        asked = [sys.executable, "-m", "pytest", "-n0", "-v", "--tb=short", "-p", "no:cacheprovider", *part.tests]
        begun = time.monotonic()
        with subprocess.Popen(asked, cwd=ROOT, env=long, text=True, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for line in process.stdout:
                _say(line.rstrip("\n"))
                lines.append(line)
        passed, others = counts("".join(lines))
        return Kept(
            passed=process.returncode == 0 and passed > 0 and not others,
            tests=passed,
            figures=json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {},
            date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            seconds=round(time.monotonic() - begun),
            machine=in_words(machine()).rsplit(", load", 1)[0],
        )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(asked: Sequence[str]) -> int:
    """Run the parts that are asked for, or all; 0 only if all of these passed, 3 for a name that is none."""
    if list(asked) == ["--page"]:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), read()), encoding="utf-8")
        return 0
    unknown = [name for name in asked if name not in PARTS]
    if unknown:
        _say(f"there is no part `{unknown[0]}`; there are: {', '.join(PARTS)}")
        return 3
    wanted, failed = list(asked) or list(PARTS), list[str]()
    for number, name in enumerate(wanted, 1):
        _say(f"\n--- part {number} of {len(wanted)}: {name}, {PARTS[name].about}")
        one = run(PARTS[name])
        keep(name, one)
        _say(f"--- {name}: {'passed' if one['passed'] else 'NOT PASSED'}, {one['seconds']:,} s")
        if not one["passed"]:
            failed.append(name)
    _say(f"\n{len(wanted) - len(failed)} of {len(wanted)} parts passed")
    if failed:
        _say(f"not passed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
