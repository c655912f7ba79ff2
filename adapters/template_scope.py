"""What each template can read: contact fields always, the event's and the offer's values as its triggers allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dsl.model import Model, Offer, OnEvent, Trigger
from dsl.schema import EventType, Field
from dsl.types import DateTime, Text

OFFER_VALUES = ("code", "title", "discount")

EVENT_OWN: Mapping[str, Field] = {"at": Field("at", DateTime(), True), "id": Field("id", Text(), True)}
"""What every event has, unless its type declares a property of that name."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One way in which a template reaches people: by which trigger and channel, after which event, with which offer."""

    trigger: str
    channel: str
    event: str | None
    offer: str | None


def sendings(model: Model) -> dict[str, list[Sending]]:
    """For each template named in a `send`: how it is sent."""
    found: dict[str, list[Sending]] = {}
    for trigger in model.triggers.values():
        for send in trigger.sends:
            one = Sending(trigger.name, send.channel, event_of(trigger), send.offer)
            found.setdefault(send.template, []).append(one)
    return found


def event_of(trigger: Trigger) -> str | None:
    """The event type that causes the trigger, if one does."""
    return trigger.cause.query.event if isinstance(trigger.cause, OnEvent) else None


def event_fields(event: EventType) -> dict[str, Field]:
    """All that can be read of an event of this type."""
    return {**EVENT_OWN, **event.properties}


def offer_values(offer: Offer) -> dict[str, str]:
    """What can be read of an offer; values that it does not have are left out."""
    values = {"code": offer.code, "title": offer.title, "discount": offer.discount}
    return {name: value for name, value in values.items() if value is not None}


def common(tables: Iterable[Mapping[str, Field]]) -> dict[str, Field]:
    """The names that stand in all tables (with the field of the first)."""
    listed = list(tables)
    if not listed:
        return {}
    return {name: field for name, field in listed[0].items() if all(name in t for t in listed[1:])}
