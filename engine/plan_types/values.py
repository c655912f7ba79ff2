"""Values, as the plan has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dsl.types import NUMBER, POINTS, Type


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal in stored form of its type."""

    value: str | int
    type: Type


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field of the contact."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class FactRef:
    """A column of the contact's row of a fact table. `key`, `matches` and `time`: see `dsl.schema.FactTable`."""

    table: str
    column: str
    key: str
    matches: str
    time: str | None
    type: Type


@dataclass(frozen=True, slots=True)
class PropertyRef:
    """A property of the event at hand, or `_at`, `_id`: its own instant and id (names of `engine.layout`)."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class CauseRef:
    """A property of the event that caused the run; missing where there is no run."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class LeafRef:
    """What a leaf gives, by its id."""

    leaf: str
    type: Type


@dataclass(frozen=True, slots=True)
class Age:
    """Whole years since a date, by the contact's today; missing for a date in the future."""

    date: Value
    type: Type = field(default=NUMBER, init=False)


@dataclass(frozen=True, slots=True)
class PointsRef:
    """The points of a score in units of 2^-30; missing outside its `where`."""

    score: str
    type: Type = field(default=POINTS, init=False)


@dataclass(frozen=True, slots=True)
class StageRef:
    """The stage of a score, a member of an ordered one-of type."""

    score: str
    type: Type


@dataclass(frozen=True, slots=True)
class ClassRef:
    """The tier of a class at the last midnight, a member of an ordered one-of type; missing without one."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Calculation:
    """Exact arithmetic; the result is an integer times 1/denominator of `type`."""

    op: Literal["plus", "minus", "times"]
    left: Value
    right: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Choice:
    """The greatest or least of two or more values in units of `type`; missing ones are skipped."""

    kind: Literal["greatest", "least"]
    items: tuple[Value, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first of two or more values that is not missing, in the order given."""

    items: tuple[Value, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class ValueRef:
    """A value named by `define`."""

    name: str
    type: Type


Value = (
    Constant
    | FieldRef
    | FactRef
    | PropertyRef
    | CauseRef
    | LeafRef
    | Age
    | PointsRef
    | StageRef
    | ClassRef
    | Calculation
    | Choice
    | FirstOf
    | ValueRef
)
