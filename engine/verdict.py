"""What one gate, or all of them together, say of a candidate."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.model import Send
from engine.records import Outcome


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, the gate that said it, and why. `until`: the next judgement; `send`: the way that passed."""

    outcome: Outcome
    gate: str
    detail: str = ""
    until: int | None = None
    send: Send | None = None
