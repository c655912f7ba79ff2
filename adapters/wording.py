"""Counts as people write them."""

from __future__ import annotations


def counted(number: int, one: str) -> str:
    """A number with the word for what is counted, which has a plural in s.

    >>> counted(1, "row"), counted(2_500, "row")
    ('1 row', '2,500 rows')
    """
    return f"{number:,} {one}{'' if number == 1 else 's'}"
