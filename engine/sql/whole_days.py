"""An instant beside a date that is not written: both become numbers of days.

The day of an instant comes from a small table of offsets for each zone, as local days of events do
(`Context.local`), with two differences: a day that has begun goes on where a clock goes back over midnight
(`engine.instants.whole_day`), and the table reaches from the first to the last of the instants that are asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain

from sqlglot import exp

from dsl.types import DateTime
from engine.instants import DAY
from engine.layout import CONTACTS, EVENT_AT, event_table, fact_table
from engine.plan_types import (
    Aggregated,
    CauseRef,
    Choice,
    DefinePlan,
    FactRef,
    FieldRef,
    FirstOf,
    LeafRef,
    PropertyRef,
    ValueRef,
)
from engine.plan_types import Value as PlanValue
from engine.sql import build
from engine.sql.build import column, compared, minus, number, parens, rest, times
from engine.sql.context import Context
from engine.sql.names import DAYS, OFFSET_ALIAS
from engine.sql.zone_table import BIAS, ZoneNumber

MARCH = (date(1970, 1, 1) - date(1, 3, 1)).days + 365 - BIAS // DAY
"""Days from 1 March of the year 0 to the day that has the number 0."""


def whole_day(context: Context, instant: exp.Expression) -> exp.Expression:
    """The number of the local day in which an instant lies, in the contact's zone; missing if it is."""
    mine = compared("=", column("zone", OFFSET_ALIAS), context.zone(ZoneNumber()))
    begun = compared("<=", column("start", OFFSET_ALIAS), instant)
    local = build.total([parens(instant.copy()), column("shift", OFFSET_ALIAS)])
    newest = exp.Ordered(this=column("start", OFFSET_ALIAS), desc=True, nulls_first=False)
    found = context.dialect.divide(parens(local), number(DAY))
    table = build.table(DAYS, OFFSET_ALIAS)
    return exp.Subquery(this=exp.Select().select(found).from_(table).where(mine, begun).order_by(newest).limit(1))


def day_number(context: Context, day: exp.Expression) -> exp.Expression:
    """The number of a date (yyyymmdd), as `whole_day` counts. Years are counted from March, so that the leap day is
    the last of a year."""

    def over(x: exp.Expression, by: int) -> exp.Expression:
        return context.dialect.divide(parens(x.copy()), number(by))

    month = rest(over(day, 100), number(100))
    months = minus(build.total([times(parens(over(day, 10_000)), 12), month]), number(3))  # from March of the year 0
    year, of_year = over(months, 12), rest(months.copy(), number(12))
    begun = over(build.total([times(parens(of_year), 153), number(2)]), 5)  # days of the year before the month
    parts = [
        times(parens(year), 365),
        over(year, 4),
        exp.Neg(this=parens(over(year, 100))),
        over(year, 400),
        begun,
        rest(day.copy(), number(100)),
    ]
    return minus(build.total(parts), number(MARCH + 1))


def extremes(context: Context) -> Iterator[exp.Select]:
    """Selects of the smallest and the greatest of all the instants that may be asked, other than those of runs."""
    for table, name in sorted(set(chain.from_iterable(_columns(v, context) for v in context.moments))):
        held = column(name, "x")
        smallest, greatest = exp.Min(this=held), exp.Max(this=held.copy())
        yield exp.Select().select(smallest, greatest).from_(build.table(table, "x"))


def caused(context: Context) -> Iterator[str]:
    """The properties of causes that may be asked."""
    yield from sorted(set(chain.from_iterable(_causes(v, context) for v in context.moments)))


def _columns(value: PlanValue, context: Context) -> Iterator[tuple[str, str]]:
    """The columns of the store from which an instant comes."""
    match value:
        case FieldRef(name=name):
            yield CONTACTS, name
        case FactRef(table=table, column=name):
            yield fact_table(table), name
        case PropertyRef(name=name):
            for event in context.schema.events.values():
                found = event.properties.get(name)
                if name == EVENT_AT or (found is not None and isinstance(found.type, DateTime)):
                    yield event_table(event.name), name
        case LeafRef(leaf=leaf):
            asked = context.leaves[leaf]
            assert isinstance(asked.measure, Aggregated), "an instant is the first, last, smallest or largest"
            yield event_table(asked.event), asked.measure.property or EVENT_AT
        case _:
            for part in _parts(value, context):
                yield from _columns(part, context)


def _causes(value: PlanValue, context: Context) -> Iterator[str]:
    if isinstance(value, CauseRef):
        yield value.name
    for part in _parts(value, context):
        yield from _causes(part, context)


def _parts(value: PlanValue, context: Context) -> tuple[PlanValue, ...]:
    match value:
        case Choice(items=items) | FirstOf(items=items):
            return items
        case ValueRef(name=name):
            named = context.definitions["define", name]
            assert isinstance(named, DefinePlan)
            return (named.body,)  # type: ignore[return-value]  # a value's name names a value
        case _:
            return ()
