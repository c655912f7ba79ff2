"""Writing contacts, events and fact rows, each batch in one transaction, with an exact account of what changed.

INVARIANT: the store's own counter `_sequence.last` rises with every row that is new or changed (contacts, facts) or
new (events); an event that is corrected keeps its number, so that "arrived after" stays a fact about arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import TypeVar

from adapters.stores import facts_sql
from adapters.stores.facts_database import FactsDatabase, Refused, StoreError
from adapters.stores.facts_migrations import fact_key
from adapters.stores.facts_points import Points
from dsl.schema import EventType, FactTable, Schema
from dsl.types import Stored
from engine import layout
from engine.records import Event

BATCH = 5_000
"""Rows per transaction: large enough for speed, small enough that readers of the write lock never wait long."""

MANY = 200_000
"""Rows that are put into the order of the table before they are inserted: so many change most pages of a large table,
and more of these than are kept in memory. With fewer, sorting takes longer than what it saves."""

T = TypeVar("T")


class AlreadyStored(StoreError):
    """Events that were to be new are not, or do not fit: ask what is stored."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What writing did: rows that are new, changed, and the same as before."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.new + other.new, self.changed + other.changed, self.same + other.same)


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The rows in lists of at most `size`."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


def take_numbers(database: FactsDatabase, how_many: int) -> int:
    """Reserve arrival numbers; answers the first of them."""
    # INVARIANT: a counter behind the lock of the writer, never a sequence of the database: numbers of a sequence become
    # visible in the order of commits, and a reader that remembers the highest one would pass over those that come later
    found = database.one("SELECT last FROM _sequence")
    assert found is not None, "the first step writes it"
    last = int(found[0])
    database.run("UPDATE _sequence SET last = ?", (last + how_many,))
    database.run("INSERT INTO _marks (last) VALUES (?)", (last + how_many,))
    return last + 1


def _known(columns: Iterable[str], wanted: Iterable[str], where: str) -> None:
    unknown = sorted(set(wanted) - set(columns))
    if unknown:
        raise StoreError(f"{where} has no column `{unknown[0]}`")


@contextmanager
def _into(table: str) -> Iterator[None]:
    try:
        yield
    except Refused as error:
        raise StoreError(f"a value does not fit into `{table}`: {error}") from error


# ---------------------------------------------------------------- contacts


def put_contacts(
    database: FactsDatabase,
    schema: Schema,
    rows: Iterable[tuple[str, Mapping[str, Stored]]],
    at: int,
    source: str | None = None,
) -> Counts:
    """Insert or update contacts by key, and keep each change of a field in `_field_changes`. `source`: the trigger that
    makes the change, None for an import.

    Only the fields present change; present and None sets the field to missing. A new contact is kept as one change
    of `_key`: its first values are found by walking the later changes back.
    """
    fields = tuple(name for name in schema.fields if name != schema.key)
    total = Counts()
    for batch in batches(rows):
        with database.transaction():
            total += _put_contact_batch(database, schema, fields, batch, at, source)
    return total


def _put_contact_batch(
    database: FactsDatabase,
    schema: Schema,
    fields: Sequence[str],
    batch: Sequence[tuple[str, Mapping[str, Stored]]],
    at: int,
    source: str | None,
) -> Counts:
    names = {name for _, given in batch for name in given}
    _known((schema.key, *fields), names, "`contacts`")
    keys = database.keys({key for key, _ in batch})
    read = facts_sql.select(layout.CONTACTS, (layout.KEY, layout.SEQ, *fields), where=[facts_sql.among(layout.KEY)])
    present: dict[str, list[Stored]] = {row[0]: list(row[1:]) for row in database.rows(read, {"keys": keys})}
    position = {name: number for number, name in enumerate(fields, start=1)}
    changes: list[tuple[Stored, ...]] = []
    touched: set[str] = set()
    new = changed = same = 0
    for key, given in batch:
        row = present.get(key)
        if row is None:
            present[key] = [0, *(given.get(name) for name in fields)]
            changes.append((key, layout.KEY, None, key, at))
            touched.add(key)
            new += 1
            continue
        differs = False
        for name, value in given.items():
            if name == schema.key:
                continue
            where = position[name]
            if row[where] != value:
                changes.append((key, name, row[where], value, at))
                row[where] = value
                differs = True
        if differs:
            touched.add(key)
            changed += 1
        else:
            same += 1
    if touched:
        first = take_numbers(database, len(touched))
        points = Points(schema.fields, fields)
        written = [
            (key, number, *present[key][1:], *points.parts(present[key][1:]))
            for number, key in enumerate(sorted(touched), start=first)
        ]
        columns = (layout.KEY, layout.SEQ, *fields, *points.columns)
        with _into(layout.CONTACTS):
            database.put(layout.CONTACTS, columns, written, key=(layout.KEY,))
        loose = database.loose
        history = ((key, name, loose(old), loose(new), at, source) for key, name, old, new, at in changes)
        database.put("_field_changes", ("contact", "field", "old", "new", "at", "source"), history)
    return Counts(new, changed, same)


def set_field(
    database: FactsDatabase,
    schema: Schema,
    key: str,
    row: tuple[str, Mapping[str, Stored]],
    at: int,
    source: str,
) -> bool:
    """Change fields of one contact, once for a decision key; False if there is no such contact."""
    with database.transaction():
        read = facts_sql.select(layout.CONTACTS, (layout.KEY,), where=[facts_sql.among(layout.KEY)])
        if database.one(read, {"keys": database.keys([row[0]])}) is None:
            return False
        if database.run("INSERT INTO _set_by VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING", (key, at, row[0])):
            put_contacts(database, schema, [row], at, source)
        return True


# ---------------------------------------------------------------- events


def put_events(database: FactsDatabase, event: EventType, rows: Iterable[Event]) -> Counts:
    """Insert events, or correct those whose id is there: an event is whole, a property not given is missing.

    `seq` of the given events is ignored; the same content changes nothing; a correction keeps its `_seq`.
    """
    properties = tuple(event.properties)
    total = Counts()
    for batch in batches(rows):
        _known(properties, {p for one in batch for p in one.properties}, f"event `{event.name}`")
        drafts = [(e.id, (e.contact, e.at, *(e.properties.get(p) for p in properties))) for e in batch]
        with database.transaction():
            total += _put_event_batch(database, event, properties, drafts)
    return total


def put_event_columns(
    database: FactsDatabase,
    event: EventType,
    ids: Sequence[str],
    contacts: Sequence[str],
    ats: Sequence[int],
    given: Mapping[str, Sequence[Stored]],
    *,
    likely_new: bool,
) -> Counts:
    """The same for events that come as columns, all in one transaction. `likely_new`: insert them without asking what
    is stored. Raises AlreadyStored where that does not do: the transaction must be rolled back then (a savepoint would
    keep a copy of each page in memory), and the call made anew without it."""
    properties = tuple(event.properties)
    _known(properties, given, f"event `{event.name}`")
    nothing: Sequence[Stored] = [None] * len(ids)
    columns: tuple[Sequence[Stored], ...] = (contacts, ats, *(given.get(p, nothing) for p in properties))
    with database.transaction():
        if likely_new and ids:
            _put_new_events(database, event, properties, ids, columns, max(ats))
            return Counts(new=len(ids))
        total = Counts()
        for batch in batches(zip(ids, zip(*columns, strict=True), strict=True)):
            total += _put_event_batch(database, event, properties, batch)
        return total


def _put_new_events(
    database: FactsDatabase,
    event: EventType,
    properties: Sequence[str],
    ids: Sequence[str],
    columns: Sequence[Sequence[Stored]],
    latest: int,
) -> None:
    points = Points(event.properties, properties)
    numbers = range(first := take_numbers(database, len(ids)), first + len(ids))
    rows: Iterable[tuple[Stored, ...]] = zip(ids, numbers, *columns, strict=True)
    if len(ids) >= MANY:
        rows = sorted(rows, key=itemgetter(2))
    if points.columns:
        rows = ((*row, *points.parts(row[4:])) for row in rows)
    names = (layout.EVENT_ID, layout.SEQ, layout.EVENT_CONTACT, layout.EVENT_AT, *properties, *points.columns)
    try:
        database.put(layout.event_table(event.name), names, rows)
    except Refused as error:
        raise AlreadyStored(f"a row does not go into `{event.name}` as a new one: {error}") from error
    _remember_latest(database, event.name, latest)


def _remember_latest(database: FactsDatabase, name: str, at: int) -> None:
    database.run(
        "INSERT INTO _latest VALUES (?, ?) ON CONFLICT (event) DO UPDATE SET at = excluded.at"
        " WHERE excluded.at > _latest.at",
        (name, at),
    )


def _put_event_batch(
    database: FactsDatabase,
    event_type: EventType,
    properties: Sequence[str],
    batch: Sequence[tuple[str, tuple[Stored, ...]]],
) -> Counts:
    """Events as (id, (contact, at, properties..)), compared with what is stored under their ids."""
    name, points = event_type.name, Points(event_type.properties, properties)
    table = layout.event_table(name)
    content = (layout.EVENT_CONTACT, layout.EVENT_AT, *properties)
    ids = database.keys({id_ for id_, _ in batch})
    read = facts_sql.select(table, (layout.EVENT_ID, *content), where=[facts_sql.among(layout.EVENT_ID)])
    present: dict[str, tuple[Stored, ...]] = {row[0]: row[1:] for row in database.rows(read, {"keys": ids})}
    stored = set(present)
    fresh: dict[str, None] = {}
    corrected: dict[str, None] = {}
    new = changed = same = 0
    for id_, row in batch:
        before = present.get(id_)
        if before is None:
            fresh[id_] = None
            new += 1
        elif before == row:
            same += 1
            continue
        else:
            changed += 1
            if id_ in stored:
                corrected[id_] = None
        present[id_] = row
    if fresh:
        first = take_numbers(database, len(fresh))
        rows = [(id_, present[id_]) for id_ in fresh]
        written = [(id_, n, *row, *points.parts(row[2:])) for n, (id_, row) in enumerate(rows, start=first)]
        with _into(table):
            database.put(table, (layout.EVENT_ID, layout.SEQ, *content, *points.columns), written)
    if corrected:
        mended = [(*present[id_], *points.parts(present[id_][2:]), id_) for id_ in corrected]
        with _into(table):
            database.mend(table, (*content, *points.columns), layout.EVENT_ID, mended)
    if fresh or corrected:
        _remember_latest(database, name, max(int(row[1] or 0) for _, row in batch))
    return Counts(new, changed, same)


# ---------------------------------------------------------------- fact tables


def put_facts(database: FactsDatabase, fact: FactTable, rows: Iterable[Mapping[str, Stored]]) -> Counts:
    """Insert or update rows of a fact table by its key (and time); only the columns present change."""
    total = Counts()
    for batch in batches(rows):
        with database.transaction():
            total += _put_fact_batch(database, fact, batch)
    return total


def _put_fact_batch(database: FactsDatabase, fact: FactTable, batch: Sequence[Mapping[str, Stored]]) -> Counts:
    table = layout.fact_table(fact.name)
    columns = tuple(fact.columns)
    key = fact_key(fact)
    _known(columns, {c for row in batch for c in row}, f"fact table `{fact.name}`")
    keys = database.keys({row[fact.key] for row in batch})
    among = facts_sql.among(fact.key, kind=layout.storage(fact.columns[fact.key].type))
    read = facts_sql.select(table, columns, where=[among])
    present: dict[tuple[Stored, ...], dict[str, Stored]] = {}
    for values in database.rows(read, {"keys": keys}):
        row = dict(zip(columns, values, strict=True))
        present[tuple(row[k] for k in key)] = row
    touched: dict[tuple[Stored, ...], None] = {}
    new = changed = same = 0
    for given in batch:
        which = tuple(given[k] for k in key)
        before = present.get(which)
        if before is None:
            present[which] = {c: given.get(c) for c in columns}
            touched[which] = None
            new += 1
        elif all(before[c] == value for c, value in given.items()):
            same += 1
        else:
            before.update(given)
            touched[which] = None
            changed += 1
    if touched:
        first = take_numbers(database, len(touched))
        points = Points(fact.columns, columns)
        rows = [tuple(present[which][c] for c in columns) for which in touched]
        written = [(number, *row, *points.parts(row)) for number, row in enumerate(rows, start=first)]
        with _into(table):
            database.put(table, (layout.SEQ, *columns, *points.columns), written, key=key)
    return Counts(new, changed, same)
