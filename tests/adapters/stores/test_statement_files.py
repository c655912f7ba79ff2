"""Files of statements: whole or not there, never more than enough of them, and nothing lost with the folder."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import rmtree

from adapters.stores.statement_files import MOST, StatementFiles


def test_a_text_is_found_as_it_was_put(tmp_path: Path) -> None:
    files = StatementFiles(tmp_path / "statements")
    assert files.get("k") is None
    files.put("k", "of more\nlines, and é")
    assert StatementFiles(tmp_path / "statements").get("k") == "of more\nlines, and é"
    assert [path.name for path in (tmp_path / "statements").iterdir()] == ["k.json"]


def test_what_is_half_written_or_edited_is_not_there(tmp_path: Path) -> None:
    files = StatementFiles(tmp_path)
    files.put("k", "select 1")
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for part in (b"", whole[:-1], whole + b" ", whole.replace(b"select", b"SELECT"), b"\xff" + whole):
        path.write_bytes(part)
        assert files.get("k") is None
    path.write_bytes(whole)
    assert files.get("k") == "select 1"
    path.rename(tmp_path / "other.json")
    assert files.get("other") is None, "a file under another key"


def test_the_folder_can_be_deleted_and_may_be_missing(tmp_path: Path) -> None:
    files = StatementFiles(tmp_path / "a" / "statements")
    files.put("k", "select 1")
    rmtree(tmp_path / "a")
    assert files.get("k") is None
    (tmp_path / "a").write_text("a file")
    files.put("k", "select 1")
    assert files.get("k") is None


def test_only_the_last_ones_are_kept(tmp_path: Path) -> None:
    files = StatementFiles(tmp_path)
    for number in range(MOST + 3):
        files.put(f"k{number}", f"select {number}")
        os.utime(tmp_path / f"k{number}.json", ns=(number, number))
    found = [number for number in range(MOST + 3) if files.get(f"k{number}") is not None]
    assert len(found) == MOST
    assert found[-1] == MOST + 2


def test_the_program_is_told_apart_by_its_sources(tmp_path: Path) -> None:
    assert len(StatementFiles(tmp_path).program) == 64
