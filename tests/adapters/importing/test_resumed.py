"""Imports that are killed (SIGKILL, at random points) and run again go on, with the same store in the end."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.importing import ImportResult, Options, Target, read_target, run_import
from adapters.sources.files import open_source
from adapters.stores.facts import Counts, SqliteFacts
from adapters.stores.import_marks import ImportMarks
from tests.adapters.importing.shop import NOW, shop

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys, time
from pathlib import Path
from tests.adapters.importing.test_resumed import bring

def told(position, size, rows):
    print(rows, flush=True)
    time.sleep(0.002)

bring(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], on_progress=told)
"""


def bring(file: Path, store: Path, label: str, **more: object) -> ImportResult:
    schema = shop()
    target = read_target(label, schema)
    assert isinstance(target, Target)
    with SqliteFacts.open(store, schema, now=NOW) as facts:
        source, options = open_source(file, name=file.name), Options("Europe/Zurich")
        return run_import(source, target, schema, facts, None, options, now=NOW, batch=100, resume=True, **more)  # type: ignore[arg-type]


def held(store: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the store holds, arrival numbers included; marks of copies are random."""
    connection = sqlite3.connect(store)
    names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    found = {n: sorted(connection.execute(f'SELECT * FROM "{n}"'), key=repr) for n in names if n != "_marks"}
    connection.close()
    return found


def contacts(count: int) -> Iterator[str]:
    yield "customer_id,name,turnover,visits"
    for n in range(count):
        yield f"c{n % 700},name {n % 900},{'many' if n % 97 == 5 else f'{n}.50'},{n}"


def events(count: int) -> Iterator[str]:
    yield "id,contact,at,amount,product"
    for n in range(count):
        yield f"e{n},c{n % 70},2026-01-{n % 28 + 1:02d}T{n % 24:02d}:00:00Z,{'many' if n % 97 == 5 else n},p{n % 3}"


def without_ids(count: int) -> Iterator[str]:
    yield "contact,at,amount"
    for n in range(count):
        # many rows are equal, in other batches too
        yield f"c{n % 7},2026-01-{n % 28 + 1:02d},{'many' if n % 97 == 5 else n % 3}"


def settled_late(count: int) -> Iterator[str]:
    yield "id;contact;at;amount"
    for n in range(count):
        amount = "1.234,50" if n == 5_150 else "1.234" if n > 5_000 else f"{n}"
        yield f"e{n};c{n % 70};2026-01-{n % 28 + 1:02d};{amount}"


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("contacts", list(contacts(2_000))),
        ("event:purchase", list(events(2_000))),
        ("event:purchase", list(without_ids(2_000))),
        ("event:purchase", list(settled_late(5_600))),
    ],
    ids=["contacts", "events", "events without ids", "convention settled on the way"],
)
def test_killed_at_random_points(tmp_path: Path, label: str, lines: list[str]) -> None:
    file = tmp_path / "file.csv"
    file.write_text("\n".join(lines) + "\n")
    whole = bring(file, tmp_path / "whole.db", label)
    store = tmp_path / "killed.db"
    chance = random.Random(len(lines[1]))
    killed = 0
    for _ in range(3):
        command = [sys.executable, "-c", PROGRAM, str(file), str(store), label]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(1, 7)):
                process.stdout.readline()
            process.kill()
        killed += process.returncode == -9
    assert killed == 3
    result = bring(file, store, label)
    if label != "contacts":  # a key comes twice there, which begins anew each time
        assert result.resumed is not None
        assert (result.counts, result.reasons) == (whole.counts, whole.reasons)
    assert (result.rows, result.quarantined) == (whole.rows, whole.quarantined)
    assert held(store) == held(tmp_path / "whole.db")
    again = bring(file, store, label)
    assert (again.resumed, again.counts) == (None, Counts(same=whole.rows - whole.quarantined))


def cut_off(file: Path, store: Path, label: str, after: int) -> None:
    class CutOff(Exception):
        pass

    def stop(position: int, size: int, rows: int) -> None:
        if rows >= after:
            raise CutOff

    with pytest.raises(CutOff):
        bring(file, store, label, on_progress=stop)


def test_another_file_or_mapping_begins_anew(tmp_path: Path) -> None:
    file, store = tmp_path / "file.csv", tmp_path / "facts.db"
    lines = list(events(500))
    file.write_text("\n".join(lines) + "\n")
    cut_off(file, store, "event:purchase", 300)
    with SqliteFacts.open(store, shop(), now=NOW) as facts:
        mark = ImportMarks(facts).get("file.csv", "event:purchase")
        assert mark is not None
        assert mark.line == 301
    file.write_text("\n".join([lines[0], lines[1].replace("e0,c0", "e0,c1"), *lines[2:]]) + "\n")
    result = bring(file, store, "event:purchase")
    assert result.resumed is None
    assert (result.counts.changed, result.counts.same) == (1, 300 - 1 - 4)


def test_mended_lines_before_the_mark_are_not_lost(tmp_path: Path) -> None:
    """What a run that was cut off had put into quarantine stays there until the mended file is read, from its start."""
    file, store = tmp_path / "file.csv", tmp_path / "facts.db"
    text = "\n".join(events(500)) + "\n"
    file.write_text(text)
    cut_off(file, store, "event:purchase", 300)
    assert len(held(store)["_quarantine"]) == 4
    file.write_text(text.replace("many", "1"))
    result = bring(file, store, "event:purchase")
    assert (result.resumed, result.quarantined, result.counts.new + result.counts.same) == (None, 0, 500)
    assert held(store)["_quarantine"] == []


def test_a_file_that_is_written_to_meanwhile_is_left_at_once(tmp_path: Path) -> None:
    from adapters.sources.cells import SourceError

    file, store = tmp_path / "file.csv", tmp_path / "facts.db"
    file.write_text("\n".join(events(500)) + "\n")

    def write(position: int, size: int, rows: int) -> None:
        if rows == 200:
            with file.open("a") as more:
                more.write("e9999,c1,2026-01-01,5,p\n")

    with pytest.raises(SourceError, match="was changed while it was read"):
        bring(file, store, "event:purchase", on_progress=write)
    assert bring(file, store, "event:purchase").rows == 501
