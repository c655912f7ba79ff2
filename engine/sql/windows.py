"""Windows over events as tests of `_at`, and how far back a leaf looks."""

from __future__ import annotations

from typing import assert_never

from sqlglot import exp

from dsl.model import Ago, Fading, InLast, LocalDates, LocalPeriod, SinceThen, Window
from engine.fading import step_of, weights
from engine.instants import DAY, next_day
from engine.layout import EVENT_AT
from engine.plan_types import Earned, Leaf
from engine.sql.build import column, compared
from engine.sql.context import Context
from engine.sql.moments import Bound, DayBefore, Earlier, Moved, PeriodBefore
from engine.sql.names import EVENT
from engine.sql.zone_table import DayStart, PeriodEdge, RecentStart


def window_tests(window: Window | None, context: Context) -> list[exp.Expression]:
    """Tests of the event's instant, each true or false. That it is not after as_of is tested elsewhere."""
    at = column(EVENT_AT, EVENT)
    parameters = context.parameters
    match window:
        case None:
            return []
        case InLast(duration=duration) if duration.local:
            return [compared(">=", at, context.zone(RecentStart(duration.amount)))]
        case InLast(duration=duration):
            return [compared(">", at, parameters.moved(duration, -1))]
        case Ago(far=far, near=near):
            return [
                compared(">", at, parameters.moved(far, -1)),
                compared("<=", at.copy(), parameters.moved(near, -1)),
            ]
        case LocalDates(first=first, last=last):
            found = [] if first is None else [compared(">=", at, context.zone(DayStart(first)))]
            return found if last is None else [*found, compared("<", at, context.zone(DayStart(next_day(last))))]
        case LocalPeriod(name=name):
            return [
                compared(">=", at, context.zone(PeriodEdge(name, "start"))),
                compared("<", at.copy(), context.zone(PeriodEdge(name, "end"))),
            ]
        case SinceThen():
            return [compared(">", at, context.column("since", ""))]
        case _:
            assert_never(window)


def lifetime(fading: Fading) -> int:
    """The age in microseconds from which on a point has no weight."""
    return len(weights(fading)) * step_of(fading)


def bound(leaf: Leaf) -> Bound | None:
    """An instant such that no event at or before it matters to the leaf; None if there is none for all contacts."""
    match leaf.window:
        case InLast(duration=duration) | Ago(far=duration) if not duration.local:
            return Moved(duration, -1)
        case InLast(duration=duration):
            return Earlier((duration.amount + 3) * DAY)
        # a day begins less than a day before or after it does in UTC, whatever the zone
        case LocalDates(first=int(first)):
            return DayBefore(first)
        case LocalPeriod(name=name):
            return PeriodBefore(name)
    match leaf.measure:
        case Earned(fading=Fading() as fading):
            return Earlier(lifetime(fading))
    return None
