"""Offers: one active offer of a group for a contact, and a number of them in total."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine.offers import active, holds
from engine.protocols import Receipt
from engine.records import HeldOffer
from engine.tick import TickReport
from tests.engine.world import World, at, outcomes_of

BEST = """
offer ten discount 10 % valid to 2026-06-30 group discounts keep best
offer twenty discount 20 % valid to 2026-05-31 group discounts keep best

trigger small
  on visit
  send email hello with offer ten

trigger great
  on purchase
  send letter promo with offer twenty
"""


@pytest.fixture
def worlds() -> Iterator[list[World]]:
    opened: list[World] = []
    yield opened
    for world in opened:
        world.close()


def world_of(worlds: list[World], text: str, *names: str) -> World:
    world = World(text, active_from="2026-05-01T00:00")
    worlds.append(world)
    for name in names or ("anna",):
        world.contact(name, phone="+41790000000")
        for channel in ("letter", "sms"):
            world.consent(name, channel)
    return world


def said(report: TickReport) -> dict[str, tuple[str, str]]:
    """Trigger -> (outcome, gate), for ticks with one decision a trigger."""
    return {firing.trigger: (j.outcome, j.gate) for firing, j in report.decisions}


def detail(report: TickReport) -> str:
    (one,) = [j.detail for _, j in report.decisions]
    return one


def holding(world: World, today: int, name: str = "anna") -> list[str]:
    held = world.ledger.held_offers([name])
    return [offer.name for offer in world.model.offers.values() if holds(held, offer.id, today)]


def test_best_lets_a_greater_one_through_whatever_the_channel(worlds: list[World]) -> None:
    world = world_of(worlds, BEST)
    world.event("visit", "anna", "2026-05-04T10:00")
    assert said(world.tick("2026-05-04T10:00")) == {"small": ("queued", "reserved")}
    assert holding(world, 20260504) == ["ten"]
    world.event("purchase", "anna", "2026-05-05T10:00")
    assert said(world.tick("2026-05-05T10:00")) == {"great": ("queued", "reserved")}
    assert holding(world, 20260505) == ["twenty"]


def test_best_refuses_a_smaller_one_until_the_greater_one_is_over(worlds: list[World]) -> None:
    world = world_of(worlds, BEST)
    world.event("purchase", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00")
    world.event("visit", "anna", "2026-05-31T21:00")
    report = world.tick("2026-05-31T21:59:59")
    assert said(report) == {"small": ("refused", "offer")}
    assert detail(report) == "holds offer `twenty` of group `discounts`, and `ten` is no greater one"
    # the last day is over at midnight of the contact's calendar, in Zurich at 22:00 UTC
    world.event("visit", "anna", "2026-05-31T22:00")
    assert said(world.tick("2026-05-31T22:00")) == {"small": ("queued", "reserved")}


def test_what_a_greater_one_ended_does_not_come_back(worlds: list[World]) -> None:
    world = world_of(worlds, BEST)
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00")
    world.event("purchase", "anna", "2026-05-05T10:00")
    world.tick("2026-05-05T10:00")
    assert holding(world, 20260531) == ["twenty"]
    assert holding(world, 20260601) == []


def test_first_refuses_a_second_one(worlds: list[World]) -> None:
    world = world_of(worlds, BEST.replace("keep best", "keep first"))
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00")
    world.event("purchase", "anna", "2026-05-05T10:00")
    report = world.tick("2026-05-05T10:00")
    assert said(report) == {"great": ("refused", "offer")}
    assert detail(report) == "holds offer `ten` of group `discounts`, which keeps the first"


@pytest.mark.parametrize("keep", ["best", "first"])
def test_the_same_offer_again_is_no_second_one(worlds: list[World], keep: str) -> None:
    world = world_of(worlds, BEST.replace("keep best", f"keep {keep}"))
    for hour in ("10", "11"):
        world.event("visit", "anna", f"2026-05-04T{hour}:00")
        assert said(world.tick(f"2026-05-04T{hour}:00")) == {"small": ("queued", "reserved")}


def test_equal_is_not_greater(worlds: list[World]) -> None:
    world = world_of(worlds, BEST.replace("discount 20 %", "discount 10.0 %"))
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00")
    world.event("purchase", "anna", "2026-05-05T10:00")
    assert said(world.tick("2026-05-05T10:00")) == {"great": ("refused", "offer")}


def test_one_contact_s_offer_is_none_of_another(worlds: list[World]) -> None:
    world = world_of(worlds, BEST, "anna", "berta")
    world.event("purchase", "berta", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00")
    world.event("visit", "anna", "2026-05-05T10:00")
    assert said(world.tick("2026-05-05T10:00")) == {"small": ("queued", "reserved")}


def test_a_refused_offer_passes_on_to_else(worlds: list[World]) -> None:
    text = BEST.replace("send email hello with offer ten", "send email hello with offer ten else send email news")
    world = world_of(worlds, text)
    world.event("purchase", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00")
    world.event("visit", "anna", "2026-05-05T10:00")
    world.tick("2026-05-05T10:00")
    assert world.sent() == [("anna", "promo"), ("anna", "news")]


@pytest.mark.parametrize("first", ["small", "great"])
@pytest.mark.parametrize("way_out", ["", " else send email news"])
def test_within_a_tick_the_greatest_goes_out_whoever_is_judged_first(
    worlds: list[World], first: str, way_out: str
) -> None:
    text = BEST.replace("send email hello with offer ten", f"send email hello with offer ten{way_out}")
    cause = "  on visit" if first == "small" else "  on purchase"
    world = world_of(worlds, text.replace(cause, f"{cause}\n  priority 90"))
    world.event("visit", "anna", "2026-05-04T10:00")
    world.event("purchase", "anna", "2026-05-04T10:00")
    report = world.tick("2026-05-04T10:00")
    expected = ("queued", "reserved") if way_out else ("refused", "offer")
    assert said(report) == {"small": expected, "great": ("queued", "reserved")}
    assert sorted(world.sent()) == [("anna", "news")] * bool(way_out) + [("anna", "promo")]
    assert holding(world, 20260504) == ["twenty"]


def test_what_waits_in_the_outbox_does_not_leave_with_an_ended_offer(worlds: list[World]) -> None:
    world = world_of(worlds, BEST)
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00", deliver=False)
    world.event("purchase", "anna", "2026-05-04T11:00")
    report = world.tick("2026-05-04T11:00")
    assert said(report) == {"small": ("refused", "offer"), "great": ("queued", "reserved")}
    assert world.sent() == [("anna", "promo")]
    assert [row.state for row in world.ledger.outbox()] == ["suppressed", "sent"]


def test_what_an_ended_offer_had_taken_is_free_again(worlds: list[World]) -> None:
    text = BEST.replace("on purchase", "on purchase\n  priority 40") + (
        "cap mails at most 1 email per 7 days\n\ntrigger other\n  on visit\n  send email news\n  priority 30\n"
    )
    world = world_of(worlds, text)
    world.event("visit", "anna", "2026-05-04T10:00")
    world.event("purchase", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00")
    assert sorted(world.sent()) == [("anna", "news"), ("anna", "promo")]


def test_room_that_a_greater_offer_gives_back_goes_to_those_who_lacked_it(worlds: list[World]) -> None:
    """The small one is judged first, loses its offer to the great one, and nothing of it is left in anybody's way."""
    text = BEST.replace("send email hello with offer ten", "send email hello with offer ten\n  priority 90")
    text += "cap mails at most 1 email per 7 days\ntrigger plain\n  on visit\n  send email news\n  priority 70\n"
    world = world_of(worlds, text)
    world.event("visit", "anna", "2026-05-02T00:00")
    world.event("purchase", "anna", "2026-05-02T00:00")
    report = world.tick("2026-05-02T01:00")
    assert said(report) == {
        "small": ("refused", "offer"),
        "plain": ("queued", "reserved"),
        "great": ("queued", "reserved"),
    }
    assert world.sent() == [("anna", "promo"), ("anna", "news")]


def test_a_number_that_a_greater_offer_gives_back_goes_to_the_next_contact(worlds: list[World]) -> None:
    text = BEST.replace("group discounts", "at most 1 in total group discounts", 1)
    world = world_of(worlds, text.replace("on visit", "on visit\n  priority 90"), "anna", "ben", "carl")
    for name in ("anna", "ben", "carl"):
        world.event("visit", name, "2026-05-02T00:00")
    world.event("purchase", "anna", "2026-05-02T00:00")
    report = world.tick("2026-05-02T01:00")
    assert world.sent() == [("anna", "promo"), ("ben", "hello")]
    refused = {f.contact: j.detail for f, j in report.decisions if j.outcome == "refused"}
    assert refused["carl"] == "offer `ten` is given out (1 of 1)"
    assert world.ledger.offers_given() == {"ten": 1, "twenty": 1}


def test_a_failed_message_was_never_held(worlds: list[World]) -> None:
    world = world_of(worlds, BEST.replace("keep best", "keep first"))
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00", deliver=False)
    outbox = SqlOutbox(world.ledger, clock=lambda: at("2026-05-04T10:00"), alive=lambda _owner: False)
    (row,) = outbox.claim("test", 1, at("2026-05-04T10:00"), ["email"])
    outbox.result(row, Receipt("failed", "no such address"), at("2026-05-04T10:00"))
    assert holding(world, 20260504) == []
    world.event("purchase", "anna", "2026-05-05T10:00")
    assert said(world.tick("2026-05-05T10:00")) == {"great": ("queued", "reserved")}


def test_an_edit_changes_nothing_for_those_who_hold_it(worlds: list[World]) -> None:
    world = world_of(worlds, BEST)
    world.event("purchase", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00")
    edited = BEST.replace("discount 20 %", "discount 5 %").replace("to 2026-05-31", "to 2026-05-04")
    world.play(edited)
    world.event("visit", "anna", "2026-05-05T10:00")
    assert said(world.tick("2026-05-05T10:00")) == {"small": ("refused", "offer")}


def test_what_is_reserved_keeps_its_place_when_the_group_is_edited(worlds: list[World]) -> None:
    world = world_of(worlds, BEST.replace("group discounts keep best", ""))
    world.event("visit", "anna", "2026-05-04T10:00")
    world.event("purchase", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00", deliver=False)
    world.play(BEST.replace("keep best", "keep first at most 1 in total"))
    report = world.tick("2026-05-04T10:01")
    assert said(report) == {"small": ("queued", "reserved"), "great": ("queued", "reserved")}


TOTAL = """
offer ten discount 10 % at most 2 in total

trigger small
  on visit
  send email hello with offer ten
"""


def test_a_number_in_total_counts_what_was_reserved(worlds: list[World]) -> None:
    world = world_of(worlds, TOTAL, "anna", "berta", "carla")
    for name in ("anna", "berta", "carla"):
        world.event("visit", name, "2026-05-04T10:00")
    report = world.tick("2026-05-04T10:00")
    assert {k: v[1] for k, v in outcomes_of(report).items()} == {
        "anna": "reserved",
        "berta": "reserved",
        "carla": "offer",
    }
    assert [j.detail for f, j in report.decisions if f.contact == "carla"] == ["offer `ten` is given out (2 of 2)"]
    world.event("visit", "carla", "2026-05-05T10:00")
    assert outcomes_of(world.tick("2026-05-05T10:00")) == {"carla": ("refused", "offer")}


def test_what_is_refused_later_gives_its_number_back(worlds: list[World]) -> None:
    world = world_of(worlds, TOTAL, "anna", "berta", "carla")
    for name in ("anna", "berta"):
        world.event("visit", name, "2026-05-04T10:00")
    world.tick("2026-05-04T10:00", deliver=False)
    world.consent("anna", state="withdrawn", when="2026-05-04T10:30")
    world.event("visit", "carla", "2026-05-04T11:00")
    seen = outcomes_of(world.tick("2026-05-04T11:00"))
    assert {k: v[1] for k, v in seen.items()} == {"anna": "consent", "berta": "reserved", "carla": "reserved"}


def test_a_renamed_offer_keeps_its_count(worlds: list[World]) -> None:
    world = world_of(worlds, TOTAL, "anna", "berta", "carla")
    for name in ("anna", "berta"):
        world.event("visit", name, "2026-05-04T10:00")
    world.tick("2026-05-04T10:00")
    world.play(
        TOTAL.replace("offer ten discount", "offer dieci was ten discount").replace("offer ten\n", "offer dieci\n")
    )
    world.event("visit", "carla", "2026-05-05T10:00")
    assert outcomes_of(world.tick("2026-05-05T10:00")) == {"carla": ("refused", "offer")}


def test_what_was_sent_tells_the_offer_by_its_oldest_name(worlds: list[World]) -> None:
    text = 'segment has_it where did message_sent with (offer = "ten")\n' + BEST
    text = text.replace("offer ten discount", "offer tenth was ten discount").replace("offer ten\n", "offer tenth\n")
    world = world_of(worlds, text)
    world.event("visit", "anna", "2026-05-02T00:00")
    world.tick("2026-05-02T01:00")
    (event,) = world.ledger.handed_over_events()
    assert event.properties["offer"] == "ten"
    world.facts.put_events("message_sent", [event])
    assert world.tick("2026-05-02T02:00").evaluation.segments["has_it"] == {"anna"}


def test_the_held_out_hold_nothing(worlds: list[World]) -> None:
    world = world_of(worlds, TOTAL + "  holdout 99.9999 %\n", "anna")
    world.event("visit", "anna", "2026-05-04T10:00")
    assert outcomes_of(world.tick("2026-05-04T10:00")) == {"anna": ("refused", "holdout")}
    assert world.ledger.offers_given() == {}


def test_a_rehearsal_knows_what_the_live_ledger_gave_out(worlds: list[World]) -> None:
    world = world_of(worlds, BEST, "anna", "berta")
    for name in ("anna", "berta"):
        world.event("purchase", name, "2026-05-04T10:00")
    world.tick("2026-05-04T10:00", deliver=False)
    world.consent("berta", "letter", state="withdrawn", when="2026-05-04T10:01")
    world.deliver("2026-05-04T10:02")
    with SqliteLedger.open(":memory:", clock=lambda: 0) as rehearsal:
        rehearsal.sync_evidence(world.ledger)
        rehearsal.sync_evidence(world.ledger)
        held = rehearsal.held_offers(["anna", "berta"])
        assert [(h.contact, h.offer, h.worth, h.last_day) for h in held] == [("anna", "twenty", 20_000_000, 20260531)]
        assert rehearsal.offers_given() == {"twenty": 1}


def test_only_the_last_of_a_group_is_active() -> None:
    held = [
        HeldOffer("a", "anna", "ten", 1, "discounts", 10, "%", None),
        HeldOffer("b", "anna", "twenty", 2, "discounts", 20, "%", 20260531),
        HeldOffer("c", "anna", "gift", 3, None, None, None, None),
    ]
    assert active(held, "discounts", 20260531) == held[1]
    assert active(held, "discounts", 20260601) is None
    assert holds(held, "gift", 20260601)
    assert not holds(held, "ten", 20260531)
