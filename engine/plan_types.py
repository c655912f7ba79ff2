"""The parts of the evaluation plan: poorer and stricter than the bound model, the same for every executor.

Everything about events became a `Leaf` with a content hash, computed once for all who ask; conditions and values
speak of fields, leaves and other definitions by name. `did`, `between` and bare yes-or-no values are comparisons here,
`and`/`or` are flat and sorted, durations are in their largest unit: texts that say the same give the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dsl.model import Duration, Fading, Limit, LocalPeriod, Window
from dsl.types import NUMBER, POINT_UNIT, POINTS, Type

# ---------------------------------------------------------------- values


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
    | ValueRef
)

# ---------------------------------------------------------------- conditions

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

# ---------------------------------------------------------------- leaves


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


# ---------------------------------------------------------------- definitions


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
