"""Instants, civil dates and durations, in integers. Nothing here reads a clock.

Instants are microseconds since 1970-01-01 UTC; civil dates are yyyymmdd integers (`Ymd`), times of day are minutes
after local midnight. Elapsed arithmetic is done in UTC; calendar arithmetic on local wall time with an explicit rule
for times that do not exist or occur twice (LANGUAGE.md §4, Time).
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from dsl.model import Duration

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)

LATEST = 253_402_214_400_000_000
"""9999-12-31 00:00 UTC. A day after it there is no zone to ask."""

Ymd = int


def to_datetime(instant: int, zone: tzinfo = UTC) -> datetime:
    """The instant as an aware datetime in `zone`."""
    return (EPOCH + timedelta(microseconds=instant)).astimezone(zone)


def from_datetime(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (moment - EPOCH) // _MICRO


def to_ymd(day: date) -> Ymd:
    """A date as yyyymmdd."""
    return day.year * 10_000 + day.month * 100 + day.day


def to_date(ymd: Ymd) -> date:
    """yyyymmdd as a date."""
    return date(ymd // 10_000, ymd // 100 % 100, ymd % 100)


def local_date(instant: int, zone: tzinfo) -> Ymd:
    """The civil date at an instant in a zone."""
    return to_ymd(to_datetime(instant, zone).date())


@lru_cache(maxsize=1024)
def date_at(instant: int, zone: tzinfo) -> Ymd:
    """`local_date` where the same instant is asked for again and again, as that of a tick is."""
    return local_date(instant, zone)


def both_instants(day: Ymd, minutes: int, zone: tzinfo) -> tuple[int, int]:
    """First and last instant at which the clock in `zone` shows this local time (`minutes` may be 1440).

    A time that occurs twice gives both. A time that does not exist gives, twice, the instant of the clock change.
    """
    wall = datetime.combine(to_date(day), datetime.min.time()) + timedelta(minutes=minutes)
    early = from_datetime(wall.replace(tzinfo=zone, fold=0).astimezone(UTC))
    late = from_datetime(wall.replace(tzinfo=zone, fold=1).astimezone(UTC))
    if early <= late:
        return early, late
    change = _change_between(late, early, zone)
    return change, change


def scheduled_instant(day: Ymd, minutes: int, zone: tzinfo) -> int:
    """When something planned for this local time happens: the first of two; a time that does not exist moves
    forward by the length of the gap (02:30 becomes 03:30)."""
    wall = datetime.combine(to_date(day), datetime.min.time()) + timedelta(minutes=minutes)
    return from_datetime(wall.replace(tzinfo=zone, fold=0).astimezone(UTC))


def day_start(day: Ymd, zone: tzinfo) -> int:
    """The first instant of a local day."""
    return both_instants(day, 0, zone)[0]


def offset_changes(after: int, last: int, zone: tzinfo) -> Iterator[int]:
    """The instants in (after, last] at which the clock in `zone` is changed (twice in twelve hours it never is)."""
    while after < last:
        later = min(after + 12 * HOUR, last)
        if to_datetime(after, zone).utcoffset() != to_datetime(later, zone).utcoffset():
            yield _change_between(after, later, zone)
        after = later


def next_date(after: int, zone: tzinfo) -> int:
    """The first instant after `after` at which the date in a zone is another one. Where a clock goes back over
    midnight that may be the date before."""
    today = local_date(after, zone)
    return next(at for at in clock_breaks(after, after + 3 * DAY, zone) if local_date(at, zone) != today)


def clock_breaks(after: int, last: int, zone: tzinfo) -> list[int]:
    """The instants in (after, last] at which a clock shows midnight or is changed, in order."""
    found = set(offset_changes(after, last, zone))
    day, end = next_day(local_date(after, zone), -1), next_day(local_date(last, zone), 1)
    while day <= end:
        found.update(both_instants(day, 0, zone))
        day = next_day(day)
    return sorted(at for at in found if after < at <= last)


def whole_day(instant: int, zone: tzinfo) -> Ymd:
    """The date whose whole local day, from its first instant to that of the next, holds an instant. It is not
    `local_date` where a clock goes back over midnight: the day that has begun goes on. Before and after the calendar's
    years it is smaller and greater than any date."""
    try:
        day = local_date(instant, zone)
    except OverflowError:
        return 0 if instant < 0 else 100_000_101
    if day == 9999_12_31:
        return day
    after = next_day(day)
    return day if instant < day_start(after, zone) else after


def next_day(day: Ymd, days: int = 1) -> Ymd:
    """The date so many days later (or earlier, if negative)."""
    return to_ymd(to_date(day) + timedelta(days=days))


def shift_months(day: date, months: int) -> date:
    """Calendar months from the original date, clamped to the end of the month (31 January + 1 is 28 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shift_date(day: Ymd, duration: Duration, sign: int) -> Ymd:
    """A date moved by a duration of days, weeks, months or years; `sign` is 1 or -1."""
    start = to_date(day)
    match duration.unit:
        case "day":
            moved = start + timedelta(days=sign * duration.amount)
        case "week":
            moved = start + timedelta(weeks=sign * duration.amount)
        case "month":
            moved = shift_months(start, sign * duration.amount)
        case "year":
            moved = shift_months(start, sign * 12 * duration.amount)
        case _:
            raise ValueError(f"a date does not move by {duration.unit}s")
    return to_ymd(moved)


def shift(instant: int, duration: Duration, sign: int, project_zone: tzinfo) -> int:
    """An instant moved by a duration; `sign` is 1 or -1.

    Minutes to weeks are elapsed time. Months and years (and `local` days) are steps of the wall clock in `project_zone`
    from the original instant, so that `as_of - D` is one instant for all contacts (LANGUAGE.md §4, Time).
    """
    elapsed = duration.micros()
    if elapsed is not None:
        return instant + sign * elapsed
    wall = to_datetime(instant, project_zone)
    moved = to_date(shift_date(to_ymd(wall.date()), duration, sign))
    naive = datetime.combine(moved, wall.time()).replace(fold=wall.fold)
    return from_datetime(naive.replace(tzinfo=project_zone).astimezone(UTC))


def whole_years(born: Ymd, today: Ymd) -> int | None:
    """Completed years of age, missing (None) for a date in the future; who is born on 29 February turns a year
    older on the 28th in other years."""
    if born > today:
        return None
    if born % 10_000 == 229 and not isleap(today // 10_000):
        born -= 1
    return (today - born) // 10_000


def anniversary_in(month_day: int, year: int, leap: int = 228) -> Ymd:
    """The date of an anniversary in a year; 29 February falls on `leap` (228 or 301) in years without one."""
    if month_day == 229 and not isleap(year):
        month_day = leap
    return year * 10_000 + month_day


def _change_between(low: int, high: int, zone: tzinfo) -> int:
    """The instant in (low, high] at which the offset of `zone` changes."""
    before = to_datetime(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if to_datetime(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
