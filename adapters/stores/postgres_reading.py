"""Facts on Postgres, as the copy and the system of record are both read: a connection, snapshots, temporary tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlglot import exp

from adapters.stores.facts_database import OUT_OF_RANGE, StoreError
from adapters.stores.facts_engine import columns_of, create, refused
from adapters.stores.facts_migrations import shapes
from adapters.stores.facts_reading import EngineReading, table
from adapters.stores.facts_writing import batches
from dsl.schema import Schema
from dsl.types import Stored
from engine.layout import Kind
from engine.sql.dialects import POSTGRES
from engine.sql.text import SqlText, said

CHUNK = 50_000
"""Rows per copy."""

FEW = 100
"""Rows from which on it matters what the planner takes a table for."""


class PostgresReading(EngineReading):
    """The reading half of a facts store on a connection to Postgres."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], schema: Schema) -> None:
        super().__init__(schema)
        self._connection = connection
        self._temporaries: dict[str, object] = {}

    def close(self) -> None:
        """Close the connection; temporary tables go with it."""
        self._connection.close()

    @property
    def dialect(self) -> str:
        """The sqlglot dialect."""
        return "postgres"

    @property
    def connection(self) -> psycopg.Connection[tuple[Any, ...]]:
        """The connection, for measurements."""
        return self._connection

    def _execute(self, text: bytes, given: Sequence[Stored] | None = None) -> psycopg.Cursor[tuple[Any, ...]]:
        try:
            return self._connection.execute(text, given)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise _gone(error) from error

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See `engine.protocols.Facts`."""
        if self._connection.info.transaction_status != TransactionStatus.IDLE:
            yield  # inside an outer snapshot: its state is the one
            return
        # the state is fixed by the first statement, not by BEGIN
        self._execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
        try:
            yield
        except BaseException:
            with suppress(psycopg.Error):  # the connection may be what failed
                self._connection.execute("ROLLBACK")
            self._temporaries.clear()  # those made inside went with it
            raise
        self._execute(b"COMMIT")

    def query(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored]) -> Iterator[tuple[Stored, ...]]:
        """See `EngineFacts`."""
        asked = said(sql, "postgres")
        given = [parameters[name] for name in asked.parameters]
        try:
            # bytes, because the text is no literal of this program; it holds no value, those are parameters
            return iter(self._execute(asked.text.encode(), given).fetchall())
        except psycopg.errors.NumericValueOutOfRange as error:
            raise StoreError(OUT_OF_RANGE) from error

    def temporary(
        self,
        name: str,
        columns: Mapping[str, Kind],
        rows: Iterable[Sequence[Stored]],
        key: Sequence[str] = (),
    ) -> None:
        """See `engine.protocols.SqlFacts`."""
        shape = (tuple(columns.items()), tuple(key))
        if self._temporaries.get(name) == shape:
            self._empty([name])
        else:
            properties = exp.Properties(expressions=[exp.TemporaryProperty()])
            held = table(name)
            held.set("db", exp.to_identifier("pg_temp"))
            self._execute(f"DROP TABLE IF EXISTS {held.sql('postgres')}".encode())
            made = create(name, columns, "postgres", properties=properties)
            self._execute(keyed(made, key).sql("postgres").encode())
            self._temporaries[name] = shape
        self._insert(name, columns, rows)

    def _empty(self, names: Sequence[str]) -> None:
        tables = ", ".join(table(name).sql("postgres") for name in names)
        self._execute(f"TRUNCATE {tables}".encode())

    def _insert(self, name: str, columns: Mapping[str, Kind], rows: Iterable[Sequence[Stored]]) -> int:
        text = copying(name, tuple(columns))
        count = 0
        # rows may come from a question to this connection, which can answer none while it copies
        for chunk in batches(rows, CHUNK):
            count += len(chunk)
            try:
                with self._connection.cursor() as cursor, cursor.copy(text) as copy:
                    for row in chunk:
                        copy.write_row(row)
            except psycopg.DataError as error:
                raise refused(name, error) from error
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                raise _gone(error) from error
        if count >= FEW:
            # the planner guesses before the server has looked by itself, and takes large tables for small ones
            self._execute(f"ANALYZE {table(name).sql('postgres')}".encode())
        return count


@lru_cache(maxsize=256)
def copying(name: str, columns: tuple[str, ...]) -> bytes:
    """A `COPY` into these columns. Rendered once: building a tree takes longer than a small insert."""
    into = exp.Schema(this=table(name), expressions=[exp.to_identifier(c, quoted=True) for c in columns])
    return f"COPY {into.sql('postgres')} FROM STDIN".encode()


def _gone(error: psycopg.Error) -> StoreError:
    """A server that goes away, in people's words."""
    return StoreError(f"the facts on Postgres cannot be used any more: {str(error).strip()}")


def check_names(schema: Schema) -> None:
    """Raises StoreError where a name of the schema is longer than Postgres keeps."""
    longest = POSTGRES.longest_name or 0
    for shape in shapes(schema):
        for name in (shape.name, *columns_of(shape)):
            if len(name.encode()) > longest:
                raise StoreError(f"`{name}` is longer than the {longest} bytes that Postgres keeps of a name")


def keyed(made: exp.Create, key: Sequence[str]) -> exp.Create:
    """The same with a primary key, if there is one."""
    if key:
        columns = [exp.to_identifier(c, quoted=True) for c in key]
        made.this.append("expressions", exp.PrimaryKey(expressions=columns))
    return made
