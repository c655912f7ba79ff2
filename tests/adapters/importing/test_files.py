"""Files as people have them: encodings, workbooks, JSON Lines, headers, and what is broken in them."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from adapters.importing import Problem, read_target
from adapters.stores.facts import Counts
from dsl.schema import Field
from dsl.types import Text
from tests.adapters.importing.shop import Desk, micro, shop

GERMAN_EXCEL = (
    "sep=;\r\n"
    "Customer ID;Name;Geburt;Turnover;Newsletter;Height;Phone;E-Mail;Bemerkung\r\n"
    '007;"Müller; Anna";31.12.1990;1.234,50;ja;1,68;044 668 18 00;Anna@Example.ch;"erste\r\nzweite Zeile"\r\n'
    "4.0128e+10;Zoë;01.02.2003;12;nein;;;;\r\n"
    ";;;;;;;;\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_german_excel_file(desk: Desk, encoding: str) -> None:
    result = desk.load(GERMAN_EXCEL.encode(encoding), maps=[("Geburt", "birth_date")])
    assert (result.rows, result.counts, result.quarantined) == (2, Counts(new=2), 0)
    assert desk.contact("007") == {
        "name": "Müller; Anna",
        "birth_date": 19901231,
        "turnover": 123450,
        "newsletter": 1,
        "height": 168,
        "phone": "+41446681800",
        "email": "anna@example.ch",
    }
    assert desk.contact("4.0128e+10") == {"name": "Zoë", "birth_date": 20030201, "turnover": 1200, "newsletter": 0}
    assert result.recognition.about[2] == "separated by semicolons"
    assert result.recognition.unmapped == ("Bemerkung",)
    chosen = {c.filled.slot.shown: c.chosen for c in result.recognition.columns}
    assert chosen["turnover"] == "decimal comma (1.234,50)"
    assert chosen["birth_date"] == "day first (31/12/2026)"


def test_a_workbook(desk: Desk, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["customer_id", "turnover", "birth_date", "seen", "newsletter", "name", "height"])
    sheet.append([4711, 0.1 + 0.2, date(1990, 12, 31), datetime(2026, 7, 1, 12, 30), True, 12.0, "1,68"])  # noqa: DTZ001
    sheet.append([None] * 7)
    sheet.append(["A1", 12, date(2003, 2, 1), datetime(2026, 1, 2), False, 1.5, 1.8])  # noqa: DTZ001
    sheet.append(["A2", "n/a", None, None, None, None, None])
    book.save(tmp_path / "book.xlsx")
    result = desk.load_file(tmp_path / "book.xlsx")
    assert (result.rows, result.counts.new, result.quarantined) == (3, 2, 1)
    assert desk.contact("4711") == {
        "turnover": 30,
        "birth_date": 19901231,
        "seen": micro("2026-07-01T10:30+00:00"),
        "newsletter": 1,
        "name": "12",
        "height": 168,
    }
    assert desk.contact("A1")["seen"] == micro("2026-01-01T23:00+00:00")
    assert desk.contact("A1")["name"] == "1.5"
    assert [(q.line, q.column, q.reason) for q in desk.quarantine()] == [(5, "turnover", "wrong type")]


def test_json_lines(desk: Desk) -> None:
    lines = [
        {"customer_id": "a", "turnover": 12.5, "hobbies": ["ski", "bike"], "newsletter": True},
        {"customer_id": 5, "name": "Zoé", "home": [47.3769, 8.5417]},
        {"customer_id": "a", "name": "later"},
        {"customer_id": "a", "turnover": None},
        {"customer_id": {"deep": 1}},
    ]
    text = "\ufeff" + "\n".join(json.dumps(line) for line in lines) + "\n\n[1]\n{oops\n"
    result = desk.load(text, name="file.jsonl")
    assert (result.rows, result.counts, result.quarantined) == (7, Counts(new=2, same=2), 3)
    assert desk.contact("a") == {"hobbies": "|bike|ski|", "newsletter": 1, "name": "later"}
    assert desk.contact("5") == {"name": "Zo\u00e9", "home": "47.3769,8.5417"}
    assert [q.line for q in desk.quarantine()] == [5, 7, 8]


def test_numbers_in_json_keep_the_way_they_are_written(desk: Desk) -> None:
    desk.load('{"customer_id": 4.0128e+10, "turnover": 1.5e2}\n{"customer_id": 007}', name="x.jsonl")
    assert desk.contact("4.0128e+10") == {"turnover": 15000}


def test_a_quotation_mark_left_open_costs_one_line(desk: Desk) -> None:
    lines = ["customer_id,name", '1,"open', "2,b", '3,"c ""d"""', "4,d"]
    result = desk.load("\n".join(lines))
    assert (result.rows, result.counts.new, [q.line for q in desk.quarantine()]) == (4, 3, [2])
    assert desk.contact("3") == {"name": 'c "d"'}


def test_bytes_that_are_no_characters(desk: Desk) -> None:
    result = desk.load("customer_id,name\n1,Zoë Müller äöü\n2,".encode() + b"\xff\n3,\0\n")
    assert (result.rows, result.counts.new) == (3, 1)
    assert [q.reason for q in desk.quarantine()] == ["unreadable characters", "control characters"]


def test_a_header_that_does_not_fit(desk: Desk) -> None:
    result = desk.load("key,nme\n1,a\n", maps=[("nme", "nam")], constants={"nothing": "1"})
    assert result.exit_code == 3
    assert [(p.summary, p.help.split(",")[0]) for p in result.problems] == [
        ("contacts has no field `nam`", "did you mean `name`"),
        ("contacts has no field `nothing`", "it takes `customer_id`"),
        ("no column for `customer_id`, which contacts needs", "name one of `key`"),
    ]
    assert "did you mean `nme`" in desk.load("customer_id,nme\n", maps=[("nm", "name")]).problems[0].help
    assert "names `a` and `A`" in desk.load("customer_id,a,A\n").problems[0].summary


def test_targets_that_do_not_exist() -> None:
    for text, summary in [
        ("people", "`people` is nothing to import as"),
        ("event:purchse", "schema.yaml has no event type `purchse`"),
        ("fact:rates", "schema.yaml has no fact table `rates`"),
        ("contacts:x", "`contacts:x` is nothing to import as"),
    ]:
        found = read_target(text, shop())
        assert isinstance(found, Problem)
        assert found.summary == summary


def test_columns_are_left_out_shared_and_set(desk: Desk) -> None:
    desk.load(
        "who,what,name\na,7,Anna\n",
        maps=[("who", "customer_id"), ("what", "visits"), ("what", "height"), ("name", "")],
        constants={"country": "CH"},
    )
    assert desk.contact("a") == {"visits": 7, "height": 700, "country": "CH"}
    wrong = desk.load("customer_id\na\n", constants={"visits": "many"})
    assert wrong.problems[0].summary == "--set visits: `many` is no number"


def test_german_headers_of_common_fields(tmp_path: Path) -> None:
    desk = Desk(tmp_path, shop(first_name=Field("first_name", Text()), language=Field("language", Text())))
    desk.load("customer_id;Vorname;Geburtsdatum;Land;Sprache;Zeitzone\na;Anna;31.12.1990;CH;de;Europe/Zurich\n")
    assert desk.contact("a") == {
        "first_name": "Anna",
        "birth_date": 19901231,
        "country": "CH",
        "language": "de",
        "zone": "Europe/Zurich",
    }
    desk.store.close()
