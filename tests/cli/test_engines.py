"""`--engine duckdb`: a copy of the facts that follows by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Kadenz

AT = "2026-11-20T13:30"
PLAYBOOK = """
segment with_cart
  where did cart_added

segment green
  where did cart_added with (product = "Green tea") or city = "Bern"

score warmth
  +3 on cart_added in last 30 days
  +5 on purchase
  halve every 7 days
"""


def shown(kadenz: Kadenz, project: Path, engine: str) -> list[str]:
    found = []
    for name in ("with_cart", "green", "warmth"):
        said = kadenz("show", name, "--project", project, "--at", AT, "--list", "--format", "json", "--engine", engine)
        assert said.code == 0, said.err
        found.append(json.dumps(json.loads(said.out)))
    return found


@pytest.fixture
def project(start: Path) -> Path:
    (start / "playbooks").mkdir(exist_ok=True)
    (start / "playbooks" / "more.play").write_text(PLAYBOOK, encoding="utf-8")
    return start


def test_the_copy_follows_imports_of_events_and_contacts(project: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    said = kadenz("show", "with_cart", "--project", project, "--at", AT, "--engine", "duckdb")
    assert (said.code, "rows copied to" in said.err) == (0, True), said.err
    before = shown(kadenz, project, "sql")
    assert shown(kadenz, project, "duckdb") == before
    carts, people = tmp_path / "carts.csv", tmp_path / "people.csv"
    carts.write_text("contact,at,product\n1005,2026-11-18T06:30:00Z,Green tea\n", encoding="utf-8")
    people.write_text("customer_id,city\n1001,Bern\n", encoding="utf-8")
    for path, target in ((carts, "event:cart_added"), (people, "contacts")):
        assert kadenz("import", path, "--as", target, "--project", project).code == 0
    said = kadenz("show", "with_cart", "--project", project, "--at", AT, "--engine", "duckdb")
    assert (said.code, said.err) == (0, ""), "what changed is carried over without a word"
    after = shown(kadenz, project, "sql")
    assert after != before
    assert shown(kadenz, project, "duckdb") == after


def test_a_copy_in_use_elsewhere_is_bad_input(project: Path, kadenz: Kadenz) -> None:
    path = next(project.rglob("facts.db")).with_suffix(".duckdb")
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "open\n"
    said = kadenz("show", "with_cart", "--project", project, "--at", AT, "--engine", "duckdb")
    holder.stdin.close()
    holder.wait(30)
    holder.stdout.close()
    assert (said.code, "cannot be opened" in said.err, "may be deleted" in said.err) == (3, True, True), said.err


def test_a_file_that_is_no_copy_is_bad_input_and_may_be_deleted(project: Path, kadenz: Kadenz) -> None:
    path = next(project.rglob("facts.db")).with_suffix(".duckdb")
    path.write_bytes(b"no database" * 1000)
    asked = ("show", "with_cart", "--project", project, "--at", AT, "--engine", "duckdb")
    assert kadenz(*asked).code == 3
    path.unlink()
    assert kadenz(*asked).code == 0


def test_without_the_package_it_says_what_to_install(
    project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "adapters.stores.facts_duckdb", None)
    said = kadenz("show", "with_cart", "--project", project, "--at", AT, "--engine", "duckdb")
    assert (said.code, ".[duckdb]" in said.err) == (3, True)


SPELLED = {"sqlite": ":as_of", "duckdb": "$as_of", "postgres": "%(as_of)s"}


@pytest.mark.parametrize("dialect", SPELLED)
def test_the_sql_of_each_engine_is_shown(project: Path, kadenz: Kadenz, dialect: str) -> None:
    said = kadenz("compile", "--stage", "sql", "--dialect", dialect, "--project", project)
    assert (said.code, SPELLED[dialect] in said.out, "AS MATERIALIZED" in said.out) == (0, True, True)
