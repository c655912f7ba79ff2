"""The answer of an evaluation as it comes: flags and stages packed into few whole numbers (`engine.sql.packed` packs).

An answer has a column for each segment, condition, stage and score, and a row for each contact. As they are, most of
an evaluation's time goes into making objects of Python of them (a million contacts with forty columns: forty million).
A flag is one bit of a word, a stage as many as its number needs, and points are 0 where the bit says that there are
none, so that every column but the key is an integer that is never missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress

from engine.answer import Lazy, Table, Words
from engine.classes import Tiers
from engine.evaluation import Evaluation
from engine.sql.names import Column

BITS = 62
"""Bits of a word that are used: whatever is added up there stays inside of 64 bits with a sign."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a packed number lies."""

    word: int
    shift: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Packing:
    """Where each output lies: after the key come `words` packed columns, then the points of `scores`, then flips."""

    places: Mapping[Column, Place]
    words: int
    scores: tuple[str, ...]
    stages: Mapping[str, tuple[str, ...]]
    """The names of the stages of a score, in their order."""
    flips: bool = False

    @property
    def width(self) -> int:
        """How many columns come after the key."""
        return self.words + len(self.scores) + self.flips


def unpacked(packing: Packing, table: Table, as_of: int, tiers: Tiers) -> Evaluation:
    """The answer, over the columns as they came."""
    words = Words(table.keys, table.columns[: packing.words])
    points = dict(zip(packing.scores, table.columns[packing.words : packing.words + len(packing.scores)], strict=True))
    flips = (
        dict(compress(zip(table.keys, table.columns[-1], strict=True), table.columns[-1])) if packing.flips else None
    )

    def flags(*kinds: str) -> Lazy[frozenset[str]]:
        held = {name: place for (kind, name), place in packing.places.items() if kind in kinds}
        return Lazy(
            list(held),
            lambda name: words.members(held[name].word, held[name].shift),
            lambda name: {"": words.counts(held[name].word, held[name].shift, 1).get(1, 0)},
        )

    def of_score(name: str) -> Mapping[str, int]:
        place = packing.places["points", name]
        having = words.having(place.word, place.shift)
        return dict(compress(zip(table.keys, points[name], strict=True), having))

    def with_score(name: str) -> Mapping[str, int]:
        place = packing.places["points", name]
        return {"": words.counts(place.word, place.shift, 1).get(1, 0)}

    def standing(name: str) -> Mapping[str, str]:
        place = packing.places.get(("stage", name))
        return {} if place is None else words.named(place.word, place.shift, place.width, packing.stages[name])

    def in_stages(name: str) -> Mapping[str, int]:
        place = packing.places.get(("stage", name))
        found = {} if place is None else words.counts(place.word, place.shift, place.width)
        return {packing.stages[name][n - 1]: times for n, times in found.items()}

    return Evaluation(
        as_of,
        frozenset(table.keys),
        flags("segment"),
        Lazy(packing.scores, of_score, with_score),
        Lazy(packing.scores, standing, in_stages),
        flags("condition", "alone"),
        tiers,
        flips,
    )
