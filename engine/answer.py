"""The answer of an evaluation as columns: sets and mappings are made when somebody asks for them.

A million contacts in forty sets take four gigabytes and longer to build than to find. An executor that has its answer
in columns gives `Evaluation` mappings that make a set at the first question for it, and count without making one.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from typing import Generic, TypeVar

Made = TypeVar("Made", bound=Collection[str])

CHUNK = 10_000
"""Rows that are turned into columns at a time."""


@dataclass(frozen=True, slots=True)
class Table:
    """An answer by columns: the first is text, the others are integers, none of them missing."""

    keys: Sequence[str]
    columns: Sequence[array[int]]


class NotWhole(OverflowError):
    """A number is no integer of 64 bits (SQLite goes on in floating point); `column` counts those after the key."""

    def __init__(self, column: int) -> None:
        super().__init__(column)
        self.column = column


def gathered(rows: Iterable[Sequence[object]], width: int) -> Table:
    """Rows as columns, `width` of them after the key; memory holds few rows at a time. Raises NotWhole."""
    keys: list[str] = []
    columns: list[array[int]] = [array("q") for _ in range(width)]
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        first, *others = zip(*chunk, strict=True)
        keys.extend(first)
        for n, (column, values) in enumerate(zip(columns, others, strict=True)):
            try:
                column.extend(values)
            except (TypeError, OverflowError) as error:
                raise NotWhole(n) from error
    return Table(keys, columns)


class Lazy(Mapping[str, Made], Generic[Made]):
    """A mapping whose values are made when they are first asked for, and kept. Equal to a plain one that holds the
    same. `counts` tells how many contacts a value speaks of, by what, without making it."""

    def __init__(
        self, names: Sequence[str], make: Callable[[str], Made], counts: Callable[[str], Mapping[str, int]]
    ) -> None:
        self._names = dict.fromkeys(names)
        self._make = make
        self._counts = counts
        self._made: dict[str, Made] = {}

    def __getitem__(self, name: str) -> Made:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return repr(dict(self))

    def counts(self, name: str) -> Mapping[str, int]:
        """Stage -> contacts in it; of members and points all of them, under the empty text."""
        return self._counts(name)


def count(held: Mapping[str, Collection[str]], name: str) -> int:
    """How many contacts `held[name]` speaks of: members of a segment, contacts with a score."""
    if isinstance(held, Lazy):
        return sum(held.counts(name).values())
    return len(held[name])


def stage_counts(stages: Mapping[str, Mapping[str, str]], score: str) -> Mapping[str, int]:
    """Stage -> how many contacts stand in it; stages in which nobody stands are left out."""
    if isinstance(stages, Lazy):
        return stages.counts(score)
    return Counter(stages[score].values())


class Words:
    """Small numbers of all contacts, packed by the executor into words of 64 bits: `words[n]` holds those of every
    contact, in the order of `keys`."""

    def __init__(self, keys: Sequence[str], words: Sequence[array[int]]) -> None:
        self._keys = keys
        self._words = words
        self._seen: dict[int, Counter[int]] = {}

    def members(self, word: int, shift: int) -> frozenset[str]:
        """The contacts that have a bit."""
        return frozenset(compress(self._keys, self.having(word, shift)))

    def having(self, word: int, shift: int) -> Iterator[int]:
        """For each contact something but 0 if it has the bit."""
        return map((1 << shift).__and__, self._words[word])

    def named(self, word: int, shift: int, width: int, names: Sequence[str]) -> dict[str, str]:
        """Contact -> name of its number, from 1; contacts whose number is 0 are left out."""
        mask = ((1 << width) - 1) << shift
        told = {n << shift: name for n, name in enumerate(names, start=1)}
        numbers = map(mask.__and__, self._words[word])
        return {key: told[number] for key, number in zip(self._keys, numbers, strict=True) if number}

    def counts(self, word: int, shift: int, width: int) -> Mapping[int, int]:
        """Number -> how many contacts have it; 0 is left out."""
        if word not in self._seen:
            self._seen[word] = Counter(self._words[word])  # contacts are many, different words are few
        found: Counter[int] = Counter()
        mask = (1 << width) - 1
        for held, times in self._seen[word].items():
            found[held >> shift & mask] += times
        del found[0]
        return found
