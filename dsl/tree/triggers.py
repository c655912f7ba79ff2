"""`trigger` blocks and their clauses."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.blocks import Head, Owner, Where
from dsl.tree.causes import Cause, Days
from dsl.tree.conditions import Expr
from dsl.tree.leaves import Date, Duration, Name, Node, Number, Path, Text, Time, Word
from dsl.tree.scores import Per
from dsl.tree.values import Event


@dataclass(frozen=True, slots=True)
class Wait(Node):
    """`wait 4 hours unless did purchase since then`."""

    duration: Duration
    unless: Expr | None


@dataclass(frozen=True, slots=True)
class Send(Node):
    """`send email cart_reminder with offer welcome10 from owner_email reply to owner_email`."""

    channel: Name
    template: Name
    offer: Name | None
    sender: Path | None
    reply_to: Path | None


@dataclass(frozen=True, slots=True)
class Notify(Node):
    """`notify sales "call {{ contact.first_name }}"`."""

    team: Name
    text: Text


@dataclass(frozen=True, slots=True)
class SetField(Node):
    """`set plan to gold`."""

    of: Path
    value: Expr


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`call crm`."""

    hook: Name


@dataclass(frozen=True, slots=True)
class Actions(Node):
    """Actions tried in order, joined by `else`."""

    items: tuple[Send | Notify | SetField | Call, ...]


@dataclass(frozen=True, slots=True)
class AgainEveryTime(Node):
    """`again every time`."""

    per: Per | None


@dataclass(frozen=True, slots=True)
class AgainNever(Node):
    """`again never`."""

    per: Per | None


@dataclass(frozen=True, slots=True)
class AgainAfter(Node):
    """`again after 14 days`."""

    duration: Duration
    per: Per | None


@dataclass(frozen=True, slots=True)
class AgainOnce(Node):
    """`again once per local month`."""

    local: Word | None
    unit: Word
    per: Per | None


Again = AgainEveryTime | AgainNever | AgainAfter | AgainOnce


@dataclass(frozen=True, slots=True)
class Priority(Node):
    """`priority 60`."""

    number: Number


@dataclass(frozen=True, slots=True)
class Category(Node):
    """`category promotional`."""

    name: Name


@dataclass(frozen=True, slots=True)
class Because(Node):
    """`because "order confirmation"`."""

    text: Text


@dataclass(frozen=True, slots=True)
class Purpose(Node):
    """`purpose newsletter`."""

    name: Name


@dataclass(frozen=True, slots=True)
class IfCappedDrop(Node):
    """`if capped drop`."""


@dataclass(frozen=True, slots=True)
class IfCappedWait(Node):
    """`if capped wait up to 1 day`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Expires(Node):
    """`expires after 24 hours`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Late(Node):
    """`late by up to 2 days`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Active(Node):
    """`active from 2026-01-01 08:00 to 2026-02-01`."""

    start: Date
    start_time: Time | None
    end: Date | None
    end_time: Time | None


@dataclass(frozen=True, slots=True)
class Paused(Node):
    """`paused "until legal has answered"`."""

    text: Text


@dataclass(frozen=True, slots=True)
class Names(Node):
    """`a, b, c`."""

    items: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Tags(Node):
    """`tags sale, autumn`."""

    names: Names


@dataclass(frozen=True, slots=True)
class Leap(Node):
    """`leap day feb 28`."""

    month: Word
    number: Number


@dataclass(frozen=True, slots=True)
class Goal(Node):
    """`goal purchase with (..) within 7 days`."""

    event: Event
    duration: Duration


@dataclass(frozen=True, slots=True)
class Holdout(Node):
    """`holdout 10 %`."""

    percent: Number


@dataclass(frozen=True, slots=True)
class Deliver(Node):
    """`deliver between 09:00 and 11:00 on weekdays`."""

    start: Time
    end: Time
    days: Days | None


@dataclass(frozen=True, slots=True)
class Spread(Node):
    """`spread over 2 hours`."""

    duration: Duration


TriggerClause = (
    Cause
    | Where
    | Owner
    | Wait
    | Actions
    | Again
    | Priority
    | Category
    | Because
    | Purpose
    | IfCappedDrop
    | IfCappedWait
    | Expires
    | Late
    | Active
    | Paused
    | Tags
    | Leap
    | Goal
    | Holdout
    | Deliver
    | Spread
)


@dataclass(frozen=True, slots=True)
class Trigger(Node):
    """A `trigger` block; the cause, if there is one, is the first clause."""

    head: Head
    clauses: tuple[TriggerClause, ...]
