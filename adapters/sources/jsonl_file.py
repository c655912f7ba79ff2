"""JSON Lines: one object a line. Numbers stay as they are written; a key that a line lacks is absent, null missing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters.sources.cells import ABSENT, Absent, Broken, Cell, Literal, Row, SourceError, one_line

MAX_COLUMNS = 2_000
MAX_LINE = 1 << 24


class JsonLinesFile:
    """A file of JSON objects, one a line; see `adapters.sources.cells.Source`. Its columns are all keys it holds."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self.name = name
        try:
            self.size = path.stat().st_size
        except OSError as error:
            raise SourceError(f"`{name}` cannot be read: {error.strerror or error}") from error
        self.position = 0
        self.recognised: Sequence[str] = ("JSON Lines", "UTF-8")
        keys: dict[str, None] = {}
        for found in self._objects():
            if not isinstance(found, Broken):
                keys.update(dict.fromkeys(found[1]))
                if len(keys) > MAX_COLUMNS:
                    raise SourceError(f"`{name}` has more than {MAX_COLUMNS} different keys, which is no table")
        if not keys:
            raise SourceError(f"`{name}` holds no line with a JSON object")
        self._keys = tuple(keys)
        self.columns: Sequence[str] = tuple(map(one_line, keys))

    def rows(self) -> Iterator[Row | Broken]:
        """All objects, as rows of the columns."""
        for found in self._objects():
            if isinstance(found, Broken):
                yield found
            else:
                line, values = found
                yield Row(line, [_cell(values.get(column, ABSENT)) for column in self._keys])

    def _objects(self) -> Iterator[tuple[int, dict[str, object]] | Broken]:
        number = 0
        try:
            with self._path.open("rb") as file:
                while line := file.readline(MAX_LINE):
                    number += 1
                    if not number & 0xFF:
                        self.position = file.tell()
                    if line.strip():
                        yield _parsed(number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
        except OSError as error:
            raise SourceError(f"`{self.name}` cannot be read: {error.strerror or error}") from error
        self.position = self.size


def _refuse(constant: str) -> object:
    raise ValueError(f"`{constant}` is no number")


def _parsed(number: int, line: bytes) -> tuple[int, dict[str, object]] | Broken:
    raw = line.decode("utf-8", "replace").rstrip("\r\n")
    try:
        value = json.loads(line.decode("utf-8"), parse_int=Literal, parse_float=Literal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        return Broken(number, "no JSON", str(error) or "nested too deeply", raw)
    if not isinstance(value, dict):
        return Broken(number, "no JSON object", "a line must hold one object in braces", raw)
    return number, value


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, (str, bool, list, dict, Absent)):
        return value
    return str(value)
