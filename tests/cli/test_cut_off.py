"""A run that is killed, then run again, from the command line: real files, a real mail server."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.cli.conftest import Kadenz

KILLED = -9
PEOPLE = 6

PLAY = """
trigger thanks
  on purchase
  send email cart_reminder
  purpose newsletter
"""


class Sink:
    """Remembers every message that it accepts, by recipient."""

    def __init__(self) -> None:
        self.accepted: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.accepted += envelope.rcpt_tos
        return "250 accepted"


@pytest.fixture
def mail() -> Iterator[tuple[Sink, int]]:
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    yield sink, port
    controller.stop()


def live_project(folder: Path, kadenz: Kadenz, channel: str) -> Path:
    """A project whose six contacts have bought something a moment ago."""
    project = folder / "live"
    kadenz("init", project)
    (project / "playbooks" / "cart.play").write_text(PLAY)
    template = project / "templates" / "cart_reminder.j2"
    template.write_text("---\nchannel: email\nsubject: Thank you\n---\nThank you for your order.\n")
    (project / "templates" / "cart_letter.j2").unlink()
    moment = datetime.now(UTC) - timedelta(seconds=1)
    start = (moment - timedelta(hours=1)).isoformat(sep=" ", timespec="minutes")[:16]
    (project / "kadenz.yaml").write_text(
        f"name: live\ntime_zone: UTC\nactive_from: {start}\nsettle: 0 minutes\npurposes: [newsletter]\n"
        f"channels:\n  email: {channel}\n  letter: {{kind: folder, folder: out/letter}}\n"
    )
    rows = [f"c{n},c{n}@example.ch" for n in range(PEOPLE)]
    (project / "contacts.csv").write_text("customer_id,email\n" + "\n".join(rows) + "\n")
    lines = [f"c{n},email,newsletter,test data,2026-01-01T00:00Z" for n in range(PEOPLE)]
    (project / "consents.csv").write_text("contact,channel,purpose,evidence,at\n" + "\n".join(lines) + "\n")
    bought = [f"o{n},c{n},{moment.isoformat()}" for n in range(PEOPLE)]
    (project / "orders.csv").write_text("id,contact,at\n" + "\n".join(bought) + "\n")
    for name, target in (("contacts", "contacts"), ("consents", "consents"), ("orders", "event:purchase")):
        said = kadenz("import", project / f"{name}.csv", "--as", target, "--project", project)
        assert said.code == 0, said.out + said.err
    return project


@pytest.mark.parametrize("point", ["claimed:1", "rendered:2", "marked:2", "handed over:2", "resulted:3"])
def test_killed_with_folders_nothing_twice_nothing_missing(
    tmp_path: Path, kadenz: Kadenz, kadenz_process: Kadenz, point: str
) -> None:
    project = live_project(tmp_path, kadenz, "{kind: folder, folder: out/email, address: email}")
    assert kadenz_process("run", "--project", project, KADENZ_CRASH_AT=point).code == KILLED
    said = kadenz("run", "--project", project)
    assert said.code == 0, said.err
    files = sorted(path.name.split("-")[1] for path in (project / "out" / "email").iterdir())
    assert files == [f"c{n}" for n in range(PEOPLE)]
    assert "Uncertain" not in said.out


@pytest.mark.parametrize(
    ("point", "connections", "uncertain"),
    [
        ("claimed:1", 4, 0),
        ("rendered:2", 4, 0),
        ("marked:2", 1, 1),
        ("marked:2", 4, 4),
        ("handed over:2", 4, 4),
        ("resulted:3", 4, 0),
    ],
)
def test_killed_with_mail_nothing_twice_and_what_may_have_left_is_uncertain(
    tmp_path: Path,
    kadenz: Kadenz,
    kadenz_process: Kadenz,
    mail: tuple[Sink, int],
    point: str,
    connections: int,
    uncertain: int,
) -> None:
    sink, port = mail
    channel = (
        f"{{kind: smtp, address: email, host: 127.0.0.1, port: {port}, security: none, "
        f'from: "s@example.ch", connections: {connections}}}'
    )
    project = live_project(tmp_path, kadenz, channel)
    assert kadenz_process("run", "--project", project, KADENZ_CRASH_AT=point).code == KILLED
    data = json.loads(kadenz("run", "--project", project, "--format", "json").out)
    assert len(sink.accepted) == len(set(sink.accepted)), "nothing twice"
    assert len(data["uncertain"]) == uncertain
    missing = {f"c{n}@example.ch" for n in range(PEOPLE)} - set(sink.accepted)
    assert missing <= {f"{row['contact']}@example.ch" for row in data["uncertain"]}
    assert all(row["trigger"] == "thanks" for row in data["uncertain"])
    text = kadenz("run", "--project", project).out
    assert ("Uncertain" in text) == bool(uncertain)


def test_a_mail_server_that_is_away_loses_nothing(tmp_path: Path, kadenz: Kadenz, mail: tuple[Sink, int]) -> None:
    sink, port = mail
    away = '{kind: smtp, address: email, host: 127.0.0.1, port: 9, security: none, from: "s@example.ch"}'
    project = live_project(tmp_path, kadenz, away)
    said = kadenz("run", "--project", project)
    assert (said.code, "wait for the next run" in said.err) == (3, True)
    settings = project / "kadenz.yaml"
    settings.write_text(settings.read_text().replace("port: 9,", f"port: {port},"))
    assert kadenz("run", "--project", project).code == 0
    assert sorted(sink.accepted) == [f"c{n}@example.ch" for n in range(PEOPLE)]


def test_what_was_sent_comes_back_as_an_event(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, "{kind: folder, folder: out/email, address: email}")
    play = project / "playbooks" / "cart.play"
    play.write_text(PLAY + '\nsegment thanked\n  where did message_sent with (template = "cart_reminder")\n')
    kadenz("run", "--project", project)
    data = json.loads(kadenz("show", "thanked", "--project", project, "--format", "json").out)
    assert data["summary"]["members"] == PEOPLE


def test_a_quiet_period_that_begins_during_the_run_holds_what_is_left(
    tmp_path: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Queued a minute before the evening, handed over after it has begun."""
    from adapters.clock import now as real

    project = live_project(tmp_path, kadenz, "{kind: folder, folder: out/email, address: email}")
    soon = datetime.now(UTC) + timedelta(minutes=3)
    later = soon + timedelta(hours=1)
    play = project / "playbooks" / "cart.play"
    play.write_text(PLAY + f"\nquiet evening from {soon:%H:%M} to {later:%H:%M}\n")
    monkeypatch.setattr("adapters.cli.workspace.now", lambda: real() + 5 * 60 * 1_000_000)
    monkeypatch.setattr("adapters.which_ledger.PRESENT", 10 * 60 * 1_000_000)
    said = kadenz("run", "--project", project, "--at", datetime.now(UTC).isoformat())
    assert said.code == 0, said.err
    assert f"{PEOPLE} stay queued: a quiet period began" in said.out
    assert not (project / "out" / "email").exists()


def test_a_ledger_from_a_backup_sends_nothing_before_it_knows_what_left(
    tmp_path: Path, kadenz: Kadenz, mail: tuple[Sink, int]
) -> None:
    """Backed up before the run, put back after it: without the journal everybody would get the mail again."""
    sink, port = mail
    channel = f'{{kind: smtp, address: email, host: 127.0.0.1, port: {port}, security: none, from: "s@example.ch"}}'
    project = live_project(tmp_path, kadenz, channel)
    store = project / ".kadenz"
    backup = (store / "ledger.db").read_bytes()
    assert kadenz("run", "--project", project).code == 0
    assert len(sink.accepted) == PEOPLE
    withdrawn = project / "withdrawn.csv"
    withdrawn.write_text(
        "contact,channel,purpose,state,evidence,at\nc0,email,newsletter,withdrawn,mail,2026-01-02T00:00Z\n"
    )
    assert kadenz("import", withdrawn, "--as", "consents", "--project", project).code == 0
    for name in ("ledger.db-wal", "ledger.db-shm"):
        (store / name).unlink(missing_ok=True)
    (store / "ledger.db").write_bytes(backup)
    refused = kadenz("run", "--project", project)
    assert (refused.code, "resume --after-restore" in refused.err) == (3, True)
    assert len(sink.accepted) == PEOPLE
    told = kadenz("resume", "--after-restore", "--project", project)
    assert told.code == 0
    assert f"{PEOPLE} messages may have left" in told.out
    assert "1 withdrawal and 0 suppressions came back" in told.out
    data = json.loads(kadenz("run", "--project", project, "--format", "json").out)
    assert len(sink.accepted) == PEOPLE, "nothing twice"
    assert len(data["uncertain"]) == PEOPLE
    assert "nothing had to be done" in kadenz("resume", "--after-restore", "--project", project).out


def test_a_lost_journal_is_told_and_begun_anew_by_hand(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, "{kind: folder, folder: out/email, address: email}")
    assert kadenz("run", "--project", project).code == 0
    (project / ".kadenz-journal" / "handovers.jsonl").unlink()
    refused = kadenz("run", "--project", project)
    assert (refused.code, "resume --new-journal" in refused.err) == (3, True)
    assert kadenz("resume", "--new-journal", "--project", project).code == 0
    assert kadenz("run", "--project", project).code == 0
