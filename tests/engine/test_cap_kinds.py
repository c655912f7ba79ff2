"""What a cap counts stays as it was; room that is kept; caps for a segment: across ticks, on both executors."""

from __future__ import annotations

import pytest

from tests.engine.world import World, outcomes_of

START = "2026-05-01T00:00"
SALE = """
cap sale at most 1 message tagged sale per 30 days
trigger mail on visit
  send email hello
  {}
trigger other on purchase
  send email news
  {}
"""


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def gates(w: World, when: str, **events: str) -> dict[str, tuple[str, str]]:
    """Contact -> outcome and gate of a tick that sees an event for each of them."""
    for key, kind in events.items():
        w.event(kind, key, when)
    return dict(outcomes_of(w.tick(when)))


QUEUED, CAPPED = ("queued", "reserved"), ("refused", "capped")


def test_a_tag_that_is_taken_away_still_counts_for_what_was_sent_with_it(executor: str) -> None:
    w = World(SALE.format("tags sale", "tags sale"), active_from=START, executor=executor)
    w.contact("anna")
    assert gates(w, "2026-05-04T10:00", anna="visit") == {"anna": QUEUED}
    w.play(SALE.format("tags autumn", "tags sale"))
    assert gates(w, "2026-05-05T10:00", anna="purchase") == {"anna": CAPPED}
    w.close()


def test_a_tag_that_comes_later_does_not_count_for_what_was_sent_without_it(executor: str) -> None:
    w = World(SALE.format("tags autumn", "tags sale"), active_from=START, executor=executor)
    w.contact("anna")
    assert gates(w, "2026-05-04T10:00", anna="visit") == {"anna": QUEUED}
    w.play(SALE.format("tags sale", "tags sale"))
    assert gates(w, "2026-05-05T10:00", anna="purchase") == {"anna": QUEUED}
    assert gates(w, "2026-05-06T10:00", anna="visit") == {"anna": CAPPED}
    w.close()


def test_room_that_is_kept_is_for_those_of_higher_priority_alone(executor: str) -> None:
    text = """
cap room at most 2 messages per 7 days keeping 1 for priority >= 80
trigger low on visit
  send email hello
trigger high on purchase
  send email news
  priority 80
"""
    w = World(text, active_from=START, executor=executor)
    for key in ("anna", "berta"):
        w.contact(key)
    assert gates(w, "2026-05-04T10:00", anna="visit", berta="purchase") == {"anna": QUEUED, "berta": QUEUED}
    # only the number counts, not who used the room before
    assert gates(w, "2026-05-05T10:00", anna="visit", berta="visit") == {"anna": CAPPED, "berta": CAPPED}
    assert gates(w, "2026-05-06T10:00", anna="purchase", berta="purchase") == {"anna": QUEUED, "berta": QUEUED}
    assert gates(w, "2026-05-07T10:00", anna="purchase") == {"anna": CAPPED}
    w.close()


def test_a_cap_for_a_segment_follows_who_is_in_it_now(executor: str) -> None:
    text = """
segment regulars
  where number of purchase in last 90 days >= 2
cap slow at most 1 email per 7 days where in regulars
trigger hello on visit
  send email hello
"""
    w = World(text, active_from=START, executor=executor)
    w.contact("anna")
    for hour in ("10", "11"):
        assert gates(w, f"2026-05-04T{hour}:00", anna="visit") == {"anna": QUEUED}
    for minute in ("01", "02"):
        w.event("purchase", "anna", f"2026-05-04T11:{minute}")
    # what was sent before counts as soon as the cap is for the contact
    assert gates(w, "2026-05-04T12:00", anna="visit") == {"anna": CAPPED}
    w.close()
