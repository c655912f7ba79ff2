"""Facts on an engine beside SQLite: the tables of `engine.layout`, and what both such engines read in the same way.

What lies there is a copy: SQLite stays the system of record, imports write to it alone, and `follow` carries over what
is new, changed or gone. An engine adds how it makes tables, takes rows in and runs a select.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Literal

from sqlglot import exp

from adapters.stores.facts_journal import ERASED, Position, knows, position
from adapters.stores.facts_migrations import StoreError, TableShape, shapes
from adapters.stores.facts_reading import EngineReading, column, table
from adapters.stores.facts_record import RecordFacts
from dsl.schema import Schema
from dsl.types import Stored
from engine import layout
from engine.layout import Kind, storage
from engine.records import Touched
from engine.sql.dialects import DIALECTS

COPY = "_copy"

COPIED: dict[str, Kind] = dict.fromkeys(("last", "mark", "line", "line_mark", "unclean"), "integer")
"""The table of one row that says how far a copy has read, and whether (1) what was deleted may still lie in it."""

CHANGED = "_changed"


@dataclass(frozen=True, slots=True)
class Carried:
    """What following did: rows that went over, and whether all of them did."""

    rows: int
    anew: bool
    erased: bool = False
    """Somebody was erased, and the copy was written anew so that nothing of them lies in it."""


class EngineFacts(EngineReading):
    """A copy of the facts on another engine; implements `engine.protocols.SqlFacts`."""

    def __init__(self, schema: Schema) -> None:
        super().__init__(schema)
        self._tables = {shape.name: columns_of(shape) for shape in shapes(schema)}
        self._keys = {shape.name: shape.unique or shape.key for shape in shapes(schema)}
        self._event_tables = frozenset(map(layout.event_table, schema.events))

    # ------------------------------------------------------------ what an engine adds

    @abstractmethod
    def _writing(self) -> AbstractContextManager[None]:
        """One transaction; an error rolls it back."""

    @abstractmethod
    def _empty(self, names: Sequence[str]) -> None:
        """Take all rows out of tables."""

    @abstractmethod
    def _delete(self, sql: exp.Delete) -> None:
        """Take some rows out."""

    @abstractmethod
    def _insert(self, name: str, columns: Mapping[str, Kind], rows: Iterable[Sequence[Stored]]) -> int:
        """Put rows into a table, and say how many."""

    # ------------------------------------------------------------ writing

    def fill(self, source: RecordFacts) -> None:
        """Make the contents those of `source`, as one transaction. Raises StoreError if a value does not fit."""
        with source.snapshot(), self._writing():
            self._fill(source, position(source.database))

    def follow(self, source: RecordFacts) -> Carried:
        """Make the contents those of `source`, as one transaction, by carrying over what is new, changed or gone since
        the last time. Raises StoreError if a value does not fit.

        Where somebody was erased since, the copy is written anew after that. A process that ends in between leaves
        that to the next call."""
        with source.snapshot():
            stands, seen = position(source.database), self._position()
            if seen is None or not knows(source.database, seen):
                self._start_over()
                with self._writing():
                    return Carried(self._fill(source, stands), anew=True)
            count = 0
            if seen != stands:
                erased = _any(source.stream(_lines("whole"), {"table": ERASED, "line": seen.line}))
                with self._writing():
                    count = sum(self._catch_up(source, name, seen) for name in self._tables)
                    self._stand(stands, unclean=erased or self._unclean())
            if not self._unclean():
                return Carried(count, anew=False)
        self._write_anew()
        return Carried(count, anew=False, erased=True)

    def behind(self, source: RecordFacts) -> int | None:
        """How many arrivals and lines of the journal `follow` would read; None: it would start over."""
        with source.snapshot():
            stands, seen = position(source.database), self._position()
            if seen is None or not knows(source.database, seen):
                return None
            return stands.last - seen.last + stands.line - seen.line

    @abstractmethod
    def _start_over(self) -> None:
        """Empty all tables, so that nothing stays of what was in them, no byte either. Not inside a transaction."""

    @abstractmethod
    def _write_anew(self) -> None:
        """Write everything to a new place, so that no byte of what was deleted stays, and then say in `COPY` that it is
        done. Not inside a transaction."""

    def _fill(self, source: RecordFacts, stands: Position) -> int:
        self._empty(tuple(self._tables))
        count = sum(
            self._insert(name, held, source.stream(_rows(name, held), {})) for name, held in self._tables.items()
        )
        self._stand(stands, unclean=False)
        return count

    def _position(self) -> Position | None:
        names = ("last", "mark", "line", "line_mark")
        rows = list(self.query(exp.select(*map(column, names)).from_(table(COPY)), {}))
        return Position(*(int(n or 0) for n in rows[0])) if rows else None

    def _unclean(self) -> bool:
        return any(row == (1,) for row in self.query(exp.select(column("unclean")).from_(table(COPY)), {}))

    def _stand(self, position_: Position, *, unclean: bool) -> None:
        self._empty([COPY])
        row = (position_.last, position_.mark, position_.line, position_.line_mark, int(unclean))
        self._insert(COPY, COPIED, [row])

    def _catch_up(self, source: RecordFacts, name: str, seen: Position) -> int:
        """Rows with a higher number than the last one seen, and those that the journal names."""
        columns, keys = self._tables[name], self._keys[name]
        since: dict[str, Stored] = {"table": name, "line": seen.line}
        if _any(source.stream(_lines("whole"), since)):
            self._empty([name])
            return self._insert(name, columns, source.stream(_rows(name, columns), {}))
        past: dict[str, Stored] = {"last": seen.last}
        arrived = exp.GT(this=column(layout.SEQ), expression=exp.Placeholder(this="last"))
        fresh = source.stream(_rows(name, keys).where(arrived.copy()), past)
        named = source.stream(_lines("named"), since)
        # an event that is new to the store is new here, and there are many
        gone = named if name in self._event_tables else chain(named, fresh)
        self._remove(name, {key: columns[key] for key in keys}, gone)
        self._remove(name, {layout.SEQ: "integer"}, source.stream(_lines("numbered"), since))
        wanted: exp.Expression = arrived
        if len(keys) == 1:  # lines about tables with more name no row
            wanted = exp.Or(
                this=arrived, expression=exp.In(this=column(*keys), query=exp.Subquery(this=_lines("named")))
            )
            past |= since
        return self._insert(name, columns, source.stream(_rows(name, columns).where(wanted), past))

    def _remove(self, name: str, keys: Mapping[str, Kind], rows: Iterator[tuple[Stored, ...]]) -> None:
        """Take the rows with these keys out of a table, those that are there."""
        first = next(rows, None)
        if first is None:
            return
        self.temporary(CHANGED, keys, chain([first], rows))
        same = [
            exp.EQ(
                this=exp.column(key, table=CHANGED, quoted=True), expression=exp.column(key, table=name, quoted=True)
            )
            for key in keys
        ]
        there = exp.Exists(this=exp.select("1").from_(table(CHANGED)).where(*same))
        self._delete(exp.delete(table(name)).where(there))

    def last_seq(self) -> int:
        """The highest arrival number of the store that this is a copy of, when it was last followed; 0 before."""
        seen = self._position()
        return 0 if seen is None else seen.last

    def has_been_at(self, seq: int, mark: int | None) -> bool:
        """Whether the store had given this number out when it was last followed; of earlier numbers a copy keeps no
        marks."""
        seen = self._position()
        if seen is None:
            return seq == 0
        return seq < seen.last or (seq == seen.last and mark in (None, seen.mark))

    def position(self) -> None:
        """A copy has no journal of its own."""
        return

    def touched(
        self,
        since: Position,  # noqa: ARG002  # asked of every store
        events: Collection[str],  # noqa: ARG002
        tables: Collection[str],  # noqa: ARG002
        span: tuple[int, int],  # noqa: ARG002
        most: int,  # noqa: ARG002
    ) -> Touched:
        """See `engine.protocols.Facts`."""
        return Touched(everybody="a copy of the facts does not tell what changed")


@lru_cache(maxsize=256)
def _whole(name: str, columns: tuple[str, ...]) -> exp.Select:
    return exp.select(*map(column, columns)).from_(table(name))


def _rows(name: str, columns: Iterable[str]) -> exp.Select:
    """All rows of a table."""
    return _whole(name, tuple(columns))


def _lines(of: Literal["named", "numbered", "whole"]) -> exp.Select:
    """The rows of a table that lines of the journal name: by id, by number, or (whole) any row of it."""
    nameless, number = column("id").eq(exp.Literal.string("")), column("seq")
    match of:
        case "named":
            text = exp.select(column("id")).distinct().where(exp.not_(nameless))
        case "numbered":
            text = exp.select(number).distinct().where(nameless, exp.not_(number.copy().is_(exp.null())))
        case "whole":
            text = exp.select(exp.Literal.number(1)).where(nameless, number.is_(exp.null())).limit(1)
    later = exp.GT(this=column("n"), expression=exp.Placeholder(this="line"))
    same = exp.EQ(this=column("table"), expression=exp.Placeholder(this="table"))
    return text.from_(table("_journal")).where(same, later)


def _any(rows: Iterator[tuple[Stored, ...]]) -> bool:
    """Whether there is a row; the rest is read, so that the question is over."""
    return bool(list(rows))


def columns_of(shape: TableShape) -> dict[str, Kind]:
    """The columns of a table and what they hold."""
    return {**shape.own, **{name: storage(type_) for name, type_ in shape.columns.items()}}


def create(name: str, columns: Mapping[str, Kind], dialect: str, **parts: object) -> exp.Create:
    """`CREATE TABLE`; `parts`: further arguments of the node."""
    kind = DIALECTS[dialect].column
    held = [exp.ColumnDef(this=exp.to_identifier(c, quoted=True), kind=kind(k)) for c, k in columns.items()]
    return exp.Create(this=exp.Schema(this=table(name), expressions=held), kind="TABLE", **parts)


def refused(name: str, error: Exception) -> StoreError:
    """What an engine said about rows that do not fit."""
    return StoreError(f"a value does not fit into `{name}`: {str(error).strip().splitlines()[0]}")
