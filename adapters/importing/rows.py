"""Rows through the converters, many at a time: stored values by slot, or everything that is wrong with a row."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Protocol

from adapters.importing.convert import UNKNOWN_ZONE, Bad, Settled, normalised, plain_text
from adapters.importing.places import point_of, together
from adapters.importing.recognition import Column, Recognition
from adapters.importing.whole_columns import ColumnReader, Value, column_reader
from adapters.sources.cells import ABSENT, Absent, Broken, Cell, Row, Source
from dsl.types import Stored


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row: the first finding's column and reason, all findings in `detail`."""

    line: int
    column: str | None
    reason: str
    detail: str
    raw: str
    values: Mapping[str, Stored] = field(default_factory=dict)
    """What fits of it."""


@dataclass(frozen=True, slots=True)
class Good:
    """A row that fits: values by slot name; a slot that the row lacks altogether has no entry."""

    line: int
    values: dict[str, Stored]
    row: Row
    finding: Wrong | None = None
    """What does not fit and counts as missing."""


class Fitting(Protocol):
    """Rows that fit, as columns or one by one."""

    def __len__(self) -> int: ...

    @property
    def findings(self) -> Sequence[Wrong]:
        """What does not fit of rows and counts as missing there."""
        ...

    def known(self, slot: str) -> Sequence[Stored]:
        """The values of a slot, None where a row has none."""
        ...

    def has(self, slot: str) -> bool:
        """Whether every row has the slot, be it missing there or not."""
        ...

    def full(self, slot: str) -> bool:
        """Whether every row has a value there."""
        ...

    def goods(self) -> Sequence[Good]:
        """Row by row."""
        ...


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows one by one."""

    rows: Sequence[Good]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def findings(self) -> Sequence[Wrong]:
        """See `Fitting`."""
        return [row.finding for row in self.rows if row.finding is not None]

    def known(self, slot: str) -> Sequence[Stored]:
        """See `Fitting`."""
        return [row.values.get(slot) for row in self.rows]

    def has(self, slot: str) -> bool:
        """See `Fitting`."""
        return all(slot in row.values for row in self.rows)

    def full(self, slot: str) -> bool:
        """See `Fitting`."""
        return None not in self.known(slot)

    def goods(self) -> Sequence[Good]:
        """See `Fitting`."""
        return self.rows


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as columns: a value for each row, or ABSENT where the row lacks the slot altogether."""

    lines: Sequence[int]
    cells: Sequence[Sequence[Cell]]
    """The rows as they stand in the file."""
    columns: Mapping[str, Sequence[Value]]
    found: Mapping[int, Wrong] = field(default_factory=dict)
    """Line -> what does not fit of the row and counts as missing."""
    kinds: Mapping[str, Set[type]] = field(default_factory=dict)
    """The types of a column's values where they are known: asked once instead of value by value."""

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def findings(self) -> Sequence[Wrong]:
        """See `Fitting`."""
        return tuple(self.found.values())

    def known(self, slot: str) -> Sequence[Stored]:
        """See `Fitting`."""
        column = self.columns.get(slot)
        if column is None:
            return [None] * len(self.lines)
        if slot not in self.kinds or Absent in self.kinds[slot]:
            return [None if value is ABSENT else value for value in column]  # type: ignore[misc]
        return column  # type: ignore[return-value]

    def has(self, slot: str) -> bool:
        """See `Fitting`."""
        return slot in self.columns and ABSENT not in self.columns[slot]

    def full(self, slot: str) -> bool:
        """See `Fitting`."""
        if slot in self.kinds:
            return self.kinds[slot].isdisjoint({Absent, type(None)})
        return None not in self.known(slot)

    def bare(self) -> Table:
        """The same without the cells."""
        return replace(self, cells=((),) * len(self))

    def goods(self) -> Sequence[Good]:
        """See `Fitting`."""
        names = tuple(self.columns)
        rows = zip(*self.columns.values(), strict=True) if names else (() for _ in self.lines)
        found = []
        for line, cells, values in zip(self.lines, self.cells, rows, strict=True):
            stored = {n: v for n, v in zip(names, values, strict=True) if v is not ABSENT}
            found.append(Good(line, stored, Row(line, cells), self.found.get(line)))
        return found


class RowReader:
    """Reads rows of one file for one target. Holds the converters and what they found out on the way.

    `settled`: conventions as an earlier reader of the same columns left them.
    """

    def __init__(
        self,
        source: Source,
        recognition: Recognition,
        country_slot: str | None,
        country: str | None,
        settled: Sequence[Settled] = (),
    ) -> None:
        self._columns = tuple(source.columns)
        self._width = recognition.width
        self._country_slot = country_slot
        self._country = country
        self.settled = tuple(settled) or tuple(Settled(c.convention) for c in recognition.columns)
        self._steps = tuple(
            (c, self._reader(c, known)) for c, known in zip(recognition.columns, self.settled, strict=True)
        )
        self._phones = tuple(c for c in recognition.columns if "phone" in c.filled.slot.field.normalise)
        self._points = {point: c for c in recognition.columns if (point := point_of(c.filled.slot.name)) is not None}

    def _reader(self, column: Column, settled: Settled) -> ColumnReader:
        slot = column.filled.slot
        return column_reader(slot.field, settled.convention, column.converter(settled), plain=slot.choices is None)

    def read_broken(self, row: Broken) -> Wrong:
        """A line that is no row, as a finding."""
        return Wrong(row.line, None, row.reason, row.detail, json.dumps({"line": row.raw}))

    def read(
        self, lines: Sequence[int], rows: Sequence[Sequence[Cell]], *, text: bool = False
    ) -> tuple[Table, list[Wrong]]:
        """The rows that fit, and what is wrong with the others, each in order. `text`: all cells are plain text."""
        wrong: list[Wrong] = []
        if set(map(len, rows)) - {self._width}:
            fitting: list[tuple[int, Sequence[Cell]]] = []
            for line, cells in zip(lines, rows, strict=True):
                if len(cells) < self._width or any(cells[self._width :]):
                    few = "few" if len(cells) < self._width else "many"
                    says = f"has {len(cells)} cells, the header {self._width}"
                    wrong.append(self.wrong(Row(line, cells), None, f"too {few} cells", says))
                else:
                    fitting.append((line, cells))
            lines, rows = [line for line, _ in fitting], [cells for _, cells in fitting]
        found: list[list[Value]] = []
        types: dict[str, Set[type]] = {}
        doubtful: set[int] = set(range(len(rows))) if self._phones or self._points else set()
        for column, read in self._steps:
            place = column.filled.column
            cells = [column.filled.constant] * len(rows) if place is None else list(map(itemgetter(place), rows))
            values = read(cells, text=text and place is not None)
            found.append(values)
            kinds = types[column.filled.slot.name] = set(map(type, values))
            required = column.filled.slot.field.required
            if Bad in kinds:
                doubtful.update(n for n, value in enumerate(values) if type(value) is Bad)
            if required and (type(None) in kinds or Absent in kinds):
                doubtful.update(n for n, value in enumerate(values) if value is None or value is ABSENT)
        columns: dict[str, Sequence[Value]] = {
            c.filled.slot.name: values for (c, _), values in zip(self._steps, found, strict=True)
        }
        table = Table(lines, rows, columns, kinds=types)
        if not doubtful:
            return table, wrong
        table, late = self._singly(table, found, doubtful)
        return table, sorted([*wrong, *late], key=lambda w: w.line)

    def _singly(
        self, table: Table, found: Sequence[Sequence[Value]], doubtful: Collection[int]
    ) -> tuple[Table, list[Wrong]]:
        """Look again at rows that something may be wrong with."""
        judged = {n: self._judge(Row(table.lines[n], table.cells[n]), [v[n] for v in found]) for n in sorted(doubtful)}
        wrong = [row for row in judged.values() if isinstance(row, Wrong)]
        good = {n: row for n, row in judged.items() if isinstance(row, Good)}
        columns: dict[str, Sequence[Value]] = {}
        for name in (*table.columns, *self._points):
            values = list(table.columns.get(name, [ABSENT] * len(table)))
            for n, row in good.items():
                values[n] = row.values.get(name, ABSENT)
            columns[name] = values
        keep = [n for n in range(len(table)) if n not in judged or n in good]
        kept = Table(
            [table.lines[n] for n in keep],
            [table.cells[n] for n in keep],
            {name: [values[n] for n in keep] for name, values in columns.items() if point_of(name) is None},
            {row.line: row.finding for row in good.values() if row.finding is not None},
        )
        return kept, wrong

    def _judge(self, row: Row, found: Sequence[Value]) -> Good | Wrong:
        """A row's values, or what is wrong with it. `found`: of each column."""
        values: dict[str, Stored] = {}
        bad: list[tuple[Column, Bad]] = []
        for (column, _), value in zip(self._steps, found, strict=True):
            slot = column.filled.slot
            if isinstance(value, Absent):
                if slot.field.required and slot.needed:
                    bad.append((column, Bad("required value missing", "is missing, and required")))
            elif isinstance(value, Bad):
                bad.append((column, value))
            elif slot.field.required and value is None:
                bad.append((column, Bad("required value missing", "is missing, and required")))
            else:
                values[slot.name] = value
        for column in self._phones:
            self._read_phone(column, values, bad)
        for name, column in self._points.items():
            wrong = together(name, values)
            if wrong is not None and all(point_of(c.filled.slot.name) != name for c, _ in bad):
                bad.append((column, Bad("wrong type", wrong)))
        if not bad:
            return Good(row.line, values, row)
        if all(b.reason == UNKNOWN_ZONE and not c.filled.slot.field.required for c, b in bad):
            finding = self._found(row, bad, "; the row is stored without it")
            return Good(row.line, values | {c.filled.slot.name: None for c, _ in bad}, row, finding)
        return replace(self._found(row, bad), values=values)

    def _found(self, row: Row, bad: Sequence[tuple[Column, Bad]], then: str = "") -> Wrong:
        column, first = bad[0]
        detail = "; ".join(f"`{c.filled.slot.shown}`{_sentence(b)}" for c, b in bad)
        return self.wrong(row, column.column or column.filled.slot.shown, first.reason, detail + then)

    def _read_phone(self, column: Column, values: dict[str, Stored], bad: list[tuple[Column, Bad]]) -> None:
        name = column.filled.slot.name
        if values.get(name) is None:
            return
        own = values.get(self._country_slot) if self._country_slot is not None else None
        country = own if isinstance(own, str) else self._country
        value = normalised(values[name], column.filled.slot.field, country)
        if isinstance(value, Bad):
            bad.append((column, value))
        else:
            values[name] = value

    def wrong(self, row: Row, column: str | None, reason: str, detail: str) -> Wrong:
        """The row as a finding, with what stands in it."""
        return Wrong(row.line, column, reason, detail, raw_json(self._columns, row.cells))


def _sentence(bad: Bad) -> str:
    return f" {bad.detail}" if bad.detail.startswith(("is ", "holds ", "lies ")) else f": {bad.detail}"


def raw_json(columns: Sequence[str], cells: Sequence[Cell]) -> str:
    """The row as a JSON object: what can be mended and imported again."""
    named: dict[str, object] = {}
    for number, cell in enumerate(cells):
        name = columns[number] if number < len(columns) and columns[number] else f"column {number + 1}"
        if cell is not ABSENT:
            named[name] = cell if cell is None or isinstance(cell, (bool, list, dict)) else plain_text(cell)
    # ASCII, because a cell may hold bytes that are no characters, which no text column takes
    return json.dumps(named, default=str)
