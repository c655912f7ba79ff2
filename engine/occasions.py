"""What an occasion says: the state whose change it counts, read back from its text (`engine.fire`, `engine.changes`).

An event's occasion is the event's id, which may be any text: it is to be asked for runs without an event alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

STAGE_EDGES = ("reaching", "falling below")


@dataclass(frozen=True, slots=True)
class Counted:
    """A state of a contact whose changes are counted. `name`: as the ledger keeps it: the id of a segment (or
    `trigger ID` of a condition), of a score, or what is watched. `reached`: the stage, where one was reached."""

    kind: Literal["member", "stage", "value"]
    name: str
    reached: str | None = None


def counted_by(occasion: str) -> Counted | None:
    """The state whose changes an occasion counts; None if it counts none."""
    for edge in STAGE_EDGES:
        if occasion.startswith(f"{edge} "):
            score, stage, _ = occasion.removeprefix(f"{edge} ").split(" ")
            return Counted("stage", score, stage if edge == "reaching" else None)
    word, _, rest = occasion.partition(" ")
    name, _, number = rest.rpartition(" ")
    if not name or not number.isdigit():
        return None
    match word:
        case "entry" | "exit":
            return Counted("member", name)
        case "change":
            return Counted("value", name)
        case _:
            return None
