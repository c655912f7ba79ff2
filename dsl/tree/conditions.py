"""Conditions, and the union of all expressions."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.leaves import Date, Duration, Literal, Name, Node, Number, Path, Text, Time, Word
from dsl.tree.values import (
    AgeOf,
    Aggregate,
    Arithmetic,
    ClassOf,
    Distance,
    Event,
    Nth,
    NthProperty,
    NumberOf,
    Options,
    Pick,
    Spot,
    StageOf,
    Times,
)
from dsl.tree.windows import Window


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """`a or b or c`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class AllOf(Node):
    """`a and b and c`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`not a`."""

    item: Expr


@dataclass(frozen=True, slots=True)
class Group(Node):
    """`( a )`."""

    item: Expr


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`a = b`, with `=`, `!=`, `<`, `<=`, `>` or `>=`."""

    left: Expr
    op: Word
    right: Expr


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`a between b and c`."""

    value: Expr
    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True)
class InList(Node):
    """`a in (b, c)`."""

    value: Expr
    options: Options


@dataclass(frozen=True, slots=True)
class NotInList(Node):
    """`a not in (b, c)`."""

    value: Expr
    options: Options


@dataclass(frozen=True, slots=True)
class IsKnown(Node):
    """`a is known`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class IsMissing(Node):
    """`a is missing`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class TextTest(Node):
    """`a contains b`, `a starts with b`, `a ends with b`."""

    value: Expr
    kind: Word
    text: Expr


@dataclass(frozen=True, slots=True)
class SetTest(Node):
    """`a has any (b, c)`, `a has all (b, c)`, `a has none (b, c)`."""

    value: Expr
    kind: Word
    options: Options


@dataclass(frozen=True, slots=True)
class OlderThan(Node):
    """`a older than 60 days`."""

    value: Expr
    duration: Duration


@dataclass(frozen=True, slots=True)
class InLast(Node):
    """`a in last 7 days`."""

    value: Expr
    duration: Duration


@dataclass(frozen=True, slots=True)
class InNext(Node):
    """`a in next 7 days`."""

    value: Expr
    duration: Duration


@dataclass(frozen=True, slots=True)
class InPeriod(Node):
    """`a this month`."""

    value: Expr
    period: Word


@dataclass(frozen=True, slots=True)
class WithinDistance(Node):
    """`a within 5 km of b`."""

    value: Expr
    distance: Distance
    place: Spot | Expr


@dataclass(frozen=True, slots=True)
class AnniversaryToday(Node):
    """`a anniversary today`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class AnniversaryNext(Node):
    """`a anniversary in next 7 days`."""

    value: Expr
    duration: Duration


@dataclass(frozen=True, slots=True)
class Member(Node):
    """`in customers`."""

    segment: Name


@dataclass(frozen=True, slots=True)
class MemberFor(Node):
    """`in customers for 7 days`."""

    segment: Name
    duration: Duration


@dataclass(frozen=True, slots=True)
class Everyone(Node):
    """`everyone`."""


@dataclass(frozen=True, slots=True)
class Sample(Node):
    """`sample 10 % as spring_test`."""

    percent: Number
    name: Name


@dataclass(frozen=True, slots=True)
class Consents(Node):
    """`consents to email for newsletter`."""

    channel: Name
    purpose: Name | None


@dataclass(frozen=True, slots=True)
class Did(Node):
    """`did not visit with (..) at least 3 times in last 14 days`."""

    negated: Word | None
    event: Event
    times: Times | None
    window: Window | None


@dataclass(frozen=True, slots=True)
class DidThen(Node):
    """`did not cart_added with (..) then purchase of the same cart_id within 2 days in last 30 days`."""

    negated: Word | None
    first: Event
    second: Event
    same: Name | None
    within: Duration
    window: Window | None


@dataclass(frozen=True, slots=True)
class DidWithout(Node):
    """`did not cart_added without purchase of the same cart_id within 4 hours in last 30 days`."""

    negated: Word | None
    first: Event
    second: Event
    same: Name | None
    within: Duration
    window: Window | None


@dataclass(frozen=True, slots=True)
class DidWithin(Node):
    """`did not purchase with (..) within 30 days of signed_up in last 1 year`."""

    negated: Word | None
    event: Event
    within: Duration
    anchor: Expr
    window: Window | None


@dataclass(frozen=True, slots=True)
class DidOnDays(Node):
    """`did not visit on at least 3 different local days in last 14 days`."""

    negated: Word | None
    event: Event
    how: Word
    number: Number
    unit: Word
    window: Window | None


Expr = (
    AnyOf
    | AllOf
    | Negation
    | Group
    | Compare
    | Between
    | InList
    | NotInList
    | IsKnown
    | IsMissing
    | TextTest
    | SetTest
    | OlderThan
    | InLast
    | InNext
    | InPeriod
    | WithinDistance
    | AnniversaryToday
    | AnniversaryNext
    | Member
    | MemberFor
    | Everyone
    | Sample
    | Consents
    | Did
    | DidThen
    | DidWithout
    | DidWithin
    | DidOnDays
    | Arithmetic
    | NumberOf
    | Aggregate
    | Nth
    | NthProperty
    | Pick
    | StageOf
    | ClassOf
    | AgeOf
    | Literal
    | Text
    | Date
    | Time
    | Path
)
