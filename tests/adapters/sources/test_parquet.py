"""Parquet as a source: types, folders, places, and what no field can hold."""

from __future__ import annotations

import builtins
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from adapters.sources.cells import Literal, Place, SourceError
from adapters.sources.files import open_source
from tests.adapters.importing.shop import Desk

TABLE = """
SELECT
  'c' || n AS customer_id,
  (n + 0.5)::DOUBLE AS turnover,
  (n / 10)::DECIMAL(9, 2) AS height,
  n::INTEGER AS visits,
  n % 2 = 0 AS newsletter,
  DATE '1990-12-31' AS birth_date,
  TIMESTAMPTZ '2026-01-01 00:00:00+00' AS seen,
  ['ski', 'bike'] AS hobbies,
  {'a': n} AS nested,
  'x'::BLOB AS photo,
FROM range(1, 2501) t(n) ORDER BY n
"""


def written(path: Path, select: str = TABLE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def test_types(tmp_path: Path) -> None:
    source = open_source(written(tmp_path / "x.parquet"), name="x.parquet")
    assert source.recognised == (
        "Parquet",
        "without the nested or binary `nested`, `photo`, write them as columns of their own",
    )
    assert (source.size, len(source.columns)) == (2_500, 8)
    first = next(iter(source.stretches()))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert list(first.cells[0]) == ["c1", "1.5", "0.10", "1", False, date(1990, 12, 31), moment, ["ski", "bike"]]
    assert [type(cell) for cell in first.cells[0][1:4]] == [Literal] * 3


def test_instants_with_a_zone_are_no_local_times(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    select = "SELECT '1' AS customer_id, {} '2026-01-01 00:00:00' AS seen"
    chosen = {}
    for kind in ("TIMESTAMPTZ", "TIMESTAMP"):
        path = written(tmp_path / f"{kind}.parquet", select.format(kind))
        found = desk.load_file(path).recognition
        chosen[kind] = next(c.chosen for c in found.columns if c.column == "seen")
    desk.store.close()
    assert chosen == {"TIMESTAMPTZ": "", "TIMESTAMP": "local times in Europe/Zurich"}


def test_reading_goes_on_at_every_place(tmp_path: Path) -> None:
    source = open_source(written(tmp_path / "x.parquet"))
    whole = list(source.rows())
    assert [row.line for row in whole] == list(range(1, 2_501))
    assert source.position == source.size
    places = [stretch.place for stretch in source.stretches()]
    assert places == [Place(0, 1), Place(2_000, 2_001)]
    (rest,) = source.stretches(places[1])
    assert (rest.lines[0], len(rest.cells)) == (2_001, 500)


def test_a_folder_is_one_table(tmp_path: Path) -> None:
    folder = tmp_path / "all"
    written(folder / "b.parquet", "SELECT 'b' AS id, 1 AS n")
    written(folder / "a" / "a.parquet", "SELECT 'a' AS id")
    source = open_source(folder)
    assert source.recognised == ("Parquet, 2 files",)
    assert [list(row.cells) for row in source.rows()] == [["a", None], ["b", "1"]]  # type: ignore[union-attr]
    before = source.fingerprint()
    written(folder / "b.parquet", "SELECT 'b' AS id, 2 AS n")
    assert source.fingerprint() != before
    (tmp_path / "none").mkdir()
    with pytest.raises(SourceError, match="holds no Parquet files"):
        open_source(tmp_path / "none")


def test_what_is_damaged_or_cannot_be_held(tmp_path: Path) -> None:
    path = written(tmp_path / "x.parquet")
    path.write_bytes(path.read_bytes()[:2_000])
    with pytest.raises(SourceError, match=r"is damaged, or no Parquet"):
        open_source(path)
    with pytest.raises(SourceError, match="no column that a field can hold"):
        open_source(written(tmp_path / "y.parquet", "SELECT {'a': 1} AS nested"))


def test_without_the_package_it_says_which_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "x.parquet")
    real = builtins.__import__

    def missing(name: str, *more: object, **others: object) -> object:
        if name == "duckdb":
            raise ImportError(name)
        return real(name, *more, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(SourceError, match=r"needs the package duckdb: pip install -e '.\[duckdb\]'"):
        open_source(path)


def test_imported(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    result = desk.load_file(written(tmp_path / "x.parquet"), "contacts")
    assert (result.counts.new, result.quarantined) == (2_500, 0)
    assert desk.contact("c1500") == {
        "turnover": 150_050,
        "height": 15_000,
        "visits": 1_500,
        "newsletter": 1,
        "birth_date": 19901231,
        "seen": 1_767_225_600_000_000,
        "hobbies": "|bike|ski|",
    }
    assert desk.load_file(tmp_path / "x.parquet", "contacts").counts.same == 2_500
