"""Time: instants, days and windows as one contact sees them (LANGUAGE.md §4, Time)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never
from zoneinfo import ZoneInfo

from dsl.model import Ago, Duration, InLast, LocalDates, LocalPeriod, SinceThen, Window
from dsl.types import Date, DateTime, MonthDay, Stored, Type
from engine.evaluation import Run
from engine.instants import anniversary_in, day_start, next_day, shift, shift_date, to_date, to_ymd


@dataclass(frozen=True, slots=True)
class Now:
    """The instant of a reading as one contact sees it: `today` is its local day (yyyymmdd) in its `zone`. Months and
    years are counted in the zone of the project."""

    as_of: int
    zone: ZoneInfo
    today: int
    project: ZoneInfo

    def date_within(self, kind: str, value: Stored, type_: Type, duration: Duration) -> bool:
        """`in last D` is (as_of - D, as_of], on a date `today - D < d <= today`; `in next D` (as_of, as_of + D]; `older
        than D` is known, not in the future and not in last D (§4, Time)."""
        if value is None:
            return False
        at = int(value)
        if isinstance(type_, DateTime) and duration.local:
            return self.local_days(kind, at, duration.amount)
        now = self.today if isinstance(type_, Date) else self.as_of

        def moved(sign: int) -> int:
            if isinstance(type_, Date):
                return shift_date(now, duration, sign)
            return shift(now, duration, sign, self.project)

        match kind:
            case "in last":
                return moved(-1) < at <= now
            case "in next":
                return now < at <= moved(1)
            case _:
                return at <= moved(-1)

    def local_days(self, kind: str, instant: int, days: int) -> bool:
        """An instant tested in local days counts as the day in which it lies."""

        def start(day: int) -> int:
            return day_start(next_day(self.today, day), self.zone)

        match kind:
            case "in last":
                return start(1 - days) <= instant < start(1)
            case "in next":
                return start(1) <= instant < start(days + 1)
            case _:
                return instant < start(1 - days)

    def in_period(self, value: Stored, type_: Type, period: LocalPeriod) -> bool:
        """Whether a date or an instant lies in a local period around today, or still will."""
        if value is None:
            return False
        first, after = period_of(period.name, self.today)
        if isinstance(type_, Date):
            return first <= int(value) < after
        return day_start(first, self.zone) <= int(value) < day_start(after, self.zone)

    def anniversary(self, value: Stored, type_: Type, duration: Duration | None) -> bool:
        """Month and day decide, whatever the year of the date; today itself is `anniversary today` alone (§4, Time)."""
        if value is None:
            return False
        month_day = int(value) if isinstance(type_, MonthDay) else int(value) % 10_000
        last = self.today if duration is None else shift_date(self.today, duration, 1)
        first = self.today if duration is None else next_day(self.today)
        return any(
            first <= anniversary_in(month_day, year) <= last for year in range(first // 10_000, last // 10_000 + 1)
        )

    def window(self, window: Window | None, run: Run | None) -> Callable[[int], bool]:
        """Whether an instant lies in a window. Elapsed time and months end at as_of; dates and periods are local days
        of the contact (§4, Time)."""
        match window:
            case None:
                return lambda _at: True
            case InLast(duration=duration) if duration.local:
                first = day_start(next_day(self.today, 1 - duration.amount), self.zone)
                return lambda at: at >= first
            case InLast(duration=duration):
                start = shift(self.as_of, duration, -1, self.project)
                return lambda at: start < at
            case Ago(far=far, near=near):
                start, end = shift(self.as_of, far, -1, self.project), shift(self.as_of, near, -1, self.project)
                return lambda at: start < at <= end
            case LocalDates(first=first_day, last=last_day):
                low = None if first_day is None else day_start(first_day, self.zone)
                high = None if last_day is None else day_start(next_day(last_day), self.zone)
                return lambda at: (low is None or at >= low) and (high is None or at < high)
            case LocalPeriod(name=name):
                first_of, after = period_of(name, self.today)
                low, high = day_start(first_of, self.zone), day_start(after, self.zone)
                return lambda at: low <= at < high
            case SinceThen():
                assert run is not None, "only in triggers"
                return lambda at: run.cause_at < at
            case _:
                assert_never(window)


def period_of(name: str, today: int) -> tuple[int, int]:
    """First day and the day after the last of a local period around `today`; weeks begin on Monday (§4, Time)."""
    day = to_date(today)
    match name:
        case "today":
            return today, next_day(today)
        case "yesterday":
            return next_day(today, -1), today
        case "week":
            first = next_day(today, -day.weekday())
            return first, next_day(first, 7)
        case "month":
            first = to_ymd(day.replace(day=1))
            return first, shift_date(first, Duration(1, "month"), 1)
        case "quarter":
            first = to_ymd(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1))
            return first, shift_date(first, Duration(3, "month"), 1)
        case _:
            return day.year * 10_000 + 101, (day.year + 1) * 10_000 + 101
