"""The last select of an evaluation, which packs its answers (`engine.sql.packing`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

from sqlglot import exp

from engine.plan_types import ScorePlan
from engine.sql.build import case, compared, flag, known, named, number, or_zero, times
from engine.sql.context import Context
from engine.sql.names import Column
from engine.sql.packing import BITS, Packing, Place


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
