"""Causes that are changes of a field, or of a fact."""

from __future__ import annotations

from dsl import model, tree
from dsl.bind.conditions import beside, fits_beside
from dsl.bind.context import Scope, anything, noun, origin
from dsl.bind.values import value
from dsl.diagnostics import Label
from dsl.names import listed
from dsl.types import DateTime, Point, SetOf


def on_changing(scope: Scope, node: tree.OnChanging) -> model.OnChange | None:
    """`on FIELD changing [to VALUE]`, or None after a finding."""
    schema = scope.project.schema
    typed = scope.text(node.of.span)
    if node.of.second is None and node.of.first.text in schema.facts:
        columns = schema.facts[node.of.first.text].columns
        scope.error(
            "K0220",
            f"`{typed}` is a fact table, and does not say what of it changes",
            node.of.span,
            "which column?",
            f"say {listed([f'`on {typed}.{name} changing`' for name in columns][:5])}",
        )
        return None
    found = value(scope, node.of, anything if node.to is None else fits_beside(scope, node.to))
    if found is None:
        return None
    if not isinstance(found, model.FieldValue | model.FactValue):
        scope.error(
            "K0220",
            f"`{typed}` is no field of the contact",
            node.of.span,
            origin(scope, found),
            "only fields and columns of fact tables change; for a condition that becomes true say `when ..`",
        )
        return None
    if isinstance(found, model.FieldValue) and found.name == schema.key:
        scope.error("K0313", f"`{found.name}` never changes, it is the key of the contact", node.of.span, "the key")
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
