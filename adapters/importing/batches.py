"""Rows in batches: each is stored in one transaction, and behind each the import can be cut off and go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adapters.sources.cells import Broken, Cell, Place, Stretch


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows with their lines, and the broken lines between them. `last`: no row of it, and all rows of the next batch,
    begin behind this line. `place`: the rows after it can be read from here (lines up to `last` come again)."""

    lines: Sequence[int]
    cells: Sequence[Sequence[Cell]]
    broken: Sequence[Broken]
    last: int
    place: Place
    text: bool = False
    """See `Stretch`."""

    def __len__(self) -> int:
        return len(self.cells) + len(self.broken)


def batches(stretches: Iterable[Stretch], size: int, *, after: int = 0) -> Iterator[Batch]:
    """The rows that begin behind line `after`, in batches of `size`; broken lines do not count."""
    lines: list[int] = []
    cells: list[Sequence[Cell]] = []
    broken: list[Broken] = []
    place: Place | None = None
    text = True
    for stretch in stretches:
        place, text = stretch.place, text and stretch.text
        skip = sum(1 for line in stretch.lines if line <= after) if place.line <= after else 0
        lines.extend(stretch.lines[skip:])
        cells.extend(stretch.cells[skip:])
        broken.extend(b for b in stretch.broken if b.line > after)
        begin = 0
        while len(cells) - begin >= size:
            end = begin + size
            last = lines[end - 1]
            before = [b for b in broken if b.line < last]
            yield Batch(lines[begin:end], cells[begin:end], before, last, place, text)
            broken = [b for b in broken if b.line > last]
            begin = end
        if begin:
            del lines[:begin], cells[:begin]
        if len(broken) >= size:
            yield _rest(lines, cells, broken, place, text=text)
            lines, cells, broken = [], [], []
    if place is not None and (cells or broken):
        yield _rest(lines, cells, broken, place, text=text)


def _rest(
    lines: Sequence[int], cells: Sequence[Sequence[Cell]], broken: Sequence[Broken], place: Place, *, text: bool
) -> Batch:
    last = max(lines[-1] if lines else 0, broken[-1].line if broken else 0)
    return Batch(lines, cells, broken, last, place, text)
