"""The ways in which a trigger can reach a contact: consent, an address, no suppression (LANGUAGE.md §6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import assert_never

from dsl.learned import RESPONSES, WITHIN
from dsl.model import Send, Trigger
from dsl.schema import preferable
from engine.records import ConsentRecord, Contact, Event
from engine.verdict import Verdict
from engine.world import World


def options_of(
    trigger: Trigger, contact: Contact, world: World
) -> tuple[list[tuple[Send, str | None]], Verdict | None]:
    """The sends of the trigger that have consent and an address, in order; and why the first of the others has not. Of
    `send preferred` only the contact's preferred channel is tried."""
    options: list[tuple[Send, str | None]] = []
    first_refusal: Verdict | None = None
    tried = [send for send in trigger.sends if not send.preferred or send.channel == preferred_of(contact, world)]
    if trigger.sends and not tried:
        return [], Verdict("refused", "reachable", "no preferred channel is known")
    for send in tried:
        refusal, address = reachable(trigger, send, contact, world)
        if refusal is None:
            options.append((send, address))
        elif first_refusal is None:
            first_refusal = refusal
    return options, first_refusal


def preferred_of(contact: Contact, world: World) -> str | None:
    """The channel that a contact prefers: as the field with this role says, else as its responses taught. A value that
    is no channel counts as missing."""
    said = contact.fields.get(world.schema.preferred_field or "")
    if said in preferable(world.schema):
        return str(said)
    return world.taught.get(contact.key)


def taught_by(events: Mapping[str, Sequence[Event]], channels: Collection[str], as_of: int) -> str | None:
    """What responses taught at `as_of`, by the rule of `dsl.learned`: `learned_channel`, for judgements. Of two
    responses at one instant the one with the greater id is the newer."""
    within = WITHIN.micros()
    assert within is not None, "days are elapsed time"
    for kind in RESPONSES:
        answers = [
            (event.at, event.id, str(event.properties.get("channel")))
            for event in events.get(kind, ())
            if as_of - within < event.at <= as_of and event.properties.get("channel") in channels
        ]
        if answers:
            return max(answers)[2]
    return None


def reachable(trigger: Trigger, send: Send, contact: Contact, world: World) -> tuple[Verdict | None, str | None]:
    """Why a way of sending is closed for the contact, or None and the address it takes (None: it needs none)."""
    consent = world.consents.get((contact.key, send.channel, trigger.purpose))
    if not _has_basis(trigger, consent):
        why = "withdrawn" if consent is not None and consent.state == "withdrawn" else "none on record"
        return Verdict("refused", "consent", f"no consent to {send.channel} for {trigger.purpose} ({why})"), None
    field_name = world.schema.channels[send.channel].address
    if field_name is None:
        return None, None
    address = contact.key if field_name == world.schema.key else contact.fields.get(field_name)
    if address is None:
        return Verdict("refused", "reachable", f"no `{field_name}` for {send.channel}"), None
    reason = world.suppressed.by(send.channel, contact.key, str(address))
    if reason is not None:
        return Verdict("refused", "suppressed", f"{send.channel} suppressed: {reason}"), None
    return None, str(address)


def _has_basis(trigger: Trigger, consent: ConsentRecord | None) -> bool:
    """Promotional messages need consent, service messages consent or another recorded basis, transactional none."""
    match trigger.category:
        case "transactional":
            return True
        case "service":
            return consent is not None and consent.state == "granted"
        case "promotional":
            return consent is not None and consent.state == "granted" and consent.basis == "consent"
        case _:
            assert_never(trigger.category)
