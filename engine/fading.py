"""Fading of score points as integer weights by age, equal on every engine (LANGUAGE.md §5, score).

Age is whole steps k of a day, or of an hour where the fading's duration is under three days. The weight of a point
is an integer in units of 2^-30:

* `halve every H`: floor(2^30 * 2^(-k/H)), H in the same steps;
* `lose P % .. every D`: floor(2^30 * max(0, 100 - P*m) / 100), m whole periods D in the age;
* `forget after D`: 2^30 before the age D, 0 from then on.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Context, Decimal
from functools import lru_cache

from dsl.model import Fading
from dsl.types import POINT_UNIT
from engine.instants import DAY, HOUR

_PRECISE = Context(prec=120)
_CLEAR = Decimal("1e-80")


def step_of(fading: Fading) -> int:
    """Microseconds of one step of age."""
    return HOUR if _micros(fading) < 3 * DAY else DAY


@lru_cache(maxsize=256)
def weights(fading: Fading) -> tuple[int, ...]:
    """Weights for k = 0, 1, 2, ..; from the end of the tuple on the weight is 0."""
    step = step_of(fading)
    period = _micros(fading)
    if fading.kind == "halve":
        return _halving(period // step)
    found: list[int] = []
    k = 0
    while (weight := _weight(fading, k, step, period)) > 0:
        found.append(weight)
        k += 1
    return tuple(found)


def weight_at(fading: Fading | None, age: int) -> int:
    """The weight of a point that is `age` microseconds old (never negative); without fading always the whole."""
    if fading is None:
        return POINT_UNIT
    table = weights(fading)
    k = age // step_of(fading)
    return table[k] if k < len(table) else 0


def _micros(fading: Fading) -> int:
    micros = fading.duration.micros()
    if micros is None:
        raise ValueError("fading is in hours, days or weeks")
    return micros


def _weight(fading: Fading, k: int, step: int, period: int) -> int:
    if fading.kind == "lose":
        return POINT_UNIT * max(0, 100 - fading.percent * (k * step // period)) // 100
    return POINT_UNIT if k * step < period else 0


def _halving(halving: int) -> tuple[int, ...]:
    """floor(2^(30 - k/H)) for every k until it is 0, exactly.

    With k = q*H + r the weight is floor(2^(30 - q) * 2^(-r/H)): H powers, made by multiplying, and shifts. 120 digits
    leave no doubt about the floor: for r > 0 the value is irrational, and its fraction is far from 0 and 1 at this
    precision (asserted at its finest, 2^30).
    """
    factor = _PRECISE.power(Decimal(2), _PRECISE.divide(Decimal(-1), Decimal(halving)))
    value = Decimal(POINT_UNIT)
    first: list[int] = []
    for r in range(halving):
        whole = int(value.to_integral_value(ROUND_FLOOR))
        assert r == 0 or _CLEAR < value - whole < 1 - _CLEAR, "precision of the fading table"
        first.append(whole)
        value = _PRECISE.multiply(value, factor)
    # halving a floor and taking the floor again is the floor of the whole
    return tuple(weight >> q for q in range(31) for weight in first if weight >> q)
