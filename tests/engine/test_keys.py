"""Buckets of samples are fixed for ever: the numbers below were reckoned with `sha256sum`."""

from __future__ import annotations

import pytest

from engine.keys import BUCKETS, bucket


@pytest.mark.parametrize(
    ("contact", "expected"), [("a", 316_989), ("b", 605_252), ("c", 939_469), ("d", 527_667), ("e", 476_695)]
)
def test_buckets_do_not_move(contact: str, expected: int) -> None:
    assert bucket("spring", contact) == expected


def test_buckets_spread_and_differ_by_name() -> None:
    found = [bucket("spring", f"customer {n}") for n in range(2_000)]
    assert all(0 <= b < BUCKETS for b in found)
    assert 850 < sum(b < BUCKETS // 2 for b in found) < 1_150
    assert bucket("spring", "anna") != bucket("autumn", "anna")
