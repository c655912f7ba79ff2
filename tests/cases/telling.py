"""What a failing case says: the command that runs it again, and what came out as a unified diff of its files."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import unified_diff


def command(name: str, *options: str) -> str:
    """The command that runs the tests of one case, from the root of the repository."""
    return " ".join(["python -m pytest tests/cases -k", name, *options])


def difference(file: str, expected: Sequence[str], found: Sequence[str]) -> str:
    """The unified diff from what a file says to what came out; empty where they are equal.

    >>> print(difference("members.csv", ["s,t,a"], ["s,t,a b"]))
    --- members.csv
    +++ members.csv as it came out
    @@ -1 +1 @@
    -s,t,a
    +s,t,a b
    """
    return "\n".join(unified_diff(expected, found, file, f"{file} as it came out", lineterm=""))


def failure(name: str, differences: Sequence[str], *options: str) -> str:
    """The text of a failure: empty if nothing differs."""
    told = [text for text in differences if text]
    return "\n".join([*told, "", command(name, *options)]) if told else ""
