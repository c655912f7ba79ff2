"""What the events of a leaf tell of later: which of them leave its window or come in, and when something turns.

A leaf is simple if nothing but its window moves in time, by a length that is the same for all events. Then only events
near an end of the window matter, and few lie there: they are counted (`leaving`, `coming`), and the first of their
instants is kept (`edge`). For any other leaf each event is asked when its test may turn (`turn`). Events of the future
(`future`) are no matter of a leaf: the first of a type is an instant at which the contact is looked at in any case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from dsl.model import Ago, Duration, Fading, InLast, LocalPeriod
from engine.layout import EVENT_AT, EVENT_CONTACT, event_table
from engine.plan_dump import duration_text
from engine.plan_types import Earned, Followed, Leaf
from engine.sql import build
from engine.sql.build import all_true, any_true, case, column, compared, filtered, minus, named, number, table
from engine.sql.context import Context
from engine.sql.earliest import FAR, all_of, least
from engine.sql.expressions import Expressions
from engine.sql.moments import Fixed, Length, Since, Until
from engine.sql.names import AMONG, CONTACT, EVENT, FRAME, ROW, Column
from engine.sql.passes import SECOND, followed, of_some, seconds
from engine.sql.windows import lifetime, window_tests

if TYPE_CHECKING:
    from engine.sql.dues import Dues

KINDS = ("future", "leaving", "coming", "edge", "turn")
"""The columns of this module; the first of a type of events, the others of a leaf."""


@dataclass(frozen=True, slots=True)
class EdgeSql:
    """A column reckoned over events: its aggregate, the events that matter to it, and what of the frame it reads."""

    column: Column
    event: str
    aggregate: exp.Expression
    matters: exp.Expression
    reads: frozenset[Column]

    @property
    def without(self) -> exp.Expression:
        """What it is over no events."""
        return number(0 if self.column[0] in ("leaving", "coming") else FAR)


@dataclass(frozen=True, slots=True)
class Passing:
    """A length of time after which an event leaves a leaf, or comes in."""

    way: Literal["leaving", "coming"]
    name: str
    length: Length | Fixed


def passings(leaf: Leaf) -> list[Passing]:
    """When the events of a simple leaf leave and come in."""
    found = []
    match leaf.window:
        case InLast(duration=duration):
            found.append(_moving("leaving", duration))
        case Ago(far=far, near=near):
            found += [_moving("leaving", far), _moving("coming", near)]
    match leaf.measure:
        case Earned(fading=Fading(kind="forget") as fading):
            found.append(_after("leaving", lifetime(fading)))
        case Followed(kind="without", within=within):
            found.append(_after("coming", within))
    return found


def _moving(way: Literal["leaving", "coming"], duration: Duration) -> Passing:
    return Passing(way, duration_text(duration).replace(" ", "_"), Length(duration, -1))


def _after(way: Literal["leaving", "coming"], micros: int) -> Passing:
    return Passing(way, f"{micros}", Fixed(micros))


def is_simple(leaf: Leaf, dues: Dues) -> bool:
    """Whether nothing but the window moves, and that by one length for all."""
    match leaf.window:
        case LocalPeriod():
            return False
        case InLast(duration=duration) if duration.local:
            return False
    if leaf.where is not None and dues.condition(leaf.where) is not None:
        return False
    match leaf.measure:
        case Followed(where=where) if where is not None:
            return dues.of_event(SECOND).condition(where) is None
    return True


def future(event: str, context: Context) -> EdgeSql:
    """When the next event of a type comes."""
    at = column(EVENT_AT, EVENT)
    ahead = all_true(
        [compared(">", at, context.parameters.as_of()), compared("<=", at.copy(), context.parameters.horizon())]
    )
    return EdgeSql(("future", event), event, filtered(exp.Min(this=at.copy()), ahead.copy()), ahead, frozenset())


def edge(kind: str, name: str, dues: Dues) -> EdgeSql:
    """A column of a leaf."""
    context = dues.context
    leaf = context.leaves[name]
    if kind == "turn":
        return _turn(name, leaf, dues)
    at, where = column(EVENT_AT, EVENT), None
    if leaf.where is not None:
        where = Expressions(context).condition(leaf.where)
    asked = [p for p in passings(leaf) if kind in ("edge", p.way)]
    near = [all_true([_near(p, context), *([] if where is None else [where.copy()])]) for p in asked]
    if kind == "edge":
        firsts = [
            filtered(
                exp.Min(this=build.total([at.copy(), context.parameters.instant(f"length_{p.name}", p.length)])), n
            )
            for p, n in zip(asked, near, strict=True)
        ]
        aggregate = least([exp.Coalesce(this=f, expressions=[number(FAR)]) for f in firsts])
    else:
        aggregate = build.total([filtered(exp.Count(this=exp.Star()), n) for n in near])
    reads = frozenset(context.reads(*near))
    return EdgeSql((kind, name), leaf.event, aggregate, any_true([_near(p, context) for p in asked]), reads)


def _near(passing: Passing, context: Context) -> exp.Expression:
    """Whether an event that is there passes before the horizon."""
    at, length = column(EVENT_AT, EVENT), passing.length
    since = context.parameters.instant(f"since_{passing.name}", Since(length))
    until = context.parameters.ahead(f"until_{passing.name}", Until(length))
    return all_true([compared(">", at, since), compared("<=", at.copy(), until)])


def _turn(name: str, leaf: Leaf, dues: Dues) -> EdgeSql:
    """The first instant at which the test of an event may turn."""
    context = dues.context
    as_of = context.parameters.as_of
    at = column(EVENT_AT, EVENT)
    items: list[tuple[exp.Expression, exp.Expression | None]] = []
    windows = window_tests(leaf.window, context)
    if windows:
        items.append((all_true(windows), _window_due(leaf, all_true(windows), dues)))
    if leaf.where is not None:
        items.append((Expressions(context).condition(leaf.where), dues.condition(leaf.where)))
    match leaf.measure:
        case Followed() as measure:
            items.append((followed(measure, context), _followed_due(measure, dues)))
        case Earned(fading=Fading(kind="forget") as fading):
            there = compared(">", at.copy(), minus(as_of(), number(lifetime(fading))))
            gone = build.total([at.copy(), number(lifetime(fading))])
            items.append((there, case((there.copy(), gone), default=number(FAR))))
    due = all_of(items, as_of)
    assert due is not None, "else it is simple"
    exists = compared("<=", at.copy(), as_of())
    return EdgeSql(
        ("turn", name), leaf.event, filtered(exp.Min(this=due), exists), exists.copy(), frozenset(context.reads(due))
    )


def _window_due(leaf: Leaf, test: exp.Expression, dues: Dues) -> exp.Expression | None:
    """When an event leaves the window or comes in."""
    at = column(EVENT_AT, EVENT)
    moved, length = dues.context.parameters.moved, dues.context.parameters.length
    match leaf.window:
        case InLast(duration=duration) if not duration.local:
            passes = [duration]
        case Ago(far=far, near=near):
            passes = [near, far]
        case _:
            return dues.calendar(test)
    steps = [(compared(">", at.copy(), moved(d, -1)), build.total([at.copy(), length(d, -1)])) for d in passes]
    return case(*steps, default=number(FAR))


def _followed_due(measure: Followed, dues: Dues) -> exp.Expression | None:
    """When it may turn that a second event comes in time. Seconds of the future are not asked for here."""
    context = dues.context
    due = None if measure.where is None else dues.of_event(SECOND).condition(measure.where)
    turns: exp.Expression | None = None
    if due is not None:
        first = exp.Select().select(exp.Min(this=due)).from_(table(event_table(measure.second), SECOND))
        first = first.where(all_true(seconds(measure, context)))
        of_second = any(c.table == SECOND for c in due.find_all(exp.Column))
        # what knows no second event is the same for all of them; and an aggregate of it would be the outer select's
        turns = exp.Coalesce(this=exp.Subquery(this=first), expressions=[number(FAR)]) if of_second else due
    if measure.kind == "then":
        return turns
    over = build.total([column(EVENT_AT, EVENT), number(measure.within)])
    waits = compared(">", over, context.parameters.as_of())
    return case((waits, over.copy()), default=turns or number(FAR))


def edge_passes(edges: Sequence[EdgeSql]) -> Iterator[tuple[bool, list[EdgeSql]]]:
    """Edges that one select reckons, and whether it reads the frame. What asks every event stands apart."""
    groups: dict[tuple[str, bool, bool], list[EdgeSql]] = {}
    for one in edges:
        groups.setdefault((one.event, bool(one.reads), one.column[0] == "turn"), []).append(one)
    for (_, joined, _), held in groups.items():
        yield joined, held


def edge_select(edges: Sequence[EdgeSql], frame: str, context: Context, *, joined: bool) -> exp.Select:
    """The select of one pass: the key (`_row` of the frame if joined, else `_contact`) and a column for each edge."""
    contact = column(EVENT_CONTACT, EVENT)
    events = table(event_table(edges[0].event), EVENT)
    query, key = exp.Select().from_(events), contact
    if joined:
        key = column(ROW, FRAME)
        query = build.joined(
            exp.Select().from_(table(frame, FRAME)), events, compared("=", contact, column(CONTACT, FRAME))
        )
    query = query.where(any_true(list({one.matters.sql(): one.matters.copy() for one in edges}.values())))
    if context.among:
        query = query.where(of_some(contact, AMONG))
    columns = [named(one.aggregate, context.name(*one.column)) for one in edges]
    return query.select(named(key.copy(), key.name), *columns).group_by(key.copy())
