"""`test` blocks: what is given, what happens, what is expected."""

from __future__ import annotations

from typing import Literal

from dsl.model.conditions import Comparison
from dsl.model.time import Duration
from dsl.records import dataclass, field
from dsl.spans import Span


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name = value` with the value in stored form for the field's or property's type."""

    name: str
    value: str | int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Clock:
    """`at TIME`, `at DATE TIME`: minutes of a day (yyyymmdd) in the project's zone; None: the day of the clock."""

    day: int | None
    minutes: int


GivenWhen = Duration | Clock | None
"""`D ago`, counted back from the clock; `at ..`; nothing said: at the clock (consents at first: from the start)."""


@dataclass(frozen=True, slots=True)
class GivenEvent:
    """`did EVENT (..) [D ago | at ..]`."""

    event: str
    properties: tuple[Assignment, ...]
    when: GivenWhen
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """`consents to CHANNEL for PURPOSE`, or (`granted` False) `withdraws CHANNEL for PURPOSE`."""

    channel: str
    purpose: str
    granted: bool
    when: GivenWhen
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class GivenContact:
    """A contact of a test with its consents and events; as a step of the story what becomes of it at the clock then:
    a new contact, or fields of a known one that change."""

    key: str
    fields: tuple[Assignment, ...]
    consents: tuple[GivenConsent, ...]
    events: tuple[GivenEvent, ...]
    span: Span = field(compare=False)
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenFact:
    """`fact TABLE (..)`: a row of a fact table, there from the start, or from the clock of its step on."""

    table: str
    values: tuple[Assignment, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class After:
    """`after D`: the clock of the test moves on."""

    duration: Duration
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectMember:
    """`expect anna in S` / `not in S`."""

    contact: str
    segment: str
    inside: bool
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectScore:
    """`expect SCORE of anna = 8` (units of 2^-30) or `stage of SCORE of anna >= qualified` (`stage` set)."""

    contact: str
    score: str
    op: Comparison
    points: int | None
    stage: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectClass:
    """`expect class of CLASS of anna = A`."""

    contact: str
    name: str
    op: Comparison
    tier: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectField:
    """`expect FIELD of anna = VALUE`, in stored form; `value` None: missing."""

    contact: str
    name: str
    op: Literal["=", "!="]
    value: str | int | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectGets:
    """`gets CHANNEL TEMPLATE [at TIME]`, `gets notify TEAM`, `gets call HOOK`, `gets nothing` (channel None).

    `at`: minutes of the local day in the project's zone."""

    contact: str
    channel: str | None
    template: str | None
    at: int | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectCount:
    """`gets N messages`: so many so far; notices do not count."""

    contact: str
    count: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectNotGets:
    """`does not get CHANNEL TEMPLATE`, or CHANNEL "notify" and a team."""

    contact: str
    channel: str
    template: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectRefused:
    """`is refused by GATE [for TRIGGER]`."""

    contact: str
    gate: str
    trigger: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectCapped:
    """`is capped by CAP`."""

    contact: str
    cap: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectHeld:
    """`is held by QUIET until TIME` (minutes of the local day)."""

    contact: str
    quiet: str
    until: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectQuality:
    """`expect quality NAME holds`, `fails`."""

    quality: str
    holds: bool
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectHolds:
    """`holds offer OFFER`: it is active for the contact."""

    contact: str
    offer: str
    span: Span = field(compare=False)


Expectation = (
    ExpectMember
    | ExpectScore
    | ExpectClass
    | ExpectField
    | ExpectGets
    | ExpectCount
    | ExpectNotGets
    | ExpectRefused
    | ExpectCapped
    | ExpectHeld
    | ExpectHolds
    | ExpectQuality
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A `test` block. `at` is the clock as (yyyymmdd, minutes) in the project's zone. `contacts` and `facts` are there
    from the start; steps in order of the text."""

    name: str
    at: tuple[int, int]
    contacts: tuple[GivenContact, ...]
    facts: tuple[GivenFact, ...]
    steps: tuple[After | GivenContact | GivenFact | Expectation, ...]
    span: Span = field(compare=False)
