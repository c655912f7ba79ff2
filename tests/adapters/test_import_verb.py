"""`kadenz import` as people call it: texts, exit codes, quarantine report, ledger."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from adapters.cli.common import open_project
from adapters.cli.main import run
from adapters.stores.facts import SqliteFacts
from adapters.stores.ledger import SqliteLedger

SCHEMA = """\
contacts:
  key: customer_id
  fields:
    email: {type: text, normalise: [email], pii: true}
    turnover: money CHF
events:
  purchase:
    properties:
      amount: money CHF
"""

CONTACTS = "customer_id;email;turnover;x\n1;Anna@Example.ch;1.234,50;\n2;not an address;5;\n3;;12;\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "kadenz.yaml").write_text(
        "name: shop\ntime_zone: Europe/Zurich\npurposes: [newsletter]\n"
        "channels:\n  email: {kind: folder, folder: out/email, address: email}\n"
    )
    (tmp_path / "schema.yaml").write_text(SCHEMA)
    return tmp_path


def kadenz_import(project: Path, content: str | None, *arguments: str, name: str = "file.csv") -> int:
    file = project / name
    if content is not None:
        file.write_text(content)
    return run(["import", str(file), *arguments, "--project", str(project)])


def test_what_is_shown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kadenz_import(project, CONTACTS, "--as", "contacts") == 1
    shown = capsys.readouterr()
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert lines == [
        "file.csv as contacts: CSV, UTF-8, separated by semicolons",
        "",
        "column field type example",
        "customer_id customer_id text 1",
        "email email text Anna@Example.ch -> Anna@example.ch",
        "turnover turnover money in CHF, decimal comma (1.234,50) 1.234,50 -> 1234.50 CHF",
        "",
        "left out: `x`",
        "",
        "3 rows read: 2 new, 0 changed, 0 unchanged, 1 quarantined",
        "",
        "rows column reason lines example",
        "1 email invalid address 3 `email`: `not an address` is no email address",
        "",
        "mend these lines and import the file again; `kadenz import --report` lists them all",
    ]
    assert shown.err == ""


def test_the_report_lists_what_is_in_quarantine_until_it_is_mended(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kadenz_import(project, CONTACTS, "--as", "contacts")
    capsys.readouterr()
    assert run(["import", "--report", "--project", str(project)]) == 0
    assert "line 3:" in capsys.readouterr().out
    assert run(["import", "--report", "--format", "json", "--project", str(project)]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["file"], entry["as"], entry["line"], entry["column"]) == ("file.csv", "contacts", 3, "email")
    assert json.loads(entry["row"])["email"] == "not an address"
    mended = CONTACTS.replace("not an address", "bea@example.ch")
    assert kadenz_import(project, mended, "--as", "contacts", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["new"], told["same"], told["quarantined"]) == (3, 1, 2, 0)
    assert run(["import", "--report", "--project", str(project)]) == 0
    assert capsys.readouterr().out == "nothing is in quarantine\n"


def test_events_and_evidence_reach_their_stores(project: Path) -> None:
    assert kadenz_import(project, CONTACTS, "--as", "contacts") == 1
    bought = "customer_id,at,amount\n1,2026-01-01,5.50\n"
    assert kadenz_import(project, bought, "--as", "event:purchase", name="e.csv") == 0
    agreed = "customer_id,at\n1,2026-01-01\n"
    given = ["--set", "purpose=newsletter", "--set", "channel=email", "--set", "evidence=test data"]
    assert kadenz_import(project, agreed, "--as", "consents", *given, name="c.csv") == 0
    sent = "customer_id,at,channel,template\n1,2026-01-01,email,news\n"
    assert kadenz_import(project, sent, "--as", "messages", name="m.csv") == 0
    assert (
        kadenz_import(project, "address\nx@y.ch\n", "--as", "suppressions", "--set", "reason=wish", name="s.csv") == 0
    )
    from adapters.project import load

    opened = load(project)
    with SqliteFacts.open(opened.facts_path, opened.schema, now=0) as store:
        (data,) = store.load(["1"], ["purchase", "message_sent"], 2**62)
        assert {name: len(events) for name, events in data.events.items()} == {"purchase": 1, "message_sent": 1}
    ledger = SqliteLedger.open(opened.ledger_path, clock=lambda: 2**60)
    (consent,) = ledger.consents(2**60)
    assert (consent.contact, consent.purpose, consent.evidence) == ("1", "newsletter", "test data")
    (suppression,) = ledger.suppressions(2**60)
    assert suppression.address == "x@y.ch"
    assert len(ledger.counted(["1"], 0)) == 1
    ledger.close()


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        (None, ("--as", "contacts"), "cannot be read"),
        (CONTACTS, (), "name a FILE and what it holds with --as"),
        (CONTACTS, ("--as", "event:purchse"), "did you mean `purchase`"),
        (CONTACTS, ("--as", "contacts", "--map", "nothing"), "`nothing` is not of the form --map COLUMN=FIELD"),
        (CONTACTS, ("--as", "contacts", "--delimiter", ";;"), "`;;` is no delimiter"),
        ("email\na@x.ch\n", ("--as", "contacts"), "no column for `customer_id`, which contacts needs"),
        ("customer_id;turnover\n1;1.234\n", ("--as", "contacts"), "--number-format de"),
        (CONTACTS, ("--as", "contacts", "--number-format", "fr"), "fr"),
    ],
)
def test_what_cannot_be_imported(
    project: Path, capsys: pytest.CaptureFixture[str], content: str | None, arguments: tuple[str, ...], message: str
) -> None:
    assert kadenz_import(project, content, *arguments) == 3
    assert message in capsys.readouterr().err


def test_a_schema_with_mistakes_stops_the_import(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "schema.yaml").write_text(SCHEMA.replace("money CHF", "mony"))
    assert kadenz_import(project, CONTACTS, "--as", "contacts") == 3
    assert "the project's files have mistakes" in capsys.readouterr().err


def test_a_type_that_changed_under_data_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kadenz_import(project, CONTACTS, "--as", "contacts")
    (project / "schema.yaml").write_text(SCHEMA.replace("turnover: money CHF", "turnover: number"))
    assert kadenz_import(project, CONTACTS, "--as", "contacts") == 3
    assert "`turnover` in `contacts` holds data as money CHF" in capsys.readouterr().err


def test_dry_run_makes_no_store(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kadenz_import(project, CONTACTS, "--as", "contacts", "--dry-run") == 1
    assert "dry run: 3 rows read, 2 would be stored, nothing was" in capsys.readouterr().out
    given = ["--set", "purpose=newsletter", "--set", "channel=email", "--set", "evidence=test data"]
    assert kadenz_import(project, "customer_id,at\n1,2026-01-01\n", "--as", "consents", *given, "--dry-run") == 0
    assert sorted(p.name for p in project.iterdir()) == ["file.csv", "kadenz.yaml", "schema.yaml"]


def test_the_report_is_readable_and_a_file_can_be_forgotten(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kadenz_import(project, CONTACTS.replace("not an address", "Müller\x1b[31m"), "--as", "contacts")
    capsys.readouterr()
    assert run(["import", "--report", "--project", str(project)]) == 0
    shown = capsys.readouterr().out
    assert "customer_id: 2, email: Müller" in shown
    assert "\x1b" not in shown
    assert kadenz_import(project, None, "--forget", name="other.csv") == 3
    assert "`other.csv` has nothing in quarantine: there is `file.csv`" in capsys.readouterr().err
    assert kadenz_import(project, None, "--forget") == 0
    assert capsys.readouterr().out == "file.csv: 1 row dropped from the quarantine\n"
    assert run(["import", "--report", "--project", str(project)]) == 0
    assert capsys.readouterr().out == "nothing is in quarantine\n"
    assert run(["import", "--forget", "--project", str(project)]) == 3


def test_binary_data_is_no_table(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "x.csv").write_bytes(bytes(range(256)) * 20)
    assert run(["import", str(project / "x.csv"), "--as", "contacts", "--project", str(project)]) == 3
    shown = capsys.readouterr()
    assert "`x.csv` is not a table but binary data" in shown.err
    assert (shown.out + shown.err).replace("\n", "").isprintable()


def test_a_report_of_a_file_that_nobody_knows_is_a_mistake(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kadenz_import(project, None, "--report", name="nope.csv") == 3
    assert "`nope.csv` has nothing in quarantine: there is no such file" in capsys.readouterr().err
    kadenz_import(project, CONTACTS, "--as", "contacts")
    capsys.readouterr()
    assert kadenz_import(project, None, "--report", name="nope.csv") == 3
    assert "`nope.csv` has nothing in quarantine: there is `file.csv`" in capsys.readouterr().err
    # one that is there, and all good, is none
    (project / "good.csv").write_text("customer_id\n1\n")
    assert kadenz_import(project, None, "--report", name="good.csv") == 0
    assert capsys.readouterr().out == "nothing is in quarantine\n"


def test_a_file_called_parquet_that_is_none_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for content in (CONTACTS, '{"customer_id": "1"}\n', "PAR", "PAR1 and no more"):
        assert kadenz_import(project, content, "--as", "contacts", name="x.parquet") == 3
        assert "`x.parquet` is damaged, or no Parquet" in capsys.readouterr().err
    assert kadenz_import(project, CONTACTS, "--as", "contacts", name="folder.parquet.csv") == 1


def test_rows_in_quarantine_are_written_to_a_file_mended_and_replayed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "customer_id;email;turnover\n1;x;1,50\n2;b@b.ch;much\n3;c@c.ch;3,50\n4;y;4,50\n"
    assert kadenz_import(project, text, "--as", "contacts") == 1
    out = project / "bad.csv"
    assert run(["import", "--report", "--out", str(out), "--project", str(project)]) == 0
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert [(r["_file"], r["_as"], r["_line"], r["_column"], r["_reason"]) for r in rows] == [
        ("file.csv", "contacts", "2", "email", "invalid address"),
        ("file.csv", "contacts", "3", "turnover", "wrong type"),
        ("file.csv", "contacts", "5", "email", "invalid address"),
    ]
    assert [rows[1][c] for c in ("customer_id", "email", "turnover")] == ["2", "b@b.ch", "much"]
    assert "`much` is no money" in rows[1]["_detail"]
    rows[0]["email"], rows[1]["turnover"] = "a@a.ch", "2,50"
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    capsys.readouterr()
    # one of the three is not mended yet
    assert run(["import", "--replay", str(out), "--project", str(project)]) == 1
    assert "3 rows read: 2 new, 0 changed, 0 unchanged, 1 quarantined" in capsys.readouterr().out
    assert run(["import", "--report", "--format", "json", "--project", str(project)]) == 0
    assert [(e["file"], e["line"]) for e in json.loads(capsys.readouterr().out)] == [("file.csv", 5)]
    schema = open_project(project).schema
    with SqliteFacts.open(project / ".kadenz" / "facts.db", schema, now=0) as store:
        found = {c.key: c.fields.get("turnover") for c in store.contacts()}
    assert found == {"1": 150, "2": 250, "3": 350}
    # a second replay changes nothing
    capsys.readouterr()
    assert run(["import", "--replay", str(out), "--project", str(project)]) == 1
    assert "3 rows read: 0 new, 0 changed, 2 unchanged, 1 quarantined" in capsys.readouterr().out


def test_a_line_that_could_not_be_taken_apart_is_mended_under_the_columns_of_the_file(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kadenz_import(project, 'customer_id,email\n1,a@a.ch\n2,"b@b.ch\n', "--as", "contacts") == 1
    out = project / "bad.csv"
    assert run(["import", "--report", "--out", str(out), "--project", str(project)]) == 0
    (row,) = csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines())
    assert (row["_line"], row["_reason"], row["_text"]) == ("3", "quotation marks do not fit", '2,"b@b.ch')
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*row, "customer_id", "email"])
        writer.writeheader()
        writer.writerow({**row, "customer_id": "2", "email": "b@b.ch"})
    capsys.readouterr()
    assert run(["import", "--replay", str(out), "--project", str(project)]) == 0
    assert "1 row read: 1 new, 0 changed, 0 unchanged, 0 quarantined" in capsys.readouterr().out


def test_what_cannot_be_replayed_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "--report", "--out", str(project / "bad.csv"), "--project", str(project)]) == 3
    assert "nothing is in quarantine" in capsys.readouterr().err
    kadenz_import(project, "customer_id,email\n1,x\n", "--as", "contacts", name="a.csv")
    kadenz_import(project, "customer_id,email\n1,x\n", "--as", "contacts", name="b.csv")
    capsys.readouterr()
    assert run(["import", "--report", "--out", str(project / "bad.csv"), "--project", str(project)]) == 3
    assert "name one FILE and --as: `a.csv --as contacts`, `b.csv --as contacts`" in capsys.readouterr().err
    assert run(["import", "--replay", str(project / "a.csv"), "--project", str(project)]) == 3
    assert "has no column `_file`" in capsys.readouterr().err


def test_cells_that_a_row_never_had_stay_as_they_are(project: Path) -> None:
    lines = '{"customer_id": "1", "email": "a@a.ch", "turnover": 5}\n'
    assert kadenz_import(project, lines, "--as", "contacts", name="a.jsonl") == 0
    later = '{"customer_id": "1", "email": "x"}\n{"customer_id": "2", "turnover": 1}\n'
    assert kadenz_import(project, later, "--as", "contacts", name="b.jsonl") == 1
    out = project / "bad.csv"
    assert run(["import", "--report", "--out", str(out), "--project", str(project)]) == 0
    header = out.read_text(encoding="utf-8-sig").splitlines()[0]
    assert header == "_file,_as,_line,_column,_reason,_detail,customer_id,email"
    out.write_text(
        out.read_text(encoding="utf-8-sig").replace("email\r", "email,turnover\r").replace(",1,x", ",1,b@b.ch,"),
        encoding="utf-8-sig",
    )
    assert run(["import", "--replay", str(out), "--project", str(project)]) == 0
    with SqliteFacts.open(project / ".kadenz" / "facts.db", open_project(project).schema, now=0) as store:
        (contact,) = store.contacts(["1"])
    assert contact.fields == {"customer_id": "1", "email": "b@b.ch", "turnover": 500}


def test_more_bad_rows_than_wanted_stop_the_import_before_it_begins(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = project / ".kadenz" / "facts.db"
    assert kadenz_import(project, CONTACTS, "--as", "contacts", "--max-bad", "10%") == 3
    shown = capsys.readouterr()
    assert "nothing was imported: 1 of 3 rows does not fit (33.3 %), more than --max-bad 10% allows" in shown.err
    assert "3 rows read, 2 could be stored, nothing was" in shown.out
    assert "dry run" not in shown.out
    assert kadenz_import(project, None, "--as", "contacts", "--max-bad", "10%", "--format", "json") == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["dry_run"], told["refused"], told["valid"], told["new"], told["quarantined"]) == (False, True, 2, 0, 1)
    assert "invalid address" in shown.out
    assert not store.exists()
    assert kadenz_import(project, None, "--as", "contacts", "--max-bad", "many") == 3
    assert kadenz_import(project, None, "--as", "contacts", "--max-bad", "33.4 %") == 1
    assert store.exists()
