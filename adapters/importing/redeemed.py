"""Redemptions: events that find their contact by the code of an offer (`coupons: redeemed` in kadenz.yaml).

The till, the shop and the call centre know the code and mostly not the person. What does not add up goes into
quarantine with its reason: a code that nobody holds, one of somebody else than the row names, one that was used before,
one that was over by then. An ordinary code, the same for all, passes where the row names a contact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from adapters.coupon_codes import candidates, symbols
from adapters.importing.rows import Good, RowReader, Wrong
from adapters.importing.targets import AT, CONTACT, ID, Target
from adapters.stores.facts_record import RecordFacts
from dsl.schema import Schema
from dsl.types import Stored
from engine.instants import date_at
from engine.interpret import zones_of
from engine.offers import holds
from engine.records import ContactData, Event, HeldOffer
from engine.zones import zone

_AGAIN = ("code used before", "this code was redeemed before")


def without_contact(target: Target) -> Target:
    """The target of events that need name no contact."""
    slots = tuple(
        replace(slot, needed=False, field=replace(slot.field, required=False)) if slot.name == CONTACT else slot
        for slot in target.slots
    )
    return replace(target, slots=slots)


class Redemptions:
    """The codes that people hold, for one import of events of `event`, whose property `code` has one. `held`: all
    offers that are held, in the order in which they were given. `zone` is the project's."""

    def __init__(
        self,
        event: str,
        code: str,
        secret: str,
        held: Iterable[HeldOffer],
        store: RecordFacts,
        schema: Schema,
        zone: str,
    ) -> None:
        self._event = event
        self._code = code
        self._secret = secret
        self._held = held
        self._store = store
        self._schema = schema
        self._zone = zone
        self._used: dict[str, set[tuple[str | None, int]]] = defaultdict(set)

    def judge(self, rows: Sequence[Good], reader: RowReader) -> tuple[list[Good], list[Wrong]]:
        """The rows with their contacts, and what is wrong with the others."""
        found = [self._found(row) for row in rows]
        holders = {one[1] for one in found if one is not None}
        loaded = self._store.load(sorted(holders), [self._event], 1 << 62)
        known = {data.contact.key: data for data in loaded}
        kept: list[Good] = []
        wrong: list[Wrong] = []
        without_id: set[tuple[str, Stored]] = set()
        for row, one in zip(rows, found, strict=True):
            said = self._without(row) if one is None else self._wrong(row, *one, known)
            if one is not None and row.values.get(ID) is None and said is None:
                if (one[0], row.values[AT]) in without_id:
                    said = _AGAIN
                without_id.add((one[0], row.values[AT]))
            if said is not None:
                wrong.append(reader.wrong(row.row, self._code, *said))
            elif one is not None:
                kept.append(replace(row, values={**row.values, CONTACT: one[1]}))
            else:
                kept.append(row)
        return kept, wrong

    @cached_property
    def _codes(self) -> Mapping[str, tuple[str, str]]:
        """Symbols -> contact and offer."""
        return {
            symbols(self._secret, offer, contact): (contact, offer)
            for contact, held in self._by_contact.items()
            for offer in {one.offer for one in held}
        }

    @cached_property
    def _by_contact(self) -> Mapping[str, list[HeldOffer]]:
        found: dict[str, list[HeldOffer]] = defaultdict(list)
        for one in self._held:
            found[one.contact].append(one)
        return found

    def _found(self, row: Good) -> tuple[str, str, str] | None:
        """Symbols, contact and offer of the code in a row."""
        text = row.values.get(self._code)
        own = next((c for c in candidates(str(text or "")) if c in self._codes), None)
        return None if own is None else (own, *self._codes[own])

    def _without(self, row: Good) -> tuple[str, str] | None:
        """What is wrong with a row that has no code that somebody holds."""
        text = row.values.get(self._code)
        if any(candidates(str(text or ""))):
            return "code that nobody holds", "nobody was given an offer with this code, or what gave it did not leave"
        if row.values.get(CONTACT) is not None:
            return None
        if text is None:
            return "required value missing", f"names neither a contact nor a code in `{self._code}`"
        return "no code of a person", "is no code of one person (mistyped?), and the row names no contact"

    def _wrong(
        self, row: Good, own: str, contact: str, offer: str, known: Mapping[str, ContactData]
    ) -> tuple[str, str] | None:
        if row.values.get(CONTACT) not in (None, contact):
            return "code of somebody else", "another contact was given this code than the row names"
        data = known.get(contact)
        if data is None:
            return "code that nobody holds", "the contact that was given this code is no longer in the store"
        at, name = int(row.values[AT] or 0), row.values.get(ID)
        this = (None if name is None else str(name), at)
        if any(not _same(used, this) for used in (*self._used[own], *self._before(own, data.events[self._event]))):
            return _AGAIN
        clock = zone(zones_of(data.contact, self._schema, self._zone).reckoning)
        day = date_at(at, clock)
        # a till may tell the day alone, on which the offer was given
        given = [
            one
            for one in self._by_contact[contact]
            if one.at <= at or (one.offer == offer and date_at(one.at, clock) <= day)
        ]
        if not holds(given, offer, day):
            return (
                "code that is over",
                "the offer was over on this day, not given yet, or had given way to a better one",
            )
        self._used[own].add(this)
        return None

    def _before(self, own: str, events: Sequence[Event]) -> Iterable[tuple[str | None, int]]:
        """The events that are stored with this code."""
        return ((e.id, e.at) for e in events if own in candidates(str(e.properties.get(self._code) or "")))


def _same(one: tuple[str | None, int], other: tuple[str | None, int]) -> bool:
    """Whether two rows tell of one redemption: by their ids where both have one of their own, else by the instant."""
    if other[0] is not None and one[0] is not None:
        return one[0] == other[0]
    return one[1] == other[1]
