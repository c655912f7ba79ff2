"""Who of many candidates finds room under several limits, exactly as if each came in its turn.

A limit is what a cap is at one instant: each candidate draws on one unit of it (a contact, those who share a value,
everybody) or on none, and finds room as long as fewer of its unit have been accepted before it than it has places. A
candidate is accepted if all its limits have room; then it uses one place of each. One that loses uses none.

The candidates go through in blocks, in their order. All of a block for whom there is room even if everybody else of
the block were accepted are accepted in one step of arrays; only units that run full inside the block are counted
candidate by candidate, in rounds: who has room even if all undecided ones before it are accepted is in, who has none
even if they are refused is out. The first undecided one is always one or the other.

What is a number of free places: every rolling, calendar and total limit, room that is kept (fewer places for lower
priorities), a gap (one place, or none), the units of households, `where` (no limit, yet it counts), and "one way for
each run" of `else`. What is none, and is decided in turn by `engine.decide`: `again` between runs of one tick (it asks
for the distance of their causes), and offers of a group, where a later one gives back what an earlier one had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.intp]
Flags = NDArray[np.bool_]

UNLIMITED = int(np.iinfo(np.int32).max)
"""Places of a candidate that a limit counts and does not stop."""

BLOCK = 1 << 15
"""How many candidates are looked at together: enough that a step is long, few enough that its tables stay at hand."""

ROUNDS = 24
"""After so many rounds the undecided ones of a block are gone through one by one: chains as long as this have no width
left that arrays could use."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit over all candidates, in their order: the unit of each (0 to `units` - 1, or `units` for none), and how
    many places the unit has for it (`UNLIMITED` where it only counts, and where it draws on none)."""

    unit: Numbers
    places: Numbers
    units: int


def arbitrate(limits: Sequence[Limit], size: int, *, block: int = BLOCK) -> Flags:
    """Which of `size` candidates are accepted. The order of the arrays is the order of the candidates; the answer does
    not depend on `block`."""
    accepted: Flags = np.zeros(size, dtype=np.bool_)
    taken = [np.zeros(limit.units + 1, dtype=np.intp) for limit in limits]
    for start in range(0, size, block):
        end = min(start + block, size)
        accepted[start:end] = _block(limits, taken, start, end)
    return accepted


def _block(limits: Sequence[Limit], taken: Sequence[Numbers], start: int, end: int) -> Flags:
    """Decide the candidates from `start` to `end`, and count the accepted ones."""
    alive: Flags = np.ones(end - start, dtype=np.bool_)
    for limit, used in zip(limits, taken, strict=True):
        alive &= used[limit.unit[start:end]] < limit.places[start:end]
    rows = np.flatnonzero(alive)
    if not rows.size:
        return alive
    tight: Flags = np.zeros(rows.size, dtype=np.bool_)
    drawn: list[_Drawn] = []
    for limit, used in zip(limits, taken, strict=True):
        unit, places = limit.unit[start:end][rows], limit.places[start:end][rows]
        free = places - used[unit]
        np.add.at(used, unit, 1)
        short = used[unit] > places
        if short.any():
            tight |= short
            drawn.append(_Drawn.of(unit, free, short, limit.units))
    if drawn:
        refused = ~_contest(drawn, tight)
        for limit, used in zip(limits, taken, strict=True):
            np.subtract.at(used, limit.unit[start:end][rows[refused]], 1)
        alive[rows[refused]] = False
    return alive


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A limit some of whose units run full in a block: the rows that draw on one of those, unit by unit and in their
    order within each, with the places that were free when the block began."""

    rows: Numbers
    free: Numbers
    first: Numbers
    """For each of `rows` where its unit begins in them."""

    @classmethod
    def of(cls, unit: Numbers, free: Numbers, short: Flags, units: int) -> _Drawn:
        """Those of the units in which somebody may come short."""
        full: Flags = np.zeros(units + 1, dtype=np.bool_)
        full[unit[short]] = True
        rows, first = _by_unit(unit, full)
        return cls(rows, free[rows], first)

    def before(self, flags: Flags) -> Numbers:
        """For each of `rows` how many with the flag stand before it in its unit."""
        return _before(flags[self.rows], self.first)


def _by_unit(unit: Numbers, wanted: Flags) -> tuple[Numbers, Numbers]:
    """The rows whose unit is wanted, unit by unit in their order, and where the unit of each begins."""
    rows = np.flatnonzero(wanted[unit])
    rows = rows[np.argsort(unit[rows], kind="stable")]
    own = unit[rows]
    begins = np.flatnonzero(np.concatenate(([True], own[1:] != own[:-1])))
    return rows, np.repeat(begins, np.diff(np.append(begins, own.size)))


def _before(flags: Flags, first: Numbers) -> Numbers:
    """How many flags stand before each place within its unit."""
    counted: Numbers = np.cumsum(flags, dtype=np.intp) - flags
    before: Numbers = counted - counted[first]
    return before


def _contest(drawn: Sequence[_Drawn], tight: Flags) -> Flags:
    """Decide the tight rows of a block, in rounds; the others are accepted."""
    accepted, open_ = ~tight, tight.copy()
    for _ in range(ROUNDS):
        may: Flags = open_.copy()
        out: Flags = np.zeros(tight.size, dtype=np.bool_)
        for one in drawn:
            surely = one.before(accepted)
            out[one.rows[surely >= one.free]] = True
            may[one.rows[surely + one.before(open_) >= one.free]] = False
        accepted |= may
        open_ &= ~(may | out)
        if not open_.any():
            return accepted
    return _in_turn(drawn, accepted, open_)


def _in_turn(drawn: Sequence[_Drawn], accepted: Flags, open_: Flags) -> Flags:
    """The same one by one, for what is left open. INVARIANT: what is accepted already is accepted whatever is decided
    of those before it."""
    found = accepted.copy()
    units: list[list[tuple[int, int]]] = [[] for _ in range(found.size)]
    """For each row its units that run full: (number of the unit, places)."""
    for number, one in enumerate(drawn):
        for row, free, first in zip(one.rows.tolist(), one.free.tolist(), one.first.tolist(), strict=True):
            units[row].append((first * len(drawn) + number, free))
    used: dict[int, int] = {}
    for row, drawn_on in enumerate(units):
        if open_[row]:
            found[row] = all(used.get(unit, 0) < free for unit, free in drawn_on)
        if found[row]:
            for unit, _ in drawn_on:
                used[unit] = used.get(unit, 0) + 1
    return found


def taken_before(limit: Limit, accepted: Flags, rows: Numbers) -> Numbers:
    """For each of some candidates how many of its unit were accepted before it."""
    wanted: Flags = np.zeros(limit.units + 1, dtype=np.bool_)
    wanted[limit.unit[rows]] = True
    wanted[limit.units] = False
    found: Numbers = np.zeros(limit.unit.size, dtype=np.intp)
    members, first = _by_unit(limit.unit, wanted)
    found[members] = _before(accepted[members], first)
    return found[rows]
