"""Facts on Postgres: a copy of the facts in a schema of its own.

Text is compared and ordered by code point whatever the database was made with: each column says `COLLATE "C"`, which
in UTF-8 is the order of code points, and a comparison takes the collation of the column in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import tuple_row
from sqlglot import exp

from adapters.stores.facts_engine import COPIED, COPY, EngineFacts, columns_of, create
from adapters.stores.facts_migrations import StoreError, shapes
from adapters.stores.facts_reading import table
from adapters.stores.postgres_reading import PostgresReading, check_names, keyed
from adapters.stores.turns import Busy, wait
from dsl.schema import Schema
from engine.layout import Kind

NAMESPACE = "kadenz"

# liveness alone: a server that is cut off is given up
_REACHING = {"connect_timeout": "10", "tcp_user_timeout": "30000", "application_name": "kadenz"}


class PostgresFacts(PostgresReading, EngineFacts):
    """A facts store on Postgres; implements `engine.protocols.SqlFacts`. Make it with `open`, and close it."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], schema: Schema, namespace: str) -> None:
        super().__init__(connection, schema)
        self._namespace = namespace

    @classmethod
    def open(
        cls,
        address: str,
        schema: Schema,
        *,
        namespace: str = NAMESPACE,
        password: str | None = None,
        patience: float = 0,
        waiting: Callable[[], None] = lambda: None,
    ) -> PostgresFacts:
        """Open the copy at `address` (a connection string of Postgres) in the database schema `namespace`, which is
        made if absent and belongs to Kadenz alone. `password`: None where Postgres' own ways hold.

        One connection uses it at a time: who comes second waits up to `patience` seconds, after a call of `waiting`.
        Tables that are not those of `schema` are made anew, empty. Raises StoreError if it cannot be used, Busy if
        somebody else goes on using it.
        """
        check_names(schema)
        connection = _connected(address, password)
        try:
            _take_turn(connection, namespace, patience, waiting)
            if connection.info.encoding != "utf-8" or _shown(connection, "server_encoding") != "UTF8":
                raise StoreError("the database must be in UTF-8, for text is compared by code point")
            own = exp.to_identifier(namespace, quoted=True).sql("postgres")
            _refuse_others(connection, namespace, schema)
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {own}")
            connection.execute(f"SET search_path = {own}")
            # compiling a statement takes longer than running it, and the costs that decide it are guesses here
            connection.execute("SET jit = off")
            _bring(connection, namespace, schema)
        except psycopg.Error as error:
            connection.close()
            raise StoreError(f"the facts on Postgres cannot be used: {str(error).strip()}") from error
        except BaseException:
            connection.close()
            raise
        return cls(connection, schema, namespace)

    def _writing(self) -> AbstractContextManager[None]:
        return self.snapshot()

    def _start_over(self) -> None:
        # what the server noted down about the values of a table goes with the table alone
        self._drop([*self._tables, COPY])
        _bring(self._connection, self._namespace, self._schema)

    def _write_anew(self) -> None:
        for name in self._tables:
            self._execute(f"VACUUM (FULL, ANALYZE) {table(name).sql('postgres')}".encode())
        void = [name for name in self._tables if not list(self.query(exp.select("1").from_(table(name)).limit(1), {}))]
        with self._writing():
            self._drop(void)  # an empty table keeps the notes
            _bring(self._connection, self._namespace, self._schema, keep=True)
            self._execute(exp.update(table(COPY), {"unclean": 0}).sql("postgres").encode())

    def _drop(self, names: Sequence[str]) -> None:
        for name in names:
            self._execute(f"DROP TABLE IF EXISTS {table(name).sql('postgres')}".encode())

    def _delete(self, sql: exp.Delete) -> None:
        self._execute(sql.sql("postgres").encode())


def _connected(address: str, password: str | None) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        given = conninfo_to_dict(address)
        own = {name: value for name, value in _REACHING.items() if name not in given}
        # prepare_threshold: a plan kept by the server would not see how large the temporary tables are today
        return psycopg.connect(
            make_conninfo(address, **own, **({} if password is None else {"password": password})),
            autocommit=True,
            prepare_threshold=None,
            row_factory=tuple_row,
            cursor_factory=psycopg.RawCursor,
        )
    except psycopg.Error as error:
        raise StoreError(f"the facts on Postgres cannot be opened: {str(error).strip()}") from error


def _take_turn(
    connection: psycopg.Connection[tuple[Any, ...]], namespace: str, patience: float, waiting: Callable[[], None]
) -> None:
    """A lock of this connection, which ends with it."""

    def locked() -> bool:
        asked = "SELECT pg_try_advisory_lock(hashtextextended('kadenz facts ' || $1, 0))"
        row = connection.execute(asked, [namespace]).fetchone()
        return row is not None and bool(row[0])

    if not wait(locked, patience, waiting):
        raise Busy(f"another process uses the copy of the facts in the schema `{namespace}` on Postgres")


def _refuse_others(connection: psycopg.Connection[tuple[Any, ...]], namespace: str, schema: Schema) -> None:
    """A schema with tables of somebody else's is left alone."""
    names = [shape.name for shape in shapes(schema)]
    found = connection.execute(
        "SELECT min(table_name) FILTER (WHERE table_name = ANY($2)), bool_or(table_name = $3)"
        " FROM information_schema.tables WHERE table_schema = $1",
        [namespace, names, COPY],
    ).fetchone()
    if found is not None and found[0] is not None and not found[1]:
        raise StoreError(
            f"the schema `{namespace}` on Postgres has a table `{found[0]}` that is not ours: name another"
        )


def _shown(connection: psycopg.Connection[tuple[Any, ...]], setting: str) -> object:
    row = connection.execute("SELECT current_setting($1)", [setting]).fetchone()
    return None if row is None else row[0]


def _bring(
    connection: psycopg.Connection[tuple[Any, ...]], namespace: str, schema: Schema, *, keep: bool = False
) -> None:
    """Tables that are absent or have other columns, made; then, unless `keep`, the copy is a copy of nothing."""
    made = [_make(connection, namespace, shape.name, columns_of(shape), shape.key) for shape in shapes(schema)]
    if _make(connection, namespace, COPY, COPIED, ()) or (any(made) and not keep):
        # an empty table is no copy of anything
        connection.execute(exp.delete(table(COPY)).sql("postgres").encode())


def _make(
    connection: psycopg.Connection[tuple[Any, ...]],
    namespace: str,
    name: str,
    columns: Mapping[str, Kind],
    key: Sequence[str],
) -> bool:
    """The table, made if it is absent or has other columns; whether it was. The key leads to a contact's events in
    order."""
    have = connection.execute(
        "SELECT column_name, data_type, collation_name FROM information_schema.columns"
        " WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position",
        [namespace, name],
    ).fetchall()
    if have == [(c, "text", "C") if kind == "text" else (c, "bigint", None) for c, kind in columns.items()]:
        return False
    connection.execute(f"DROP TABLE IF EXISTS {table(name).sql('postgres')}".encode())
    connection.execute(keyed(create(name, columns, "postgres"), key).sql("postgres").encode())
    return True
