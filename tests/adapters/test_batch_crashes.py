"""Runs killed at every named point while they make batch files: no file and free rows, or the file and its rows sent.

What was handed over is read from the files, never from the run's own counters.
"""

from __future__ import annotations

import csv
import os
import random
import signal
from collections import Counter
from pathlib import Path

import pytest

from adapters.channels.batch_files import BATCH_POINTS
from engine.handover import POINTS
from tests.adapters.crash_program import run_batch
from tests.adapters.ledger_samples import NOW, consent, fill, ledger, message
from tests.adapters.test_crash_points import KEYS, MESSAGES, ONCE, PROCESSES, ledger_of, states
from tests.ledgers import OnServer

pytestmark = pytest.mark.usefixtures("each_ledger")

# five messages in files of three rows: two batches
CRASHES = [f"{point}:{k}" for point in POINTS for k in ((1,) if point in (*ONCE, "claimed") else (1, 4))]
CRASHES += [f"{point}:{k}" for point in BATCH_POINTS for k in (1, 2)]
BETWEEN_NAME_AND_RESULT = ("renamed", "told", "handed over")
PASSES = 50 if os.environ.get("KADENZ_LONG") else 2


def killed(path: Path | OnServer, folder: Path, crash_at: str, rows: int = 3) -> None:
    process = PROCESSES.Process(target=run_batch, args=(path, folder, crash_at, rows))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


def files(folder: Path) -> dict[str, list[str]]:
    found = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.name] = [row["key"] for row in csv.DictReader(file)]
    return found


@pytest.mark.parametrize("crash_at", CRASHES)
def test_no_file_and_free_rows_or_the_file_and_its_rows_sent(tmp_path: Path, crash_at: str) -> None:
    path, folder = ledger_of(tmp_path), tmp_path / "letters"
    with ledger(path) as store:
        fill(store, MESSAGES)
    killed(path, folder, crash_at)
    before = files(folder)
    in_files = {key for keys in before.values() for key in keys}
    ended = states(path)
    assert {key for key, state in ended.items() if state == "sent"} <= in_files
    # somebody fetches what is there, and somebody whose row is in a file withdraws: neither makes a second row
    for file in folder.glob("email-*"):
        file.unlink()
    with ledger(path) as store:
        store.add_consents(consent(key.replace("k", "c"), "withdrawn", at=NOW) for key in sorted(in_files))
    summary = run_batch(path, folder, "")
    after = files(folder)
    counted = Counter(key for keys in (*before.values(), *after.values()) for key in keys)
    assert counted == dict.fromkeys(KEYS, 1)
    assert states(path) == dict.fromkeys(KEYS, "sent")
    assert summary.recovered.uncertain == 0
    assert (summary.recovered.sent > 0) == (crash_at.partition(":")[0] in BETWEEN_NAME_AND_RESULT)
    told = {file.name.removesuffix(".manifest.json") for file in folder.glob("*.manifest.json")}
    assert set(after) <= told <= {*before, *after}
    hidden = {file.suffix for file in (folder / ".batches").iterdir() if file.name != "lock"}
    assert hidden == {".done"}
    assert run_batch(path, folder, "").counts == {}


def test_a_batch_of_the_same_rows_is_the_same_file_byte_for_byte(tmp_path: Path) -> None:
    made = []
    for name, crash_at in (("whole", ""), ("cut off", "recorded:1")):
        base = tmp_path / name
        base.mkdir()
        path = ledger_of(base)
        with ledger(path) as store:
            fill(store, MESSAGES)
        if crash_at:
            killed(path, base / "letters", crash_at, 5)
            assert files(base / "letters") == {}
        run_batch(path, base / "letters", "", 5)
        made.append({file.name: file.read_bytes() for file in (base / "letters").glob("email-*")})
    assert len(made[0]) == 2
    assert made[0] == made[1]


def test_runs_killed_again_and_again_lose_and_double_nothing(tmp_path: Path) -> None:
    points = [*CRASHES]
    for seed in range(PASSES):
        drawn, base = random.Random(seed), tmp_path / str(seed)
        base.mkdir()
        path, folder = ledger_of(base), base / "letters"
        messages = [message(number) for number in range(12)]
        with ledger(path) as store:
            fill(store, messages)
        for _ in range(3):
            process = PROCESSES.Process(target=run_batch, args=(path, folder, drawn.choice(points), 4))
            process.start()
            process.join(60)
            assert process.exitcode in (0, -signal.SIGKILL)
        run_batch(path, folder, "", 4)
        keys = Counter(key for rows in files(folder).values() for key in rows)
        assert keys == dict.fromkeys((m.key for m in messages), 1)
        assert set(states(path).values()) == {"sent"}
