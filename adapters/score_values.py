"""Scores of single contacts with what each rule gave, for those who get them in a file: a call list, a CRM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.cli.common import Workspace
    from adapters.stores.facts_record import RecordFacts
    from engine.protocols import LedgerRead


@dataclass(frozen=True, slots=True)
class Scored:
    """A contact's points (units of 2^-30; None: it has none) and the words of each rule that gave some, with them."""

    points: int | None
    lines: tuple[str, ...]


class Scores:
    """The scores as they are at `instant`, one contact after the other, by the interpreter."""

    def __init__(self, workspace: Workspace, facts: RecordFacts, ledger: LedgerRead, instant: int) -> None:
        self._workspace = workspace
        self._facts = facts
        self._ledger = ledger
        self._instant = instant

    def of(self, contact: str, score: str) -> Scored:
        """One score of one contact; without points where there is no such score or contact any more."""
        from engine.classes import tiers_of
        from engine.evaluation import memory_of
        from engine.explain import Explainer, points_shown
        from engine.interpret import Reader, Setting

        model, zone = self._workspace.model, self._workspace.project.time_zone
        block, facts = model.scores.get(score), self._facts
        data = next(facts.load([contact], facts.schema.events, self._instant), None)
        if block is None or data is None:
            return Scored(None, ())
        # a place in a class takes what is known of all
        memory = memory_of(model, self._ledger, self._instant, zone, None if model.classes else [contact])
        standings = self._workspace.executor(facts, "sql").standings(self._instant, memory) if model.classes else {}
        setting = Setting(model, self._instant, zone, facts.schema, memory, facts, tiers_of(standings))
        reader = Reader(setting, data)
        points = reader.points(score)
        if points is None:
            return Scored(None, ())
        given = Explainer(reader, self._workspace.project.texts).score_lines(block)
        return Scored(points, tuple(f"{line.text}: {points_shown(line.points)}" for line in given if line.points))
