"""Reading in a process of its own gives what reading beside the storing gives."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.importing import Options, Target, read_target, reading, recognise
from adapters.importing.reading import Reading, ahead, answer, here, written
from adapters.sources.cells import BEGIN, SourceError
from adapters.sources.files import open_source
from tests.adapters.importing.shop import shop
from tests.adapters.importing.test_import import cell
from tests.adapters.importing.test_resumed import PROGRAM, ROOT, bring, events, held, settled_late

line = st.lists(cell, min_size=4, max_size=6).map(",".join)
objects = st.sampled_from(
    [
        '{"id": "1", "contact": "a", "at": "2026-01-01"}',
        '{"contact": "a", "at": "2026-01-01T10:00", "amount": 1.5}',
        "{",
    ]
)
files = st.one_of(
    st.lists(line, max_size=8).map(lambda lines: ("x.csv", "\n".join(["id,contact,at,amount,product", *lines]))),
    st.lists(objects, min_size=1, max_size=8).map(lambda lines: ("x.jsonl", "\n".join(lines))),
)


def reading_of(path: Path, size: int) -> Reading | None:
    """How a file of events is read from its beginning on; None where it cannot be."""
    target = read_target("event:purchase", shop())
    assert isinstance(target, Target)
    options = Options("Europe/Zurich", number_format="de", date_format="dmy")
    try:
        source = open_source(path, name=path.name)
    except SourceError:
        return None
    found = recognise(source, target, options)
    settled = tuple((c.convention.number, c.convention.date) for c in found.columns)
    return None if found.problems else Reading(source, found, "country", "CH", options.zone, settled, BEGIN, 0, size)


@settings(max_examples=60, deadline=None)
@given(files, st.integers(1, 5))
def test_what_crosses_is_what_was_read(file: tuple[str, str], size: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / file[0]
        path.write_text(file[1], encoding="utf-8", errors="surrogatepass")
        asked = reading_of(path, size)
        if asked is None:
            return
        expected = [read.bare() for read in here(asked, asked.reader())]
        out = io.BytesIO()
        answer(pickle.loads(pickle.dumps(asked.in_zone(None))), out)
    out.seek(0)
    crossed = []
    while head := out.read(8):
        crossed.append(pickle.loads(out.read(int.from_bytes(head, sys.byteorder))))
    assert crossed.pop() is None
    assert crossed == expected


@pytest.mark.parametrize("lines", [list(events(2_000)), list(settled_late(5_600))], ids=["events", "settled late"])
def test_the_same_store_in_the_end(tmp_path: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    file, store = tmp_path / "file.csv", tmp_path / "apart.db"
    file.write_text("\n".join(lines) + "\n")
    whole = bring(file, tmp_path / "here.db", "event:purchase")
    apart = "from adapters.importing import reading\nreading.LARGE = 0\n"
    command = [sys.executable, "-c", apart + PROGRAM, str(file), str(store), "event:purchase"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(4):
            process.stdout.readline()
        process.kill()
    monkeypatch.setattr(reading, "LARGE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    result = bring(file, store, "event:purchase")
    assert result.resumed is not None
    assert (result.rows, result.counts, result.reasons) == (whole.rows, whole.counts, whole.reasons)
    assert held(store) == held(tmp_path / "here.db")


def test_what_goes_wrong_there_is_told_here(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("\n".join(events(30)) + "\n")
    asked = reading_of(file, 10)
    assert asked is not None
    assert [read.batch.last for read in ahead(asked)] == [11, 21, 31]
    assert written(asked.reader()) == asked.settled
    file.unlink()
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        list(ahead(asked))


def test_a_process_that_is_gone_is_no_end_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file.csv"
    file.write_text("\n".join(events(30)) + "\n")
    asked = reading_of(file, 10)
    assert asked is not None
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(SourceError, match="was ended from outside"):
        list(ahead(asked))


def test_a_reader_that_is_not_wanted_any_more_ends(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("\n".join(events(3_000)) + "\n")
    asked = reading_of(file, 1)
    assert asked is not None
    reads = ahead(asked)
    assert next(reads).batch.last == 2
    reads.close()
    assert list(reads) == []
