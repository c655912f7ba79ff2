"""Places on the sphere in whole numbers, so that every engine finds the same distance (LANGUAGE.md §8.9).

A point becomes the unit vector from the earth's centre, each part times 2^30 and rounded to a whole number. The
straight line (chord) between two points grows with the way along the sphere, so `within D` is a comparison of squared
chords: three differences, squared and added, against a constant. Parts differ by at most 2^31 and so do vectors (and a
unit or two for rounding), so no square and no sum passes 2^62 by more than a little: 64 bits hold everything.

The sphere has the mean radius of the earth, 6371.0088 km. A unit of a part is 5.9 mm, and rounding moves a point by up
to 5.2 mm. So a distance is right to about a centimetre on the sphere, up to 10,000 km; towards the other side of the
earth less so. The sphere itself differs from the flattened earth by up to half a percent.

Sines are reckoned in whole numbers too: a floating point library differs from machine to machine in the last digit.
"""

from __future__ import annotations

from functools import lru_cache

SCALE = 2**30
"""What the length of a unit vector is in stored form."""

RADIUS = 6_371_008_800
"""The mean radius of the earth in millimetres."""

PARTS = ("x", "y", "z")
Vector = tuple[int, int, int]

_BITS = 128
_ONE = 1 << _BITS
_PI = 3141592653589793238462643383279502884197169399375105820974944592 * _ONE // 10**63
_DEGREE = 10**9
"""Stored degrees have at most nine digits after the point (`dsl.places`)."""


@lru_cache(maxsize=100_000)
def vector(point: str) -> Vector:
    """The unit vector of a stored point, times SCALE.

    >>> vector("90,0"), vector("0,180")
    ((0, 0, 1073741824), (-1073741824, 0, 0))
    """
    latitude, longitude = (_radians(part) for part in point.split(","))
    level = _cosine(latitude)
    east, north = level * _cosine(longitude) >> _BITS, level * _sine(longitude) >> _BITS
    return _rounded(east), _rounded(north), _rounded(_sine(latitude))


def squared_chord(a: Vector, b: Vector) -> int:
    """The square of the straight line between two vectors."""
    return sum((p - q) * (p - q) for p, q in zip(a, b, strict=True))


@lru_cache(maxsize=10_000)
def most_squared(distance: int) -> int:
    """The greatest squared chord that lies within a distance along the sphere, in millimetres (not half round the
    earth): the chord is twice the sine of half the angle."""
    half = _sine(distance * _ONE // (2 * RADIUS))
    return 4 * SCALE * SCALE * half * half >> (2 * _BITS)


def _radians(degrees: str) -> int:
    whole, _, part = degrees.lstrip("-").partition(".")
    size = int(whole) * _DEGREE + int(part.ljust(9, "0"))
    angle = size * _PI // (180 * _DEGREE)
    return -angle if degrees.startswith("-") else angle


def _sine(angle: int) -> int:
    """The sine, with 128 bits after the point: its series, up to where the terms vanish."""
    size, total, n = abs(angle), 0, 1
    term = size
    while term:
        total += term if n % 4 == 1 else -term
        term = ((term * size >> _BITS) * size >> _BITS) // ((n + 1) * (n + 2))
        n += 2
    return total if angle >= 0 else -total


def _cosine(angle: int) -> int:
    return _sine(_PI // 2 - angle)


def _rounded(value: int) -> int:
    return (value * SCALE + _ONE // 2) >> _BITS
