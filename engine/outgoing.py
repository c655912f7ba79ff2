"""Rows for the outbox: what a run that passed all gates puts there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from dsl.model import Const, EventValue, FieldValue, Send, SetField
from dsl.schema import Schema
from dsl.types import Stored
from engine.evaluation import Run, cause_value
from engine.instants import date_at
from engine.interpret import zones_of
from engine.keys import decision_key
from engine.offers import held_of
from engine.records import Contact, CountedMessage, Firing, HandedOver, Outgoing
from engine.room import Room
from engine.tally import budgets_of, units_of
from engine.ways import reachable
from engine.world import World
from engine.zones import zone

SET: Literal["set"] = "set"
"""The channel of fields to be set: `address` is the field, `text` its value as JSON, in stored form."""

CALL: Literal["call"] = "call"
"""The channel of calls: `address` is the hook."""


def outgoing_of(firing: Firing, send: Send | None, world: World) -> list[Outgoing]:
    """The message (if the trigger sends) with its notices, fields to be set and calls, or the notice that goes in its
    place (`else notify`). The first row bears the firing's key."""
    trigger = world.triggers[firing.trigger]
    contact = world.contacts[firing.contact]
    today = date_at(world.now, zone(zones_of(contact, world.schema, world.time_zone).reckoning))
    units = units_of(world.shared_fields, firing.contact, contact)
    units |= budgets_of(world.budgets, firing.contact, world.cap_members)
    rows: list[Outgoing] = []

    def row(
        kind: Literal["message", "notice"], channel: str, template: str, address: str | None,
        offer: str | None, text: str | None,
    ) -> None:  # fmt: skip
        number = len(rows)
        key = firing.key if number == 0 else decision_key(trigger.id, firing.contact, f"{firing.occasion}#{number}")
        rows.append(
            Outgoing(
                key=key,
                kind=kind,
                trigger=trigger.id,
                contact=firing.contact,
                channel=channel,
                template=template,
                offer=offer,
                category=trigger.category,
                purpose=trigger.purpose,
                tags=trigger.tags,
                address=address,
                cause_at=firing.cause_at,
                reserved_at=world.now,
                expires_at=firing.expires_at,
                local_date=today,
                text=text,
                event_type=firing.event_type,
                event=firing.event,
                properties=firing.properties,
                units=units,
                holds=None if offer is None else held_of(world.model.offers[offer], key, firing.contact, world.now),
            )
        )

    if send is not None:
        _, address = reachable(trigger, send, contact, world)
        row("message", send.channel, send.template, address, send.offer, None)
    notices = trigger.notifies if send is not None or trigger.otherwise is None else (trigger.otherwise,)
    for notice in notices:
        row("notice", "notify", "", notice.team, None, notice.text)
    if send is not None or trigger.otherwise is None:
        for one in trigger.sets:
            row(
                "notice",
                SET,
                "",
                one.name,
                None,
                json.dumps(_set_to(one, contact, firing, world.schema), ensure_ascii=False),
            )
        for call in trigger.calls:
            row("notice", CALL, "", call.hook, None, None)
    return rows


def _set_to(one: SetField, contact: Contact, firing: Firing, schema: Schema) -> Stored:
    """What a field is set to, in stored form: as the contact and the event are when the run is reserved."""
    match one.value:
        case None:
            return None
        case Const(value=fixed):
            return fixed
        case FieldValue(name=name):
            found = contact.fields.get(name)
        case EventValue(name=name):
            run = Run(firing.key, firing.contact, firing.cause_at, firing.event_type, firing.properties, firing.event)
            found = cause_value(run, name, schema)
    return found * one.scale if isinstance(found, int) else found


def run_of(firing: Firing) -> HandedOver:
    """The run as re-entry counts it."""
    return HandedOver(firing.trigger, firing.contact, firing.cause_at, firing.key, firing.properties)


def take(messages: Sequence[Outgoing], firing: Firing, room: Room) -> None:
    """Use the room, so that the candidates after this one see it."""
    room.handed_over[firing.trigger, firing.contact].append(run_of(firing))
    for message in messages:
        if counts_at_all(message):
            room.counted.add(counted_of(message))
    give_offers(messages, room)


def give_offers(messages: Sequence[Outgoing], room: Room) -> None:
    """Hand out the offers that messages carry."""
    for message in messages:
        if message.holds is not None:
            room.offers.give(message.holds)


def counts_at_all(message: Outgoing) -> bool:
    """Whether some cap may count it."""
    return message.kind == "message" and message.category != "transactional"


def counted_of(message: Outgoing) -> CountedMessage:
    """The message as caps count it."""
    return CountedMessage(
        message.key,
        message.contact,
        message.reserved_at,
        message.channel,
        message.category,
        message.tags,
        message.local_date,
        message.units,
    )


def another_way(firing: Firing, send: Send | None, world: World) -> list[Outgoing]:
    """What should wait in the outbox instead, where the way of sending or the address is another one by now."""
    before = world.reserved.get(firing.key)
    if before is None:
        return []
    now, *notices = outgoing_of(firing, send, world)
    if firing.key in world.left and (now.kind, now.channel) != (before.kind, before.channel):
        return []
    if (before.kind, before.channel, before.template, before.offer, before.address) == (
        now.kind,
        now.channel,
        now.template,
        now.offer,
        now.address,
    ):
        return []
    if before.channel == now.channel:
        now = replace(now, reserved_at=before.reserved_at, local_date=before.local_date)
    return [now, *notices]
