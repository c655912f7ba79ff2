"""JSON Lines: one object a line. Numbers stay as they are written; a key that a line lacks is absent, null missing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from adapters.sources.cells import (
    ABSENT,
    BEGIN,
    STRETCH_ROWS,
    Absent,
    Broken,
    Cell,
    Literal,
    Place,
    Row,
    SourceError,
    Stretch,
    one_line,
)
from adapters.sources.raw import RawFile

MAX_COLUMNS = 2_000
MAX_LINE = 1 << 24


class JsonLinesFile:
    """A file of JSON objects, one a line; see `adapters.sources.cells.Source`. Its columns are all keys it holds."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._raw = RawFile(path, name)
        self.size = self._raw.size
        self.position = 0
        kind = "JSON Lines (packed by gzip)" if self._raw.packed else "JSON Lines"
        self.recognised: Sequence[str] = (kind, "UTF-8")
        keys: dict[str, None] = {}
        for _, found in self._objects(BEGIN):
            if not isinstance(found, Broken):
                keys.update(dict.fromkeys(found[1]))
                if len(keys) > MAX_COLUMNS:
                    raise SourceError(f"`{name}` has more than {MAX_COLUMNS} different keys, which is no table")
        if not keys:
            raise SourceError(f"`{name}` holds no line with a JSON object")
        self._keys = tuple(keys)
        self.columns: Sequence[str] = tuple(map(one_line, keys))

    def fingerprint(self) -> str:
        """See `Source`."""
        return self._raw.fingerprint()

    def changed(self) -> tuple[int, int]:
        """See `Source`."""
        return self._raw.stamp()

    def rows(self) -> Iterator[Row | Broken]:
        """All objects, as rows of the columns."""
        for _, found in self._objects(BEGIN):
            yield found if isinstance(found, Broken) else self._row(*found)

    def stretches(self, start: Place = BEGIN, /) -> Iterator[Stretch]:
        """The same, many at a time."""
        objects = self._objects(start)
        while some := list(islice(objects, STRETCH_ROWS)):
            place = Place(*some[0][0])
            rows = [self._row(*found) for _, found in some if not isinstance(found, Broken)]
            broken = tuple(found for _, found in some if isinstance(found, Broken))
            yield Stretch([row.line for row in rows], [row.cells for row in rows], broken, place)

    def _row(self, line: int, values: dict[str, object]) -> Row:
        return Row(line, [_cell(values.get(column, ABSENT)) for column in self._keys])

    def _objects(self, start: Place) -> Iterator[tuple[tuple[int, int], tuple[int, dict[str, object]] | Broken]]:
        """Each line that is not empty: where it begins (offset, line), and what it holds."""
        offset, number = start.offset, start.line
        with self._raw.open() as opened:
            file = opened.file
            file.seek(offset)
            while line := file.readline(MAX_LINE):
                began, length = (offset, number), len(line)
                if not number & 0xFF:
                    self.position = opened.position()
                if length == MAX_LINE and not line.endswith(b"\n"):
                    while more := file.readline(MAX_LINE):
                        length += len(more)
                        if more.endswith(b"\n"):
                            break
                    yield began, Broken(number, "line too long", f"has more than {MAX_LINE:,} bytes", _text(line[:200]))
                elif line.strip():
                    yield began, _parsed(number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
                offset, number = offset + length, number + 1
        self.position = self.size


def _refuse(constant: str) -> object:
    raise ValueError(f"`{constant}` is no number")


def _parsed(number: int, line: bytes) -> tuple[int, dict[str, object]] | Broken:
    try:
        value = json.loads(line.decode("utf-8"), parse_int=Literal, parse_float=Literal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        return Broken(number, "no JSON", str(error) or "nested too deeply", _text(line))
    if not isinstance(value, dict):
        return Broken(number, "no JSON object", "a line must hold one object in braces", _text(line))
    return number, value


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, (str, bool, list, dict, Absent)):
        return value
    return str(value)
