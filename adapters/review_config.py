"""What `review:` in kadenz.yaml says, as plain values: which changes need an approval, whose, and how much counts may
differ between a plan and its activation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from json import dumps, loads
from typing import Any

from engine.review_rules import GATES, NO_GATES, GateRules

BAND = 100_000
"""Millionths by which counts may differ where the file says nothing: 10 %."""


@dataclass(frozen=True, slots=True)
class ReviewConfig:
    """`approvers`: mail addresses by gate, and under `all` those of gates that have none of their own. `band`: the
    share (millionths) by which a count may differ at `apply`. `apply`: whether `run` takes applied playbooks alone."""

    gates: GateRules = NO_GATES
    approvers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    band: int = BAND
    apply: bool = False

    def as_json(self) -> dict[str, Any]:
        """The rules as plain data in one form, so that versions can be compared and kept."""
        return {
            "widening": self.gates.widening,
            "priority": self.gates.priority,
            "gates": sorted(self.gates.asked),
            "approvers": {gate: sorted(names) for gate, names in sorted(self.approvers.items())},
            "band": self.band,
            "apply": self.apply,
        }


NO_REVIEW = ReviewConfig()


def to_text(review: ReviewConfig) -> str:
    """The rules as JSON, the same text for the same rules."""
    return dumps(review.as_json(), sort_keys=True)


def from_text(text: str) -> ReviewConfig:
    """What `to_text` has written. Raises ValueError where it is something else; unknown gates are left out.

    >>> from_text(to_text(NO_REVIEW)) == NO_REVIEW
    True
    """
    try:
        data = loads(text)
        asked = frozenset(gate for gate in GATES if gate in data["gates"])
        approvers = {gate: tuple(names) for gate, names in data["approvers"].items()}
        return ReviewConfig(
            GateRules(data["widening"], data["priority"], asked), approvers, data["band"], data["apply"]
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("these are no rules of review") from error
