"""What a benchmark tells: figures beside a baseline, and whether a target is met.

A suite is a module with `figures(options)`, which yields a `Figure` for each thing that it measured, the moment it is
known. What could not be measured is a figure without a number and with a note that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked of the ratio, or of the figure itself."""

    kind: Literal["at most", "at least"]
    number: float
    of: Literal["ratio", "figure"] = "ratio"

    def met(self, number: float) -> bool:
        """Whether a number reaches it; exactly the target does."""
        return number <= self.number if self.kind == "at most" else number >= self.number

    def __str__(self) -> str:
        return f"{self.kind} {self.number:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured: `figure` in `unit` ("s", "MB", "rows/s" ..), and `baseline` in the same unit and run.

    `ratio` is figure / baseline, or baseline / figure where `inverted` is said ("so many times cheaper"). `against`
    says in words what the baseline is. `note` is for people: what was compared, where the time goes, why there is no
    number. `equal`: whether the answers of figure and baseline are equal; None where there is nothing to compare.
    """

    name: str
    figure: float | None
    unit: str
    baseline: float | None = None
    against: str = ""
    target: Target | None = None
    inverted: bool = False
    equal: bool | None = None
    note: str = ""
    line: tuple[str, int] | None = None
    """A point of a line in the picture: which line, and at how many contacts."""

    @property
    def ratio(self) -> float | None:
        """Figure to baseline, or the other way round; None without both."""
        if self.figure is None or self.baseline is None:
            return None
        over, under = (self.baseline, self.figure) if self.inverted else (self.figure, self.baseline)
        return over / under if under else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target or without the number that it asks about. Unequal answers
        meet none."""
        if self.target is None:
            return None
        number = self.ratio if self.target.of == "ratio" else self.figure
        return None if number is None else self.equal is not False and self.target.met(number)

    def json(self, suite: str) -> dict[str, Any]:
        """The figure as data with stable keys."""
        return {
            "suite": suite,
            "name": self.name,
            "figure": rounded(self.figure),
            "unit": self.unit,
            "baseline": rounded(self.baseline),
            "ratio": rounded(self.ratio),
            "target": None
            if self.target is None
            else f"{self.target} {self.unit if self.target.of == 'figure' else ''}".strip(),
            "met": self.met,
            "against": self.against,
            "equal": self.equal,
            "note": self.note,
            "line": None if self.line is None else list(self.line),
        }


def rounded(number: float | None) -> float | None:
    """Four significant digits: more would pretend."""
    return None if number is None else float(f"{number:.4g}")


@dataclass(frozen=True, slots=True)
class Options:
    """What a suite is told. `data` keeps projects from run to run; `scratch` is emptied when the run ends."""

    quick: bool
    rounds: int
    data: Path
    scratch: Path
    say: Callable[[str], None]
    """Shows where a long run stands."""
    contacts: int | None = None
    """At most so many contacts, on a machine that is too small or too busy for the sizes that are meant."""
    engine: str | None = None
    """This engine alone ("SQLite", "DuckDB", "Postgres"), in suites that measure several."""

    def wants(self, engine: str) -> bool:
        """Whether an engine is measured."""
        return self.engine is None or self.engine.lower() == engine.lower()

    def size(self, contacts: int, events: int) -> tuple[int, int]:
        """Contacts and events within what is allowed."""
        if self.contacts is None or contacts <= self.contacts:
            return contacts, events
        return self.contacts, events * self.contacts // contacts

    def project(self, contacts: int, events: int) -> Path:
        """The folder of a project of this size with its store filled (`benchmarks.project`), made if need be. It is
        shared: never write into it, copy it."""
        from benchmarks.project import Size, make

        folder = self.data / f"{contacts}-{events}"
        if not (folder / "READY").exists():
            self.say(f"making a project of {contacts:,} contacts and {events:,} events")
            make(folder, Size(contacts, events))
            (folder / "READY").touch()
        return folder


Suites = Mapping[str, str]
"""Name of a suite -> its module."""

SUITES: Suites = {
    "full evaluation": "benchmarks.full",
    "growth": "benchmarks.growth",
    "hourly tick": "benchmarks.ticks",
    "ingestion": "benchmarks.ingestion",
    "single decisions": "benchmarks.decisions",
    "arbitration": "benchmarks.arbitration",
    "deciding": "benchmarks.deciding",
    "claims": "benchmarks.claims",
    "handover": "benchmarks.handover",
}
"""In the order in which they run."""
