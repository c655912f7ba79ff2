from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.tick import ClockRanBack
from tests.engine.world import World, outcomes_of

CART = """
trigger rescue
  on cart_added
  wait 4 hours unless did purchase since then
  send email reminder
"""

ENTER = """
segment big where sum of purchase.amount > 100

trigger thanks
  on entering big
  send email hello
"""


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def world(executor: str) -> Iterator[World]:
    w = World(CART, active_from="2026-05-01T00:00", executor=executor)
    w.contact("anna")
    yield w
    w.close()


def test_a_cart_is_rescued_after_four_hours(world: World) -> None:
    world.event("cart_added", "anna", "2026-05-04T10:00")
    assert outcomes_of(world.tick("2026-05-04T10:05"))["anna"] == ("waiting", "wait")
    world.tick("2026-05-04T13:59")
    assert world.sent() == []
    world.tick("2026-05-04T14:00")
    assert world.sent() == [("anna", "reminder")]


def test_a_purchase_since_then_stops_it(world: World) -> None:
    world.event("purchase", "anna", "2026-05-04T09:00")
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05")
    world.event("purchase", "anna", "2026-05-04T12:00")
    assert outcomes_of(world.tick("2026-05-04T14:00"))["anna"] == ("refused", "where")


def test_an_earlier_purchase_does_not(world: World) -> None:
    world.event("purchase", "anna", "2026-05-04T10:00")
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05")
    world.tick("2026-05-04T14:00")
    assert world.sent() == [("anna", "reminder")]


def test_the_same_instant_again_sends_nothing_twice(world: World) -> None:
    world.event("cart_added", "anna", "2026-05-04T10:00")
    for _ in range(3):
        world.tick("2026-05-04T14:30")
    assert world.sent() == [("anna", "reminder")]


def test_the_same_event_delivered_again_is_one(world: World) -> None:
    world.event("cart_added", "anna", "2026-05-04T10:00", id="cart-1")
    world.tick("2026-05-04T10:01")
    world.event("cart_added", "anna", "2026-05-04T10:00", id="cart-1")
    world.tick("2026-05-04T14:01")
    world.tick("2026-05-04T15:01")
    assert world.sent() == [("anna", "reminder")]


def test_events_before_the_start_are_not_taken(world: World) -> None:
    world.event("cart_added", "anna", "2026-04-30T23:59")
    assert world.tick("2026-05-01T04:30").decisions == ()


def test_a_late_event_changes_state_and_is_missed_by_the_trigger(world: World) -> None:
    world.tick("2026-05-04T10:00")
    world.event("cart_added", "anna", "2026-05-03T10:29")
    report = world.tick("2026-05-04T10:30")
    assert (outcomes_of(report)["anna"], report.missed) == (("missed", "late"), {"rescue": 1})


def test_an_event_exactly_within_the_tolerance_is_taken(world: World) -> None:
    world.tick("2026-05-04T10:00")
    world.event("cart_added", "anna", "2026-05-03T10:30")
    # due since 14:30 yesterday and expiring a day later
    assert outcomes_of(world.tick("2026-05-04T10:30"))["anna"] == ("queued", "reserved")


def test_a_run_expires(world: World) -> None:
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05")
    assert outcomes_of(world.tick("2026-05-05T14:00:01"))["anna"] == ("expired", "expired")


def test_events_of_the_future_wait_for_their_time(world: World) -> None:
    world.event("cart_added", "anna", "2026-05-05T10:00")
    world.tick("2026-05-04T10:00")
    assert outcomes_of(world.tick("2026-05-05T10:00"))["anna"] == ("waiting", "wait")


def test_a_cause_that_was_deleted_is_gone(world: World) -> None:
    world.event("cart_added", "anna", "2026-05-04T10:00", id="x")
    world.tick("2026-05-04T10:05")
    world.facts.connection.execute("DELETE FROM event_cart_added")
    world.tick("2026-05-04T14:00")
    assert world.sent() == []
    assert [j.detail for _, j in world.ledger.judgements("anna")][-1] == "cause gone"


def test_settle_waits_for_late_data(executor: str) -> None:
    world = World(CART, active_from="2026-05-01T00:00", executor=executor, settle=5 * 60 * 1_000_000)
    world.contact("anna")
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05")
    world.tick("2026-05-04T14:04")
    assert world.sent() == []
    world.tick("2026-05-04T14:05")
    assert world.sent() == [("anna", "reminder")]
    world.close()


def test_time_does_not_run_back(world: World) -> None:
    world.tick("2026-05-04T10:00")
    with pytest.raises(ClockRanBack):
        world.tick("2026-05-04T09:59")


# ---------------------------------------------------------------- entering


def entering(executor: str, active_from: str | None = "2026-05-01T00:00") -> World:
    world = World(ENTER, active_from=active_from, executor=executor)
    world.contact("anna")
    world.contact("berta")
    world.event("purchase", "berta", "2026-04-01T10:00", amount=20_000)
    return world


def test_entering_fires_on_the_change_and_never_on_the_state(executor: str) -> None:
    world = entering(executor)
    world.event("purchase", "anna", "2026-05-02T10:00", amount=15_000)
    assert outcomes_of(world.tick("2026-05-02T11:00")) == {"anna": ("queued", "reserved")}
    assert world.tick("2026-05-03T11:00").decisions == ()


def test_without_a_start_the_first_tick_is_the_baseline(executor: str) -> None:
    world = entering(executor, None)
    assert world.tick("2026-05-02T11:00").decisions == ()
    world.event("purchase", "anna", "2026-05-02T12:00", amount=15_000)
    assert set(outcomes_of(world.tick("2026-05-02T12:30"))) == {"anna"}


def test_an_edit_alone_fires_nothing(executor: str) -> None:
    world = entering(executor)
    world.event("purchase", "anna", "2026-05-02T10:00", amount=5_000)
    world.tick("2026-05-02T11:00")
    world.play(ENTER.replace("> 100", "> 10"))
    assert world.tick("2026-05-02T12:00").decisions == ()
    world.event("purchase", "anna", "2026-05-02T13:00", amount=5_000)
    assert world.tick("2026-05-02T14:00").decisions == ()


def test_a_change_after_an_edit_fires_again_under_a_new_ordinal(executor: str) -> None:
    world = entering(executor)
    world.event("purchase", "anna", "2026-05-02T10:00", amount=15_000)
    world.tick("2026-05-02T11:00")
    world.play(ENTER.replace("> 100", "> 200"))
    assert world.tick("2026-05-02T12:00").decisions == ()
    world.event("purchase", "anna", "2026-05-02T13:00", amount=15_000)
    assert set(outcomes_of(world.tick("2026-05-02T14:00"))) == {"anna"}
    assert world.sent() == [("anna", "hello"), ("anna", "hello")]


def test_a_new_contact_was_outside_everything(executor: str) -> None:
    world = entering(executor)
    world.tick("2026-05-02T11:00")
    world.contact("carla")
    world.event("purchase", "carla", "2026-04-15T10:00", amount=15_000)
    assert set(outcomes_of(world.tick("2026-05-02T12:00"))) == {"carla"}


def test_including_those_already_in(executor: str) -> None:
    world = World(ENTER.replace("entering big", "entering big including those already in"), executor=executor)
    world.contact("berta")
    world.event("purchase", "berta", "2026-04-01T10:00", amount=20_000)
    assert set(outcomes_of(world.tick("2026-05-02T11:00"))) == {"berta"}
    assert world.tick("2026-05-02T11:00").decisions == ()


def test_leaving_and_entering_again(executor: str) -> None:
    text = """
segment regulars where did visit in last 2 days
trigger back
  on entering regulars
  send email hello
trigger away
  on leaving regulars
  send email news
"""
    world = World(text, active_from="2026-05-01T00:00", executor=executor)
    world.contact("anna")
    for day in ("02", "06"):
        world.event("visit", "anna", f"2026-05-{day}T10:00")
        world.tick(f"2026-05-{day}T11:00")
        world.tick(f"2026-05-{int(day) + 2:02}T10:00")
    assert world.sent() == [("anna", "hello"), ("anna", "news")] * 2


@pytest.mark.parametrize(("end", "sent"), [("2026-05-04", 0), ("2026-05-05 00:00", 1), ("2026-05-05", 1)])
def test_a_day_as_the_end_is_that_day_and_not_the_midnight_after_it(executor: str, end: str, sent: int) -> None:
    text = f"trigger b every year on birth_date send email birthday active from 2026-05-01 to {end}"
    world = World(text, executor=executor)
    world.contact("anna", birth_date=19900505)
    world.tick("2026-05-03T10:00")
    world.tick("2026-05-05T10:00")
    assert len(world.sent()) == sent


# ---------------------------------------------------------------- stages

LEAD = """
score lead
  +10 on visit
  halve every 3 days
  stage cold from 0
  stage warm from 20
  stage hot from 40 leave below 25

trigger warming
  on lead reaching warm
  send email hello
trigger sale
  on lead reaching hot
  notify sales "{{ contact.first_name }} is hot"
trigger cooling
  on lead falling below hot
  send email news
"""


def test_rising_two_stages_at_once_reaches_both_and_hysteresis_holds(executor: str) -> None:
    world = World(LEAD, active_from="2026-05-01T00:00", executor=executor)
    world.contact("anna", first_name="Anna")
    for minute in range(5):
        world.event("visit", "anna", f"2026-05-02T10:0{minute}")
    world.tick("2026-05-02T11:00")
    assert world.sent() == [("anna", "sales"), ("anna", "hello")]
    # 50 points fade to 31.49 after two days: below 40, not below 25
    assert world.tick("2026-05-04T11:00").evaluation.stages["lead"]["anna"] == "hot"
    assert world.tick("2026-05-05T11:00").evaluation.stages["lead"]["anna"] == "hot"  # 25 is not below 25
    world.tick("2026-05-06T11:00")
    assert world.sent()[2:] == [("anna", "news")]
    assert world.tick("2026-05-06T12:00").evaluation.stages["lead"]["anna"] == "cold"


# ---------------------------------------------------------------- dates

BIRTHDAY = """
trigger birthday
  every year on birth_date at 09:00
  send email birthday
"""


def test_a_birthday_is_kept_in_the_contacts_zone(executor: str) -> None:
    world = World(BIRTHDAY, active_from="2026-05-01T00:00", executor=executor)
    world.contact("anna", birth_date=19900504)
    world.contact("tomo", birth_date=19900504, zone="Asia/Tokyo")
    world.tick("2026-05-03T23:59")
    assert world.sent() == []
    world.tick("2026-05-04T00:00")
    assert world.sent() == [("tomo", "birthday")]
    world.tick("2026-05-04T07:00")
    assert world.sent() == [("tomo", "birthday"), ("anna", "birthday")]
    world.tick("2026-05-04T08:00")
    assert len(world.sent()) == 2


def test_a_leap_birthday_is_kept_on_the_28th(executor: str) -> None:
    world = World(BIRTHDAY, active_from="2027-02-01T00:00", executor=executor)
    world.contact("anna", birth_date=20000229)
    world.tick("2027-02-28T12:00")
    world.tick("2027-03-01T12:00")
    assert world.sent() == [("anna", "birthday")]


def test_a_birthday_that_was_missed_for_long_is_logged_and_not_made_up_for(executor: str) -> None:
    world = World(BIRTHDAY, active_from="2026-05-01T00:00", executor=executor)
    world.contact("anna", birth_date=19900504)
    world.contact("berta", birth_date=19900506)
    world.tick("2026-05-01T12:00")
    assert outcomes_of(world.tick("2026-05-07T06:00")) == {"anna": ("missed", "late"), "berta": ("queued", "reserved")}


def test_an_edited_date_does_not_come_twice_a_year(executor: str) -> None:
    world = World(BIRTHDAY, active_from="2026-05-01T00:00", executor=executor)
    world.contact("anna", birth_date=19900504)
    world.tick("2026-05-04T12:00")
    world.contact("anna", birth_date=19900506)
    assert outcomes_of(world.tick("2026-05-06T12:00")) == {"anna": ("refused", "again")}


def test_a_renamed_trigger_mails_nobody_again(executor: str) -> None:
    world = World(BIRTHDAY, active_from="2026-05-01T00:00", executor=executor)
    world.contact("anna", birth_date=19900504)
    world.tick("2026-05-04T12:00")
    world.play(BIRTHDAY.replace("trigger birthday", "trigger congratulations was birthday"))
    world.tick("2026-05-04T12:00")
    assert world.sent() == [("anna", "birthday")]


def test_a_run_on_without_waits_for_late_data_too(executor: str) -> None:
    text = """
trigger rescue
  on cart_added
  wait 4 hours
  where did cart_added without purchase within 4 hours
  send email reminder
"""
    world = World(text, active_from="2026-05-01T00:00", executor=executor, settle=5 * 60 * 1_000_000)
    world.contact("anna")
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T14:04")
    assert world.sent() == []
    world.tick("2026-05-04T14:05")
    assert world.sent() == [("anna", "reminder")]


def test_the_id_of_the_causing_event_can_be_asked_for(executor: str) -> None:
    text = """
trigger again
  on visit
  wait 1 hour
  where did visit with (id != event.id) in last 1 day
  send email hello
"""
    world = World(text, active_from="2026-05-01T00:00", executor=executor)
    world.contact("anna")
    world.contact("berta")
    world.event("visit", "anna", "2026-05-04T10:00", id="v1")
    world.event("visit", "berta", "2026-05-04T10:00", id="v2")
    world.event("visit", "berta", "2026-05-04T10:10", id="v3")
    world.tick("2026-05-04T10:20")
    world.tick("2026-05-04T11:20")
    assert sorted(world.sent()) == [("berta", "hello"), ("berta", "hello")]


def test_a_new_contact_is_outside_the_baseline_of_a_trigger_that_begins_later(executor: str) -> None:
    text = """
segment swiss where country = CH
trigger hello
  on entering swiss
  send email hello
  active from 2026-05-03
"""
    world = World(text, executor=executor)
    world.contact("anna", country="CH")
    world.tick("2026-05-02T10:00")
    world.contact("berta", country="CH")
    world.tick("2026-05-04T10:00")
    assert world.sent() == [("berta", "hello")]


@pytest.mark.parametrize(
    "asked",
    ["in visitors for 1 day", "did visit then cart_added within 1 day", "did visit on at least 2 different local days"],
)
def test_the_filter_of_a_cause_reads_other_events(executor: str, asked: str) -> None:
    text = f"segment visitors where did visit\ntrigger t on purchase with ({asked})\n  send email hello"
    w = World(text, active_from="2026-05-01T00:00", executor=executor)
    for key in ("anna", "ben"):
        w.contact(key)
    w.event("visit", "anna", "2026-05-02T10:00")
    w.event("cart_added", "anna", "2026-05-02T11:00")
    w.event("visit", "anna", "2026-05-03T10:00")
    w.tick("2026-05-03T10:00")
    for key in ("anna", "ben"):
        w.event("purchase", key, "2026-05-05T10:00")
    w.tick("2026-05-05T10:00")
    assert w.sent() == [("anna", "hello")]
    w.close()
