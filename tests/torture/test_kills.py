"""Hand-overs killed at random instants, one after the other, over one ledger: 50 kills, 1,000 with `KADENZ_LONG=1`.

Some are stopped for a while and go on beside the next run instead: longer than any of them takes.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.stores.ledger_invariants import broken
from tests.adapters.crash_program import run
from tests.adapters.ledger_samples import fill, ledger, message
from tests.torture.conftest import Count, Progress
from tests.torture.runners import PROCESSES, served

LONG = bool(os.environ.get("KADENZ_LONG"))
KILLS = 1_000 if LONG else 50
PASSES = 50 if LONG else 3
WIDTH = 3
"""How many lines are under way at once, in every other run."""
A_KILL = 3
"""Messages for each kill, so that there is work to be killed in."""


def test_killed_again_and_again_nothing_is_lost_and_nothing_comes_twice(
    tmp_path: Path, count: Count, progress: Progress
) -> None:
    chance = random.Random(2026)
    path, record = tmp_path / "ledger.db", tmp_path / "accepted.txt"
    killed = stopped = at_most = 0
    number = 0
    record.touch()
    with served(record) as port:
        while killed < KILLS:
            with ledger(path) as store:
                fill(store, [message(number + n) for n in range(A_KILL)])
            number += A_KILL
            width = chance.choice([1, WIDTH])
            process = PROCESSES.Process(target=run, args=(path, str(port), "", 2 * width, width))
            process.start()
            assert process.pid is not None
            time.sleep(chance.uniform(0.0, 0.06))
            if not process.is_alive():
                continue  # it was through before its turn came
            if chance.random() < 0.1:
                signalled(process.pid, signal.SIGSTOP)
                beside = PROCESSES.Process(target=run, args=(path, str(port), "", 2 * width, width))
                beside.start()
                time.sleep(0.3)  # it may wait for a lock that the stopped one holds
                signalled(process.pid, signal.SIGCONT)
                for one in (process, beside):
                    one.join(60)
                    assert one.exitcode == 0
                stopped += 1
                continue
            signalled(process.pid, signal.SIGKILL)
            process.join(60)
            if process.exitcode == -signal.SIGKILL:
                killed += 1
                at_most += width
            if killed % 100 == 0:
                progress(f"{killed:,} of {KILLS:,} kills")
        run(path, str(port), "")
    accepted = Counter(record.read_text().split())
    with ledger(path) as store:
        states = {row.message.key: row.state for row in store.outbox()}
        wrong = list(broken(store.database))
    uncertain = {key for key, state in states.items() if state == "uncertain"}
    twice = sum(n > 1 for n in accepted.values())
    lost = len(states.keys() - set(accepted) - uncertain)
    count(
        "random kills", kills=killed, stops=stopped, messages=number, uncertain=len(uncertain), twice=twice, lost=lost
    )
    assert set(states.values()) <= {"sent", "uncertain"}, "nothing is left lying"
    assert max(accepted.values()) == 1, "nothing twice"
    assert set(accepted) | uncertain == states.keys(), "nothing lost untold"
    assert len(uncertain) <= at_most, "one at most for each line of a run that was killed"
    assert len(accepted) > number // 2
    assert stopped
    assert wrong == []


def signalled(number: int, what: signal.Signals) -> None:
    """It may have ended a moment ago."""
    with suppress(ProcessLookupError):
        os.kill(number, what)


@pytest.mark.parametrize("point", ["claimed", "rendered", "marked", "handed over", "resulted"])
def test_every_named_point_again_and_again(tmp_path: Path, point: str, count: Count) -> None:
    record = tmp_path / "accepted.txt"
    record.touch()
    path = tmp_path / "ledger.db"
    uncertain = 0
    with served(record) as port:
        for passes in range(1, PASSES + 1):
            with ledger(path) as store:
                fill(store, [message(100 * passes + n) for n in range(passes)])
            process = PROCESSES.Process(target=run, args=(path, str(port), f"{point}:{passes}", 1))
            process.start()
            process.join(60)
            assert process.exitcode == -signal.SIGKILL
            run(path, str(port), "", 7)
            with ledger(path) as store:
                uncertain = len(list(store.outbox(["uncertain"])))
                assert uncertain == (passes if point in ("marked", "handed over") else 0)
    accepted = Counter(record.read_text().split())
    count("crash points", kills=PASSES, messages=accepted.total(), twice=sum(n > 1 for n in accepted.values()))
    assert max(accepted.values()) == 1
    assert len(accepted) == PASSES * (PASSES + 1) // 2 - (uncertain if point == "marked" else 0)
