"""Rules of `schema.yaml` that values must keep on their way in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.project import load
from dsl.schema import Field, Rules
from dsl.types import NUMBER, Date, Text, money
from tests.adapters.importing.shop import Desk, shop

KADENZ = "name: shop\ntime_zone: Europe/Zurich\n"
SCHEMA = """\
contacts:
  key: no
  fields:
    no: {type: text, pattern: "[0-9]+"}
    age: {type: number, min: 0, max: 120}
    rating: {type: decimal(1), max: 5.0}
    spent: {type: money CHF, min: -0.05}
    born: {type: date, min: 1900-01-01}
    code: {type: text, normalise: [trim, lower], pattern: "[a-z]{2}", max_length: 2}
"""


def schema(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "kadenz.yaml").write_text(KADENZ)
    (tmp_path / "schema.yaml").write_text(text)
    return [f"{d.code} {d.summary}" for d in load(tmp_path).diagnostics]


def test_rules_are_read_in_stored_form(tmp_path: Path) -> None:
    assert schema(tmp_path, SCHEMA) == []
    fields = load(tmp_path).schema.fields
    assert {name: one.rules for name, one in fields.items()} == {
        "no": Rules(pattern="[0-9]+"),
        "age": Rules(least=(0, "0"), most=(120, "120")),
        "rating": Rules(most=(50, "5.0")),
        "spent": Rules(least=(-5, "-0.05")),
        "born": Rules(least=(19000101, "1900-01-01")),
        "code": Rules(pattern="[a-z]{2}", longest=2),
    }


@pytest.mark.parametrize(
    ("old", "new", "summary"),
    [
        ("min: 0, max: 120", "min: 9, max: 1", "`min` is greater than `max`"),
        ("max: 120", "max: 1.5", "`1.5` is no number"),
        ("min: 1900-01-01", "min: soon", "`soon` is no date, write it like 1990-12-31"),
        ("max_length: 2", "min: 2", "only numbers, money and dates have a `min` and a `max`"),
        ("max: 5.0", 'pattern: "x"', "only text has a `pattern`"),
        ('"[0-9]+"', '"[0-9"', "this is no regular expression: unterminated character set at position 0"),
    ],
)
def test_rules_that_mean_nothing_are_reported(tmp_path: Path, old: str, new: str, summary: str) -> None:
    assert schema(tmp_path, SCHEMA.replace(old, new)) == [f"K0904 {summary}"]


def test_what_breaks_a_rule_goes_to_the_quarantine(tmp_path: Path) -> None:
    bounded = {
        "age": Field("age", NUMBER, rules=Rules((0, "0"), (120, "120"))),
        "spent": Field("spent", money("CHF"), rules=Rules(least=(0, "0"))),
        "born": Field("born", Date(), rules=Rules(most=(20261231, "2026-12-31"))),
        "code": Field("code", Text(), normalise=("trim", "lower"), rules=Rules(pattern="[a-z]{2}")),
        "note": Field("note", Text(), rules=Rules(longest=3)),
        "mobile": Field("mobile", Text(), normalise=("phone",), rules=Rules(pattern=r"\+41.*")),
    }
    desk = Desk(tmp_path, shop(**bounded))
    rows = [
        "1,0,0.00,2026-12-31, AB ,abc,+41446681800",
        "2,121,,,,,",
        "3,-1,-0.01,,,,",
        "4,,,2027-01-01,,,",
        "5,,,,a1,,",
        "6,,,,,abcd,",
        "7,,,,,,+49 30 123456",
        "8,,,,,,",
    ]
    result = desk.load("customer_id,age,spent,born,code,note,mobile\n" + "\n".join(rows) + "\n")
    assert (result.counts.new, result.quarantined) == (2, 6)
    assert [(q.line, q.column, q.reason) for q in desk.quarantine()] == [
        (3, "age", "too large"),
        (4, "age", "too small"),
        (5, "born", "too large"),
        (6, "code", "other pattern"),
        (7, "note", "too long"),
        (8, "mobile", "other pattern"),
    ]
    assert desk.quarantine()[1].detail == "`age` is less than 0; `spent` is less than 0"
    assert desk.contact("1")["code"] == "ab"


def test_a_rule_of_the_key_holds_for_contacts(tmp_path: Path) -> None:
    key = Field("customer_id", Text(), rules=Rules(pattern="[0-9]+"))
    plain = shop()
    desk = Desk(tmp_path, replace(plain, fields={**plain.fields, "customer_id": key}))
    assert desk.load("customer_id,name\n1,a\nx,b\n").quarantined == 1
