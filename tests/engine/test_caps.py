from __future__ import annotations

from datetime import datetime

from dsl.model import Calendar, Cap, Category, Duration, Rolling
from dsl.spans import Span
from engine.caps import full, limits
from engine.instants import from_datetime, local_date
from engine.records import CountedMessage
from engine.zones import zone

HERE = Span("x.play", 0, 0, 1, 1, 1, 1)
NEW_YORK, BERLIN = zone("America/New_York"), zone("Europe/Berlin")


def at(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text))


def message(
    moment: str, *, channel: str = "email", category: Category = "promotional", where: str = "America/New_York"
) -> CountedMessage:
    instant = at(moment)
    return CountedMessage(moment, "anna", instant, channel, category, (), local_date(instant, zone(where)))


def cap(limit: int, per: Rolling | Calendar, channel: str | None = None) -> Cap:
    return Cap(name="cap", span=HERE, limit=limit, per=per, channel=channel)


DAY = Rolling(Duration(24, "hour"))
LOCAL_DAY = Calendar("day", local=True)


def free_at(rule: Cap, history: list[CountedMessage], moment: str, place: str = "America/New_York") -> int | None:
    found = full(rule, history, at(moment), zone(place), BERLIN)
    return None if found is None else found.free_at


def test_a_rolling_day_and_a_local_day_are_two_things() -> None:
    late_evening = [message("2026-05-05T03:00Z")]
    assert free_at(cap(1, LOCAL_DAY), late_evening, "2026-05-05T04:00Z") is None
    assert free_at(cap(1, DAY), late_evening, "2026-05-05T04:00Z") == at("2026-05-06T03:00Z")
    assert free_at(cap(1, DAY), late_evening, "2026-05-06T03:00Z") is None


def test_24_hours_are_no_day_at_a_clock_change() -> None:
    yesterday = [message("2026-03-28T09:00Z", where="Europe/Berlin")]
    assert free_at(cap(1, DAY), yesterday, "2026-03-29T08:00Z", "Europe/Berlin") == at("2026-03-29T09:00Z")
    assert free_at(cap(1, LOCAL_DAY), yesterday, "2026-03-29T08:00Z", "Europe/Berlin") is None


def test_room_returns_when_the_oldest_of_the_limit_leaves() -> None:
    week = cap(3, Rolling(Duration(7, "day")))
    sends = [message("2026-05-01T12:00Z"), message("2026-05-06T12:00Z"), message("2026-05-07T11:00Z")]
    assert free_at(week, sends, "2026-05-07T12:00Z") == at("2026-05-08T12:00Z")
    assert free_at(week, sends[1:], "2026-05-07T12:00Z") is None


def test_service_counts_and_transactional_does_not() -> None:
    assert free_at(cap(1, DAY), [message("2026-05-05T03:00Z", category="service")], "2026-05-05T04:00Z") is not None
    receipt = message("2026-05-05T03:00Z", category="transactional")
    assert free_at(cap(1, DAY), [receipt], "2026-05-05T04:00Z") is None


def test_a_cap_of_a_channel_counts_that_channel() -> None:
    sms = cap(1, DAY, "sms")
    assert free_at(sms, [message("2026-05-05T03:00Z")], "2026-05-05T04:00Z") is None
    assert limits(sms, "sms", ())
    assert not limits(sms, "email", ())


def test_a_gap_is_satisfied_at_exactly_its_length() -> None:
    gap = Cap(name="breathing", span=HERE, gap=Duration(20, "hour"))
    sends = [message("2026-05-05T03:00Z")]
    assert free_at(gap, sends, "2026-05-05T22:59Z") == at("2026-05-05T23:00Z")
    assert free_at(gap, sends, "2026-05-05T23:00Z") is None


def test_a_calendar_cap_counts_by_the_present_zone_or_the_stored_date() -> None:
    # sent at 23:00 in Tokyo on the 5th; the contact lives in New York now, where it was the 5th as well at 10:00
    there = message("2026-05-05T14:00Z", where="Asia/Tokyo")
    assert free_at(cap(1, LOCAL_DAY), [there], "2026-05-05T20:00Z") is not None
    # 00:30 in Tokyo on the 6th is the 5th in New York: the stored date still counts on the 6th
    early = message("2026-05-05T15:30Z", where="Asia/Tokyo")
    assert free_at(cap(1, LOCAL_DAY), [early], "2026-05-06T13:00Z") is not None
    assert free_at(cap(1, LOCAL_DAY), [early], "2026-05-07T13:00Z") is None


def test_messages_of_the_future_do_not_exist() -> None:
    assert free_at(cap(1, DAY), [message("2026-05-05T05:00Z")], "2026-05-05T04:00Z") is None


def test_room_under_a_month_returns_when_the_month_before_no_longer_holds_the_message() -> None:
    month = cap(1, Rolling(Duration(1, "month")))
    sent = [message("2026-01-31T10:00Z")]
    # a month before 28 February is 28 January, which is before the message
    assert free_at(month, sent, "2026-02-10T10:00Z") == at("2026-03-01T00:00+01:00")
    assert free_at(month, sent, "2026-02-28T23:59+01:00") is not None
    assert free_at(month, sent, "2026-03-01T00:00+01:00") is None
