"""Sheets of Excel workbooks, through calamine. Numbers come as the shortest decimal that Excel shows for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters.sources.cells import (
    BEGIN,
    Broken,
    Cell,
    Literal,
    Place,
    Row,
    SourceError,
    Stretch,
    in_stretches,
    one_line,
)
from adapters.sources.raw import RawFile


class XlsxFile:
    """One sheet of a workbook, by default the first visible one; see `adapters.sources.cells.Source`."""

    def __init__(self, path: Path, name: str, *, sheet: str | None = None) -> None:
        import python_calamine as calamine

        self.name = name
        self._raw = RawFile(path, name)
        try:
            book = calamine.CalamineWorkbook.from_path(str(path))
            self._sheet = _choose(book, calamine, sheet, name)
        except (OSError, calamine.CalamineError) as error:
            raise SourceError(f"`{name}` is not a table: {_in_words(error)}") from error
        self.size = self._sheet.total_height + 1
        self.position = 0
        header = next(self._records(), None)
        if header is None:
            raise SourceError(f"sheet `{self._sheet.name}` of `{name}` is empty")
        self.columns: Sequence[str] = tuple(_header(cell) for cell in header.cells)
        self._header_line = header.line
        self.recognised: Sequence[str] = ("Excel workbook", f"sheet `{self._sheet.name}`")

    def rows(self) -> Iterator[Row | Broken]:
        """All rows below the header."""
        for row in self._records():
            if row.line > self._header_line:
                yield row

    def stretches(self, start: Place = BEGIN, /) -> Iterator[Stretch]:
        """The same, many at a time; always from the beginning, because a workbook is unpacked as a whole."""
        del start
        return in_stretches(self.rows())

    def fingerprint(self) -> str:
        """See `Source`."""
        return f"{self._raw.fingerprint()} {self._sheet.name}"

    def changed(self) -> tuple[int, int]:
        """See `Source`."""
        return self._raw.stamp()

    def _records(self) -> Iterator[Row]:
        for number, values in enumerate(self._sheet.iter_rows()):
            self.position = number + 1
            cells = [_cell(value) for value in values]
            if any(cell not in (None, "") for cell in cells):
                yield Row(number + 1, cells)


def _in_words(error: Exception) -> str:
    """What is wrong with a workbook; the reader's own words are for programmers."""
    if isinstance(error, OSError):
        return error.strerror or "it cannot be read"
    if "password" in str(error).casefold():
        return "the workbook is protected by a password, save it without one"
    return "the workbook is damaged, or no workbook at all; open it in Excel and save it anew as xlsx or CSV"


def _choose(book: Any, calamine: Any, sheet: str | None, name: str) -> Any:
    """The sheet of that name, or the first visible one."""
    visible = [s.name for s in book.sheets_metadata if s.visible == calamine.SheetVisibleEnum.Visible]
    if sheet is not None and sheet not in book.sheet_names:
        raise SourceError(f"`{name}` has no sheet `{sheet}`: it has {', '.join(f'`{s}`' for s in visible)}")
    if sheet is None and not visible:
        raise SourceError(f"`{name}` has no visible sheet")
    return book.get_sheet_by_name(sheet or visible[0])


def _header(cell: Cell) -> str:
    return "" if cell is None else one_line(str(cell))


def _cell(value: object) -> Cell:
    match value:
        case bool() | datetime() | date() | time():
            return value
        case str():
            return value or None
        case float() | int():
            return number_as_shown(value)
        case _:
            return str(value)  # a duration: no field takes it, and the reason names it


def number_as_shown(value: float) -> Literal:
    """The number with 15 significant digits, as Excel keeps it, without `.0`: 12.0 is `12`, 0.1 + 0.2 is `0.3`."""
    shown = format(Decimal(format(value, ".15g")), "f")
    return Literal(shown.rstrip("0").rstrip(".") if "." in shown else shown)
