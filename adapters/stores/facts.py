"""The facts store on SQLite: contacts, events and fact tables, read by both executors, written by imports.

One connection of the standard library per store, in WAL; one process writes while others read. The layout of the
tables is `engine.layout`, their making `adapters.stores.facts_migrations`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from adapters.stores import facts_erasing, facts_journal, facts_sql, facts_writing
from adapters.stores.facts_erasing import Erased
from adapters.stores.facts_migrations import OUT_OF_RANGE, StoreError, in_transaction, migrate, transaction
from adapters.stores.facts_writing import AlreadyStored, Counts
from dsl.schema import Schema
from dsl.types import Stored
from engine import layout
from engine.answer import Table, gathered
from engine.records import Contact, ContactData, Event, Position, Touched
from engine.sql.text import SqlText, said

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["AlreadyStored", "Counts", "SqliteFacts", "StoreError"]

BUSY_MS = 60_000
"""How long a writer waits for another one (what a large import stores at once takes some seconds)."""


class SqliteFacts:
    """A facts store; implements `engine.protocols.SqlFacts`. Make it with `open`, and close it."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema, now: int) -> None:
        self._connection = connection
        self._schema = schema
        self._now = now
        self._fields = tuple(name for name in schema.fields if name != schema.key)
        self._places: tuple[Position, tuple[tuple[str | None, str | None], ...]] | None = None
        """The places of all contacts, and where the store stood then."""

    @classmethod
    def open(cls, path: Path | str, schema: Schema, *, now: int) -> SqliteFacts:
        """Open the store at `path` (made if absent), or one in memory for ":memory:", and bring it to `schema`.

        `now` (microseconds) stands for the time of changes that do not say theirs. Raises StoreError if the file
        cannot be used.
        """
        try:
            connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)
        except sqlite3.Error as error:
            raise StoreError(f"the facts store `{path}` cannot be opened: {error}") from error
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # FULL, because the ledger remembers how far it has read: a commit must not vanish in a power cut
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA temp_store = MEMORY")
            migrate(connection, schema)
        except sqlite3.Error as error:
            connection.close()
            raise StoreError(f"the facts store `{path}` cannot be used: {error}") from error
        except BaseException:
            connection.close()
            raise
        return cls(connection, schema, now)

    def close(self) -> None:
        """Close the connection; temporary tables go with it."""
        self._connection.close()

    def __enter__(self) -> SqliteFacts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------ reading

    @property
    def schema(self) -> Schema:
        """The schema whose tables these are."""
        return self._schema

    @property
    def dialect(self) -> str:
        """The sqlglot dialect."""
        return "sqlite"

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for the parts of this package that share its transactions."""
        return self._connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads inside see one state, whatever imports commit meanwhile. Writing inside is a StoreError."""
        if in_transaction(self._connection):
            yield  # inside an outer snapshot or transaction: its state is the one
            return
        self._connection.execute("BEGIN")
        try:
            # the state is fixed by the first read, not by BEGIN
            self._connection.execute("SELECT last FROM _sequence").fetchone()
            yield
        except BaseException:
            if in_transaction(self._connection):
                self._connection.execute("ROLLBACK")
            raise
        # commit, not rollback: temporary tables made inside live on
        self._connection.execute("COMMIT")

    def contacts(self, keys: Collection[str] | None = None) -> Iterator[Contact]:
        """All contacts, or those of `keys` that exist, in order of key (code point)."""
        for key, *values in self._select(layout.CONTACTS, (layout.KEY, *self._fields), layout.KEY, keys):
            yield self._contact(str(key), values)

    def _contact(self, key: str, values: Sequence[Stored]) -> Contact:
        fields: dict[str, Stored] = {self._schema.key: key}
        fields |= {name: v for name, v in zip(self._fields, values, strict=True) if v is not None}
        return Contact(key, fields)

    def _select(
        self,
        table: str,
        columns: Sequence[str],
        owner: str,
        keys: Collection[str] | None,
        up_to: int | None = None,
        then: Sequence[str] = (),
    ) -> sqlite3.Cursor:
        where: list[facts_sql.Where] = []
        parameters: dict[str, Stored] = {}
        if keys is not None:
            where.append(facts_sql.among(owner))
            parameters["keys"] = json.dumps(sorted(set(keys)))
        if up_to is not None:
            where.append(facts_sql.at_most(layout.EVENT_AT, "up_to"))
            parameters["up_to"] = up_to
        return self._connection.execute(facts_sql.select(table, columns, where=where, order=(owner, *then)), parameters)

    def load(self, keys: Collection[str] | None, event_types: Collection[str], up_to: int) -> Iterator[ContactData]:
        """Contacts with their events of these types at or before `up_to`, in order of key; events by (at, id)."""
        # The cursors are opened together and walked side by side: memory holds one contact, and SQLite keeps one
        # state for them as long as the first is open.
        contacts = self._select(layout.CONTACTS, (layout.KEY, *self._fields), layout.KEY, keys)
        types = tuple(dict.fromkeys(event_types))
        streams = {name: self._events_by_contact(name, keys, up_to) for name in types}
        waiting = {name: next(stream, None) for name, stream in streams.items()}
        for key, *values in contacts:
            events: dict[str, tuple[Event, ...]] = {}
            for name, stream in streams.items():
                group = waiting[name]
                while group is not None and group[0] < key:  # events of contacts that are not known (yet)
                    group = next(stream, None)
                if group is not None and group[0] == key:
                    events[name] = group[1]
                    group = next(stream, None)
                else:
                    events[name] = ()
                waiting[name] = group
            yield ContactData(self._contact(key, values), events)

    def _events_by_contact(
        self, name: str, keys: Collection[str] | None, up_to: int
    ) -> Iterator[tuple[str, tuple[Event, ...]]]:
        properties = tuple(self._schema.events[name].properties)
        columns = (layout.EVENT_CONTACT, layout.EVENT_AT, layout.EVENT_ID, layout.SEQ, *properties)
        then = (layout.EVENT_AT, layout.EVENT_ID)
        rows = self._select(layout.event_table(name), columns, layout.EVENT_CONTACT, keys, up_to, then)
        return _grouped(name, properties, rows)

    def new_events(
        self, event_type: str, after_seq: int, before: int, as_of: int, *, ahead: bool = True
    ) -> Iterator[Event]:
        """Events that a tick at `as_of` sees and the tick at `before` (with `after_seq`) did not:
        at <= as_of and (seq > after_seq or at > before). In order of (at, id)."""
        table = layout.event_table(event_type)
        properties = tuple(self._schema.events[event_type].properties)
        columns = (layout.EVENT_CONTACT, layout.EVENT_AT, layout.EVENT_ID, layout.SEQ, *properties)
        past = facts_sql.at_most(layout.EVENT_AT, "as_of")
        parameters: dict[str, Stored] = {"as_of": as_of, "seq": after_seq, "before": before}
        arrived = facts_sql.select(table, columns, where=[past, facts_sql.after(layout.SEQ, "seq")])
        rows = self._connection.execute(arrived, parameters).fetchall()
        # Events dated ahead of the tick before are rare in life and need a pass over the table; `_latest` tells
        # whether there can be any.
        latest = self._connection.execute("SELECT at FROM _latest WHERE event = ?", (event_type,)).fetchone()
        if ahead and latest is not None and latest[0] > before:
            known = facts_sql.at_most(layout.SEQ, "seq")
            due = facts_sql.select(table, columns, where=[past, known, facts_sql.after(layout.EVENT_AT, "before")])
            rows += self._connection.execute(due, parameters).fetchall()
        rows.sort(key=lambda row: (row[1], row[2]))
        for row in rows:
            yield _event(event_type, properties, row)

    def event_instants(self, event_types: Iterable[str], after: int, until: int) -> Iterator[int]:
        """The instants in (after, until] at which some event of these types lies, each once, in order."""
        one = [
            facts_sql.select(
                layout.event_table(name),
                (layout.EVENT_AT,),
                where=[facts_sql.after(layout.EVENT_AT, "after"), facts_sql.at_most(layout.EVENT_AT, "until")],
            )
            for name in event_types
        ]
        found: set[int] = set()
        for sql in one:
            found.update(at for (at,) in self._connection.execute(sql, {"after": after, "until": until}))
        yield from sorted(found)

    def every(self, table: str, columns: Sequence[str]) -> Iterator[Sequence[Stored]]:
        """Some columns of all rows, in no order, one row at a time."""
        return self._connection.execute(facts_sql.select(table, columns))

    def bearing(
        self, fields: Sequence[str], text: str, *, folded: bool = False
    ) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The contacts with a text in one of these fields, with what they have in all of them, in no order. `folded`:
        those who have it in other letters, large for small, and perhaps some others."""
        sought = text.lower() if folded else text
        select = facts_sql.bearers(layout.CONTACTS, layout.KEY, tuple(fields), folded=folded)
        for key, *values in self._connection.execute(select, {"text": sought}) if fields else ():
            yield str(key), {name: str(v) for name, v in zip(fields, values, strict=True) if v is not None}

    def fact_row(self, table: str, key: Stored, as_of: int) -> Mapping[str, Stored] | None:
        """See `engine.protocols.Facts`."""
        fact = self._schema.facts[table]
        columns = tuple(fact.columns)
        where = [facts_sql.among(fact.key)]
        parameters: dict[str, Stored] = {"keys": json.dumps([key])}
        if fact.time is not None:
            where.append(facts_sql.at_most(fact.time, "as_of"))
            parameters["as_of"] = as_of
        order = () if fact.time is None else (fact.time,)
        select = facts_sql.select(layout.fact_table(table), columns, where=where, order=order)
        rows = self._connection.execute(select, parameters).fetchall()
        return {c: v for c, v in zip(columns, rows[-1], strict=True) if v is not None} if rows else None

    def last_seq(self) -> int:
        """The highest arrival number given out; 0 if the store is empty."""
        return int(self._connection.execute("SELECT last FROM _sequence").fetchone()[0])

    def has_been_at(self, seq: int, mark: int | None) -> bool:
        """Whether this was the highest arrival number once."""
        return facts_journal.has_been_at(self._connection, seq, mark)

    def position(self) -> Position:
        """Where the store stands."""
        return facts_journal.position(self._connection)

    def touched(
        self,
        since: Position,
        events: Collection[str],
        tables: Collection[str],
        span: tuple[int, int],
        most: int,
    ) -> Touched:
        """See `engine.protocols.Facts`."""
        from adapters.stores import facts_touched

        return facts_touched.touched(self._connection, self._schema, since, events, tables, span, most)

    def bearers(self, field: str, values: Collection[str | int], modulo: int | None = None) -> Iterator[str]:
        """See `engine.protocols.Facts`."""
        from adapters.stores import facts_touched

        return facts_touched.bearers(self, field, values, modulo)

    def places(self) -> Iterator[tuple[str | None, str | None]]:
        """See `engine.protocols.Facts`."""
        from adapters.stores import facts_touched

        # a pass over all contacts; a tick asks once for every trigger of the calendar
        stands = self.position()
        if self._places is None or self._places[0] != stands:
            self._places = stands, tuple(facts_touched.places(self))
        yield from self._places[1]

    def residents(self, places: Collection[tuple[str | None, str | None]]) -> Iterator[str]:
        """See `engine.protocols.Facts`."""
        from adapters.stores import facts_touched

        return facts_touched.residents(self, places)

    def count(self) -> int:
        """How many contacts there are."""
        return int(self._connection.execute("SELECT count(*) FROM contacts").fetchone()[0])

    def query(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored]) -> Iterator[tuple[Stored, ...]]:
        """Run one select; parameters are the named placeholders of the tree (`:name`).

        Raises StoreError where a sum leaves 64 bits: no answer rather than a wrong one."""
        try:
            cursor = self._connection.execute(said(sql, "sqlite").text, parameters)
        except sqlite3.OperationalError as error:
            raise _told(error) from error
        return _rows(cursor)

    def columns(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored], width: int) -> Table:
        """See `engine.protocols.SqlFacts`."""
        return gathered(self.query(sql, parameters), width)

    def temporary(
        self,
        name: str,
        columns: Mapping[str, Literal["text", "integer"]],
        rows: Iterable[Sequence[Stored]],
        key: Sequence[str] = (),
    ) -> None:
        """(Re)make a temporary table with these rows, gone when the connection closes; `key`: its primary key.

        With other columns than before, it can be made anew only while no answer of `query` is half read."""
        # asked of the table itself: a rollback takes it away, or gives it back the columns that it had before
        if facts_sql.temporary_shape(self._connection, name) == (list(columns.items()), list(key)):
            # emptied, not dropped: SQLite drops no table while any other answer is still being read
            facts_sql.empty_temporary(self._connection, name)
        else:
            facts_sql.make_temporary(self._connection, name, columns, key)
        insert = facts_sql.insert(name, tuple(columns), schema="temp")
        outside = not in_transaction(self._connection)
        if outside:
            self._connection.execute("BEGIN")  # one commit for all rows, and no lock on the file
        self._connection.executemany(insert, rows)
        if outside:
            self._connection.execute("COMMIT")

    # ------------------------------------------------------------ writing

    def transaction(self) -> AbstractContextManager[None]:
        """One write transaction around several puts; an error rolls all of them back."""
        return transaction(self._connection)

    def put_contacts(self, rows: Iterable[tuple[str, Mapping[str, Stored]]], *, at: int | None = None) -> Counts:
        """Insert or update contacts: (key, fields in stored form). Only fields present change, None means missing.

        Every change is kept in `_field_changes` with `at` (default: `now` of `open`). Batches of 5,000 rows are one
        transaction each, unless one is open.
        """
        return facts_writing.put_contacts(self._connection, self._schema, rows, self._now if at is None else at)

    def set_field(self, key: str, contact: str, field: str, value: Stored, *, at: int, source: str) -> bool:
        """Set a field, once for a decision key, and keep the change with `source` (a trigger); False if there is no
        such contact. Raises StoreError."""
        row = (contact, {field: value})
        return facts_writing.set_field(self._connection, self._schema, key, row, at, source)

    def put_events(self, name: str, rows: Iterable[Event]) -> Counts:
        """Insert events of type `name`, or correct those whose id is there; `seq` of the given events is ignored."""
        event = self._schema.events.get(name)
        if event is None:
            raise StoreError(f"there is no event type `{name}` in schema.yaml")
        return facts_writing.put_events(self._connection, event, rows)

    def put_event_columns(
        self,
        name: str,
        ids: Sequence[str],
        contacts: Sequence[str],
        ats: Sequence[int],
        properties: Mapping[str, Sequence[Stored]],
        *,
        likely_new: bool = True,
    ) -> Counts:
        """The same for events given as columns of one length, all in one transaction; a property without a column is
        missing. `likely_new`: quicker; raises AlreadyStored where one of them is stored, and then the transaction must
        be rolled back."""
        event = self._schema.events.get(name)
        if event is None:
            raise StoreError(f"there is no event type `{name}` in schema.yaml")
        return facts_writing.put_event_columns(
            self._connection, event, ids, contacts, ats, properties, likely_new=likely_new
        )

    def put_facts(self, name: str, rows: Iterable[Mapping[str, Stored]]) -> Counts:
        """Insert or update rows of fact table `name` by its key (and time); only columns present change."""
        fact = self._schema.facts.get(name)
        if fact is None:
            raise StoreError(f"there is no fact table `{name}` in schema.yaml")
        return facts_writing.put_facts(self._connection, fact, rows)

    def erase(self, contacts: Collection[str]) -> Erased:
        """Take people out, rows and bytes; see `facts_erasing.erase`. Copies follow. Raises StoreError."""
        return facts_erasing.erase(self._connection, self._schema, contacts)

    def unfinished_erasing(self) -> bool:
        """Whether bytes of somebody who was erased may still lie in the file; see `finish_erasing`."""
        return facts_erasing.unfinished(self._connection)

    def finish_erasing(self) -> None:
        """What an erasure that was cut off left to do; see `facts_erasing.finish`. Raises StoreError."""
        facts_erasing.finish(self._connection)

    def sources(self, contact: str) -> Sequence[tuple[str, str | None]]:
        """The changes of a contact in order of arrival: field, and the trigger that made it (None: an import)."""
        return self._connection.execute(
            "SELECT field, source FROM _field_changes WHERE contact = ? ORDER BY rowid", (contact,)
        ).fetchall()

    def field_changes(self, contact: str) -> Sequence[tuple[str, Stored, Stored, int]]:
        """The changes of a contact in order of arrival: field, old, new, at. The first is of `_key`: its arrival."""
        return self._connection.execute(
            "SELECT field, old, new, at FROM _field_changes WHERE contact = ? ORDER BY rowid", (contact,)
        ).fetchall()

    def unknown_contacts(self, keys: Collection[str]) -> frozenset[str]:
        """Those of `keys` that are no contacts (yet)."""
        asked = json.dumps(sorted(set(keys)))  # in order of the table: neighbours lie on one page
        rows = self._connection.execute(facts_sql.lacking(layout.CONTACTS, layout.KEY), {"keys": asked})
        return frozenset(str(key) for (key,) in rows)

    def holds_events(self, name: str) -> bool:
        """Whether there is any event of a type."""
        return self._connection.execute(facts_sql.any_row(layout.event_table(name))).fetchone() is not None

    @contextmanager
    def many_writes(self) -> Iterator[None]:
        """Room for what writes much: pages that are changed again soon stay in memory, and go to the file once."""
        self._connection.execute("PRAGMA cache_size = -65536")
        self._connection.execute("PRAGMA wal_autocheckpoint = 16000")
        try:
            yield
        finally:
            self._connection.execute("PRAGMA cache_size = -2000")
            self._connection.execute("PRAGMA wal_autocheckpoint = 1000")


def _rows(cursor: sqlite3.Cursor) -> Iterator[tuple[Stored, ...]]:
    try:
        yield from cursor
    except sqlite3.OperationalError as error:
        raise _told(error) from error


def _told(error: sqlite3.OperationalError) -> StoreError:
    """The error in people's words; what is our own mistake stays as it is."""
    if "integer overflow" in str(error):
        return StoreError(OUT_OF_RANGE)
    raise error


def _event(name: str, properties: Sequence[str], row: Sequence[Stored]) -> Event:
    contact, at, id_, seq, *values = row
    known = {p: v for p, v in zip(properties, values, strict=True) if v is not None}
    return Event(name, str(id_), str(contact), int(at or 0), int(seq or 0), known)


def _grouped(
    name: str, properties: Sequence[str], rows: Iterable[Sequence[Stored]]
) -> Iterator[tuple[str, tuple[Event, ...]]]:
    """Rows in order of contact, as one tuple of events per contact."""
    group: list[Event] = []
    for row in rows:
        event = _event(name, properties, row)
        if group and group[0].contact != event.contact:
            yield group[0].contact, tuple(group)
            group = []
        group.append(event)
    if group:
        yield group[0].contact, tuple(group)
