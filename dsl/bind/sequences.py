"""Events in relation to each other: `then`, `without`, `of the same PROPERTY`, `within D of`."""

from __future__ import annotations

from dsl import model, tree
from dsl.bind.aggregates import event_query
from dsl.bind.context import Scope, declared_at, noun, origin
from dsl.bind.lookup import property_named
from dsl.bind.times import duration
from dsl.bind.values import value
from dsl.diagnostics import Label
from dsl.schema import Field
from dsl.types import Date, DateTime, Numeric, OneOf


def followed(scope: Scope, node: tree.DidThen | tree.DidWithout) -> model.Condition | None:
    """`did A then B within D`, `did A without B within D`; with `not` their exact complements."""
    first = event_query(scope, node.first, node.window)
    second = event_query(scope, node.second, None)
    within = elapsed(scope, node.within)
    same, sound = (None, True) if node.same is None else _same(scope, node, node.same)
    if first is None or second is None or within is None or not sound:
        return None
    kind = "then" if isinstance(node, tree.DidThen) else "without"
    found = model.Followed(kind, first, second, within, same, span=node.span)  # type: ignore[arg-type]  # one of its two kinds
    return found if node.negated is None else model.Not(found, span=node.span)


def did_within(scope: Scope, node: tree.DidWithin) -> model.Condition | None:
    """`did E within D of FIELD` or `of first EVENT`: bound as a filter of the query."""
    query = event_query(scope, node.event, node.window)
    anchor = value(scope, node.anchor, lambda kind: isinstance(kind, DateTime))
    within = elapsed(scope, node.within)
    if anchor is not None and not isinstance(anchor.type, DateTime):
        help_ = "a date has no instant; declare the field as `datetime`" if isinstance(anchor.type, Date) else ""
        scope.error(
            "K0203",
            f"`within` counts from an instant, `{scope.text(node.anchor.span)}` is {noun(anchor.type)}",
            node.anchor.span,
            origin(scope, anchor),
            *([help_] if help_ else ["name a field of type `datetime`, or say `of first EVENT`"]),
        )
        return None
    if query is None or anchor is None or within is None:
        return None
    near: model.Condition = model.WithinOf(anchor, within, span=node.span)
    if query.where is not None:
        near = model.And((query.where, near), span=node.span)
    query = model.EventQuery(query.event, near, query.window, span=query.span)
    found = model.Did(query, ">=", 1, span=node.span)
    return found if node.negated is None else model.Not(found, span=node.span)


def elapsed(scope: Scope, node: tree.Duration) -> model.Duration | None:
    """A duration that is the same from every instant: minutes, hours, days or weeks."""
    found = duration(scope, node)
    if found is None:
        return None
    if found.micros() is None:
        meant = {"month": 30, "year": 365}.get(found.unit, 1) * found.amount
        scope.error(
            "K0227",
            f"`within` counts elapsed time from an instant, not in {found.unit}s",
            node.span,
            "minutes, hours, days or weeks",
            f"say for example `{meant} days`",
        )
        return None
    return found


def _same(scope: Scope, node: tree.DidThen | tree.DidWithout, name: tree.Name) -> tuple[str | None, bool]:
    """The property that both events must share, with types whose values can be equal."""
    events = scope.project.schema.events
    found: list[Field] = []
    for one in (node.first, node.second):
        event = events.get(one.name.text)
        if event is None:
            return None, False
        held = property_named(scope, event, name)
        if held is None:
            return None, False
        found.append(held)
    a, b = found
    if not _alike(a, b):
        scope.error(
            "K0203",
            f"`{name.text}` of `{node.first.name.text}` is {noun(a.type)}, of `{node.second.name.text}` {noun(b.type)}",
            name.span,
            "one type in both events is needed",
            secondary=(
                Label(node.first.span, declared_at(a)),
                Label(node.second.span, declared_at(b)),
            ),
        )
        return None, False
    return name.text, True


def _alike(a: Field, b: Field) -> bool:
    match a.type, b.type:
        case Numeric(denominator=m, currency=x), Numeric(denominator=n, currency=y):
            return m == n and x == y
        case OneOf(members=m), OneOf(members=n):
            return bool(set(m) & set(n))
    return type(a.type) is type(b.type)
