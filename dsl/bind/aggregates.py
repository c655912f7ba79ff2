"""Which events are meant, and what they come to."""

from __future__ import annotations

from typing import Literal

from dsl import model, tree
from dsl.bind.context import Scope, noun
from dsl.bind.lookup import event_named, property_named
from dsl.bind.times import window
from dsl.schema import EventType, Field
from dsl.types import NUMBER, Date, DateTime, Numeric, Type

AVERAGE = 10**6


def event_query(scope: Scope, node: tree.Event, window_node: tree.Window | None) -> model.EventQuery | None:
    """Which events are meant, or None after a finding."""
    from dsl.bind.conditions import condition

    event = event_named(scope, node.name, after_did=True)
    sound, bound = window(scope, window_node)
    if event is None:
        return None
    where = None if node.where is None else condition(scope.inside(event), node.where)
    if not sound or (where is None and node.where is not None):
        return None
    return model.EventQuery(event.name, where, bound, span=node.span)


def aggregate(scope: Scope, node: tree.Aggregate) -> model.Value | None:
    """`sum of`, `average of`, `smallest of`, `largest of`, `distinct of`; None after a finding."""
    query = event_query(scope, tree.Event(node.event, node.where, span=node.span), node.window)
    event = scope.project.schema.events.get(node.event.text)
    if event is None:
        return None
    kind = node.kind.text
    numeric = kind in ("sum", "average")

    def fits(type_: Type) -> bool:
        if numeric:
            return isinstance(type_, Numeric)
        return kind == "distinct" or isinstance(type_, Numeric | Date | DateTime)

    found = property_named(scope, event, node.property, fits)
    if found is None or query is None:
        return None
    if not fits(found.type):
        _unfit_property(scope, node, event, found, numeric=numeric)
        return None
    match kind:
        case "sum" | "smallest" | "largest":
            return model.Aggregate(kind, query, found.name, found.type, span=node.span)
        case "average" if isinstance(found.type, Numeric):
            money = found.type.currency is not None
            type_ = Numeric("money" if money else "decimal", AVERAGE, found.type.currency)
            return model.Aggregate("average", query, found.name, type_, span=node.span)
    return model.Aggregate("distinct", query, found.name, NUMBER, span=node.span)


def nth_property(scope: Scope, node: tree.NthProperty) -> model.Value | None:
    """`first E.PROPERTY`, `last E.PROPERTY`; None after a finding."""
    query = event_query(scope, tree.Event(node.event, node.where, span=node.span), None)
    event = scope.project.schema.events.get(node.event.text)
    if event is None:
        return None
    found = property_named(scope, event, node.property)
    if found is None or query is None:
        return None
    kind: Literal["first", "last"] = "first" if node.kind.text == "first" else "last"
    return model.Aggregate(kind, query, found.name, found.type, span=node.span)


def _unfit_property(scope: Scope, node: tree.Aggregate, event: EventType, found: Field, *, numeric: bool) -> None:
    others = [n for n, p in event.properties.items() if isinstance(p.type, Numeric)]
    help_ = [f"did you mean `{event.name}.{others[0]}`?"] if len(others) == 1 else []
    if isinstance(found.type, Date | DateTime) and numeric:
        help_.append("dates have a `smallest` and a `largest`")
    else:
        help_.append(f"different values are counted by `distinct of {event.name}.{found.name}`")
    scope.error(
        "K0228",
        f"the {node.kind.text} of `{found.name}` cannot be taken, it is {noun(found.type)}",
        node.property.span,
        noun(found.type),
        *help_,
    )
