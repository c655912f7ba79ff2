"""Something to run in a process of its own."""

from __future__ import annotations


def answer(number: str) -> dict[str, int]:
    return {"answer": int(number)}
