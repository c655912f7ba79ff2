"""The facts store on SQLite: contacts, events and fact tables, read by both executors, written by imports.

One connection of the standard library per store, in WAL; one process writes while others read. The layout of the
tables is `engine.layout`, their making `adapters.stores.facts_migrations`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from adapters.stores import facts_sql
from adapters.stores.facts_database import OUT_OF_RANGE, StoreError
from adapters.stores.facts_migrations import migrate
from adapters.stores.facts_record import RecordFacts
from adapters.stores.facts_sqlite import SqliteFactsDatabase
from adapters.stores.facts_writing import AlreadyStored, Counts
from adapters.stores.ledger_dialects import for_sqlite
from dsl.schema import Schema
from dsl.types import Stored
from engine import layout
from engine.answer import Table, gathered
from engine.records import Contact, ContactData, Event
from engine.sql.text import SqlText, said

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["AlreadyStored", "Counts", "SqliteFacts", "StoreError"]

BUSY_MS = 60_000
"""How long a writer waits for another one (what a large import stores at once takes some seconds)."""


class SqliteFacts(RecordFacts):
    """A facts store in a file. Make it with `open`, and close it."""

    def __init__(self, database: SqliteFactsDatabase, schema: Schema, now: int, place: str) -> None:
        self.database = database
        self._connection = database.connection
        self._place = place
        self._schema = schema
        self._now = now
        self._fields = tuple(name for name in schema.fields if name != schema.key)

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
            database = SqliteFactsDatabase(connection)
            migrate(database, schema)
        except sqlite3.Error as error:
            connection.close()
            raise StoreError(f"the facts store `{path}` cannot be used: {error}") from error
        except BaseException:
            connection.close()
            raise
        return cls(database, schema, now, f"`{path}`")

    def close(self) -> None:
        """Close the connection; temporary tables go with it."""
        self._connection.close()

    @property
    def place(self) -> str:
        """The path."""
        return self._place

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
        """The connection, for measurements."""
        return self._connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads inside see one state, whatever imports commit meanwhile. Writing inside is a StoreError."""
        if self.database.in_transaction():
            yield  # inside an outer snapshot or transaction: its state is the one
            return
        self._connection.execute("BEGIN")
        try:
            # the state is fixed by the first read, not by BEGIN
            self._connection.execute("SELECT last FROM _sequence").fetchone()
            yield
        except BaseException:
            if self.database.in_transaction():
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
        parameters: dict[str, object] = {}
        if keys is not None:
            where.append(facts_sql.among(owner))
            parameters["keys"] = self.database.keys(keys)
        if up_to is not None:
            where.append(facts_sql.at_most(layout.EVENT_AT, "up_to"))
            parameters["up_to"] = up_to
        text = for_sqlite(facts_sql.select(table, columns, where=where, order=(owner, *then)))
        return self._connection.execute(text, parameters)

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

    def every(self, table: str, columns: Sequence[str]) -> Iterator[Sequence[Stored]]:
        """Some columns of all rows, in no order, one row at a time."""
        return self._connection.execute(facts_sql.select(table, columns))

    def fact_row(self, table: str, key: Stored, as_of: int) -> Mapping[str, Stored] | None:
        """See `engine.protocols.Facts`."""
        fact = self._schema.facts[table]
        columns = tuple(fact.columns)
        where = [facts_sql.among(fact.key, kind=layout.storage(fact.columns[fact.key].type))]
        parameters: dict[str, object] = {"keys": self.database.keys([key])}
        if fact.time is not None:
            where.append(facts_sql.at_most(fact.time, "as_of"))
            parameters["as_of"] = as_of
        order = () if fact.time is None else (fact.time,)
        select = facts_sql.select(layout.fact_table(table), columns, where=where, order=order)
        rows = self.database.rows(select, parameters)
        return {c: v for c, v in zip(columns, rows[-1], strict=True) if v is not None} if rows else None

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
        outside = not self.database.in_transaction()
        if outside:
            self._connection.execute("BEGIN")  # one commit for all rows, and no lock on the file
        self._connection.executemany(insert, rows)
        if outside:
            self._connection.execute("COMMIT")

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
