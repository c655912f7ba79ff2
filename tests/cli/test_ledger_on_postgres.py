"""A project whose ledger lies on Postgres, from the command line: the same answers as with a file, and words for what
can go wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Kadenz
from tests.cli.test_cut_off import KILLED, PEOPLE, Sink, live_project, mail
from tests.postgres import namespace, server

__all__ = ["mail"]

AT = "2026-11-20T13:30"


def on_postgres(project: Path, address: str, schema: str) -> Path:
    """Let the ledger of a project lie on the server: a new one, and nobody was reached before."""
    shutil.rmtree(project / ".kadenz-journal", ignore_errors=True)
    settings = project / "kadenz.yaml"
    stores = {"ledger": {"kind": "postgres", "address": address, "schema": schema}}
    settings.write_text(settings.read_text() + f"\nstores: {json.dumps(stores)}\n")
    return project


def told(text: str, project: Path) -> list[str]:
    """What a verb says, without the folder, and without the line in which an import names its file."""
    return [line for line in text.replace(str(project), "DIR").splitlines() if ": CSV, " not in line]


def test_every_verb_says_what_it_says_with_a_file(start: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    other = on_postgres(Path(shutil.copytree(start, tmp_path / "other")), server(), namespace())
    (other / ".kadenz" / "ledger.db").unlink()
    (tmp_path / "press.csv").write_text("contact\n1002\n1004\n")
    for project in (start, other):
        with (project / "schema.yaml").open("a") as schema, (project / "playbooks" / "cart.play").open("a") as play:
            schema.write('\nlists:\n  press: "whom we invite"\n')
            play.write("\nsegment invited\n  include list press\n")
    consents = ("import", start / "data" / "consents.csv", "--as", "consents")
    assert kadenz(*consents, "--project", other).code == 0
    verbs: tuple[tuple[str | Path, ...], ...] = (
        consents,
        ("import", tmp_path / "press.csv", "--as", "list:press"),
        ("run", "--at", "2026-11-20T09:15"),
        ("run", "--at", AT),
        ("pause", "--all", "--why", "the price was wrong"),
        ("run", "--at", "2026-11-21T09:15", "--dry-run"),
        ("resume", "--all"),
        ("show", "invited", "--at", AT),
        ("show", "invited", "--list"),
        ("explain", "1002", "--at", AT),
        ("explain", "1004", "--at", AT),
        ("run", "--dry-run", "--format", "json"),
        ("doctor",),
        ("store",),
    )
    for verb in verbs:
        said = [kadenz(*verb, "--project", project) for project in (start, other)]
        assert [one.code for one in said] == [0, 0], (verb, said)
        if verb[0] == "run" and "json" in verb:
            answers = [{**json.loads(one.out), "at": None} for one in said]
            assert answers[0] == answers[1]
        elif verb[0] == "doctor":
            assert "invariants: all" in said[1].out
            assert "ledger: Postgres: every commit on disk" in said[1].out
        elif verb[0] == "store":
            assert f"on Postgres `{server().split()[0].removeprefix('host=')}/postgres`" in said[1].out
        elif verb[0] not in ("pause", "resume"):  # which tell the time
            assert told(said[0].out, start) == told(said[1].out, other), verb
    assert not (other / ".kadenz" / "ledger.db").exists()


@pytest.mark.parametrize(("point", "uncertain"), [("claimed:1", 0), ("marked:2", 4), ("resulted:3", 0)])
def test_killed_nothing_twice_and_what_may_have_left_is_uncertain(
    tmp_path: Path, kadenz: Kadenz, kadenz_process: Kadenz, mail: tuple[Sink, int], point: str, uncertain: int
) -> None:
    sink, port = mail
    channel = (
        f"{{kind: smtp, address: email, host: 127.0.0.1, port: {port}, security: none, "
        'from: "s@example.ch", connections: 4}'
    )
    project = on_postgres(live_project(tmp_path, kadenz, channel), server(), namespace())
    assert kadenz("import", project / "consents.csv", "--as", "consents", "--project", project).code == 0
    assert kadenz_process("run", "--project", project, KADENZ_CRASH_AT=point).code == KILLED
    data = json.loads(kadenz("run", "--project", project, "--format", "json").out)
    assert len(sink.accepted) == len(set(sink.accepted)), "nothing twice"
    assert len(data["uncertain"]) == uncertain
    missing = {f"c{n}@example.ch" for n in range(PEOPLE)} - set(sink.accepted)
    assert missing <= {f"{row['contact']}@example.ch" for row in data["uncertain"]}


@pytest.mark.parametrize("where", ["a file", "a server"])
def test_runs_at_the_same_time_reach_everybody_once(
    tmp_path: Path, kadenz: Kadenz, mail: tuple[Sink, int], where: str
) -> None:
    sink, port = mail
    channel = f'{{kind: smtp, address: email, host: 127.0.0.1, port: {port}, security: none, from: "s@example.ch"}}'
    project = live_project(tmp_path, kadenz, channel)
    if where == "a server":
        on_postgres(project, server(), namespace())
        assert kadenz("import", project / "consents.csv", "--as", "consents", "--project", project).code == 0
    run = [sys.executable, "-m", "adapters.cli.main", "run", "--project", str(project)]
    runs = [subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(3)]
    said = [process.communicate(timeout=120)[1] for process in runs]
    assert [process.returncode for process in runs] == [0, 0, 0], said
    assert sorted(sink.accepted) == [f"c{n}@example.ch" for n in range(PEOPLE)]
    assert json.loads(kadenz("run", "--project", project, "--format", "json").out)["uncertain"] == []
    assert len(sink.accepted) == PEOPLE


def test_a_ledger_that_moves_to_a_server_brings_back_every_message_as_an_event(tmp_path: Path, kadenz: Kadenz) -> None:
    """What was read of the ledger before says nothing of this one."""
    project = live_project(tmp_path, kadenz, "{kind: folder, folder: out/email, address: email}")
    play = project / "playbooks" / "cart.play"
    text = play.read_text()
    play.write_text(text.replace("thanks", "first") + "\nsegment thanked\n  where number of message_sent = 2\n")
    assert kadenz("run", "--project", project).code == 0
    on_postgres(project, server(), namespace())
    play.write_text(play.read_text().replace("first", "second"))
    assert kadenz("import", project / "consents.csv", "--as", "consents", "--project", project).code == 0
    assert kadenz("run", "--project", project).code == 0
    data = json.loads(kadenz("show", "thanked", "--project", project, "--format", "json").out)
    assert data["summary"]["members"] == PEOPLE


def test_a_ledger_that_moves_is_told_by_the_journal_what_may_have_left(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, "{kind: folder, folder: out/email, address: email}")
    assert kadenz("run", "--project", project).code == 0
    journal = (project / ".kadenz-journal" / "handovers.jsonl").read_bytes()
    on_postgres(project, server(), namespace())
    (project / ".kadenz-journal").mkdir()
    (project / ".kadenz-journal" / "handovers.jsonl").write_bytes(journal)
    assert kadenz("import", project / "consents.csv", "--as", "consents", "--project", project).code == 0
    refused = kadenz("run", "--project", project)
    assert (refused.code, "resume --after-restore" in refused.err) == (3, True)
    assert f"{PEOPLE} messages may have left" in kadenz("resume", "--after-restore", "--project", project).out
    shutil.rmtree(project / "out")
    data = json.loads(kadenz("run", "--project", project, "--format", "json").out)
    assert len(data["uncertain"]) == PEOPLE
    assert not (project / "out").exists(), "nothing twice"


def test_a_server_that_is_away_is_told_by_every_verb(start: Path, kadenz: Kadenz) -> None:
    on_postgres(start, "postgresql://kadenz@127.0.0.1:9/shop", "s")
    for verb in (("run",), ("explain", "1002"), ("pause",)):
        said = kadenz(*verb, "--project", start)
        assert said.code == 3
        assert "kadenz: the ledger on Postgres `127.0.0.1/shop` cannot be reached; nothing was done" in said.err


def test_a_server_that_goes_in_the_middle_of_a_verb_is_told(
    start: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapters.stores.ledger_postgres import PostgresLedger

    on_postgres(start, server(), namespace())

    def gone(self: PostgresLedger, *_: object) -> None:
        (pid,) = self.database.rows("select pg_backend_pid()")
        with psycopg.connect(server()) as other:
            other.execute("select pg_terminate_backend(%s, 20000)", pid)
        self.database.rows("select 1")

    for name, verb in (("judgements", ("explain", "1002")), ("last_tick", ("run",))):
        with monkeypatch.context() as patch:
            patch.setattr(PostgresLedger, name, gone)
            said = kadenz(*verb, "--project", start)
        assert said.code == 3, said.err
        assert "was lost, nothing of the last step was kept; run again" in said.err
        assert "Traceback" not in said.err


def test_a_password_is_named_and_never_written(start: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start / "kadenz.yaml"
    before = settings.read_text()
    for address in (
        "postgresql://kadenz:geheim@db/shop",
        "host=db password=geheim",
        "postgresql://db/x?password=geheim",
    ):
        settings.write_text(f"{before}\nstores:\n  ledger:\n    kind: postgres\n    address: {address}\n")
        said = kadenz("check", "--project", start)
        assert (said.code, "a password does not stand in a file" in said.out) == (1, True)
        assert "geheim" not in said.out + said.err
    long = f"{{kind: postgres, address: postgresql://db/x, schema: {'ü' * 32}}}"
    settings.write_text(f"{before}\nstores: {{ledger: {long}}}\n")
    assert "at most 63 bytes" in kadenz("check", "--project", start).out
    settings.write_text(f"{before}\nstores: {{ledger: {{kind: postgres, address: db.example.ch}}}}\n")
    assert "this is no address of Postgres" in kadenz("check", "--project", start).out
    monkeypatch.delenv("SHOP_DATABASE", raising=False)
    named = "{kind: postgres, address: postgresql://kadenz@db/shop, password_env: SHOP_DATABASE}"
    settings.write_text(f"{before}\nstores: {{ledger: {named}}}\n")
    assert kadenz("check", "--project", start).code == 0
    said = kadenz("run", "--project", start)
    assert (said.code, said.err) == (3, "kadenz: the password of the ledger is missing: set `SHOP_DATABASE`\n")
