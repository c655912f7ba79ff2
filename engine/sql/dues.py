"""Until when the answers about a contact stay as they are, as SQL over one row of the frame (and one event).

Every condition and value has a due: an instant after as_of before which it does not differ, with the same facts and the
same memory (`FAR`: not before the horizon; None: time does not matter to it at all). It is a lower bound: looking too
early costs a look, looking too late would be a mistake. What makes it a good one:

* a conjunction that is false waits for the last of the items that are false, a disjunction likewise;
* what depends on a local date is looked at with the constants of today and with those of the date that follows
  (`zone_table.Behind`): up to the horizon there is only one (`engine.horizon`);
* a number of events, and points, lie between two ends until the horizon: compared with a constant they matter only if
  the comparison comes out differently at the two ends. So an event that leaves a window, or a point that fades, is no
  due by itself.

INVARIANT: no due is missing, and none lies before as_of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial

from sqlglot import exp

from dsl.types import DateTime, Numeric
from engine.plan_dump import VALUES
from engine.plan_types import (
    Age,
    Aggregated,
    AllOf,
    Always,
    AnyOf,
    Calculation,
    Choice,
    Comparison,
    Complement,
    Condition,
    ConditionRef,
    Constant,
    Days,
    DefinePlan,
    FactRef,
    FirstOf,
    Followed,
    Granted,
    Inside,
    InsideFor,
    LeafRef,
    Nearby,
    OnList,
    PointsRef,
    Sampled,
    SegmentPlan,
    StageRef,
    Value,
    ValueRef,
)
from engine.sql import build
from engine.sql.build import all_true, any_true, case, compared, minus, number
from engine.sql.context import Context
from engine.sql.due_scores import ScoreDues
from engine.sql.earliest import DEEPEST, FAR, Item, all_of, any_of, depth, first, least
from engine.sql.edges import is_simple, passings
from engine.sql.expressions import Expressions
from engine.sql.names import EVENT, FRAME, Column
from engine.sql.scores import score_points
from engine.sql.zone_table import Behind, DayStart, NextDate, ZoneNumber


@dataclass(frozen=True, slots=True)
class Ends:
    """A value that lies between two ends until its `hard` due (None: until the horizon), and does not move before its
    `soft` one."""

    low: exp.Expression
    high: exp.Expression
    soft: exp.Expression
    hard: exp.Expression | None


@dataclass(slots=True)
class Made:
    """What was made so far: each column that tells of later, None where time does not matter."""

    columns: dict[Column, exp.Expression | None] = field(default_factory=dict)
    simple: dict[str, bool] = field(default_factory=dict)


class Dues:
    """Writes dues against a context; `event` is the alias of the event at hand."""

    def __init__(self, context: Context, event: str = EVENT, made: Made | None = None) -> None:
        self.context = context
        self.event = event
        self.made = made or Made()
        self.scores = ScoreDues(self)

    def of_event(self, event: str) -> Dues:
        """The same for another event at hand."""
        return Dues(self.context, event, self.made)

    def of_outputs(self, outputs: Sequence[Column], conditions: Mapping[str, Condition]) -> list[Column]:
        """The dues of all outputs to which time matters."""
        found: list[Column] = []
        for kind, name in outputs:
            match kind:
                case "segment" | "stage":
                    due = self._column(kind, name)
                case "condition":
                    due = self.kept(("due condition", name), partial(self.condition, conditions[name]))
                case _:
                    due = []
            found += [(f"due {kind}", name)] * len(due)
        return found

    # ------------------------------------------------------------ conditions

    def condition(self, node: Condition) -> exp.Expression | None:
        """The due of a condition."""
        match node:
            case Always() | Sampled() | OnList() | Granted():
                return None
            case AllOf(items=items):
                return all_of([self._item(i) for i in items], self.context.parameters.as_of)
            case AnyOf(items=items):
                return any_of([self._item(i) for i in items], self.context.parameters.as_of)
            case Complement(item=item):
                return self.condition(item)
            case Inside(segment=name):
                return first(self._column("segment", name))
            case ConditionRef(name=name):
                return first(self._column("define", name))
            case InsideFor(segment=name, duration=duration):
                begun = self.context.column("entered", name)
                over = build.total([begun, self.context.parameters.length(duration, -1)])
                waits = compared(">", over, self.context.parameters.as_of())
                return least([*self._column("segment", name), case((waits, over.copy()), default=number(FAR))])
            case Comparison(left=left, right=Constant() as constant) if (ends := self._ends(left)) is not None:
                return self._between(node, ends, constant)
            case _:
                test = Expressions(self.context, self.event).condition(node)
                found = [due for value in _values(node) for due in self.value(value)]
                found += [due for due in (self.calendar(test), self._crossing(node)) if due is not None]
                return first(found)

    def _item(self, node: Condition) -> Item:
        return Expressions(self.context, self.event).condition(node), self.condition(node)

    def calendar(self, test: exp.Expression) -> exp.Expression | None:
        """When a test turns because another date begins; None if it does not speak of dates."""
        later = self._behind(test)
        if later is None:
            return None
        next_date = self.context.zone(NextDate())
        if depth(later) > DEEPEST - 20:
            return next_date
        same = compared("=", build.parens(test.copy()), build.parens(later))
        return case((same, number(FAR)), default=next_date)

    def _behind(self, expression: exp.Expression) -> exp.Expression | None:
        """The same as it is from the next date on; None if it is the same."""
        context = self.context
        other = False

        def moved(node: exp.Expression) -> exp.Expression:
            nonlocal other
            if isinstance(node, exp.Column) and node.table == FRAME:
                kind, name = context.meaning[node.name]
                constant = context.zones[name] if kind == "zone" else ZoneNumber()
                if not isinstance(constant, ZoneNumber | DayStart | NextDate | Behind):
                    other = True
                    return context.zone(Behind(constant))
            return node

        found = expression.copy().transform(moved)
        return found if other else None

    def _crossing(self, node: Condition) -> exp.Expression | None:
        """When an instant is crossed, or crosses an end of what lies around as_of."""
        if not isinstance(node, Nearby) or not isinstance(node.value.type, DateTime) or node.duration.local:
            return None
        parameters = self.context.parameters
        held = Expressions(self.context, self.event).value(node.value)
        sign = 1 if node.kind == "in next" else -1
        edge, length = parameters.moved(node.duration, sign), parameters.length(node.duration, sign)
        beyond = compared(">", held.copy(), edge)
        ahead = compared(">", held.copy(), parameters.as_of()), held.copy()
        gone = build.total([held.copy(), length])
        match node.kind:
            case "in last":
                return case(ahead, (beyond, gone), default=number(FAR))
            case "in next":
                return case((beyond, minus(held, length)), ahead, default=number(FAR))
            case _:
                return case((beyond, gone), default=number(FAR))

    # ------------------------------------------------------------ values

    def value(self, node: Value) -> list[exp.Expression]:
        """The dues of a value, without what comes of dates inside it (whoever compares it looks at that)."""
        match node:
            case LeafRef(leaf=name):
                return self.of_leaf(name)
            case PointsRef(score=name):
                return [*self.scores.column("soft", name), *self.scores.column("hard", name)]
            case StageRef(score=name):
                return self._column("stage", name)
            case ValueRef(name=name):
                return self._column("define", name)
            case FactRef(time=str()):
                return [exp.Coalesce(this=self.context.next_fact(node), expressions=[number(FAR)])]
            case Age(date=date):
                return self.value(date)
            case Calculation(left=left, right=right):
                return [*self.value(left), *self.value(right)]
            case Choice(items=items) | FirstOf(items=items):
                return [due for item in items for due in self.value(item)]
            case _:
                return []

    def named_value(self, body: Value) -> exp.Expression | None:
        """The due of a value with what comes of dates inside it."""
        held = Expressions(self.context).value(body)
        later = self._behind(held)
        found = self.value(body)
        if later is not None:
            both = exp.And(
                this=build.parens(exp.Is(this=build.parens(held.copy()), expression=exp.null())),
                expression=build.parens(exp.Is(this=build.parens(later.copy()), expression=exp.null())),
            )
            same = any_true([build.closed(compared("=", held.copy(), later)), both])
            found.append(case((same, number(FAR)), default=self.context.zone(NextDate())))
        return first(found)

    def simple(self, leaf: str) -> bool:
        """Whether nothing but the window of a leaf moves (`engine.sql.edges`)."""
        if leaf not in self.made.simple:
            self.made.simple[leaf] = is_simple(self.context.leaves[leaf], self.of_event(EVENT))
        return self.made.simple[leaf]

    def of_leaf(self, name: str) -> list[exp.Expression]:
        """When events of a leaf come in, leave or turn."""
        if not self.simple(name):
            return [self.context.column("turn", name)]
        return [self.context.column("edge", name)] if passings(self.context.leaves[name]) else []

    # ------------------------------------------------------------ between two ends

    def _ends(self, node: Value) -> Ends | None:
        """The ends between which a value stays; None if there is no telling."""
        while isinstance(node, ValueRef):
            named = self.context.definitions["define", node.name]
            assert isinstance(named, DefinePlan)
            node = named.body  # type: ignore[assignment]  # a value's name names a value
        match node:
            case LeafRef(leaf=name) if self.simple(name) and passings(self.context.leaves[name]):
                measure = self.context.leaves[name].measure
                if not isinstance(measure, Followed | Days | Aggregated):
                    return None
                if isinstance(measure, Aggregated) and measure.kind not in ("number", "distinct"):
                    return None
                held = Expressions(self.context).value(node)
                low = minus(held, build.total(self.passing("leaving", name)))
                high = build.total([held.copy(), *self.passing("coming", name)])
                return Ends(low, high, self.context.column("edge", name), None)
            case PointsRef(score=name) if soft := self.scores.column("soft", name):
                score = self.scores.plan(name)
                low, high = (score_points(score, self.context.column(end, name)) for end in ("lowest", "highest"))
                return Ends(low, high, soft[0], first(self.scores.column("hard", name)))
            case _:
                return None

    def _between(self, node: Comparison, ends: Ends, constant: Constant) -> exp.Expression:
        """A comparison that comes out the same at both ends does not turn before the hard due."""

        def come_out(op: str) -> exp.Expression:
            assert isinstance(constant.value, int)
            assert isinstance(node.left.type, Numeric)
            assert isinstance(constant.type, Numeric)
            scaled, other = constant.value * node.left.type.denominator, constant.type.denominator
            low, high = (Expressions(self.context).against(op, e.copy(), scaled, other) for e in (ends.low, ends.high))
            return compared("=", build.parens(low), build.parens(high))

        same = all_true([come_out(op) for op in ((">=", ">") if node.op == "=" else (node.op,))])
        due = case((same, number(FAR)), default=ends.soft.copy())
        return due if ends.hard is None else least([due, ends.hard])

    def passing(self, way: str, leaf: str) -> list[exp.Expression]:
        """How many events of a simple leaf leave it, or come in, up to the horizon."""
        ways = {p.way for p in passings(self.context.leaves[leaf])}
        return [self.context.column(way, leaf)] if way in ways else []

    # ------------------------------------------------------------ definitions

    def kept(self, column: Column, make: Callable[[], exp.Expression | None]) -> list[exp.Expression]:
        """The column, made when it is first asked for; nothing if time does not matter to it."""
        if column not in self.made.columns:
            self.made.columns[column] = make()
        return [] if self.made.columns[column] is None else [self.context.column(*column)]

    def _column(self, kind: str, name: str) -> list[exp.Expression]:
        """The due of a segment, define or stage, as a column of the frame."""
        return self.kept((f"due {kind}", name), partial(self._defined, kind, name))

    def _defined(self, kind: str, name: str) -> exp.Expression | None:
        if kind == "stage":
            return self.scores.stage(name)
        definition = self.context.definitions[kind, name]
        match definition:
            case SegmentPlan(where=where):
                return self.condition(where)
            case DefinePlan(body=body) if isinstance(body, VALUES):
                return self.named_value(body)
            case DefinePlan(body=body):
                return self.condition(body)  # type: ignore[arg-type]  # what is no value is a condition
            case _:
                raise AssertionError(definition)


def _values(node: Condition) -> Iterator[Value]:
    """The values that a condition reads itself."""
    for f in fields(node):
        held = getattr(node, f.name)
        for item in held if isinstance(held, tuple) else (held,):
            if isinstance(item, VALUES):
                yield item
