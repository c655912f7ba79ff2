"""Two numbers that meet: their common type, and what arithmetic makes of them."""

from __future__ import annotations

from math import lcm

from dsl import model, tree
from dsl.bind.context import Scope, origin
from dsl.diagnostics import Label
from dsl.types import Numeric

FINEST = 10**13
"""The smallest fraction in which arithmetic is reckoned exactly inside 64 bits."""


def common_type(a: Numeric, b: Numeric) -> Numeric | None:
    """The type of either of two numbers; None for two currencies."""
    if a.currency and b.currency and a.currency != b.currency:
        return None
    denominator, currency = lcm(a.denominator, b.denominator), a.currency or b.currency
    points = "points" in (a.kind, b.kind)
    kind = "money" if currency else "points" if points else "decimal" if denominator > 1 else "number"
    return Numeric(kind, denominator, currency)


def combine(scope: Scope, left: model.Value, word: tree.Word, right: model.Value) -> model.Value | None:
    """Two numbers with `plus`, `minus` or `times` between them; None after a finding."""
    if not isinstance(left.type, Numeric) or not isinstance(right.type, Numeric):
        return None
    a, b = left.type, right.type
    if a.currency and b.currency and (a.currency != b.currency or word.text == "times"):
        what = "money and money cannot be multiplied"
        if a.currency != b.currency:
            what = f"amounts in {a.currency} and in {b.currency} cannot be reckoned together"
        scope.error("K0203", what, word.span, "", secondary=_sides(scope, left, right))
        return None
    denominator = a.denominator * b.denominator if word.text == "times" else lcm(a.denominator, b.denominator)
    if denominator > FINEST:
        scope.error(
            "K0229",
            "this would be too fine to reckon exactly",
            word.span,
            "too many digits after the point",
            secondary=_sides(scope, left, right),
        )
        return None
    currency = a.currency or b.currency
    points = "points" in (a.kind, b.kind)
    kind = "money" if currency else "points" if points else "decimal" if denominator > 1 else "number"
    span = left.span.to(right.span)
    match word.text:
        case "plus" | "minus" | "times" as op:
            return model.Arithmetic(op, left, right, Numeric(kind, denominator, currency), span=span)
    raise AssertionError(word.text)


def _sides(scope: Scope, left: model.Value, right: model.Value) -> tuple[Label, ...]:
    return Label(left.span, origin(scope, left)), Label(right.span, origin(scope, right))
