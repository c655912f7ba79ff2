"""Facts as Parquet files, one folder a table (so one an event type), read by DuckDB; other programs may read them too.

What is new goes into parts of its own; a part that holds a row which changed or is gone is written anew without it.
Parts never change: what is current says the manifest (`parquet_manifest`), and the files that it named before are
removed when it has been replaced. DuckDB sees each table as a view over its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
from sqlglot import exp

from adapters.stores import parquet_manifest
from adapters.stores.facts_duckdb import DuckFacts
from adapters.stores.facts_engine import COPIED, COPY, EngineFacts
from adapters.stores.facts_migrations import StoreError
from adapters.stores.facts_reading import column, table
from adapters.stores.facts_writing import batches
from adapters.stores.parquet_manifest import Manifest, Part, PartedTable
from dsl.schema import Schema
from dsl.types import Stored
from engine.answer import Table
from engine.layout import Kind
from engine.sql.dialects import DUCKDB
from engine.sql.text import SqlText

PART = 500_000
"""The most rows of a part: few enough to be written anew for one row that changed, and to be held in memory."""

STAGED = "_staged"

Row = Sequence[Stored]


class ParquetFacts(EngineFacts):
    """A facts store on Parquet files; implements `engine.protocols.SqlFacts`. Make it with `open`, and close it.

    One process uses it at a time (`adapters.stores.turns`). `on_point` hears of each step of writing, for the tests.
    """

    def __init__(self, folder: Path, schema: Schema, on_point: Callable[[str], None]) -> None:
        super().__init__(schema)
        self._folder = folder
        self._on_point = on_point
        self._duck = DuckFacts.open(":memory:", schema)
        self._manifest = Manifest()
        for name in self._tables:
            self._duck.connection.execute(f"DROP TABLE {table(name).sql('duckdb')}")

    @classmethod
    def open(cls, folder: Path, schema: Schema, *, on_point: Callable[[str], None] = lambda _: None) -> ParquetFacts:
        """Open the copy in `folder` (made if absent). Where a table has other columns than `schema` says, it is a copy
        of nothing yet. Raises StoreError if the files cannot be used."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the folder for Parquet files `{folder}` cannot be made: {error.strerror}") from error
        store = cls(folder, schema, on_point)
        try:
            store._take(parquet_manifest.read(folder))
        except BaseException:
            store.close()
            raise
        return store

    def _take(self, manifest: Manifest) -> None:
        """What the manifest says is what there is."""
        have = {name: held.columns for name, held in manifest.tables.items()}
        self._duck._empty([COPY])
        if {name: dict(have.get(name, {})) for name in self._tables} == self._tables and manifest.copied is not None:
            self._duck._insert(COPY, COPIED, [manifest.copied])
            kept = {name: manifest.tables[name] for name in self._tables}
        else:
            kept = {name: PartedTable(columns) for name, columns in self._tables.items()}
        self._manifest = replace(manifest, tables=kept)
        for name in self._tables:
            self._show(name)

    def _show(self, name: str) -> None:
        columns, parts = self._tables[name], self._manifest.tables[name].parts
        if parts:
            seen = exp.select(*map(column, columns)).from_(self._files(name, parts))
        else:
            void = [
                exp.alias_(exp.Cast(this=exp.null(), to=DUCKDB.column(kind)), c, quoted=True)
                for c, kind in columns.items()
            ]
            seen = exp.select(*void).where(exp.false())
        made = exp.Create(this=table(name), kind="VIEW", expression=seen, replace=True)
        try:
            self._duck.connection.execute(made.sql("duckdb"))
        except duckdb.Error as error:
            raise StoreError(f"the Parquet files in `{self._folder}` cannot be read: {error}") from error

    def _files(self, name: str, parts: Iterable[Part]) -> exp.Expression:
        paths = [exp.Literal.string(str(self._folder / name / part.name)) for part in parts]
        return exp.Anonymous(this="read_parquet", expressions=[exp.Array(expressions=paths)])

    def close(self) -> None:
        """Close the connection; temporary tables go with it."""
        self._duck.close()

    # ------------------------------------------------------------ reading is DuckDB's

    @property
    def dialect(self) -> str:
        """The sqlglot dialect."""
        return self._duck.dialect

    def query(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored]) -> Iterator[tuple[Stored, ...]]:
        """See `EngineFacts`."""
        return self._duck.query(sql, parameters)

    def columns(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored], width: int) -> Table:
        """See `engine.protocols.SqlFacts`."""
        return self._duck.columns(sql, parameters, width)

    def temporary(self, name: str, columns: Mapping[str, Kind], rows: Iterable[Row], key: Sequence[str] = ()) -> None:
        """See `engine.protocols.SqlFacts`."""
        self._duck.temporary(name, columns, rows, key)

    def snapshot(self) -> AbstractContextManager[None]:
        """See `engine.protocols.Facts`."""
        return self._duck.snapshot()

    # ------------------------------------------------------------ writing

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
            self._commit()
        except BaseException:
            # what the folder says holds, whether or not the new manifest came to be
            self._take(parquet_manifest.read(self._folder))
            parquet_manifest.sweep(self._folder, self._manifest)
            raise

    def _commit(self) -> None:
        """The manifest as it is now becomes the one of the folder."""
        self._on_point("parts")
        copied = list(self._duck.query(exp.select(*map(column, COPIED)).from_(table(COPY)), {}))
        row = tuple(int(n or 0) for n in copied[0]) if copied else None
        self._manifest = replace(self._manifest, copied=row)
        parquet_manifest.write(self._folder, self._manifest)
        self._on_point("manifest")
        parquet_manifest.sweep(self._folder, self._manifest)
        for name in self._tables:
            self._show(name)

    def _start_over(self) -> None:
        self._take(Manifest(following=self._manifest.following))
        self._commit()

    def _write_anew(self) -> None:
        # parts that held somebody are written anew already, and the old ones removed unless that was cut off
        parquet_manifest.sweep(self._folder, self._manifest)
        self._duck._write_anew()
        self._commit()

    def _empty(self, names: Sequence[str]) -> None:
        for name in names:
            if name == COPY:
                self._duck._empty([name])
            else:
                self._have(name, ())

    def _have(self, name: str, parts: tuple[Part, ...]) -> None:
        held = replace(self._manifest.tables[name], parts=parts)
        self._manifest = replace(self._manifest, tables={**self._manifest.tables, name: held})

    def _delete(self, sql: exp.Delete) -> None:
        name, test = sql.this.name, sql.args["where"].this
        kept: list[Part] = []
        for part in self._manifest.tables[name].parts:
            alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
            files = exp.Table(this=self._files(name, [part]), alias=alias)
            counted = exp.select(exp.Count(this=exp.Star())).from_(files.copy()).where(exp.not_(test.copy()))
            ((rest,),) = self._duck.query(counted, {})
            if rest == part.rows:
                kept.append(part)
            elif rest:
                kept.append(self._written(name, exp.select("*").from_(files).where(exp.not_(test.copy()))))
        self._have(name, tuple(kept))

    def _insert(self, name: str, columns: Mapping[str, Kind], rows: Iterable[Row]) -> int:
        if name == COPY:
            return self._duck._insert(name, columns, rows)
        count = 0
        for chunk in batches(rows, PART):
            self._duck.temporary(STAGED, columns, chunk)
            part = self._written(name, exp.select(*map(column, columns)).from_(table(STAGED)))
            self._have(name, (*self._manifest.tables[name].parts, part))
            count += len(chunk)
        self._merge(name)
        return count

    def _merge(self, name: str) -> None:
        """Join the last parts where one is not much larger than all that came after it: so the parts stay few, and a
        row is written again a few times at most."""
        parts = self._manifest.tables[name].parts
        first, rows = len(parts), 0
        while first and parts[first - 1].rows <= 2 * rows + (rows == 0) * PART and rows + parts[first - 1].rows <= PART:
            first -= 1
            rows += parts[first].rows
        if len(parts) - first > 1:
            whole = exp.select("*").from_(self._files(name, parts[first:]))
            self._have(name, (*parts[:first], self._written(name, whole)))

    def _written(self, name: str, rows: exp.Select) -> Part:
        """A new part with these rows, durable."""
        number = self._manifest.following
        self._manifest = replace(self._manifest, following=number + 1)
        path = self._folder / name / Part(number, 0).name
        path.parent.mkdir(exist_ok=True)
        into = exp.Literal.string(str(path)).sql("duckdb")
        done = self._duck.connection.execute(f"COPY ({rows.sql('duckdb')}) TO {into} (FORMAT parquet)")
        (count,) = done.fetchone() or (0,)
        parquet_manifest.durable(path)
        parquet_manifest.durable(path.parent)
        self._on_point("part")
        return Part(number, int(count))
