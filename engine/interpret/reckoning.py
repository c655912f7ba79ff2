"""Arithmetic and aggregates: values made of values (LANGUAGE.md §4)."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.model import Aggregate, Arithmetic
from dsl.schema import Schema
from dsl.types import Numeric, Stored, Type
from engine.records import Event


def arithmetic(node: Arithmetic, left: Stored, right: Stored) -> Stored:
    """Exact, from left to right; missing if either side is."""
    if left is None or right is None:
        return None
    da, db, result = denominator(node.left.type), denominator(node.right.type), denominator(node.type)
    match node.op:
        case "times":
            return int(left) * int(right) * result // (da * db)
        case "plus":
            return int(left) * (result // da) + int(right) * (result // db)
        case "minus":
            return int(left) * (result // da) - int(right) * (result // db)


def aggregate(node: Aggregate, events: Sequence[Event], schema: Schema) -> Stored:
    """What the events of its query come to. Events whose property is missing are skipped. Over nothing number, sum and
    distinct are 0, the others are missing; averages are cut toward zero after 6 decimals (§4, Time)."""
    if node.kind == "number":
        return len(events)
    if node.property is None:  # the instant of the first or last event
        chosen = events[:1] if node.kind == "first" else events[-1:]
        return chosen[0].at if chosen else None
    values = [v for e in events if (v := event_property(e, node.property, schema)) is not None]
    numbers = [int(v) for v in values] if node.kind in ("sum", "average", "smallest", "largest") else []
    match node.kind:
        case "sum":
            return sum(numbers)
        case "distinct":
            return len(set(values))
        case "average" if numbers:
            own = denominator(schema.events[node.query.event].properties[node.property].type)
            total, parts = sum(numbers) * denominator(node.type), own * len(numbers)
            return total // parts if total >= 0 else -(-total // parts)
        case "smallest" if numbers:
            return min(numbers)
        case "largest" if numbers:
            return max(numbers)
        case "first":
            return values[0] if values else None
        case "last":
            return values[-1] if values else None
        case _:
            return None


def event_property(event: Event, name: str, schema: Schema) -> Stored:
    """`at` and `id` are the event's own instant and id unless the schema declares properties of these names."""
    if name in schema.events[event.type].properties:
        return event.properties.get(name)
    return event.at if name == "at" else event.id


def denominator(type_: Type) -> int:
    """Of what parts of one a number of the type is stored; 1 for what is not a number."""
    return type_.denominator if isinstance(type_, Numeric) else 1
