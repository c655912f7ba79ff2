from __future__ import annotations

from datetime import datetime

import pytest

from dsl.model import Quiet
from dsl.spans import Span
from engine.instants import from_datetime
from engine.quiet import open_until, quiet_until

HERE = Span("x.play", 0, 0, 1, 1, 1, 1)
NY = ("America/New_York",)


def at(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text))


def quiet(start: int | None, end: int | None, *, days: tuple[int, ...] = (), channels: tuple[str, ...] = ()) -> Quiet:
    return Quiet(name="nights", span=HERE, start=start, end=end, days=days, channels=channels)


def until(moment: str, *quiets: Quiet, zones: tuple[str, ...] = NY, channel: str = "email") -> int | None:
    found = quiet_until(at(moment), channel, quiets, zones)
    return None if found is None else found[1]


NIGHTS = quiet(20 * 60, 8 * 60)


@pytest.mark.parametrize(
    ("moment", "open_at"),
    [
        ("2026-05-04T23:59:59Z", None),
        ("2026-05-05T00:00Z", "2026-05-05T12:00Z"),
        ("2026-05-05T11:59Z", "2026-05-05T12:00Z"),
        ("2026-05-05T12:00Z", None),
    ],
)
def test_a_period_is_half_open_and_crosses_midnight(moment: str, open_at: str | None) -> None:
    assert until(moment, NIGHTS) == (None if open_at is None else at(open_at))


def test_spring_forward_shortens_the_night() -> None:
    assert until("2026-03-08T06:59Z", quiet(21 * 60, 8 * 60)) == at("2026-03-08T12:00Z")


def test_a_boundary_in_the_skipped_hour_is_the_change() -> None:
    assert until("2026-03-08T06:59Z", quiet(60, 150)) == at("2026-03-08T07:00Z")


def test_when_the_clock_goes_back_the_quiet_side_wins() -> None:
    # 01:30 occurs at 05:30Z and 06:30Z: quiet begins at the first and ends at the last
    assert until("2026-11-01T05:30Z", quiet(90, 240)) is not None
    assert until("2026-11-01T05:29Z", quiet(90, 240)) is None
    assert until("2026-11-01T06:29Z", quiet(0, 90)) == at("2026-11-01T06:30Z")


def test_a_period_belongs_to_the_day_on_which_it_starts() -> None:
    friday = quiet(20 * 60, 8 * 60, days=(4,))
    assert until("2026-05-09T05:00Z", friday) == at("2026-05-09T12:00Z")  # Saturday 01:00, began on Friday
    assert until("2026-05-10T05:00Z", friday) is None


def test_a_weekly_hole_is_open_until_a_rule_closes_it() -> None:
    weekend, week = quiet(None, None, days=(5, 6)), quiet(21 * 60, 9 * 60, days=(0, 1, 2, 3, 4))
    assert until("2026-05-04T07:00Z", weekend, week) is None
    closed = quiet(21 * 60, 9 * 60, days=(6, 0, 1, 2, 3, 4))
    assert until("2026-05-04T07:00Z", weekend, closed) == at("2026-05-04T13:00Z")


def test_periods_without_a_gap_are_one_wait() -> None:
    assert until("2026-05-09T01:00Z", NIGHTS, quiet(None, None, days=(5, 6))) == at("2026-05-11T12:00Z")


def test_a_set_of_zones_is_open_when_all_are() -> None:
    both = ("America/New_York", "Pacific/Honolulu")
    # semantics.md §13.15, allowed 09:00 to 20:00 is quiet 20:00 to 09:00
    window = quiet(20 * 60, 9 * 60)
    assert until("2026-05-04T18:00Z", window, zones=both) == at("2026-05-04T19:00Z")
    assert until("2026-05-04T23:59Z", window, zones=both) is None
    assert until("2026-05-05T00:00Z", window, zones=both) == at("2026-05-05T19:00Z")


def test_only_its_channels_are_quiet() -> None:
    assert until("2026-05-05T00:00Z", quiet(20 * 60, 8 * 60, channels=("sms",))) is None
    assert until("2026-05-05T00:00Z", quiet(20 * 60, 8 * 60, channels=("sms",)), channel="sms") is not None


def test_no_minute_that_is_open_in_all_zones_waits_beyond_every_message() -> None:
    far_apart = ("Pacific/Honolulu", "Europe/Zurich", "Asia/Tokyo")
    found = until("2026-05-05T00:00Z", quiet(18 * 60, 10 * 60), zones=far_apart)
    assert found is not None
    assert found >= at("2026-05-20T00:00Z")


def test_how_long_it_stays_open() -> None:
    saturday = at("2026-05-09T08:00+02:00")
    far = saturday + 30 * 24 * 3_600_000_000

    def closes(
        *quiets: Quiet, most: int = far, zones: tuple[str, ...] = ("Europe/Berlin",), channel: str = "sms"
    ) -> int:
        return open_until(saturday, most, channel, quiets, zones)

    assert closes(NIGHTS) == at("2026-05-09T20:00+02:00")
    assert closes(quiet(None, None, days=(6,))) == at("2026-05-10T00:00+02:00")
    assert closes(NIGHTS, most=saturday + 60) == saturday + 60
    assert closes() == far
    # the first of two zones, and only for its channel
    assert closes(NIGHTS, zones=("Europe/Berlin", "Asia/Tokyo")) == at("2026-05-09T20:00+09:00")
    assert closes(quiet(20 * 60, 8 * 60, channels=("email",))) == far
