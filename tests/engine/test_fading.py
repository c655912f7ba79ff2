from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.model import Duration, Fading
from dsl.types import POINT_UNIT
from engine.fading import step_of, weight_at, weights
from engine.instants import DAY, HOUR

HALVE_14 = Fading("halve", Duration(14, "day"))


def test_halving_is_exact_where_it_is_whole() -> None:
    assert weight_at(HALVE_14, 0) == POINT_UNIT
    assert weight_at(HALVE_14, 14 * DAY) == POINT_UNIT // 2
    assert weight_at(HALVE_14, 28 * DAY) == POINT_UNIT // 4
    assert weight_at(HALVE_14, 14 * DAY - 1) == weight_at(HALVE_14, 13 * DAY)


@given(st.integers(1, 40), st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_halving_is_the_floor_of_the_power(halving: int, k: int) -> None:
    """w = floor(2^(30 - k/H)) is w^H <= 2^(30H - k) < (w + 1)^H, in whole numbers."""
    weight = weight_at(Fading("halve", Duration(halving, "day")), k * (DAY if halving >= 3 else HOUR))
    h = halving if halving >= 3 else halving * 24
    power = Fraction(2) ** (30 * h - k)
    assert weight**h <= power < (weight + 1) ** h


def test_steps_are_hours_under_three_days() -> None:
    assert step_of(Fading("halve", Duration(71, "hour"))) == HOUR
    assert step_of(Fading("halve", Duration(72, "hour"))) == DAY
    assert step_of(Fading("forget", Duration(2, "day"))) == HOUR


def test_losing_goes_down_in_whole_periods_to_nothing() -> None:
    lose = Fading("lose", Duration(1, "week"), 30)
    assert weight_at(lose, 7 * DAY - 1) == POINT_UNIT
    assert weight_at(lose, 7 * DAY) == POINT_UNIT * 70 // 100
    assert weight_at(lose, 21 * DAY) == POINT_UNIT * 10 // 100
    assert weight_at(lose, 28 * DAY) == 0


def test_forgetting_is_all_or_nothing() -> None:
    forget = Fading("forget", Duration(30, "day"))
    assert weight_at(forget, 30 * DAY - 1) == POINT_UNIT
    assert weight_at(forget, 30 * DAY) == 0


def test_weights_never_rise() -> None:
    table = weights(HALVE_14)
    assert list(table) == sorted(table, reverse=True)
    assert weight_at(None, 900 * DAY) == POINT_UNIT
