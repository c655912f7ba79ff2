"""What every source gives: rows of cells with their line, broken lines with a reason, and words about the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Protocol


class Literal(str):
    """A number written the way programs write it (`1234.5`, `4.0128e+10`), kept as text: never a local convention."""

    __slots__ = ()


class Absent:
    """The type of `ABSENT`."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "ABSENT"  # there is one alone, in every process


ABSENT = Absent()
"""The column is not in this row at all (JSON Lines): what the store has stays as it is."""

Cell = str | bool | date | datetime | time | list[object] | dict[str, object] | None | Absent
"""A cell as the source can tell it. `str`: as people wrote it; `None` and empty text: missing."""


def readable(text: str) -> str:
    """The text with a question mark for each byte that was no character: fit to print and to store."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    """The text fit for a terminal: spaces and line breaks as one space each, nothing that moves a cursor."""
    words = " ".join(readable(text).split())
    return words if words.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in words)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line (1-based, as editors and Excel count) on which it begins, a cell for each column or more."""

    line: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that is no row: why, in a few words, and what stands there."""

    line: int
    reason: str
    detail: str
    raw: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading can go on: `offset` in the source's own unit, `line` the first line that is read there."""

    offset: int
    line: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Many rows at once, as they follow each other: the line of each, its cells, and the broken lines between them.
    `place`: where reading must begin to read this stretch again (at it, or before it)."""

    lines: Sequence[int]
    cells: list[Sequence[Cell]]
    broken: tuple[Broken, ...]
    place: Place
    text: bool = False
    """Whether every cell is a plain `str`, which need not be looked at one by one then."""


BEGIN = Place(0, 1)
STRETCH_ROWS = 2_000


class SourceError(Exception):
    """The file cannot be read at all. The text is for people: lower case, one sentence."""


class Source(Protocol):
    """A file with named columns. `rows` may be called again and starts afresh."""

    @property
    def name(self) -> str:
        """The file as it is remembered in the quarantine: stable from import to import."""
        ...

    @property
    def recognised(self) -> Sequence[str]:
        """What was recognised about the file, in words: "CSV", "UTF-8", "separated by semicolons"."""
        ...

    @property
    def columns(self) -> Sequence[str]:
        """Names of the columns, as written; empty for a column without a name."""
        ...

    @property
    def size(self) -> int:
        """How much there is to read, in the unit of `position` (bytes or rows)."""
        ...

    @property
    def position(self) -> int:
        """How much of `size` has been read so far."""
        ...

    def rows(self) -> Iterator[Row | Broken]:
        """All rows in order, lazily; wholly empty lines are left out. Never raises for what a line holds."""
        ...

    def stretches(self, start: Place = BEGIN, /) -> Iterator[Stretch]:
        """The same rows, many at a time; from a place of an earlier stretch on, if one is given."""
        ...

    def fingerprint(self) -> str:
        """Equal as long as the file, and the way it is read, is the same. Raises SourceError if it is gone."""
        ...

    def changed(self) -> object:
        """Equal as long as nobody writes to the file; cheap. Raises SourceError if it is gone."""
        ...


def in_stretches(rows: Iterable[Row | Broken], place: Place = BEGIN) -> Iterator[Stretch]:
    """Single rows as stretches, for sources that read row by row; all can be read again from `place`."""
    source = iter(rows)
    while some := list(islice(source, STRETCH_ROWS)):
        whole = [row for row in some if isinstance(row, Row)]
        broken = tuple(row for row in some if isinstance(row, Broken))
        yield Stretch([row.line for row in whole], [row.cells for row in whole], broken, place)
