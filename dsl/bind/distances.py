"""Distances: `home within 5 km of (47.3769, 8.5417)`, and points that are written down."""

from __future__ import annotations

from decimal import Decimal

from dsl import model, tree
from dsl.bind.context import Scope, noun, origin
from dsl.bind.literals import digits_after_point
from dsl.bind.values import value
from dsl.places import DIGITS, FARTHEST, KILOMETRE, LATITUDE, LONGITUDE, METRE, point_text
from dsl.types import Numeric, Point, Type


def within_distance(scope: Scope, node: tree.WithinDistance) -> model.Condition | None:
    """The test, or None after a finding."""
    left = _point(scope, node.value)
    length = _length(scope, node.distance)
    right = spot(scope, node.place) if isinstance(node.place, tree.Spot) else _point(scope, node.place)
    if left is None or length is None or right is None:
        return None
    return model.WithinDistance(left, length, right, span=node.span)


def spot(scope: Scope, node: tree.Spot) -> model.Const | None:
    """A point that is written down, or None after a finding."""
    text = point(scope, node.latitude, node.longitude)
    return None if text is None else model.Const(text, Point(), span=node.span)


def point(scope: Scope, latitude: tree.Signed, longitude: tree.Signed) -> str | None:
    """The stored form of latitude and longitude, or None after a finding."""
    north, east = _degrees(scope, latitude), _degrees(scope, longitude)
    if north is None or east is None:
        return None
    if abs(north) > LATITUDE and abs(east) <= LATITUDE and abs(north) <= LONGITUDE:
        typed = f"({scope.text(longitude.span)}, {scope.text(latitude.span)})"
        says = f"if the two are exchanged: `{typed}`"
    else:
        says = f"latitude reaches from -{LATITUDE} to {LATITUDE}, longitude from -{LONGITUDE} to {LONGITUDE}"
    for degrees, most, what, node in (
        (north, LATITUDE, "latitude", latitude),
        (east, LONGITUDE, "longitude", longitude),
    ):
        if abs(degrees) > most:
            label = f"from -{most} to {most} is possible"
            scope.error("K0232", f"there is no {what} `{scope.text(node.span)}`", node.span, label, says)
            return None
    return point_text(north, east)


def _degrees(scope: Scope, node: tree.Signed) -> Decimal | None:
    if digits_after_point(node.number) > DIGITS:
        label = f"{DIGITS} digits after the point are kept"
        scope.error("K0223", f"`{scope.text(node.span)}` is finer than places are known", node.span, label)
        return None
    degrees = Decimal(node.number.text)
    return -degrees if node.minus else degrees


def _point(scope: Scope, node: tree.Expr) -> model.Value | None:
    def fits(kind: Type) -> bool:
        return isinstance(kind, Point)

    found = value(scope, node, fits)
    if found is None or isinstance(found.type, Point):
        return found
    typed = scope.text(node.span)
    says = "a point that is written down is `(47.3769, 8.5417)`: latitude, then longitude, in degrees"
    if isinstance(found.type, Numeric) and isinstance(node, tree.Path):
        says = "one field of type `point` holds both latitude and longitude: the import makes it of two columns"
    summary = f"a distance is between two points, `{typed}` is {noun(found.type)}"
    scope.error("K0203", summary, node.span, origin(scope, found), says)
    return None


def _length(scope: Scope, node: tree.Distance) -> int | None:
    """A distance in millimetres."""
    unit = KILOMETRE if node.unit.text == "km" else METRE
    length = Decimal(node.number.number.text) * unit
    typed = scope.text(node.span)
    if node.number.minus or length == 0:
        says = "a distance has no sign, and is more than nothing"
        scope.error("K0232", f"nothing lies within `{typed}`", node.number.span, "more than 0 is expected", says)
        return None
    if length != length.to_integral_value():
        scope.error("K0223", f"`{typed}` is finer than a millimetre", node.number.span, "whole millimetres are kept")
        return None
    if length > FARTHEST:
        says = "to ask whether a point is there at all say `is known`"
        scope.error("K0232", f"everything lies within `{typed}`", node.span, "20,000 km reaches round the earth", says)
        return None
    return int(length)
