"""Local days, weeks and months of instants by the table of offsets, against Python's calendar."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime

import pytest

from engine.instants import DAY, HOUR, LATEST, from_datetime, local_date, to_datetime, whole_day
from engine.sql.zone_table import BIAS, TO_MONDAY, by_month, offsets, unbroken
from engine.zones import zone

NOVEMBER = 1_257_033_600_000_000
"""2009-11-01 00:00 UTC. On this day St John's put its clock from 00:01 back to 23:01 of October."""


@pytest.mark.parametrize("name", ["America/St_Johns", "Europe/Zurich", "Pacific/Kiritimati"])
def test_the_table_tells_the_local_period_of_every_instant(name: str) -> None:
    place = zone(name)
    first, last = NOVEMBER - 40 * DAY, NOVEMBER + 70 * DAY
    rows = list(by_month(list(offsets(place, first, last)), last))
    assert [start for start, _, _ in rows] == sorted({start for start, _, _ in rows})
    edges = {edge for start, _, _ in rows for edge in (start - 1, start, start + 1) if first <= edge <= last}
    for instant in sorted({*range(first, last, HOUR), *edges}):
        _, shift, month = rows[bisect_right([start for start, _, _ in rows], instant) - 1]
        day = to_datetime(instant, place).date()
        assert month == local_date(instant, place) // 100
        number = (day - date(1970, 1, 1)).days + BIAS // DAY
        assert (instant + shift) // DAY == number
        week, rest = divmod(number - day.weekday() + TO_MONDAY // DAY, 7)
        assert ((instant + shift + TO_MONDAY) // (7 * DAY), rest) == (week, 0)


@pytest.mark.parametrize("name", ["America/St_Johns", "Europe/Zurich", "Pacific/Kiritimati", "Africa/Casablanca"])
@pytest.mark.parametrize("first", [NOVEMBER, -3_786_825_600_000_000, 4_102_444_800_000_000, LATEST - 40 * DAY])
def test_whole_days_of_instants_near_and_far(name: str, first: int) -> None:
    place, last = zone(name), first + 400 * DAY
    rows = list(unbroken(offsets(place, first, last)))
    starts = [start for start, _ in rows]
    assert starts == sorted(set(starts))
    ends = from_datetime(datetime.max.replace(tzinfo=UTC))
    edges = {edge for start in starts for edge in (start - 1, start, start + 1) if first <= edge <= last}
    for instant in sorted({*range(first, last, 5 * HOUR), *edges}):
        if instant > ends:
            break
        day = whole_day(instant, place)
        number = (instant + rows[bisect_right(starts, instant) - 1][1]) // DAY - BIAS // DAY
        expected = date(day // 10_000, day // 100 % 100, day % 100) if day <= 9999_12_31 else None
        assert number == (2_932_897 if expected is None else (expected - date(1970, 1, 1)).days), instant


def test_a_day_that_has_begun_goes_on_where_the_clock_goes_back_over_midnight() -> None:
    place = zone("America/St_Johns")
    begins = NOVEMBER + 2 * HOUR + HOUR // 2
    shown = [begins - 1, begins, begins + HOUR // 60, begins + HOUR]
    assert [local_date(at, place) for at in shown] == [20091031, 20091101, 20091031, 20091101]
    assert [whole_day(at, place) for at in shown] == [20091031, 20091101, 20091101, 20091101]
