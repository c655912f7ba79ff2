"""A project whose facts lie on Postgres alone, from the command line: the same answers as with a file."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import pytest

from adapters import importing
from adapters.cli.common import open_workspace
from adapters.stores.facts_record_postgres import PostgresRecord
from tests.cli.conftest import Kadenz
from tests.cli.test_ledger_on_postgres import AT, told
from tests.postgres import namespace, server

FILES = (
    ("contacts", "contacts"),
    ("consents", "consents"),
    ("cart_added", "event:cart_added"),
    ("purchases", "event:purchase"),
)


def on_postgres(project: Path, address: str) -> Path:
    """Let the facts of a project lie on the server, and the ledger too: no store in the folder."""
    shutil.rmtree(project / ".kadenz-journal", ignore_errors=True)
    shutil.rmtree(project / ".kadenz")
    settings = project / "kadenz.yaml"
    stores = {name: {"kind": "postgres", "address": address, "schema": namespace()} for name in ("facts", "ledger")}
    settings.write_text(settings.read_text() + f"\nstores: {json.dumps(stores)}\n")
    return project


def test_every_verb_says_what_it_says_with_a_file(start: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    (start / "playbooks" / "more.play").write_text("segment cart_open\n  where did cart_added\n", encoding="utf-8")
    other = on_postgres(Path(shutil.copytree(start, tmp_path / "other")), server())
    dry = kadenz("import", other / "data" / "contacts.csv", "--as", "contacts", "--dry-run", "--project", other)
    assert dry.code == 0
    assert "there are none yet" in kadenz("doctor", "--project", other).out
    for name, target in FILES:
        assert kadenz("import", other / "data" / f"{name}.csv", "--as", target, "--project", other).code == 0
    people = tmp_path / "people.csv"
    people.write_text("customer_id,city\n1001,Bern\n1002,Bern\n1003,\n", encoding="utf-8")
    verbs: tuple[tuple[str | Path, ...], ...] = (
        ("import", start / "data" / "purchases.csv", "--as", "event:purchase"),
        ("run", "--at", "2026-11-20T09:15"),
        ("import", people, "--as", "contacts"),
        ("import", "--report"),
        ("run", "--at", AT),
        ("show", "cart_open", "--at", AT, "--list"),
        ("show", "cart_open", "--at", AT, "--engine", "interpreter"),
        ("show", "cart_open", "--at", AT, "--engine", "duckdb"),
        ("explain", "1002", "--at", AT),
        ("run", "--dry-run", "--format", "json"),
        ("test",),
        ("doctor",),
        ("store",),
    )
    for verb in verbs:
        said = [kadenz(*verb, "--project", project) for project in (start, other)]
        assert [one.code for one in said] == [0, 0], (verb, said)
        if "json" in verb:
            answers = [{**json.loads(one.out), "at": None, "engine": None} for one in said]
            assert answers[0] == answers[1]
        elif verb[0] == "doctor":
            assert "facts: Postgres: every commit on disk" in said[1].out
        elif verb[0] == "store":
            assert "evaluate on postgres: the facts lie there" in said[1].out
        else:
            assert told(said[0].out, start) == told(said[1].out, other), verb
    assert not (other / ".kadenz" / "facts.db").exists()
    with open_workspace(other).facts() as facts:
        (contact,) = facts.contacts(["1002"])
    address = ("explain", str(contact.fields["email"]), "--at", AT)
    assert told(kadenz(*address, "--project", start).out, start) == told(
        kadenz(*address, "--project", other).out, other
    )
    for project in (start, other):
        with open_workspace(project).facts() as facts:
            assert facts.erase(["1002"]).contacts == 1
    said = [kadenz("show", "cart_open", "--at", AT, "--list", "--project", project) for project in (start, other)]
    assert told(said[0].out, start) == told(said[1].out, other)
    assert "1002" not in said[1].out
    assert kadenz("explain", "1002", "--project", other).code == 3
    refused = kadenz("show", "cart_open", "--engine", "sqlite", "--project", other)
    assert (refused.code, "the facts of this project lie on Postgres" in refused.err) == (3, True)


def test_a_server_that_is_away_is_told_by_every_verb(start: Path, kadenz: Kadenz) -> None:
    on_postgres(start, "postgresql://kadenz@127.0.0.1:9/shop")
    (start / "playbooks" / "more.play").write_text("segment cart_open\n  where did cart_added\n", encoding="utf-8")
    away = "the facts store on Postgres `127.0.0.1/shop` cannot be reached; nothing was done"
    file = start / "data" / "contacts.csv"
    verbs: tuple[tuple[str | Path, ...], ...] = (
        ("import", file, "--as", "contacts"),
        ("import", file, "--as", "contacts", "--dry-run"),
        ("import", "--report"),
        ("run",),
        ("show", "cart_open"),
        ("explain", "1002"),
    )
    for verb in verbs:
        said = kadenz(*verb, "--project", start)
        assert (said.code, away in said.err, "Traceback" in said.err) == (3, True, False), (verb, said)
    for verb in (("doctor",), ("store",)):
        said = kadenz(*verb, "--project", start)
        assert (said.code, away in said.out) == (1, True), said
        assert "the ledger on Postgres `127.0.0.1/shop` cannot be reached" in said.out
    for verb in (("check",), ("test",), ("compile",)):
        assert kadenz(*verb, "--project", start).code == 0


def test_an_import_that_loses_the_server_goes_on_where_it_was(
    start: Path, kadenz: Kadenz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_postgres(start, server())
    file = tmp_path / "contacts.csv"
    file.write_text("customer_id,city\n" + "".join(f"p{n},Bern\n" for n in range(1_200)), encoding="utf-8")
    monkeypatch.setattr(importing, "run_import", partial(importing.run_import, batch=500))
    batches = 0
    put = PostgresRecord.put_contacts

    def cut(self: PostgresRecord, *given: object, **more: object) -> object:
        nonlocal batches
        batches += 1
        if batches == 2:
            self.connection.close()
        return put(self, *given, **more)  # type: ignore[arg-type]

    import_ = ("import", file, "--as", "contacts", "--project", start)
    with monkeypatch.context() as patch:
        patch.setattr(PostgresRecord, "put_contacts", cut)
        said = kadenz(*import_)
    assert (said.code, "run the same import again" in said.err) == (3, True), said
    with open_workspace(start).facts() as facts:
        assert facts.count() == 500
    data = json.loads(kadenz(*import_, "--format", "json").out)
    with open_workspace(start).facts() as facts:
        assert (facts.count(), facts.last_seq()) == (1_200, 1_200)
    assert (data["rows"], data["resumed_after_line"]) == (1_200, 501)


def test_what_kadenz_yaml_says_of_it_is_checked(start: Path, kadenz: Kadenz) -> None:
    settings = start / "kadenz.yaml"
    before = settings.read_text()
    settings.write_text(f"{before}\nstores: {{facts: {{kind: postgres}}}}\n")
    assert "`address` is missing in `facts`" in kadenz("check", "--project", start).out
    settings.write_text(
        f"{before}\nstores: {{facts: {{kind: postgres, address: postgresql://db/x, engine: sqlite}}}}\n"
    )
    assert "are not evaluated on SQLite" in kadenz("check", "--project", start).out
