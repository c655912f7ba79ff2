"""Conditions, as the plan has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.model import Duration, LocalPeriod
from engine.plan_types.values import Constant, Value

Op = Literal["=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Always:
    """True for everyone."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of two or more, none of them an `AllOf`, in canonical order."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of two or more, none of them an `AnyOf`, in canonical order."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Complement:
    """Exactly those for whom `item` does not hold; `item` is never a complement."""

    item: Condition


@dataclass(frozen=True, slots=True)
class Comparison:
    """False when a side is missing. A constant stands on the right if one side is none."""

    op: Op
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Among:
    """The value equals one of the constants; sorted, without repeats."""

    value: Value
    options: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The value is not missing."""

    value: Value


@dataclass(frozen=True, slots=True)
class TextMatch:
    """An exact test of a text by code point."""

    kind: Literal["contains", "starts with", "ends with"]
    value: Value
    text: str


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a set has any or all of some members; sorted, without repeats, at least two for "all"."""

    kind: Literal["any", "all"]
    value: Value
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nearby:
    """A date by the contact's today, or a datetime by as_of (with local days by its date): `in last`, `in next`,
    `older than` D."""

    kind: Literal["in last", "in next", "older than"]
    value: Value
    duration: Duration


@dataclass(frozen=True, slots=True)
class During:
    """A date or datetime in a local period of the contact around today."""

    value: Value
    period: LocalPeriod


Spot = tuple[Value, Value, Value]
"""The parts of a point's unit vector (`engine.sphere`), each a whole number."""


@dataclass(frozen=True, slots=True)
class Close:
    """The squared chord between two points is at most this."""

    one: Spot
    other: Spot
    most: int


@dataclass(frozen=True, slots=True)
class Recurs:
    """An anniversary today (duration None), or in (today, today + D]."""

    value: Value
    duration: Duration | None


@dataclass(frozen=True, slots=True)
class Soon:
    """The event at hand lies after an instant, by so many microseconds at most."""

    anchor: Value
    within: int


@dataclass(frozen=True, slots=True)
class Inside:
    """Membership of a segment."""

    segment: str


@dataclass(frozen=True, slots=True)
class InsideFor:
    """Membership of a segment whose interval in the ledger began `duration` ago or earlier."""

    segment: str
    duration: Duration


@dataclass(frozen=True, slots=True)
class Sampled:
    """The contact's bucket under a name lies below `share` (`engine.keys`)."""

    share: int
    name: str


@dataclass(frozen=True, slots=True)
class OnList:
    """The contact is on a list that is kept by hand."""

    list: str


@dataclass(frozen=True, slots=True)
class Granted:
    """Consent for channel and purpose."""

    channel: str
    purpose: str


@dataclass(frozen=True, slots=True)
class ConditionRef:
    """A condition named by `define`."""

    name: str


Condition = (
    Always
    | AllOf
    | AnyOf
    | Complement
    | Comparison
    | Among
    | Known
    | TextMatch
    | Membership
    | Nearby
    | During
    | Close
    | Recurs
    | Soon
    | Inside
    | InsideFor
    | Sampled
    | OnList
    | Granted
    | ConditionRef
)
