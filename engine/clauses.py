"""The single clauses of a condition as one contact meets them: which hold, and which of them decided.

A clause decides where the answer of the whole would be the other one with it alone turned round: in an `and` that fails
the one clause that fails, in an `or` that holds the one that holds. Named segments and definitions are opened, since
they stand for their expression.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import cast

from dsl.model import (
    And,
    Condition,
    DefinedCondition,
    EventQuery,
    Everyone,
    InSegment,
    Model,
    Not,
    Or,
    Value,
)
from dsl.spans import Span
from engine.evaluation import nodes
from engine.interpret import Reader
from engine.records import Event


@dataclass(frozen=True, slots=True)
class Leaf:
    """A clause that has no clauses of its own: `span` are the author's words for it, with the `not` before it;
    `negated`: its answer is the opposite of its condition's."""

    condition: Condition
    span: Span
    negated: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause as somebody met it. `decides`: the whole would be the other way round without it."""

    leaf: Leaf
    holds: bool
    decides: bool
    event: Event | None = None


def leaves(condition: Condition, *, negated: bool = False, span: Span | None = None) -> Iterator[Leaf]:
    """The clauses that stand in this text, named segments and definitions as clauses of their own, in its order."""
    match condition:
        case Everyone():
            return
        case And(items=items) | Or(items=items):
            for item in items:
                yield from leaves(item, negated=negated)
        case Not(item=item):
            yield from leaves(item, negated=not negated, span=condition.span)
        case _:
            yield Leaf(condition, span or condition.span, negated)


def readings(
    reader: Reader,
    condition: Condition,
    event: Event | None = None,
    *,
    decides: bool = True,
    negated: bool = False,
    span: Span | None = None,
) -> Iterator[Reading]:
    """Every clause of a condition, those of what it names included, as this contact meets it."""

    def inner(
        item: Condition, *, decides: bool, negated: bool = negated, span: Span | None = None
    ) -> Iterator[Reading]:
        return readings(reader, item, event, decides=decides, negated=negated, span=span)

    match condition:
        case Everyone():
            return
        case And(items=items) | Or(items=items):
            held = [reader.holds(item, event) for item in items]
            odd = isinstance(condition, Or)  # what one item is enough for
            against = held.count(odd)
            for item, holds in zip(items, held, strict=True):
                yield from inner(item, decides=decides and (against == 0 or (against == 1 and holds == odd)))
        case Not(item=item):
            yield from inner(item, decides=decides, negated=not negated, span=condition.span)
        case _:
            own = Leaf(condition, span or condition.span, negated)
            yield Reading(own, reader.holds(condition, event) != negated, decides, event)
            named = opened(reader.setting.model, condition)
            if named is not None:
                yield from inner(named, decides=decides, negated=False)


def opened(model: Model, condition: Condition) -> Condition | None:
    """What a name stands for; None for what is no name."""
    match condition:
        case InSegment(segment=name):
            return model.segments[name].where
        case DefinedCondition(name=name):
            return model.defines[name].condition
        case _:
            return None


def responsible(reader: Reader, condition: Condition) -> Iterator[Reading]:
    """The clauses that made the answer what it is, in order of the text: of an `and` that fails those that fail, of an
    `or` that holds those that hold, otherwise all."""
    match condition:
        case And(items=items) | Or(items=items):
            held = [reader.holds(item) for item in items]
            odd = isinstance(condition, Or)
            for item, holds in zip(items, held, strict=True):
                if odd not in held or holds == odd:
                    yield from responsible(reader, item)
        case Not(item=And() | Or() as item):
            yield from responsible(reader, item)
        case Not(item=item):
            named = opened(reader.setting.model, item)
            if named is None:
                yield Reading(Leaf(item, condition.span, True), reader.holds(condition), True)
            else:
                yield from responsible(reader, named)
        case Everyone():
            return
        case _:
            named = opened(reader.setting.model, condition)
            if named is None:
                yield Reading(Leaf(condition, condition.span, False), reader.holds(condition), True)
            else:
                yield from responsible(reader, named)


def queries(node: Condition | Value) -> Iterator[EventQuery]:
    """The event queries of a clause or value, those of other blocks left out."""
    return (one for one in nodes(node) if isinstance(one, EventQuery))


def asking(node: Condition, old: EventQuery, new: EventQuery) -> Condition:
    """The clause with one of its event queries replaced by another."""
    return cast(Condition, _replaced(node, old, new))


def _replaced(node: object, old: EventQuery, new: EventQuery) -> object:
    if node is old:
        return new
    if isinstance(node, tuple):
        return tuple(_replaced(item, old, new) for item in node)
    if not is_dataclass(node) or isinstance(node, Span | type):
        return node
    return replace(node, **{f.name: _replaced(getattr(node, f.name), old, new) for f in fields(node) if f.init})


def filtered(reader: Reader, query: EventQuery) -> Iterator[Reading]:
    """The clauses of a query's `with (..)`, for each event of its type in its window."""
    if query.where is not None:
        for event in reader.matching(replace(query, where=None)):
            yield from readings(reader, query.where, event)
