"""What the plan defines: segments, named parts, scores, classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.model import Duration, Limit
from dsl.types import POINT_UNIT
from engine.plan_types.conditions import Condition
from engine.plan_types.values import Value


@dataclass(frozen=True, slots=True)
class EarnedRule:
    """The points that a leaf gives."""

    leaf: str


@dataclass(frozen=True, slots=True)
class WhileRule:
    """Whole points while a condition holds."""

    points: int
    when: Condition


@dataclass(frozen=True, slots=True)
class ShareRule:
    """Whole points for each whole `every` of a value; `every` is in the value's stored units."""

    points: int
    every: int
    of: Value
    limit: Limit | None


Rule = EarnedRule | WhileRule | ShareRule


@dataclass(frozen=True, slots=True)
class Step:
    """A stage: entered from `start`, kept down to `leave`; whole points. `rest` matters to triggers alone."""

    name: str
    start: int
    leave: int
    rest: Duration | None = None

    @property
    def sticky(self) -> bool:
        """Whether it matters where the contact stood before."""
        return self.leave != self.start


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """A segment. `id` is the name under which the ledger knows it."""

    name: str
    id: str
    where: Condition


@dataclass(frozen=True, slots=True)
class DefinePlan:
    """A named condition or value."""

    name: str
    body: Condition | Value


@dataclass(frozen=True, slots=True)
class ScorePlan:
    """A score: rules in canonical order, bounds in whole points, stages rising."""

    name: str
    id: str
    where: Condition | None
    rules: tuple[Rule, ...]
    floor: int
    ceiling: int | None
    stages: tuple[Step, ...]

    @property
    def sticky(self) -> bool:
        """Whether some stage depends on the stage at the tick before."""
        return any(s.sticky for s in self.stages)


@dataclass(frozen=True, slots=True)
class TierPlan:
    """A tier; where it ends, counted from the top (`dsl.model.Tier`), None for the rest."""

    name: str
    edge: int | None


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """A class: those for whom `where` holds, by a value, greatest first; of what the edges of tiers are parts."""

    name: str
    id: str
    by: Value
    where: Condition | None
    share: Literal["total", "members", "number"]
    tiers: tuple[TierPlan, ...]


Definition = SegmentPlan | DefinePlan | ScorePlan | ClassPlan


UNIT = POINT_UNIT
"""Units in one point."""
