"""`--engine`: copies of the facts that follow by themselves, by name or by size, for several processes at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters import engine_choice
from adapters.stores import turns
from adapters.stores.turns import turn
from engine.sql.dialects import DIALECTS
from tests import postgres
from tests.cli.conftest import Kadenz, Said

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
        answer = json.loads(said.out)
        assert answer.pop("engine")["name"] == engine
        found.append(json.dumps(answer))
    return found


@pytest.fixture
def project(start: Path) -> Path:
    (start / "playbooks").mkdir(exist_ok=True)
    (start / "playbooks" / "more.play").write_text(PLAYBOOK, encoding="utf-8")
    return start


def settle(project: Path, **facts: str) -> None:
    """Write `stores: facts` into kadenz.yaml."""
    lines = [f"    {key}: {json.dumps(value)}" for key, value in facts.items()]
    with (project / "kadenz.yaml").open("a", encoding="utf-8") as file:
        file.write("\n".join(("", "stores:", "  facts:", *lines, "")))


@pytest.mark.parametrize("engine", ["duckdb", "parquet", "postgres"])
def test_the_copy_follows_imports_of_events_and_contacts(
    project: Path, kadenz: Kadenz, tmp_path: Path, engine: str
) -> None:
    if engine == "postgres":
        settle(project, address=postgres.server(), schema=postgres.namespace())
    said = kadenz("show", "with_cart", "--project", project, "--at", AT, "--engine", engine)
    assert (said.code, "rows copied to" in said.err) == (0, True), said.err
    before = shown(kadenz, project, "sqlite")
    assert shown(kadenz, project, engine) == before
    carts, people = tmp_path / "carts.csv", tmp_path / "people.csv"
    carts.write_text("contact,at,product\n1005,2026-11-18T06:30:00Z,Green tea\n", encoding="utf-8")
    people.write_text("customer_id,city\n1001,Bern\n", encoding="utf-8")
    for path, target in ((carts, "event:cart_added"), (people, "contacts")):
        assert kadenz("import", path, "--as", target, "--project", project).code == 0
    said = kadenz("show", "with_cart", "--project", project, "--at", AT, "--engine", engine)
    assert (said.code, said.err) == (0, ""), "what changed is carried over without a word"
    after = shown(kadenz, project, "sqlite")
    assert after != before
    assert shown(kadenz, project, engine) == after


def asked(kadenz: Kadenz, project: Path, *more: str) -> tuple[Said, dict[str, str]]:
    said = kadenz("show", "with_cart", "--project", project, "--at", AT, "--format", "json", *more)
    assert said.code == 0, said.err
    engine: dict[str, str] = json.loads(said.out)["engine"]
    return said, engine


def test_the_size_chooses_and_it_is_said(project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    said, engine = asked(kadenz, project)
    assert (engine["name"], said.err) == ("sqlite", "")
    said, _ = asked(kadenz, project, "--verbose")
    assert "evaluated on sqlite" in said.err
    assert "rows have arrived" in said.err
    monkeypatch.setattr(engine_choice, "MANY", 10)
    said, engine = asked(kadenz, project)
    assert engine["name"] == "duckdb"
    assert "evaluated on duckdb: " in said.err
    assert "more than 10" in said.err
    run = kadenz("run", "--project", project, "--at", AT, "--format", "json")
    assert (json.loads(run.out)["engine"]["name"], "evaluated on duckdb" in run.err) == ("duckdb", True)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    said, engine = asked(kadenz, project)
    assert (engine["name"], ".[duckdb]" in said.err) == ("sqlite", True)


def test_kadenz_yaml_pins_an_engine(project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(project, engine="parquet", folder="here")
    assert asked(kadenz, project)[1] == {"name": "parquet", "why": "as kadenz.yaml says"}
    assert (project / "here" / "manifest.json").exists()
    assert asked(kadenz, project, "--engine", "sqlite")[1]["name"] == "sqlite"


def test_by_size_another_engine_answers_where_the_copy_is_taken(
    project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_choice, "MANY", 10)
    monkeypatch.setattr(turns, "PATIENCE", 0.2)
    with turn(project / ".kadenz" / "facts.duckdb.lock", 0, lambda _: None):
        said, engine = asked(kadenz, project)
        assert engine["name"] == "sqlite"
        assert f"process {os.getpid()} uses the copy" in said.err
        named = kadenz("show", "with_cart", "--project", project, "--at", AT, "--engine", "duckdb")
    assert (named.code, f"waiting for process {os.getpid()}" in named.err) == (3, True)
    assert asked(kadenz, project)[1]["name"] == "duckdb"


def test_processes_take_turns(project: Path) -> None:
    """A run and several who look, all at once, on a copy that none of them finds made."""
    run = ("run", "--at", "2026-11-20T09:15", "--engine", "duckdb")
    look = ("show", "with_cart", "--at", AT, "--engine", "duckdb", "--list")
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "adapters.cli.main", *arguments, "--project", str(project)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for arguments in (look, run, look)
    ]
    done = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], done
    assert done[0][0] == done[2][0]
    assert sum("rows copied to" in err for _, err in done) == 1, "the others found it made"


def test_a_server_that_is_away_is_said_and_nothing_is_lost(project: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    settle(project, engine="postgres", address=f"host={tmp_path} user=nobody dbname=none")
    for verb in (("show", "with_cart", "--at", AT), ("run", "--at", AT)):
        said = kadenz(*verb, "--project", project)
        assert (said.code, "Postgres cannot be opened" in said.err) == (3, True), said.err
    first = json.loads(kadenz("run", "--project", project, "--at", AT, "--engine", "sqlite", "--format", "json").out)
    assert first["first_tick"], "the run that failed left no tick"


def test_a_password_is_named_never_written(project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"address": postgres.server(), "schema": postgres.namespace(), "password_env": "FACTS_PASSWORD"}
    settle(project, **given)
    monkeypatch.delenv("FACTS_PASSWORD", raising=False)
    said = kadenz("show", "with_cart", "--project", project, "--at", AT, "--engine", "postgres")
    assert (said.code, "set `FACTS_PASSWORD`" in said.err) == (3, True)
    monkeypatch.setenv("FACTS_PASSWORD", "hush")
    assert asked(kadenz, project, "--engine", "postgres")[1]["name"] == "postgres"
    text = (project / "kadenz.yaml").read_text(encoding="utf-8")
    (project / "kadenz.yaml").write_text(text.replace(given["address"], "postgresql://me:hush@host/db"))
    said = kadenz("check", "--project", project)
    assert (said.code, "a password does not stand in a file" in said.out + said.err) == (1, True)
    assert "hush" not in said.out + said.err


def test_what_kadenz_yaml_says_must_fit(project: Path, kadenz: Kadenz) -> None:
    said = kadenz("show", "with_cart", "--project", project, "--at", AT, "--engine", "postgres")
    assert (said.code, "stores: facts: address" in said.err) == (3, True)
    settle(project, engine="postgres")
    said = kadenz("check", "--project", project)
    assert (said.code, "`address` is missing in `facts`" in said.out + said.err) == (1, True)


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
    assert (said.code, SPELLED[dialect] in said.out) == (0, True)
    assert ("AS MATERIALIZED" in said.out) == DIALECTS[dialect].stored_frames
