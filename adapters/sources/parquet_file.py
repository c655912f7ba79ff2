"""Parquet, a file or a folder of files, through DuckDB: it reads them in batches, and who has Parquet mostly has it.

Numbers come as text with all their digits, instants that Parquet calls UTC with their zone. What no field can hold
(structs, maps, bytes) is left out, and said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from adapters.sources.cells import (
    BEGIN,
    STRETCH_ROWS,
    Broken,
    Cell,
    Literal,
    Place,
    Row,
    SourceError,
    Stretch,
    one_line,
)
from adapters.sources.raw import RawFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAGIC = b"PAR1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
            "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL")  # fmt: skip
_AS_THEY_ARE = ("BOOLEAN", "DATE", "TIME", "TIMESTAMP", "VARCHAR")
_AS_TEXT = ("UUID", "ENUM")


def parquet_files(path: Path) -> tuple[Path, ...]:
    """The file itself, or all Parquet files of a folder and the folders in it, by name."""
    return tuple(sorted(path.rglob("*.parquet"))) if path.is_dir() else (path,)


class ParquetFile:
    """Parquet as rows; see `adapters.sources.cells.Source`. Lines are rows, counted through all files of a folder."""

    def __init__(self, path: Path, name: str) -> None:
        try:
            import duckdb
        except ImportError as error:
            raise SourceError(
                f"`{name}` is Parquet, which needs the package duckdb: pip install -e '.[duckdb]'"
            ) from error
        self.name = name
        self._raws = tuple(RawFile(file, name) for file in parquet_files(path))
        if not self._raws:
            raise SourceError(f"the folder `{name}` holds no Parquet files")
        self._failures: tuple[type[Exception], ...] = (duckdb.Error,)
        self.position = 0
        try:
            with self._connect() as connection:
                described = exp.Describe(this=_read(exp.Star())).sql("duckdb")
                found = connection.execute(described, [self._paths]).fetchall()
                counted = _read(exp.Count(this=exp.Star())).sql("duckdb")
                (self.size,) = connection.execute(counted, [self._paths]).fetchone() or (0,)
        except duckdb.Error as error:
            raise SourceError(f"`{name}` is damaged, or no Parquet: {_in_words(error)}") from error
        readers = {str(column): _reader(str(kind)) for column, kind, *_ in found}
        self._readers = {column: reader for column, reader in readers.items() if reader is not None}
        self.columns: Sequence[str] = tuple(map(one_line, self._readers))
        self._kinds = tuple((str(column), str(kind)) for column, kind, *_ in found)
        left = [f"`{one_line(column)}`" for column, reader in readers.items() if reader is None]
        many = f"Parquet, {len(self._raws)} files" if path.is_dir() else "Parquet"
        self.recognised: Sequence[str] = (
            many,
            *([f"without the nested or binary {', '.join(left)}, write them as columns of their own"] if left else []),
        )
        if not self._readers:
            raise SourceError(f"`{name}` has no column that a field can hold")

    @property
    def _paths(self) -> list[str]:
        return [str(raw.path) for raw in self._raws]

    def _connect(self) -> DuckDBPyConnection:
        import duckdb

        connection = duckdb.connect(":memory:", config={"memory_limit": "1GB"})
        connection.execute("SET enable_progress_bar = false")
        return connection

    def fingerprint(self) -> str:
        """See `Source`."""
        whole = "\n".join(f"{raw.path} {raw.fingerprint()}" for raw in self._raws)
        return hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()

    def changed(self) -> object:
        """See `Source`."""
        return [raw.stamp() for raw in self._raws]

    def rows(self) -> Iterator[Row | Broken]:
        """All rows."""
        for stretch in self.stretches():
            for line, cells in zip(stretch.lines, stretch.cells, strict=True):
                yield Row(line, cells)

    def stretches(self, start: Place = BEGIN, /) -> Iterator[Stretch]:
        """The same, many at a time."""
        listed = [reader.select(column) for column, reader in self._readers.items()]
        text = _read(*listed).offset(exp.Placeholder()).sql("duckdb")
        readers = tuple(self._readers.values())
        line = start.line
        try:
            with self._connect() as connection:
                asked = connection.execute(text, [self._paths, start.offset])
                while some := asked.fetchmany(STRETCH_ROWS):
                    columns = [
                        reader.cells(cells) for reader, cells in zip(readers, zip(*some, strict=True), strict=True)
                    ]
                    lines = range(line, line + len(some))
                    yield Stretch(lines, list(zip(*columns, strict=True)), (), Place(line - 1, line))
                    line += len(some)
                    self.position = line - 1
        except self._failures as error:
            raise SourceError(f"`{self.name}` cannot be read: {_in_words(error)}") from error
        self.position = self.size


def _read(*columns: exp.Expression) -> exp.Select:
    """A select from the files that the first parameter lists."""
    by_name = exp.Kwarg(this=exp.var("union_by_name"), expression=exp.true())
    return exp.select(*columns).from_(exp.Anonymous(this="read_parquet", expressions=[exp.Placeholder(), by_name]))


def _in_words(error: Exception) -> str:
    return one_line(str(error).splitlines()[0])


class _Reader:
    """How a column is asked for (`cast`: as which type), and what its cells become."""

    def __init__(self, cast: str | None = None) -> None:
        self._cast = cast

    def select(self, column: str) -> exp.Expression:
        """The column in a select."""
        named = exp.column(column, quoted=True)
        return (
            named if self._cast is None else exp.Cast(this=named, to=exp.DataType.build(self._cast, dialect="duckdb"))
        )

    def cells(self, cells: Sequence[object]) -> Sequence[Cell]:
        """What DuckDB gives, as cells."""
        return cells  # type: ignore[return-value]


class _Numbers(_Reader):
    def cells(self, cells: Sequence[object]) -> Sequence[Cell]:
        return [None if cell is None else Literal(cell) for cell in cells]


class _Instants(_Reader):
    def select(self, column: str) -> exp.Expression:
        # microseconds, because DuckDB's own instants need a further package to become Python's
        return exp.Anonymous(this="epoch_us", expressions=[exp.column(column, quoted=True)])

    def cells(self, cells: Sequence[object]) -> Sequence[Cell]:
        return [None if cell is None else _EPOCH + timedelta(microseconds=int(str(cell))) for cell in cells]


def _reader(kind: str) -> _Reader | None:
    """How a column of this type is read; None for one that no field can hold."""
    bare = kind.partition("(")[0]
    if kind.endswith("[]") and kind[:-2].partition("(")[0] in (*_NUMBERS, *_AS_TEXT, "VARCHAR", "BOOLEAN"):
        return _Reader("VARCHAR[]")  # a set of words
    if kind.endswith("]") or ("(" in kind and bare not in {"DECIMAL", "ENUM"}):
        return None
    if kind == "TIMESTAMP WITH TIME ZONE":
        return _Instants()
    if kind.startswith("TIMESTAMP_"):
        return _Reader("TIMESTAMP")
    if bare in _NUMBERS:
        return _Numbers("VARCHAR")
    if bare in _AS_TEXT:
        return _Reader("VARCHAR")
    return _Reader() if kind in _AS_THEY_ARE else None
