"""One row through the converters: stored values by slot, or everything that is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapters.importing.convert import UNKNOWN_ZONE, Bad, Converter, normalised, plain_text
from adapters.importing.places import point_of, together
from adapters.importing.recognition import Column, Recognition
from adapters.sources.cells import ABSENT, Broken, Cell, Row, Source
from dsl.types import Stored

MEMO = 20_000
"""Good cells of a column remembered with their value: real columns repeat themselves."""

_Memo = dict[str, Stored | Bad]
_UNSEEN = Bad("unseen", "")


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


class RowReader:
    """Reads rows of one file for one target. Holds the converters and their memories."""

    def __init__(self, source: Source, recognition: Recognition, country_slot: str | None, country: str | None) -> None:
        self._columns = tuple(source.columns)
        self._width = recognition.width
        self._country_slot = country_slot
        self._country = country
        # flat tuples: this is walked for every cell of every row
        self._steps: tuple[tuple[Column, str, Converter, _Memo, int | None, bool], ...] = tuple(
            (c, c.filled.slot.name, c.converter(), {}, c.filled.column, c.filled.slot.field.required)
            for c in recognition.columns
        )
        self._phones = tuple(c for c in recognition.columns if "phone" in c.filled.slot.field.normalise)

        self._points = {point: c for c in recognition.columns if (point := point_of(c.filled.slot.name)) is not None}

    def read(self, row: Row | Broken) -> Good | Wrong:
        """The row's values, or what is wrong with it."""
        if isinstance(row, Broken):
            return Wrong(row.line, None, row.reason, row.detail, json.dumps({"line": row.raw}))
        cells = row.cells
        if len(cells) != self._width:
            if len(cells) < self._width:
                return self.wrong(row, None, "too few cells", f"has {len(cells)} cells, the header {self._width}")
            if any(cells[self._width :]):
                return self.wrong(row, None, "too many cells", f"has {len(cells)} cells, the header {self._width}")
        values: dict[str, Stored] = {}
        bad: list[tuple[Column, Bad]] = []
        for column, name, convert, memo, place, required in self._steps:
            cell: Cell = column.filled.constant if place is None else cells[place]
            if cell is ABSENT:
                if required and column.filled.slot.needed:
                    bad.append((column, Bad("required value missing", "is missing, and required")))
                continue
            if type(cell) is str:  # a `Literal` reads otherwise than the same text, so it is not remembered
                value = memo.get(cell, _UNSEEN)
                if value is _UNSEEN:
                    value = convert(cell)
                    if len(memo) < MEMO and not isinstance(value, Bad):
                        memo[cell] = value
            else:
                value = convert(cell)
            if isinstance(value, Bad):
                bad.append((column, value))
            elif required and value is None:
                bad.append((column, Bad("required value missing", "is missing, and required")))
            else:
                values[name] = value
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
