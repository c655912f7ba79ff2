"""A full disk: what was promised stays, nothing leaves without its marker, and it goes on once there is room."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from adapters.stores.ledger import LedgerError, SqlLedger
from adapters.stores.ledger_invariants import broken
from tests.adapters.crash_program import run
from tests.adapters.ledger_samples import fill, ledger, message
from tests.limits import file_limit
from tests.torture.conftest import Count
from tests.torture.runners import PROCESSES, served

LONG = bool(os.environ.get("KADENZ_LONG"))


def filled(store: SqlLedger, at_once: int) -> tuple[int, str]:
    """Messages reserved, so many at once, until the ledger has no room: how many were, and what it said."""
    kept = 0
    try:
        while True:
            fill(store, [message(1 + kept + n) for n in range(at_once)])
            kept += at_once
    except LedgerError as error:
        return kept, str(error)


@pytest.mark.parametrize("room", [1, 3, 9, 27])
def test_a_tick_without_room_keeps_nothing_and_loses_nothing(tmp_path: Path, room: int, count: Count) -> None:
    with ledger(tmp_path / "ledger.db") as store:
        fill(store, [message(0)])
        ((pages,),) = store.database.rows("pragma page_count")
        store.database.rows(f"pragma max_page_count = {pages + room}")
        kept, why = filled(store, 5)
        kept += 1
        assert "no room left" in why
        count("full disks", runs=1, kept=kept)
        states = [row.state for row in store.outbox()]
        assert states == ["queued"] * kept, "a tick happens as a whole or not at all"
        assert list(broken(store.database)) == []
        store.database.rows(f"pragma max_page_count = {pages + 10_000}")
        fill(store, [message(200_000)])
        assert len(list(store.outbox())) == kept + 1


def cramped_run(path: Path, port: str, most: int) -> None:
    """A run whose files cannot grow beyond a size; it ends with 3 where the ledger said so in words."""
    with file_limit(most):
        try:
            run(path, port, "")
        except LedgerError:
            os._exit(3)


@pytest.mark.parametrize("room", [0, 5_000, 20_000, 45_000])
def test_a_hand_over_without_room_sends_nothing_twice(tmp_path: Path, room: int) -> None:
    path = tmp_path / "ledger.db"
    messages = [message(number) for number in range(20)]
    with ledger(path) as store:
        fill(store, messages)
    with served(tmp_path / "accepted.txt") as port:
        process = PROCESSES.Process(target=cramped_run, args=(path, str(port), room))
        process.start()
        process.join(60)
        assert process.exitcode == 3, "the log of the ledger had no room"
        run(path, str(port), "")
    accepted = Counter((tmp_path / "accepted.txt").read_text().split())
    assert max(accepted.values()) == 1
    with ledger(path) as store:
        states = {row.message.key: row.state for row in store.outbox()}
        assert set(states.values()) <= {"sent", "uncertain"}
        assert {key for key, state in states.items() if state == "sent"} <= set(accepted)
        assert set(accepted) | {key for key, state in states.items() if state == "uncertain"} == states.keys()
        assert list(broken(store.database)) == []


@pytest.mark.skipif(not LONG, reason="mounts a small file system: `make torture`, as root")
def test_a_small_disk_that_fills_and_grows(tmp_path: Path, count: Count) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], check=True)
    try:
        with ledger(small / "ledger.db") as store:
            kept, _ = filled(store, 50)
            assert len(list(store.outbox())) == kept
            subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
            fill(store, [message(2_000_000)])
            assert len(list(store.outbox())) == kept + 1
            assert list(broken(store.database)) == []
        count("a small disk that grows", runs=1, kept=kept + 1)
    finally:
        subprocess.run(["umount", str(small)], check=True)
