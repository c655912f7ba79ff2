"""Conditions: yes or no of one contact, false where something is missing."""

from __future__ import annotations

from typing import Literal

from dsl.model.time import Duration, LocalPeriod
from dsl.model.values import Const, EventQuery, Value
from dsl.records import dataclass, field
from dsl.spans import Span

Comparison = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Everyone:
    """`everyone`: always true."""

    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    items: tuple[Condition, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them."""

    items: tuple[Condition, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Exactly the complement. `!=`, `not in (..)`, `did not`, `not in SEGMENT` are bound as Not over the positive."""

    item: Condition
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """A positive comparison: false when a side is missing. `!=` never occurs here: it is Not of `=`.

    Both sides are of one family: numeric with numeric (any denominators), text with text, one-of with the same
    one-of, date with date, datetime with datetime, datetime with a Const of type date (the date is its whole
    local day), month day with month day, boolean with boolean.
    """

    op: Literal["=", "<", "<=", ">", ">="]
    left: Value
    right: Value
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Between:
    """Both ends inside; false when anything is missing. The families of `Compare`."""

    value: Value
    low: Value
    high: Value
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InList:
    """The value equals one of the constants (never empty); false when it is missing."""

    value: Value
    options: tuple[Const, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class IsKnown:
    """`is known`; `is missing` is Not of it."""

    value: Value
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class TextTest:
    """`contains`, `starts with`, `ends with`, exact on normalised text; false when missing."""

    kind: Literal["contains", "starts with", "ends with"]
    value: Value
    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class SetTest:
    """`has any`, `has all` of these members (sorted, without repeats, never empty); false when the set is missing.
    `has none` is bound as Not over `any`."""

    kind: Literal["any", "all"]
    value: Value
    members: tuple[str, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Truth:
    """A bare yes-or-no value; missing is false."""

    value: Value
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class DateWithin:
    """`in last D`, `in next D`, `older than D` on a date or datetime value; false when missing.

    date: `in last`: today - D < d <= today; `in next`: today < d <= today + D.
    datetime: `in last`: (as_of - D, as_of]; `in next`: (as_of, as_of + D].
    datetime with `local` days: as the contact's date on which it lies.
    `older than D`: known, not in the future and not in last D.
    """

    kind: Literal["in last", "in next", "older than"]
    value: Value
    duration: Duration
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InPeriod:
    """`today`, `yesterday`, `this month` and the like of a date or datetime value: it lies in that local period, also
    in the part that is still to come; false when missing."""

    value: Value
    period: LocalPeriod
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class WithinDistance:
    """Two points lie at most `within` millimetres apart, along the sphere; false when one is missing."""

    value: Value
    within: int
    place: Value
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Anniversary:
    """`anniversary today` (duration None) or `anniversary in next D`: an anniversary a with today < a <= today + D.
    On dates and month days; 29 February counts as the 28th in other years."""

    value: Value
    duration: Duration | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InSegment:
    """Membership of another segment, now."""

    segment: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InSegmentFor:
    """`in SEGMENT for D`: inside now, and the interval that the ledger keeps began D before as_of or earlier."""

    segment: str
    duration: Duration
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """`sample P % as NAME`: the contact's bucket under this name (`engine.keys.bucket`) lies below `share`, in
    millionths (10 % is 100,000). A greater sample of the same name holds a smaller one."""

    share: int
    name: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class OnList:
    """The contact is on a list that is kept by hand, as it is now. Segments alone ask for it (`include list press`)."""

    list: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Consents:
    """The latest consent record (at or before as_of) for the channel and purpose grants it."""

    channel: str
    purpose: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Did:
    """The number of matching events stands in `op` to `count`. `did E` is `>= 1`; `did not E` is Not of it."""

    query: EventQuery
    op: Literal[">=", "<=", "="]
    count: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class WithinOf:
    """Of the event at hand, in the filter of a query: it lies in (t, t + D] of an instant t; false when that is
    missing. `within` is elapsed time."""

    anchor: Value
    within: Duration
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class DidOnDays:
    """The number of different local days of matching events stands in `op` to `count`."""

    query: EventQuery
    op: Literal[">=", "<=", "="]
    count: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Followed:
    """`did A then B within D`: some A has a B in (tA, tA + D]; `did A without B within D`: some A has none there, and
    tA + D <= as_of. The window of `first` binds A alone, `second` has none. `within` is elapsed time. With `same` only
    a B counts whose property of this name equals A's (missing equals nothing)."""

    kind: Literal["then", "without"]
    first: EventQuery
    second: EventQuery
    within: Duration
    same: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class DefinedCondition:
    """A condition named by `define`."""

    name: str
    span: Span = field(compare=False)


Condition = (
    Everyone
    | And
    | Or
    | Not
    | Compare
    | Between
    | InList
    | IsKnown
    | TextTest
    | SetTest
    | Truth
    | DateWithin
    | InPeriod
    | WithinDistance
    | Anniversary
    | InSegment
    | InSegmentFor
    | Sample
    | OnList
    | Consents
    | Did
    | DidOnDays
    | WithinOf
    | Followed
    | DefinedCondition
)
