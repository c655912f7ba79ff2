"""What columns are taken for."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from adapters.infer import Guess, field_name, infer
from adapters.sources.files import open_source
from adapters.type_words import TypeProblem, parse_type


def guesses(folder: Path, columns: dict[str, list[str]], currency: str | None = None) -> dict[str, Guess]:
    path = folder / "x.csv"
    rows = zip(*columns.values(), strict=True)
    text = ";".join(columns) + "\n" + "\n".join(";".join(row) for row in rows) + "\n"
    path.write_text(text, encoding="utf-8")
    found = {g.column: g for g in infer(open_source(path, delimiter=";"), currency)}
    assert not any(isinstance(parse_type(g.type), TypeProblem) for g in found.values())
    return found


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        ("visits", ["1", "20", "300", ""], "number"),
        ("visits", ["1.234.567", "5", "6", "7"], "number"),
        ("height", ["1,68", "2", "1,7", ""], "decimal(2)"),
        ("rate", ["1.6875", "2", "3", "4"], "decimal(4)"),
        ("sales", ["3.86", "4.440892e-16", "1.0", "2"], "decimal(2)"),
        ("price", ["12.50 €", "3 €", "4", "5"], "money EUR"),
        ("price", ["CHF 12.50", "Fr. 3", "4", "5"], "money CHF"),
        ("umsatz_eur", ["1.234,50", "3,5", "4", "5"], "money EUR"),
        ("plz", ["8001", "3000", "8002", "3001"], "text"),
        ("basket", ["31625220889", "4.0128e+10", "32053127496", "1"], "text"),
        ("code7", ["007", "008", "123", "9"], "text"),
        ("card", ["1234567890123456", "1", "2", "3"], "text"),
        ("mixed", ["1.5", "1,5", "2", "3"], "text"),
        ("born", ["31.12.1990", "1.2.2003", "", ""], "date"),
        ("born", ["12/31/1990", "1/2/2003", "", ""], "date"),
        ("datum", ["20260101", "20260102", "", ""], "date"),
        ("n", ["20260101", "20260102", "", ""], "number"),
        ("seen", ["2026-01-01T10:00:00Z", "2026-01-01", "", ""], "datetime"),
        ("seen", ["31.12.2026 14:30", "1.1.2026 09:00", "", ""], "datetime"),
        ("vip", ["ja", "nein", "ja", ""], "boolean"),
        ("vip", ["x", "", "x", ""], "boolean"),
        ("is_vip", ["1", "0", "1", "0"], "boolean"),
        ("kids", ["1", "0", "1", "0"], "number"),
        ("where", ["47.37, 8.54", "(46.9,7.4)", "", ""], "point"),
        ("tz", ["Europe/Zurich", "America/New_York", "", ""], "zone"),
        ("note", ["hello", "world", "", ""], "text"),
        ("nothing", ["", " ", "", ""], "text"),
    ],
)
def test_types(tmp_path: Path, column: str, values: list[str], kind: str) -> None:
    assert guesses(tmp_path, {column: values, "other": ["a", "b", "c", "d"]})[column].type == kind


def test_few_different_values_are_members(tmp_path: Path) -> None:
    columns = {
        "gender": ["female", "male", "female", ""] * 5,
        "job": ["self-employed", "employed", "CEO", "CEO"] * 5,
        "age": ["65+", "45-54", "45-54", "19-24"] * 5,
        "hobbies": ["ski|bike", "ski", "", "bike"] * 5,
        "name": [f"person {n}" for n in range(20)],
        "case": ["A", "a", "A", "a"] * 5,
        "pipes": ['"say ""hi"""', "b", "c", "d"] * 5,
    }
    found = {name: g.type for name, g in guesses(tmp_path, columns).items()}
    assert found == {
        "gender": "one of [female, male]",
        "job": 'one of [CEO, employed, "self-employed"]',
        "age": 'one of ["19-24", "45-54", "65+"]',
        "hobbies": "set of [bike, ski]",
        "name": "text",
        "case": "text",
        "pipes": "text",
    }


def test_personal_data_is_marked(tmp_path: Path) -> None:
    columns = {
        "E-Mail": ["a@x.ch", "b@y.de"],
        "Telefon": ["044 668 18 00", "+41 44 668 18 00"],
        "Vorname": ["Anna", "Bea"],
        "product": ["x", "y"],
    }
    found = guesses(tmp_path, columns)
    assert found["E-Mail"].entry == {"type": "text", "normalise": ["email"], "pii": True}
    assert found["Telefon"].entry == {"type": "text", "normalise": ["phone"], "pii": True}
    assert found["Vorname"].entry == {"type": "text", "pii": True}
    assert found["product"].entry == "text"


def test_money_by_name_needs_a_currency(tmp_path: Path) -> None:
    columns = {"amount": ["1.50", "2"], "width": ["1.50", "2"]}
    assert guesses(tmp_path, columns)["amount"].type == "decimal(2)"
    found = guesses(tmp_path, columns, "CHF")
    assert (found["amount"].type, found["width"].type) == ("money CHF", "decimal(2)")


def test_names() -> None:
    made = {c: field_name(c) for c in ("E-Mail", "Kunden-Nr.", "  Größe (cm) ", "2nd", "_x", "%", "ÄÖ", "a" * 99)}
    assert made == {
        "E-Mail": "e_mail",
        "Kunden-Nr.": "kunden_nr",
        "  Größe (cm) ": "größe_cm",
        "2nd": "n_2nd",
        "_x": "x",
        "%": "",
        "ÄÖ": "äö",
        "a" * 99: "a" * 60,
    }


def test_workbooks_and_json(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["n", "d", "dt", "b", "x"])
    sheet.append([1, date(2026, 1, 1), datetime(2026, 1, 1, 10), True, 1.5])  # noqa: DTZ001
    sheet.append([2, date(2026, 1, 2), datetime(2026, 1, 2), False, 2])  # noqa: DTZ001
    book.save(tmp_path / "x.xlsx")
    found = [g.type for g in infer(open_source(tmp_path / "x.xlsx"))]
    assert found == ["number", "date", "datetime", "boolean", "decimal(2)"]
    path = tmp_path / "x.jsonl"
    path.write_text('{"tags": ["a", "b"], "n": 1}\n' * 10 + '{"o": {"deep": 1}}\n')
    assert [g.type for g in infer(open_source(path))] == ["set of [a, b]", "number", "text"]


def test_one_bad_cell_does_not_make_a_column_text(tmp_path: Path) -> None:
    n = 60
    good: dict[str, list[str]] = {
        "born": [f"{d % 28 + 1:02d}.0{d % 9 + 1}.1990" for d in range(n)],
        "turnover": [f"1.{d:03d},50" for d in range(n)],
        "visits": [str(d) for d in range(n)],
        "mail": [f"p{d}@x.ch" for d in range(n)],
        "code": [str(10_000 + d) for d in range(n)],
        "many": [str(d) for d in range(n)],
    }
    bad = {"born": "31.02.1990", "turnover": "75.50", "visits": "n/a", "mail": "nobody", "code": "00123", "many": "x"}
    for name, cell in bad.items():
        good[name][7] = cell
    good["many"][3:9] = list("abcdef")
    found = guesses(tmp_path, good)
    assert {name: g.type for name, g in found.items()} == {
        "born": "date",
        "turnover": "decimal(2)",
        "visits": "number",
        "mail": "text",
        "code": "text",
        "many": "text",
    }
    assert {name: g.bad for name, g in found.items()} == {
        name: ((9, bad[name]),) if name in {"born", "turnover", "visits", "mail"} else () for name in bad
    }
    assert found["mail"].normalise == ("email",)


def test_members_recur(tmp_path: Path) -> None:
    assert guesses(tmp_path, {"a": ["p"] * 30})["a"].type == "text"
    assert guesses(tmp_path, {"a": ["p", "q"] * 9})["a"].type == "text"
    assert guesses(tmp_path, {"a": ["p", "q"] * 10})["a"].type == "one of [p, q]"
    assert guesses(tmp_path, {"a": [f"v{n % 9}" for n in range(26)]})["a"].type == "text"
