"""Local days, weeks and months of instants by the table of offsets, against Python's calendar."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

import pytest

from engine.instants import DAY, HOUR, local_date, to_datetime
from engine.sql.zone_table import BIAS, TO_MONDAY, by_month, offsets
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
