"""Passes over event tables: all leaves of one event type that can be reckoned together come from one select.

A plain pass reads the table in the order of its key and groups by contact with filtered aggregates. Leaves that need an
order among the events (limits of score rules, `first` and `last` of a property) count the matching events from one
end on with a window function; those with the same direction and partition share one pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import Literal

from sqlglot import exp

from dsl.model import Fading, Limit
from dsl.types import POINT_UNIT, Numeric, Type
from engine.fading import step_of
from engine.layout import EVENT_AT, EVENT_CONTACT, EVENT_ID, event_table
from engine.plan_types import Aggregated, Days, Earned, Followed, Leaf
from engine.sql import build
from engine.sql.build import all_true, case, column, compared, filtered, known, minus, named, number, rest, table, times
from engine.sql.context import Context, LocalUnit
from engine.sql.earliest import FAR
from engine.sql.expressions import Expressions
from engine.sql.moments import Earlier
from engine.sql.names import AMONG, CONTACT, EVENT, FRAME, ROW, RUNS, Column
from engine.sql.windows import bound, lifetime, window_tests
from engine.sql.zone_table import ZoneNumber

SECOND = "x"
"""Alias of an event that another one is followed by."""

PARTS = ("leaf", "later", "step")
"""The columns of one leaf that the same pass reckons."""

RANKED = "r"
"""Alias of the matching events with their ranks."""

Order = tuple[Literal["newest", "oldest"], str | None, LocalUnit | None]
"""From which end events are counted, and for each value of which property or in each local period of which kind
apart."""


@dataclass(frozen=True, slots=True)
class LeafSql:
    """A leaf with its test on one event (None: every event) and the columns of the frame that the test reads."""

    name: str
    leaf: Leaf
    test: exp.Expression | None
    reads: frozenset[Column]
    kind: str = "leaf"
    """`later`: what its points are at the horizon at least (or at most, if they are less than nothing). `step`: the
    first instant at which one of them fades on."""
    local: bool = False
    """Whether it counts by the local day, week or month of events."""

    @property
    def without(self) -> exp.Expression | None:
        """What it is over no events; None: missing."""
        if self.kind == "step":
            return number(FAR)
        return number(0) if self.leaf.zero else None

    @property
    def order(self) -> Order | None:
        """The order that it needs among the events; None: none."""
        match self.leaf.measure:
            case Aggregated(kind="first", property=str()):
                return "oldest", None, None
            case Aggregated(kind="last", property=str()):
                return "newest", None, None
            case Earned(limit=Limit(per=per, local=local)):
                return "newest", per, local
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Pass:
    """Leaves that one select reckons. `joined`: it reads the frame and groups by its rows, else by contact."""

    event: str
    order: Order | None
    joined: bool
    leaves: tuple[LeafSql, ...]


def leaf_sql(name: str, context: Context, kind: str = "leaf") -> LeafSql:
    """The parts of one leaf, for one of its columns."""
    leaf = context.leaves[name]
    tests = window_tests(leaf.window, context)
    if leaf.where is not None:
        tests.append(Expressions(context).condition(leaf.where))
    match leaf.measure:
        case Followed():
            tests.append(followed(leaf.measure, context))
        case Aggregated(kind="first" | "last", property=str() as held):
            tests.append(known(column(held, EVENT)))
        case Earned(fading=Fading(kind="forget") as fading):
            # the whole weight or none: a test does what a table of weights would
            gone = context.parameters.instant(f"forgotten_{lifetime(fading)}", Earlier(lifetime(fading)))
            tests.append(compared(">", column(EVENT_AT, EVENT), gone))
    test = all_true(tests) if tests else None
    match leaf.measure:
        case Days():
            day: exp.Expression | None = context.local("day", leaf.event)
        case Earned(limit=Limit(local="day" | "week" | "month" as local)):
            day = context.local(local, leaf.event)
        case _:
            day = None
    reads = context.reads(test, day)
    if day is not None and context.dialect.joins_ranges:
        reads |= context.reads(context.zone(ZoneNumber()))  # the join reads it
    return LeafSql(name, leaf, test, frozenset(reads), kind, local=day is not None)


def followed(measure: Followed, context: Context) -> exp.Expression:
    """Whether a second event comes in time: a search in the order of its table's key, contact then instant."""
    tests = seconds(measure, context)
    if measure.where is not None:
        tests.append(Expressions(context, SECOND).condition(measure.where))
    found = exp.Select().select(number(1)).from_(table(event_table(measure.second), SECOND)).where(all_true(tests))
    exists = exp.Exists(this=found)
    if measure.kind == "then":
        return exists
    at = column(EVENT_AT, EVENT)
    over = compared("<=", build.total([at, number(measure.within)]), context.parameters.as_of())
    return all_true([over, build.not_(exists)])


def seconds(measure: Followed, context: Context) -> list[exp.Expression]:
    """Whether an event is a second one in time for the event at hand, whatever else is asked of it."""
    at, contact, as_of = column(EVENT_AT, EVENT), column(EVENT_CONTACT, EVENT), context.parameters.as_of()
    second = column(EVENT_AT, SECOND)
    tests = [
        compared("=", column(EVENT_CONTACT, SECOND), contact),
        compared(">", second, at),
        compared("<=", second.copy(), build.total([at.copy(), number(measure.within)])),
        compared("<=", second.copy(), as_of),
    ]
    if measure.same is not None:
        tests.append(compared("=", column(measure.same, SECOND), column(measure.same, EVENT)))
    return tests


def passes_of(leaves: Sequence[LeafSql]) -> list[Pass]:
    """The fewest passes that reckon these leaves."""
    groups: dict[tuple[str, Order | None], list[LeafSql]] = {}
    for leaf in leaves:
        groups.setdefault((leaf.leaf.event, leaf.order), []).append(leaf)
    return [Pass(event, order, any(x.reads for x in held), tuple(held)) for (event, order), held in groups.items()]


def pass_select(step: Pass, frame: str, context: Context) -> exp.Select:
    """The select of one pass: the key column (`_row` of the frame if joined, else `_contact`) and one column per
    leaf, named as the frame names it. `frame` is the table that holds the columns the leaves read."""
    if step.order is None:
        return _plain(step, frame, context)
    return _ranked(step, step.order, frame, context)


# ---------------------------------------------------------------- sources


def _source(step: Pass, frame: str, context: Context) -> tuple[exp.Select, exp.Column]:
    """All events that may matter, without columns yet, and the column to group by."""
    contact = column(EVENT_CONTACT, EVENT)
    events = table(event_table(step.event), EVENT)
    query = exp.Select().from_(events)
    key = contact
    if step.joined:
        key = column(ROW, FRAME)
        query = exp.Select().from_(table(frame, FRAME))
        query = build.joined(query, events, compared("=", contact, column(CONTACT, FRAME)))
    if context.dialect.joins_ranges and any(x.local for x in step.leaves):
        query = context.offsets_joined(query)
    query = query.where(compared("<=", column(EVENT_AT, EVENT), context.parameters.as_of()))
    bounds = [bound(x.leaf) for x in step.leaves]
    known_bounds = [b for b in bounds if b is not None]
    if len(known_bounds) == len(bounds):
        query = query.where(compared(">", column(EVENT_AT, EVENT), context.parameters.oldest(known_bounds)))
    if context.among:
        query = query.where(of_some(contact, AMONG))
    elif context.runs and not step.joined:
        query = query.where(of_some(contact, RUNS))
    return query, key


def of_some(contact: exp.Column, some: str) -> exp.Expression:
    """Whether a contact stands in a temporary table. As a list, and no join: so that SQLite searches for each of them
    in the order of a key that begins with the contact, and does not scan."""
    found = exp.Select(expressions=[column(CONTACT, some)]).from_(table(some))
    return exp.In(this=contact.copy(), query=exp.Subquery(this=found))


def _with_weights(query: exp.Select, at: exp.Column, step: Pass, context: Context) -> exp.Select:
    """The query joined with the weights of each fading, by age in steps (age is never negative here)."""
    for alias, fading in _fadings(step).items():
        age = build.parens(minus(context.parameters.as_of(), at.copy()))
        steps = context.dialect.divide(age, number(step_of(fading)))
        weights = table(context.weights(fading), alias)
        query = build.joined(query, weights, compared("=", column("step", alias), steps), left=True)
    return query


def _fadings(step: Pass) -> dict[str, Fading]:
    found: dict[str, Fading] = {}
    for x in step.leaves:
        match x.leaf.measure:
            case Earned(fading=Fading(kind="halve" | "lose") as fading) if fading not in found.values():
                found[f"w{len(found) + 1}"] = fading
    return found


def _weight(fading: Fading | None, step: Pass, kind: str) -> exp.Expression | None:
    """The weight of the event at hand, or what is left of it at the horizon; None is the whole."""
    aliases = [alias for alias, held in _fadings(step).items() if held == fading]
    return column("later" if kind == "later" else "weight", aliases[0]) if aliases else None


def _next_step(fading: Fading | None, step: Pass, at: exp.Column) -> exp.Expression:
    """The first instant at which the weight of an event changes."""
    alias = next(alias for alias, held in _fadings(step).items() if held == fading)
    return exp.Min(this=build.total([at, column("until", alias)]))


# ---------------------------------------------------------------- plain passes


def _plain(step: Pass, frame: str, context: Context) -> exp.Select:
    query, key = _source(step, frame, context)
    query = _with_weights(query, column(EVENT_AT, EVENT), step, context)
    columns = [named(_aggregate(x, step, context), context.name(x.kind, x.name)) for x in step.leaves]
    return query.select(named(key, key.name), *columns).group_by(key.copy())


def _aggregate(x: LeafSql, step: Pass, context: Context) -> exp.Expression:
    match x.leaf.measure:
        case Days():
            return filtered(exp.Count(this=exp.Distinct(expressions=[context.local("day", step.event)])), x.test)
        case Aggregated(kind="number") | Followed():
            return filtered(exp.Count(this=exp.Star()), x.test)
        case Aggregated(kind=kind, property=None):
            at = column(EVENT_AT, EVENT)
            return filtered(exp.Min(this=at) if kind == "first" else exp.Max(this=at), x.test)
        case Aggregated(kind=kind, property=str() as name, of=of, type=type_):
            return _of_property(kind, column(name, EVENT), x.test, _denominator(of), _denominator(type_), context)
        case Earned(points=points, fading=fading):
            if x.kind == "step":
                return filtered(_next_step(fading, step, column(EVENT_AT, EVENT)), x.test)
            weight = _weight(fading, step, x.kind)
            if weight is None:
                return times(filtered(exp.Count(this=exp.Star()), x.test), number(points * POINT_UNIT))
            return times(filtered(exp.Sum(this=weight), x.test), number(points))
        case _:  # an aggregate without a property is one of those above
            raise AssertionError(x.leaf.measure)


def _of_property(
    kind: str, value: exp.Column, test: exp.Expression | None, own: int, wanted: int, context: Context
) -> exp.Expression:
    match kind:
        case "sum":
            return filtered(exp.Sum(this=value), test)
        case "smallest":
            return filtered(exp.Min(this=value), test)
        case "largest":
            return filtered(exp.Max(this=value), test)
        case "distinct":
            return filtered(exp.Count(this=exp.Distinct(expressions=[value])), test)
        case "average":
            total, count = filtered(exp.Sum(this=value), test), filtered(exp.Count(this=value), test)
            return _average(total, count, own, wanted, context)
        case _:
            raise AssertionError(kind)


def _average(total: exp.Expression, count: exp.Expression, own: int, wanted: int, context: Context) -> exp.Expression:
    """total/own / count in units of 1/wanted, cut toward zero: whole part and remainder apart, so that only the
    remainder is multiplied."""
    common = gcd(own, wanted)
    factor, by = wanted // common, build.parens(times(count, own // common))
    divide = context.dialect.divide
    whole = times(divide(build.parens(total), by), factor)
    part = divide(build.parens(times(rest(total.copy(), by.copy()), factor)), by.copy())
    return case((compared(">", count.copy(), number(0)), build.total([whole, part])))


def _denominator(type_: Type | None) -> int:
    return type_.denominator if isinstance(type_, Numeric) else 1


# ---------------------------------------------------------------- ranked passes


def _ranked(step: Pass, order: Order, frame: str, context: Context) -> exp.Select:
    """Matching events, each leaf's counted from one end on, then summed per contact."""
    end, per, local = order
    matching, key = _source(step, frame, context)
    matching = matching.select(named(key, key.name), named(column(EVENT_AT, EVENT), EVENT_AT))
    matching = matching.select(named(column(EVENT_ID, EVENT), EVENT_ID))
    if per is not None:
        matching = matching.select(named(column(per, EVENT), "per"))
    if local is not None:
        matching = matching.select(named(context.local(local, step.event), "per"))
    wholes = [x for x in step.leaves if x.kind == "leaf"]
    for n, x in enumerate(wholes):
        matching = matching.select(named(build.flag(x.test or exp.true()), f"m{n}"))
        if isinstance(x.leaf.measure, Aggregated) and x.leaf.measure.property is not None:
            matching = matching.select(named(column(x.leaf.measure.property, EVENT), f"v{n}"))
    if all(x.test is not None for x in wholes):
        matching = matching.where(build.any_true([x.test.copy() for x in wholes if x.test is not None]))

    # `- _at`, not `_at DESC`: where SQLite 3.40 drops a LEFT JOIN that nothing reads, it believes to scan the events
    # backward, scans them forward, and leaves the sort out; it does not reason about an expression
    down = end == "newest"
    at: exp.Expression = column(EVENT_AT, EVENT)
    window = [
        exp.Ordered(this=exp.Neg(this=at) if down else at, nulls_first=True),
        exp.Ordered(this=column(EVENT_ID, EVENT), desc=down, nulls_first=not down),
    ]
    apart = [column(key.name, EVENT), *([column("per", EVENT)] if per is not None or local is not None else [])]
    ranked = exp.Select().from_(_sub(matching, EVENT)).select(column(key.name, EVENT), column(EVENT_AT, EVENT))
    for n, x in enumerate(wholes):
        count = exp.Window(
            this=exp.Sum(this=column(f"m{n}", EVENT)),
            partition_by=[c.copy() for c in apart],
            order=exp.Order(expressions=[o.copy() for o in window]),
            spec=exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"),
        )
        ranked = ranked.select(column(f"m{n}", EVENT), named(count, f"n{n}"))
        if isinstance(x.leaf.measure, Aggregated):
            ranked = ranked.select(column(f"v{n}", EVENT))

    query = _with_weights(exp.Select().from_(_sub(ranked, RANKED)), column(EVENT_AT, RANKED), step, context)
    numbers = {x.name: n for n, x in enumerate(wholes)}
    counting = [_of_ranks(numbers[x.name], x, step) for x in step.leaves]
    columns = [
        named(filtered(told, test), context.name(x.kind, x.name))
        for x, (told, test) in zip(step.leaves, counting, strict=True)
    ]
    mine = column(key.name, RANKED)
    # what no leaf counts is left out before it is joined and grouped: often most of it
    query = query.where(build.any_true([test.copy() for _, test in counting]))
    return query.select(mine, *columns).group_by(mine.copy())


def _sub(query: exp.Select, alias: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))


def _of_ranks(n: int, x: LeafSql, step: Pass) -> tuple[exp.Expression, exp.Expression]:
    """What is taken of the events that a leaf counts, and which these are."""
    matches, rank = compared("=", column(f"m{n}", RANKED), number(1)), column(f"n{n}", RANKED)
    match x.leaf.measure:
        case Aggregated():
            first = all_true([matches, compared("=", rank, number(1))])
            return exp.Max(this=column(f"v{n}", RANKED)), first
        case Earned(points=points, limit=Limit() as limit, fading=fading):
            given, ranks = _given(points, limit, rank)
            counts = all_true([matches, compared("<=", rank.copy(), number(ranks))])
            if x.kind == "step":
                return _next_step(fading, step, column(EVENT_AT, RANKED)), counts
            weight = _weight(fading, step, x.kind)
            earned = times(given, number(POINT_UNIT) if weight is None else weight)
            return exp.Sum(this=earned), counts
        case _:
            raise AssertionError(x)


def _given(points: int, limit: Limit, rank: exp.Expression) -> tuple[exp.Expression, int]:
    """What the event of a rank gives, and the last rank that gives anything: the event that reaches a limit of
    points counts in part."""
    if limit.of == "times" or points == 0:
        return number(points), limit.amount
    whole, part = divmod(limit.amount, abs(points))
    if part == 0:
        return number(points), whole
    signed = part if points > 0 else -part
    return case((compared("<=", rank.copy(), number(whole)), number(points)), default=number(signed)), whole + 1
