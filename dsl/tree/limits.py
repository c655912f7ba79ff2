"""`cap`, `quiet` and `suppress` blocks."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.blocks import Head, Owner, Where
from dsl.tree.causes import Days
from dsl.tree.leaves import Duration, Name, Node, Number, Time, Word
from dsl.tree.triggers import Names
from dsl.tree.windows import BarePeriod, CalendarPeriod, LocalPeriod


@dataclass(frozen=True, slots=True)
class Rolling(Node):
    """`per 7 days`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class CapLimit(Node):
    """`at most 2 messages tagged sale per 7 days`."""

    number: Number
    what: Name
    tag: Name | None
    per: Rolling | LocalPeriod | CalendarPeriod | BarePeriod


@dataclass(frozen=True, slots=True)
class CapTotal(Node):
    """`at most 500 letters per calendar month in total by engagement`."""

    number: Number
    what: Name
    tag: Name | None
    per: Rolling | LocalPeriod | CalendarPeriod | BarePeriod | None
    by: Name | None


@dataclass(frozen=True, slots=True)
class CapPerField(Node):
    """`at most 1 letter per 30 days per household_id`."""

    number: Number
    what: Name
    tag: Name | None
    per: Rolling | LocalPeriod | CalendarPeriod | BarePeriod
    field: Name


@dataclass(frozen=True, slots=True)
class CapGap(Node):
    """`at least 20 hours between promotional messages`."""

    duration: Duration
    what: Name


@dataclass(frozen=True, slots=True)
class CapGapAny(Node):
    """`at least 20 hours between messages`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Keeping(Node):
    """`keeping 1 for priority >= 80`."""

    number: Number
    op: Word
    priority: Number


@dataclass(frozen=True, slots=True)
class Cap(Node):
    """A `cap` block."""

    head: Head
    rule: CapLimit | CapTotal | CapPerField | CapGap | CapGapAny
    clauses: tuple[Where | Owner | Keeping, ...]


@dataclass(frozen=True, slots=True)
class QuietTimes(Node):
    """`from 20:00 to 08:00`."""

    start: Time
    end: Time


@dataclass(frozen=True, slots=True)
class QuietDays(Node):
    """`on sunday`."""

    days: Days


@dataclass(frozen=True, slots=True)
class QuietChannels(Node):
    """`for sms, call`."""

    names: Names


@dataclass(frozen=True, slots=True)
class Quiet(Node):
    """A `quiet` block."""

    head: Head
    clauses: tuple[QuietTimes | QuietDays | QuietChannels | Owner, ...]


@dataclass(frozen=True, slots=True)
class Suppress(Node):
    """A `suppress` block: `suppress dispute from promotional where ..`."""

    head: Head
    category: Name | None
    clauses: tuple[Where | Owner, ...]
