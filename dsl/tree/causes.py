"""What starts a run of a trigger."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.conditions import Expr
from dsl.tree.leaves import Date, Duration, Name, Node, Number, Path, Time, Word
from dsl.tree.values import Event


@dataclass(frozen=True, slots=True)
class OnEvent(Node):
    """`on cart_added with (..)`."""

    event: Event


@dataclass(frozen=True, slots=True)
class OnEntering(Node):
    """`on entering customers including those already in`."""

    segment: Name
    including: Word | None


@dataclass(frozen=True, slots=True)
class OnLeaving(Node):
    """`on leaving customers`."""

    segment: Name


@dataclass(frozen=True, slots=True)
class OnReaching(Node):
    """`on engagement reaching qualified`."""

    score: Name
    stage: Name


@dataclass(frozen=True, slots=True)
class OnFalling(Node):
    """`on engagement falling below qualified`."""

    score: Name
    stage: Name


@dataclass(frozen=True, slots=True)
class Days(Node):
    """`saturday, sunday`."""

    items: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class OnYear(Node):
    """`every year on birth_date at 09:00`."""

    path: Path
    time: Time | None


@dataclass(frozen=True, slots=True)
class OnYearFrom(Node):
    """`every year 7 days before birth_date at 09:00`."""

    duration: Duration
    side: Word
    path: Path
    time: Time


@dataclass(frozen=True, slots=True)
class OnDaysFrom(Node):
    """`30 days before contract_end at 09:00`."""

    duration: Duration
    side: Word
    path: Path
    time: Time


@dataclass(frozen=True, slots=True)
class EveryDay(Node):
    """`every day at 09:00`."""

    time: Time


@dataclass(frozen=True, slots=True)
class EveryWeek(Node):
    """`every monday, thursday at 09:00`."""

    days: Days
    time: Time


@dataclass(frozen=True, slots=True)
class EveryMonth(Node):
    """`every month on 15 at 09:00`."""

    day: Number
    time: Time


@dataclass(frozen=True, slots=True)
class OnDate(Node):
    """`on 2026-11-27 at 09:00`."""

    date: Date
    time: Time | None


@dataclass(frozen=True, slots=True)
class OnChanging(Node):
    """`on plan changing`, `on plan changing to gold`, `on weather.rain_mm changing`."""

    of: Path
    to: Expr | None


@dataclass(frozen=True, slots=True)
class OnWhen(Node):
    """`when credit > 100`: the instant at which it becomes true."""

    expr: Expr


Cause = (
    OnEvent
    | OnEntering
    | OnLeaving
    | OnReaching
    | OnFalling
    | OnYear
    | OnYearFrom
    | OnDaysFrom
    | EveryDay
    | EveryWeek
    | EveryMonth
    | OnDate
    | OnChanging
    | OnWhen
)
