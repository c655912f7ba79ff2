"""Stories of several steps in `test` blocks: times, withdrawals, fields that change, rows of fact tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.bench import benches
from dsl.schema import FactTable, Field
from dsl.types import DateTime, Numeric, OneOf
from engine.scenario import run_scenario
from tests.engine.world import SCHEMA as WORLD
from tests.engine.world import model_of

COUNTRY = OneOf(("CH", "DE", "US", "JP"), name="country")
WEATHER = FactTable(
    "weather",
    "country",
    "country",
    {"country": Field("country", COUNTRY), "at": Field("at", DateTime()), "rain_mm": Field("rain_mm", Numeric())},
    "at",
)
FEE = FactTable(
    "fee", "country", "country", {"country": Field("country", COUNTRY), "francs": Field("francs", Numeric())}
)
SCHEMA = replace(WORLD, facts={"weather": WEATHER, "fee": FEE})

PLAYBOOK = """
segment wet where weather.rain_mm > 5
segment dear where fee.francs >= 10
segment reachable where consents to email

cap weekly at most 2 messages per 7 days
quiet nights from 20:00 to 08:00

trigger rescue
  on cart_added
  wait 4 hours unless did purchase since then
  where country = CH
  send email reminder

trigger rain
  on entering wet
  send email news

trigger goodbye
  on leaving reachable
  notify sales "gone"

trigger up
  on plan changing to pro
  send email welcome
"""

ANNA = '  contact anna (email = "anna@example.ch", country = CH) consents to email\n'


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def unmet(body: str, executor: str, at: str = "2026-11-20 12:00") -> list[str]:
    model = model_of(f'{PLAYBOOK}\ntest "a story"\n  at {at}\n{body}', SCHEMA)
    # `model_of` reads instants of values as UTC, so the tests run there
    result = run_scenario(model.scenarios[0], model, SCHEMA, "UTC", executor, benches(executor, SCHEMA, "UTC"))
    return [u.seen for u in result.unmet]


def test_events_at_a_time_of_day_and_at_an_instant(executor: str) -> None:
    body = """    did cart_added at 07:30
  contact ben (email = "b@x", country = CH) consents to email
    did cart_added at 2026-11-19 09:00
  expect anna gets email reminder at 11:30
  expect ben gets email reminder at 13:00
"""
    assert unmet(ANNA + body, executor) == []


def test_an_event_that_is_still_to_come_happens_when_the_clock_gets_there(executor: str) -> None:
    body = """    did cart_added at 13:00
    did purchase (amount = 3) at 2026-11-20 18:00
  after 4 hours
  expect anna gets nothing
  after 1 hour
  expect anna gets email reminder at 17:00
"""
    assert unmet(ANNA + body, executor) == []


def test_a_purchase_in_the_second_step_stops_the_reminder(executor: str) -> None:
    body = """    did cart_added 1 hour ago
  expect anna gets nothing
  after 2 hours
  contact anna
    did purchase (amount = 40)
  after 1 day
  expect anna gets nothing
  expect anna is refused by where for rescue
"""
    assert unmet(ANNA + body, executor) == []
    later = body.replace("did purchase (amount = 40)", "did purchase (amount = 40) 4 hours ago")  # before the cart
    assert unmet(ANNA + later, executor)[0].startswith("anna gets email reminder at 2026-11-20 15:00")


def test_what_happens_at_the_clock_is_seen_also_after_a_look_at_the_clock(executor: str) -> None:
    body = """  expect anna in reachable
  contact anna
    withdraws email
  expect anna not in reachable
  expect anna gets notify sales
  contact anna
    consents to email
  expect anna in reachable
"""
    assert unmet(ANNA + body, executor) == []


def test_a_withdrawal_of_consent_before_the_message(executor: str) -> None:
    body = """    did cart_added 5 hours ago
    withdraws email 2 hours ago
  expect anna is refused by consent
  expect anna gets nothing
"""
    assert unmet(ANNA + body, executor) == []
    assert unmet(ANNA + body.replace("2 hours", "30 minutes"), executor)[1] == (
        "anna gets email reminder at 2026-11-20 11:00"
    )


def test_a_withdrawal_without_a_time_holds_from_the_start(executor: str) -> None:
    body = "    withdraws email\n  expect anna not in reachable\n  expect anna does not get notify sales\n"
    assert unmet(ANNA + body, executor) == []


def test_a_field_that_changes_and_a_contact_that_comes_later(executor: str) -> None:
    body = """  expect anna does not get email welcome
  after 1 hour
  contact anna (plan = pro)
  contact ben (email = "b@x", country = CH, plan = pro) consents to email
    did cart_added
  expect anna gets email welcome at 13:00
  expect ben gets nothing
  after 4 hours
  expect ben gets email reminder at 17:00
  expect ben gets 1 message
  expect anna gets 1 message
"""
    assert unmet(ANNA + body, executor) == []


def test_rows_of_fact_tables(executor: str) -> None:
    body = """  fact weather (country = CH, at = 2026-11-20 09:15, rain_mm = 6)
  fact weather (country = CH, at = 2026-11-20 10:00, rain_mm = 0)
  fact fee (country = CH, francs = 9)
  expect anna gets email news at 09:15
  expect anna not in wet
  expect anna not in dear
  fact fee (country = CH, francs = 10)
  expect anna in dear
  after 1 hour
  fact weather (country = CH, at = 2026-11-20 12:30, rain_mm = 7)
  expect anna in wet
  expect anna gets 2 messages
"""
    assert unmet(ANNA + body, executor) == []


def test_what_was_seen_instead(executor: str) -> None:
    body = """    did cart_added 5 hours ago
  expect anna gets 2 messages
  expect anna does not get email reminder
  expect anna is refused by where for rescue
  contact ben (email = "b@x")
    did cart_added 5 hours ago
  expect ben gets 1 message
"""
    assert unmet(ANNA + body, executor) == [
        "anna gets 1: email reminder at 2026-11-20 11:00",
        "anna gets email reminder at 2026-11-20 11:00",
        "anna is not refused by where for `rescue`: `rescue` queued by reserved",
        "ben gets nothing: `rescue` refused by consent (no consent to email for marketing (none on record))",
    ]


def test_an_exact_window_counts_from_the_clock_of_the_step(executor: str) -> None:
    playbook = "segment recent where did visit in last 3 days\n"
    body = """  contact anna
  expect anna not in recent
  contact anna
    did visit
  expect anna in recent
  after 3 days
  expect anna not in recent
"""
    model = model_of(f'{playbook}\ntest "t"\n  at 2026-11-20 12:00\n{body}', SCHEMA)
    result = run_scenario(model.scenarios[0], model, SCHEMA, "UTC", executor, benches(executor, SCHEMA, "UTC"))
    assert [u.seen for u in result.unmet] == []
