"""Separated text files, as programs and as Excel write them.

The `csv` module of the standard library reads the records (`csv_records`); here stands what the file is.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from adapters.sources.cells import BEGIN, Broken, Place, Row, SourceError, Stretch, in_stretches, one_line
from adapters.sources.csv_records import Feed, stretches
from adapters.sources.encoding import NAMES, recognise_encoding
from adapters.sources.raw import RawFile
from adapters.sources.text_lines import MAX_LINE, blocks, plain

DELIMITERS = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}
"""Delimiters that are recognised, and how people call them; the earlier wins a draw."""

SAMPLE_LINES = 200


class CsvFile:
    """A separated text file; see `adapters.sources.cells.Source`."""

    def __init__(
        self, path: Path, name: str, *, encoding: str | None = None, delimiter: str | None = None, kind: str = "CSV"
    ) -> None:
        self.name = name
        self._raw = RawFile(path, name)
        self.size = self._raw.size
        try:
            self._encoding = encoding or recognise_encoding(self._raw)
            self._plain = plain(self._encoding)
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
            f"{kind} (packed by gzip)" if self._raw.packed else kind,
            known,
            f"separated by {DELIMITERS.get(self._delimiter, f'`{self._delimiter}`')}",
        )

    @contextmanager
    def _lines(self) -> Iterator[Iterator[str]]:
        """All lines of the file, one after the other."""
        with self._raw.open() as opened:
            if self._plain:
                yield chain.from_iterable(block.lines for block in blocks(opened.file, self._encoding, BEGIN))
            else:
                errors = "replace" if self._encoding.startswith("utf-16") else "surrogateescape"
                with io.TextIOWrapper(opened.file, encoding=self._encoding, errors=errors, newline="") as text:
                    yield iter(lambda: text.readline(MAX_LINE), "")

    def _sample(self) -> tuple[list[str], int]:
        """The first lines, and how many of them stand before the table (Excel's `sep=;`)."""
        with self._lines() as found:
            lines = list(islice(found, SAMPLE_LINES))
        skip = 1 if lines and lines[0].strip().casefold().startswith("sep=") else 0
        return lines[skip:], skip

    def fingerprint(self) -> str:
        """See `Source`: the bytes and how they are read."""
        return f"{self._raw.fingerprint()} {self._encoding} {self._delimiter}"

    def changed(self) -> tuple[int, int]:
        """See `Source`."""
        return self._raw.stamp()

    def rows(self) -> Iterator[Row | Broken]:
        """All rows below the header."""
        for record in self._records():
            if record.line > self._header_line:
                yield record

    def _records(self) -> Iterator[Row | Broken]:
        with self._lines() as lines:
            yield from Feed(lines, self._delimiter, 1).records(skip=self._skip)
        self.position = self.size

    def stretches(self, start: Place = BEGIN, /) -> Iterator[Stretch]:
        """The rows below the header, a block of the file at a time."""
        if not self._plain:
            yield from in_stretches(self.rows())
            return
        with self._raw.open() as opened:
            for stretch in stretches(blocks(opened.file, self._encoding, start), self._delimiter):
                self.position = opened.position()
                below = bisect_right(stretch.lines, self._header_line)
                broken = tuple(b for b in stretch.broken if b.line > self._header_line)
                if below or len(broken) < len(stretch.broken):
                    yield replace(stretch, lines=stretch.lines[below:], cells=stretch.cells[below:], broken=broken)
                else:
                    yield stretch
        self.position = self.size


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
