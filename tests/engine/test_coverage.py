"""What tests have seen of clauses and boundaries."""

from __future__ import annotations

from adapters.bench import benches
from engine.coverage import Covered, Watch, share
from engine.scenario import run_scenario
from tests.engine.world import SCHEMA, ZURICH, model_of

EXECUTOR = "interpreter"


def covered(playbook: str, test: str) -> tuple[str, dict[str, Covered]]:
    """The text, and what was seen, by the author's words (and the boundary's name)."""
    source = f'{playbook}\ntest "a test"\n  at 2026-11-20 12:00\n{test}'
    model = model_of(source)
    watch = Watch()
    for scenario in model.scenarios:
        run_scenario(scenario, model, SCHEMA, ZURICH, EXECUTOR, benches(EXECUTOR, SCHEMA, ZURICH), {}, watch.looked)
    found = watch.covered(model)
    names = [
        " ".join(one.item.span.text(source).split()) + (f" | {one.item.text}" if one.item.kind == "boundary" else "")
        for one in found
    ]
    assert len(set(names)) == len(names), "every place once"
    return source, dict(zip(names, found, strict=True))


def seen(playbook: str, test: str) -> dict[str, tuple[str, ...]]:
    return {name: one.seen for name, one in covered(playbook, test)[1].items()}


SEGMENT = "segment warm where country = CH and visits >= 50\n"


def test_a_clause_counts_only_where_it_decided() -> None:
    """`ben` lacks both: neither clause decides about him."""
    given = "  contact anna (country = CH, visits = 50)\n  contact ben (country = DE, visits = 3)\n"
    both = "  expect anna in warm\n  expect ben not in warm\n"
    assert seen(SEGMENT, given + both) == {
        "country = CH": ("yes",),
        "visits >= 50": ("yes",),
        "50 | 50": ("above or inside",),
    }


def test_a_boundary_is_seen_on_both_sides_one_step_away_and_no_further() -> None:
    given = "  contact anna (country = CH, visits = 50)\n  contact ben (country = CH, visits = {})\n"
    expects = "  expect anna in warm\n  expect ben not in warm\n"
    near = covered(SEGMENT, given.format(49) + expects)[1]["50 | 50"]
    assert (near.missing, near.nearest) == ((), (0.0, 1.0))
    far = covered(SEGMENT, given.format(48) + expects)[1]["50 | 50"]
    assert (far.missing, far.nearest) == (("below or outside",), (0.0, 2.0))


def test_only_what_an_expectation_speaks_of_is_seen() -> None:
    playbook = SEGMENT + "\nsegment tall where height > 1.80\n"
    given = "  contact anna (country = CH, visits = 50, height = 1.90)\n  expect anna in warm\n"
    found = seen(playbook, given)
    assert (found["height > 1.80"], found["visits >= 50"]) == ((), ("yes",))


def test_what_a_segment_reads_counts_in_its_own_text() -> None:
    playbook = "define grown = age of birth_date >= 18\n\nsegment adults where grown\n\n"
    playbook += "segment both where in adults or active\n"
    given = "  contact anna (birth_date = 2008-11-20)\n  contact ben (birth_date = 2008-11-21)\n"
    found = seen(playbook, given + "  expect anna in both\n  expect ben not in both\n")
    assert found["age of birth_date >= 18"] == ("yes", "no")
    assert found["18 | 18"] == ("above or inside", "below or outside")
    assert found["active"] == ("no",)


def test_the_end_of_a_window_is_a_boundary() -> None:
    playbook = "segment buyers where did purchase in last 30 days\n"
    given = "  contact anna\n    did purchase 30 days ago\n  contact ben\n    did purchase 29 days ago\n"
    found = seen(playbook, given + "  expect anna not in buyers\n  expect ben in buyers\n")
    assert found == {
        "did purchase in last 30 days": ("yes", "no"),
        "purchase | 30 days": ("above or inside", "below or outside"),
    }


def test_rules_and_stages_of_a_score() -> None:
    playbook = "score lead\n  +5 on visit\n  +20 when gender = female\n  stage cold from 0\n  stage warm from 20\n"
    given = "  contact anna (gender = female)\n  contact ben\n    did visit 1 day ago\n"
    found = seen(playbook, given + "  expect lead of anna = 20\n  expect lead of ben = 5\n")
    assert found["+5 on visit"] == ("gave points", "gave none")
    assert found["gender = female"] == ("yes", "no")
    assert found["stage warm from 20 | from 20"] == ("above or inside",)


TRIGGER = """
cap weekly at most 1 message per 7 days

quiet nights from 20:00 to 08:00

trigger rescue
  on cart_added with (product = "Tea")
  wait 4 hours unless did purchase since then
  where country = CH
  send email reminder
"""


def test_a_trigger_with_its_conditions_as_they_were_when_its_runs_were_judged() -> None:
    head = '  contact {0} (email = "{0}@example.ch", country = {1}) consents to email for marketing\n'
    cart = '    did cart_added (product = "Tea") 5 hours ago\n'
    given = head.format("anna", "CH") + cart + '    did cart_added (product = "Tea") 6 hours ago\n'
    given += head.format("ben", "CH") + cart + "    did purchase 3 hours ago\n"
    given += head.format("carl", "DE") + cart
    given += head.format("dora", "CH") + '    did cart_added (product = "Mug") 5 hours ago\n'
    expects = "  expect anna gets email reminder\n  expect anna is capped by weekly\n"
    expects += "  expect ben gets nothing\n  expect carl gets nothing\n  expect dora gets nothing\n"
    found = seen(TRIGGER, given + expects)
    assert found == {
        'on cart_added with (product = "Tea")': ("fired", "did not fire"),
        'product = "Tea"': ("yes", "no"),
        "country = CH": ("yes", "no"),
        "did purchase since then": ("yes", "no"),
        "cap weekly": ("held something back",),
        "quiet nights": (),
    }


def test_the_share_counts_every_answer_and_each_boundary_once() -> None:
    found = covered(SEGMENT, "  contact anna (country = CH, visits = 50)\n  expect anna in warm\n")[1]
    assert share(found.values()) == (2, 5)
