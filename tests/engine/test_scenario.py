from __future__ import annotations

import pytest

from adapters.bench import benches
from engine.scenario import run_scenario
from tests.engine.world import SCHEMA, ZURICH, model_of

PLAYBOOK = """
segment shoppers where did purchase in last 30 days

score lead
  +5 on visit
  +20 on purchase
  halve every 7 days
  stage cold from 0
  stage warm from 20 leave below 15

cap weekly at most 1 message per 7 days
quiet nights from 20:00 to 08:00

trigger rescue
  on cart_added
  wait 4 hours unless did purchase since then
  send email reminder

trigger welcome_back
  on entering shoppers
  send email hello

trigger cooling
  on lead falling below warm
  notify sales "someone cools"

trigger birthday
  every year on birth_date at 09:00
  send email birthday
"""


def unmet(test: str, executor: str) -> list[str]:
    """What did not come true in a test block put below the playbook."""
    model = model_of(PLAYBOOK + "\n" + test)
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    return [u.seen for u in result.unmet]


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


ANNA = '  contact anna (email = "anna@example.ch") consents to email for marketing\n'


def block(body: str, at: str = "2026-11-20 12:00") -> str:
    return f'test "a test"\n  at {at}\n{body}'


def test_everything_that_comes_true(executor: str) -> None:
    text = block(
        ANNA
        + """    did cart_added 5 hours ago
    did visit 7 days ago
    did visit 1 hour ago
  expect anna gets email reminder at 11:00
  expect anna not in shoppers
  expect lead of anna = 7.5
  expect stage of lead of anna = cold
"""
    )
    assert unmet(text, executor) == []


LOYAL = """
segment quiet_ones where did visit and not did visit in last 3 days
segment quiet_for_a_week where in quiet_ones for 7 days

trigger wake_up
  on entering quiet_for_a_week
  notify sales "someone sleeps"
"""


def test_how_long_inside_counts_from_the_ticks_of_the_test(executor: str) -> None:
    body = """    did visit 12 days ago
  expect anna in quiet_for_a_week
  expect anna gets notify sales
"""
    model = model_of(LOYAL + "\n" + block(ANNA + body))
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == []
    sooner = block(ANNA + "    did visit 238 hours ago\n  expect anna not in quiet_for_a_week\n")
    model = model_of(LOYAL + "\n" + sooner)
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == []


def test_what_was_seen_instead_is_told(executor: str) -> None:
    text = block(
        ANNA
        + """    did cart_added 5 hours ago
    did purchase (amount = 40) 2 hours ago
  expect anna gets email reminder
  expect anna not in shoppers
  expect lead of anna = 8
  expect anna gets nothing
"""
    )
    assert unmet(text, executor) == [
        "anna gets email hello at 2026-11-20 10:00",
        "anna is in `shoppers`",
        "`lead` of anna is 20",
        "anna gets email hello at 2026-11-20 10:00",
    ]


def test_the_cap_and_the_quiet_night_are_named(executor: str) -> None:
    text = block(
        ANNA
        + """    did cart_added 30 hours ago
    did cart_added 6 hours ago
    did cart_added 17 hours ago
  expect anna is capped by weekly
  expect anna is held by nights until 08:00
"""
    )
    assert unmet(text, executor) == []


def test_the_clock_moves_on(executor: str) -> None:
    text = block(
        ANNA
        + """    did cart_added 1 hour ago
  expect anna gets nothing
  after 3 hours
  expect anna gets email reminder at 15:00
"""
    )
    assert unmet(text, executor) == []


def test_a_stage_that_falls_by_time_alone_is_seen_when_it_falls(executor: str) -> None:
    text = block(
        ANNA
        + """    did purchase (amount = 10) 10 days ago
  expect stage of lead of anna = cold
  expect anna gets notify sales
"""
    )
    # 20 points are below 15 from the third day on
    assert unmet(text, executor) == []


def test_a_birthday_today(executor: str) -> None:
    text = block('  contact anna (birth_date = 1990-11-20, email = "a@example.ch") consents to email for marketing\n')
    assert unmet(text + "  expect anna gets email birthday at 09:00\n", executor) == []


@pytest.mark.parametrize(
    ("condition", "fields", "gets"),
    [
        ("signed_up older than 2 hours", "signed_up = 2026-11-20 09:30", "12:30"),
        ("signed_up in next 2 hours", "signed_up = 2026-11-20 09:30", "08:30"),
        ("birth_date anniversary today", 'birth_date = 1990-11-20, zone = "America/New_York"', "06:00"),
    ],
)
def test_what_flips_by_the_contacts_own_clock_is_seen_then(
    executor: str, condition: str, fields: str, gets: str
) -> None:
    # `model_of` reads instants as UTC, an hour behind the clock of the test
    model = model_of(
        f"segment now where {condition}\n"
        "trigger t on entering now send email hello\n"
        'test "it flips"\n  at 2026-11-20 20:00\n'
        f'  contact anna (email = "a@example.ch", {fields}) consents to email for marketing\n'
        f"  expect anna gets email hello at {gets}\n"
    )
    (scenario,) = model.scenarios
    result = run_scenario(scenario, model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == []


def test_places_are_given(executor: str) -> None:
    near = "segment near where home within 5 km of (47.3769, -8.5417)\n"
    body = """  contact anna (home = (47.37, -8.54))
  contact ben (home = (47.37, 8.54))
  contact carl
  expect anna in near
  expect ben not in near
  expect carl not in near
"""
    model = model_of(near + block(body))
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == []


def test_contacts_stand_on_lists(executor: str) -> None:
    lists = "segment readers\n  include list press\n  exclude list staff\n"
    body = """  contact anna
    on list press
  contact ben
    on list press
    on list staff
  contact carl
  expect anna in readers
  expect ben not in readers
  expect carl not in readers
  after 1 day
  contact carl
    on list press
  expect carl in readers
"""
    model = model_of(lists + block(body))
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == []


def test_why_nothing_came_is_told(executor: str) -> None:
    text = block(
        '  contact anna (email = "a@example.ch")\n    did cart_added 5 hours ago\n  expect anna gets email reminder\n'
    )
    (seen,) = unmet(text, executor)
    assert seen == (
        "anna gets nothing: `rescue` refused by consent (no consent to email for marketing (none on record))"
    )


ANSWERED = """
segment written where did message_sent

trigger first
  on purchase
  send email hello

trigger second
  when did message_sent without visit within 3 hours
  send email reminder

trigger third
  when in written for 5 hours
  send email news
"""


@pytest.mark.parametrize(("template", "hour"), [("reminder", "15:00"), ("news", "17:00")])
def test_time_runs_from_what_the_test_has_sent(executor: str, template: str, hour: str) -> None:
    body = f"""    did purchase 2 days ago
  expect anna gets email hello at 12:00
  expect anna gets email {template} at {hour}
"""
    model = model_of(ANSWERED + block(ANNA + body))
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == []


OFFERS = """
offer ten discount 10 % group discounts keep best
offer twenty discount 20 % group discounts keep best

trigger small
  on visit
  send email hello with offer ten

trigger great
  on purchase
  send letter promo with offer twenty
"""


def test_what_somebody_holds(executor: str) -> None:
    test = OFFERS + (
        'test "offers"\n  at 2026-05-04 12:00\n'
        "  contact anna consents to email consents to letter\n    did visit 2 hours ago\n    did purchase 1 hour ago\n"
        '  contact ben (email = "b@x") consents to email\n    did visit 2 hours ago\n'
        "  contact carl\n"
        "  expect anna holds offer twenty\n  expect anna holds offer ten\n"
        "  expect ben holds offer ten\n  expect carl holds offer ten"
    )
    seen = [one.partition(":")[0] for one in unmet(test, executor)]
    assert seen == ["anna holds `twenty`", "carl holds no offer"]
