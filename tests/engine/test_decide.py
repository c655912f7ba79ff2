from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest

from engine.decide import judge
from engine.tick import TickReport
from tests.engine.world import World, at, outcomes_of

HELLO = """
trigger hello
  on visit
  send email hello
"""


@pytest.fixture
def worlds() -> Iterator[list[World]]:
    opened: list[World] = []
    yield opened
    for world in opened:
        world.close()


def world_of(worlds: list[World], text: str) -> World:
    world = World(text, active_from="2026-05-01T00:00")
    worlds.append(world)
    return world


def reason(report: TickReport, contact: str = "anna") -> tuple[str, str]:
    return outcomes_of(report)[contact]


def test_no_consent_no_message(worlds: list[World]) -> None:
    world = world_of(worlds, HELLO)
    world.contact("anna", consent=None)
    world.event("visit", "anna", "2026-05-04T10:00")
    assert reason(world.tick("2026-05-04T10:00")) == ("refused", "consent")


def test_the_latest_consent_record_rules(worlds: list[World]) -> None:
    world = world_of(worlds, HELLO)
    world.contact("anna", consent=None)
    world.consent("anna", when="2026-05-01T00:00")
    world.consent("anna", state="withdrawn", when="2026-05-04T10:00")
    world.event("visit", "anna", "2026-05-04T10:00")
    assert reason(world.tick("2026-05-04T10:00")) == ("refused", "consent")


def test_consent_of_the_future_does_not_count(worlds: list[World]) -> None:
    world = world_of(worlds, HELLO)
    world.contact("anna", consent=None)
    world.consent("anna", when="2026-05-04T10:01")
    world.event("visit", "anna", "2026-05-04T10:00")
    assert reason(world.tick("2026-05-04T10:00")) == ("refused", "consent")


@pytest.mark.parametrize(
    ("category", "basis", "gate"),
    [
        ("promotional", "contract", "consent"),
        ("promotional", "consent", "reserved"),
        ("service", "contract", "reserved"),
        ('transactional\n  because "the receipt"', None, "reserved"),
    ],
)
def test_each_category_needs_its_basis(worlds: list[World], category: str, basis: str | None, gate: str) -> None:
    world = world_of(worlds, f"{HELLO}  category {category}\n")
    world.contact("anna", consent=None)
    if basis is not None:
        world.consent("anna", basis=basis)  # type: ignore[arg-type]
    world.event("visit", "anna", "2026-05-04T10:00")
    assert reason(world.tick("2026-05-04T10:00"))[1] == gate


def test_suppression_of_a_person_an_address_and_a_channel(worlds: list[World]) -> None:
    world = world_of(worlds, HELLO)
    for name in ("anna", "berta", "carla", "dora"):
        world.contact(name)
        world.event("visit", name, "2026-05-04T10:00")
    world.suppress(contact="anna")
    world.suppress(address="berta@example.ch")
    world.suppress(contact="carla", channel="email")
    world.suppress(contact="dora", channel="sms")
    seen = outcomes_of(world.tick("2026-05-04T10:00"))
    assert {k: v[1] for k, v in seen.items()} == {
        "anna": "suppressed",
        "berta": "suppressed",
        "carla": "suppressed",
        "dora": "reserved",
    }


def test_no_address_is_not_reachable(worlds: list[World]) -> None:
    world = world_of(worlds, HELLO)
    world.contact("anna", email=None)
    world.event("visit", "anna", "2026-05-04T10:00")
    assert reason(world.tick("2026-05-04T10:00")) == ("refused", "reachable")


def test_else_takes_the_first_channel_with_address_and_consent(worlds: list[World]) -> None:
    world = world_of(worlds, HELLO.replace("send email hello", "send email hello else send sms promo"))
    world.contact("anna", consent=None, phone="+41790000000")
    world.consent("anna", "sms")
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00")
    assert world.sent() == [("anna", "promo")]


def test_else_takes_the_first_channel_with_room(worlds: list[World]) -> None:
    text = HELLO.replace("send email hello", "send email hello else send sms promo")
    world = world_of(worlds, text + "\ncap mails at most 1 email per 7 days\n")
    world.contact("anna", phone="+41790000000")
    world.consent("anna", "sms")
    for hour in ("10", "11"):
        world.event("visit", "anna", f"2026-05-04T{hour}:00")
        world.tick(f"2026-05-04T{hour}:00")
    assert world.sent() == [("anna", "hello"), ("anna", "promo")]


def test_a_paused_trigger_and_the_switch(worlds: list[World]) -> None:
    world = world_of(worlds, HELLO + '  paused "until legal has answered"\n')
    world.contact("anna")
    world.event("visit", "anna", "2026-05-04T10:00")
    assert reason(world.tick("2026-05-04T10:00")) == ("refused", "paused")
    world.play(HELLO)
    world.ledger.pause("*", "something is wrong")
    world.event("visit", "anna", "2026-05-04T11:00")
    assert reason(world.tick("2026-05-04T11:00")) == ("held", "paused")
    world.tick("2026-05-04T12:00")
    assert world.sent() == []
    world.ledger.resume("*")
    world.tick("2026-05-04T13:00")
    assert world.sent() == [("anna", "hello")]


def test_the_first_gate_that_says_no_is_named(worlds: list[World]) -> None:
    """Suppressed comes before consent, consent before reachable, reachable before `where`, `where` before quiet."""
    text = HELLO + "  where country = CH\n\nquiet always_at_night from 08:00 to 20:00\n"
    world = world_of(worlds, text)
    world.contact("a", consent=None, email=None)
    world.contact("b", consent=None, email=None)
    world.contact("c", email=None)
    world.contact("d")
    world.contact("e", country="CH")
    world.suppress(contact="a")
    for name in "abcde":
        world.event("visit", name, "2026-05-04T10:00")
    seen = outcomes_of(world.tick("2026-05-04T10:00"))
    assert [seen[name][1] for name in "abcde"] == ["suppressed", "consent", "reachable", "where", "quiet"]


# ---------------------------------------------------------------- caps and priority

THREE = """
cap daily at most 1 message per local day
trigger a
  on visit with (page = "all")
  send email hello
trigger b
  on visit with (page = "all")
  send email promo
  priority 80
  expires after 6 hours
trigger c
  on visit with (page = "all")
  send email news
  priority 80
  expires after 2 hours
"""


def test_priority_then_expiry_and_not_arrival(worlds: list[World]) -> None:
    world = world_of(worlds, THREE)
    world.contact("anna")
    world.event("visit", "anna", "2026-05-04T16:00", page="all")
    report = world.tick("2026-05-04T16:00")
    assert [(f.trigger, j.gate) for f, j in report.decisions] == [("c", "reserved"), ("b", "capped"), ("a", "capped")]


def test_every_order_of_arrival_gives_the_same_answer(worlds: list[World], monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's own judge, fed with every permutation of the same candidates."""
    import engine.tick.work as tick_module

    world = world_of(worlds, THREE)
    world.contact("anna")
    world.contact("berta")
    for name in ("anna", "berta"):
        world.event("visit", name, "2026-05-04T16:00", page="all")
    answers = []

    def every_order(candidates, known):  # type: ignore[no-untyped-def]
        given = list(candidates)
        for order in permutations(given):
            answers.append(judge(order, known))
        return answers[0]

    monkeypatch.setattr(tick_module, "judge", every_order)
    world.tick("2026-05-04T16:00")
    assert len(answers) == 720
    assert all(answer == answers[0] for answer in answers)


def test_a_loser_uses_no_room_and_all_caps_must_have_room(worlds: list[World]) -> None:
    text = THREE + "cap mails at most 2 email per 7 days\n"
    world = world_of(worlds, text)
    world.contact("anna")
    for day in ("04", "05", "06"):
        world.event("visit", "anna", f"2026-05-{day}T16:00", page="all")
        world.tick(f"2026-05-{day}T16:00")
    assert len(world.sent()) == 2
    last = [j for _, j in world.ledger.judgements("anna")][-1]
    assert "cap `daily`" not in last.detail
    assert "cap `mails` (2 of 2)" in last.detail


def test_a_cap_for_some_leaves_the_others_alone(worlds: list[World]) -> None:
    world = world_of(worlds, HELLO + "\ncap men at most 1 message per 7 days where gender = male\n")
    world.contact("anna", gender="female")
    world.contact("bert", gender="male")
    for hour in ("10", "11"):
        for name in ("anna", "bert"):
            world.event("visit", name, f"2026-05-04T{hour}:00")
    world.tick("2026-05-04T11:00")
    assert [name for name, _ in world.sent()].count("anna") == 2
    assert [name for name, _ in world.sent()].count("bert") == 1


def test_imported_messages_count_from_the_first_tick(worlds: list[World]) -> None:
    from engine.records import CountedMessage

    world = world_of(worlds, HELLO + "\ncap weekly at most 1 message per 7 days\n")
    world.contact("anna")
    world.ledger.add_messages(
        [CountedMessage("old-1", "anna", at("2026-05-01T10:00"), "letter", "promotional", (), 20260501)]
    )
    world.event("visit", "anna", "2026-05-04T10:00")
    assert reason(world.tick("2026-05-04T10:00")) == ("refused", "capped")


def test_a_capped_run_that_may_wait_is_held_until_room_returns(worlds: list[World]) -> None:
    world = world_of(
        worlds,
        HELLO + "  if capped wait up to 2 days\n  expires after 3 days\n\ncap daily at most 1 message per 24 hours\n",
    )
    world.contact("anna")
    for hour in ("10", "12"):
        world.event("visit", "anna", f"2026-05-04T{hour}:00")
        world.tick(f"2026-05-04T{hour}:00")
    held = world.ledger.open_firings()
    assert [f.not_before for f in held] == [at("2026-05-05T10:00")]
    world.tick("2026-05-05T09:59")
    assert len(world.sent()) == 1
    world.tick("2026-05-05T10:00")
    assert len(world.sent()) == 2


def test_waiting_for_room_beyond_its_time_is_refused_at_once(worlds: list[World]) -> None:
    world = world_of(
        worlds,
        HELLO + "  if capped wait up to 2 days\n  expires after 6 hours\n\ncap daily at most 1 message per 24 hours\n",
    )
    world.contact("anna")
    for hour in ("10", "12"):
        world.event("visit", "anna", f"2026-05-04T{hour}:00")
        report = world.tick(f"2026-05-04T{hour}:00")
    assert reason(report) == ("refused", "capped")


def test_transactional_is_neither_limited_nor_counted(worlds: list[World]) -> None:
    text = (
        """
cap daily at most 1 message per local day
trigger receipt
  on purchase
  send email hello
  category transactional
  because "the receipt of an order"
"""
        + HELLO
    )
    world = world_of(worlds, text)
    world.contact("anna")
    for hour in ("10", "11"):
        world.event("purchase", "anna", f"2026-05-04T{hour}:00")
    world.event("visit", "anna", "2026-05-04T11:30")
    world.tick("2026-05-04T12:00")
    assert len(world.sent()) == 3


# ---------------------------------------------------------------- quiet

NIGHT = HELLO + "\nquiet nights from 20:00 to 08:00\n"


def test_a_message_at_night_is_held_and_judged_again_in_the_morning(worlds: list[World]) -> None:
    world = world_of(worlds, NIGHT)
    world.contact("anna")
    world.contact("berta")
    for name in ("anna", "berta"):
        world.event("visit", name, "2026-05-04T19:00")  # 21:00 in Zurich
    assert reason(world.tick("2026-05-04T19:00")) == ("held", "quiet")
    world.consent("berta", state="withdrawn", when="2026-05-05T01:00")
    world.tick("2026-05-05T05:59")
    assert world.sent() == []
    world.tick("2026-05-05T06:00")
    assert world.sent() == [("anna", "hello")]
    assert world.outcomes("berta")[-1] == ("refused", "consent")


def test_quiet_is_the_contacts_own_night(worlds: list[World]) -> None:
    world = world_of(worlds, NIGHT)
    world.contact("anna")
    world.contact("joe", zone="America/New_York")
    for name in ("anna", "joe"):
        world.event("visit", name, "2026-05-04T19:00")
    seen = outcomes_of(world.tick("2026-05-04T19:00"))
    assert (seen["anna"][1], seen["joe"][1]) == ("quiet", "reserved")


def test_what_cannot_wait_until_morning_expires(worlds: list[World]) -> None:
    world = world_of(worlds, NIGHT.replace("send email hello", "send email hello\n  expires after 2 hours"))
    world.contact("anna")
    world.event("visit", "anna", "2026-05-04T19:00")
    assert reason(world.tick("2026-05-04T19:00")) == ("expired", "quiet")


def test_what_waited_in_the_outbox_is_judged_again(worlds: list[World]) -> None:
    """Queued in the evening, not handed over (the runner died), seen again at night: held."""
    world = world_of(worlds, NIGHT)
    world.contact("anna")
    world.event("visit", "anna", "2026-05-04T17:30")
    world.tick("2026-05-04T17:30", deliver=False)
    world.tick("2026-05-04T19:00")
    assert world.sent() == []
    world.tick("2026-05-05T06:00")
    assert world.sent() == [("anna", "hello")]


def test_its_own_reservation_is_left_out_when_it_is_judged_again(worlds: list[World]) -> None:
    world = world_of(worlds, HELLO + "\ncap daily at most 1 message per 24 hours\n")
    world.contact("anna")
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00", deliver=False)
    world.tick("2026-05-04T10:05")
    assert world.sent() == [("anna", "hello")]


# ---------------------------------------------------------------- again


@pytest.mark.parametrize(
    ("clause", "sent"),
    [
        ("again every time", 3),
        ("again never", 1),
        ("again after 2 days", 2),
        ("again once per local month", 1),
        ("again never per page", 2),
    ],
)
def test_again(worlds: list[World], clause: str, sent: int) -> None:
    world = world_of(worlds, f"{HELLO}  {clause}\n")
    world.contact("anna")
    for day, page in (("04", "a"), ("05", "b"), ("06", "a")):
        world.event("visit", "anna", f"2026-05-{day}T10:00", page=page)
        world.tick(f"2026-05-{day}T10:00")
    assert len(world.sent()) == sent


def test_refused_runs_do_not_count_for_again(worlds: list[World]) -> None:
    world = world_of(worlds, HELLO + "  again never\n")
    world.contact("anna", consent=None)
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00")
    world.consent("anna", when="2026-05-04T11:00")
    world.event("visit", "anna", "2026-05-04T12:00")
    world.tick("2026-05-04T12:00")
    assert world.sent() == [("anna", "hello")]


def test_again_is_judged_in_order_of_cause_within_a_tick(worlds: list[World]) -> None:
    world = world_of(worlds, HELLO + "  again after 2 days\n")
    world.contact("anna")
    world.event("visit", "anna", "2026-05-04T11:00", id="b")
    world.event("visit", "anna", "2026-05-04T10:00", id="c")
    report = world.tick("2026-05-04T12:00")
    assert [(f.event, j.gate) for f, j in report.decisions] == [("c", "reserved"), ("b", "again")]


# ---------------------------------------------------------------- offers and notices


def test_an_offer_is_given_within_its_days_only(worlds: list[World]) -> None:
    text = """
offer ten
  code "TEN"
  valid from 2026-05-04 to 2026-05-04
""" + HELLO.replace("send email hello", "send email hello with offer ten")
    world = world_of(worlds, text)
    world.contact("anna")
    for moment in ("2026-05-03T21:59", "2026-05-03T22:00", "2026-05-04T21:59", "2026-05-04T22:00"):
        world.event("visit", "anna", moment)
        world.tick(moment)
    assert [gate for _, gate in world.outcomes("anna")] == ["offer", "reserved", "reserved", "offer"]


def test_a_notice_to_a_team_needs_no_consent_and_no_room(worlds: list[World]) -> None:
    text = """
cap none at most 1 message per 7 days
quiet always_at_night from 08:00 to 20:00
trigger handover
  on visit
  notify sales "a lead"
"""
    world = world_of(worlds, text)
    world.contact("anna", consent=None, email=None)
    world.event("visit", "anna", "2026-05-04T10:00")
    world.event("visit", "anna", "2026-05-04T10:01")
    world.tick("2026-05-04T10:01")
    assert world.sent() == [("anna", "sales"), ("anna", "sales")]
