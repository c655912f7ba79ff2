"""Taking people out of the journal of hand-overs, which is the one file that a restored ledger learns from.

A line is written anew in the same length, filled up with blanks: how far a ledger has read is told in bytes, also by
ledgers that lie in backups. What may have left counts on under another key; who it was, what it was about and what
was said beside it goes. A withdrawal or a suppression of theirs goes altogether: who was forgotten is suppressed by
the list of the forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from engine.tally import without_person

Nameless = Callable[[str], str | None]
"""The key of a contact -> the key under which its rows count on; None for everybody else."""

NOBODY = "~"
"""The key of a line in which no other fits."""

_EMPTIED: Mapping[str, Any] = {
    "properties": {},
    "held": None,
    "firing": None,
    "stood": None,
    "beside": [],
}


def without(line: bytes, nameless: Nameless, gone: Callable[[str], bool]) -> bytes:
    """A line of the journal (without its end) that names nobody who was forgotten, of the same length.

    `gone`: whether a suppressed address belonged to one of them."""
    told: dict[str, Any] = json.loads(line)
    if "claim" in told:
        own = nameless(told["claim"]["contact"])
        return line if own is None else _claim(told["claim"], own, len(line))
    if "consent" in told and nameless(told["consent"][1]) is not None:
        return b"{}".ljust(len(line))
    if "suppression" in told:
        _, contact, address, *_ = told["suppression"]
        if (contact is not None and nameless(contact) is not None) or (address is not None and gone(address)):
            return b"{}".ljust(len(line))
    return line


def _claim(claim: Mapping[str, Any], own: str, size: int) -> bytes:
    held = claim["held"]
    for key in (own, NOBODY):
        kept = {**claim, **_EMPTIED, "contact": key, "event": None if claim["event"] is None else ""}
        kept["units"] = without_person(claim.get("units", {}))
        if held is not None:
            # what the message made its contact hold counts under the limits of the offer
            kept["held"] = [held[0], key, *held[2:]]
        written = json.dumps({"claim": kept}, ensure_ascii=False).encode()
        if len(written) <= size:
            return written.ljust(size)
    raise AssertionError("what is emptied is never longer than it was, nor is the shortest key")
