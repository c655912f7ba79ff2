"""Causes that the calendar brings about, on both executors."""

from __future__ import annotations

import pytest

from adapters.bench import benches
from engine.scenario import run_scenario
from tests.engine.world import SCHEMA, ZURICH, World, at, model_of, outcomes_of


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def world(cause: str, executor: str, *, start: str = "2026-01-01T00:00", where: str = "") -> World:
    return World(f"trigger t {cause}\n  send email hello\n  {where}", active_from=start, executor=executor)


def fired(w: World) -> list[tuple[str, str]]:
    """(contact, occasion) of all firings, in order of cause."""
    found = [f for contact in w.facts.contacts() for f, j in w.ledger.judgements(contact.key) if j.outcome == "queued"]
    return [(f.contact, f.occasion) for f in sorted(found, key=lambda f: (f.cause_at, f.contact))]


def test_days_before_a_birthday_keep_the_year_of_the_birthday(executor: str) -> None:
    w = world("every year 7 days before birth_date at 09:00", executor)
    w.contact("anna", birth_date=19900103)
    w.tick("2026-12-27T07:59")
    assert fired(w) == []
    w.tick("2026-12-27T08:00")
    assert fired(w) == [("anna", "2027-01-03")]
    w.tick("2027-12-27T08:00")
    assert fired(w) == [("anna", "2027-01-03"), ("anna", "2028-01-03")]
    w.close()


@pytest.mark.parametrize(
    ("leap", "days"),
    [("", ["2026-02-21", "2028-02-22"]), ("leap day mar 1", ["2026-02-22", "2028-02-22"])],
)
def test_days_before_the_29th_of_february(executor: str, leap: str, days: list[str]) -> None:
    w = world("every year 7 days before birth_date at 09:00", executor, where=leap)
    w.contact("anna", birth_date=19920229)
    for year in (2026, 2028):
        for day in (20, 21, 22, 23):
            w.tick(f"{year}-02-{day}T08:00")
    seen = [f.cause_at for f, j in w.ledger.judgements("anna") if j.outcome == "queued"]
    assert seen == [at(f"{day}T08:00") for day in days]
    occasions = {"": ["2026-02-28", "2028-02-29"], "leap day mar 1": ["2026-03-01", "2028-02-29"]}[leap]
    assert [occasion for _, occasion in fired(w)] == occasions
    w.close()


def test_a_date_with_its_own_year_comes_once(executor: str) -> None:
    w = world("30 days before birth_date at 09:00", executor)
    w.contact("anna", birth_date=20260731)
    w.contact("late", birth_date=20250731)
    w.contact("none")
    w.tick("2026-07-01T06:59")
    assert fired(w) == []
    for when in ("2026-07-01T07:00", "2026-07-01T07:00", "2027-07-01T07:00"):
        w.tick(when)
    assert fired(w) == [("anna", "2026-07-31")]
    w.close()


def test_months_after_a_date_are_clamped(executor: str) -> None:
    w = world("1 month after birth_date at 00:00", executor)
    w.contact("anna", birth_date=20260131)
    w.contact("berta", birth_date=20260128)
    w.contact("odd", birth_date=99991231)
    w.tick("2026-02-27T23:00")
    assert fired(w) == [("anna", "2026-01-31"), ("berta", "2026-01-28")]
    w.close()


def test_an_edited_date_comes_again_300_days_later_at_least(executor: str) -> None:
    w = world("7 days before birth_date at 09:00", executor)
    w.contact("anna", birth_date=20260808)
    w.tick("2026-08-01T07:00")
    w.contact("anna", birth_date=20260818)
    assert outcomes_of(w.tick("2026-08-11T07:00"))["anna"] == ("refused", "again")
    w.contact("anna", birth_date=20270818)
    w.tick("2027-08-11T07:00")
    assert [occasion for _, occasion in fired(w)] == ["2026-08-08", "2027-08-18"]
    w.close()


def test_every_day_in_the_zone_of_the_contact(executor: str) -> None:
    w = world("every day at 09:00", executor, start="2026-05-03T12:00")
    w.contact("anna")
    w.contact("yuki", zone="Asia/Tokyo")
    w.tick("2026-05-04T00:00")
    assert fired(w) == [("yuki", "2026-05-04")]
    w.tick("2026-05-04T07:00")
    w.tick("2026-05-05T07:00")
    assert fired(w) == [
        ("yuki", "2026-05-04"), ("anna", "2026-05-04"), ("yuki", "2026-05-05"), ("anna", "2026-05-05"),
    ]  # fmt: skip
    w.close()


def test_several_zones_take_the_last_instant(executor: str) -> None:
    w = world("on 2026-11-27 at 09:00", executor)
    w.contact("carl", country="US")
    w.tick("2026-11-27T18:59")  # 09:00 in Honolulu is 19:00
    assert fired(w) == []
    w.tick("2026-11-27T19:00")
    assert fired(w) == [("carl", "2026-11-27")]
    w.close()


def test_weekdays(executor: str) -> None:
    w = world("every monday, thursday at 09:00", executor)
    w.contact("anna")
    for day in range(4, 12):  # 4 May 2026 is a Monday
        w.tick(f"2026-05-{day:02}T07:00")
    assert [occasion for _, occasion in fired(w)] == ["2026-05-04", "2026-05-07", "2026-05-11"]
    w.close()


def test_a_day_that_the_month_does_not_have_is_its_last(executor: str) -> None:
    w = world("every month on 31 at 12:00", executor)
    w.contact("anna")
    for day in ("01-31", "02-28", "03-30", "03-31", "04-30"):
        w.tick(f"2026-{day}T11:00")
    assert [occasion for _, occasion in fired(w)] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    w.close()


def test_a_broadcast_goes_to_where_and_leaves_no_trace_of_others(executor: str) -> None:
    w = world("on 2026-11-27 at 09:00", executor, where="where country = CH")
    w.contact("anna", country="CH")
    w.contact("dieter", country="DE")
    w.contact("silent", country="CH", consent=None)
    report = w.tick("2026-11-27T08:00")
    assert outcomes_of(report) == {"anna": ("queued", "reserved"), "silent": ("refused", "consent")}
    w.contact("dieter", country="CH")
    w.tick("2026-11-27T09:00")
    w.tick("2027-11-27T08:00")
    assert fired(w) == [("anna", "2026-11-27")]
    w.close()


def test_the_local_hour_that_does_not_exist_moves_forward(executor: str) -> None:
    w = world("every day at 02:30", executor, start="2026-03-28T12:00")
    w.contact("anna")
    w.tick("2026-03-29T01:29")  # the clock goes from 02:00 to 03:00 at 01:00 UTC
    assert fired(w) == []
    w.tick("2026-03-29T01:30")
    assert fired(w) == [("anna", "2026-03-29")]
    w.close()


def test_a_missed_broadcast_is_made_up_for_within_the_tolerance(executor: str) -> None:
    w = world("every day at 09:00", executor)
    w.contact("anna")
    w.tick("2026-05-04T07:00")
    report = w.tick("2026-05-06T08:00")
    assert sorted((f.occasion, j.outcome, j.gate) for f, j in report.decisions) == [
        ("2026-05-05", "missed", "late"),
        ("2026-05-06", "queued", "reserved"),
    ]
    w.close()


def test_the_clock_of_a_test_ticks_when_broadcasts_fall_due(executor: str) -> None:
    text = """
trigger black_friday on 2026-11-27 at 09:00
  where country = CH
  send email promo
trigger ends 3 days before birth_date at 10:00
  send email news
  again never
trigger month_end every month on 31 at 18:00
  notify sales "count"

test "what the calendar brings"
  at 2026-11-25 12:00
  contact anna (email = "a@example.ch", country = CH, birth_date = 2026-12-01) consents to email for marketing
  contact ben (email = "b@example.ch", country = DE) consents to email for marketing
  expect anna gets nothing
  after 10 days
  expect anna gets email promo at 09:00
  expect anna gets email news at 10:00
  expect anna gets notify sales
  expect ben gets nothing
"""
    model = model_of(text)
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == []
