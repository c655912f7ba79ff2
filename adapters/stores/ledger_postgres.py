"""A ledger in a schema of its own on Postgres: what we rely on is set and read back, errors are in people's words.

| lock | held | by |
|---|---|---|
| of the ledger, exclusive | a transaction | ticks, evidence (consents, suppressions, pauses, lists), recovery |
| of the ledger, shared | a transaction | claims, markers, results; they run beside each other |
| rows of the outbox | a transaction | claims take what is free (`skip locked`), markers and results lock first |
| of an owner | a session | a run that hands over; it ends with its connection, however that ends |

INVARIANT: a transaction takes the lock of the ledger before it reads anything, at the isolation `read committed`: each
statement behind the lock sees what was committed before the lock was given. So a tick counts what no other one can
change, and no marker is written behind the commit of a withdrawal. No lock of a transaction outlives it: what is handed
over is handed over without one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self
from uuid import uuid4

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb
from psycopg.types.numeric import Int8BinaryDumper

from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_database import Bindings, LedgerError, NoLedger, Row
from adapters.stores.ledger_dialects import definitions_for_postgres, for_postgres
from adapters.stores.ledger_sqlite import BUSY_MILLISECONDS
from adapters.stores.postgres_server import Purpose, Server, has_namespace, make_namespace, number_of
from dsl.types import Stored

NAMESPACE = "kadenz_ledger"
"""The database schema, beside `kadenz`, where a copy of the facts would lie."""

PURPOSE = Purpose(
    "the ledger",
    LedgerError,
    again="run again: no decision is made twice, and a message that may have left stands as uncertain",
    damaged="restore it from a backup before anything is sent",
)

_LEDGER, _ORDER = 0x4B41, 0x4B42  # families of advisory locks; the second number is the database schema

_REFUSE = """
create or replace function refuse() returns trigger language plpgsql as
$$ begin raise exception using message = tg_argv[0], errcode = 'integrity_constraint_violation'; end $$
"""

_IS_ALIVE = """
select 1 from pg_locks
where locktype = 'advisory' and granted and objsubid = 1 and classid::bigint = ? and objid::bigint = ?
  and database = (select oid from pg_database where datname = current_database())
"""

_GUARDED = """
select distinct c.relname from pg_trigger as t join pg_class as c on c.oid = t.tgrelid
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = ? and not t.tgisinternal order by c.relname
"""


class PostgresDatabase:
    """A connection; implements `adapters.stores.ledger_database.Database`."""

    def __init__(self, address: str, namespace: str, *, create: bool, busy: int, password: str | None = None) -> None:
        """Connect, and put the safety settings in force; raises LedgerError if one of them is not. `password`: None
        where Postgres' own ways hold."""
        self._namespace = namespace
        self._open = True
        self._server = Server(PURPOSE, address, busy)
        self.name = self._server.name
        self._connection = self._server.connect(password)
        try:
            self._server.put_in_force(self._connection, namespace)
            with self._errors():
                # without it the size of a number would decide what type a parameter has
                self._connection.adapters.register_dumper(int, Int8BinaryDumper)
                self._make_namespace(create=create)
        except BaseException:
            self._connection.close()
            raise
        one, two = number_of(namespace, 4), _LEDGER
        self._begin = {
            shared: f"begin; select pg_advisory_xact_lock{'_shared' if shared else ''}({two}, {one})".encode()
            for shared in (False, True)
        }

    def _make_namespace(self, *, create: bool) -> None:
        if has_namespace(self._connection, self._namespace):
            return
        if not create:
            raise NoLedger(f"there is no ledger {self.name} in the schema `{self._namespace}`")
        with self._connection.transaction():
            # two that come together would both make it
            self._connection.execute("select pg_advisory_xact_lock($1::int, $2::int)", [_ORDER, 0])
            make_namespace(self._connection, self._namespace)

    @contextmanager
    def _errors(self, *, committing: bool = False) -> Iterator[None]:
        """Turn psycopg's errors into text for people; the technical text stays in brackets."""
        with self._server.errors(lambda: self._open and self._connection.closed, committing=committing):
            yield

    def keys(self, values: Collection[str] | Collection[int]) -> object:
        """A collection as an array."""
        return list(values)

    def loose(self, value: Stored) -> object:
        """A value with its kind."""
        return None if value is None else Jsonb(value)

    def _execute(self, sql: str, bindings: Bindings) -> psycopg.Cursor[Row]:
        text, names = for_postgres(sql)
        return self._connection.execute(text.encode(), _given(bindings, names))

    def rows(self, sql: str, bindings: Bindings = ()) -> list[Row]:
        """All rows of a statement."""
        with self._errors():
            return self._execute(sql, bindings).fetchall()

    def one(self, sql: str, bindings: Bindings = ()) -> Row | None:
        """The first row, or None."""
        with self._errors():
            return self._execute(sql, bindings).fetchone()

    def run(self, sql: str, bindings: Bindings = ()) -> int:
        """Run a statement; how many rows it changed."""
        with self._errors():
            return max(self._execute(sql, bindings).rowcount, 0)

    def many(self, sql: str, bindings: Iterable[Bindings]) -> int:
        """Run one statement for each of `bindings`; how many rows were changed."""
        text, names = for_postgres(sql)
        with self._errors(), self._connection.cursor() as cursor:
            cursor.executemany(text.encode(), [_given(one, names) for one in bindings])
            return max(cursor.rowcount, 0)

    def script(self, sql: str) -> None:
        """Run the statements of a migration."""
        with self._errors():
            self._connection.execute(_REFUSE)
            self._connection.execute(definitions_for_postgres(sql).encode(), prepare=False)

    def tables(self) -> frozenset[str]:
        """The names of the tables that are there."""
        found = self.rows("select tablename from pg_tables where schemaname = ?", (self._namespace,))
        return frozenset(name for (name,) in found)

    @contextmanager
    def transaction(self, *, shared: bool = False, durable: bool = True) -> Iterator[None]:
        """One write transaction: the lock of the ledger first, commit at the end, rollback on any error."""
        connection = self._connection
        if self._status() in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            raise LedgerError("a write to the ledger was begun inside another one; this is a mistake in Kadenz")
        try:
            with self._errors():
                connection.execute(self._begin[shared])
                if not durable:
                    connection.execute(b"set local synchronous_commit = off")
            yield
            if self._status() == TransactionStatus.INERROR:
                # a commit would roll back without a word
                raise LedgerError(f"a step of the ledger {self.name} failed, and nothing of it was kept")
            with self._errors(committing=True):
                connection.execute(b"commit")
        except BaseException:
            # where the connection is gone the server has rolled back by itself
            with suppress(psycopg.Error):
                connection.execute(b"rollback")
            raise

    def _status(self) -> TransactionStatus:
        return self._connection.info.transaction_status

    def flush(self) -> None:
        """One more full commit; it has something to write as soon as it has a number."""
        with self.transaction(shared=True):
            self.rows("select pg_current_xact_id()")

    def in_order(self) -> None:
        """One transaction after the other from here to the commit."""
        self.run("select pg_advisory_xact_lock(?::int, ?::int)", (_ORDER, number_of(self._namespace, 4)))

    @contextmanager
    def unguarded(self) -> Iterator[None]:
        """The triggers of our tables sleep until the block ends."""
        guarded = self.rows(_GUARDED, (self._namespace,))
        for (table,) in guarded:
            self.run(f"alter table {table} disable trigger user")
        yield
        for (table,) in guarded:
            self.run(f"alter table {table} enable trigger user")

    def rewrite(self) -> bool:
        """New files for all tables. What the server keeps beside them (its log, its backups) is the server's."""
        with self._errors():
            for table in sorted(self.tables()):
                self._connection.execute(f"vacuum (full) {table}".encode())
        return True

    @contextmanager
    def owner(self) -> Iterator[str]:
        """A new owner name, alive while this session holds its lock."""
        owner = uuid4().hex
        # INVARIANT: taken before the first claim under this name, which is never used again
        self.rows("select pg_advisory_lock(?)", (number_of(owner, 8),))
        try:
            yield owner
        finally:
            with suppress(LedgerError):  # the lock is gone with the session
                self.rows("select pg_advisory_unlock(?)", (number_of(owner, 8),))

    def is_alive(self, owner: str) -> bool:
        """Whether some session holds the owner's lock."""
        number = number_of(owner, 8) % 2**64
        return self.one(_IS_ALIVE, (number >> 32, number % 2**32)) is not None

    def forget(self, owner: str) -> None:
        """Nothing is left of a dead owner."""

    def now(self) -> int:
        """The server's clock, microseconds since 1970 UTC."""
        found = self.one("select (extract(epoch from clock_timestamp()) * 1000000)::bigint")
        assert found is not None
        return int(found[0])

    def close(self) -> None:
        """Close the connection."""
        self._open = False
        self._connection.close()


class PostgresLedger(SqlLedger):
    """A ledger on Postgres."""

    @classmethod
    def open(
        cls,
        address: str,
        *,
        clock: Callable[[], int] | None = None,
        password: str | None = None,
        namespace: str = NAMESPACE,
        create: bool = True,
        busy_milliseconds: int = BUSY_MILLISECONDS,
    ) -> Self:
        """Open (and create, and bring forward) the ledger at `address` (a connection string of Postgres), in the
        schema `namespace` of its database, which belongs to it alone. `clock`: the server's by default, which is one
        for all runners.

        Raises LedgerError if it cannot be reached or used, is missing and `create` is False, or was written by a newer
        program."""
        database = PostgresDatabase(address, namespace, create=create, busy=busy_milliseconds, password=password)
        return cls(database, clock or database.now)


def _given(bindings: Bindings, names: tuple[str, ...]) -> Any:
    return [bindings[name] for name in names] if isinstance(bindings, dict) else bindings
