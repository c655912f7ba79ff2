"""What a failed expectation names: the clause that decided, with what it saw."""

from __future__ import annotations

import pytest

from adapters.bench import benches
from engine.scenario import run_scenario
from tests.engine.world import SCHEMA, ZURICH, model_of

PLAYBOOK = """
define grown_up = age of birth_date >= 18

segment swiss where country = CH

segment shoppers
  where in swiss
    and grown_up
    and did not purchase with (product = "Tea") in last 30 days

score lead
  where plan >= plus
  +5 on visit in last 30 days
  +20 when gender = female
  stage cold from 0
  stage warm from 20

cap weekly at most 1 message per 7 days

quiet nights from 20:00 to 08:00

trigger rescue
  on cart_added
  wait 4 hours unless did purchase since then
  where country = CH
  send email reminder

trigger greeting
  on entering swiss including those already in
  send email hello

trigger fair
  every friday at 10:00
  where gender = male
  send email news
"""

ANNA = '  contact anna (email = "anna@example.ch", country = {}) consents to email for marketing\n'
CART = '    did cart_added (product = "Tea") 5 hours ago\n'


def decided(test: str, at: str = "2026-11-20 12:00") -> list[tuple[str, str]]:
    """(words of the place, what is told of it) for the first expectation that did not come true."""
    source = f'{PLAYBOOK}\ntest "a test"\n  at {at}\n{test}'
    model = model_of(source)
    (scenario,) = model.scenarios
    files = {scenario.span.file: source}
    executor = "interpreter"
    result = run_scenario(scenario, model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH), files)
    return [(" ".join(one.span.text(source).split()), one.text) for one in result.unmet[0].why]


def test_the_clauses_that_keep_somebody_out_of_a_segment_are_named_where_they_stand() -> None:
    given = '  contact anna (country = DE, birth_date = 2000-01-01)\n    did purchase (product = "Tea") 2 days ago\n'
    assert decided(given + "  expect anna in shoppers\n") == [
        ("country = CH", "does not hold: country is DE"),
        (
            'did not purchase with (product = "Tea") in last 30 days',
            "does not hold: purchase: 1 time",
        ),
    ]


def test_who_is_inside_against_the_expectation_is_there_by_every_clause() -> None:
    given = "  contact anna (country = CH, birth_date = 2000-01-01)\n"
    assert [text for text, _ in decided(given + "  expect anna not in shoppers\n")] == [
        "country = CH",
        "age of birth_date >= 18",
        'did not purchase with (product = "Tea") in last 30 days',
    ]


def test_a_score_names_the_rules_that_gave_points() -> None:
    given = "  contact anna (plan = pro, gender = female)\n    did visit (seconds = 3) 2 days ago\n"
    assert decided(given + "  expect lead of anna = 20\n") == [
        ("+5 on visit in last 30 days", "gave 5"),
        ("+20 when gender = female", "gave 20"),
    ]
    assert decided("  contact anna (plan = basic)\n  expect lead of anna = 0\n") == [
        ("plan >= plus", "does not hold: plan is basic")
    ]
    assert decided("  contact anna (plan = pro)\n  expect stage of lead of anna = warm\n") == [
        ("score lead", "no rule gave anything")
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (ANNA.format("DE") + CART, [("country = CH", "does not hold: country is DE")]),
        (
            ANNA.format("CH") + CART + '    did purchase (product = "Tea") 3 hours ago\n',
            [
                ("on cart_added", "fired; waits until 2026-11-20 11:00"),
                ("did purchase since then", "holds: purchase: 1 time"),
            ],
        ),
        (ANNA.format("CH"), [("on cart_added", "did not fire: no `cart_added` so far")]),
        (
            '  contact anna (email = "anna@example.ch", country = CH)\n' + CART,
            [("on cart_added", "fired; refused by consent (no consent to email for marketing (none on record))")],
        ),
    ],
)
def test_a_message_that_does_not_come_names_the_clause_of_its_trigger(
    given: str, expected: list[tuple[str, str]]
) -> None:
    assert decided(given + "  expect anna gets email reminder\n") == expected


def test_a_cap_and_a_quiet_time_are_named_by_their_blocks() -> None:
    capped = decided(ANNA.format("CH") + CART + "  expect anna gets email reminder\n  expect anna gets 2 messages\n")
    assert ("cap weekly", "refused here: cap `weekly` (1 of 1)") in [
        (text, told.partition(";")[0]) for text, told in capped
    ]
    late = '  contact anna (email = "a@example.ch", country = CH) consents to email for marketing\n'
    late += "  expect anna gets email hello\n"
    found = decided(late, "2026-11-20 03:00")
    assert ("quiet nights", "held here: quiet `nights` until 2026-11-20 08:00") in found


def test_a_broadcast_names_what_keeps_somebody_out_of_it() -> None:
    given = '  contact anna (email = "a@example.ch", gender = female) consents to email for marketing\n'
    assert ("gender = male", "does not hold: gender is female") in decided(given + "  expect anna gets email news\n")
