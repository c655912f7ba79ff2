"""Arrays give the same answer as a loop over candidates in their order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.arbitration import UNLIMITED, Limit, arbitrate, taken_before

Draws = Sequence[Sequence[tuple[int | None, int]]]
"""For each limit, for each candidate: its unit or None, and its places."""


def in_turn(draws: Draws, size: int) -> tuple[list[bool], list[list[int]]]:
    """The reference: who is accepted, and for each limit how many of each one's unit were accepted before it."""
    used: list[dict[int, int]] = [{} for _ in draws]
    accepted: list[bool] = []
    before: list[list[int]] = [[] for _ in draws]
    for row in range(size):
        drawn = [(counts, *limit[row]) for counts, limit in zip(used, draws, strict=True)]
        for found, (counts, unit, _) in zip(before, drawn, strict=True):
            found.append(0 if unit is None else counts.get(unit, 0))
        fits = all(unit is None or counts.get(unit, 0) < places for counts, unit, places in drawn)
        accepted.append(fits)
        if fits:
            for counts, unit, _ in drawn:
                if unit is not None:
                    counts[unit] = counts.get(unit, 0) + 1
    return accepted, before


def limits_of(draws: Draws, units: int) -> list[Limit]:
    return [
        Limit(
            np.array([units if unit is None else unit for unit, _ in limit], dtype=np.intp),
            np.array([UNLIMITED if unit is None else places for unit, places in limit], dtype=np.intp),
            units,
        )
        for limit in draws
    ]


@st.composite
def arrays(draw: st.DrawFn) -> tuple[Draws, int, int]:
    """Few units and few places, so that everybody meets everybody; some limits only count some candidates."""
    size, units = draw(st.integers(0, 60)), draw(st.integers(1, 6))
    unit = st.one_of(st.none(), st.integers(0, units - 1))
    places = st.one_of(st.integers(-1, 4), st.just(UNLIMITED), st.integers(5, 40))
    one = st.lists(st.tuples(unit, places), min_size=size, max_size=size)
    return draw(st.lists(one, max_size=5)), size, units


@given(arrays(), st.integers(1, 70))
def test_arrays_answer_as_the_loop_does(given: tuple[Draws, int, int], block: int) -> None:
    draws, size, units = given
    limits = limits_of(draws, units)
    accepted, before = in_turn(draws, size)
    found = arbitrate(limits, size, block=block)
    assert found.tolist() == accepted
    everyone = np.arange(size, dtype=np.intp)
    assert [taken_before(limit, found, everyone).tolist() for limit in limits] == before


def test_a_chain_that_is_longer_than_the_rounds() -> None:
    """Each candidate has to know what became of the one before it: accepted, refused, accepted, .."""
    size = 300
    odd = [(row // 2, 1) for row in range(size)]
    even = [((row + 1) // 2, 1) for row in range(size)]
    draws: Draws = [odd, even]
    accepted, _ = in_turn(draws, size)
    assert accepted == [row % 2 == 0 for row in range(size)]
    assert arbitrate(limits_of(draws, size), size).tolist() == accepted


def test_a_loser_uses_no_room() -> None:
    one_place_in_all, own = [(0, 1)] * 3, [(0, 0), (1, 5), (2, 5)]
    assert arbitrate(limits_of([one_place_in_all, own], 3), 3).tolist() == [False, True, False]


def test_nobody_and_no_limit() -> None:
    assert arbitrate([], 3).tolist() == [True, True, True]
    assert arbitrate(limits_of([[]], 1), 0).tolist() == []
