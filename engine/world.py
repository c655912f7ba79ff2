"""Everything that candidates are judged by at one instant, read under the lock of the ledger (see `engine.decide`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dsl.model import Cap, Model, Trigger
from dsl.schema import Schema
from engine.quality import Stop
from engine.records import ConsentRecord, Contact, CountedMessage, HandedOver, HeldOffer, Outgoing, Suppression
from engine.tally import shared_fields


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Suppressions by (contact or address, channel or None for all) -> reason."""

    contacts: Mapping[tuple[str, str | None], str] = field(default_factory=dict)
    addresses: Mapping[tuple[str, str | None], str] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[Suppression]) -> Suppressed:
        """Index suppressions; the earliest reason stays."""
        contacts: dict[tuple[str, str | None], str] = {}
        addresses: dict[tuple[str, str | None], str] = {}
        for line in lines:
            if line.contact is not None:
                contacts.setdefault((line.contact, line.channel), line.reason)
            if line.address is not None:
                addresses.setdefault((line.address, line.channel), line.reason)
        return cls(contacts, addresses)

    def person(self, contact: str) -> str | None:
        """Why a contact is reached by no channel."""
        return self.contacts.get((contact, None))

    def by(self, channel: str, contact: str, address: str) -> str | None:
        """Why a contact or its address is not reached by this channel."""
        return (
            self.contacts.get((contact, channel))
            or self.addresses.get((address, channel))
            or self.addresses.get((address, None))
        )


@dataclass(frozen=True, slots=True)
class World:
    """Everything candidates are judged by at one instant."""

    now: int
    model: Model
    triggers: Mapping[str, Trigger]
    """By id (the oldest name that `was` gives), as the ledger knows them."""
    schema: Schema
    time_zone: str
    contacts: Mapping[str, Contact]
    consents: Mapping[tuple[str, str, str], ConsentRecord]
    suppressed: Suppressed
    paused: Mapping[str, str]
    active: Mapping[str, tuple[int, int | None]]
    """Trigger name -> (active from, active to)."""
    refused: Mapping[str, str]
    """Decision key -> why `where`, `unless` or the cause refuses it (only those that are refused)."""
    cap_members: Mapping[str, frozenset[str]]
    """Cap name -> contacts for which its `where` holds; caps without `where` are left out."""
    history: Mapping[str, Sequence[CountedMessage]]
    """Contact -> what counts for it; where caps speak of several contacts also what counts for the others (but for what
    is in `beside`)."""
    handed_over: Mapping[tuple[str, str], Sequence[HandedOver]]
    """(trigger id, contact) -> runs that count for re-entry."""
    beside: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Id of a budget -> the instants of what is inside of it and not in `history`."""
    scores: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Score -> contact -> points, for the scores that rank budgets."""
    suppress_members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Name of a suppress block -> contacts for which its `where` holds."""
    stops: Sequence[Stop] = ()
    """Quality blocks that fail and stop sending."""
    held_offers: Mapping[str, Sequence[HeldOffer]] = field(default_factory=dict)
    """Contact -> the offers of its messages, in the order in which they were reserved."""
    offers_given: Mapping[str, int] = field(default_factory=dict)
    """Id of an offer -> how many messages carry it, for offers that are limited `in total`."""
    taught: Mapping[str, str] = field(default_factory=dict)
    """Contact -> the preferred channel that its responses taught, where some run asks for it."""
    reserved: Mapping[str, Outgoing] = field(default_factory=dict)
    """Decision key -> what waits in the outbox for it."""
    left: Mapping[str, Outgoing] = field(default_factory=dict)
    """Decision key -> what waits for it and may have left at an earlier try, on a channel where a repeat has no
    effect: it can only be repeated on its channel."""
    shared_fields: tuple[str, ...] = field(init=False)
    """The fields by which caps make units."""
    budgets: tuple[Cap, ...] = field(init=False)
    """The budgets with `where`."""

    def __post_init__(self) -> None:
        caps = self.model.caps.values()
        object.__setattr__(self, "shared_fields", tuple(shared_fields(caps)))
        object.__setattr__(self, "budgets", tuple(cap for cap in caps if cap.total and cap.where is not None))
