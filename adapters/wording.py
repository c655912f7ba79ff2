"""Counts as people write them."""

from __future__ import annotations


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with the word for what is counted; `many`: its plural, where that is not in s.

    >>> counted(1, "row"), counted(2_500, "row"), counted(2, "person", "people")
    ('1 row', '2,500 rows', '2 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
