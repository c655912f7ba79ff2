from __future__ import annotations

from datetime import datetime

import pytest

from dsl.model import Duration
from engine.instants import (
    DAY,
    HOUR,
    anniversary_in,
    both_instants,
    day_start,
    from_datetime,
    local_date,
    scheduled_instant,
    shift,
    shift_date,
    to_datetime,
    whole_years,
)
from engine.zones import contact_zones, zone

BERLIN = zone("Europe/Berlin")
NEW_YORK = zone("America/New_York")


def at(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text))


def test_elapsed_days_are_24_hours_whatever_the_clock_does() -> None:
    assert shift(at("2026-03-28T12:00Z"), Duration(1, "day"), 1, BERLIN) == at("2026-03-29T12:00Z")


def test_months_clamp_to_the_end_and_keep_the_wall_clock_of_the_project() -> None:
    assert shift(at("2026-03-31T10:00+02:00"), Duration(1, "month"), -1, BERLIN) == at("2026-02-28T10:00+01:00")
    assert shift(at("2028-02-29T10:00+01:00"), Duration(1, "year"), 1, BERLIN) == at("2029-02-28T10:00+01:00")


def test_month_arithmetic_starts_from_the_original_date() -> None:
    assert shift_date(20260131, Duration(1, "month"), 1) == 20260228
    assert shift_date(20260131, Duration(2, "month"), 1) == 20260331


def test_a_local_time_that_does_not_exist_moves_forward_by_the_gap() -> None:
    assert scheduled_instant(20260308, 150, NEW_YORK) == at("2026-03-08T07:30Z")
    assert both_instants(20260308, 150, NEW_YORK) == (at("2026-03-08T07:00Z"), at("2026-03-08T07:00Z"))


def test_a_local_time_that_occurs_twice_happens_first_and_is_known_twice() -> None:
    assert scheduled_instant(20261101, 90, NEW_YORK) == at("2026-11-01T05:30Z")
    assert both_instants(20261101, 90, NEW_YORK) == (at("2026-11-01T05:30Z"), at("2026-11-01T06:30Z"))


def test_local_days_are_23_and_25_hours_long_at_the_clock_changes() -> None:
    assert day_start(20260330, BERLIN) - day_start(20260329, BERLIN) == 23 * HOUR
    assert day_start(20261026, BERLIN) - day_start(20261025, BERLIN) == 25 * HOUR


def test_the_local_date_turns_at_local_midnight() -> None:
    assert local_date(at("2026-05-05T03:59Z"), NEW_YORK) == 20260504
    assert local_date(at("2026-05-05T04:00Z"), NEW_YORK) == 20260505


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (19900615, 20260614, 35),
        (19900615, 20260615, 36),
        (20000229, 20270227, 26),
        (20000229, 20270228, 27),
        (20000229, 20280228, 27),
        (20000229, 20280229, 28),
        (20270101, 20260101, None),
    ],
)
def test_age_counts_whole_years_and_leap_birthdays_on_the_28th(born: int, today: int, years: int | None) -> None:
    assert whole_years(born, today) == years


def test_anniversaries_of_29_february() -> None:
    assert anniversary_in(229, 2026) == 20260228
    assert anniversary_in(229, 2026, 301) == 20260301
    assert anniversary_in(229, 2028, 301) == 20280229


def test_instants_survive_the_way_to_datetime_and_back() -> None:
    assert from_datetime(to_datetime(-5 * DAY - 1, BERLIN)) == -5 * DAY - 1


def test_zone_of_a_contact_own_then_country_then_project() -> None:
    assert contact_zones("Asia/Tokyo", "CH", "Europe/Zurich").all == ("Asia/Tokyo",)
    assert contact_zones(None, "JP", "Europe/Zurich").all == ("Asia/Tokyo",)
    assert contact_zones(None, None, "Europe/Zurich").all == ("Europe/Zurich",)


def test_an_invalid_zone_counts_as_unknown_and_is_reported() -> None:
    found = contact_zones("Mars/Phobos", "JP", "Europe/Zurich")
    assert (found.all, found.invalid) == (("Asia/Tokyo",), "Mars/Phobos")


def test_a_country_with_several_zones_is_a_set_and_one_of_them_reckons() -> None:
    usa = contact_zones(None, "US", "America/Denver")
    assert len(usa.all) > 20
    assert usa.reckoning == "America/Denver"
    assert contact_zones(None, "US", "Europe/Zurich").reckoning == "America/Adak"
