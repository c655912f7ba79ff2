"""Runs killed at every named point: after a second run nothing is there twice, and nothing is missing untold.

What was accepted is read from the folder or from the server, never from the run's own counters.
"""

from __future__ import annotations

import multiprocessing
import signal
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.crash_point import VARIABLE, crash_point
from engine.handover import POINTS
from tests.adapters.crash_program import run
from tests.adapters.http_server import providing
from tests.adapters.ledger_samples import fill, ledger, message
from tests.ledgers import OnServer, place

pytestmark = pytest.mark.usefixtures("each_ledger")

MESSAGES = [message(number) for number in range(1, 6)]
KEYS = {m.key for m in MESSAGES}
ONCE = ("recovered", "done")
CRASHES = [f"{point}:{k}" for point in POINTS for k in ((1,) if point in ONCE else (1, 2, 3))]

# children are forked from a clean server process that has no thread and no ledger open
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.adapters.crash_program"])


class Server(socketserver.ThreadingTCPServer):
    """Takes whatever it gets, and writes it down before it replies."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.accepted: list[str] = []

    @property
    def port(self) -> str:
        return str(self.server_address[1])


class Taking(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Server)
        key = self.rfile.readline().decode().strip()
        if self.rfile.readline() == b".\n":
            self.server.accepted.append(key)
            self.wfile.write(b"ok\n")


@contextmanager
def served() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ledger_of(folder: Path) -> Path | OnServer:
    """Where the ledger of a test lies, for this process and others."""
    where = place(folder / "ledger.db")
    assert where != ":memory:"
    return where


def killed_run(path: Path | OnServer, sink: str, crash_at: str, batch: int = 2, width: int = 1) -> None:
    """A run in a process of its own that dies at the point, as the exit code says."""
    process = PROCESSES.Process(target=run, args=(path, sink, crash_at, batch, width))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


def states(path: Path | OnServer) -> dict[str, str]:
    with ledger(path) as store:
        return {row.message.key: row.state for row in store.outbox()}


@pytest.mark.parametrize("crash_at", CRASHES)
def test_a_channel_where_a_repeat_has_no_effect_loses_and_doubles_nothing(tmp_path: Path, crash_at: str) -> None:
    path, folder = ledger_of(tmp_path), tmp_path / "out"
    folder.mkdir()
    with ledger(path) as store:
        fill(store, MESSAGES)
    killed_run(path, str(folder), crash_at)
    run(path, str(folder), "")
    assert {file.stem for file in folder.glob("*.txt")} == KEYS
    assert list(folder.glob("*.part")) == []
    assert states(path) == dict.fromkeys(KEYS, "sent")
    with ledger(path) as store:
        assert {event.id for event in store.handed_over_events()} == KEYS
    assert run(path, str(folder), "").counts == {}


@pytest.mark.parametrize("crash_at", CRASHES)
def test_a_channel_that_would_send_again_sends_nothing_twice(tmp_path: Path, crash_at: str) -> None:
    path = ledger_of(tmp_path)
    with ledger(path) as store:
        fill(store, MESSAGES)
    with served() as server:
        killed_run(path, server.port, crash_at)
        summary = run(path, server.port, "")
        again = run(path, server.port, "")
        accepted = Counter(server.accepted)
    ended = states(path)
    uncertain = {key for key, state in ended.items() if state == "uncertain"}
    assert max(accepted.values()) == 1
    assert set(accepted) | uncertain == KEYS, "what is not there stands as uncertain"
    assert {key for key, state in ended.items() if state == "sent"} == KEYS - uncertain
    # only a run that died between marker and result leaves a doubt, and one only
    in_doubt = crash_at.split(":", maxsplit=1)[0] in ("marked", "handed over")
    assert len(uncertain) == (1 if in_doubt else 0)
    assert summary.recovered.uncertain == len(uncertain)
    assert again.counts == {}
    with ledger(path) as store:
        assert len(store.counted([m.contact for m in MESSAGES], 0)) == len(KEYS), "uncertain counts on"


@pytest.mark.parametrize(
    ("crash_at", "left", "in_doubt"),
    [
        ("rendered:4", 0, 0),
        ("marked:1", 0, 3),
        ("marked:3", 0, 3),
        ("handed over:1", 3, 3),
        ("handed over:4", 5, 2),
        ("resulted:1", 3, 0),
    ],
)
def test_several_lines_leave_as_many_doubts(tmp_path: Path, crash_at: str, left: int, in_doubt: int) -> None:
    path = ledger_of(tmp_path)
    with ledger(path) as store:
        fill(store, MESSAGES)
    with served() as server:
        killed_run(path, server.port, crash_at, 5, 3)
        run(path, server.port, "", 5, 3)
        assert run(path, server.port, "", 5, 3).counts == {}
        accepted = Counter(server.accepted)
    ended = states(path)
    uncertain = {key for key, state in ended.items() if state == "uncertain"}
    assert max(accepted.values()) == 1
    assert set(accepted) | uncertain == KEYS
    assert {key for key, state in ended.items() if state == "sent"} == KEYS - uncertain
    assert len(uncertain) == in_doubt
    # those in doubt had all left, or none of them
    assert len(set(accepted) & uncertain) == (in_doubt if left else 0)


@pytest.mark.parametrize("crash_at", [f"{point}:2" for point in POINTS if point not in ONCE])
def test_a_provider_without_a_key_gets_nothing_twice(tmp_path: Path, crash_at: str) -> None:
    path = ledger_of(tmp_path)
    with ledger(path) as store:
        fill(store, MESSAGES)
    with providing() as provider:
        killed_run(path, provider.url(), crash_at)
        for _ in range(2):
            run(path, provider.url(), "")
        accepted = Counter(heard.json()["key"] for heard in provider.heard)
    ended = states(path)
    uncertain = {key for key, state in ended.items() if state == "uncertain"}
    assert max(accepted.values()) == 1
    assert set(accepted) | uncertain == KEYS
    assert {key for key, state in ended.items() if state == "sent"} == KEYS - uncertain
    # killed after the marker: before the first octet nothing had come, after the answer it had
    assert len(uncertain) == (crash_at in ("marked:2", "handed over:2"))
    assert len(uncertain - set(accepted)) == (crash_at == "marked:2")


@pytest.mark.parametrize("crash_at", [f"{point}:2" for point in POINTS if point not in ONCE])
def test_a_webhook_is_told_at_least_once_with_the_same_id(tmp_path: Path, crash_at: str) -> None:
    path = ledger_of(tmp_path)
    with ledger(path) as store:
        fill(store, MESSAGES)
    with providing() as provider:
        sink = f"webhook {provider.url()} whsec_{'A' * 32}"
        killed_run(path, sink, crash_at)
        for _ in range(2):
            run(path, sink, "")
        told = Counter(heard.headers["webhook-id"] for heard in provider.heard)
    assert set(told) == KEYS
    assert told.total() == len(KEYS) + (crash_at == "handed over:2")
    assert states(path) == dict.fromkeys(KEYS, "sent")


def test_two_runs_beside_each_other_hand_over_each_row_once(tmp_path: Path) -> None:
    path = ledger_of(tmp_path)
    messages = [message(number) for number in range(60)]
    with ledger(path) as store:
        fill(store, messages)
    with served() as server:
        runs = [PROCESSES.Process(target=run, args=(path, server.port, "", 3)) for _ in range(2)]
        for process in runs:
            process.start()
        for process in runs:
            process.join(60)
        assert [process.exitcode for process in runs] == [0, 0]
        accepted = Counter(server.accepted)
    assert accepted == dict.fromkeys((m.key for m in messages), 1)
    assert set(states(path).values()) == {"sent"}
    with ledger(path) as store:
        owners = store.database.rows("select owner, count(*) from attempt group by owner")
    assert sum(count for _, count in owners) == 60


def test_a_run_that_stands_still_keeps_its_rows(tmp_path: Path) -> None:
    """Stopped, not dead: its lock holds, nobody takes its marked row, and it goes on where it was."""
    path = ledger_of(tmp_path)
    with ledger(path) as store:
        fill(store, MESSAGES[:1])
    started, go_on = PROCESSES.Event(), PROCESSES.Event()
    with served() as server:
        process = PROCESSES.Process(target=stopping_run, args=(path, server.port, started, go_on))
        process.start()
        assert started.wait(60)
        beside = run(path, server.port, "")
        assert (beside.counts, beside.recovered.uncertain) == ({}, 0)
        go_on.set()
        process.join(60)
        assert server.accepted == ["k1"]
    assert states(path) == {"k1": "sent"}


def stopping_run(path: Path | OnServer, port: str, started: threading.Event, go_on: threading.Event) -> None:
    from adapters.stores.ledger_outbox import SqlOutbox
    from engine.handover import hand_over
    from tests.adapters.crash_program import Line
    from tests.adapters.ledger_samples import fixed, render

    def stop(point: str) -> None:
        if point == "marked":
            started.set()
            go_on.wait(60)

    with ledger(path) as store, store.owner() as owner:
        outbox = SqlOutbox(store, clock=fixed)
        hand_over(outbox, {"email": Line(int(port))}, render, fixed, owner, on_point=stop)


def test_a_crash_is_asked_for_by_name_and_number() -> None:
    assert crash_point({}) is None
    point = crash_point({VARIABLE: "handed over:2"})
    assert point is not None
    point("handed over")
    point("marked")
    for wrong in ("marked", "marked:0", "marked:x", ":1"):
        with pytest.raises(ValueError, match="name:k"):
            crash_point({VARIABLE: wrong})
