"""Rows of the quarantine as a CSV file that people mend, and that file as a source that is imported again.

The mended rows keep the lines of the file that they come from: what fits leaves the quarantine, the rest stays with the
reason of today.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from adapters.sources.cells import ABSENT, BEGIN, Broken, Cell, Place, Row, Source, SourceError, Stretch, in_stretches
from adapters.stores.quarantine import Quarantined

FILE, TARGET, LINE, COLUMN, REASON, DETAIL, TEXT = OWN = (
    "_file", "_as", "_line", "_column", "_reason", "_detail", "_text",
)  # fmt: skip
"""Our own columns of the file; the others are those of the rows. `_text`: a line that could not be taken apart."""


def export(entries: Sequence[Quarantined], out: TextIO) -> int:
    """Write the rows with reason, line and their own columns; how many these are."""
    rows = [_row(entry) for entry in entries]
    columns = dict.fromkeys(name for row in rows for name in row if name not in OWN)
    writer = csv.DictWriter(out, (*OWN[:-1], *columns, *([TEXT] if any(TEXT in row for row in rows) else [])))
    writer.writeheader()
    writer.writerows(rows)
    return len(rows)


def _row(entry: Quarantined) -> dict[str, str]:
    own = (entry.file, entry.target, str(entry.line), entry.column or "", entry.reason, entry.detail)
    row = dict(zip(OWN, own, strict=False))
    held = json.loads(entry.row)
    if _is_broken(held):
        return {**row, TEXT: held["line"]}
    return {**row, **{name: _cell(value) for name, value in held.items()}}


def _is_broken(held: Mapping[str, object]) -> bool:
    return set(held) == {"line"}


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case list() if all(isinstance(part, str) for part in value):
            return "|".join(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the rows of an exported file come from: the file and what it was imported as."""

    file: str
    target: str


def origin(source: Source) -> Origin:
    """What an exported file says about itself. Raises SourceError if it is none, or holds rows of several files."""
    lacking = [name for name in (FILE, TARGET, LINE) if name not in source.columns]
    if lacking:
        raise SourceError(f"`{source.name}` has no column `{lacking[0]}`: replay what `--report --out FILE` wrote")
    places = [list(source.columns).index(name) for name in (FILE, TARGET)]
    found: dict[Origin, None] = {}
    for row in source.rows():
        if isinstance(row, Row) and len(row.cells) > max(places):
            found[Origin(*(str(row.cells[n]) for n in places))] = None
    if len(found) != 1:
        many = "no rows" if not found else "rows of several files"
        raise SourceError(f"`{source.name}` holds {many}: replay those of one file at a time")
    return next(iter(found))


class Mended:
    """An exported file, as the rows of the file that they come from; see `adapters.sources.cells.Source`.

    `entries`: what the quarantine has of that file; a cell that is empty, and that the row never had, is absent.
    """

    def __init__(self, inner: Source, file: str, entries: Iterable[Quarantined]) -> None:
        self._inner = inner
        self.name = file
        self._places = tuple(n for n, name in enumerate(inner.columns) if name not in OWN)
        self._line = list(inner.columns).index(LINE)
        self.columns: Sequence[str] = tuple(inner.columns[n] for n in self._places)
        self.recognised: Sequence[str] = (*inner.recognised, f"mended in {inner.name}")
        self._lacking: dict[int, frozenset[int]] = {}
        for entry in entries:
            held = json.loads(entry.row)
            lacking = frozenset(n for n, name in enumerate(self.columns) if name not in held)
            if lacking and not _is_broken(held):
                self._lacking[entry.line] = lacking

    @property
    def size(self) -> int:
        """See `Source`."""
        return self._inner.size

    @property
    def position(self) -> int:
        """See `Source`."""
        return self._inner.position

    def fingerprint(self) -> str:
        """See `Source`."""
        return self._inner.fingerprint()

    def changed(self) -> object:
        """See `Source`."""
        return self._inner.changed()

    def rows(self) -> Iterator[Row | Broken]:
        """The rows with their lines in the file that they come from; those that are wholly empty are not mended."""
        for row in self._inner.rows():
            if isinstance(row, Broken):
                raise SourceError(f"line {row.line} of `{self._inner.name}` cannot be read: {row.detail}")
            written = row.cells[self._line] if self._line < len(row.cells) else ""
            if not (isinstance(written, str) and written.strip().isdecimal()):
                raise SourceError(f"line {row.line} of `{self._inner.name}` does not say its `{LINE}`")
            line = int(written)
            cells: list[Cell] = [row.cells[n] if n < len(row.cells) else "" for n in self._places]
            if any(cells):
                lacking = self._lacking.get(line, frozenset())
                yield Row(line, [ABSENT if n in lacking and cell == "" else cell for n, cell in enumerate(cells)])

    def stretches(self, start: Place = BEGIN, /) -> Iterator[Stretch]:
        """See `Source`."""
        return in_stretches(self.rows(), start)
