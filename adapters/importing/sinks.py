"""Where good rows go: one function per kind of target, from a batch of rows to counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, assert_never

from adapters.importing.identity import Occurrences, content, digest
from adapters.importing.normalise import normalise
from adapters.importing.rows import Good
from adapters.importing.targets import AT, CONTACT, ID, Target
from adapters.stores.facts import Counts, SqliteFacts
from dsl.model import Category
from dsl.schema import Schema
from dsl.types import Stored
from engine.instants import local_date
from engine.records import Basis, ConsentRecord, CountedMessage, Event, ListChange, ListMode, Suppression
from engine.zones import contact_zones, zone


class EvidenceSink(Protocol):
    """The part of the ledger that imports write. Each call is a transaction; rows are told apart by id: (new, same)."""

    def add_consents(self, records: Iterable[ConsentRecord], /) -> tuple[int, int]:
        """Append consent records."""
        ...

    def add_suppressions(self, entries: Iterable[Suppression], /) -> tuple[int, int]:
        """Add suppressions."""
        ...

    def put_list(self, name: str, contacts: Collection[str], mode: ListMode, /) -> ListChange:
        """Change a list that is kept by hand."""
        ...

    def listed(self, name: str, /) -> Mapping[str, int]:
        """Who is on a list, now -> since when."""
        ...

    def mark_quiet(self, contacts: Collection[str], /) -> None:
        """Remember that these contacts are imported quietly."""
        ...

    def add_messages(self, messages: Iterable[CountedMessage], /) -> tuple[int, int]:
        """Add messages sent elsewhere, which caps then count."""
        ...


class Writer(Protocol):
    """Stores batches of good rows of one kind; the facts store has a transaction open around each."""

    def write(self, rows: Sequence[Good]) -> Counts:
        """Store the batch; the ledger commits on its own."""
        ...


def writer_for(
    target: Target,
    schema: Schema,
    store: SqliteFacts,
    sink: EvidenceSink | None,
    occurrences: Occurrences,
    *,
    zone: str,
    now: int,
    mode: ListMode = "replace",
) -> Writer:
    """The writer of a target. `zone`: the project's. `now`: for changes and rows without a time of their own. `mode`:
    what becomes of a list."""
    match target.kind:
        case "contacts":
            return _Contacts(schema, store, now)
        case "event":
            assert target.event is not None
            return _Events(target.event.name, store, occurrences)
        case "fact":
            assert target.fact is not None
            return _Facts(target.fact.name, store)
        case "list":
            assert target.list is not None
            assert sink is not None, "lists lie in the ledger"
            return Listing(target.list, mode, sink)
    assert sink is not None, "consents, suppressions and messages need a ledger"
    match target.kind:
        case "consents":
            return _Consents(schema, sink)
        case "suppressions":
            return _Suppressions(schema, sink, now)
        case "messages":
            return _Messages(schema, store, sink, occurrences, zone)
        case _:
            assert_never(target.kind)


def _text(values: Mapping[str, Stored], name: str, otherwise: str = "") -> str:
    value = values.get(name)
    return value if isinstance(value, str) else otherwise


def _optional(values: Mapping[str, Stored], name: str) -> str | None:
    return _text(values, name) or None


def _at(values: Mapping[str, Stored], otherwise: int = 0) -> int:
    value = values.get(AT)
    return value if isinstance(value, int) else otherwise


@dataclass(frozen=True, slots=True)
class _Contacts:
    schema: Schema
    store: SqliteFacts
    now: int

    def write(self, rows: Sequence[Good]) -> Counts:
        key = self.schema.key
        return self.store.put_contacts(((_text(r.values, key), r.values) for r in rows), at=self.now)


@dataclass(frozen=True, slots=True)
class _Facts:
    name: str
    store: SqliteFacts

    def write(self, rows: Sequence[Good]) -> Counts:
        return self.store.put_facts(self.name, (r.values for r in rows))


class Listing:
    """Collects the contacts of a file and changes the list at the end, all at once: a file that is cut off changes
    nothing. A row counts as new where its contact comes (or, with "remove", as changed where it goes)."""

    def __init__(self, name: str, mode: ListMode, sink: EvidenceSink) -> None:
        self._name = name
        self._mode = mode
        self._sink = sink
        self._before = frozenset(sink.listed(name))
        self._given: set[str] = set()

    def write(self, rows: Sequence[Good]) -> Counts:
        """Remember the contacts of a batch."""
        keys = [_text(r.values, CONTACT) for r in rows]
        fresh = {key for key in keys if key not in self._given}
        self._given |= fresh
        moving = sum(1 for key in fresh if (key in self._before) == (self._mode == "remove"))
        if self._mode == "remove":
            return Counts(changed=moving, same=len(keys) - moving)
        return Counts(new=moving, same=len(keys) - moving)

    def finish(self) -> ListChange:
        """Change the list."""
        return self._sink.put_list(self._name, self._given, self._mode)


def _with_ids(name: str, rows: Sequence[Good], occurrences: Occurrences) -> list[Event]:
    """Rows as events. Those without an id get a hash of type, contact, instant, properties and occurrence."""
    drafts = []
    for row in rows:
        properties = {n: v for n, v in row.values.items() if v is not None and n not in {CONTACT, AT, ID}}
        drafts.append((_optional(row.values, ID), _text(row.values, CONTACT), _at(row.values), properties))
    hashed = [digest(name, contact, at, content(p)) for id_, contact, at, p in drafts if id_ is None]
    made = iter(occurrences.distinguish(hashed) if hashed else ())
    return [Event(name, id_ or next(made), contact, at, properties=p) for id_, contact, at, p in drafts]


@dataclass(frozen=True, slots=True)
class _Events:
    name: str
    store: SqliteFacts
    occurrences: Occurrences

    def write(self, rows: Sequence[Good]) -> Counts:
        return self.store.put_events(self.name, _with_ids(self.name, rows, self.occurrences))


_BASES: Mapping[str, Basis] = {
    "consent": "consent",
    "request": "request",
    "contract": "contract",
    "legitimate_interest": "legitimate_interest",
}
_CATEGORIES: Mapping[str, Category] = {
    "promotional": "promotional",
    "service": "service",
    "transactional": "transactional",
}


def everywhere(values: Mapping[str, Stored]) -> bool:
    """Whether a row of consents leaves the purpose or the channel open: every one of the project is meant."""
    return values.get("purpose") is None or values.get("channel") is None


@dataclass(frozen=True, slots=True)
class _Consents:
    schema: Schema
    sink: EvidenceSink

    def write(self, rows: Sequence[Good]) -> Counts:
        # a withdrawal from everything is several records, and counts as one row
        spread = [[self._record(values) for values in self._spread(r.values)] for r in rows]
        self.sink.add_consents([record for records in spread for record in records[1:]])
        new, same = self.sink.add_consents([records[0] for records in spread])
        return Counts(new=new, same=same)

    def _spread(self, values: Mapping[str, Stored]) -> list[Mapping[str, Stored]]:
        """The row for each purpose and channel that it means; see `everywhere`."""
        if not everywhere(values):
            return [values]
        purposes = (values["purpose"],) if values.get("purpose") is not None else self.schema.purposes
        channels = (values["channel"],) if values.get("channel") is not None else tuple(self.schema.channels)
        return [{**values, "purpose": purpose, "channel": channel} for purpose in purposes for channel in channels]

    def _record(self, values: Mapping[str, Stored]) -> ConsentRecord:
        contact, purpose, channel = _text(values, CONTACT), _text(values, "purpose"), _text(values, "channel")
        state: Literal["granted", "withdrawn"] = "withdrawn" if values.get("state") == "withdrawn" else "granted"
        basis = _BASES[_text(values, "basis", "consent")]
        evidence, at = _text(values, "evidence"), _at(values)
        # with an id of its own too, all that the row says: a withdrawal under the id of the consent is a new record
        own = _optional(values, ID)
        said = (contact, purpose, channel, state, basis, evidence, at)
        id_ = digest("consent", *said) if own is None else digest("consent", own, *said)
        return ConsentRecord(id_, contact, purpose, channel, state, basis, evidence, at)


@dataclass(frozen=True, slots=True)
class _Suppressions:
    schema: Schema
    sink: EvidenceSink
    now: int

    def write(self, rows: Sequence[Good]) -> Counts:
        new, same = self.sink.add_suppressions([self._record(r.values) for r in rows])
        # a row that names a contact and an address suppresses both, and counts as one row
        both = [
            self._record({**r.values, CONTACT: None})
            for r in rows
            if r.values.get(CONTACT) is not None and r.values.get("address") is not None
        ]
        self.sink.add_suppressions(both)
        return Counts(new=new, same=same)

    def _record(self, values: Mapping[str, Stored]) -> Suppression:
        contact, channel, reason = _optional(values, CONTACT), _optional(values, "channel"), _text(values, "reason")
        address = None if contact is not None else _optional(values, "address")
        # without a time of its own the row is the same row tomorrow: its id must not hold today's
        own = values.get(AT)
        id_ = digest("suppression", contact, address, channel, reason, own)
        given = _optional(values, ID)
        if given is not None:
            id_ = given if values.get("address") is None or contact is not None else digest(given, "address")
        return Suppression(id_, contact, address, channel, reason, _at(values, self.now))


def normalised_address(schema: Schema, address: str, channel: str | None) -> str | tuple[str, str] | None:
    """The address as the contact field that holds it normalises it; see `normalise`.

    The field is the channel's; without a channel one that normalises as the address looks: email with an @, else phone.
    """
    own = schema.channels.get(channel) if channel is not None else None
    look = "email" if "@" in address else "phone"
    field = schema.fields.get(own.address) if own is not None and own.address is not None else None
    if field is None:
        field = next((f for f in schema.fields.values() if look in f.normalise), None)
    return address if field is None else normalise(address, field.normalise)


@dataclass(frozen=True, slots=True)
class _Messages:
    schema: Schema
    store: SqliteFacts
    sink: EvidenceSink
    occurrences: Occurrences
    zone: str

    def write(self, rows: Sequence[Good]) -> Counts:
        kept = [Good(r.line, {n: v for n, v in r.values.items() if n != "category"}, r.row) for r in rows]
        categories = [_CATEGORIES[_text(r.values, "category", "promotional")] for r in rows]
        events = _with_ids("message_sent", kept, self.occurrences)
        zones = self._zones({e.contact for e in events})
        self.sink.add_messages(
            CountedMessage(
                e.id,
                e.contact,
                e.at,
                _text(e.properties, "channel"),
                category,
                tuple(_text(e.properties, "tags").strip("|").split("|")) if "tags" in e.properties else (),
                local_date(e.at, zone(zones.get(e.contact, self.zone))),
            )
            for e, category in zip(events, categories, strict=True)
            if category != "transactional"  # these count nowhere (LANGUAGE.md §5)
        )
        return self.store.put_events("message_sent", events)

    def _zones(self, contacts: set[str]) -> dict[str, str]:
        found = {}
        for contact in self.store.contacts(contacts):
            own = _optional(contact.fields, self.schema.zone_field or "")
            country = _optional(contact.fields, self.schema.country_field or "")
            found[contact.key] = contact_zones(own, country, self.zone).reckoning
        return found
