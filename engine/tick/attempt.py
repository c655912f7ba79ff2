"""A tick as a whole: evaluated outside of the transaction, written inside, anew if another came first."""

from __future__ import annotations

from dataclasses import replace

from engine.records import Tick
from engine.tick.engine import Engine
from engine.tick.report import ClockRanBack, TickReport, TooMany
from engine.tick.seen import see
from engine.tick.work import Unseen, Work


class _NothingIsKept(Exception):
    """Rolls a dry run back."""


def tick(engine: Engine, as_of: int, *, dry_run: bool = False, most: int | None = None) -> TickReport:
    """Evaluate and decide at `as_of`. With `dry_run` everything is judged and nothing written.

    `most`: a tick that would reserve more messages than this writes nothing and raises TooMany. Raises ClockRanBack if
    the ledger has seen a later instant.
    """
    while True:
        last = engine.ledger.last_tick()
        if last is not None and as_of < last.as_of:
            raise ClockRanBack(last.as_of)
        # facts are read after the tick before, and anew at each attempt: a tick that saw less than the one before it
        # would see people leave, and the next one would see them enter again
        with engine.facts.snapshot():
            report = _attempt(engine, as_of, last, dry_run=dry_run, most=most)
        if report is not None:
            return report


def _attempt(engine: Engine, as_of: int, last: Tick | None, *, dry_run: bool, most: int | None) -> TickReport | None:
    """One attempt at a tick; None if another one came first."""
    begun = engine.stopwatch()
    seen = see(engine, last, as_of)
    evaluated = engine.stopwatch()
    report: TickReport | None = None
    try:
        with engine.ledger.write() as ledger:
            if ledger.last_tick() != last:
                return None
            report = Work(engine, ledger, as_of, last, seen).run()
            if most is not None and report.reserved > most and not dry_run:
                raise TooMany(report.reserved, most)
            if dry_run:
                raise _NothingIsKept
    except _NothingIsKept:
        pass
    except Unseen:
        return None
    if report is None:
        return None
    ended = engine.stopwatch()
    seconds = {"evaluate": evaluated - begun, **report.seconds}
    seconds["commit"] = ended - begun - sum(seconds.values())
    return replace(report, seconds=seconds)
