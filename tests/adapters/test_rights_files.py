"""Files about somebody who is forgotten: messages are deleted, lists lose their rows, workbooks are told."""

from __future__ import annotations

import json
from pathlib import Path

from adapters.channels.batch_formats import Cell, Format, table
from adapters.rights.files import Cleaned, clean, texts_of

KEY, OTHER = "a1b2c3d4e5f60718293a4b5c6d7e8f90", "0f" * 16
ROWS: list[dict[str, Cell]] = [
    {"key": OTHER, "contact": "c2", "address": "+41790000002", "text": "Hello; c2"},
    {"key": KEY, "contact": "c1", "address": "+41790000001", "text": "Hello; c1"},
]


def theirs(text: str) -> bool:
    return text in {"c1", "+41790000001"}


def written(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def test_batches_lose_their_rows_and_stay_batches(tmp_path: Path) -> None:
    forms: tuple[Format, ...] = ("csv", "json", "jsonl")
    for form in forms:
        written(tmp_path / form, f"batch.{form}", table(form, ROWS))
        assert clean([tmp_path / form], [], theirs) == Cleaned(rewritten=1)
        assert (tmp_path / form / f"batch.{form}").read_bytes() == table(form, ROWS[:1])
        assert clean([tmp_path / form], [], theirs) == Cleaned()


def test_a_row_is_known_by_the_key_of_its_message_too(tmp_path: Path) -> None:
    rows: list[dict[str, Cell]] = [{"key": row["key"], "text": row["text"]} for row in ROWS]
    written(tmp_path, "batch.csv", table("csv", rows))
    assert clean([tmp_path], [KEY], lambda _: False) == Cleaned(rewritten=1)
    assert (tmp_path / "batch.csv").read_bytes() == table("csv", rows[:1])


def test_a_workbook_is_told_and_left(tmp_path: Path) -> None:
    book = written(tmp_path, "batch.xlsx", table("xlsx", ROWS))
    written(tmp_path, "other.xlsx", table("xlsx", ROWS[:1]))
    assert clean([tmp_path], [], theirs) == Cleaned(left=(str(book),))
    assert book.exists()


def test_messages_calls_and_halves_of_them_are_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    text = b"to: x@example.ch\ncontact: c1\nkey: 7\n\nHello c1\n"
    hers = [
        written(folder, f"hello-c1-{KEY[:12]}.txt", b"contact: somebody\n\n"),
        written(folder / "deep", "hello-x-000000000000.txt", text),
        written(folder, f".{KEY}.json.part", b"{"),
        written(folder, f"{OTHER}.json", json.dumps({"contact": "c1"}).encode()),
    ]
    kept = [
        written(folder, f"hello-c2-{OTHER[:12]}.txt", b"contact: c2\n\nsaid of c1: nothing\ncontact: c1\n"),
        written(folder, "call.json", json.dumps({"contact": "c2", "text": "c1 called"}).encode()),
    ]
    outside = written(tmp_path / "elsewhere", "hello.txt", text)
    (folder / "link.txt").symlink_to(outside)
    assert list(texts_of([folder], [KEY])) == [KEY]
    assert clean([folder], [KEY], theirs) == Cleaned(deleted=len(hers))
    assert not any(path.exists() for path in hers)
    assert all(path.exists() for path in (*kept, outside))
