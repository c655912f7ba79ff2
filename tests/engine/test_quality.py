"""`quality` blocks: exact shares, uniqueness, and what stops while they fail, on both executors."""

from __future__ import annotations

import pytest

from engine.plan import make_plan
from engine.quality import failing_since, fails, judged
from engine.records import Figure
from tests.engine.world import SCHEMA, ZURICH, World, model_of, outcomes_of

START = "2026-05-01T00:00"

TRIGGERS = """
trigger mail on visit
  send email hello
trigger bill on purchase
  send email news
  category transactional
  because "the bill"
trigger info on message_opened
  send email news
  category service
trigger note on cart_added
  notify sales "a cart"
"""


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def figures(w: World, name: str, when: str = "2026-05-04T10:00") -> list[tuple[int, int, bool]]:
    report = w.tick(when)
    found = judged(w.model.qualities[name], report.evaluation)
    return [(one.figure.met, one.figure.of, one.figure.holds) for one in found]


def test_shares_are_exact_and_hold_over_nobody(executor: str) -> None:
    text = """
    quality third expect 66.6666 % where country is known expect 66.6667 % where country is known
    quality nobody
      where country = JP
      expect 100 % where country = CH
      expect email unique
    """
    w = World(text.replace("\n    ", "\n"), active_from=START, executor=executor)
    for key, country in (("anna", "CH"), ("ben", "DE"), ("carl", None)):
        w.contact(key, country=country)
    assert figures(w, "third") == [(2, 3, True), (2, 3, False)]
    assert figures(w, "nobody") == [(0, 0, True), (0, 0, True)]
    w.close()


def test_unique_over_those_for_whom_all_is_known(executor: str) -> None:
    text = (
        "quality one expect email unique expect first_name, country unique\n"
        "quality swiss where country = CH expect email unique"
    )
    w = World(text, active_from=START, executor=executor)
    for key, email, name, country in (
        ("anna", "a@x", "Anna", "CH"),
        ("anne", "a@x", "Anna", "DE"),
        ("ben", "b@x", "Ben", "CH"),
        ("bea", None, "Ben", "CH"),
        ("carl", None, None, "CH"),
        ("carla", None, None, "CH"),
    ):
        w.contact(key, email=email, first_name=name, country=country)
    report = w.tick("2026-05-04T10:00")
    emails, names = judged(w.model.qualities["one"], report.evaluation)
    assert (emails.figure.met, emails.figure.of, emails.failing) == (1, 3, frozenset({"anna", "anne"}))
    assert (names.figure.met, names.figure.of, names.failing) == (2, 4, frozenset({"ben", "bea"}))
    assert names.figure.told == "2 of 4 (50 %), 100 % expected"
    (swiss,) = judged(w.model.qualities["swiss"], report.evaluation)
    assert (swiss.figure.met, swiss.figure.of, swiss.figure.holds) == (2, 2, True)
    assert fails(w.model.qualities["one"], report.evaluation)
    w.close()


def test_a_failing_block_stops_all_but_transactional_sends(executor: str) -> None:
    block = "quality addresses expect completeness 60 % where country is known stop sending when it fails\n"
    w = World(block + TRIGGERS, active_from=START, executor=executor)
    w.contact("anna", country="CH")
    w.contact("ben")
    for kind in ("visit", "purchase", "message_opened", "cart_added"):
        w.event(kind, "anna", "2026-05-04T10:00")
    report = w.tick("2026-05-04T10:00")
    assert sorted((f.trigger, j.outcome, j.gate) for f, j in report.decisions) == [
        ("bill", "queued", "reserved"), ("info", "refused", "quality"), ("mail", "refused", "quality"),
        ("note", "queued", "reserved"),
    ]  # fmt: skip
    details = {j.detail for _, j in w.ledger.judgements("anna") if j.gate == "quality"}
    assert details == {"quality `addresses` fails: 1 of 2 (50 %), 60 % expected"}
    w.contact("ben", country="DE")  # mended: what comes from now on goes, what was refused stays refused
    w.event("visit", "anna", "2026-05-04T11:00")
    w.tick("2026-05-04T11:00")
    assert w.outcomes("anna")[-1] == ("queued", "reserved")
    assert sorted(w.sent()).count(("anna", "hello")) == 1
    w.close()


def test_it_may_name_the_triggers_that_it_stops(executor: str) -> None:
    block = "quality q expect 60 % where country is known stop sending for trigger info when it fails\n"
    w = World(block + TRIGGERS, active_from=START, executor=executor)
    w.contact("anna")
    for kind in ("visit", "message_opened"):
        w.event(kind, "anna", "2026-05-04T10:00")
    report = w.tick("2026-05-04T10:00")
    assert sorted((f.trigger, j.gate) for f, j in report.decisions) == [("info", "quality"), ("mail", "reserved")]
    w.close()


def test_without_stop_it_only_reports(executor: str) -> None:
    w = World("quality q expect 60 % where country is known\n" + TRIGGERS, active_from=START, executor=executor)
    w.contact("anna")
    w.event("visit", "anna", "2026-05-04T10:00")
    assert outcomes_of(w.tick("2026-05-04T10:00")) == {"anna": ("queued", "reserved")}
    w.close()


def test_what_waits_in_the_outbox_is_stopped_too_and_the_place_of_the_gate(executor: str) -> None:
    block = "quality q expect 100 % where country is known stop sending when it fails\n"
    w = World(block + "trigger mail on visit\n  send email hello", active_from=START, executor=executor)
    w.contact("anna", country="CH")
    w.event("visit", "anna", "2026-05-04T10:00")
    w.tick("2026-05-04T10:00", deliver=False)
    w.contact("ben", consent=None)
    w.event("visit", "ben", "2026-05-04T10:01")
    w.tick("2026-05-04T10:05")
    assert w.sent() == []
    assert w.outcomes("anna") == [("queued", "reserved"), ("refused", "quality")]
    assert w.outcomes("ben") == [("refused", "quality")]  # before consent
    w.close()


def test_figures_are_kept_with_each_tick(executor: str) -> None:
    w = World("quality new was old expect 60 % where country is known", active_from=START, executor=executor)
    w.contact("anna")
    first, second = w.tick("2026-05-04T10:00").as_of, w.tick("2026-05-04T10:05").as_of
    w.contact("anna", country="CH")
    third = w.tick("2026-05-04T10:10").as_of
    kept = w.ledger.quality("old")
    assert kept == [
        (first, Figure("old", 1, 0, 1, 600_000)),
        (second, Figure("old", 1, 0, 1, 600_000)),
        (third, Figure("old", 1, 1, 1, 600_000)),
    ]
    assert failing_since(kept[:2]) == first
    assert failing_since(kept) is None
    w.close()


def test_expectations_decide_and_so_belong_to_the_definition() -> None:
    texts = [
        "quality q expect 60 % where country is known",
        "quality q expect 61 % where country is known",
        "quality q expect 60 % where country is known stop sending when it fails",
        "quality q where active expect 60 % where country is known",
        "quality q expect country unique",
        "quality q expect plan unique",
    ]
    assert len({make_plan(model_of(text), SCHEMA, ZURICH).hash for text in texts}) == len(texts)
    one, other = "quality q expect email, phone unique", "quality q expect phone, email unique"
    assert make_plan(model_of(one), SCHEMA, ZURICH).hash == make_plan(model_of(other), SCHEMA, ZURICH).hash


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        (Figure("q", 1, 2, 3, 1_000_000), "2 of 3 (66.6666 %), 100 % expected"),
        (Figure("q", 1, 999_999_999, 1_000_000_000, 1_000_000), "999999999 of 1000000000 (99.9999 %), 100 % expected"),
        (Figure("q", 1, 0, 0, 955_000), "0 of 0, 95.5 % expected"),
    ],
)
def test_figures_in_words(figure: Figure, told: str) -> None:
    assert figure.told == told
