"""Consent withdrawn while messages leave: no marker is written behind the commit of a withdrawal.

A run in a process of its own hands over to a server; this process withdraws at random instants and writes down when
its commit had returned. `KADENZ_LONG=1` does it many more times.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import Any

import pytest

from adapters.clock import now
from adapters.stores.ledger_outbox import SqlOutbox
from engine.handover import hand_over
from engine.records import ConsentRecord, Suppression
from tests.adapters.crash_program import Lines
from tests.adapters.ledger_samples import fill, message, render
from tests.ledgers import Kind, Place, on, open_at, place
from tests.torture.conftest import Count, Progress
from tests.torture.runners import PROCESSES, served

ROUNDS = 100 if os.environ.get("KADENZ_LONG") else 1
PEOPLE = 100
DAY = 86_400_000_000


def leave(where: Place, port: int, go: Any) -> None:
    """Hand everything over."""
    with open_at(where, now) as ledger, ledger.owner() as owner:
        go.wait(60)
        hand_over(SqlOutbox(ledger, clock=now), {"email": Lines(port, 3)}, render, now, owner, batch=10)


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_no_marker_behind_a_withdrawal(tmp_path: Path, store: Kind, count: Count, progress: Progress) -> None:
    late, stopped, left = [], 0, 0
    for seed in range(ROUNDS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        chance = random.Random(seed)
        with on(store):
            where = place(folder / "ledger.db")
            with open_at(where, now) as ledger, served(folder / "accepted.txt") as port:
                far = {"expires_at": now() + DAY, "reserved_at": now()}
                messages = [_with(message(n), **far) for n in range(PEOPLE)]
                fill(ledger, messages)
                go = PROCESSES.Event()
                process = PROCESSES.Process(target=leave, args=(where, port, go))
                process.start()
                go.set()
                committed: dict[str, int] = {}
                people = [m.contact for m in messages]
                chance.shuffle(people)
                for contact in people[: PEOPLE // 2]:
                    time.sleep(chance.uniform(0, 0.004))
                    if chance.random() < 0.5:
                        record = ConsentRecord(
                            f"w-{contact}", contact, "newsletter", "email", "withdrawn", "consent", "x", now()
                        )
                        ledger.add_consents([record])
                    else:
                        ledger.add_suppressions([Suppression(f"s-{contact}", contact, None, None, "asked us", now())])
                    committed[contact] = now()
                process.join(120)
                assert process.exitcode == 0
                marked = ledger.database.rows(
                    "select o.contact, a.marked_at from attempt as a join outbox as o on o.id = a.outbox"
                )
                late += [contact for contact, at in marked if at > committed.get(contact, at)]
                stopped += len(list(ledger.outbox(["suppressed"])))
                left += len(marked)
        if seed % 20 == 19:
            progress(f"{seed + 1} of {ROUNDS} rounds on {store}")
    count("withdrawals", withdrawals=ROUNDS * PEOPLE // 2, in_time=stopped, markers=left, behind=len(late))
    assert late == []
    assert stopped + left == ROUNDS * PEOPLE
    assert stopped, "some of them came in time"


def _with(given: Any, **values: int) -> Any:
    from dataclasses import replace

    return replace(given, **values)
