"""Rows of the ledger's tables and the engine's records, one into the other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from adapters.stores.ledger_database import Row
from dsl.types import Stored
from engine.records import ConsentRecord, CountedMessage, Firing, HeldOffer, OutboxRow, Outgoing, Suppression

Bound = dict[str, str | int | None]


_sorted_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
"""Made once: a large tick writes some hundred thousand of them."""


@lru_cache(maxsize=1024)  # a trigger has the same ones each time
def json_list(values: tuple[str, ...]) -> str:
    """Tags as the ledger keeps them."""
    return json.dumps(list(values))


def properties_text(properties: Mapping[str, Stored]) -> str:
    """Properties of an event as the ledger keeps them."""
    return _sorted_json(dict(properties)) if properties else "{}"


@lru_cache(maxsize=1024)
def tags_of(text: str) -> tuple[str, ...]:
    """Tags from how the ledger keeps them."""
    return tuple(json.loads(text))


def tags_text(stored: str) -> str | None:
    """Tags as the text property `tags` of a message event: between bars, like a set; None without tags."""
    tags = sorted(set(tags_of(stored)))
    return f"|{'|'.join(tags)}|" if tags else None


def consent_record(row: Row) -> ConsentRecord:
    """From `id, contact, purpose, channel, state, basis, evidence, at`."""
    return ConsentRecord(*row)


def consent_values(record: ConsentRecord) -> Row:
    """The values in the order of `consent_record`."""
    return (
        record.id,
        record.contact,
        record.purpose,
        record.channel,
        record.state,
        record.basis,
        record.evidence,
        record.at,
    )


def suppression(row: Row) -> Suppression:
    """From `id, contact, address, channel, reason, at`."""
    return Suppression(*row)


def suppression_values(entry: Suppression) -> Row:
    """The values in the order of `suppression`."""
    return (entry.id, entry.contact, entry.address, entry.channel, entry.reason, entry.at)


def counted_message(row: Row) -> CountedMessage:
    """From `id, contact, at, channel, category, tags, local_date` and perhaps `units`."""
    key, contact, at, channel, category, tags, local_date, *units = row
    kept = json.loads(units[0]) if units and units[0] != "{}" else {}
    return CountedMessage(key, contact, at, channel, category, tags_of(tags), local_date, kept)


def counted_values(message: CountedMessage) -> Row:
    """The values in the order of `counted_message`."""
    return (
        message.id,
        message.contact,
        message.at,
        message.channel,
        message.category,
        json_list(message.tags),
        message.local_date,
    )


def held_offer_values(held: HeldOffer) -> Row:
    """The values in the order of the record's fields."""
    return (held.key, held.contact, held.offer, held.at, held.group, held.worth, held.unit, held.last_day)


def firing(row: Row) -> Firing:
    """From the columns of `firing` in their order."""
    values = list(row)
    values[10] = json.loads(values[10]) if values[10] != "{}" else {}
    return Firing(*values)


def firing_values(entry: Firing) -> Bound:
    """The values by column."""
    return {
        "key": entry.key,
        "trigger": entry.trigger,
        "contact": entry.contact,
        "occasion": entry.occasion,
        "cause_at": entry.cause_at,
        "seen_at": entry.seen_at,
        "due_at": entry.due_at,
        "expires_at": entry.expires_at,
        "event_type": entry.event_type,
        "event": entry.event,
        "properties": properties_text(entry.properties),
        "state": entry.state,
        "not_before": entry.not_before,
        "channel": entry.channel,
    }


def outbox_row(row: Row) -> OutboxRow:
    """From `id`, the message (key .. properties), `state, fence, owner, attempts, not_before, note, changed_at`."""
    message = list(row[1:20])
    message[9], message[18] = tags_of(message[9]), json.loads(message[18])
    rest = list(row[20:])
    return OutboxRow(row[0], Outgoing(*message), *rest)


def outgoing_values(message: Outgoing) -> Bound:
    """The values by column."""
    return {
        "key": message.key,
        "kind": message.kind,
        "trigger": message.trigger,
        "contact": message.contact,
        "channel": message.channel,
        "template": message.template,
        "offer": message.offer,
        "category": message.category,
        "purpose": message.purpose,
        "tags": json_list(message.tags),
        "address": message.address,
        "cause_at": message.cause_at,
        "reserved_at": message.reserved_at,
        "expires_at": message.expires_at,
        "local_date": message.local_date,
        "text": message.text,
        "event_type": message.event_type,
        "event": message.event,
        "properties": properties_text(message.properties),
        "units": properties_text(message.units),
    }
