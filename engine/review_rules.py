"""The gates of a review: which changes need an approval. Plain values; `engine.review.gates` acts on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Gate = Literal[
    "widening",
    "cap_loosened",
    "caps_undecidable",
    "quiet_shortened",
    "transactional",
    "consent_removed",
    "priority",
    "review",
]
"""widening: more people than a share of all are reached who were not. cap_loosened: caps, suppressions or expectations
of the data hold less back. caps_undecidable: the text does not tell whether they do. quiet_shortened: a minute that was
quiet is not. transactional: a message needs no consent any more. consent_removed: a condition no longer asks for a
consent, or a message goes on another purpose. priority: a trigger rises above a number. review: the rules of the gates
themselves."""

GATES: tuple[Gate, ...] = get_args(Gate)

ALL = "all"
"""Among the approvers: those of every gate that has none of its own."""


@dataclass(frozen=True, slots=True)
class GateRules:
    """`widening`: the share of all contacts, in millionths, above which more people need an approval; `priority`: the
    number above which a rise does; None: no such gate. `asked`: the gates that are either there or not."""

    widening: int | None = None
    priority: int | None = None
    asked: frozenset[Gate] = frozenset()

    @property
    def any(self) -> bool:
        """Whether there is a gate at all."""
        return self.widening is not None or self.priority is not None or bool(self.asked)


NO_GATES = GateRules()
