"""Vectors and distances in whole numbers, against floating point and against the limits of 64 bits."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.places import FARTHEST
from engine.sphere import RADIUS, SCALE, most_squared, squared_chord, vector

degrees = st.integers(-180 * 10**9, 180 * 10**9)
points = st.builds(lambda north, east: f"{north / 2 / 10**9:.9f},{east / 10**9:.9f}", degrees, degrees)


@given(point=points)
def test_a_vector_is_the_unit_vector_to_the_nearest_whole_number(point: str) -> None:
    north, east = (radians(float(part)) for part in point.split(","))
    exact = (cos(north) * cos(east), cos(north) * sin(east), sin(north))
    for part, wanted in zip(vector(point), exact, strict=True):
        assert abs(part - wanted * SCALE) < 0.501


@given(one=points, other=points)
def test_no_square_leaves_64_bits(one: str, other: str) -> None:
    a, b = vector(one), vector(other)
    assert squared_chord(a, b) < 2**62 + 2**34
    assert all((p - q) ** 2 < 2**62 + 2**34 for p, q in zip(a, b, strict=True))


def test_the_other_side_of_the_earth_fits_as_well() -> None:
    assert squared_chord(vector("47.3769,8.5417"), vector("-47.3769,-171.4583")) < 2**62 + 2**34
    assert vector("0,180") == vector("0,-180") == (-SCALE, 0, 0)
    assert vector("90,13") == vector("90,0") == (0, 0, SCALE)


@given(one=points, metres=st.floats(0.5, 9_000_000), bearing=st.floats(0, 6.28))
def test_a_distance_is_right_to_about_a_centimetre(one: str, metres: float, bearing: float) -> None:
    # the great circle by the haversine of floating point, which is good to a millimetre here
    north, east = (radians(float(part)) for part in one.split(","))
    to_north, to_east = north + metres / 6.4e6 * cos(bearing), east + metres / 6.4e6 * sin(bearing)
    if abs(to_north) > 1.57 or abs(to_east) > 3.14:
        return
    other = f"{to_north * 57.29577951308232:.9f},{to_east * 57.29577951308232:.9f}"
    north, east = (radians(float(part)) for part in one.split(","))
    to_north, to_east = (radians(float(part)) for part in other.split(","))
    half = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    away = 2 * RADIUS * asin(min(1.0, sqrt(half)))
    chord = squared_chord(vector(one), vector(other))
    assert chord <= most_squared(int(away) + 30)
    assert away < 40 or chord > most_squared(int(away) - 30)


@pytest.mark.parametrize("distance", [1, 5, 1_000, 5_000_000, 10**10, FARTHEST])
def test_greater_distances_reach_farther(distance: int) -> None:
    assert most_squared(distance) <= most_squared(distance + 1) <= 2**62
    assert most_squared(distance) < most_squared(distance + 20)
