"""Windows inside windows, and how long a duration is at least and at most."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from dsl.model import Ago, Duration, InLast, LocalDates, LocalPeriod, Window

DAY = 86_400 * 1_000_000

_WITHIN = {
    "today": frozenset({"today", "week", "month", "quarter", "year"}),
    "yesterday": frozenset({"yesterday"}),
    "week": frozenset({"week"}),
    "month": frozenset({"month", "quarter", "year"}),
    "quarter": frozenset({"quarter", "year"}),
    "year": frozenset({"year"}),
}
"""The calendar periods that hold another one whole."""


@dataclass(frozen=True, slots=True)
class Count:
    """The number of events of a type with a filter (in one form) in a window (None: ever)."""

    event: str
    where: Hashable
    window: Window | None


def contains(outer: Count, inner: Count) -> bool:
    """Whether all events of `inner` are surely among those of `outer`."""
    return (
        outer.event == inner.event
        and (outer.where is None or outer.where == inner.where)
        and _inside(inner.window, outer.window)
    )


def elapsed(duration: Duration, *, of_date: bool = False) -> tuple[int, int] | None:
    """Microseconds of a duration: (at least, at most). None where only the contact's calendar knows.

    A month has 28 to 31 days and a year 365 or 366, and a clock change (or a new zone) moves them by up to a day.
    """
    match duration.unit:
        case "month":
            return (28 * duration.amount - 1) * DAY, (31 * duration.amount + 1) * DAY
        case "year":
            return (365 * duration.amount - 1) * DAY, (366 * duration.amount + 1) * DAY
    if duration.local:
        return (duration.amount * DAY,) * 2 if of_date and duration.unit == "day" else None
    micros = duration.micros()
    return None if micros is None else (micros, micros)


def _inside(inner: Window | None, outer: Window | None) -> bool:
    if outer is None or inner == outer:
        return True
    match inner, outer:
        case InLast(duration=short), InLast(duration=long):
            return _at_most(short, long)
        case Ago(far=far), InLast(duration=long):
            return _at_most(far, long)
        case Ago(far=short, near=near), Ago(far=long, near=nearest):
            return _at_most(short, long) and _at_most(nearest, near)
        case LocalPeriod(name=name), LocalPeriod(name=around):
            return around in _WITHIN[name]
        case LocalPeriod(name="today"), InLast(duration=long):
            return long.local
        case LocalDates(first=a, last=b), LocalDates(first=c, last=d):
            return (c is None or (a is not None and a >= c)) and (d is None or (b is not None and b <= d))
    return False


def _at_most(short: Duration, long: Duration) -> bool:
    """Whether one duration is surely not longer than another."""
    if short.unit == long.unit and short.local == long.local:
        return short.amount <= long.amount
    one, other = elapsed(short), elapsed(long)
    return one is not None and other is not None and one[1] <= other[0]
