"""A disk that is full in the middle of an import: said in words, nothing half stored, and gone on with later."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.importing import ImportResult, Options, Target, read_target, run_import
from adapters.sources.files import open_source
from adapters.stores.facts import SqliteFacts
from tests.adapters.importing.shop import NOW, shop
from tests.adapters.importing.test_resumed import events, held

ROOT = Path(__file__).resolve().parents[3]


def bring(file: Path, store: Path, pages: int) -> ImportResult:
    schema = shop()
    target = read_target("event:purchase", schema)
    assert isinstance(target, Target)
    with SqliteFacts.open(store, schema, now=NOW) as facts:
        facts.connection.execute(f"PRAGMA max_page_count = {pages}")
        source, options = open_source(file, name=file.name), Options("Europe/Zurich")
        return run_import(source, target, schema, facts, None, options, now=NOW, batch=500, resume=True)


def test_a_store_that_cannot_grow(tmp_path: Path) -> None:
    file, whole, full = tmp_path / "file.csv", tmp_path / "whole.db", tmp_path / "full.db"
    file.write_text("\n".join(events(6_000)) + "\n")
    bring(file, whole, 1_000_000)
    connection = sqlite3.connect(whole)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.close()
    with pytest.raises(sqlite3.OperationalError, match="database or disk is full"):
        bring(file, full, pages * 3 // 4)
    stored = len(held(full)["event_purchase"])
    assert 0 < stored < len(held(whole)["event_purchase"])
    assert held(full)["_sequence"] == [(stored,)]
    result = bring(file, full, 1_000_000)
    assert result.resumed is not None
    assert held(full) == held(whole)


def test_the_command_says_so_and_can_be_called_again(tmp_path: Path) -> None:
    (tmp_path / "kadenz.yaml").write_text("name: shop\ntime_zone: Europe/Zurich\n")
    (tmp_path / "schema.yaml").write_text(
        "contacts: {key: no}\nevents: {purchase: {properties: {amount: money CHF, product: text}}}\n"
    )
    (tmp_path / "file.csv").write_text("\n".join(events(20_000)) + "\n")
    command = [
        sys.executable, "-m", "adapters.cli.main", "import", str(tmp_path / "file.csv"), "--as", "event:purchase",
        "--project", str(tmp_path),
    ]  # fmt: skip

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=small_files,
    )
    assert done.returncode == 3
    assert "run the same import again, what is stored already stays as it is" in done.stderr
    assert "Traceback" not in done.stderr
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "20,000 rows read: 19,793 new" in done.stdout
