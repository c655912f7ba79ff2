"""`kadenz doctor`: what is well is told, and what is not is found."""

from __future__ import annotations

import json
from pathlib import Path

import apsw
import pytest

from adapters.stores.ledger_invariants import INVARIANTS, broken
from tests.adapters.ledger_samples import fill, ledger, message
from tests.cli.conftest import Kadenz
from tests.cli.test_cut_off import live_project

FOLDER = "{kind: folder, folder: out/email, address: email}"


def states(kadenz: Kadenz, project: Path) -> tuple[int, dict[str, str]]:
    said = kadenz("doctor", "--project", project, "--format", "json")
    return said.code, {one["what"]: one["state"] for one in json.loads(said.out)}


def test_a_project_that_has_sent_is_well(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    assert kadenz("run", "--project", project).code == 0
    code, found = states(kadenz, project)
    assert code == 0
    assert "bad" not in found.values()
    assert found["ledger: invariants"] == "ok"
    assert "all 12 hold" in kadenz("doctor", "--project", project).out


def test_a_missing_secret_is_found(tmp_path: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "whsec_" + "A" * 32
    entry = '{kind: webhook, url: "https://crm.example/x", address: email, secret_env: [KADENZ_TEST_SECRET]}'
    project = live_project(tmp_path, kadenz, entry)
    code, found = states(kadenz, project)
    assert (code, found["channel email"]) == (1, "bad")
    monkeypatch.setenv("KADENZ_TEST_SECRET", secret)
    assert "channel email" not in states(kadenz, project)[1]
    assert secret not in kadenz("doctor", "--project", project).out


def test_a_damaged_file_and_a_lost_journal_are_found(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    assert kadenz("run", "--project", project).code == 0
    (project / ".kadenz-journal" / "handovers.jsonl").unlink()
    facts = project / ".kadenz" / "facts.db"
    data = bytearray(facts.read_bytes())
    data[4096 * 3 : 4096 * 6] = b"\xff" * (4096 * 3)
    facts.write_bytes(bytes(data))
    code, found = states(kadenz, project)
    assert (code, found["journal of hand-overs"], found["facts: file"]) == (1, "bad", "bad")


BREAKS = {
    "every message in the outbox has a reservation": "delete from reservation where key = 'k1'",
    "what is under way, left, or may have left counts under caps, and nothing else does": (
        "update reservation set counting = 0 where key = 'k1'"
    ),
    "what is sent has its result, and only that": "insert into sent (key, at) values ('k1', 1)",
    "a message that a run has taken names the run, and no other does": "update outbox set owner = 'x' where key = 'k1'",
    "a message that is being handed over has an open attempt": (
        "update outbox set state = 'claimed', owner = 'x'; update outbox set state = 'committing'"
    ),
    "a run that waits in the outbox has a message there that is not over": (
        "update outbox set state = 'expired' where key = 'k1'; update reservation set counting = 0 where key = 'k1'"
    ),
    "a run that is over has no message that waits": "update firing set state = 'done' where key = 'k1'",
    "every decision has its run": (
        "insert into judgement (key, at, outcome, gate, detail) values ('lost', 1, 'queued', 'reserved', '')"
    ),
    "intervals of membership do not overlap": (
        "insert into member (segment, contact, from_at, to_at) values ('s', 'c', 1, 5), ('s', 'c', 4, 6)"
    ),
    "intervals of stages do not overlap": (
        "insert into stage (score, contact, stage, from_at, to_at) values ('s', 'c', 'x', 1, 5), ('s', 'c', 'y', 4, 9)"
    ),
    "the ledger knows how many contacts stand where": (
        "insert into standing (kind, name, stage, number) values ('member', 's', '', 1)"
    ),
    "an offer is held by messages that exist": (
        "insert into held_offer (key, contact, offer, at) values ('lost', 'c', 'x', 1)"
    ),
}


def test_every_invariant_has_a_way_to_break_it() -> None:
    assert BREAKS.keys() == INVARIANTS.keys()


@pytest.mark.parametrize("invariant", BREAKS)
def test_an_invariant_that_is_broken_is_found_alone(tmp_path: Path, invariant: str) -> None:
    path = tmp_path / "ledger.db"
    with ledger(path) as store:
        fill(store, [message(1), message(2)])
        assert list(broken(store.database)) == []
    connection = apsw.Connection(str(path))
    connection.execute(BREAKS[invariant])
    connection.close()
    with ledger(path) as store:
        assert [(one.invariant, one.rows) for one in broken(store.database)] == [
            (invariant, 2 if "update outbox set state = 'claimed'" in BREAKS[invariant] else 1)
        ]


def test_nothing_is_made_where_there_is_nothing_yet(tmp_path: Path, kadenz: Kadenz) -> None:
    assert kadenz("init", tmp_path / "new").code == 0
    code, found = states(kadenz, tmp_path / "new")
    assert (code, found["ledger"], found["facts"]) == (0, "note", "note")
    assert not (tmp_path / "new" / ".kadenz").exists()


def test_a_ledger_that_is_gone_is_told_by_its_journal(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    assert kadenz("run", "--project", project).code == 0
    for file in (project / ".kadenz").glob("ledger.db*"):
        file.unlink()
    code, found = states(kadenz, project)
    assert (code, found["ledger"], found["facts: file"]) == (1, "bad", "ok")
    assert not (project / ".kadenz" / "ledger.db").exists()
