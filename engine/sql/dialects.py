"""What differs between engines, one switch each with its reason. Everything else in this package is one body of code.

The ground rules that need no switch: integers only, no LIKE (case-insensitive on SQLite), no casts, no text order but
by code point, every test closed over missing values before it is combined, remainders and divisions of negatives only
where cutting toward zero is meant (all engines do that).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp


def _typed(a: exp.Expression, b: exp.Expression) -> exp.Expression:
    # sqlglot's IntDiv goes through REAL on SQLite, which has 53 bits; `/` of two integers is exact there
    return exp.Div(this=a, expression=b, typed=True)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The switches of one engine."""

    name: str
    divide: Callable[[exp.Expression, exp.Expression], exp.Expression]
    """Integer division, cut toward zero; operands are plain columns, literals, or in parentheses."""

    most_joins: int
    """How many tables one select may join; the rest goes into a further step."""


SQLITE = Dialect("sqlite", divide=_typed, most_joins=40)  # SQLite's hard limit is 64 tables in a join

DIALECTS = {d.name: d for d in (SQLITE,)}
"""All engines, by sqlglot's name."""
