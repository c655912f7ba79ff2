"""Batches that wait for each other leave the same store and the same account as batches that do not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.importing import gathering
from adapters.importing.gathering import room
from adapters.stores import facts_writing
from tests.adapters.importing.shop import Desk
from tests.adapters.importing.test_repeated_events import LATE, Row, account, rows
from tests.adapters.importing.test_resumed import PROGRAM, ROOT, bring, events, held, without_ids

EAGER = """
from adapters.importing import gathering
from adapters.stores import facts_writing
gathering.SHARE, facts_writing.MANY = 1, 150
"""


def test_what_waits_is_bounded() -> None:
    found = [room(n * 1_000, 1_000) for n in (1, 15, 16, 40, 80, 1_000_000)]
    assert found == [1_000, 1_000, 2_000, 5_000, 6_000, 6_000]


@settings(max_examples=25, deadline=None)
@given(rows, rows, st.integers(1, 3))
@example([], LATE * 3, 1)
def test_gathered_as_in_one(before: list[Row], file: list[Row], batch: int) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        whole, parts = Desk(Path(name)), Desk(Path(name))
        for desk in (whole, parts):
            account(desk, before, 1_000)
        expected = account(whole, file, 1_000)
        patch.setattr(gathering, "SHARE", 1)
        patch.setattr(facts_writing, "MANY", 2)
        assert account(parts, file, batch) == expected
        whole.store.close()
        parts.store.close()


@pytest.mark.parametrize("lines", [list(events(2_000)), list(without_ids(2_000))], ids=["with ids", "without"])
def test_killed_while_batches_wait(tmp_path: Path, lines: list[str]) -> None:
    """Arrival numbers follow the file, not the order in which rows are inserted."""
    file, store = tmp_path / "file.csv", tmp_path / "killed.db"
    file.write_text("\n".join(lines) + "\n")
    whole = bring(file, tmp_path / "whole.db", "event:purchase")
    for reports in (3, 6):
        command = [sys.executable, "-c", EAGER + PROGRAM, str(file), str(store), "event:purchase"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(reports):
                process.stdout.readline()
            process.kill()
    result = bring(file, store, "event:purchase")
    assert result.resumed is not None
    assert (result.rows, result.counts, result.quarantined) == (whole.rows, whole.counts, whole.quarantined)
    assert held(store) == held(tmp_path / "whole.db")
