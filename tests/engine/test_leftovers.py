"""What waits in the outbox is judged again; what it gives up is free for others; runs that meet each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.executors import executor as executor_named
from adapters.stores.facts import SqliteFacts
from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine.evaluation import EVERYTHING, Evaluation, Executor, Memory, Scope
from engine.plan import make_plan
from engine.records import ConsentRecord, CountedMessage, Event
from engine.tick import Engine, TooMany, tick
from tests.engine.world import SCHEMA, ZURICH, World, at, model_of

START = "2026-05-01T00:00"
CART = """
trigger rescue
  on cart_added
  send email reminder
"""
TWO = """
trigger rescue
  on cart_added
  send email reminder
trigger hello
  on visit
  send email hello
  priority 40
cap one at most {} per 7 days
"""


@pytest.fixture
def worlds() -> Iterator[list[World]]:
    held: list[World] = []
    yield held
    for world in held:
        world.close()


def world_of(worlds: list[World], text: str) -> World:
    world = World(text, active_from=START)
    worlds.append(world)
    world.contact("anna")
    return world


def without_carts(world: World) -> None:
    world.facts.connection.execute("DELETE FROM event_cart_added")


def test_a_reservation_that_falls_leaves_its_room_to_others(worlds: list[World]) -> None:
    world = world_of(worlds, TWO.format("1 message"))
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    without_carts(world)
    world.event("visit", "anna", "2026-05-04T10:06")
    world.tick("2026-05-04T10:10")
    assert world.sent() == [("anna", "hello")]


def test_a_run_that_falls_does_not_count_for_again(worlds: list[World]) -> None:
    world = world_of(worlds, CART + "  again never\n")
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    without_carts(world)
    world.event("cart_added", "anna", "2026-05-04T10:06")
    world.tick("2026-05-04T10:10")
    assert world.sent() == [("anna", "reminder")]


def test_a_stricter_cap_takes_one_of_two_that_wait_and_not_both(worlds: list[World]) -> None:
    world = world_of(worlds, TWO.format("2 messages"))
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    world.play(TWO.format("1 message"))
    world.tick("2026-05-04T10:10")
    assert world.sent() == [("anna", "reminder")]


def test_what_an_earlier_tick_gave_out_stays_given(worlds: list[World]) -> None:
    world = world_of(worlds, TWO.format("1 message"))
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    world.event("cart_added", "anna", "2026-05-04T10:06")  # of higher priority, but later
    world.tick("2026-05-04T10:10")
    assert world.sent() == [("anna", "hello")]


def test_what_waits_goes_the_next_way_when_its_own_closes(worlds: list[World]) -> None:
    world = world_of(worlds, CART.replace("reminder", "reminder else send sms reminder"))
    world.contact("anna", consent="sms", phone="+41791234567")
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    world.consent("anna", state="withdrawn", when="2026-05-04T10:06")
    world.tick("2026-05-04T10:10")
    assert [(r.message.channel, r.message.address) for r in world.ledger.outbox(("sent",))] == [("sms", "+41791234567")]


def test_what_waits_goes_to_the_present_address_and_counts_as_before(worlds: list[World]) -> None:
    world = world_of(worlds, CART)
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    world.contact("anna", consent=None, email="new@example.ch")
    world.tick("2026-05-04T10:10")
    sent = [(r.message.address, r.message.reserved_at) for r in world.ledger.outbox(("sent",))]
    assert sent == [("new@example.ch", at("2026-05-04T10:05"))]


def test_leftovers_are_not_queued_again_and_not_counted_against_the_limit(worlds: list[World]) -> None:
    world = world_of(worlds, CART)
    world.contact("berta")
    for who in ("anna", "berta"):
        world.event("cart_added", who, "2026-05-04T10:00")
    assert tick(world.engine(), at("2026-05-04T10:05"), most=2).reserved == 2
    assert tick(world.engine(), at("2026-05-04T10:06"), most=0).reserved == 0
    world.event("cart_added", "anna", "2026-05-04T10:06")
    with pytest.raises(TooMany):
        tick(world.engine(), at("2026-05-04T10:07"), most=0)


def test_an_event_corrected_to_be_anothers_is_no_cause_any_more(worlds: list[World]) -> None:
    world = world_of(worlds, CART.replace("cart_added", "cart_added\n  wait 1 hour"))
    world.contact("berta")
    world.event("cart_added", "anna", "2026-05-04T10:00", id="x")
    world.event("cart_added", "berta", "2026-05-04T10:00", id="y")
    world.tick("2026-05-04T10:05")
    world.event("cart_added", "berta", "2026-05-04T10:00", id="x")
    world.tick("2026-05-04T11:05")
    assert world.sent() == [("berta", "reminder")]


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (
            "segment a where country = CH\nsegment b where active\ntrigger t on entering {} send email hello\n",
            "a",
            "b",
        ),
        (
            "score a +10 when country = CH stage cold from 0 stage hot from 10\n"
            "score b +10 when active stage cold from 0 stage hot from 10\n"
            "trigger t on {} reaching hot send email hello\n",
            "a",
            "b",
        ),
    ],
)
def test_the_first_change_under_an_edited_cause_is_a_new_occasion(
    worlds: list[World], text: str, before: str, after: str
) -> None:
    world = world_of(worlds, text.format(before))
    world.tick("2026-05-02T10:00")
    world.contact("anna", country="CH")
    world.tick("2026-05-02T11:00")
    world.play(text.format(after))
    world.tick("2026-05-03T10:00")
    world.contact("anna", active=1)
    world.tick("2026-05-05T11:00")
    assert world.sent() == [("anna", "hello")] * 2


@pytest.mark.parametrize(
    "after",
    [
        "segment b was a where country = CH\ntrigger t on entering b send email hello\n",
        "define swiss = country = CH\nsegment a where swiss\ntrigger t on entering a send email hello\n",
    ],
)
def test_a_new_name_swallows_no_change(worlds: list[World], after: str) -> None:
    world = world_of(worlds, "segment a where country = CH\ntrigger t on entering a send email hello\n")
    world.tick("2026-05-02T10:00")
    world.contact("anna", country="CH")
    world.play(after)
    world.tick("2026-05-02T11:00")
    assert world.sent() == [("anna", "hello")]


class _Meanwhile:
    """An executor during whose first evaluation something else happens."""

    def __init__(self, inner: Executor, happens: list[object]) -> None:
        self.inner = inner
        self.happens = happens
        self.hold = inner.hold

    def evaluate(self, as_of: int, memory: Memory, scope: Scope = EVERYTHING) -> Evaluation:
        found = self.inner.evaluate(as_of, memory, scope)
        if self.happens:
            happens = self.happens.pop()
            assert callable(happens)
            happens()
        return found


@pytest.mark.parametrize("name", ["interpreter", "sql"])
def test_a_run_that_was_overtaken_looks_at_the_facts_again(tmp_path: Path, name: str) -> None:
    model = model_of("segment big where did visit\ntrigger t on entering big send email hello\n")
    plan = make_plan(model, SCHEMA, ZURICH)

    def engine(facts: SqliteFacts, ledger: SqliteLedger) -> Engine:
        executor = executor_named(name, model, plan, facts, ZURICH)
        return Engine(model, plan.hash, plan.definition_hashes, executor, facts, ledger, ZURICH, at(START))

    with (
        SqliteFacts.open(tmp_path / "facts", SCHEMA, now=0) as mine,
        SqliteFacts.open(tmp_path / "facts", SCHEMA, now=0) as others,
        SqliteLedger.open(tmp_path / "ledger", clock=lambda: 0) as ledger,
        SqliteLedger.open(tmp_path / "ledger", clock=lambda: 0) as second,
    ):
        ledger.add_consents([ConsentRecord("c", "anna", "marketing", "email", "granted", "consent", "test", 0)])
        mine.put_contacts([("anna", {"email": "anna@example.ch"})], at=0)
        tick(engine(mine, ledger), at("2026-05-02T00:00"))

        def another_run() -> None:
            others.put_events("visit", [Event("visit", "v", "anna", at("2026-05-02T00:30"))])
            assert [j.outcome for _, j in tick(engine(others, second), at("2026-05-02T01:00")).decisions] == ["queued"]

        slow = engine(mine, ledger)
        object.__setattr__(slow, "executor", _Meanwhile(slow.executor, [another_run]))
        tick(slow, at("2026-05-02T01:01"))
        tick(engine(mine, ledger), at("2026-05-02T02:00"))
        assert [f.occasion for f, _ in ledger.judgements("anna")] == ["entry big 1"]


# ---------------------------------------------------------------- notices beside a message

BESIDE = CART + '  notify sales "a cart"\n'


def states(world: World) -> list[tuple[str, str]]:
    return [(row.message.kind, row.state) for row in world.ledger.outbox()]


def test_a_notice_falls_with_its_message_at_the_next_tick(worlds: list[World]) -> None:
    world = world_of(worlds, BESIDE)
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    without_carts(world)
    world.tick("2026-05-04T10:10")
    assert states(world) == [("message", "suppressed"), ("notice", "suppressed")]


def test_a_notice_falls_with_its_message_at_the_marker(worlds: list[World]) -> None:
    world = world_of(worlds, BESIDE)
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    world.consent("anna", state="withdrawn", when="2026-05-04T10:06")
    world.deliver("2026-05-04T10:07")
    assert states(world) == [("message", "suppressed"), ("notice", "suppressed")]


def test_a_notice_waits_with_its_message_and_follows_it(worlds: list[World]) -> None:
    world = world_of(worlds, BESIDE)
    world.event("cart_added", "anna", "2026-05-04T17:50")
    world.tick("2026-05-04T17:55", deliver=False)
    world.play(BESIDE + "quiet nights from 20:00 to 08:00\n")
    world.tick("2026-05-04T18:00")
    assert states(world) == [("message", "held"), ("notice", "held")]
    world.tick("2026-05-05T06:00")
    assert states(world) == [("message", "sent"), ("notice", "sent")]


def test_a_notice_goes_along_when_its_message_goes_another_way(worlds: list[World]) -> None:
    world = world_of(worlds, BESIDE)
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    world.contact("anna", consent=None, email="new@example.ch")
    world.tick("2026-05-04T10:10")
    assert states(world) == [("message", "sent"), ("notice", "sent")]


def test_a_notice_expires_with_its_message_in_the_queue(worlds: list[World]) -> None:
    world = world_of(worlds, BESIDE)
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    world.deliver("2026-05-06T10:07")
    assert states(world) == [("message", "expired"), ("notice", "expired")]


WAYS = """
trigger rescue
  on cart_added
  send letter reminder
  else {}
  expires after 5 days
"""


def tried(worlds: list[World], otherwise: str) -> World:
    """A letter that was marked by a run that died: it may lie in its folder, and can be written again."""
    world = world_of(worlds, WAYS.format(otherwise))
    world.consent("anna", "letter")
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    when = at("2026-05-04T10:06")
    outbox = SqlOutbox(world.ledger, clock=lambda: when, alive=lambda _: False)
    (row,) = outbox.claim("died", 1, when, ["letter"])
    assert outbox.mark(row, lambda: when, repeatable=True)
    assert outbox.recover(["letter"]).queued == 1
    return world


@pytest.mark.parametrize("otherwise", ["send email hello", 'notify sales "call her"'])
def test_what_may_have_left_goes_no_other_way(worlds: list[World], otherwise: str) -> None:
    world = tried(worlds, otherwise)
    world.consent("anna", "letter", state="withdrawn", when="2026-05-04T10:07")
    world.tick("2026-05-04T10:10")
    assert world.sent() == []
    assert states(world) == [("message", "suppressed")]
    assert len(world.ledger.counted(["anna"], 0)) == 1, "it counts on"


@pytest.mark.parametrize("otherwise", ["send email hello", 'notify sales "call her"'])
def test_what_may_have_left_and_was_held_goes_no_other_way(worlds: list[World], otherwise: str) -> None:
    world = tried(worlds, otherwise)
    world.ledger.pause("*", "look")
    world.tick("2026-05-04T10:10")
    world.ledger.resume("*")
    world.ledger.add_messages(
        [CountedMessage("h", "anna", at("2026-05-04T08:00"), "letter", "promotional", (), 20260504)]
    )
    world.play(WAYS.format(otherwise) + "cap letters at most 1 letter per 1 day\n")
    world.tick("2026-05-04T10:15")
    assert world.sent() == []


def test_what_may_have_left_is_repeated_the_same_way(worlds: list[World]) -> None:
    world = tried(worlds, "send email hello")
    world.tick("2026-05-04T10:10")
    assert world.sent() == [("anna", "reminder")]


def test_what_may_have_left_is_repeated_as_the_playbooks_say_now(worlds: list[World]) -> None:
    world = tried(worlds, "send email hello")
    world.play(WAYS.format("send email hello").replace("reminder", "welcome"))
    world.tick("2026-05-04T10:10")
    assert world.sent() == [("anna", "welcome")]
    assert len(world.ledger.counted(["anna"], 0)) == 1


def test_what_left_in_no_try_goes_another_way(worlds: list[World]) -> None:
    world = world_of(worlds, WAYS.format("send email hello"))
    world.consent("anna", "letter")
    world.event("cart_added", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:05", deliver=False)
    world.consent("anna", "letter", state="withdrawn", when="2026-05-04T10:07")
    world.tick("2026-05-04T10:10")
    assert world.sent() == [("anna", "hello")]
