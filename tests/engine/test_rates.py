"""The arithmetic of rates: exact, and said in people's words."""

from __future__ import annotations

import doctest
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.project_values import share_of
from engine import rates
from engine.rates import MILLION, passes, share_shown


def test_doctests() -> None:
    assert doctest.testmod(rates).failed == 0


@given(st.integers(2, 10_000), st.integers(1, 10_000), st.integers(1, MILLION - 1))
def test_a_limit_is_passed_by_more_than_it(reports: int, sent: int, limit: int) -> None:
    assert passes(reports, sent, limit) == (Fraction(reports, sent) > Fraction(limit, MILLION))


@given(st.integers(1, MILLION - 1))
def test_a_share_is_read_as_it_is_shown(share: int) -> None:
    assert share_of(f"{share_shown(share)} %") == share


@pytest.mark.parametrize("text", ["0 %", "100 %", "5", "5 percent", "0.00001 %", "-1 %", "1,5 %", "%"])
def test_what_is_no_share(text: str) -> None:
    assert share_of(text) is None
