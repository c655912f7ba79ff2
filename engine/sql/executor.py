"""The SQL executor: fills small temporary tables, runs one statement, reads the answer out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dsl.model import Condition
from dsl.types import Stored
from engine.answer import NotWhole
from engine.classes import Standing, Standings, Tiers, last_midnight, tiers_among, total_within
from engine.evaluation import EVERYTHING, Evaluation, Memory, Run, Scope
from engine.horizon import horizon
from engine.plan import Plan
from engine.protocols import SqlFacts
from engine.sql.names import COLUMNS, class_columns
from engine.sql.packing import unpacked
from engine.sql.statement import Statement
from engine.sql.statements import Statements
from engine.sql.tables import fill
from engine.zones import zone


class SqlExecutor:
    """Implements `engine.evaluation.Executor` over a facts store that runs SQL.

    Statements are statement once and kept; each evaluation sees one state of the store. Raises OverflowError if points,
    or the total of a class, leave 64 bits.
    """

    def __init__(self, plan: Plan, facts: SqlFacts, time_zone: str, statements: Statements | None = None) -> None:
        self._statements = statements or Statements(plan)
        self._facts = facts
        self._zone = time_zone

    def standings(self, as_of: int, memory: Memory) -> Standings:
        """See `engine.evaluation.Executor`."""
        found: dict[str, dict[str, Standing]] = {}
        for name, rows in self._classes(as_of, memory, tiers_alone=False):
            found[name] = {
                contact: Standing(str(tier), int(worth or 0), int(place or 0), int(ahead or 0), int(whole or 0))
                for contact, (worth, place, whole, ahead, tier) in rows
            }
        return found

    def evaluate(self, as_of: int, memory: Memory, scope: Scope = EVERYTHING) -> Evaluation:
        """See `engine.evaluation.Executor`."""
        whole = self._statements.whole(self._facts.dialect, scope)
        with self._facts.snapshot():
            tiers = self._tiers(as_of, memory) if scope.only is None or whole.needs("tier") else {}
            last, parameters = self._ready(whole, as_of, memory, (), tiers, scope.among or ())
            found = self._packed(whole, parameters, as_of, tiers if scope.only is None else {})
        if scope.among is not None:
            found = replace(found, classes=tiers_among(found.classes, scope.among))
        return replace(found, horizon=last)

    def _packed(self, whole: Statement, parameters: Mapping[str, Stored], as_of: int, tiers: Tiers) -> Evaluation:
        packing = whole.packing
        assert packing is not None, "an evaluation is packed"
        try:
            table = self._facts.columns(whole.select, parameters, packing.width)
        except NotWhole as error:
            score = packing.scores[error.column - packing.words]
            raise OverflowError(f"the points of score `{score}` do not fit into 64 bits") from error
        return unpacked(packing, table, as_of, tiers)

    def values(self, define: str, as_of: int, memory: Memory) -> Iterator[tuple[str, Stored]]:
        """See `engine.evaluation.Executor`."""
        statement = self._statements.value(define, self._facts.dialect)
        with self._facts.snapshot():
            tiers = self._tiers(as_of, memory) if statement.needs("tier") else {}
            _, parameters = self._ready(statement, as_of, memory, (), tiers, ())
            for key, value in self._facts.query(statement.select, parameters):
                yield str(key), value

    def hold(self, condition: Condition, runs: Sequence[Run], as_of: int, memory: Memory) -> frozenset[str]:
        """See `engine.evaluation.Executor`."""
        if not runs:
            return frozenset()
        statement = self._statements.of(condition, self._facts.dialect)
        with self._facts.snapshot():
            tiers = self._tiers(as_of, memory) if statement.needs("tier") else {}
            rows = self._run(statement, as_of, memory, runs, tiers)
        return frozenset(runs[int(row or 0)].key for row, held in rows if held == 1)

    def _tiers(self, as_of: int, memory: Memory) -> Tiers:
        """The tiers of all classes at the last midnight."""
        return {
            name: {contact: str(tier) for contact, (*_, tier) in rows}
            for name, rows in self._classes(as_of, memory, tiers_alone=True)
        }

    def _classes(
        self, as_of: int, memory: Memory, *, tiers_alone: bool
    ) -> Iterator[tuple[str, list[tuple[str, tuple[Stored, ...]]]]]:
        """For each class its members with their columns, the tier last."""
        if not self._statements.plan.classes:
            return
        statement = self._statements.standings(self._facts.dialect, tiers_alone=tiers_alone)
        at = last_midnight(as_of, zone(self._zone))
        rows = self._run(statement, at, memory.midnight or Memory(), (), {})
        first = 1
        for plan in self._statements.plan.classes:
            last = first + len(class_columns(plan, tiers_alone=tiers_alone))
            mine = [(str(row[0]), row[first:last]) for row in rows if row[last - 1] is not None]
            if plan.share == "total" and mine:
                whole = mine[0][1][-2 if tiers_alone else COLUMNS.index("whole")]
                total_within(plan.name, None if whole is None else int(whole))
            yield plan.name, mine
            first = last

    def _run(
        self, statement: Statement, as_of: int, memory: Memory, runs: Sequence[Run], tiers: Tiers
    ) -> list[tuple[Stored, ...]]:
        with self._facts.snapshot():
            _, parameters = self._ready(statement, as_of, memory, runs, tiers, ())
            return list(self._facts.query(statement.select, parameters))

    def _ready(
        self,
        statement: Statement,
        as_of: int,
        memory: Memory,
        runs: Sequence[Run],
        tiers: Tiers,
        among: Collection[str],
    ) -> tuple[int | None, Mapping[str, Stored]]:
        """Fill the tables that the statement reads; its horizon if it tells flips, and its parameters."""

        def ahead(zones: Iterable[str]) -> int:
            return horizon(self._statements.plan, as_of, zones)

        last = fill(statement, self._facts, as_of, self._zone, memory, runs, tiers, among, ahead)
        return last, statement.valuing.values(as_of, zone(self._zone), last)
