"""`send preferred`: the contact's preferred channel first, by its field, else by what its responses taught."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.stores.facts import SqliteFacts
from dsl.schema import Field, Schema, preferable
from dsl.types import OneOf, Text, Type
from engine.records import Event
from engine.tick import Engine, tick
from engine.ways import taught_by
from tests.engine.world import SCHEMA, World, at, model_of, outcomes_of

TEXT = """
trigger hello
  on visit
  send preferred promo
    else send email hello
"""


@pytest.fixture
def world() -> Iterator[World]:
    one = World(TEXT, active_from="2026-05-01T00:00")
    one.contact("anna", phone="+41790000000")
    one.consent("anna", "sms")
    yield one
    one.close()


def visit(world: World, when: str) -> tuple[str, str]:
    world.event("visit", "anna", when)
    return outcomes_of(world.tick(when))["anna"]


def ways(world: World) -> list[tuple[str, str]]:
    return [(row.message.channel, row.message.template) for row in world.ledger.outbox(("sent",))]


def test_without_a_preference_the_else_is_taken(world: World) -> None:
    assert visit(world, "2026-05-04T10:00") == ("queued", "reserved")
    assert ways(world) == [("email", "hello")]


def test_the_newest_click_teaches_and_without_one_the_newest_opening(world: World) -> None:
    world.event("message_opened", "anna", "2026-05-02T10:00", channel="email")
    world.event("message_opened", "anna", "2026-05-03T10:00", channel="sms")
    visit(world, "2026-05-04T10:00")
    world.event("message_clicked", "anna", "2026-05-05T10:00", channel="email")
    world.event("message_opened", "anna", "2026-05-05T11:00", channel="sms")
    visit(world, "2026-05-06T10:00")
    world.event("message_clicked", "anna", "2026-05-07T10:00", channel="fax")
    visit(world, "2026-05-08T10:00")
    assert ways(world) == [("sms", "promo"), ("email", "promo"), ("email", "promo")]


def test_a_preferred_channel_that_is_closed_passes_on(world: World) -> None:
    world.event("message_opened", "anna", "2026-05-03T10:00", channel="letter")
    visit(world, "2026-05-04T10:00")
    assert ways(world) == [("email", "hello")]


def test_with_nothing_open_the_reason_is_told(world: World) -> None:
    world.consent("anna", state="withdrawn", when="2026-05-03T00:00")
    assert visit(world, "2026-05-04T10:00") == ("refused", "consent")
    world.play(TEXT.replace("send email hello", 'notify sales "call"'))
    world.event("visit", "anna", "2026-05-05T10:00")
    report = world.tick("2026-05-05T10:00")
    assert [(j.gate, j.detail) for _, j in report.decisions] == [("reserved", "no preferred channel is known")]
    assert world.sent() == [("anna", "sales")]


def test_what_waits_follows_the_preference(world: World) -> None:
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00", deliver=False)
    world.event("message_clicked", "anna", "2026-05-04T10:30", channel="sms")
    world.tick("2026-05-04T11:00")
    assert ways(world) == [("sms", "promo")]


@pytest.mark.parametrize("closed", ["withdrawn", "bounced"])
@pytest.mark.parametrize("first", ["tick", "marker"])
def test_a_way_that_closes_while_the_message_waits(world: World, closed: str, first: str) -> None:
    """The next tick sends it the other way. Where the marker finds out, nothing leaves, and the run is over."""
    world.play("trigger rescue\n  on visit\n  send email hello\n    else send sms promo\n")
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00", deliver=False)
    if closed == "withdrawn":
        world.consent("anna", "email", state="withdrawn", when="2026-05-04T10:10")
    else:
        world.suppress(address="anna@example.ch", channel="email")
    if first == "marker":
        world.deliver("2026-05-04T10:15")
    world.tick("2026-05-04T10:30")
    world.tick("2026-05-04T10:40")
    assert ways(world) == ([("sms", "promo")] if first == "tick" else [])
    gate = "consent" if closed == "withdrawn" else "suppressed"
    told = [("queued", "reserved")] + ([] if first == "tick" else [("refused", gate)])
    assert world.outcomes("anna") == told


@pytest.mark.parametrize(
    ("kind", "value", "way"),
    [
        (Text(), "sms", ("sms", "promo")),
        (Text(), "pigeon", ("email", "promo")),
        (Text(), None, ("email", "promo")),
        (OneOf(("sms", "phone")), "sms", ("sms", "promo")),
        (OneOf(("sms", "phone")), "phone", ("email", "hello")),
        (OneOf(("sms", "phone")), None, ("email", "hello")),
    ],
)
def test_the_field_goes_before_what_was_taught(
    world: World, kind: Type, value: str | None, way: tuple[str, str]
) -> None:
    """A response by email was the newest; where the field cannot name email, nobody prefers it."""
    schema = with_preference(kind)
    with SqliteFacts.open(":memory:", schema, now=0) as facts:
        facts.put_contacts([("anna", {"email": "anna@x", "phone": "+41790000000", "way": value})], at=0)
        facts.put_events(
            "message_clicked", [Event("message_clicked", "m", "anna", at("2026-05-02T00:00"), 0, {"channel": "email"})]
        )
        facts.put_events("visit", [Event("visit", "v", "anna", at("2026-05-04T10:00"))])
        before = world.engine()
        model = model_of(TEXT, schema)
        engine = Engine(
            model, before.plan_hash, before.definition_hashes, executor_of(model, facts, schema), facts, world.ledger,
            world.time_zone, world.active_from,
        )  # fmt: skip
        tick(engine, at("2026-05-04T10:00"))
    (row,) = world.ledger.outbox(("queued",))
    assert (row.message.channel, row.message.template) == way


def with_preference(kind: Type) -> Schema:
    return replace(SCHEMA, fields={**SCHEMA.fields, "way": Field("way", kind)}, preferred_field="way")


def executor_of(model: object, facts: SqliteFacts, schema: Schema):  # type: ignore[no-untyped-def]  # the executor's own type
    from adapters.executors import executor
    from engine.plan import make_plan

    return executor("interpreter", model, make_plan(model, schema, "Europe/Zurich"), facts, "Europe/Zurich")  # type: ignore[arg-type]  # a model


def test_what_can_be_preferred() -> None:
    assert preferable(SCHEMA) == ("email", "sms", "letter")
    assert preferable(with_preference(OneOf(("letter", "email", "fax")))) == ("email", "letter")
    assert preferable(with_preference(OneOf(("fax",)))) == ()


def test_of_two_responses_at_one_instant_the_greater_id_is_newer() -> None:
    opened = Event("message_opened", "b", "anna", 5, 0, {"channel": "sms"})
    clicked = replace(opened, id="a", properties={"channel": "email"})
    events = {"message_opened": (clicked, opened)}
    assert taught_by(events, ("email", "sms"), 5) == "sms"
    assert taught_by({"message_opened": (opened, replace(clicked, id="c"))}, ("email", "sms"), 5) == "email"
    assert taught_by(events, ("letter",), 5) is None


def test_what_goes_another_way_takes_no_room_that_is_kept() -> None:
    """It had its room among mails; among texts it stands behind, like any other message of its priority."""
    text = "cap keep at most 3 sms per 7 days keeping 2 for priority >= 80\n"
    world = World(text + TEXT + "    else send sms news\n", active_from="2026-05-01T00:00")
    world.contact("anna", phone="+41790000000")
    world.consent("anna", "sms")
    for hour in (1, 2):
        world.event("visit", "anna", f"2026-05-04T0{hour}:00")
        world.tick(f"2026-05-04T0{hour}:00", deliver=False)
    world.consent("anna", state="withdrawn", when="2026-05-04T03:00")
    world.tick("2026-05-04T04:00")
    assert world.sent() == [("anna", "news")]
    assert world.outcomes("anna")[-1] == ("refused", "capped")
    world.close()
