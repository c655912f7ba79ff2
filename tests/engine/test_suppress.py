"""`suppress` blocks, and room that caps keep, on both executors."""

from __future__ import annotations

import pytest

from tests.engine.world import World, outcomes_of

START = "2026-05-01T00:00"


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


TRIGGERS = """
trigger mail on visit
  send email hello
trigger bill on purchase
  send email news
  category transactional
  because "the bill"
trigger note on cart_added
  notify sales "a cart"
"""


def outcomes(w: World) -> list[tuple[str, str, str]]:
    w.contact("anna", country="CH")
    for kind in ("visit", "purchase", "cart_added"):
        w.event(kind, "anna", "2026-05-04T10:00")
    report = w.tick("2026-05-04T10:00")
    return sorted((f.trigger, j.outcome, j.gate) for f, j in report.decisions)


def test_a_suppress_block_stops_everything(executor: str) -> None:
    w = World(f"suppress staff where country = CH\n{TRIGGERS}", active_from=START, executor=executor)
    assert outcomes(w) == [(name, "refused", "suppress") for name in ("bill", "mail", "note")]
    assert {j.detail for _, j in w.ledger.judgements("anna")} == {"suppress `staff`"}
    w.close()


def test_a_category_stops_its_messages_only(executor: str) -> None:
    w = World(f"suppress some from promotional where country = CH\n{TRIGGERS}", active_from=START, executor=executor)
    assert outcomes(w) == [
        ("bill", "queued", "reserved"), ("mail", "refused", "suppress"), ("note", "queued", "reserved"),
    ]  # fmt: skip
    w.close()


def test_others_are_not_stopped(executor: str) -> None:
    w = World(f"suppress staff where country = DE\n{TRIGGERS}", active_from=START, executor=executor)
    assert {gate for _, _, gate in outcomes(w)} == {"reserved"}
    w.close()


def test_what_waits_in_the_outbox_is_asked_again(executor: str) -> None:
    w = World(
        "suppress staff where country = CH\ntrigger mail on visit\n  send email hello",
        active_from=START,
        executor=executor,
    )
    w.contact("anna", country="DE")
    w.event("visit", "anna", "2026-05-04T10:00")
    w.tick("2026-05-04T10:00", deliver=False)
    w.contact("anna", country="CH")
    w.tick("2026-05-04T10:05")
    assert w.sent() == []
    assert w.outcomes("anna") == [("queued", "reserved"), ("refused", "suppress")]
    w.close()


def test_pause_comes_before_and_consent_after(executor: str) -> None:
    text = 'suppress staff where country = CH\ntrigger mail on visit\n  send email hello\n  paused "later"'
    w = World(text, active_from=START, executor=executor)
    w.contact("anna", country="CH", consent=None)
    w.event("visit", "anna", "2026-05-04T10:00")
    assert outcomes_of(w.tick("2026-05-04T10:00")) == {"anna": ("refused", "paused")}
    w.play(text.replace('\n  paused "later"', ""))
    w.event("visit", "anna", "2026-05-04T11:00")
    assert outcomes_of(w.tick("2026-05-04T11:00")) == {"anna": ("refused", "suppress")}
    w.close()


KEEPING = """
cap week at most 3 messages per 7 days keeping 1 for priority >= 80
trigger low on visit
  send email hello
trigger high on purchase
  send email news
  priority 80
"""


def test_room_is_kept_for_high_priorities(executor: str) -> None:
    w = World(KEEPING, active_from=START, executor=executor)
    w.contact("anna")
    for hour in (8, 9, 10):
        w.event("visit", "anna", f"2026-05-04T{hour:02}:00")
        w.tick(f"2026-05-04T{hour:02}:00")
    assert w.outcomes("anna") == [("queued", "reserved"), ("queued", "reserved"), ("refused", "capped")]
    assert [j.detail for _, j in w.ledger.judgements("anna")][-1] == "cap `week` (2 of 2)"
    for hour in (11, 12):
        w.event("purchase", "anna", f"2026-05-04T{hour:02}:00")
        w.tick(f"2026-05-04T{hour:02}:00")
    assert w.outcomes("anna")[-2:] == [("queued", "reserved"), ("refused", "capped")]
    w.close()


def test_high_priorities_use_the_common_room_too(executor: str) -> None:
    w = World(KEEPING, active_from=START, executor=executor)
    w.contact("anna")
    for hour in (8, 9):
        w.event("purchase", "anna", f"2026-05-04T{hour:02}:00")
        w.tick(f"2026-05-04T{hour:02}:00")
    w.event("visit", "anna", "2026-05-04T10:00")
    w.tick("2026-05-04T10:00")
    assert w.outcomes("anna")[-1] == ("refused", "capped")
    w.close()


def test_a_block_may_ask_how_long_somebody_is_in_a_segment(executor: str) -> None:
    text = (
        "segment swiss where country = CH\n"
        "suppress old where in swiss for 2 days\n"
        "trigger mail on visit\n  send email hello"
    )
    w = World(text, active_from=START, executor=executor)
    w.contact("anna", country="CH")
    w.tick("2026-05-02T10:00")
    w.event("visit", "anna", "2026-05-04T09:59")
    assert outcomes_of(w.tick("2026-05-04T09:59")) == {"anna": ("queued", "reserved")}
    w.event("visit", "anna", "2026-05-04T10:00")
    assert outcomes_of(w.tick("2026-05-04T10:00")) == {"anna": ("refused", "suppress")}
    w.close()


def test_what_was_reserved_stays_beside_room_that_is_kept(executor: str) -> None:
    w = World(KEEPING, active_from=START, executor=executor)
    w.contact("anna")
    for kind, when in (("visit", "08:00"), ("visit", "08:01"), ("purchase", "08:02")):
        w.event(kind, "anna", f"2026-05-04T{when}")
        w.tick(f"2026-05-04T{when}", deliver=False)
    w.tick("2026-05-04T08:03")
    assert w.outcomes("anna") == [("queued", "reserved")] * 3
    assert sorted(w.sent()) == [("anna", "hello"), ("anna", "hello"), ("anna", "news")]
    w.close()
