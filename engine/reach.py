"""Reaching a stage, and the rest after it: `stage sales_ready from 40 rest 30 days` (LANGUAGE.md §5, further clauses).

A score is pure, and the stage that a contact stands in knows of no rest. What rests is the *reaching*: within D of the
last time it counted, a stage that is reached again does not count as reached, and nothing fires. Which reachings
counted the ledger remembers, tick by tick; exactly D later counts again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from dsl.model import Score, Stage
from engine.instants import shift, to_datetime
from engine.protocols import LedgerRead
from engine.records import Reaching


def rank(score: Score, stage: str | None) -> int:
    """The place of a stage among those of its score, from 0; -1 for none, or one that is no more."""
    return next((n for n, s in enumerate(score.stages) if s.name == stage), -1)


def reached(score: Score, stage: str, before: Mapping[str, str], now: Mapping[str, str]) -> frozenset[str]:
    """Who stands in the stage or above now, and stood below before. Rising two stages at once reaches both."""
    goal = rank(score, stage)
    ranks = {s.name: n for n, s in enumerate(score.stages)}
    return frozenset(c for c, s in now.items() if ranks.get(before.get(c, ""), -1) < goal <= ranks.get(s, -1))


def rests_until(stage: Stage, counted: int, project_zone: ZoneInfo) -> int:
    """From when on reaching the stage counts again, after a reaching that counted."""
    return counted if stage.rest is None else shift(counted, stage.rest, 1, project_zone)


class Reachings:
    """Who reaches stages at one tick, and for whom it counts, by what the ledger remembers of the ticks before."""

    def __init__(self, ledger: LedgerRead, as_of: int, project_zone: ZoneInfo) -> None:
        self._ledger = ledger
        self._as_of = as_of
        self._zone = project_zone
        self._found: dict[tuple[str, str, str], bool] = {}

    def counted(self, score: Score, stage: str, contacts: Collection[str]) -> frozenset[str]:
        """Those of the contacts that reach the stage now for whom it counts: they do not rest."""
        held = score.stages[rank(score, stage)]
        last = {} if held.rest is None else self._ledger.last_reached(score.id, stage, contacts)
        counted = {c for c in contacts if c not in last or rests_until(held, last[c], self._zone) <= self._as_of}
        self._found |= {(score.id, stage, contact): contact in counted for contact in contacts}
        return frozenset(counted)

    def all(self) -> Iterator[Reaching]:
        """Everything asked about so far, for the ledger."""
        for (score, stage, contact), counts in self._found.items():
            yield Reaching(score, stage, contact, self._as_of, counts)


def rest_told(stage: Stage, reachings: Iterable[Reaching], as_of: int, project_zone: ZoneInfo) -> str | None:
    """One sentence about a stage that rests as of an instant; None if it does not. `reachings`: of one contact."""
    mine = [r for r in reachings if r.stage == stage.name and r.at <= as_of]
    counted = max((r.at for r in mine if r.counted), default=None)
    if stage.rest is None or counted is None:
        return None
    end = rests_until(stage, counted, project_zone)
    if end <= as_of:
        return None
    since, until = _minute(counted, project_zone), _minute(end, project_zone)
    told = f"`{stage.name}` was reached on {since} and rests until {until}"
    again = max((r.at for r in mine if not r.counted), default=None)
    if again is None or again < counted:
        return told
    return f"{told}: reaching it again on {_minute(again, project_zone)} did not count"


def _minute(instant: int, project_zone: ZoneInfo) -> str:
    return to_datetime(instant, project_zone).strftime("%Y-%m-%d %H:%M")
