"""Facts on DuckDB: a copy of the facts in a file of its own or in memory, for evaluations over many contacts.

DuckDB compares and orders text by its bytes in UTF-8, which is the order of code points. Tables have no keys here: an
index would cost memory and time with each row, and nothing looks single rows up.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from adapters.stores.facts_engine import COPIED, COPY, EngineFacts, columns_of, create, refused
from adapters.stores.facts_migrations import OUT_OF_RANGE, StoreError, shapes
from adapters.stores.facts_reading import table
from adapters.stores.facts_writing import batches
from dsl.schema import Schema
from dsl.types import Stored
from engine.answer import NotWhole, Table
from engine.layout import Kind
from engine.sql.text import SqlText, said

CHUNK = 50_000
"""Rows per insert: each column of so many goes over as one list in JSON, which is hundreds of times quicker than row by
row, and twice as quick as a list of Python's."""


class DuckFacts(EngineFacts):
    """A facts store on DuckDB; implements `engine.protocols.SqlFacts`. Make it with `open`, and close it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: Schema, path: Path | None) -> None:
        super().__init__(schema)
        self._connection = connection
        self._path = path
        self._open = False

    @classmethod
    def open(cls, path: Path | str, schema: Schema) -> DuckFacts:
        """Open the copy at `path` (made if absent), or an empty one in memory for ":memory:".

        Tables that are not those of `schema` are made anew, empty. Raises StoreError if the file cannot be used.
        """
        connection = connect(path)
        _bring(connection, schema)
        return cls(connection, schema, None if path == ":memory:" else Path(path))

    def close(self) -> None:
        """Close the connection; temporary tables go with it."""
        self._connection.close()

    @property
    def dialect(self) -> str:
        """The sqlglot dialect."""
        return "duckdb"

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection, for measurements."""
        return self._connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See `engine.protocols.Facts`."""
        if self._open:
            yield  # inside an outer snapshot: its state is the one
            return
        self._connection.execute("BEGIN TRANSACTION")
        self._open = True
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        else:
            self._connection.execute("COMMIT")
        finally:
            self._open = False

    _writing = snapshot

    def query(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored]) -> Iterator[tuple[Stored, ...]]:
        """See `EngineFacts`."""
        # a connection holds one answer at a time: it is read whole, or the next question would cut it short
        return iter(self._asked(sql, parameters).fetchall())

    def columns(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored], width: int) -> Table:  # noqa: ARG002
        """See `engine.protocols.SqlFacts`."""
        # as arrays: to make an object of Python of each number takes as long as a third of an evaluation
        keys, *columns = self._asked(sql, parameters).fetchnumpy().values()
        return Table(keys.tolist(), [_integers(n, column) for n, column in enumerate(columns)])

    def _asked(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored]) -> duckdb.DuckDBPyConnection:
        asked = said(sql, "duckdb")
        given = {name: parameters[name] for name in asked.parameters}
        try:
            return self._connection.execute(asked.text, given or None)
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
            raise StoreError(OUT_OF_RANGE) from error
        except duckdb.IOException as error:
            raise StoreError(f"the facts on DuckDB cannot be read any more: {error}") from error

    def temporary(
        self,
        name: str,
        columns: Mapping[str, Kind],
        rows: Iterable[Sequence[Stored]],
        key: Sequence[str] = (),  # noqa: ARG002  # the protocol's; see the top
    ) -> None:
        """See `engine.protocols.SqlFacts`."""
        properties = exp.Properties(expressions=[exp.TemporaryProperty()])
        self._connection.execute(create(name, columns, "duckdb", properties=properties, replace=True).sql("duckdb"))
        self._insert(name, columns, rows)

    def _start_over(self) -> None:
        # rows that are deleted stay in the file
        self._connection.close()
        if self._path is not None:
            for path in (self._path, beside(self._path, ".wal"), beside(self._path, ".new")):
                path.unlink(missing_ok=True)
        self._reconnect()

    def _write_anew(self) -> None:
        done = exp.update(table(COPY), {"unclean": 0})
        if self._path is None:
            self._connection.execute(done.sql("duckdb"))
            return
        fresh = beside(self._path, ".new")
        fresh.unlink(missing_ok=True)
        self._connection.execute(f"ATTACH {exp.Literal.string(str(fresh)).sql('duckdb')} AS _fresh")
        (own,) = self._connection.execute("SELECT current_database()").fetchone() or ("",)
        name = exp.to_identifier(own, quoted=True).sql("duckdb")
        self._connection.execute(f"COPY FROM DATABASE {name} TO _fresh")
        done.this.set("catalog", exp.to_identifier("_fresh"))
        done.this.set("db", exp.to_identifier("main"))
        self._connection.execute(done.sql("duckdb"))
        self._connection.execute("DETACH _fresh")
        self._connection.close()
        fresh.replace(self._path)
        beside(self._path, ".wal").unlink(missing_ok=True)
        self._reconnect()

    def _reconnect(self) -> None:
        self._connection = connect(":memory:" if self._path is None else self._path)
        _bring(self._connection, self._schema)

    def _empty(self, names: Sequence[str]) -> None:
        for name in names:
            self._connection.execute(exp.delete(table(name)).sql("duckdb"))

    def _delete(self, sql: exp.Delete) -> None:
        self._connection.execute(sql.sql("duckdb"))

    def _insert(self, name: str, columns: Mapping[str, Kind], rows: Iterable[Sequence[Stored]]) -> int:
        count = 0
        text = _insertion(name, tuple(columns.items()))
        for chunk in batches(rows, CHUNK):
            try:
                lists = [json.dumps(held, ensure_ascii=False) for held in zip(*chunk, strict=True)]
                self._connection.execute(text, lists)
            except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException) as error:
                raise refused(name, error) from error
            count += len(chunk)
        return count


def _integers(number: int, column: Any) -> array[int]:
    if column.dtype != "int64":
        raise NotWhole(number)
    found = array("q")
    found.frombytes(column.tobytes())
    return found


@lru_cache(maxsize=256)
def _insertion(name: str, columns: tuple[tuple[str, Kind], ...]) -> str:
    """Rendered once: building a tree takes longer than a small insert."""
    lists = [
        exp.func("unnest", exp.func("from_json_strict", exp.Placeholder(), exp.Literal.string(_array(kind))))
        for _, kind in columns
    ]
    into = exp.Schema(this=table(name), expressions=[exp.to_identifier(c, quoted=True) for c, _ in columns])
    return exp.Insert(this=into, expression=exp.select(*lists)).sql("duckdb")


def _array(kind: Kind) -> str:
    """A list of such values, in the words of `from_json`."""
    return '["VARCHAR"]' if kind == "text" else '["BIGINT"]'


def connect(path: Path | str) -> duckdb.DuckDBPyConnection:
    """A connection that takes nothing from the environment and the network. Raises StoreError."""
    try:
        connection = duckdb.connect(
            str(path), config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        )
    except duckdb.Error as error:
        raise StoreError(f"the facts on DuckDB at `{path}` cannot be opened: {error}") from error
    connection.execute("SET default_collation = 'binary'")
    return connection


def beside(path: Path, ending: str) -> Path:
    """The file of the same name with something behind it."""
    return path.with_name(path.name + ending)


def _bring(connection: duckdb.DuckDBPyConnection, schema: Schema) -> None:
    made = [_make(connection, shape.name, columns_of(shape)) for shape in shapes(schema)]
    if _make(connection, COPY, COPIED) or any(made):
        connection.execute(exp.delete(table(COPY)).sql("duckdb"))  # an empty table is no copy of anything


def _make(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, Kind]) -> bool:
    """The table, made if it is absent or has other columns; whether it was."""
    have = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'main' AND table_name = ? ORDER BY ordinal_position",
        [name],
    ).fetchall()
    if have == [(c, "VARCHAR" if kind == "text" else "BIGINT") for c, kind in columns.items()]:
        return False
    connection.execute(create(name, columns, "duckdb", replace=True).sql("duckdb"))
    return True
