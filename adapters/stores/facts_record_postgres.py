"""The system of record of the facts on Postgres, in a schema of its own: several machines import and run on one.

Reading is that of the copy on Postgres (`adapters.stores.postgres_reading`), writing that of every record
(`adapters.stores.facts_record`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import psycopg
from sqlglot import exp

from adapters.stores.facts_database import StoreError
from adapters.stores.facts_database_postgres import PostgresFactsDatabase
from adapters.stores.facts_migrations import migrate
from adapters.stores.facts_reading import column, table
from adapters.stores.facts_record import RecordFacts
from adapters.stores.postgres_reading import PostgresReading, check_names
from adapters.stores.postgres_server import Connection, Purpose, Server, has_namespace, make_namespace
from dsl.schema import Schema
from dsl.types import Stored
from engine.sql.text import SqlText, said

NAMESPACE = "kadenz_facts"
"""The database schema, beside `kadenz_ledger`, and `kadenz` for a copy of facts that lie elsewhere."""

BUSY_MILLISECONDS = 60_000
"""How long a writer waits for another one (an import batch takes well under a second)."""

PURPOSE = Purpose(
    "the facts store",
    StoreError,
    again="run again: what is stored already stays as it is",
    damaged="restore it from a backup, or import everything again into a new one",
)


class NoStore(StoreError):
    """There is none, and none was to be made."""


class PostgresRecord(PostgresReading, RecordFacts):
    """A facts store on Postgres that is written to. Make it with `open`, and close it."""

    def __init__(self, database: PostgresFactsDatabase, schema: Schema, now: int, place: str) -> None:
        super().__init__(database.connection, schema)
        self.database = self._own = database
        database.rolled_back = self._temporaries.clear
        self._now = now
        self._place = place

    @classmethod
    def open(
        cls,
        address: str,
        schema: Schema,
        *,
        now: int,
        namespace: str = NAMESPACE,
        password: str | None = None,
        create: bool = True,
        busy_milliseconds: int = BUSY_MILLISECONDS,
    ) -> PostgresRecord:
        """Open the store at `address` (a connection string of Postgres) in the database schema `namespace`, which
        belongs to it alone and is made if absent (NoStore where `create` is False), and bring it to `schema`.
        `password`: None where Postgres' own ways hold; `now`: see `SqliteFacts.open`.

        Raises StoreError if it cannot be reached or used."""
        check_names(schema)
        server = Server(PURPOSE, address, busy_milliseconds)
        # a plan kept by the server would not see how large the temporary tables are today
        connection = server.connect(password, prepare_threshold=None)
        try:
            server.put_in_force(connection, namespace)
            database = PostgresFactsDatabase(connection, server, namespace)
            with server.errors(lambda: connection.closed):
                _refuse_others(connection, namespace)
                if not has_namespace(connection, namespace) and not create:
                    raise NoStore(f"there is no facts store {server.name} in the schema `{namespace}`")
                if not has_namespace(connection, namespace):
                    with database.transaction():  # two that come together would both make it
                        make_namespace(connection, namespace)
            # whoever opens a store that is as it should be takes no lock, and waits for no import
            migrate(database, schema)
        except BaseException:
            connection.close()
            raise
        return cls(database, schema, now, f"{server.name}, schema `{namespace}`")

    @property
    def place(self) -> str:
        """Host, database and schema."""
        return self._place

    def places(self) -> Iterator[tuple[str | None, str | None]]:
        """As every record."""
        return RecordFacts.places(self)

    def every(self, name: str, columns: Sequence[str]) -> Iterator[Sequence[Stored]]:
        """See `RecordFacts`."""
        yield from self.stream(exp.select(*map(column, columns)).from_(table(name)), {})

    def stream(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored]) -> Iterator[tuple[Stored, ...]]:
        """See `RecordFacts`."""
        asked = said(sql, "postgres")
        given = [parameters[name] for name in asked.parameters]
        try:
            with self._connection.cursor() as cursor:
                yield from cursor.stream(asked.text.encode(), given)
        except psycopg.Error as error:
            raise StoreError(f"the facts store {self._place} cannot be read: {error}") from error

    @contextmanager
    def many_writes(self) -> Iterator[None]:
        """At the end the planner looks at what many rows went into."""
        yield
        with suppress(StoreError):  # what was written is written
            self._own.analyze()


def is_there(address: str, *, namespace: str = NAMESPACE, password: str | None = None) -> bool:
    """Whether there is a store, on a server with the settings that we rely on; changes nothing. Raises StoreError."""
    server = Server(PURPOSE, address, BUSY_MILLISECONDS)
    with server.connect(password) as connection:
        server.put_in_force(connection, namespace)
        with server.errors(lambda: connection.closed):
            _refuse_others(connection, namespace)
            return has_namespace(connection, namespace)


def _refuse_others(connection: Connection, namespace: str) -> None:
    """A schema with tables of somebody else's (a ledger, a copy of facts) is left alone."""
    found = connection.execute(
        "select min(tablename), bool_or(tablename = '_field_changes') from pg_tables where schemaname = $1", [namespace]
    ).fetchone()
    if found is not None and found[0] is not None and not found[1]:
        raise StoreError(
            f"the schema `{namespace}` on Postgres has a table `{found[0]}` that is not of a facts store: name another"
        )
