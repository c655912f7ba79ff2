"""Whole columns through their converters: what a type's plain values look like is read at once, the rest cell by cell.

Each reader gives, for every cell, exactly what the column's converter gives for it alone (a test compares them).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import add
from typing import Literal as Word
from typing import Protocol

from adapters.importing.convert import Bad, Convention, Converter
from adapters.importing.dates import EARLIEST, LATEST, parse_instant
from adapters.importing.numbers import NumberFormat
from adapters.sources.cells import ABSENT, Absent, Cell, Literal
from dsl.schema import Field
from dsl.types import DateTime, Numeric, Stored, Text

MEMO = 20_000
"""Good cells of a column remembered with their value: real columns repeat themselves."""

Value = Stored | Bad | Absent


class ColumnReader(Protocol):
    """A whole column through its converter."""

    def __call__(self, cells: Sequence[Cell], /, *, text: bool = False) -> list[Value]:
        """The value of each cell. `text`: every cell is a plain `str`."""
        ...


class Memo(dict[str, Value]):
    """Cells with their values; what is not there is asked of the converter, and kept as long as there is room."""

    __slots__ = ("_convert",)

    def __init__(self, convert: Callable[[str], Stored | Bad]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, cell: str) -> Stored | Bad:
        value = self._convert(cell)
        if len(self) < MEMO and type(value) is not Bad:
            self[cell] = value
        return value


def column_reader(field: Field, convention: Convention, convert: Converter, *, plain: bool) -> ColumnReader:
    """The reader of a column of such a field. `convert`: its converter, which rules. `plain`: nothing but the field
    says how the cells are read (no choices of the project). Rules of the field are asked cell by cell."""
    words = _of_text(field, convention, convert) if plain and field.rules is None else None
    if words is None:
        words = _remembered(convert)
    literals = Memo(lambda cell: convert(Literal(cell)))

    def read(cells: Sequence[Cell], /, *, text: bool = False) -> list[Value]:
        if text or set(map(type, cells)) <= {str}:
            return words(cells)  # type: ignore[arg-type]
        # a `Literal` reads otherwise than the same text
        return [
            words((cell,))[0]
            if type(cell) is str
            else literals[cell]
            if type(cell) is Literal
            else ABSENT
            if isinstance(cell, Absent)
            else convert(cell)
            for cell in cells
        ]

    return read


WordReader = Callable[[Sequence[str]], list[Value]]


def _remembered(convert: Callable[[str], Stored | Bad]) -> WordReader:
    memo = Memo(convert)
    return lambda cells: list(map(memo.__getitem__, cells))


def _of_text(field: Field, convention: Convention, convert: Converter) -> WordReader | None:
    match field.type:
        case Text() if set(field.normalise) <= {"trim", "lower"}:
            return _texts(convert, trim="trim" in field.normalise, lower="lower" in field.normalise)
        case Numeric(denominator=denominator):
            return _numbers(denominator, convention.number, convert)
        case DateTime():
            return _Instants(convention, convert).read
        case _:
            return None


def _texts(convert: Converter, *, trim: bool, lower: bool) -> WordReader:
    memo = Memo(convert)

    def read(cells: Sequence[str]) -> list[Value]:
        together = "".join(cells)
        if not (together.isascii() and together.isprintable()):
            return list(map(memo.__getitem__, cells))
        if lower:
            cells = [cell.lower() for cell in cells]
        if trim:
            return [cell.strip() or None for cell in cells]
        return [cell if cell and not cell.isspace() else None for cell in cells]

    return read


def _number(denominator: int, mark: NumberFormat | None, convert: Converter) -> Callable[[str], Stored | Bad]:
    """Digits alone mean the same in every convention; with a decimal mark they need a settled one."""
    digits = len(str(denominator)) - 1
    room = 18 - digits
    point = {"de": ",", "en": ".", None: ""}[mark]

    def read(cell: str) -> Stored | Bad:
        if len(cell) <= room and cell.isascii():
            if cell.isdigit():
                return int(cell) * denominator
            if point:
                whole, _, part = cell.partition(point)
                if len(part) <= digits and whole.isdigit() and part.isdigit():
                    return int(whole + part.ljust(digits, "0"))
        return convert(cell)

    return read


def _numbers(denominator: int, mark: NumberFormat | None, convert: Converter) -> WordReader:
    """A column whose cells all have the digits that the field keeps, and the decimal mark, is one regular text."""
    digits = len(str(denominator)) - 1
    point = {"de": ",", "en": ".", None: ""}[mark]
    shape = None
    if point or not digits:
        part = rf"[{point}][0-9]{{{digits}}}" if digits else ""
        shape = re.compile(rf"(?:[0-9]{{1,{18 - digits}}}{part}\n)*+")
    memo = Memo(_number(denominator, mark, convert))

    def read(cells: Sequence[str]) -> list[Value]:
        if shape is not None and len(memo) >= MEMO:  # few values are quicker looked up
            together = "\n".join(cells) + "\n"
            if shape.fullmatch(together):
                words = (together.replace(point, "") if digits else together).split()
                if len(words) == len(cells):
                    return list(map(int, words))
        return list(map(memo.__getitem__, cells))

    return read


_HOUR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}")
_TAIL = re.compile(r":([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,6}))?(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?")
_SPACE = 2 * 86_400_000_000
"""No offset shifts an instant by as much (microseconds)."""


@dataclass(frozen=True, slots=True)
class _Hours:
    """Instants as programs write them, in two parts that recur: the hour, and what follows it. A part that is written
    otherwise is None, and so is an hour in which the clock is set."""

    convention: Convention
    kind: Word["utc", "local"]

    def hour(self, text: str) -> int | None:
        zone = self.convention.zone
        if zone is None or _HOUR.fullmatch(text) is None:
            return None
        mark = "Z" if self.kind == "utc" else ""
        first = parse_instant(f"{text}:00:00{mark}", None, zone)
        last = parse_instant(f"{text}:59:59.999999{mark}", None, zone)
        if first is None or last is None or last - first != 3_599_999_999:
            return None
        return first if EARLIEST + _SPACE < first < LATEST - _SPACE else None

    def tail(self, text: str) -> int | None:
        found = _TAIL.fullmatch(text)
        if found is None or (found[4] is None) != (self.kind == "local"):
            return None
        within = (int(found[1]) * 60 + int(found[2])) * 1_000_000 + int((found[3] or "").ljust(6, "0"))
        if found[4] in {None, "Z"}:
            return within
        shift = (int(found[4][1:3]) * 60 + int(found[4][4:])) * 60_000_000
        return within + shift if found[4][0] == "-" else within - shift


class _Parts(dict[str, int | None]):
    """Parts of instants with what they count."""

    __slots__ = ("_reckon",)

    def __init__(self, reckon: Callable[[str], int | None]) -> None:
        super().__init__()
        self._reckon = reckon

    def __missing__(self, part: str) -> int | None:
        if len(self) >= MEMO:
            self.clear()
        value = self[part] = self._reckon(part)
        return value


class _Instants:
    def __init__(self, convention: Convention, convert: Converter) -> None:
        self._convert = convert
        kinds = {"utc": _Hours(convention, "utc"), "local": _Hours(convention, "local")}
        self._parts = {kind: (_Parts(hours.hour), _Parts(hours.tail)) for kind, hours in kinds.items()}

    def read(self, cells: Sequence[str]) -> list[Value]:
        first = next(filter(None, cells), "")
        hours, tails = self._parts["local" if len(first) <= 19 else "utc"]
        firsts = [hours[cell[:13]] for cell in cells]
        rests = [tails[cell[13:]] for cell in cells]
        if None not in firsts and None not in rests:
            return list(map(add, firsts, rests))
        convert = self._convert
        return [
            convert(cell) if hour is None or tail is None else hour + tail
            for cell, hour, tail in zip(cells, firsts, rests, strict=True)
        ]
