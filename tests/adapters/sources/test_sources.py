"""Files as rows: encodings, delimiters, lines, and files that are none."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from adapters.sources.cells import ABSENT, Broken, Literal, Row, SourceError
from adapters.sources.csv_file import recognise_delimiter
from adapters.sources.encoding import recognise_encoding
from adapters.sources.files import open_source
from adapters.sources.raw import RawFile
from adapters.sources.xlsx_file import number_as_shown

TEXT = "id;name\n1;Zoë Müller\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"id\n1\n", "utf-8"),
        (TEXT.encode() + b"\xff", "utf-8"),
        (b"x" * 5000 + "ë".encode()[:1], "cp1252"),
        (b"x" * 4095 + "ë".encode(), "utf-8"),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, encoding: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert recognise_encoding(RawFile(path, "file")) == encoding


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["a;b;c", "1,5;2;3"], ";"),
        (["a,b", '"x;y",2'], ","),
        (["a\tb", "1\t2"], "\t"),
        (["a|b", "1|2"], "|"),
        (["only", "one"], ","),
        ([], ","),
        (['"a;b', 'c";d'], ";"),
    ],
)
def test_delimiters(lines: list[str], delimiter: str) -> None:
    assert recognise_delimiter([line + "\n" for line in lines]) == delimiter


def rows(path: Path) -> list[Row | Broken]:
    return list(open_source(path).rows())


def test_each_row_knows_the_line_on_which_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('\n\na,b\n1,"two\nlines"\n\n3,4\r\n5,6')
    assert rows(path) == [Row(4, ["1", "two\nlines"]), Row(7, ["3", "4"]), Row(8, ["5", "6"])]
    assert rows(path) == rows(path)


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n1,"open\n' + "".join(f"{n},x\n" for n in range(500)))
    found = rows(path)
    assert isinstance(found[0], Broken)
    assert (found[0].line, found[0].raw) == (2, '1,"open')
    assert len(found) == 501
    assert found[-1] == Row(502, ["499", "x"])


def test_json_lines_tell_absent_from_missing(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": 1.50, "b": null}\n\n{"c": true}\n{"a": NaN}\n' + "[" * 100_000 + "\n")
    source = open_source(path)
    assert list(source.columns) == ["a", "b", "c"]
    first, second, nan, deep = source.rows()
    assert first == Row(1, ["1.50", None, ABSENT])
    assert isinstance(first, Row)
    assert isinstance(first.cells[0], Literal)
    assert second == Row(3, [ABSENT, ABSENT, True])
    assert isinstance(nan, Broken)
    assert isinstance(deep, Broken)


def test_a_sheet_is_chosen_by_name_or_is_the_first_visible_one(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    hidden.title, hidden.sheet_state = "secret", "hidden"
    shown = book.create_sheet("shown")
    shown["B3"], shown["C3"], shown["B5"] = "id", "n", 5
    path = tmp_path / "x.xlsx"
    book.save(path)
    source = open_source(path)
    assert list(source.columns) == ["id", "n"]
    assert list(source.rows()) == [Row(5, ["5", None])]
    with pytest.raises(SourceError, match="has no sheet `none`: it has `shown`"):
        open_source(path, sheet="none")
    with pytest.raises(SourceError, match=r"sheet `secret` of .* is empty"):
        open_source(path, sheet="secret")


def test_numbers_of_workbooks_are_shown_as_excel_shows_them() -> None:
    shown = [number_as_shown(n) for n in (12.0, 0.1 + 0.2, 40128000000.0, 1e-7, -3.5, 0)]
    assert shown == ["12", "0.3", "40128000000", "0.0000001", "-3.5", "0"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.csv", None, "cannot be read"),
        ("empty.csv", b"  \n", "is empty"),
        ("bad.xlsx", b"PK\x03\x04nonsense", "not a table: the workbook is damaged"),
        ("bad.xls", b"\xd0\xcf\x11\xe0" + b"nonsense" * 100, "not a table: the workbook is damaged"),
        ("a.csv", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n", "is not a table but a PDF"),
        ("b.csv", b"\x89PNG\r\n\x1a\n", "is not a table but a picture"),
        ("c.csv", bytes(range(256)) * 8, "is not a table but binary data"),
        ("d.csv", b"\xff\xfe" + bytes(range(256)) * 8, "is not a table but binary data"),
        ("e.csv", b"<!DOCTYPE html>\n<p>", "is not a table but a web page"),
        ("none.jsonl", b"[1]\n", "no line with a JSON object"),
        ("quote.csv", b'"', "no header line"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=message):
        open_source(tmp_path / name)


def test_encodings_and_delimiters_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("a:b\nä:2\n".encode("latin-1"))
    source = open_source(path, encoding="latin-1", delimiter=":")
    assert list(source.rows()) == [Row(2, ["ä", "2"])]
    assert source.recognised == ("CSV", "latin-1", "separated by `:`")
    with pytest.raises(SourceError, match="`klingon` is no encoding"):
        open_source(path, encoding="klingon")


def test_headers_are_fit_for_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes('"Kunden\r\nNr",\x1b[2Jx,Gr\u00f6\u00dfe\u00a0cm\n1,2,3\n'.encode())
    assert list(open_source(path).columns) == ["Kunden Nr", "\ufffd[2Jx", "Größe cm"]
