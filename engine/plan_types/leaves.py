"""Leaves: what is measured over the events of one contact."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dsl.model import Fading, Limit, Window
from dsl.types import NUMBER, POINTS, Type
from engine.plan_types.conditions import Condition


@dataclass(frozen=True, slots=True)
class Aggregated:
    """An aggregate. `property` None: of the events themselves (number; first, last: their instants). `of` is the
    property's type, `type` the result's."""

    kind: Literal["number", "sum", "average", "smallest", "largest", "distinct", "first", "last"]
    property: str | None
    of: Type | None
    type: Type


@dataclass(frozen=True, slots=True)
class Earned:
    """What an `on` rule of a score gives, in units of 2^-30: limited from the newest on, then faded, then summed."""

    points: int
    limit: Limit | None
    fading: Fading | None
    type: Type = field(default=POINTS, init=False)


@dataclass(frozen=True, slots=True)
class Followed:
    """How many of the events have an event `second` (that meets `where`) within so many microseconds after them, or
    have none and their time is over (`kind` "without")."""

    kind: Literal["then", "without"]
    second: str
    where: Condition | None
    within: int
    same: str | None
    type: Type = field(default=NUMBER, init=False)


@dataclass(frozen=True, slots=True)
class Days:
    """On how many different local days the events lie."""

    kind: Literal["days"] = field(default="days", init=False)
    type: Type = field(default=NUMBER, init=False)


Measure = Aggregated | Earned | Followed | Days


@dataclass(frozen=True, slots=True)
class Leaf:
    """Something about the events of one contact: a type, a filter over each, a window, and what is reckoned."""

    event: str
    where: Condition | None
    window: Window | None
    measure: Measure

    @property
    def zero(self) -> bool:
        """Whether it is 0 over nothing (number, sum, distinct, points), else missing."""
        match self.measure:
            case Earned() | Followed() | Days() | Aggregated(kind="number" | "sum" | "distinct"):
                return True
            case _:
                return False
