"""`kadenz store`: where the data lie, and how far copies are behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.cli.common import open_workspace
from adapters.stores import turns
from adapters.stores.turns import turn
from tests.cli.conftest import Kadenz

AT = "2026-11-20T13:30"


def stores(kadenz: Kadenz, project: Path, *more: str, code: int = 0) -> dict[str, dict[str, Any]]:
    said = kadenz("store", "--project", project, "--format", "json", *more)
    assert said.code == code, said.err
    return {place["what"]: place for place in json.loads(said.out)["stores"]}


def evaluated(kadenz: Kadenz, project: Path, engine: str) -> None:
    assert kadenz("show", "cart_open", "--project", project, "--at", AT, "--engine", engine).code == 0


@pytest.fixture
def project(start: Path) -> Path:
    (start / "playbooks" / "more.play").write_text("segment cart_open\n  where did cart_added\n", encoding="utf-8")
    return start


def test_it_tells_where_everything_lies_and_what_is_behind(project: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    first = stores(kadenz, project)
    assert set(first) == {"facts", "decisions", "journal of hand-overs"}
    assert (first["facts"]["where"], first["facts"]["bytes"] > 10_000) == (".kadenz/facts.db", True)
    evaluated(kadenz, project, "duckdb")
    evaluated(kadenz, project, "parquet")
    people = tmp_path / "people.csv"
    people.write_text("customer_id,city\n1001,Bern\n1002,Bern\n", encoding="utf-8")
    assert kadenz("import", people, "--as", "contacts", "--project", project).code == 0
    evaluated(kadenz, project, "parquet")
    behind = stores(kadenz, project)
    assert behind["copy, duckdb"]["state"] == "2 changes behind"
    assert behind["copy, parquet"]["state"] == "up to date"
    assert behind["copy, parquet"]["where"] == ".kadenz/parquet"
    followed = stores(kadenz, project, "--follow")
    assert followed["copy, duckdb"]["state"] == "up to date; 2 rows carried over"
    assert stores(kadenz, project)["copy, duckdb"]["state"] == "up to date"
    text = kadenz("store", "--project", project).out
    assert "copy, duckdb" in text
    assert "evaluate on sqlite" in text


def test_follow_takes_an_erased_person_out_of_every_copy(project: Path, kadenz: Kadenz) -> None:
    for engine in ("duckdb", "parquet"):
        evaluated(kadenz, project, engine)
    with open_workspace(project).facts() as facts:
        (contact,) = facts.contacts(["1002"])
        facts.erase(["1002"])
    mail = str(contact.fields["email"]).encode()
    folder = project / ".kadenz"
    copies = [folder / "facts.duckdb", *(folder / "parquet").glob("contacts/*")]
    assert any(mail in path.read_bytes() for path in copies)
    assert "behind" in stores(kadenz, project)["copy, duckdb"]["state"]
    stores(kadenz, project, "--follow")
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("ledger")]
    assert [path for path in files if mail in path.read_bytes()] == []


def test_what_is_in_use_or_damaged_is_said(project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    for engine in ("duckdb", "parquet"):
        evaluated(kadenz, project, engine)
    monkeypatch.setattr(turns, "PATIENCE", 0.1)
    with turn(project / ".kadenz" / "facts.duckdb.lock", 0, lambda _: None):
        assert "in use" in stores(kadenz, project)["copy, duckdb"]["state"]
        (project / ".kadenz" / "parquet" / "manifest.json").write_text("?", encoding="utf-8")
        found = stores(kadenz, project, code=1)
    assert "damaged" in found["copy, parquet"]["state"]
