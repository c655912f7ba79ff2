"""Where good rows go: one function per kind of target, from a batch of rows to counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, assert_never

from adapters.importing.identity import Occurrences, digest
from adapters.importing.normalise import normalise
from adapters.importing.rows import Fitting
from adapters.importing.targets import AT, CONTACT, ID, Target
from adapters.stores.facts_record import Counts, RecordFacts
from dsl.model import Category
from dsl.schema import Schema
from dsl.types import Stored
from engine.instants import local_date
from engine.records import Basis, ConsentRecord, CountedMessage, Event, ListChange, ListMode, Suppression
from engine.zones import contact_zones, zone

CONSEQUENTIAL: tuple[str, ...] = ("message_bounced", "message_complained", "unsubscribed")
"""Events whose arrival changes the ledger; see `consequences`."""


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
        """Remember that these contacts are imported quietly; before they are in the store."""
        ...

    def quiet_arrived(self, contacts: Collection[str], /) -> None:
        """Those of them that were marked are in the store now."""
        ...

    def add_messages(self, messages: Iterable[CountedMessage], /) -> tuple[int, int]:
        """Add messages sent elsewhere, which caps then count."""
        ...


class Writer(Protocol):
    """Stores batches of good rows of one kind; the facts store has a transaction open around each."""

    def write(self, good: Fitting) -> Counts:
        """Store the batch; the ledger commits on its own. Raises AlreadyStored if the transaction is to be rolled back,
        and the same batch given again."""
        ...


def writer_for(
    target: Target,
    schema: Schema,
    store: RecordFacts,
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
            if sink is not None and target.event.name in CONSEQUENTIAL:
                from adapters.importing.consequences import ReportEvents

                return ReportEvents(target.event.name, schema, store, sink, occurrences, now)
            return Events(target.event.name, tuple(target.event.properties), store, occurrences)
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


def _among(values: Mapping[str, Stored], names: Sequence[str]) -> dict[str, Stored]:
    return {name: value for name in names if (value := values.get(name)) is not None}


def _optional(values: Mapping[str, Stored], name: str) -> str | None:
    return _text(values, name) or None


def _at(values: Mapping[str, Stored], otherwise: int = 0) -> int:
    value = values.get(AT)
    return value if isinstance(value, int) else otherwise


@dataclass(frozen=True, slots=True)
class _Contacts:
    schema: Schema
    store: RecordFacts
    now: int

    def write(self, good: Fitting) -> Counts:
        key = self.schema.key
        return self.store.put_contacts(((_text(r.values, key), r.values) for r in good.goods()), at=self.now)


@dataclass(frozen=True, slots=True)
class _Facts:
    name: str
    store: RecordFacts

    def write(self, good: Fitting) -> Counts:
        return self.store.put_facts(self.name, (r.values for r in good.goods()))


class Listing:
    """Collects the contacts of a file and changes the list at the end, all at once: a file that is cut off changes
    nothing. A row counts as new where its contact comes (or, with "remove", as changed where it goes)."""

    def __init__(self, name: str, mode: ListMode, sink: EvidenceSink) -> None:
        self._name = name
        self._mode = mode
        self._sink = sink
        self._before = frozenset(sink.listed(name))
        self._given: set[str] = set()

    def write(self, good: Fitting) -> Counts:
        """Remember the contacts of a batch."""
        keys = [str(key) for key in good.known(CONTACT)]
        fresh = {key for key in keys if key not in self._given}
        self._given |= fresh
        moving = sum(1 for key in fresh if (key in self._before) == (self._mode == "remove"))
        if self._mode == "remove":
            return Counts(changed=moving, same=len(keys) - moving)
        return Counts(new=moving, same=len(keys) - moving)

    def finish(self) -> ListChange:
        """Change the list."""
        return self._sink.put_list(self._name, self._given, self._mode)


def event_ids(name: str, properties: Sequence[str], good: Fitting, occurrences: Occurrences) -> Sequence[str]:
    """The ids of rows as events. Those without one get a hash of type, contact, instant, properties and occurrence."""
    given = good.known(ID)
    if good.full(ID):
        return given  # type: ignore[return-value]
    names = sorted(properties)
    columns = [good.known(n) for n in names]
    hashed = []
    for id_, contact, at, *values in zip(given, good.known(CONTACT), good.known(AT), *columns, strict=True):
        if id_ is None:
            known = [[n, v] for n, v in zip(names, values, strict=True) if v is not None]
            hashed.append(digest(name, contact, at, known))
    made = iter(occurrences.distinguish(hashed))
    return [next(made) if id_ is None else str(id_) for id_ in given]


class Events:
    """Stores events, column by column."""

    def __init__(self, name: str, properties: Sequence[str], store: RecordFacts, occurrences: Occurrences) -> None:
        self._name = name
        self._properties = properties
        self._store = store
        self._occurrences = occurrences
        self.likely_new = True
        """Whether the next rows are probably new ones."""
        self._given: tuple[Fitting, Sequence[str]] | None = None
        self.hashed = False
        """Whether any row had no id of its own."""

    def number(self, good: Fitting) -> Sequence[str]:
        """The ids of a batch; batches must come in their order, each once."""
        self.hashed = self.hashed or not good.full(ID)
        return event_ids(self._name, self._properties, good, self._occurrences)

    def write(self, good: Fitting) -> Counts:
        """See `Writer`."""
        again = self._given is not None and self._given[0] is good
        ids = self._given[1] if self._given is not None and again else self.number(good)
        self._given = (good, ids)
        counts = self._put(ids, good, likely_new=self.likely_new and not again)
        self._given = None
        # a file that was imported before is mostly stored, one that was not mostly new
        self.likely_new = counts.same + counts.changed == 0
        return counts

    def compare(self, good: Fitting) -> Counts:
        """The same for rows of which some are known to be stored: never raises AlreadyStored."""
        return self._put(self.number(good), good, likely_new=False)

    def begin_anew(self) -> None:
        """The batches come again from the first on."""
        self._occurrences.clear()
        self._given = None

    def _put(self, ids: Sequence[str], good: Fitting, *, likely_new: bool) -> Counts:
        return self._store.put_event_columns(
            self._name,
            ids,
            good.known(CONTACT),  # type: ignore[arg-type]
            good.known(AT),  # type: ignore[arg-type]
            {name: good.known(name) for name in self._properties},
            likely_new=likely_new,
        )


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

    def write(self, good: Fitting) -> Counts:
        # a withdrawal from everything is several records, and counts as one row
        spread = [[self._record(values) for values in self._spread(r.values)] for r in good.goods()]
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

    def write(self, good: Fitting) -> Counts:
        rows = good.goods()
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
    store: RecordFacts
    sink: EvidenceSink
    occurrences: Occurrences
    zone: str

    def write(self, good: Fitting) -> Counts:
        categories = [_CATEGORIES[_text(r.values, "category", "promotional")] for r in good.goods()]
        names = tuple(self.schema.events["message_sent"].properties)
        ids = event_ids("message_sent", names, good, self.occurrences)
        events = [
            Event("message_sent", id_, _text(r.values, CONTACT), _at(r.values), properties=_among(r.values, names))
            for id_, r in zip(ids, good.goods(), strict=True)
        ]
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
