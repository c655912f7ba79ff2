"""What `review:` in kadenz.yaml says, as plain values: which changes need an approval, whose, and how much counts may
differ between a plan and its activation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.review_rules import NO_GATES, GateRules

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
