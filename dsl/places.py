"""Points on the earth as text, and distances in a stored form."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

DIGITS = 9
"""Digits that a degree keeps after its point: a tenth of a millimetre."""

LATITUDE, LONGITUDE = 90, 180
"""The greatest degrees, to both sides."""

KILOMETRE = 1_000_000
METRE = 1_000
"""In millimetres, the unit of distances."""

FARTHEST = 20_000 * KILOMETRE
"""The greatest distance that is asked for: hardly any two places lie farther from each other."""


def point_text(latitude: Decimal, longitude: Decimal) -> str | None:
    """The stored form of a point, `latitude,longitude` in degrees; None if it lies outside the earth.

    >>> point_text(Decimal("47.3700"), Decimal("-0.0"))
    '47.37,0'
    """
    if abs(latitude) > LATITUDE or abs(longitude) > LONGITUDE:
        return None
    return f"{_degrees(latitude)},{_degrees(longitude)}"


def _degrees(value: Decimal) -> str:
    kept = f"{value.quantize(Decimal(1).scaleb(-DIGITS), ROUND_HALF_EVEN):f}".rstrip("0").rstrip(".")
    return "0" if kept == "-0" else kept
