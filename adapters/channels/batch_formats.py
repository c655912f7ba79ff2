"""Tables as bytes: the files that printers and call centres get.

The same rows always make the same bytes. All values are text. A CSV is safe to open in a spreadsheet: every cell is in
quotes, and one that a spreadsheet could take for a formula gets one apostrophe in front (`guarded`); whoever reads the
file takes exactly one apostrophe off where a cell begins with one (`unguarded`). In XLSX cells are typed as text, and
nothing is put in front.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, assert_never

Format = Literal["csv", "xlsx", "json", "jsonl"]

Cell = str | tuple[str, ...] | None
"""A text, several lines that belong together (as many in each row of a table), or nothing."""

LONGEST_CELL = 32_767
"""Characters in a cell of a workbook, as spreadsheets count them: in UTF-16."""

# a leading blank, a byte order mark or a full-width form does not keep every spreadsheet from seeing a formula
_FORMULA = re.compile("[\\s\ufeff\u200b\u00a0]*[=+\\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20\u2212']|[\t\r\n\ufeff]")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def table(form: Format, rows: Sequence[Mapping[str, Cell]]) -> bytes:
    """The rows as a file. All have the same columns, in the same order; there is at least one row."""
    match form:
        case "json":
            return (json.dumps([_plain(row) for row in rows], ensure_ascii=False, indent=2) + "\n").encode()
        case "jsonl":
            return "".join(json.dumps(_plain(row), ensure_ascii=False) + "\n" for row in rows).encode()
        case "csv":
            return _csv([_heads(rows[0]), *map(_flat, rows)])
        case "xlsx":
            return _xlsx([_heads(rows[0]), *map(_flat, rows)])
        case _:
            assert_never(form)


def unwritable(form: Format, row: Mapping[str, Cell]) -> str | None:
    """Why a row fits into no file of this form, in people's words and without its values; None if it does."""
    for name, cell in row.items():
        for value in cell if isinstance(cell, tuple) else (cell or "",):
            if _UNWRITABLE.search(value):
                return f"`{name}` holds a control character"
            if form == "xlsx" and len(value.encode("utf-16-le")) // 2 > LONGEST_CELL:
                return f"`{name}` is longer than a cell takes ({LONGEST_CELL:,} characters)"
    return None


def guarded(value: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> guarded("+41791234567"), guarded("Anna"), guarded("'t Hart")
    ("'+41791234567", 'Anna', "''t Hart")
    """
    return f"'{value}" if _FORMULA.match(value) else value


def unguarded(cell: str) -> str:
    """The value of a guarded cell."""
    return cell.removeprefix("'")


def _plain(row: Mapping[str, Cell]) -> dict[str, str | list[str] | None]:
    return {name: [line for line in cell if line] if isinstance(cell, tuple) else cell for name, cell in row.items()}


def _heads(row: Mapping[str, Cell]) -> list[str]:
    heads: list[str] = []
    for name, cell in row.items():
        heads += [f"{name}_{n}" for n in range(1, len(cell) + 1)] if isinstance(cell, tuple) else [name]
    return heads


def _flat(row: Mapping[str, Cell]) -> list[str]:
    flat: list[str] = []
    for cell in row.values():
        flat += cell if isinstance(cell, tuple) else (cell or "",)
    return flat


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([guarded(value) for value in line] for line in lines)
    return text.getvalue().encode()


def _xlsx(lines: Sequence[Sequence[str]]) -> bytes:
    from xlsxwriter import Workbook

    data = io.BytesIO()
    book = Workbook(data, {"in_memory": True})
    # the day of making would make other bytes of the same rows
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
    text = book.add_format({"num_format": "@"})
    head = book.add_format({"num_format": "@", "bold": True})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for number, line in enumerate(lines):
        for column, value in enumerate(line):
            sheet.write_string(number, column, value, text if number else head)
    book.close()
    return data.getvalue()
