"""The database of the facts in a schema of its own on Postgres: one writer at a time, rows go in by `COPY`.

Every transaction that writes takes the lock of the store first, at the isolation `read committed`: each statement
behind the lock sees what the writer before it committed. Readers take no lock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain, islice
from time import monotonic, sleep

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from adapters.stores import facts_sql, facts_tables_postgres
from adapters.stores.facts_database import Bindings, Refused, Row, StoreError
from adapters.stores.facts_migrations import TableShape
from adapters.stores.ledger_dialects import for_postgres
from adapters.stores.postgres_reading import FEW, copying
from adapters.stores.postgres_server import Connection, Server, number_of
from dsl.types import Stored
from engine.layout import Kind

_FACTS = 0x4B43
"""The family of advisory locks; the second number is the database schema."""

_GIVEN = "_given"

PATIENCE = 10
"""Seconds that readers from before an erasure are waited for."""

_READERS = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_xmin is not null
  and age(backend_xmin) >= age(?::xid)
"""


class PostgresFactsDatabase:
    """A connection; implements `adapters.stores.facts_database.FactsDatabase`. `rolled_back` hears of a write that was
    taken back, and temporary tables with it."""

    def __init__(
        self, connection: Connection, server: Server, namespace: str, rolled_back: Callable[[], None] = lambda: None
    ) -> None:
        self.connection = connection
        self.rolled_back = rolled_back
        self.copied: set[str] = set()
        """Tables that rows went into in bulk, and that the planner has not looked at since."""
        self._server = server
        self._namespace = namespace
        self._writing = False
        lock = f"pg_advisory_xact_lock({_FACTS}, {number_of(namespace, 4)})"
        self._begin = f"begin isolation level read committed; select {lock}".encode()

    def keys(self, values: Collection[Stored]) -> object:
        """A collection as an array."""
        return list(values)

    def loose(self, value: Stored) -> object:
        """A value with its kind."""
        return None if value is None else Jsonb(value)

    def _execute(self, sql: str, bindings: Bindings) -> psycopg.Cursor[Row]:
        text, names = for_postgres(sql)
        given = [bindings[name] for name in names] if isinstance(bindings, dict) else bindings
        return self.connection.execute(text.encode(), given)

    def rows(self, sql: str, bindings: Bindings = ()) -> list[Row]:
        """All rows of a statement."""
        with self._errors():
            return self._execute(sql, bindings).fetchall()

    def different(self, sql: str, bindings: Bindings, most: int) -> Iterable[Row]:
        """Different rows: an answer comes as a whole."""
        return self.rows(f"select distinct * from ({sql}) as found limit {most}", bindings)  # noqa: S608  # ours

    def one(self, sql: str, bindings: Bindings = ()) -> Row | None:
        """The first row, or None."""
        with self._errors():
            return self._execute(sql, bindings).fetchone()

    def run(self, sql: str, bindings: Bindings = ()) -> int:
        """Run a statement; how many rows it changed."""
        with self._errors():
            return max(self._execute(sql, bindings).rowcount, 0)

    def many(self, sql: str, bindings: Iterable[Sequence[object]]) -> None:
        """Run one statement for each of `bindings`."""
        text, _ = for_postgres(sql)
        with self._refusing(), self.connection.cursor() as cursor:
            cursor.executemany(text.encode(), bindings)

    def put(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]], key: Sequence[str] = ()
    ) -> None:
        """Insert rows, or give those that are there new values."""
        source = iter(rows)
        few = list(islice(source, FEW))
        if len(few) < FEW:
            self.many(facts_sql.insert(table, columns, key=key), few)
            return
        self.copied.add(table)
        all_ = chain(few, source)
        if not key:
            self._copy(table, columns, all_)
            return
        with self._given(table, columns, all_):
            self.run(facts_sql.insertion(table, tuple(columns), tuple(key), _GIVEN))

    def mend(self, table: str, columns: Sequence[str], key: str, rows: Sequence[Sequence[object]]) -> None:
        """Update rows."""
        if len(rows) < FEW:
            self.many(facts_sql.update(table, columns, key), rows)
            return
        with self._given(table, (*columns, key), rows):
            self.run(facts_sql.correction(table, tuple(columns), key, _GIVEN))

    @contextmanager
    def _given(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[None]:
        """Rows in a temporary table with some columns of a table."""
        held, like = ", ".join(map(facts_sql.quoted, columns)), facts_sql.quoted(table)
        with self.transaction():
            select = f"select {held} from {like}"  # noqa: S608  # quoted names
            self.run(f"create temporary table {_GIVEN} on commit drop as {select} with no data")
            self._copy(_GIVEN, columns, rows)
            yield
            self.run(f"drop table {_GIVEN}")

    def _copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        text = copying(table, tuple(columns))
        with self._refusing(), self.connection.cursor() as cursor, cursor.copy(text) as copy:
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def _errors(self, *, committing: bool = False) -> Iterator[None]:
        with self._server.errors(lambda: self.connection.closed, committing=committing):
            yield

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        with self._errors():
            try:
                yield
            except (psycopg.IntegrityError, psycopg.DataError, OverflowError, UnicodeEncodeError) as error:
                raise Refused(str(error).strip().splitlines()[0]) from error

    def in_transaction(self) -> bool:
        """Whether a transaction is open now."""
        return self.connection.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One write transaction, or a part of the one that is open: the lock is taken first, an error rolls back."""
        if self.in_transaction():
            if not self._writing:
                raise StoreError("a write to the facts was begun inside a snapshot; this is a mistake in Kadenz")
            yield
            return
        try:
            with self._errors():
                self.connection.execute(self._begin)
            self._writing = True
            yield
            if self.connection.info.transaction_status == TransactionStatus.INERROR:
                # a commit would roll back without a word
                raise StoreError("a step of the facts store failed, and nothing of it was kept")
            with self._errors(committing=True):
                self.connection.execute(b"commit")
        except BaseException:
            # where the connection is gone the server has rolled back by itself
            with suppress(psycopg.Error):
                self.connection.execute(b"rollback")
            self.rolled_back()
            raise
        finally:
            self._writing = False

    def has_table(self, name: str) -> bool:
        """Whether there is such a table."""
        found = "select 1 from pg_tables where schemaname = ? and tablename = ?"
        return self.one(found, (self._namespace, name)) is not None

    def steps(self) -> Sequence[Callable[[], None]]:
        """The steps of our own tables."""
        return [partial(self._script, step) for step in facts_tables_postgres.STEPS]

    def _script(self, text: str) -> None:
        with self._errors():
            self.connection.execute(text.encode(), prepare=False)

    def create_table(self, shape: TableShape) -> None:
        """Make a table of the schema."""
        for text in facts_tables_postgres.table_texts(shape):
            self._script(text)

    def add_column(self, table: str, name: str, kind: Kind) -> None:
        """Add a column."""
        column = f"{facts_sql.quoted(name)} {facts_tables_postgres.column_type(kind)}"
        self._script(f"alter table {facts_sql.quoted(table)} add column {column}")

    def drop_column(self, table: str, name: str) -> None:
        """Take a column out."""
        self._script(f"alter table {facts_sql.quoted(table)} drop column {facts_sql.quoted(name)}")

    def analyze(self) -> None:
        """Let the planner look at tables that many rows went into: it guesses before the server has looked by itself,
        and takes large tables for small ones."""
        for table in sorted(self.copied):
            self._script(f"analyze {facts_sql.quoted(table)}")
        self.copied.clear()

    def scrub(self) -> None:
        """Write all tables anew. What the server has in its own log and in backups is the server's to forget."""
        self._await_readers()
        names = self.rows("select tablename from pg_tables where schemaname = ?", (self._namespace,))
        try:
            for (name,) in sorted(names):
                self._script(f"vacuum (full, analyze) {facts_sql.quoted(name)}")
                self._forget_values(name)
        except StoreError as error:
            raise StoreError(f"the rows are erased, but not yet their bytes: {error}") from error

    def _await_readers(self) -> None:
        """A table that is written anew keeps what somebody may still look at who began to read before."""
        erased = self.one("select pg_current_xact_id()::xid::text")
        end = monotonic() + PATIENCE
        while self.one(_READERS, erased or ()) != (0,):
            if monotonic() > end:
                raise StoreError("the rows are erased, but not yet their bytes: another process reads the facts store")
            sleep(0.1)

    def _forget_values(self, name: str) -> None:
        """What the server noted down about the values of a table that is empty now goes when a column takes a type,
        also where it is the type that it has."""
        table = facts_sql.quoted(name)
        if self.one(facts_sql.any_row(name)) is not None:
            return
        for column, kind in self.rows(
            "select column_name, data_type from information_schema.columns where table_schema = ? and table_name = ?",
            (self._namespace, name),
        ):
            if kind in {"text", "jsonb"}:
                written = 'text collate "C"' if kind == "text" else kind
                self._script(f"alter table {table} alter column {facts_sql.quoted(column)} type {written}")
