"""Arbitration of a million candidates under six caps, in arrays, beside a compiled loop over the same arrays.

Twenty triggers over as many contacts as candidates; caps of crossing scopes (contact, channel, tag, household, a budget
in total), some room used before. Once with a priority for each trigger, once with all candidates mixed, as triggers of
equal priority are. The compiled loop (numba, for benchmarks alone) goes through the candidates in their order and
counts; without numba only the arrays are timed. Both in turns, and their answers are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.figures import Figure, Options, Target
from engine.arbitration import UNLIMITED, Flags, Limit, Numbers, arbitrate

TRIGGERS = 20

Loop = Callable[[Any, Any, Any, int], Flags]
"""Units and places of each limit (one row a limit), the counters' size, the number of candidates."""


def candidates(size: int, *, mixed: bool) -> list[Limit]:
    """Limits over candidates in their total order."""
    chance = np.random.default_rng(2026)
    contacts = size
    trigger = np.repeat(np.arange(TRIGGERS), size // TRIGGERS + 1)[:size]
    contact = np.concatenate([chance.choice(contacts, (trigger == t).sum(), replace=False) for t in range(TRIGGERS)])
    if mixed:
        order = chance.permutation(size)
        trigger, contact = trigger[order], contact[order]
    household = contact // 3
    channel = np.where(trigger % 4 == 3, "letter", np.where(trigger % 4 == 2, "sms", "email"))
    email, sms, letter, sale = channel == "email", channel == "sms", channel == "letter", trigger % 5 == 0
    everyone = np.ones(size, dtype=np.bool_)

    def sent(most: int) -> Numbers:
        """What counts for each contact already; for two in three nothing."""
        number = chance.integers(0, most + 1, contacts) * (chance.random(contacts) < 1 / 3)
        by_candidate: Numbers = number.astype(np.intp)[contact]
        return by_candidate

    def limit(unit: Numbers, units: int, places: Numbers, draws: Flags) -> Limit:
        unit, places = np.where(draws, unit, units), np.where(draws, places, UNLIMITED)
        return Limit(unit.astype(np.intp), places.astype(np.intp), units)

    return [
        limit(contact, contacts, 2 - sent(2), everyone),  # at most 2 messages per 7 days
        limit(contact, contacts, 1 - sent(1), sms),  # 1 sms per 30 days
        limit(contact, contacts, 1 - sent(1), email),  # 1 email per local day
        limit(contact, contacts, 3 - sent(3), sale),  # 3 messages tagged sale per 90 days
        limit(household, size // 3 + 1, np.full(size, 1), letter),  # 1 letter per 30 days per household
        limit(np.zeros(size, dtype=np.intp), 1, np.full(size, size // 10), letter),  # a budget of letters
    ]


def compiled() -> Loop | None:
    """The loop over candidates, compiled; None without numba."""
    try:
        import numba  # type: ignore[import-not-found, import-untyped, unused-ignore]  # for benchmarks alone
    except ImportError:
        return None

    def loop(unit: Any, places: Any, taken: Any, size: int) -> Flags:
        accepted: Flags = np.zeros(size, dtype=np.bool_)
        limits = unit.shape[0]
        for row in range(size):
            fits = True
            for limit in range(limits):
                if taken[limit, unit[limit, row]] >= places[limit, row]:
                    fits = False
                    break
            if fits:
                accepted[row] = True
                for limit in range(limits):
                    taken[limit, unit[limit, row]] += 1
        return accepted

    made: Loop = numba.njit(loop)
    return made


def measure(size: int, rounds: int, *, mixed: bool) -> tuple[float, float | None, int]:
    """Seconds of the arrays and of the compiled loop, and how many were accepted. Raises AssertionError where the two
    answers differ."""
    limits = candidates(size, mixed=mixed)
    unit, places = np.stack([one.unit for one in limits]), np.stack([one.places for one in limits])
    limits = [Limit(u, p, one.units) for u, p, one in zip(unit, places, limits, strict=True)]
    counters = max(one.units for one in limits) + 1
    loop = compiled()

    def timed(work: Callable[[], Flags]) -> tuple[float, Flags]:
        begun = perf_counter()
        found = work()
        return perf_counter() - begun, found

    def by_loop() -> Flags:
        assert loop is not None
        return loop(unit, places, np.zeros((len(limits), counters), dtype=np.intp), size)

    if loop is not None:
        by_loop()  # compiled at the first call
    arrays: list[float] = []
    loops: list[float] = []
    found: Flags = np.zeros(0, dtype=np.bool_)
    for _ in range(rounds):
        took, found = timed(lambda: arbitrate(limits, size))
        arrays.append(took)
        if loop is not None:
            took, same = timed(by_loop)
            loops.append(took)
            assert (found == same).all(), "arrays and loop differ"
    return median(arrays), median(loops) if loops else None, int(found.sum())


def figures(options: Options) -> Iterator[Figure]:
    """Both orders."""
    size = 100_000 if options.quick else 1_000_000
    for mixed in (False, True):
        arrays, loop, accepted = measure(size, options.rounds, mixed=mixed)
        order = "all priorities equal" if mixed else "a priority for each trigger"
        yield Figure(
            f"arbitration of {size:,} under 6 caps, {order}",
            arrays,
            "s",
            loop,
            "a compiled loop over the same arrays",
            Target("at most", 2),
            equal=None if loop is None else True,
            note=f"{accepted:,} accepted" + ("" if loop is not None else "; numba is not installed"),
        )
