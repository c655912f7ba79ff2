"""The records of separated text, through the `csv` module of the standard library.

Two things are added: each record knows its line, and a quotation mark that is never closed costs one line, not the
rest of the file. Blocks of lines that hold nothing of the kind are read at once.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from adapters.sources.cells import Broken, Cell, Row, Stretch
from adapters.sources.text_lines import Block, Overlong

MAX_LINES = 200
"""A record that spans more lines than this has a quotation mark that is not closed."""

_TOO_LONG = "a line is too long"


class Feed:
    """Lines for the reader, with the ones of the record under way kept until it is whole. `first`: number of the first
    line."""

    def __init__(self, lines: Iterable[str], delimiter: str, first: int) -> None:
        self._lines = iter(lines)
        self._delimiter = delimiter
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._line = first - 1
        self._first = first

    def records(self, *, skip: int = 0, until: int | None = None) -> Iterator[Row | Broken]:
        """The records, without wholly empty ones; with `until` those that begin at or before this line. `skip`: lines
        to pass over first."""
        for _ in range(skip):
            next(self)
        reader = csv.reader(self, delimiter=self._delimiter, strict=True)
        while until is None or self._line < until:
            self._taken.clear()
            self._first = self._line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                # the first line of the record is bad, the ones after it are read again
                broken = self._give_back()
                yield Broken(self._first, *_said(error), broken.rstrip("\r\n"))
                reader = csv.reader(self, delimiter=self._delimiter, strict=True)
                continue
            if cells and any(cells):
                yield Row(self._first, cells)

    @property
    def line(self) -> int:
        """The last line that was read."""
        return self._line

    def __iter__(self) -> Feed:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= MAX_LINES:
            raise csv.Error(f"a quotation mark is not closed within {MAX_LINES} lines")
        line = self._again.popleft() if self._again else next(self._lines)
        self._line += 1
        self._taken.append(line)
        if isinstance(line, Overlong):
            raise csv.Error(_TOO_LONG)
        return line

    def _give_back(self) -> str:
        first, *rest = self._taken
        self._again.extendleft(reversed(rest))
        self._line -= len(rest)
        return first


def _said(error: csv.Error) -> tuple[str, str]:
    """Reason and sentence."""
    if str(error) == _TOO_LONG or "field limit" in str(error):
        return "line too long", f"a cell or the line is too long for a table: {error}"
    return "quotation marks do not fit", str(error)


def stretches(blocks: Iterator[Block], delimiter: str) -> Iterator[Stretch]:
    """The records of blocks of lines, those of a block together."""
    for block in blocks:
        found = _at_once(block, delimiter)
        if found is not None:
            yield found
            continue
        # line by line, on into the next blocks if a record goes on there
        waiting = _Waiting(block, blocks)
        feed = Feed(waiting, delimiter, block.place.line)
        while feed.line < waiting.last:
            some = list(feed.records(until=waiting.last))
            whole = [r for r in some if isinstance(r, Row)]
            broken = tuple(r for r in some if isinstance(r, Broken))
            # only the first of these blocks is known to begin with a record
            yield Stretch([r.line for r in whole], [r.cells for r in whole], broken, block.place, text=True)


class _Waiting:
    """The lines of a block, and of those after it as far as they are asked for."""

    def __init__(self, block: Block, more: Iterator[Block]) -> None:
        self._more = more
        self._block = block
        self.last = block.place.line + len(block.lines) - 1

    def __iter__(self) -> Iterator[str]:
        yield from self._block.lines
        for block in self._more:
            self.last = block.place.line + len(block.lines) - 1
            yield from block.lines


def _at_once(block: Block, delimiter: str) -> Stretch | None:
    """The records of a block, if none of them reaches beyond it and all quotation marks fit."""
    lines = block.lines
    if any(type(line) is not str for line in lines):
        return None
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    first = block.place.line
    try:
        rows: list[Sequence[Cell]] = list(reader)
        numbers: Sequence[int] = range(first, first + len(rows))
        if len(rows) != len(lines):
            numbers, rows = _numbered(lines, delimiter, first)
    except csv.Error:
        return None
    # a line that is longer than separators and quotation marks alone could be holds something
    if rows and min(map(len, lines)) <= 3 * max(map(len, rows)) + 2 and not all(map(any, rows)):
        kept = [n for n, row in enumerate(rows) if any(row)]
        numbers, rows = [numbers[n] for n in kept], [rows[n] for n in kept]
    return Stretch(numbers, rows, (), block.place, text=True)


def _numbered(lines: Sequence[str], delimiter: str, first: int) -> tuple[list[int], list[Sequence[Cell]]]:
    """Records that span lines, with the number of the line on which each begins. Raises csv.Error."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    numbers: list[int] = []
    rows: list[Sequence[Cell]] = []
    before = 0
    for row in reader:
        if reader.line_num - before > MAX_LINES:
            raise csv.Error
        numbers.append(first + before)
        rows.append(row)
        before = reader.line_num
    return numbers, rows
