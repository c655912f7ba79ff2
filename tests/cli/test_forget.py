"""`kadenz forget`: nothing of a person is left in any byte, also after a restore, and nobody else is hurt."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from adapters.cli.common import journal_of, open_ledger, open_project, open_workspace
from adapters.cli.workspace import open_facts
from adapters.rights.forgetting import carry_out
from adapters.rights.opening import stores_of
from adapters.stores.ledger_invariants import broken
from tests.cli.conftest import Kadenz
from tests.cli.people import GERDA, MAIL, MARKS, OTHERS, backup, bring, people, quietly, restore, traces


def counts(project: Path) -> dict[str, int]:
    """What totals count: messages that count, offers, runs, decisions."""
    with open_ledger(open_project(project)) as ledger:
        database = ledger.database
        tables = ("firing", "judgement", "outbox", "reservation", "sent", "attempt", "history")
        rows = {name: database.rows(f"select count(*) from {name}")[0][0] for name in tables}
        rows["counting"] = len(ledger.counted(None, 0))
        return rows


def queued(project: Path, kadenz: Kadenz) -> None:
    """What the pause held waits in the outbox: its channel cannot be reached."""
    kadenz("resume", "stopped", "--project", project)
    (project / "out" / "email").rename(project / "out" / "aside")
    (project / "out" / "email").write_text("")
    kadenz("run", "--project", project)
    (project / "out" / "email").unlink()
    (project / "out" / "aside").rename(project / "out" / "email")


def healthy(project: Path) -> None:
    with open_workspace(project).ledger() as ledger:
        assert list(broken(ledger.database)) == []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, made once: it takes longer than what is done with it."""
    return people(tmp_path_factory.mktemp("made"), quietly)


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "people"))


def test_nothing_of_her_is_left_in_any_byte_and_totals_count_on(project: Path, kadenz: Kadenz) -> None:
    assert kadenz("outbox", "--project", project).code == 0
    held = traces(project)
    assert {mark for marks in held.values() for mark in marks} == set(MARKS)
    places = " ".join(held)
    for place in ("facts.db", "ledger.db", "rehearsal.db", "facts.duckdb", "parquet", "handovers.jsonl", "out/email",
                  "out/sales", "out/crm", "out/rehearsal", "out/outbox"):  # fmt: skip
        assert place in places
    queued(project, kadenz)
    before = counts(project)
    said = kadenz("forget", MAIL, "--yes", "--project", project, "--format", "json")
    assert said.code == 0, said.out + said.err
    told = json.loads(said.out)
    assert told["facts"]["contacts"] == 1
    assert told["ledger"]["aborted"] == 1  # was queued
    assert told["copies"] == ["duckdb", "parquet"]
    assert traces(project) == {}
    after = counts(project)
    # a judgement each for the run that was queued and the one that waited; what will not leave counts no more
    assert after == {**before, "judgement": before["judgement"] + 2, "counting": before["counting"] - 1}
    healthy(project)
    assert kadenz("doctor", "--project", project).code == 0
    assert len(list((project / "out" / "email").iterdir())) == OTHERS
    said = kadenz("run", "--project", project)
    assert said.code == 0, said.out + said.err
    assert len(list((project / "out" / "email").iterdir())) == 2 * OTHERS
    healthy(project)
    assert traces(project) == {}


def test_a_restored_backup_does_not_bring_her_back(project: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    copies = [tmp_path / f"backup{n}" for n in range(3)]
    for copy in copies:
        backup(project, copy)
        kadenz("run", "--project", project)
    assert kadenz("forget", GERDA, "--yes", "--project", project).code == 0
    kadenz("resume", "stopped", "--project", project)
    left = sorted(path.name for path in (project / "out").rglob("*") if path.is_file())
    for copy in copies:
        restore(project, copy)
        assert set(MARKS) & {m for marks in traces(project).values() for m in marks}
        said = kadenz("run", "--project", project)
        assert said.code == 3
        said = kadenz("doctor", "--project", project)
        assert (said.code, "1 person who should be forgotten" in said.out) == (1, True)
        assert sorted(path.name for path in (project / "out").rglob("*") if path.is_file()) == left
        assert kadenz("resume", "--after-restore", "--project", project).code == 0
        assert traces(project) == {}
        healthy(project)
        said = kadenz("explain", GERDA, "--project", project)
        assert said.code == 3
    said = kadenz("run", "--project", project)
    assert said.code == 0, said.err
    assert traces(project) == {}


@pytest.mark.parametrize("store", ["facts.db", "ledger.db"])
def test_one_store_alone_may_be_put_back(project: Path, kadenz: Kadenz, tmp_path: Path, store: str) -> None:
    backup(project, tmp_path / "backup")
    assert kadenz("forget", GERDA, "--yes", "--project", project).code == 0
    for end in ("", "-wal", "-shm"):
        (project / ".kadenz" / f"{store}{end}").unlink(missing_ok=True)
        if (there := tmp_path / "backup" / f"{store}{end}").exists():
            (project / ".kadenz" / there.name).write_bytes(there.read_bytes())
    assert kadenz("run", "--project", project).code == 3
    assert kadenz("resume", "--after-restore", "--project", project).code == 0
    assert traces(project) == {}
    assert kadenz("run", "--project", project).code == 0


def test_an_import_does_not_bring_her_back_unless_somebody_says_so(project: Path, kadenz: Kadenz) -> None:
    suppressed = [f"{MAIL},email,complaint", "c1@x.example,email,complaint"]
    bring(project, kadenz, "suppressions", "address,channel,reason", suppressed)
    assert kadenz("forget", GERDA, "--yes", "--project", project).code == 0
    assert traces(project) == {}
    rows = [f"{GERDA},{MAIL},Gerdalinde", "new,new@x.example,Nora"]
    told = bring(project, kadenz, "contacts", "customer_id,email,first_name", rows)
    assert "1 row of people who were forgotten: not taken" in told
    assert "2 rows read: 1 new" in told
    bring(project, kadenz, "consents", "contact,channel,purpose,evidence,at",
          [f"{GERDA},email,newsletter,gerda-proof,2026-01-01T00:00Z"])  # fmt: skip
    bad = [f"gerda-order-9,{GERDA},never,5"]
    bring(project, kadenz, "event:purchase", "id,contact,at,amount", bad)  # nor into the quarantine
    assert traces(project) == {}
    told = bring(project, kadenz, "contacts", "customer_id,email,first_name", rows, "--returned")
    assert "1 new" in told
    explained = json.loads(kadenz("explain", GERDA, "--project", project, "--format", "json").out)
    assert explained["decisions"] == []
    assert explained["consents"] == []
    assert [one["reason"] for one in explained["suppressions"]] == [
        "suppressed before, when it belonged to somebody who was forgotten"
    ]
    bring(project, kadenz, "consents", "contact,channel,purpose,evidence,at",
          [f"{GERDA},email,newsletter,again,2026-01-02T00:00Z"])  # fmt: skip
    assert kadenz("run", "--project", project).code == 0  # who came back is nobody whom the stores must forget


def test_an_address_of_two_stays_suppressed_for_the_other_one(project: Path, kadenz: Kadenz) -> None:
    bring(project, kadenz, "contacts", "customer_id,email", [f"c2,{MAIL}"])
    bring(project, kadenz, "suppressions", "address,channel,reason", [f"{MAIL},email,complaint"])
    assert kadenz("forget", GERDA, "--yes", "--project", project).code == 0
    explained = json.loads(kadenz("explain", "c2", "--project", project, "--format", "json").out)
    assert [one["reason"] for one in explained["suppressions"]] == ["complaint"]


def test_a_list_that_is_lost_is_written_again_and_a_secret_that_is_lost_is_said(project: Path, kadenz: Kadenz) -> None:
    assert kadenz("forget", GERDA, "--yes", "--project", project).code == 0
    stones, secret = (project / ".kadenz-journal" / name for name in ("forgotten.jsonl", "forgotten.key"))
    assert secret.stat().st_mode & 0o077 == 0
    lines = stones.read_text().splitlines()
    stones.unlink()
    assert kadenz("run", "--project", project).code == 0
    assert stones.read_text().splitlines() == lines
    kept = secret.read_bytes()
    secret.write_text("ab" * 32 + "\n")
    said = kadenz("run", "--project", project)
    assert (said.code, "the secret behind" in said.err) == (3, True)
    secret.write_bytes(kept)
    assert kadenz("run", "--project", project).code == 0


def test_nobody_is_forgotten_by_mistake(project: Path, kadenz: Kadenz) -> None:
    said = kadenz("forget", GERDA, "--project", project)
    assert (said.code, "say --yes" in said.err) == (3, True)
    said = kadenz("forget", "nobody", "--yes", "--project", project)
    assert (said.code, "nothing is known of `nobody`" in said.err) == (3, True)
    assert kadenz("explain", GERDA, "--project", project).code == 0


def test_a_row_that_a_run_has_claimed_is_not_marked_any_more(project: Path, kadenz: Kadenz) -> None:
    """What a run that was under way writes of her later is taken out at the next run."""
    from adapters.stores.ledger_outbox import SqlOutbox

    queued(project, kadenz)
    opened = open_project(project)
    with open_ledger(opened) as ledger, open_ledger(opened) as other, ledger.owner() as owner:
        outbox = SqlOutbox(ledger, clock=ledger.clock, present=True)
        rows = outbox.claim(owner, 50, ledger.clock(), ["email"])
        hers = next(row for row in rows if row.message.contact == GERDA)
        with open_facts(opened) as facts:
            from adapters.rights.forgetting import forget

            result = forget(stores_of(opened, facts, other), GERDA, other.clock())
        assert result.ledger.in_hands == 1
        assert not outbox.mark(hers, ledger.clock, repeatable=False)
        assert outbox.state(hers) == "suppressed"
        journal_of(opened, ledger).claimed(rows)  # the run was slower than the erasure
        outbox.release(owner)
    assert "handovers.jsonl" in " ".join(traces(project))
    assert kadenz("run", "--project", project).code == 0
    assert traces(project) == {}


def test_a_tick_that_has_read_her_before_begins_anew(project: Path, kadenz: Kadenz) -> None:
    opened = open_project(project)
    with open_ledger(opened) as ledger:
        before = ledger.last_tick()
        assert kadenz("forget", GERDA, "--yes", "--project", project).code == 0
        after = ledger.last_tick()
    assert before is not None
    assert after is not None
    assert after != before
    assert (after.as_of, after.seq, after.plan, after.mark) == (before.as_of, before.seq, before.plan, before.mark)


@pytest.mark.parametrize("until", ["ledger", "facts", "copies"])
def test_cut_off_anywhere_it_goes_on(
    project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch, until: str
) -> None:
    from adapters.rights import forgetting

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    step = {"ledger": "_rehearsal", "facts": "_copies", "copies": "_unfinished"}[until]
    with monkeypatch.context() as patched:
        patched.setattr(forgetting, step, cut)
        assert kadenz("forget", GERDA, "--yes", "--project", project).code == 130
    opened = open_project(project)
    if until == "ledger":
        assert kadenz("run", "--project", project).code == 3
    with open_facts(opened) as facts, open_ledger(opened) as ledger:
        carry_out(stores_of(opened, facts, ledger), ledger.clock())
    assert traces(project) == {}
    assert kadenz("run", "--project", project).code == 0


def test_the_secret_may_come_from_the_environment(
    project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "KADENZ_FORGOTTEN_SECRET", "a secret of sixteen letters and more")
    assert kadenz("forget", GERDA, "--yes", "--project", project).code == 0
    assert not (project / ".kadenz-journal" / "forgotten.key").exists()
    monkeypatch.setitem(os.environ, "KADENZ_FORGOTTEN_SECRET", "another secret of many letters")
    assert kadenz("run", "--project", project).code == 3
