"""Separated text files, as programs and as Excel write them.

The `csv` module of the standard library reads the records. Two things are added: each record knows its line, and a
quotation mark that is never closed costs one line, not the rest of the file.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters.sources.cells import Broken, Row, SourceError, one_line
from adapters.sources.encoding import NAMES, recognise_encoding

DELIMITERS = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}
"""Delimiters that are recognised, and how people call them; the earlier wins a draw."""

SAMPLE_LINES = 200
MAX_LINES = 200
"""A record that spans more lines than this has a quotation mark that is not closed."""

MAX_LINE = 1 << 20
"""Characters of one line; what is longer is no table."""


class CsvFile:
    """A separated text file; see `adapters.sources.cells.Source`."""

    def __init__(
        self, path: Path, name: str, *, encoding: str | None = None, delimiter: str | None = None, kind: str = "CSV"
    ) -> None:
        self._path = path
        self.name = name
        try:
            self.size = path.stat().st_size
            self._encoding = encoding or recognise_encoding(path)
            "".encode(self._encoding)
        except OSError as error:
            raise SourceError(f"`{name}` cannot be read: {error.strerror or error}") from error
        except LookupError as error:
            raise SourceError(f"`{encoding}` is no encoding") from error
        self.position = 0
        sample, self._skip = self._sample()
        self._delimiter = delimiter or recognise_delimiter(sample)
        first = next(self._records(), None)
        if not isinstance(first, Row):
            raise SourceError(f"`{name}` holds no header line")
        self.columns: Sequence[str] = tuple(one_line(str(cell)) for cell in first.cells)
        self._header_line = first.line
        known = NAMES.get(self._encoding, self._encoding)
        self.recognised: Sequence[str] = (
            kind,
            known,
            f"separated by {DELIMITERS.get(self._delimiter, f'`{self._delimiter}`')}",
        )

    def _open(self) -> tuple[io.TextIOWrapper, io.BufferedReader]:
        try:
            raw = self._path.open("rb")
        except OSError as error:
            raise SourceError(f"`{self.name}` cannot be read: {error.strerror or error}") from error
        # surrogateescape keeps bytes that are no characters visible, so that their row can be refused
        errors = "replace" if self._encoding.startswith("utf-16") else "surrogateescape"
        return io.TextIOWrapper(raw, encoding=self._encoding, errors=errors, newline=""), raw

    def _sample(self) -> tuple[list[str], int]:
        """The first lines, and how many of them stand before the table (Excel's `sep=;`)."""
        text, _ = self._open()
        with text:
            lines = [line for _, line in zip(range(SAMPLE_LINES), _lines(text), strict=False)]
        skip = 1 if lines and lines[0].strip().casefold().startswith("sep=") else 0
        return lines[skip:], skip

    def rows(self) -> Iterator[Row | Broken]:
        """All rows below the header."""
        for record in self._records():
            if record.line > self._header_line:
                yield record

    def _records(self) -> Iterator[Row | Broken]:
        text, raw = self._open()
        with text:
            feed = _Feed(_lines(text), self._skip)
            reader = csv.reader(feed, delimiter=self._delimiter, strict=True)
            count = 0
            while True:
                feed.begin()
                try:
                    cells = next(reader)
                except StopIteration:
                    break
                except csv.Error as error:
                    # the first line of the record is bad, the ones after it are read again
                    line, broken = feed.give_back()
                    yield Broken(line, "quotation marks do not fit", str(error), broken.rstrip("\r\n"))
                    reader = csv.reader(feed, delimiter=self._delimiter, strict=True)
                    continue
                count += 1
                if not count & 0xFF:
                    self.position = raw.tell()
                if cells and any(cells):
                    yield Row(feed.first, cells)
            self.position = self.size


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MAX_LINE):
        yield line


class _Feed:
    """Lines for the reader, with the ones of the record under way kept until it is whole."""

    def __init__(self, lines: Iterator[str], skip: int) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._line = 0
        self.first = 1
        for _ in range(skip):
            next(self)

    def begin(self) -> None:
        self._taken.clear()
        self.first = self._line + 1

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= MAX_LINES:
            raise csv.Error(f"a quotation mark is not closed within {MAX_LINES} lines")
        line = self._again.popleft() if self._again else next(self._lines)
        self._line += 1
        self._taken.append(line)
        return line

    def give_back(self) -> tuple[int, str]:
        first, *rest = self._taken
        self._again.extendleft(reversed(rest))
        self._line -= len(rest)
        return self.first, first


def recognise_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that cuts the most lines into as many cells as the header has; a comma for a single column."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        counts = _cell_counts(lines, delimiter)
        if not counts or counts[0] < 2:
            continue
        score = (round(sum(1 for n in counts if n == counts[0]) / len(counts), 2), counts[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _cell_counts(lines: Sequence[str], delimiter: str) -> list[int]:
    counts = []
    try:
        for cells in csv.reader(lines, delimiter=delimiter):
            if cells:
                counts.append(len(cells))
    except csv.Error:
        pass  # the sample ends within a record
    return counts
