from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from adapters.channels.batch_formats import LONGEST_CELL, Cell, Format, guarded, table, unguarded, unwritable

ROWS: list[dict[str, Cell]] = [
    {"key": "k1", "phone": "+41791234567", "text": 'Grüezi "Anna",\nbis bald', "lines": ("Anna Muster", "8000 Zürich")},
    {"key": "k2", "phone": None, "text": "=1+1", "lines": ("Ben", "")},
]


def test_a_csv_quotes_every_cell_and_guards_what_looks_like_a_formula() -> None:
    assert table("csv", ROWS).decode() == (
        '"key","phone","text","lines_1","lines_2"\r\n'
        '"k1","\'+41791234567","Grüezi ""Anna"",\nbis bald","Anna Muster","8000 Zürich"\r\n'
        '"k2","","\'=1+1","Ben",""\r\n'
    )


def test_json_keeps_lines_together_and_puts_nothing_in_front() -> None:
    told = json.loads(table("json", ROWS))
    assert told == [json.loads(line) for line in table("jsonl", ROWS).splitlines()]
    assert told[0]["lines"] == ["Anna Muster", "8000 Zürich"]
    assert told[1] == {"key": "k2", "phone": None, "text": "=1+1", "lines": ["Ben"]}


def test_cells_of_a_workbook_are_text() -> None:
    sheet = load_workbook(io.BytesIO(table("xlsx", ROWS))).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["key", "phone", "text", "lines_1", "lines_2"]
    assert rows[1][:3] == ["k1", "+41791234567", 'Grüezi "Anna",\nbis bald']
    assert [(cell.value, cell.data_type) for cell in sheet[3]][2] == ("=1+1", "s")


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "jsonl"])
def test_the_same_rows_make_the_same_bytes(form: Format) -> None:
    assert table(form, ROWS) == table(form, [dict(row) for row in ROWS])


# what spreadsheets were seen to take for a formula, behind blanks and marks that do not keep them from it
BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "%", "|", "'"]
BEFORE = ["", " ", "  ", "\ufeff", "\u00a0", "\u200b", " \ufeff"]
PAYLOADS = [f"{before}{begin}cmd|' /C calc'!A0" for before in BEFORE for begin in BEGINNINGS]


def test_no_payload_is_a_formula_in_a_csv_and_reading_takes_exactly_the_mark_off() -> None:
    assert len(PAYLOADS) == 98
    cells: list[dict[str, Cell]] = [{"a": payload} for payload in PAYLOADS]
    read = [row[0] for row in csv.reader(io.StringIO(table("csv", cells).decode(), newline=""))][1:]
    assert all(cell.startswith("'") for cell in read)
    assert [unguarded(cell) for cell in read] == PAYLOADS


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_a_guarded_cell_gives_its_value_back(value: str) -> None:
    assert unguarded(guarded(value)) == value


@pytest.mark.parametrize("code", [*range(9), 11, 12, *range(14, 32), 0x7F, 0x9F, 0xD800, 0xFFFF])
@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_control_characters_stand_in_no_file(form: Format, code: int) -> None:
    assert unwritable(form, {"a": None, "name": f"An{chr(code)}na"}) == "`name` holds a control character"
    assert unwritable(form, {"lines": ("An\tna", f"x{chr(code)}")}) == "`lines` holds a control character"


def test_a_cell_of_a_workbook_has_an_end(tmp_path: Path) -> None:
    longest = "ä" * LONGEST_CELL
    assert unwritable("xlsx", {"a": longest}) is None
    sheet = load_workbook(io.BytesIO(table("xlsx", [{"a": longest}]))).active
    assert sheet is not None
    assert sheet["A2"].value == longest
    assert unwritable("xlsx", {"a": f"{longest}ä"}) == "`a` is longer than a cell takes (32,767 characters)"
    assert unwritable("xlsx", {"a": "😀" * (LONGEST_CELL // 2 + 1)}) is not None
    assert unwritable("csv", {"a": f"{longest}ä"}) is None
