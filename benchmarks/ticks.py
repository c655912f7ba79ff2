"""An hourly tick that looks at those whose answers may differ, beside one that looks at everybody.

The project of the benchmarks, whose triggers begin at the first tick, so that there is nothing to catch up with. Then
an hour passes, with as many new events as an hour has in the data, and the next tick is taken dry, again and again in
turns: what it writes is rolled back, all else is done. Both ways must decide and count the same.

    .venv/bin/python -m benchmarks.ticks FOLDER      prints where the time goes, for a project that is ready
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from adapters.cli.common import open_workspace
from adapters.running import engine_of
from benchmarks import people
from benchmarks.figures import Figure, Options, Target
from benchmarks.project import AS_OF
from benchmarks.timing import took_in_turns
from engine.instants import HOUR
from engine.records import Event
from engine.tick import Passes, TickReport, tick

if TYPE_CHECKING:
    from adapters.stores.facts_record import RecordFacts

BEFORE = AS_OF + HOUR
"""The first tick; no broadcast of the project falls into the hour after it."""

NOW = BEFORE + HOUR
HOURS = 2 * 365 * 24
"""How long the data goes back."""

ACTIVE = 'active_from: "2026-11-22 00:00"', 'active_from: "2026-11-22 14:00"'


@dataclass
class Hourly:
    """A project of its own, an hour after its first tick. `reports`: the last one of each way."""

    folder: Path

    def __post_init__(self) -> None:
        self.reports: dict[Passes, TickReport] = {}
        self.workspace = open_workspace(self.folder)

    @classmethod
    def of(cls, ready: Path, folder: Path, events: int) -> Hourly:
        """Copy a project, take its first tick, and let the events of an hour arrive."""
        shutil.copytree(ready, folder, dirs_exist_ok=True)
        settings = folder / "kadenz.yaml"
        settings.write_text(settings.read_text(encoding="utf-8").replace(*ACTIVE), encoding="utf-8")
        made = cls(folder)
        with made.workspace.facts() as facts, made.workspace.ledger() as ledger:
            tick(engine_of(made.workspace, facts, ledger, made.workspace.executor(facts, "sql")), BEFORE)
            arrive(facts, facts.count(), events // HOURS)
        return made

    def tick(self, passes: Passes) -> None:
        """The tick of the hour, dry."""
        with self.workspace.facts() as facts, self.workspace.ledger() as ledger:
            engine = engine_of(self.workspace, facts, ledger, self.workspace.executor(facts, "sql"), passes)
            self.reports[passes] = tick(engine, NOW, dry_run=True)

    @property
    def equal(self) -> bool:
        """Whether both ways said the same."""
        full, some = self.reports["full"], self.reports["incremental"]
        told = [(r.counts, dict(r.fired), dict(r.outcomes), r.reserved) for r in (full, some)]
        return told[0] == told[1] and not some.choice.full


def arrive(facts: RecordFacts, contacts: int, number: int) -> None:
    """The events of an hour, of contacts here and there."""
    chance = Random(number)
    for name, share in (("visit", 0.8), ("cart_added", 0.1), ("purchase", 0.1)):
        facts.put_events(
            name,
            [
                Event(name, f"late {n}", people.key(chance.randrange(contacts)), BEFORE + chance.randrange(HOUR), 0, {})
                for n in range(max(1, int(number * share)))
            ],
        )


def figures(options: Options) -> Iterator[Figure]:
    """The suite."""
    contacts, events = options.size(*((5_000, 100_000) if options.quick else (1_000_000, 20_000_000)))
    ready = options.project(contacts, events)
    options.say("ticks: the first one")
    hourly = Hourly.of(ready, options.scratch / "hourly", events)
    works = {name: lambda passes=name: hourly.tick(passes) for name in ("incremental", "full")}
    some, full = took_in_turns(options.rounds, works, options.say).values()
    choice = hourly.reports["incremental"].choice
    share = f"{choice.visited:,} of {choice.contacts:,} contacts visited ({choice.visited / choice.contacts:.2%})"
    yield Figure(
        f"hourly tick, {contacts:,} contacts",
        some.seconds,
        "s",
        full.seconds,
        "the same tick over all contacts",
        None if options.quick else Target("at least", 20),
        inverted=True,
        equal=hourly.equal,
        note=f"{share}; seconds of processors: {some.processor:.3g} and {full.processor:.3g}; "
        f"{told(hourly.reports['incremental'])}",
    )
    yield per_contact(hourly)


def per_contact(hourly: Hourly) -> Figure:
    """What a contact that is looked up by itself costs, in contacts of a full evaluation: `Costs.apart`."""
    full, some = hourly.reports["full"], hourly.reports["incremental"]
    visited = max(some.choice.visited, 1)
    return Figure(
        "a contact visited",
        some.seconds["evaluate"] / visited * 1_000_000,
        "us",
        full.seconds["evaluate"] / full.choice.contacts * 1_000_000,
        "a contact of a full pass, both with their share of what is fixed",
    )


def told(report: TickReport) -> str:
    """Where the time of a tick went."""
    return ", ".join(f"{phase} {seconds:.2f} s" for phase, seconds in report.seconds.items())


def main() -> None:
    """Measure a project that is ready."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("ready", type=Path, help="a filled project (`python -m benchmarks.project`)")
    options.add_argument("scratch", type=Path, help="an empty folder for a copy of it")
    options.add_argument("--events", type=int, default=20_000_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    kept = (chosen.scratch / "READY_FOR_TICKS").exists()
    hourly = Hourly(chosen.scratch) if kept else Hourly.of(chosen.ready, chosen.scratch, chosen.events)
    (chosen.scratch / "READY_FOR_TICKS").touch()
    works = {name: lambda passes=name: hourly.tick(passes) for name in ("incremental", "full")}
    took = took_in_turns(chosen.rounds, works, print)
    for name, report in hourly.reports.items():
        print(f"{name}: {took[name]}; {told(report)}; {report.choice}")
    some, full = took["incremental"], took["full"]
    passed, spent = full.seconds / some.seconds, full.processor / some.processor
    print(f"ratio {passed:.1f}, by seconds of processors {spent:.1f}; equal: {hourly.equal}")


if __name__ == "__main__":
    main()
