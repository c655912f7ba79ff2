"""Imports end to end: files as people have them, into the store, with an account that adds up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.importing import ImportResult, Problem, read_target
from adapters.importing.report import account, quarantine_json
from adapters.sources.cells import BEGIN, Place, Row, Source, Stretch
from adapters.sources.files import open_source
from adapters.stores.facts import Counts
from dsl.schema import Field
from dsl.types import OneOf, Text
from engine.records import Event
from tests.adapters.importing.shop import NOW, Desk, shop

GERMAN_EXCEL = (
    "sep=;\r\n"
    "Customer ID;Name;Geburt;Turnover;Newsletter;Height;Phone;E-Mail;Bemerkung\r\n"
    '007;"Müller; Anna";31.12.1990;1.234,50;ja;1,68;044 668 18 00;Anna@Example.ch;"erste\r\nzweite Zeile"\r\n'
    "4.0128e+10;Zoë;01.02.2003;12;nein;;;;\r\n"
    ";;;;;;;;\r\n"
)


def micro(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.store.close()


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


def test_a_quotation_mark_left_open_costs_one_line(desk: Desk) -> None:
    lines = ["customer_id,name", '1,"open', "2,b", '3,"c ""d"""', "4,d"]
    result = desk.load("\n".join(lines))
    assert (result.rows, result.counts.new, [q.line for q in desk.quarantine()]) == (4, 3, [2])
    assert desk.contact("3") == {"name": 'c "d"'}


def test_bytes_that_are_no_characters(desk: Desk) -> None:
    result = desk.load("customer_id,name\n1,Zoë Müller äöü\n2,".encode() + b"\xff\n3,\0\n")
    assert (result.rows, result.counts.new) == (3, 1)
    assert [q.reason for q in desk.quarantine()] == ["unreadable characters", "control characters"]


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


def test_consents(desk: Desk) -> None:
    text = (
        "customer_id;Kanal;Zweck;Nachweis;Datum;state\n"
        "a;email;newsletter;Formular;01.02.2026;granted\n"
        "a;sms;newsletter;;01.02.2026;withdrawn\n"
        "b;sms;newsletter;Telefon;01.02.2026 10:00;Withdrawn\n"
    )
    result = desk.load(text, "consents")
    assert (result.counts, result.quarantined, result.unknown_contacts) == (Counts(new=2), 1, 2)
    assert desk.load(text, "consents").counts == Counts(same=2)
    first, second = desk.ledger.consents.values()
    assert (first.contact, first.purpose, first.channel, first.state) == ("a", "newsletter", "email", "granted")
    assert (first.basis, first.evidence, first.at) == ("consent", "Formular", micro("2026-01-31T23:00+00:00"))
    assert second.state == "withdrawn"


def test_suppressions(desk: Desk) -> None:
    text = (
        "contact,address,channel,reason\na,,,staff\n,Anna@Example.CH,email,bounced\n,044 668 18 00,sms,wrong\n,,,none\n"
    )
    result = desk.load(text, "suppressions")
    assert (result.counts, result.quarantined) == (Counts(new=2), 2)
    assert {(s.contact, s.address, s.channel, s.at) for s in desk.ledger.suppressions.values()} == {
        ("a", None, None, NOW),
        (None, "anna@example.ch", "email", NOW),
    }
    assert desk.load(text, "suppressions").counts == Counts(same=2)


def test_messages_count_and_are_events(desk: Desk) -> None:
    desk.load("customer_id,zone\na,America/New_York\n")
    text = (
        "contact,at,channel,template,category,tags\n"
        "a,2026-01-01T02:00:00Z,email,news,,sale|autumn\n"
        "b,2026-01-01T23:30:00Z,email,news,service,\n"
        "b,2026-01-01T23:30:00Z,email,receipt,transactional,\n"
    )
    result = desk.load(text, "messages")
    assert result.counts == Counts(new=3)
    assert desk.load(text, "messages").counts == Counts(same=3)
    counted = list(desk.ledger.messages.values())
    assert [(m.contact, m.category, m.tags, m.local_date) for m in counted] == [
        ("a", "promotional", ("autumn", "sale"), 20251231),
        ("b", "service", (), 20260102),
    ]
    (data,) = desk.store.load(["a"], ["message_sent"], NOW)
    (event,) = data.events["message_sent"]
    assert event.id == counted[0].id
    assert event.properties == {"channel": "email", "template": "news", "tags": "|autumn|sale|"}


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


def test_a_consent_names_channels_and_purposes_of_the_project(desk: Desk) -> None:
    text = (
        "contact;channel;purpose;state;evidence;at\n"
        "a;Email ;News letter;granted;form;2026-01-01\n"
        "b;E-Mail;Newsletter;withdrawn;form;2026-01-01\n"
        "c;fax;newsletter;withdrawn;form;2026-01-01\n"
        "d;email;gossip;granted;form;2026-01-01\n"
        "e;email;newsletter;;form;2026-01-01\n"
    )
    result = desk.load(text, "consents")
    assert (result.counts.new, result.quarantined, result.withdrawals_held) == (1, 4, 2)
    (record,) = desk.ledger.consents.values()
    assert (record.contact, record.channel, record.purpose) == ("a", "email", "newsletter")
    assert [q.detail for q in desk.quarantine()] == [
        "`channel`: `E-Mail` is not a channel of this project, did you mean `email`?",
        "`channel`: `fax` is not a channel of this project: it knows `email` and `sms`",
        "`purpose`: `gossip` is not a purpose of this project: it knows `newsletter` and `offers`",
        "`state` is missing: write `granted` or `withdrawn`",
    ]
    assert "withdrawals of consent among them, without effect until mended: 2" in account(result)


def test_who_withdraws_without_saying_from_what_withdraws_from_everything(desk: Desk) -> None:
    text = (
        "contact,channel,purpose,state,evidence,at\n"
        "a,,newsletter,withdrawn,mail,2026-01-01\nb,,,abgemeldet,mail,2026-01-01\nc,,offers,ja,mail,2026-01-01\n"
    )
    result = desk.load(text, "consents")
    assert (result.counts, result.quarantined, result.everywhere) == (Counts(new=2), 1, 2)
    assert {(c.contact, c.channel, c.purpose) for c in desk.ledger.consents.values()} == {
        ("a", "email", "newsletter"),
        ("a", "sms", "newsletter"),
        *(("b", channel, purpose) for channel in ("email", "sms") for purpose in ("newsletter", "offers")),
    }
    assert all(c.state == "withdrawn" for c in desk.ledger.consents.values())
    assert "recorded for every one of the project" in account(result)
    assert desk.load(text, "consents").counts == Counts(same=2)


@pytest.mark.parametrize(
    ("word", "state"),
    [("ja", "granted"), ("Opt-In", "granted"), ("nein", "withdrawn"), ("ABGEMELDET", "withdrawn"), ("?", None)],
)
def test_words_for_consent(desk: Desk, word: str, state: str | None) -> None:
    desk.load(f"contact,channel,purpose,state,evidence,at\na,sms,offers,{word},x,2026-01-01\n", "consents")
    assert [c.state for c in desk.ledger.consents.values()] == ([state] if state else [])


def test_suppressions_and_messages_name_channels_of_the_project(desk: Desk) -> None:
    assert desk.load("contact,channel,reason\na,Mail,x\nb,SMS,x\n", "suppressions").quarantined == 1
    assert [s.channel for s in desk.ledger.suppressions.values()] == ["sms"]
    assert desk.load("contact,at,channel\na,2026-01-01,Mail\nb,2026-01-01,E mail\n", "messages").quarantined == 1
    assert [m.channel for m in desk.ledger.messages.values()] == ["email"]


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


def test_unknown_contacts_and_far_instants_are_named(desk: Desk) -> None:
    result = desk.load("contact,at,amount\nx,2026-01-01,1\ny,2062-01-01,1\nx,2026-01-02,1\n", "event:purchase")
    assert (result.unknown_contacts, result.first_unknown, result.ahead) == (3, ("x", "y"), 1)
    assert "of contacts that the store does not have (`x`, `y`): kept" in account(result)
    assert "1 row with an instant more than a year ahead" in account(result)


def test_a_refused_import_does_not_speak_of_rows_that_go_to_the_quarantine(tmp_path: Path) -> None:
    desk = Desk(tmp_path, shop(plan=Field("plan", OneOf(("basic", "plus")), required=True)))
    result = desk.load("name\nAnna\n")
    assert result.exit_code == 3
    assert not any("quarantine" in note for note in result.recognition.notes)
    desk.store.close()


def test_a_withdrawal_under_the_id_of_the_consent_is_a_record_of_its_own(desk: Desk) -> None:
    text = "consent_id,contact,channel,purpose,state,evidence,at\n7,a,sms,offers,granted,x,2026-01-01\n"
    assert desk.load(text, "consents").counts == Counts(new=1)
    assert desk.load(text, "consents").counts == Counts(same=1)
    withdrawn = text.replace("granted", "withdrawn").replace("01-01", "02-01")
    assert desk.load(withdrawn, "consents").counts == Counts(new=1)
    assert [c.state for c in desk.ledger.consents.values()] == ["granted", "withdrawn"]


def test_a_list_of_withdrawals_without_columns_for_channel_and_purpose(desk: Desk) -> None:
    given = {"channel": "", "purpose": "", "state": "abgemeldet", "evidence": "list"}
    result = desk.load("contact,at\na,2026-01-01\n", "consents", constants=given)
    assert (result.counts, result.everywhere, len(desk.ledger.consents)) == (Counts(new=1), 1, 4)
    line = json.dumps({"contact": "b", "purpose": "offers", "state": "nein", "evidence": "x", "at": "2026-01-01"})
    full = json.dumps({"contact": "c", "channel": "sms", "purpose": "offers", "evidence": "x", "at": "2026-01-01"})
    result = desk.load(f"{line}\n{full}\n", "consents", name="x.jsonl")
    assert (result.counts.new, result.everywhere, result.quarantined) == (1, 1, 1)
