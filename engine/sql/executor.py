"""The SQL executor: fills small temporary tables, runs one statement, reads the answer out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dsl.model import Condition
from dsl.types import Stored
from engine.answer import NotWhole
from engine.classes import Standing, Standings, Tiers, last_midnight, tiers_among, total_within
from engine.evaluation import EVERYTHING, Evaluation, Memory, Named, Run, Scope
from engine.horizon import horizon
from engine.plan import Plan
from engine.plan_types import ClassPlan, DefinePlan
from engine.protocols import SqlFacts
from engine.sql.classes import COLUMNS
from engine.sql.compile import Compiled, compile_frame
from engine.sql.context import Column
from engine.sql.packing import unpacked
from engine.sql.tables import fill
from engine.zones import zone


class Statements:
    """The compiled statements of a plan, made when first asked for; executors over several stores share them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._whole: dict[tuple[str, bool, frozenset[Named] | None, bool], Compiled] = {}
        self._conditions: dict[tuple[str, Condition], Compiled] = {}
        self._standings: dict[tuple[str, bool], Compiled] = {}

    def whole(self, dialect: str, scope: Scope = EVERYTHING) -> Compiled:
        """The statement of an evaluation; it is the same for any contacts."""
        key = dialect, scope.among is not None, scope.only, scope.flips
        if key not in self._whole:
            self._whole[key] = compile_plan(self.plan, dialect, scope)
        return self._whole[key]

    def standings(self, dialect: str, *, tiers_alone: bool) -> Compiled:
        """The statement of all classes, as of the last midnight."""
        if (dialect, tiers_alone) not in self._standings:
            self._standings[dialect, tiers_alone] = compile_classes(self.plan, dialect, tiers_alone=tiers_alone)
        return self._standings[dialect, tiers_alone]

    def of(self, condition: Condition, dialect: str) -> Compiled:
        """The statement of one condition over runs."""
        if (dialect, condition) not in self._conditions:
            self._conditions[dialect, condition] = compile_condition(self.plan, condition, dialect)
        return self._conditions[dialect, condition]


class SqlExecutor:
    """Implements `engine.evaluation.Executor` over a facts store that runs SQL.

    Statements are compiled once and kept; each evaluation sees one state of the store. Raises OverflowError if points,
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

    def _packed(self, whole: Compiled, parameters: Mapping[str, Stored], as_of: int, tiers: Tiers) -> Evaluation:
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
        compiled = compile_define(self._statements.plan, define, self._facts.dialect)
        with self._facts.snapshot():
            tiers = self._tiers(as_of, memory) if compiled.needs("tier") else {}
            _, parameters = self._ready(compiled, as_of, memory, (), tiers, ())
            for key, value in self._facts.query(compiled.select, parameters):
                yield str(key), value

    def hold(self, condition: Condition, runs: Sequence[Run], as_of: int, memory: Memory) -> frozenset[str]:
        """See `engine.evaluation.Executor`."""
        if not runs:
            return frozenset()
        compiled = self._statements.of(condition, self._facts.dialect)
        with self._facts.snapshot():
            tiers = self._tiers(as_of, memory) if compiled.needs("tier") else {}
            rows = self._run(compiled, as_of, memory, runs, tiers)
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
        compiled = self._statements.standings(self._facts.dialect, tiers_alone=tiers_alone)
        at = last_midnight(as_of, zone(self._zone))
        rows = self._run(compiled, at, memory.midnight or Memory(), (), {})
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
        self, compiled: Compiled, as_of: int, memory: Memory, runs: Sequence[Run], tiers: Tiers
    ) -> list[tuple[Stored, ...]]:
        with self._facts.snapshot():
            _, parameters = self._ready(compiled, as_of, memory, runs, tiers, ())
            return list(self._facts.query(compiled.select, parameters))

    def _ready(
        self,
        compiled: Compiled,
        as_of: int,
        memory: Memory,
        runs: Sequence[Run],
        tiers: Tiers,
        among: Collection[str],
    ) -> tuple[int | None, Mapping[str, Stored]]:
        """Fill the tables that the statement reads; its horizon if it tells flips, and its parameters."""

        def ahead(zones: Iterable[str]) -> int:
            return horizon(self._statements.plan, as_of, zones)

        last = fill(compiled, self._facts, as_of, self._zone, memory, runs, tiers, among, ahead)
        return last, compiled.context.parameters.values(as_of, zone(self._zone), last)


def compile_plan(plan: Plan, dialect: str, scope: Scope = EVERYTHING) -> Compiled:
    """The statement for all segments, scores, stages and contact-level conditions of a plan, or those of a scope."""
    outputs: list[Column] = [("segment", s.name) for s in plan.segments if scope.wants(("segment", s.name))]
    for score in plan.scores:
        if scope.wants(("score", score.name)):
            outputs.append(("points", score.name))
            if score.stages:
                outputs.append(("stage", score.name))
    outputs.extend(("condition", name) for name in plan.conditions if scope.wants(("condition", name)))
    if scope.among is None:
        outputs.extend(("alone", name) for name in plan.uniques if scope.wants(("condition", name)))
    return compile_frame(
        plan.schema,
        plan.definitions,
        plan.leaves,
        outputs,
        plan.conditions,
        dialect=dialect,
        uniques=plan.uniques,
        among=scope.among is not None,
        pack=True,
        flips=scope.flips,
    )


def compile_define(plan: Plan, name: str, dialect: str) -> Compiled:
    """The statement for the value of a definition; those that are put where their name stands have one here."""
    put = plan.constants.get(name) or plan.points.get(name)
    definitions = dict(plan.definitions)
    if put is not None:
        definitions["define", name] = DefinePlan(name, put)
    return compile_frame(plan.schema, definitions, plan.leaves, [("define", name)], {}, dialect=dialect)


def compile_classes(plan: Plan, dialect: str, *, tiers_alone: bool) -> Compiled:
    """The statement for all classes of a plan, to be run as of the last midnight."""
    outputs = [(kind, c.name) for c in plan.classes for kind in class_columns(c, tiers_alone=tiers_alone)]
    return compile_frame(plan.schema, plan.definitions, plan.leaves, outputs, {}, dialect=dialect, midnight=True)


def class_columns(plan: ClassPlan, *, tiers_alone: bool) -> tuple[str, ...]:
    """The columns of a class that are read out; a total is looked at in any case, for it may be too large."""
    if tiers_alone:
        return ("whole", "class") if plan.share == "total" else ("class",)
    return COLUMNS


def compile_condition(plan: Plan, condition: Condition, dialect: str) -> Compiled:
    """The statement for one condition over a table of runs; only what the condition reads is reckoned."""
    lowered, leaves = plan.lower(condition)
    wanted: list[Column] = [("condition", "held")]
    return compile_frame(plan.schema, plan.definitions, leaves, wanted, {"held": lowered}, dialect=dialect, runs=True)
