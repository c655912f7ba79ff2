"""The table of contact zones: what a plan needs to know of a local calendar, reckoned by Python for each zone.

No engine is asked about time zones: their databases differ, and dates cost more there than a join with a few rows.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from dsl.model import Duration
from engine.instants import DAY, LATEST, day_start, local_date, next_date, next_day, shift_date, to_datetime
from engine.interpret import period_of
from engine.plan_dump import duration_text


@dataclass(frozen=True, slots=True)
class Today:
    """Today there, moved by a duration; yyyymmdd."""

    duration: Duration | None = None
    sign: int = 1


@dataclass(frozen=True, slots=True)
class DayStart:
    """The first instant of a date."""

    day: int


@dataclass(frozen=True, slots=True)
class RecentStart:
    """The first instant of today and the days before, `days` in all; 0: of tomorrow, -1: of the day after it."""

    days: int


Edge = Literal["start", "end"]
EDGES: tuple[Edge, Edge] = ("start", "end")


@dataclass(frozen=True, slots=True)
class PeriodEdge:
    """The first instant of a local period, or the first after it."""

    name: str
    edge: Edge


@dataclass(frozen=True, slots=True)
class PeriodDay:
    """The first day of a local period, or the first after it; yyyymmdd."""

    name: str
    edge: Edge


@dataclass(frozen=True, slots=True)
class LeapYear:
    """1 if the local year has a 29 February."""


@dataclass(frozen=True, slots=True)
class RecursEdge:
    """An end of one of the two stretches of month days (mmdd) whose anniversaries lie in a window."""

    duration: Duration | None
    stretch: Literal[0, 1]
    end: Literal[0, 1]


@dataclass(frozen=True, slots=True)
class ZoneNumber:
    """Which of the zones of an evaluation it is (`numbered`)."""


@dataclass(frozen=True, slots=True)
class NextDate:
    """The instant at which the next local date begins."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Another constant as it is from that instant on."""

    of: Today | RecentStart | PeriodEdge | PeriodDay | LeapYear | RecursEdge


ZoneConstant = (
    NextDate | Behind | ZoneNumber | Today | DayStart | RecentStart | PeriodEdge | PeriodDay | LeapYear | RecursEdge
)


def label(constant: ZoneConstant) -> str:
    """The column of a constant."""
    match constant:
        case NextDate():
            return "next date"
        case Behind(of=of):
            return f"next {label(of)}"
        case ZoneNumber():
            return "number"
        case Today(duration=duration, sign=sign):
            if duration is None:
                return "today"
            return f"today {'+' if sign > 0 else '-'} {duration_text(duration)}"
        case DayStart(day=day):
            return f"start of {day}"
        case RecentStart(days=days):
            return f"start of the last {days} days" if days > 0 else f"end of the next {-days} days"
        case PeriodEdge(name=name, edge=edge):
            return f"{edge} of {name}"
        case PeriodDay(name=name, edge=edge):
            return f"{edge} day of {name}"
        case LeapYear():
            return "leap year"
        case RecursEdge(duration=duration, stretch=stretch, end=end):
            when = "today" if duration is None else f"in {duration_text(duration)}"
            return f"anniversary {when} {'to' if end else 'from'} {stretch + 1}"
        case _:
            assert_never(constant)


def reckon(constant: ZoneConstant, as_of: int, zone: ZoneInfo, number: int) -> int:
    """The value of a constant in a zone; `number` tells the zone among those of this evaluation."""
    today = local_date(as_of, zone)
    match constant:
        case NextDate():
            return next_date(as_of, zone)
        case Behind(of=of):
            return reckon(of, next_date(as_of, zone), zone, number)
        case ZoneNumber():
            return number
        case Today(duration=duration, sign=sign):
            return today if duration is None else shift_date(today, duration, sign)
        case DayStart(day=day):
            return day_start(day, zone)
        case RecentStart(days=days):
            return day_start(next_day(today, 1 - days), zone)
        case PeriodEdge(name=name, edge=edge):
            first, after = period_of(name, today)
            return day_start(first if edge == "start" else after, zone)
        case PeriodDay(name=name, edge=edge):
            return period_of(name, today)[EDGES.index(edge)]
        case LeapYear():
            return int(isleap(today // 10_000))
        case RecursEdge(duration=duration, stretch=stretch, end=end):
            return recurring(today, duration)[stretch][end]
        case _:
            assert_never(constant)


BIAS = 4_000_000 * DAY
"""Added before dividing by a day, so that no number is negative (which would be cut the other way)."""

TO_MONDAY = (3 - BIAS // DAY) % 7 * DAY
"""Added as well, so that whole weeks are weeks from Monday (1970 began on a Thursday)."""

OLDEST = -4_417_977_600_000_000
"""1830: no zone has a change before."""

REGULAR = 4_102_444_800_000_000
"""2100: from then on every zone follows a yearly rule, whose changes lie weeks apart."""

CYCLE = 146_097 * DAY
"""400 years, after which weekdays and leap years come again as they were."""


def offsets(zone: ZoneInfo, first: int, last: int) -> Iterator[tuple[int, int]]:
    """(instant, microseconds to add to an instant from then on so that whole days are local days), for instants from
    `first` to `last`. Far ahead (somebody stores the year 9999) one cycle is looked at, and repeated."""
    last = min(last, LATEST)
    if last <= REGULAR + CYCLE:
        yield from _walked(zone, first, last)
        return
    near = list(_walked(zone, min(first, REGULAR), REGULAR + CYCLE))
    yield from near
    for later in range(CYCLE, last - REGULAR, CYCLE):
        yield from ((at + later, shift) for at, shift in near if at > REGULAR and at + later <= last)


def _walked(zone: ZoneInfo, first: int, last: int) -> Iterator[tuple[int, int]]:
    """See `offsets`. A zone changes its offset at most once a day."""
    at = min(max(first, OLDEST), LATEST)
    offset = _offset(at, zone)
    yield min(first, at), offset + BIAS
    while at < last:
        after = min(at + (DAY if at < REGULAR else 14 * DAY), last)
        if _offset(after, zone) != offset:
            low, high = at, after
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
            offset = _offset(after, zone)
            yield high, offset + BIAS
        at = after


def unbroken(stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """`offsets` for whole days (`engine.instants.whole_day`): a clock that goes back over midnight does so when the day
    that had begun begins once more."""
    before = None
    for start, shift in stretches:
        if before is not None and shift < before:
            begun = (start - 1 + before) // DAY * DAY - shift
            yield max(start, begun), shift
        else:
            yield start, shift
        before = shift


def by_month(stretches: Sequence[tuple[int, int]], last: int) -> Iterator[tuple[int, int, int]]:
    """(instant, as in `offsets`, local month as yyyymm) for instants up to `last`: each stretch of `offsets` cut where
    a local month begins."""
    ends = [*(start for start, _ in stretches[1:]), last + 1]
    for (start, shift), end in zip(stretches, ends, strict=True):
        at = start
        while at < end:
            day = to_datetime(at + shift - BIAS).date()
            yield at, shift, day.year * 100 + day.month
            after = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
            at = (after - date(1970, 1, 1)).days * DAY - shift + BIAS


def _offset(at: int, zone: ZoneInfo) -> int:
    offset = to_datetime(at, zone).utcoffset()
    assert offset is not None, "an aware datetime"
    return offset // timedelta(microseconds=1)


EMPTY = (1, 0)
"""A stretch in which no month day lies."""


def recurring(today: int, duration: Duration | None) -> tuple[tuple[int, int], tuple[int, int]]:
    """The month days (mmdd) with an anniversary today (duration None) or in (today, today + D], as two stretches, both
    ends inside; 29 February counts as the 28th in other years."""
    last = today if duration is None else shift_date(today, duration, 1)
    first = today if duration is None else next_day(today)
    if first > last:
        return EMPTY, EMPTY
    first_year, last_year = first // 10_000, last // 10_000
    if last_year - first_year > 1:
        return (101, 1231), EMPTY
    if first_year == last_year:
        return (first % 10_000, _with_leap_day(last)), EMPTY
    return (first % 10_000, 1231), (101, _with_leap_day(last))


def _with_leap_day(last: int) -> int:
    """The month day at which a stretch ends; the 28th of February brings the 29th along in years without one."""
    return 229 if last % 10_000 == 228 and not isleap(last // 10_000) else last % 10_000
