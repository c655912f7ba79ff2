"""How many people each clause of a segment lets through, and which clause alone keeps most people out.

Counted by the executor at hand: a segment that is the first clauses of another, or all of them but one, is a segment
like any other. So the model gets some more of them, under names that nobody can write, and nothing else is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dsl.model import And, Condition, Everyone, Model, Segment
from dsl.spans import Span
from engine.answer import count
from engine.clauses import opened
from engine.evaluation import Executor, Memory, Named, Scope


@dataclass(frozen=True, slots=True)
class Step:
    """One clause. Counts of people: for whom it holds by itself; who are left after it and those before it; whom it
    alone keeps out (everything else holds for them)."""

    span: Span
    alone: int
    left: int
    kept_out: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """A segment's clauses in the order of the text. `contacts`: all there are; `members`: who is in."""

    segment: str
    contacts: int
    members: int
    steps: tuple[Step, ...]

    @property
    def narrowest(self) -> Step | None:
        """The clause that alone keeps most people out; of several the first. None: none keeps anybody out alone."""
        most = max(self.steps, key=lambda step: step.kept_out, default=None)
        return most if most is not None and most.kept_out else None


def clauses_of(model: Model, segment: str) -> tuple[Condition, ...]:
    """The parts of the outermost `and` of a segment; where it is nothing but a name, of what that stands for."""
    condition = model.segments[segment].where
    while (named := opened(model, condition)) is not None:
        condition = named
    return condition.items if isinstance(condition, And) else (condition,)


def asked(model: Model, segment: str) -> Model:
    """The model with a segment for each question."""
    whole = model.segments[segment]
    made = {name: Segment(name, whole.span, where=where) for name, where in _questions(model, segment)}
    return replace(model, segments={**model.segments, **made}, order=(*model.order, *made))


def counted(model: Model, segment: str, executor: Executor, as_of: int, memory: Memory) -> Funnel:
    """The funnel. `executor` is over `asked(model, segment)`."""
    names = [name for name, _ in _questions(model, segment)]
    only: frozenset[Named] = frozenset(("segment", name) for name in (segment, *names))
    found = executor.evaluate(as_of, memory, Scope(only=only))
    members = count(found.segments, segment)
    steps = tuple(
        Step(
            clause.span,
            alone=count(found.segments, _alone(number)),
            left=count(found.segments, _first(number)),
            kept_out=count(found.segments, _without(number)) - members,
        )
        for number, clause in enumerate(clauses_of(model, segment), start=1)
    )
    return Funnel(segment, len(found.contacts), members, steps)


def _questions(model: Model, segment: str) -> Iterator[tuple[str, Condition]]:
    clauses = clauses_of(model, segment)
    span = model.segments[segment].where.span
    for number, clause in enumerate(clauses, start=1):
        others = (*clauses[: number - 1], *clauses[number:])
        yield _alone(number), clause
        yield _first(number), _all_of(clauses[:number], span)
        yield _without(number), _all_of(others, span)


def _all_of(items: tuple[Condition, ...], span: Span) -> Condition:
    match items:
        case ():
            return Everyone(span=span)
        case (one,):
            return one
        case _:
            return And(items, span=span)


def _alone(number: int) -> str:
    return f"clause {number}"


def _first(number: int) -> str:
    return f"up to clause {number}"


def _without(number: int) -> str:
    return f"without clause {number}"
