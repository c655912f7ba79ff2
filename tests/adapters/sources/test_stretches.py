"""Rows that are read many at a time are those that are read one by one, and reading can begin at every place."""

from __future__ import annotations

import gzip
import io
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.sources.cells import BEGIN, Broken, Place, Row, Source, SourceError, Stretch
from adapters.sources.csv_records import Feed, stretches
from adapters.sources.files import open_source
from adapters.sources.text_lines import MAX_LINE, Block, blocks

pieces = st.lists(st.sampled_from(["a", "ä", ",", "\n", "\r\n", "\r", '"', '""', "1", '"x\ny"', "\x0b", "\u2028"]))


def in_order(some: Stretch) -> list[Row | Broken]:
    found: list[Row | Broken] = [Row(line, cells) for line, cells in zip(some.lines, some.cells, strict=True)]
    return sorted([*found, *some.broken], key=lambda r: r.line)


def read(content: bytes, size: int, start: Place = BEGIN) -> list[Stretch]:
    return list(stretches(blocks(io.BytesIO(content), "utf-8", start, size), ","))


@given(pieces, st.integers(1, 9))
@example(['"x\ny"', "\r\n", "\n"], 2)  # a block that begins within a record
def test_blocks_of_any_size_give_the_same_rows(parts: list[str], size: int) -> None:
    text = "".join(parts)
    lines = io.StringIO(text, newline="")
    single = list(Feed(lines, ",", 1).records())
    found = read(text.encode(), size)
    assert list(chain.from_iterable(map(in_order, found))) == single
    for some in found:
        first = min([*some.lines, *(b.line for b in some.broken)], default=some.place.line)
        assert some.place.line <= first
        again = list(chain.from_iterable(map(in_order, read(text.encode(), size, some.place))))
        assert [r for r in again if r.line >= first] == [r for r in single if r.line >= first]


def test_a_line_without_end_costs_no_memory_and_keeps_the_count_of_lines() -> None:
    content = b"a,b\n1,2\n3," + b"x" * (3 * MAX_LINE) + b"\n5,6\n"
    found = list(chain.from_iterable(map(in_order, read(content, 1 << 16))))
    assert found[:2] == [Row(1, ["a", "b"]), Row(2, ["1", "2"])]
    long, last = found[2:]
    assert isinstance(long, Broken)
    assert (long.line, long.reason, len(long.raw)) == (3, "line too long", 200)
    assert last == Row(4, ["5", "6"])
    assert max(len(line) for b in blocks(io.BytesIO(content), "utf-8", BEGIN) for line in b.lines) < 1_000


def test_a_cell_of_a_megabyte_costs_its_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1," + "x" * 300_000 + "\n2,3\n")
    (some,) = open_source(path).stretches()
    assert (list(some.lines), some.cells) == ([3], [["2", "3"]])
    assert [(b.line, b.reason) for b in some.broken] == [(2, "line too long")]


def test_lines_that_end_in_a_carriage_return_alone() -> None:
    found = list(blocks(io.BytesIO(b"a\rb\rc\r\nd"), "utf-8", BEGIN, 2))
    assert [line for b in found for line in b.lines] == ["a\r", "b\r", "c\r\n", "d"]
    assert found[0] == Block(["a\r"], Place(0, 1))


def both_ways(source: Source) -> tuple[list[Row | Broken], list[Row | Broken]]:
    return list(source.rows()), list(chain.from_iterable(map(in_order, source.stretches())))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", b"\xef\xbb\xbfid,text\n1,\xc3\xa4\n\n2,b\n"),
        ("x.csv", "sep=;\nid;text\n1;ä\n".encode("cp1252")),
        ("x.csv", "id,text\n1,ä\n2,b\n".encode("utf-16")),
        ("x.jsonl", b'{"id": 1}\n\nnonsense\n{"id": 2}\n'),
    ],
)
def test_every_kind_of_file(tmp_path: Path, name: str, content: bytes) -> None:
    for path, data in ((tmp_path / name, content), (tmp_path / f"{name}.gz", gzip.compress(content))):
        path.write_bytes(data)
        single, many = both_ways(open_source(path))
        assert many == single
        assert len(single) >= 1


def test_a_compressed_file_that_is_cut_off_or_damaged_is_refused_as_a_whole(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(b"id%d,text\n" % n for n in range(5_000)))
    path = tmp_path / "x.csv.gz"
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(SourceError, match=r"`.*x.csv.gz` is cut off"):
        open_source(path)
    path.write_bytes(packed[:-8] + bytes(8))
    with pytest.raises(SourceError, match="is damaged"):
        open_source(path)
    path.write_bytes(packed)
    assert open_source(path).recognised[0] == "CSV (packed by gzip)"


def test_the_fingerprint_tells_a_file_that_changed(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id\n1\n")
    source = open_source(path)
    print_, stamp = source.fingerprint(), source.changed()
    assert (source.fingerprint(), source.changed()) == (print_, stamp)
    path.write_text("id\n1\n2\n")
    assert source.fingerprint() != print_
    assert source.changed() != stamp
    path.unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        source.changed()
