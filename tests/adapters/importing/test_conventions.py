"""How numbers, dates and times are written: recognised by column, asked for where two ways are open."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.stores.facts import Counts
from dsl.schema import Field
from dsl.types import OneOf
from tests.adapters.importing.shop import Desk, micro, shop


def test_conventions_that_cannot_be_told_are_asked_for(desk: Desk) -> None:
    both = 'customer_id,turnover,birth_date\n1,"1,234",05/06/1990\n'
    result = desk.load(both)
    assert result.exit_code == 3
    assert [p.summary for p in result.problems] == [
        "column `turnover` can be read in two ways: `1,234` may be written with a decimal comma or a decimal point",
        "column `birth_date` can be read in two ways: `05/06/1990` may be written day first or month first",
    ]
    assert desk.store.count() == 0
    result = desk.load(both, number_format="en", date_format="mdy")
    assert result.exit_code == 0
    assert desk.contact("1") == {"turnover": 123400, "birth_date": 19900506}
    mixed = desk.load('customer_id,turnover\n1,"1,5"\n2,1.5\n')
    assert "holds both `1,5` and `1.5`" in mixed.problems[0].summary


def test_a_column_may_tell_for_another_one(desk: Desk) -> None:
    result = desk.load("customer_id;turnover;height\n1;1.234;1,68\n")
    assert desk.contact("1") == {"turnover": 123400, "height": 168}
    assert [c.chosen for c in result.recognition.columns][1] == "decimal comma (1.234,50), as in the other columns"


def test_what_the_first_rows_leave_open_is_settled_by_the_first_that_tells(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.importing.recognition.SAMPLE_ROWS", 2)
    rows = ["a;1;", "b;2;", "c;1.234;3/4/2020", "d;1.234,50;31/12/2020", "e;1.234;3/4/2020", "f;1.5;"]
    result = desk.load("customer_id;turnover;birth_date\n" + "\n".join(rows))
    assert result.counts == Counts(new=4)
    assert [(q.line, q.reason) for q in desk.quarantine()] == [(4, "ambiguous"), (7, "other decimal mark")]
    assert desk.contact("e") == {"turnover": 123400, "birth_date": 20200403}


def test_local_times_are_in_the_projects_zone_and_said(desk: Desk) -> None:
    result = desk.load(
        "customer_id,seen\n1,31.12.2026 14:30\n2,2026-12-31T14:30:00+02:00\n3,1850-01-01\n4,2201-01-02\n"
    )
    assert desk.contact("1")["seen"] == micro("2026-12-31T13:30+00:00")
    assert desk.contact("2")["seen"] == micro("2026-12-31T12:30+00:00")
    assert result.quarantined == 2
    assert "local times in Europe/Zurich" in [c.chosen for c in result.recognition.columns][1]


def test_one_number_written_otherwise_does_not_stop_the_file(desk: Desk) -> None:
    rows = ["a;1.234,50;31/12/2020", "b;2,50;30/12/2020", "c;75.50;29/12/2020", "d;3,5;12/31/2020", "e;4;28/12/2020"]
    result = desk.load("customer_id;turnover;birth_date\n" + "\n".join(rows))
    assert (result.counts, result.quarantined) == (Counts(new=3), 2)
    assert [(q.line, q.reason, q.detail) for q in desk.quarantine()] == [
        (
            4,
            "other decimal mark",
            "`turnover`: `75.50` is written with a decimal point, the column with a decimal comma",
        ),
        (
            5,
            "other order of day and month",
            "`birth_date`: `12/31/2020` is written month first, the column day first",
        ),
    ]
    assert "`turnover` is read with decimal comma (1.234,50); 1 of its first values, like `75.50`," in " ".join(
        result.recognition.notes
    )
    assert desk.load("customer_id;turnover\na;1,5\nb;1.5\n").exit_code == 3


@pytest.mark.parametrize(
    ("cell", "reason", "detail"),
    [
        ("31.02.1990", "impossible date", "`31.02.1990` is a day that no calendar has"),
        ("31.12.90", "year of two digits", "`31.12.90` has a year of two digits, write all four"),
        ("33238", "Excel serial number", "`33238` counts days as Excel does, format the cells as dates"),
        ("soon", "impossible date", "`soon` is not a date"),
    ],
)
def test_dates_that_are_none_are_named(desk: Desk, cell: str, reason: str, detail: str) -> None:
    desk.load(f"customer_id,birth_date\na,{cell}\n")
    assert [(q.reason, q.detail) for q in desk.quarantine()] == [(reason, f"`birth_date`: {detail}")]


def test_a_refused_import_does_not_speak_of_rows_that_go_to_the_quarantine(tmp_path: Path) -> None:
    desk = Desk(tmp_path, shop(plan=Field("plan", OneOf(("basic", "plus")), required=True)))
    result = desk.load("name\nAnna\n")
    assert result.exit_code == 3
    assert not any("quarantine" in note for note in result.recognition.notes)
    desk.store.close()
