"""An import that is killed in the middle leaves whole batches, and running it again completes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.importing import Target, read_target
from adapters.stores.facts_record import Counts
from tests.adapters.importing.shop import NOW, Desk, shop
from tests.facts_stores import KINDS, Kind, new_place, open_place

KILLED = """
import os, sys
from pathlib import Path
from adapters.importing import Options, read_target, run_import
from adapters.sources.files import open_source
from tests.adapters.importing.shop import NOW, shop
from tests.facts_stores import open_place

file, place = Path(sys.argv[1]), sys.argv[2]
schema = shop()

def die(position, size, rows):
    if rows >= 300:
        os._exit(9)

facts = open_place(place, schema, NOW)
target = read_target("event:purchase", schema)
run_import(
    open_source(file, name=file.name), target, schema, facts, None, Options("UTC"), now=NOW, batch=100, on_progress=die
)
"""


@pytest.mark.parametrize("kind", KINDS)
def test_killed_and_run_again(tmp_path: Path, kind: Kind) -> None:
    place = new_place(kind, tmp_path)
    rows = [f"c{n % 7},2026-01-{n % 28 + 1:02d},{'many' if n % 100 == 5 else n % 3}" for n in range(1_000)]
    file = tmp_path / "file.csv"
    file.write_text("contact,at,amount\n" + "\n".join(rows) + "\n")
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", KILLED, str(file), place]
    assert subprocess.run(command, cwd=root, check=False).returncode == 9
    desk = Desk(tmp_path)
    desk.store.close()
    schema = shop()
    assert isinstance(read_target("event:purchase", schema), Target)
    with open_place(place, schema, NOW) as store:
        desk.store = store
        assert store.last_seq() == 297
        assert [q.line for q in desk.quarantine()] == [7, 107, 207]
        result = desk.load_file(file, "event:purchase", zone="UTC")
        assert (result.rows, result.counts, result.quarantined) == (1_000, Counts(new=693, same=297), 10)
        assert len(desk.quarantine()) == 10
