"""Windows and periods: which stretch of time is meant."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.leaves import Date, Duration, Node, Number, Word


@dataclass(frozen=True, slots=True)
class WindowLast(Node):
    """`in last 30 days`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class WindowAgo(Node):
    """`90 to 30 days ago`."""

    far: Number
    near: Number
    unit: Word


@dataclass(frozen=True, slots=True)
class WindowBefore(Node):
    """`before 2026-01-01`."""

    date: Date


@dataclass(frozen=True, slots=True)
class WindowSince(Node):
    """`since 2026-01-01`."""

    date: Date


@dataclass(frozen=True, slots=True)
class WindowSinceThen(Node):
    """`since then`."""


@dataclass(frozen=True, slots=True)
class WindowFrom(Node):
    """`from 2026-01-01 to 2026-01-31`."""

    first: Date
    last: Date


@dataclass(frozen=True, slots=True)
class WindowPeriod(Node):
    """`today`, `yesterday`, `this week`."""

    period: Word


Window = WindowLast | WindowAgo | WindowBefore | WindowSince | WindowSinceThen | WindowFrom | WindowPeriod


@dataclass(frozen=True, slots=True)
class LocalPeriod(Node):
    """`per local day`, of a cap or of a limit in a score."""

    unit: Word


@dataclass(frozen=True, slots=True)
class CalendarPeriod(Node):
    """`per calendar month`."""

    unit: Word


@dataclass(frozen=True, slots=True)
class BarePeriod(Node):
    """`per day`, which says too little."""

    unit: Word
