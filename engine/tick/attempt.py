"""A tick as a whole: evaluated outside of the transaction, written inside, anew if another came first."""

from __future__ import annotations

from dataclasses import replace

from engine.before import Anew, anew
from engine.classes import last_midnight
from engine.evaluation import Memory
from engine.records import Tick
from engine.tick.engine import Engine, memory_at
from engine.tick.report import ClockRanBack, TickReport, TooMany
from engine.tick.work import Work
from engine.zones import zone


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
    seq = engine.facts.last_seq()
    memory = memory_at(engine, engine.ledger, as_of)
    before = None if last is None else _anew(engine, last, memory)
    evaluation = engine.executor.evaluate(
        as_of, memory if before is None else before.remembered(memory, last_midnight(as_of, zone(engine.time_zone)))
    )
    report: TickReport | None = None
    try:
        with engine.ledger.write() as ledger:
            if ledger.last_tick() != last:
                return None
            report = Work(engine, ledger, as_of, last, seq, evaluation, before).run()
            if most is not None and report.reserved > most and not dry_run:
                raise TooMany(report.reserved, most)
            if dry_run:
                raise _NothingIsKept
    except _NothingIsKept:
        pass
    return report


def _anew(engine: Engine, last: Tick, memory: Memory) -> Anew | None:
    """What is reckoned anew of the tick before."""
    then = replace(memory_at(engine, engine.ledger, last.as_of), stages=memory.stages)
    return anew(engine.model, engine.definition_hashes, engine.executor, engine.facts, engine.ledger, last, then)
