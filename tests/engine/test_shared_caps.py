"""Caps over several contacts: households and budgets, on both executors."""

from __future__ import annotations

import pytest

from adapters.bench import benches
from engine.records import CountedMessage
from engine.scenario import run_scenario
from tests.dsl.shop import findings
from tests.engine.world import SCHEMA, ZURICH, World, at, model_of, outcomes_of

START = "2026-05-01T00:00"
MAIL = "\ntrigger mail on visit\n  send email hello\n"
HOUSE = "cap house at most 1 email per 30 days per phone" + MAIL
BUDGET = "cap budget at most 2 emails per calendar month in total" + MAIL
RANKED = """
score warm +1 on purchase
cap budget at most 2 emails per calendar month in total by warm
trigger mail on visit
  send email hello
"""


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def visits(w: World, when: str, *keys: str) -> dict[str, tuple[str, str]]:
    for key in keys:
        w.event("visit", key, when)
    return dict(outcomes_of(w.tick(when)))


QUEUED, CAPPED, SPENT = ("queued", "reserved"), ("refused", "capped"), ("refused", "budget")


# ---------------------------------------------------------------- households


def test_those_who_share_a_value_share_the_room(executor: str) -> None:
    w = World(HOUSE, active_from=START, executor=executor)
    for key, phone in (("anna", "1"), ("ben", "1"), ("carl", "2"), ("dora", None), ("emil", None)):
        w.contact(key, phone=phone)
    found = visits(w, "2026-05-04T10:00", "anna", "ben", "carl", "dora", "emil")
    assert found == {"anna": QUEUED, "ben": CAPPED, "carl": QUEUED, "dora": QUEUED, "emil": QUEUED}
    # and at later ticks, also for who was not judged then
    w.contact("fritz", phone="2")
    assert visits(w, "2026-05-05T10:00", "fritz", "ben", "dora") == {"fritz": CAPPED, "ben": CAPPED, "dora": CAPPED}
    assert visits(w, "2026-06-03T10:00", "ben") == {"ben": QUEUED}
    w.close()


def test_a_message_stays_with_the_household_it_was_reserved_for(executor: str) -> None:
    w = World(HOUSE, active_from=START, executor=executor)
    for key, phone in (("anna", "1"), ("ben", "1"), ("carl", "2")):
        w.contact(key, phone=phone)
    assert visits(w, "2026-05-04T10:00", "anna") == {"anna": QUEUED}
    w.contact("anna", phone="2")
    assert visits(w, "2026-05-05T10:00", "carl", "ben") == {"carl": QUEUED, "ben": CAPPED}
    assert visits(w, "2026-05-06T10:00", "anna") == {"anna": CAPPED}  # because of carl's
    w.close()


def test_who_had_no_household_stays_alone_with_what_it_got(executor: str) -> None:
    w = World(HOUSE, active_from=START, executor=executor)
    w.contact("anna")
    w.contact("ben", phone="1")
    assert visits(w, "2026-05-04T10:00", "anna") == {"anna": QUEUED}
    w.contact("anna", phone="1")
    assert visits(w, "2026-05-05T10:00", "ben") == {"ben": QUEUED}
    w.close()


def test_what_was_sent_before_the_cap_counts_for_the_present_household(executor: str) -> None:
    w = World(MAIL, active_from=START, executor=executor)
    w.contact("anna", phone="1")
    w.contact("ben", phone="1")
    w.contact("carl", phone="2")
    assert visits(w, "2026-05-04T10:00", "anna") == {"anna": QUEUED}
    day = at("2026-05-04T10:00")
    w.ledger.add_messages([CountedMessage("old", "carl", day, "email", "promotional", (), 20260504)])
    w.contact("dora", phone="2")
    w.play(HOUSE)
    assert visits(w, "2026-05-05T10:00", "ben", "dora") == {"ben": CAPPED, "dora": CAPPED}
    w.close()


def test_a_household_that_waits_in_the_outbox_keeps_its_place(executor: str) -> None:
    w = World(HOUSE, active_from=START, executor=executor)
    w.contact("anna", phone="1")
    w.contact("ben", phone="1")
    w.event("visit", "anna", "2026-05-04T10:00")
    w.tick("2026-05-04T10:00", deliver=False)
    w.event("visit", "ben", "2026-05-04T10:01")
    report = w.tick("2026-05-04T10:02")
    assert outcomes_of(report) == {"anna": QUEUED, "ben": CAPPED}
    assert w.sent() == [("anna", "hello")]
    w.close()


# ---------------------------------------------------------------- budgets


def test_a_budget_is_one_for_all(executor: str) -> None:
    w = World(BUDGET, active_from=START, executor=executor)
    for key in "abcd":
        w.contact(key)
    assert visits(w, "2026-05-04T10:00", "c") == {"c": QUEUED}
    assert visits(w, "2026-05-05T10:00", "d", "a", "b") == {"a": QUEUED, "b": SPENT, "d": SPENT}
    assert [j.detail for _, j in w.ledger.judgements("b")] == ["cap `budget` (2 of 2)"]
    assert visits(w, "2026-06-02T10:00", "b", "d") == {"b": QUEUED, "d": QUEUED}
    w.close()


def test_a_budget_is_given_out_by_score_and_what_was_given_stays(executor: str) -> None:
    w = World(RANKED, active_from=START, executor=executor)
    for key, purchases in (("a", 0), ("b", 2), ("c", 1), ("d", 3), ("e", 0)):
        w.contact(key)
        for n in range(purchases):
            w.event("purchase", key, f"2026-05-02T1{n}:00")
    assert visits(w, "2026-05-04T10:00", "a") == {"a": QUEUED}
    found = visits(w, "2026-05-05T10:00", "b", "c", "d", "e")
    assert found == {"b": SPENT, "c": SPENT, "d": QUEUED, "e": SPENT}
    w.close()


def test_a_missing_score_comes_last(executor: str) -> None:
    w = World(RANKED.replace("score warm ", "score warm where country = CH "), active_from=START, executor=executor)
    for key, country in (("a", None), ("b", "DE"), ("c", "CH"), ("d", "CH")):
        w.contact(key, country=country)
    assert visits(w, "2026-05-04T10:00", *"abcd") == {"a": SPENT, "b": SPENT, "c": QUEUED, "d": QUEUED}
    w.close()


def test_priority_comes_before_the_score(executor: str) -> None:
    w = World(
        RANKED + "trigger first on cart_added\n  send email news\n  priority 51", active_from=START, executor=executor
    )
    for key in "abc":
        w.contact(key)
    w.event("purchase", "a", "2026-05-02T10:00")
    w.event("purchase", "b", "2026-05-02T10:00")
    w.event("cart_added", "c", "2026-05-04T10:00")
    assert visits(w, "2026-05-04T10:00", "a", "b") == {"c": QUEUED, "a": QUEUED, "b": SPENT}
    w.close()


def test_a_budget_with_where_counts_those_it_is_for(executor: str) -> None:
    w = World(BUDGET.replace("in total", "in total where country = CH"), active_from=START, executor=executor)
    for key, country in (("a", "DE"), ("b", "DE"), ("c", "CH"), ("d", "CH"), ("e", "CH")):
        w.contact(key, country=country)
    assert visits(w, "2026-05-04T10:00", *"abcde") == {"a": QUEUED, "b": QUEUED, "c": QUEUED, "d": QUEUED, "e": SPENT}
    w.close()


def test_a_budget_does_not_fill_up_again_when_somebody_leaves(executor: str) -> None:
    w = World(BUDGET.replace("in total", "in total where country = CH"), active_from=START, executor=executor)
    for key, country in (("a", "DE"), ("c", "CH"), ("d", "CH"), ("e", "CH")):
        w.contact(key, country=country)
    assert visits(w, "2026-05-04T10:00", *"acd") == {"a": QUEUED, "c": QUEUED, "d": QUEUED}
    w.contact("c", country="DE")  # what it got was taken from the budget
    w.contact("a", country="CH")  # what it got was not
    assert visits(w, "2026-05-05T10:00", "e", "c") == {"e": SPENT, "c": QUEUED}
    w.close()


def test_imported_messages_count_for_those_inside_now(executor: str) -> None:
    w = World(BUDGET.replace("in total", "in total where country = CH"), active_from=START, executor=executor)
    for key, country in (("a", "DE"), ("c", "CH"), ("d", "CH")):
        w.contact(key, country=country)
    day = at("2026-05-03T10:00")
    w.ledger.add_messages(
        [CountedMessage(f"i{n}", key, day, "email", "promotional", (), 20260503) for n, key in enumerate("aac")]
    )
    assert visits(w, "2026-05-04T10:00", "c", "d") == {"c": QUEUED, "d": SPENT}
    w.close()


def test_a_budget_for_ever(executor: str) -> None:
    w = World(BUDGET.replace("per calendar month ", ""), active_from=START, executor=executor)
    for key in "abc":
        w.contact(key)
    assert visits(w, "2026-05-04T10:00", "a", "b") == {"a": QUEUED, "b": QUEUED}
    assert visits(w, "2027-05-04T10:00", "c") == {"c": SPENT}
    w.close()


def test_a_budget_comes_before_caps_and_can_be_waited_for(executor: str) -> None:
    text = "cap week at most 1 email per 7 days\ncap budget at most 1 email per 7 days in total\n"
    w = World(
        text + MAIL + "  if capped wait up to 10 days\n  expires after 20 days", active_from=START, executor=executor
    )
    w.contact("a")
    w.contact("b")
    assert visits(w, "2026-05-04T10:00", "a") == {"a": QUEUED}
    assert visits(w, "2026-05-05T10:00", "a", "b") == {"a": ("held", "budget"), "b": ("held", "budget")}
    assert [j.until for _, j in w.ledger.judgements("b")] == [at("2026-05-11T10:00")]
    w.tick("2026-05-11T10:00")
    assert w.sent() == [("a", "hello"), ("a", "hello")]
    w.close()


def test_two_budgets_by_different_scores_are_an_error() -> None:
    text = (
        "score one +1 on visit\nscore two +1 on visit\n"
        "cap print at most 5 letters per 30 days in total by one\n"
        "cap all at most 5 messages per 30 days in total by two\n"
        "trigger t on visit\n  send letter birthday_card\n"
        "trigger u on visit\n  send email welcome\n"
    )
    assert [(d.code, d.block) for d in findings(text)] == [("K0322", "trigger `t`")]


def test_the_expectation_of_a_test_names_budgets_too(executor: str) -> None:
    text = (
        BUDGET.replace("at most 2", "at most 1")
        + """
test "one for all"
  at 2026-11-20 12:00
  contact anna (email = "a@example.ch") consents to email for marketing
    did visit 2 hours ago
  contact ben (email = "b@example.ch") consents to email for marketing
    did visit 1 hour ago
  expect anna gets email hello
  expect ben is capped by budget
"""
    )
    model = model_of(text)
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == []
