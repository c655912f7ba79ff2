"""Causes that are changes of a field."""

from __future__ import annotations

from dsl import model, tree
from dsl.bind.conditions import beside, fits_beside
from dsl.bind.context import Scope, anything, noun, origin
from dsl.bind.lookup import not_yet
from dsl.bind.values import value
from dsl.diagnostics import Label
from dsl.types import DateTime, Point, SetOf


def on_changing(scope: Scope, node: tree.OnChanging) -> model.OnChange | None:
    """`on FIELD changing [to VALUE]`, or None after a finding."""
    schema = scope.project.schema
    if node.field.text in schema.facts:
        not_yet(scope, tree.Later("later_changing", span=node.span))
        return None
    path = tree.Path(node.field, None, span=node.field.span)
    found = value(scope, path, anything if node.to is None else fits_beside(scope, node.to))
    if found is None:
        return None
    if not isinstance(found, model.FieldValue):
        scope.error(
            "K0220",
            f"`{node.field.text}` is no field of the contact",
            node.field.span,
            origin(scope, found),
            "only fields change; for a condition that becomes true say `when ..`",
        )
        return None
    if found.name == schema.key:
        scope.error("K0313", f"`{found.name}` never changes, it is the key of the contact", node.field.span, "the key")
        return None
    if node.to is None:
        return model.OnChange(found, None, span=node.span)
    to = None if isinstance(found.type, DateTime | Point | SetOf) else beside(scope, node.to, found)
    if isinstance(to, model.Const):
        return model.OnChange(found, to, span=node.span)
    if to is not None or isinstance(found.type, DateTime | Point | SetOf):
        what = "no fixed value" if to is not None else f"no value that {noun(found.type)} changes to"
        scope.error(
            "K0203",
            f"`{scope.text(node.to.span)}` is {what}",
            node.to.span,
            "a fixed value is expected",
            "for anything else say `when ..`",
            secondary=(Label(found.span, origin(scope, found)),),
        )
    return None
