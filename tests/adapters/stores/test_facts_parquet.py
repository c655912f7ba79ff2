"""Parquet files: parts that are appended and joined, a manifest that is replaced as a whole, whatever is cut off."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from adapters.crash_point import VARIABLE
from adapters.stores import facts_parquet
from adapters.stores.facts import SqliteFacts, StoreError
from adapters.stores.facts_engine import Carried
from adapters.stores.facts_parquet import ParquetFacts
from adapters.stores.parquet_manifest import NAME, read
from dsl.schema import Field
from dsl.types import NUMBER
from engine.records import Event
from tests.adapters.stores.test_facts import SCHEMA, purchase
from tests.adapters.stores.test_facts_follow import contents


@pytest.fixture
def source(tmp_path: Path) -> Iterator[SqliteFacts]:
    with SqliteFacts.open(tmp_path / "facts.db", SCHEMA, now=0) as store:
        yield store


def bought(source: SqliteFacts, first: int, last: int) -> None:
    source.put_events("purchase", [purchase(f"p{n}", f"c{n % 7}", n, amount=n) for n in range(first, last)])


def followed(source: SqliteFacts, folder: Path) -> Carried:
    with ParquetFacts.open(folder, SCHEMA) as copy:
        carried = copy.follow(source)
        assert contents(copy) == contents(source)
        return carried


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def named(folder: Path) -> set[str]:
    tables = read(folder).tables
    return {NAME, *(f"{name}/{part.name}" for name, held in tables.items() for part in held.parts)}


def test_there_is_a_folder_for_each_event_type_that_others_can_read(source: SqliteFacts, tmp_path: Path) -> None:
    folder = tmp_path / "parquet"
    bought(source, 0, 5)
    source.put_events("visit", [Event("visit", "v", "c1", 3)])
    followed(source, folder)
    assert files(folder) == {NAME, "event_purchase/part-1.parquet", "event_visit/part-2.parquet"}
    with duckdb.connect() as other:
        path = folder / "event_purchase" / "*.parquet"
        rows = other.execute("SELECT _id, amount FROM read_parquet(?) ORDER BY _at", [str(path)]).fetchall()
    assert rows == [(f"p{n}", n) for n in range(5)]


def test_what_is_new_goes_into_new_parts_and_old_ones_stay(source: SqliteFacts, tmp_path: Path) -> None:
    folder = tmp_path / "parquet"
    bought(source, 0, 1000)
    followed(source, folder)
    (first,) = (path for path in files(folder) if path.startswith("event_purchase"))
    written = (folder / first).stat().st_mtime_ns
    bought(source, 1000, 1010)
    assert followed(source, folder) == Carried(10, anew=False)
    assert (folder / first).stat().st_mtime_ns == written
    assert len(read(folder).tables["event_purchase"].parts) == 2
    assert files(folder) == named(folder)


def test_small_parts_are_joined(source: SqliteFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "parquet"
    monkeypatch.setattr(facts_parquet, "PART", 100)
    with ParquetFacts.open(folder, SCHEMA) as copy:
        for n in range(0, 360, 24):
            bought(source, n, n + 24)
            assert copy.follow(source).rows == 24
    followed(source, folder)
    parts = read(folder).tables["event_purchase"].parts
    assert sum(part.rows for part in parts) == 360
    assert len(parts) <= 6
    assert max(part.rows for part in parts) <= 100
    assert files(folder) == named(folder)


def test_only_parts_with_a_row_that_changed_are_written_anew(
    source: SqliteFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "parquet"
    monkeypatch.setattr(facts_parquet, "PART", 50)
    bought(source, 0, 200)
    followed(source, folder)
    before = read(folder).tables["event_purchase"].parts
    assert [part.rows for part in before] == [50, 50, 50, 50]
    source.put_events("purchase", [purchase("p60", "c9", 60)])
    source.connection.execute("DELETE FROM event_purchase WHERE _contact = 'c6'")
    followed(source, folder)
    after = read(folder).tables["event_purchase"].parts
    assert set(before) & set(after) == set(before[:2])
    assert sorted(part.rows for part in after) == [1, 22, 49, 50, 50]
    assert files(folder) == named(folder)


POINTS = ("part:1", "part:3", "parts:1", "manifest:1")


@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_it_has_the_last_good_state(source: SqliteFacts, tmp_path: Path, point: str) -> None:
    folder = tmp_path / "parquet"
    source.put_contacts([(f"c{n}", {"email": f"{n}@x"}) for n in range(7)])
    bought(source, 0, 50)
    followed(source, folder)
    before = contents(source)
    source.erase(["c1"])
    bought(source, 50, 60)
    source.put_events("visit", [Event("visit", "v", "c2", 3)])
    done = subprocess.run(
        [sys.executable, "-m", "tests.adapters.stores.parquet_program", str(tmp_path / "facts.db"), str(folder)],
        env={**os.environ, VARIABLE: point},
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL, "else the point was not passed"
    assert files(folder) - named(folder), "it left files that are nothing"
    with ParquetFacts.open(folder, SCHEMA) as copy:
        assert contents(copy) == (contents(source) if point.startswith("manifest") else before)
    assert followed(source, folder).erased
    assert files(folder) == named(folder)


def test_other_columns_make_it_a_copy_of_nothing(source: SqliteFacts, tmp_path: Path) -> None:
    folder = tmp_path / "parquet"
    bought(source, 0, 5)
    followed(source, folder)
    more = replace(SCHEMA, fields={**SCHEMA.fields, "height": Field("height", NUMBER)})
    with ParquetFacts.open(folder, more) as copy, SqliteFacts.open(tmp_path / "facts.db", more, now=0) as wider:
        assert copy.last_seq() == 0
        assert copy.follow(wider) == Carried(5, anew=True)
    assert files(folder) == named(folder)


def test_damaged_files_are_said(source: SqliteFacts, tmp_path: Path) -> None:
    folder = tmp_path / "parquet"
    bought(source, 0, 5)
    followed(source, folder)
    (path,) = folder.glob("event_purchase/*")
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    with pytest.raises(StoreError, match="cannot be read"):
        ParquetFacts.open(folder, SCHEMA)
    path.unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        ParquetFacts.open(folder, SCHEMA)
    (folder / NAME).write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="damaged"):
        ParquetFacts.open(folder, SCHEMA)
    shutil.rmtree(folder)
    assert followed(source, folder).anew
