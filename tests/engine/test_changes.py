"""`on FIELD changing` and `when`, on both executors."""

from __future__ import annotations

import pytest

from adapters.bench import benches
from engine.scenario import run_scenario
from tests.engine.world import SCHEMA, ZURICH, World, at, model_of

START = "2026-05-01T00:00"
PLAN = "trigger t on plan changing\n  send email hello"
TO_PRO = "trigger t on plan changing to pro\n  send email hello"
BIG = "trigger t when sum of purchase.amount > 100\n  send email hello"


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def world(text: str, executor: str) -> World:
    return World(text, active_from=START, executor=executor)


def occasions(w: World, key: str) -> list[str]:
    return [f.occasion for f, j in w.ledger.judgements(key) if j.outcome == "queued"]


def test_a_change_fires_once_at_the_tick_that_sees_it(executor: str) -> None:
    w = world(PLAN, executor)
    w.contact("anna", plan="basic")
    w.tick("2026-05-04T10:00")
    assert w.sent() == []
    w.contact("anna", plan="plus")
    w.tick("2026-05-04T11:00")
    w.tick("2026-05-04T11:00")
    w.tick("2026-05-04T12:00")
    assert occasions(w, "anna") == ["change plan 1"]
    w.contact("anna", plan="basic")
    w.tick("2026-05-04T13:00")
    assert occasions(w, "anna") == ["change plan 1", "change plan 2"]
    w.close()


def test_a_change_that_was_taken_back_is_not_seen(executor: str) -> None:
    w = world(PLAN, executor)
    w.contact("anna", plan="basic")
    w.tick("2026-05-04T10:00")
    w.contact("anna", plan="plus")
    w.contact("anna", plan="basic")
    w.tick("2026-05-04T11:00")
    assert w.sent() == []
    w.close()


def test_a_new_contact_has_changed_nothing(executor: str) -> None:
    w = world(PLAN, executor)
    w.tick("2026-05-04T10:00")
    w.contact("anna", plan="basic")
    w.tick("2026-05-04T11:00")
    assert w.sent() == []
    w.contact("anna", plan="plus")
    w.tick("2026-05-04T12:00")
    assert w.sent() == [("anna", "hello")]
    w.close()


def test_a_value_that_appears_or_vanishes_is_a_change(executor: str) -> None:
    w = world(PLAN, executor)
    w.contact("anna")
    w.tick("2026-05-04T10:00")
    w.contact("anna", plan="basic")
    w.tick("2026-05-04T11:00")
    w.contact("anna", plan=None)
    w.tick("2026-05-04T12:00")
    assert occasions(w, "anna") == ["change plan 1", "change plan 2"]
    w.close()


def test_changing_to_a_value(executor: str) -> None:
    w = world(TO_PRO, executor)
    w.contact("anna", plan="basic")
    w.contact("berta", plan="pro")
    w.tick("2026-05-04T10:00")
    w.contact("anna", plan="plus")
    w.contact("berta", plan=None)
    w.tick("2026-05-04T11:00")
    assert w.sent() == []
    w.contact("anna", plan="pro")
    w.contact("berta", plan="pro")
    w.tick("2026-05-04T12:00")
    assert w.sent() == [("anna", "hello"), ("berta", "hello")]
    w.close()


def test_a_trigger_that_comes_or_comes_back_only_gets_its_baseline(executor: str) -> None:
    w = world("segment s where everyone", executor)
    w.contact("anna", plan="basic")
    w.tick("2026-05-04T10:00")
    w.contact("anna", plan="plus")
    w.play(PLAN)
    w.tick("2026-05-04T11:00")
    assert w.sent() == []
    w.contact("anna", plan="pro")
    w.tick("2026-05-04T12:00")
    assert occasions(w, "anna") == ["change plan 1"]
    w.play("segment s where everyone")
    w.contact("anna", plan="basic")
    w.tick("2026-05-04T13:00")
    w.play(PLAN)
    w.tick("2026-05-04T14:00")
    assert occasions(w, "anna") == ["change plan 1"]
    w.contact("anna", plan="pro")
    w.tick("2026-05-04T15:00")
    assert occasions(w, "anna") == ["change plan 1", "change plan 2"]
    w.close()


def test_a_contact_that_left_and_came_back_is_new(executor: str) -> None:
    w = world(PLAN, executor)
    w.contact("anna", plan="basic")
    w.tick("2026-05-04T10:00")
    w.facts.connection.execute("DELETE FROM contacts")
    w.tick("2026-05-04T11:00")
    assert w.ledger.field_values("plan") == {}
    w.contact("anna", plan="pro")
    w.tick("2026-05-04T12:00")
    assert w.sent() == []
    w.close()


# ---------------------------------------------------------------- when


def test_when_fires_as_it_becomes_true_and_again_after_it_was_false(executor: str) -> None:
    w = world("trigger t when plan = pro\n  send email hello", executor)
    w.contact("anna", plan="basic")
    w.contact("berta", plan="pro")
    w.tick("2026-05-04T10:00")
    assert w.sent() == []  # berta's state is the baseline
    w.contact("anna", plan="pro")
    w.tick("2026-05-04T11:00")
    w.tick("2026-05-04T12:00")
    assert w.sent() == [("anna", "hello")]
    w.contact("anna", plan="basic")
    w.tick("2026-05-04T13:00")
    w.contact("anna", plan="pro")
    w.tick("2026-05-04T14:00")
    assert w.sent() == [("anna", "hello")] * 2
    w.close()


def test_a_new_contact_was_outside_of_when(executor: str) -> None:
    w = world(BIG, executor)
    w.tick("2026-05-04T10:00")
    w.contact("anna")
    w.event("purchase", "anna", "2026-05-04T10:30", amount=20_000)
    w.tick("2026-05-04T11:00")
    assert w.sent() == [("anna", "hello")]
    w.close()


def test_an_edit_of_when_alone_fires_nothing(executor: str) -> None:
    w = world(BIG, executor)
    w.contact("anna")
    w.event("purchase", "anna", "2026-05-02T10:00", amount=6_000)
    w.tick("2026-05-04T10:00")
    w.play(BIG.replace("100", "50"))
    w.tick("2026-05-04T11:00")
    assert w.sent() == []
    w.play(BIG.replace("100", "70"))
    w.tick("2026-05-04T12:00")
    w.event("purchase", "anna", "2026-05-04T12:30", amount=6_000)
    w.tick("2026-05-04T13:00")
    assert w.sent() == [("anna", "hello")]
    w.close()


def test_the_clock_of_a_test_finds_when_by_time_alone(executor: str) -> None:
    text = """
trigger missed_you when last visit older than 7 days
  send email reminder

test "a week without a visit"
  at 2026-11-20 12:00
  contact anna (email = "a@example.ch") consents to email for marketing
    did visit 2 days ago
  expect anna gets nothing
  after 6 days
  expect anna gets email reminder at 12:00
"""
    model = model_of(text)
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == []


RAIN = "trigger t on weather.rain_mm changing\n  send email hello"


def rain(w: World, place: str, mm: int | None) -> None:
    w.facts.put_facts("weather", [{"place": place, "rain_mm": mm}])


def test_a_fact_that_changes_is_seen_by_those_whose_row_it_is(executor: str) -> None:
    w = world(RAIN, executor)
    rain(w, "CH", 3)
    rain(w, "DE", 3)
    for name, country in (("anna", "CH"), ("ben", "CH"), ("carl", "DE"), ("dora", None)):
        w.contact(name, country=country)
    w.tick("2026-05-04T10:00")
    assert w.sent() == []
    rain(w, "CH", 5)
    w.tick("2026-05-04T11:00")
    w.tick("2026-05-04T12:00")
    assert w.sent() == [("anna", "hello"), ("ben", "hello")]
    assert occasions(w, "anna") == ["change weather.rain_mm 1"]
    w.close()


def test_a_contact_that_moves_comes_to_another_row(executor: str) -> None:
    w = world(RAIN, executor)
    rain(w, "CH", 3)
    rain(w, "DE", 4)
    w.contact("anna", country="CH")
    w.contact("ben", country="CH")
    w.tick("2026-05-04T10:00")
    w.contact("anna", country="DE")
    w.contact("ben", country="US")
    w.tick("2026-05-04T11:00")
    assert w.sent() == [("anna", "hello"), ("ben", "hello")]
    w.close()


@pytest.mark.parametrize(("to", "sent"), [("0", ["anna"]), ("5", [])])
def test_a_fact_that_changes_to_a_value(executor: str, to: str, sent: list[str]) -> None:
    w = world(RAIN.replace("changing", f"changing to {to}"), executor)
    rain(w, "CH", 3)
    w.contact("anna", country="CH")
    w.tick("2026-05-04T10:00")
    rain(w, "CH", 0)
    w.tick("2026-05-04T11:00")
    assert [name for name, _ in w.sent()] == sent
    w.close()


def test_a_row_of_the_future_changes_when_its_time_comes(executor: str) -> None:
    w = world("trigger t on price.fee changing\n  send email hello", executor)
    rows = [("2026-05-01T00:00", 10), ("2026-05-04T12:00", 12), ("2026-05-04T13:00", 12)]
    w.facts.put_facts("price", [{"plan": "pro", "since": at(when), "fee": fee} for when, fee in rows])
    w.contact("anna", plan="pro")
    for hour in (10, 11, 12, 13, 14):
        w.tick(f"2026-05-04T{hour}:00")
    assert [(f.cause_at, f.occasion) for f, _ in w.ledger.judgements("anna")] == [
        (at("2026-05-04T12:00"), "change price.fee 1")
    ]
    w.close()


def test_a_field_and_a_fact_are_kept_apart(executor: str) -> None:
    text = RAIN + "\ntrigger u on plan changing\n  send letter promo"
    w = world(text, executor)
    rain(w, "CH", 3)
    w.contact("anna", country="CH", plan="pro")
    w.tick("2026-05-04T10:00")
    rain(w, "CH", 4)
    w.tick("2026-05-04T11:00")
    assert {f.trigger for f, _ in w.ledger.judgements("anna")} == {"t"}
    assert set(w.ledger.watched_fields()) == {"plan", "weather.rain_mm"}
    w.close()
