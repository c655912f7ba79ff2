"""Imports end to end: into the store, again, in part, with an account that adds up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.importing import ImportResult, read_target
from adapters.importing.report import account, quarantine_json
from adapters.sources.cells import BEGIN, Place, Row, Source, Stretch
from adapters.sources.files import open_source
from adapters.stores.facts import Counts
from dsl.schema import Field
from dsl.types import OneOf, Text
from engine.records import Event
from tests.adapters.importing.shop import NOW, Desk, micro, shop


def test_importing_again_changes_nothing(desk: Desk) -> None:
    contacts = "customer_id,name\na,Anna\nb,Bea\n"
    purchases = "contact,at,amount\na,2026-01-01,1.50\na,2026-01-01,1.50\na,2026-01-01,1.51\n"
    assert desk.load(contacts).counts == Counts(new=2)
    assert desk.load(contacts).counts == Counts(same=2)
    assert desk.load(purchases, "event:purchase", batch=1).counts == Counts(new=3)
    seq = desk.store.last_seq()
    again = desk.load(purchases, "event:purchase")
    assert again.counts == Counts(same=3)
    assert desk.store.last_seq() == seq
    assert "id from its contact" in again.recognition.notes[0]


def test_events_with_an_id_are_corrected_in_place(desk: Desk) -> None:
    desk.load("customer_id\na\n")
    desk.load("id,contact,at,amount\n1,a,2026-01-01T00:00:00Z,5\n", "event:purchase")
    result = desk.load("id,contact,at,amount\n1,a,2026-01-02T00:00:00Z,6\n2,x,2026-01-02,7\n", "event:purchase")
    assert result.counts == Counts(new=1, changed=1)
    assert result.unknown_contacts == 1
    (data,) = desk.store.load(["a"], ["purchase"], NOW)
    assert data.events["purchase"] == (
        Event("purchase", "1", "a", micro("2026-01-02T00:00+00:00"), 2, {"amount": 600}),
    )


def test_an_empty_cell_is_missing_and_an_absent_column_stays(desk: Desk) -> None:
    desk.load("customer_id,name,country\na,Anna,CH\n")
    assert desk.load("customer_id,name\na,  \n").counts == Counts(changed=1)
    assert desk.contact("a") == {"country": "CH"}
    assert [change[:3] for change in desk.store.field_changes("a")] == [
        ("_key", None, "a"),
        ("name", "Anna", None),
    ]


BAD = """customer_id,name,gender,birth_date,turnover,visits,email,zone
1,ok,female,1990-01-01,1.50,3,a@x.ch,Europe/Zurich
,no key,female,1990-01-01,1.50,3,a@x.ch,Europe/Zurich
3,gender,femle,1990-01-01,1.50,3,a@x.ch,Europe/Zurich
4,date,female,1990-02-31,1.50,3,a@x.ch,Europe/Zurich
5,money,female,1990-01-01,1.505,3,a@x.ch,Europe/Zurich
6,large,female,1990-01-01,1.50,9223372036854775808,a@x.ch,Europe/Zurich
7,mail,female,1990-01-01,1.50,3,a@@x,Europe/Zurich
8,zone,female,1990-01-01,1.50,3,a@x.ch,Europe/Zürich
9,many,female,1990-01-01,1.50,3,a@x.ch,Europe/Zurich,more
10,few
11,control,female,1990-01-01,1.50,3,"a@x.ch
bcc: b",Europe/Zurich
13,two wrong,x,never,1.50,3,a@x.ch,Europe/Zurich
"""


def test_bad_rows_go_to_quarantine_with_line_and_reason(desk: Desk) -> None:
    result = desk.load(BAD)
    assert result.exit_code == 1
    assert (result.rows, result.counts, result.quarantined) == (12, Counts(new=2), 10)
    assert [(q.line, q.column, q.reason) for q in desk.quarantine()] == [
        (3, "customer_id", "required value missing"),
        (4, "gender", "unknown member"),
        (5, "birth_date", "impossible date"),
        (6, "turnover", "too many digits"),
        (7, "visits", "number too large"),
        (8, "email", "invalid address"),
        (9, "zone", "unknown zone"),
        (10, None, "too many cells"),
        (11, None, "too few cells"),
        (12, "email", "control characters"),
        (14, "gender", "unknown member"),
    ]
    assert "did you mean `female`" in desk.quarantine()[1].detail
    assert "birth_date" in desk.quarantine()[-1].detail
    assert json.loads(desk.quarantine()[3].row)["turnover"] == "1.505"
    assert sum(r.count for r in result.reasons) == 10


def test_a_zone_that_no_database_knows_counts_as_missing_and_is_told(desk: Desk) -> None:
    desk.load("customer_id,name,zone\n8,before,Asia/Tokyo\n")
    text = "customer_id,name,visits,zone\n8,Anna,3,Europe/Zürich\n9,Beat,4,Europe/Zurich\n10,Cleo,none,CET/x\n"
    dry = desk.load(text, dry_run=True)
    assert (dry.valid, dry.quarantined, [r.count for r in dry.findings], dry.exit_code) == (2, 1, [1], 1)
    assert "1 row would be stored without a value that does not fit" in account(dry)
    result = desk.load(text)
    assert (result.counts, result.quarantined, result.exit_code) == (Counts(new=1, changed=1), 1, 1)
    assert desk.contact("8") == {"name": "Anna", "visits": 3}
    assert [(r.reason, r.column, r.count, r.lines) for r in result.findings] == [("unknown zone", "zone", 1, (2,))]
    assert "1 row stored without a value that does not fit" in account(result)
    held = desk.quarantine()
    assert [(q.line, q.reason) for q in held] == [(2, "unknown zone"), (4, "wrong type")]
    assert (
        held[0].detail == "`zone`: `Europe/Zürich` is no time zone, like `Europe/Zurich`; the row is stored without it"
    )
    assert "`CET/x` is no time zone" in held[1].detail
    assert [entry["stored"] for entry in quarantine_json(held)] == [True, False]
    assert desk.load(text).findings, "it is told at every import"
    assert desk.load(text.replace("Zürich", "Zurich").replace("none,CET/x", "1,CET")).exit_code == 0
    assert (desk.contact("8")["zone"], desk.quarantine()) == ("Europe/Zurich", [])


def test_a_mended_line_leaves_the_quarantine(desk: Desk) -> None:
    desk.load(BAD, batch=2)
    desk.load("customer_id,name\n99,other file\n", name="other.csv")
    mended = BAD.replace("femle", "male").replace("1990-02-31", "1990-02-28")
    assert desk.load(mended, batch=3).counts == Counts(new=2, same=2)
    assert [q.line for q in desk.quarantine()] == [3, 6, 7, 8, 9, 10, 11, 12, 14]
    assert desk.load(BAD.splitlines()[0] + "\n1,ok,female,1990-01-01,1.50,3,a@x.ch,Europe/Zurich\n").exit_code == 0
    assert desk.quarantine() == []


def test_a_required_field_binds_contacts_that_are_new(tmp_path: Path) -> None:
    desk = Desk(tmp_path, shop(plan=Field("plan", OneOf(("basic", "plus")), required=True)))
    assert desk.load("customer_id,plan\na,plus\nb,\n").quarantined == 1
    result = desk.load("customer_id,name\na,Anna\nb,Bea\n")
    assert (result.counts, result.quarantined) == (Counts(changed=1), 1)
    assert "which is required" in result.recognition.notes[0]
    desk.store.close()


def test_dry_run_stores_nothing(desk: Desk) -> None:
    result = desk.load(BAD, dry_run=True)
    assert (result.rows, result.valid, result.quarantined) == (12, 2, 10)
    assert desk.store.count() == 0
    assert desk.quarantine() == []


def test_fact_tables(desk: Desk) -> None:
    text = "region,day,rain\nZH,2026-01-01,5\nZH,2026-01-02,\n,2026-01-02,1\n"
    result = desk.load(text, "fact:weather")
    assert (result.counts, result.quarantined) == (Counts(new=2), 1)
    assert desk.load(text, "fact:weather").counts == Counts(same=2)


class CutOff(Exception):
    pass


def test_an_import_that_is_cut_off_is_finished_by_running_it_again(desk: Desk) -> None:
    rows = [f"c{n % 7},2026-01-{n % 28 + 1:02d},{n % 3}.50" for n in range(100)]
    text = "contact,at,amount\n" + "\n".join(rows) + "\n"
    path = desk.folder / "file.csv"
    path.write_text(text)
    source = open_source(path, name="file.csv")

    class Failing:
        name, recognised, columns, size, position = "file.csv", source.recognised, source.columns, 1, 0
        reads = 0

        def rows(self) -> Iterator[Row]:
            self.reads += 1
            for n, row in enumerate(source.rows()):
                if self.reads == 2 and n == 57:
                    raise CutOff
                assert isinstance(row, Row)
                yield row

        def stretches(self, start: Place = BEGIN, /) -> Iterator[Stretch]:
            return (Stretch([row.line], [row.cells], (), start) for row in self.rows())

        def fingerprint(self) -> str:
            return source.fingerprint()

        def changed(self) -> object:
            return source.changed()

    failing: Source = Failing()
    import_failing(desk, failing)
    assert desk.store.last_seq() == 50
    assert desk.load(text, "event:purchase", batch=10).counts == Counts(new=50, same=50)
    assert desk.load(text, "event:purchase").counts == Counts(same=100)


def import_failing(desk: Desk, source: Source) -> None:
    from adapters.importing import Options, Target, run_import

    aim = read_target("event:purchase", desk.schema)
    assert isinstance(aim, Target)
    options = Options("Europe/Zurich")
    with pytest.raises(CutOff):
        run_import(source, aim, desk.schema, desk.store, None, options, now=NOW, batch=10)


def adds_up(result: ImportResult) -> bool:
    counts = result.counts
    return result.rows == counts.new + counts.changed + counts.same + result.quarantined


header = st.sampled_from(["customer_id,name,turnover,seen,hobbies,home,email,birth_date\n", "customer_id;name\n", ""])


cell = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["1.234,50", "1,5", "05/06/1990", "31.12.1990", '"', '""', "0001-01-01", "9999-12-31T23:59", "ski|x"]
    ),
    st.sampled_from(["a@b.ch", "1e999", "-", "+", "٣", "NaN", "\ud7ff", "91,181", "1 2", "99999999999999999999"]),
)


row = st.lists(cell, min_size=1, max_size=9).map(",".join)


table = st.builds(
    lambda h, rows: (h + "\n".join(rows)).encode("utf-8", "surrogatepass"), header, st.lists(row, max_size=6)
)


content = st.one_of(table, st.binary(max_size=200), st.builds(bytes.__add__, table, st.binary(max_size=20)))


relaxed = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@relaxed
@given(content=content, name=st.sampled_from(["x.csv", "x.jsonl"]))
def test_whatever_the_bytes_every_row_is_accounted_for(desk: Desk, content: bytes, name: str) -> None:
    from adapters.sources.cells import SourceError

    before = desk.store.count()
    try:
        result = desk.load(content, name=name, number_format="de", date_format="dmy")
    except SourceError:
        return
    assert adds_up(result)
    assert desk.store.count() - before == result.counts.new
    if result.exit_code != 3:
        assert len([q for q in desk.quarantine() if q.file == name]) == result.quarantined


def test_text_is_kept_in_nfc(desk: Desk) -> None:
    desk.load("customer_id,name\nzoe\u0308,Zoe\u0308\n")
    assert desk.contact("zo\u00eb") == {"name": "Zo\u00eb"}
    assert datetime.fromtimestamp(NOW / 1e6, UTC).year == 2026
    assert isinstance(shop().fields["name"].type, Text)


def test_of_a_key_that_comes_twice_the_last_row_counts(desk: Desk) -> None:
    text = "customer_id,name,visits\na,old,1\nb,Bea,2\na,new,3\na,broken,many\n"
    result = desk.load(text, batch=1)
    assert (result.rows, result.counts, result.quarantined) == (4, Counts(new=2, same=1), 1)
    assert desk.contact("a") == {"name": "new", "visits": 3}
    assert (result.repeated, result.first_repeated) == (1, (("a", "2, 4"),))
    assert "1 key occurs more than once, the last row counts and the others are unchanged (`a`: lines 2, 4)" in account(
        result
    )
    assert desk.load(text).counts == Counts(same=3)
    assert [change[1:3] for change in desk.store.field_changes("a")] == [(None, "a")]
    events = "id,contact,at,amount\n1,a,2026-01-01,1\n1,a,2026-01-01,2\n"
    assert desk.load(events, "event:purchase").counts == Counts(new=1, same=1)
    assert desk.load(events, "event:purchase").counts == Counts(same=2)
    facts = "region,day,rain\nZH,2026-01-01,1\nZH,2026-01-01,2\nZH,2026-01-02,3\n"
    assert desk.load(facts, "fact:weather").counts == Counts(new=2, same=1)
    assert desk.load(facts, "fact:weather").counts == Counts(same=3)
    dry = desk.load("customer_id\na\na\n", dry_run=True)
    assert (dry.rows, dry.valid, dry.repeated) == (2, 2, 1)


def test_events_with_and_without_id_are_seen_to_be_the_same(desk: Desk) -> None:
    text = "Bestellnr;contact;at;amount\n1;a;2026-01-01;5\n2;a;2026-01-01;5\n3;b;2026-01-01;5\n"
    ids = [("Bestellnr", "id")]
    first = desk.load(text, "event:purchase", maps=ids)
    assert (first.counts, first.doubles, first.recognition.notes) == (Counts(new=3), 0, ())
    second = desk.load(text, "event:purchase", dry_run=True)
    assert second.doubles == 3
    assert "`Bestellnr` looks like an id: with `--map Bestellnr=id`" in second.recognition.notes[1]
    assert "3 rows with contact, instant and values of events that are stored under another id" in account(second)
    assert desk.load(text.replace("2026-01-01", "2026-02-01"), "event:purchase").doubles == 0
    later = desk.load(text.replace("2026-01-01", "2026-02-01"), "event:purchase", maps=ids, dry_run=True)
    assert later.doubles == 3
    assert desk.load(text.replace("2026-01-01", "2026-02-01"), "event:purchase").doubles == 0
    own = "product;contact;at;purchase_id\nx;a;2026-01-01;1\nx;b;2026-01-01;1\n"
    assert "looks like" not in " ".join(desk.load(own, "event:purchase", dry_run=True).recognition.notes)


def test_unknown_contacts_and_far_instants_are_named(desk: Desk) -> None:
    result = desk.load("contact,at,amount\nx,2026-01-01,1\ny,2062-01-01,1\nx,2026-01-02,1\n", "event:purchase")
    assert (result.unknown_contacts, result.first_unknown, result.ahead) == (3, ("x", "y"), 1)
    assert "of contacts that the store does not have (`x`, `y`): kept" in account(result)
    assert "1 row with an instant more than a year ahead" in account(result)
