"""The last select of an evaluation: flags and stages packed into few whole numbers.

An answer has a column for each segment, condition, stage and score, and a row for each contact. As they are, most of
an evaluation's time goes into making objects of Python of them (a million contacts with forty columns: forty million).
A flag is one bit of a word, a stage as many as its number needs, and points are 0 where the bit says that there are
none, so that every column but the key is an integer that is never missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import compress

from sqlglot import exp

from engine.answer import Lazy, Table, Words
from engine.classes import Tiers
from engine.evaluation import Evaluation
from engine.plan_types import ScorePlan
from engine.sql.build import case, compared, flag, known, named, number, or_zero, times
from engine.sql.context import Column, Context

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


def packing_of(outputs: Sequence[Column], context: Context) -> Packing:
    """A place for each output, words filled one after the other."""
    places: dict[Column, Place] = {}
    scores: list[str] = []
    stages: dict[str, tuple[str, ...]] = {}
    word, free = 0, 0
    for column in outputs:
        kind, name = column
        if kind == "flip":
            continue
        width = 1
        if kind == "points":
            scores.append(name)
        elif kind == "stage":
            definition = context.definitions["score", name]
            assert isinstance(definition, ScorePlan)
            stages[name] = tuple(step.name for step in definition.stages)
            width = len(stages[name]).bit_length()
        if free + width > BITS:
            word, free = word + 1, 0
        places[column] = Place(word, free, width)
        free += width
    return Packing(places, word + 1, tuple(scores), stages, ("flip", "") in outputs)


def packed(packing: Packing, context: Context) -> Iterator[exp.Expression]:
    """The columns after the key."""
    words: dict[int, list[exp.Expression]] = {n: [] for n in range(packing.words)}
    for (kind, name), place in packing.places.items():
        held: exp.Expression = context.column(kind, name)
        if kind == "points":
            held = flag(known(held))
        elif kind == "stage":
            constant = context.parameters.constant
            branches = [
                (compared("=", held.copy(), constant(stage)), number(n))
                for n, stage in enumerate(packing.stages[name], start=1)
            ]
            held = case(*branches, default=number(0))
        words[place.word].append(times(held, 1 << place.shift))
    for n, parts in words.items():
        yield named(reduce(lambda a, b: exp.Add(this=a, expression=b), parts or [number(0)]), f"word {n + 1}")
    for name in packing.scores:
        yield named(or_zero(context.column("points", name)), f"points {name}")
    if packing.flips:
        near = compared("<=", context.column("flip", ""), context.parameters.horizon())
        yield named(case((near, context.column("flip", "")), default=number(0)), "flip")


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
