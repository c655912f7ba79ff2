"""Who comes and who goes, as an invented example: somebody for whom a condition holds now and did not before, or the
other way round. Nobody of the store is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from dsl.model import And, Condition, Model, Not, OnWhen, Segment, Trigger
from dsl.schema import Schema
from engine.evaluation import depends_on_cause
from engine.interpret import Reader
from engine.invent import Inventor
from engine.review.change import Change
from engine.review.versions import Versions
from engine.sketch import Sketch

Side = Literal["comes", "goes"]

MOST = 20
"""So many people who fit are looked at for one side of one clause."""

TRIES = 1_500
"""So many looks at somebody are made for one side of one clause: a long condition that cannot be met has no end of
combinations."""

ALL_TRIES = 30_000
"""So many are made for all of a plan."""


@dataclass(frozen=True, slots=True)
class Region:
    """One side of a clause that changed. `what`, `name`: the block; `part`: "members" of a segment, or the clause;
    `somebody`: invented, and looked at with both versions by the interpreter."""

    what: str
    name: str
    part: str
    side: Side
    somebody: Sketch


def regions(
    changes: Sequence[Change], base: Model, head: Model, schema: Schema, time_zone: str, as_of: int
) -> Iterator[Region]:
    """An example for each side of each condition that changed, where one was found: who cannot be invented is left out,
    which does not mean that there is nobody."""
    versions = Versions(base, head, schema)
    inventor = _Bounded(versions.model, schema, time_zone, as_of)
    for change in changes:
        for part, old, new in _conditions(change):
            before = versions.of_base(old)
            if versions.alike(before, new) or depends_on_cause(old) or depends_on_cause(new):
                continue
            sides: tuple[tuple[Side, Condition, Condition], ...] = (("comes", new, before), ("goes", before, new))
            for side, inside, outside in sides:
                somebody = _between(inventor, inside, outside)
                if somebody is not None:
                    yield Region(change.what, change.name, part, side, somebody)


def _conditions(change: Change) -> Iterator[tuple[str, Condition, Condition]]:
    """The conditions that both versions of a block have."""
    match change.base, change.head:
        case Segment(where=old), Segment(where=new):
            yield "members", old, new
        case Trigger() as was, Trigger() as now:
            if isinstance(was.cause, OnWhen) and isinstance(now.cause, OnWhen):
                yield "when", was.cause.condition, now.cause.condition
            if was.where is not None and now.where is not None:
                yield "where", was.where, now.where
            if was.unless is not None and now.unless is not None:
                yield "unless", was.unless, now.unless


class _Enough(Exception):
    """All tries are made."""


class _Bounded(Inventor):
    """An inventor who stops."""

    def __init__(self, model: Model, schema: Schema, time_zone: str, as_of: int) -> None:
        super().__init__(model, schema, time_zone, as_of)
        self.tries = 0
        self.all_tries = 0

    def reader(self, sketch: Sketch) -> Reader:
        """See Inventor. Raises _Enough."""
        self.tries += 1
        self.all_tries += 1
        if self.tries > TRIES or self.all_tries > ALL_TRIES:
            raise _Enough
        return super().reader(sketch)


def _between(inventor: _Bounded, inside: Condition, outside: Condition) -> Sketch | None:
    """Somebody for whom the one holds and the other does not; the least that has to be said of them."""
    wanted = And((inside, Not(outside, span=outside.span)), span=inside.span)
    inventor.tries = 0
    found: list[Sketch] = []
    try:
        for one in islice(inventor.meeting(Sketch(), wanted, want=True), MOST):
            if inventor.holds(one, wanted):
                found.append(one)
    except _Enough:
        pass
    return min(found, key=lambda one: one.size, default=None)
