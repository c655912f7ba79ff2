"""Batches that wait to be stored together.

Files are in order of time, the table of events in order of contacts: a batch changes nearly as many pages of the table
as it has rows, once the table is much larger than the batch. Rows that are stored together, in the order of the table,
change each page once. So the more is there already, the more is gathered, within fixed bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from adapters.importing.batches import Batch
from adapters.importing.rows import Fitting, Good, Table, Wrong
from dsl.types import Stored

MOST = 6
"""Batches that wait at most."""

SHARE = 8
"""One in so many of the rows that were read so far may wait."""


def room(rows: int, batch: int) -> int:
    """How many rows are stored together, where so many were read so far; `batch`: rows of a batch.

    >>> room(50_000, 50_000), room(500_000, 50_000), room(20_000_000, 50_000)
    (50000, 50000, 300000)
    """
    return batch * max(1, min(MOST, rows // (SHARE * batch)))


@dataclass(slots=True)
class Waiting:
    """Batches that are read and judged, and not stored yet."""

    good: list[Fitting] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """The lines of the rows, where they were asked for."""
    last: Batch | None = None
    rows: int = 0
    """All rows of these batches, those that do not fit among them."""

    def add(self, batch: Batch, good: Fitting, wrong: Sequence[Wrong], *, lines: bool) -> None:
        """One more batch. `lines`: remember which lines it has."""
        self.good.append(good)
        self.wrong += wrong
        self.rows += len(batch)
        if lines:
            self.lines += batch.lines
        self.last = batch

    def fitting(self) -> Fitting:
        """The rows of all batches."""
        return self.good[0] if len(self.good) == 1 else Together(tuple(self.good))


@dataclass(frozen=True, slots=True)
class Together:
    """The rows of several batches; see `Fitting`."""

    parts: Sequence[Fitting]

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    @property
    def findings(self) -> Sequence[Wrong]:
        """See `Fitting`."""
        return [finding for part in self.parts for finding in part.findings]

    def known(self, slot: str) -> Sequence[Stored]:
        """See `Fitting`."""
        return list(chain.from_iterable(part.known(slot) for part in self.parts))

    def has(self, slot: str) -> bool:
        """See `Fitting`."""
        return all(part.has(slot) for part in self.parts)

    def full(self, slot: str) -> bool:
        """See `Fitting`."""
        return all(part.full(slot) for part in self.parts)

    def goods(self) -> Sequence[Good]:
        """See `Fitting`."""
        return [row for part in self.parts for row in part.goods()]


def bare(good: Fitting) -> Fitting:
    """The same rows without their cells as they stand in the file, which take most of the memory."""
    return good.bare() if isinstance(good, Table) else good
