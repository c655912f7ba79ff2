"""`test` blocks."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.blocks import Owner
from dsl.tree.leaves import Date, Duration, Literal, Name, Node, Number, Path, Text, Time, Word
from dsl.tree.values import Options


@dataclass(frozen=True, slots=True)
class Moment(Node):
    """`2026-11-20 12:00` as a value."""

    date: Date
    time: Time


Given = Literal | Text | Date | Moment | Path | Options


@dataclass(frozen=True, slots=True)
class Assignment(Node):
    """`persona = decision_maker`."""

    name: Name
    value: Given


@dataclass(frozen=True, slots=True)
class Assignments(Node):
    """`(persona = decision_maker, country = CH)`."""

    items: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class GivenContact(Node):
    """`contact anna (country = CH)`."""

    key: Name
    fields: Assignments | None


@dataclass(frozen=True, slots=True)
class GivenAgo(Node):
    """`2 hours ago`, counted back from the clock."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class GivenAtTime(Node):
    """`at 09:00`, on the day of the clock."""

    time: Time


@dataclass(frozen=True, slots=True)
class GivenAtMoment(Node):
    """`at 2026-11-20 09:00`."""

    date: Date
    time: Time


GivenWhen = GivenAgo | GivenAtTime | GivenAtMoment


@dataclass(frozen=True, slots=True)
class GivenList(Node):
    """`on list press`, of the contact before it."""

    name: Name


@dataclass(frozen=True, slots=True)
class GivenConsent(Node):
    """`consents to email for newsletter`, of the contact before it."""

    channel: Name
    purpose: Name | None
    when: GivenWhen | None


@dataclass(frozen=True, slots=True)
class GivenWithdrawal(Node):
    """`withdraws email for newsletter`, of the contact before it."""

    channel: Name
    purpose: Name | None
    when: GivenWhen | None


@dataclass(frozen=True, slots=True)
class GivenFact(Node):
    """`fact weather (city = "Bern", rain_mm = 6)`: a row of a fact table."""

    table: Name
    values: Assignments


@dataclass(frozen=True, slots=True)
class GivenEvent(Node):
    """`did purchase (amount = 40) 2 hours ago`, of the contact before it."""

    event: Name
    properties: Assignments | None
    when: GivenWhen | None


@dataclass(frozen=True, slots=True)
class After(Node):
    """`after 3 days`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class ExpectIn(Node):
    """`expect anna in shoppers`."""

    contact: Name
    segment: Name


@dataclass(frozen=True, slots=True)
class ExpectNotIn(Node):
    """`expect anna not in shoppers`."""

    contact: Name
    segment: Name


@dataclass(frozen=True, slots=True)
class ExpectScore(Node):
    """`expect engagement of anna = 8`, `expect plan of anna = gold`: a score or a field."""

    score: Name
    contact: Name
    op: Word
    value: Given


@dataclass(frozen=True, slots=True)
class ExpectMissing(Node):
    """`expect plan of anna is missing`."""

    field: Name
    contact: Name


@dataclass(frozen=True, slots=True)
class ExpectCall(Node):
    """`expect anna gets call crm`."""

    contact: Name
    hook: Name


@dataclass(frozen=True, slots=True)
class ExpectStage(Node):
    """`expect stage of engagement of anna >= qualified`."""

    score: Name
    contact: Name
    op: Word
    stage: Name


@dataclass(frozen=True, slots=True)
class ExpectClass(Node):
    """`expect class of value of anna = A`."""

    name: Name
    contact: Name
    op: Word
    tier: Name


@dataclass(frozen=True, slots=True)
class ExpectNothing(Node):
    """`expect anna gets nothing`."""

    contact: Name


@dataclass(frozen=True, slots=True)
class ExpectNotify(Node):
    """`expect anna gets notify sales`."""

    contact: Name
    team: Name


@dataclass(frozen=True, slots=True)
class ExpectGets(Node):
    """`expect anna gets email cart_reminder at 16:00`."""

    contact: Name
    channel: Name
    template: Name
    at: Time | None


@dataclass(frozen=True, slots=True)
class ExpectCount(Node):
    """`expect anna gets 2 messages`."""

    contact: Name
    number: Number


@dataclass(frozen=True, slots=True)
class ExpectNotGets(Node):
    """`expect anna does not get email winback`."""

    contact: Name
    channel: Name
    template: Name


@dataclass(frozen=True, slots=True)
class ExpectRefused(Node):
    """`expect anna is refused by consent`, `.. by where for winback`."""

    contact: Name
    gate: Name
    trigger: Name | None


@dataclass(frozen=True, slots=True)
class ExpectCapped(Node):
    """`expect anna is capped by weekly`."""

    contact: Name
    cap: Name


@dataclass(frozen=True, slots=True)
class ExpectHolds(Node):
    """`expect anna holds offer welcome10`."""

    contact: Name
    offer: Name


@dataclass(frozen=True, slots=True)
class ExpectHeld(Node):
    """`expect anna is held by nights until 08:00`."""

    contact: Name
    quiet: Name
    until: Time


@dataclass(frozen=True, slots=True)
class ExpectQuality(Node):
    """`expect quality addresses fails`, of all contacts of the test."""

    quality: Name
    verdict: Word


Expect = (
    ExpectIn
    | ExpectNotIn
    | ExpectScore
    | ExpectMissing
    | ExpectCall
    | ExpectStage
    | ExpectClass
    | ExpectNothing
    | ExpectNotify
    | ExpectGets
    | ExpectCount
    | ExpectNotGets
    | ExpectRefused
    | ExpectCapped
    | ExpectHeld
    | ExpectQuality
    | ExpectHolds
)


TestClause = GivenContact | GivenList | GivenConsent | GivenWithdrawal | GivenEvent | GivenFact | After | Expect | Owner


@dataclass(frozen=True, slots=True)
class Test(Node):
    """A `test` block."""

    __test__ = False  # no test of pytest's

    title: Text
    date: Date
    time: Time
    clauses: tuple[TestClause, ...]
