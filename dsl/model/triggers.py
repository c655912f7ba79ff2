"""Triggers: what a run does, for whom, when, and how often."""

from __future__ import annotations

from typing import Literal

from dsl.model.blocks import Block
from dsl.model.causes import Cause
from dsl.model.conditions import Condition
from dsl.model.time import Duration
from dsl.model.values import Const, EventQuery, EventValue, FieldValue
from dsl.records import dataclass, field
from dsl.spans import Span


@dataclass(frozen=True, slots=True)
class Send:
    """`send CHANNEL TEMPLATE [with offer O] [from FIELD] [reply to FIELD]`.

    `sender`, `reply_to`: contact fields that hold mail addresses. `preferred`: one of the ways of `send preferred`, for
    contacts whose preferred channel it is (None: for all)."""

    channel: str
    template: str
    offer: str | None
    span: Span = field(compare=False)
    sender: str | None = None
    reply_to: str | None = None
    preferred: bool | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """`notify TEAM "text"`: to a team, not to the contact; no consent, no cap, not counted."""

    team: str
    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class SetField:
    """`set FIELD to VALUE`: what the contact's field is from the next tick on. `value` None: missing; `scale`: by what
    the stored value is multiplied to be one of the field's type."""

    name: str
    value: Const | FieldValue | EventValue | None
    span: Span = field(compare=False)
    scale: int = 1


@dataclass(frozen=True, slots=True)
class Call:
    """`call HOOK`: tells another program."""

    hook: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Again:
    """Re-entry: `every time`, `never`, `after D`, `once per local PERIOD`; optionally `per PROPERTY` of the event."""

    kind: Literal["every time", "never", "after", "once per"]
    duration: Duration | None = None
    period: Literal["day", "week", "month", "year"] | None = None
    per: str | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """`goal EVENT [with (..)] within D`: what a run is for. The query has no window."""

    query: EventQuery
    within: Duration


@dataclass(frozen=True, slots=True)
class Deliver:
    """`deliver between 09:00 and 11:00 [on ..]`: minutes after local midnight, may cross midnight. A window belongs to
    the day on which it starts; `days` 0 = Monday (empty: every day)."""

    start: int
    end: int
    days: tuple[int, ...] = ()


Category = Literal["promotional", "service", "transactional"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Block):
    """A trigger; see LANGUAGE.md §5. `sends` are tried in order (`else`), then `otherwise` tells a team; a trigger has
    sends, notifies, sets or calls, or several of these.

    `active_from`, `active_to`: (yyyymmdd, minutes) on the project's wall clock, None where the clause is not said
    (kadenz.yaml decides). An end of 1440 minutes is the end of that day, itself outside; any other end is inside.
    `capped_wait` None: `if capped drop`. `holdout`: the share that gets nothing, in millionths. `spread`: runs are due
    up to so much later, by hash.
    """

    cause: Cause
    wait: Duration | None = None
    unless: Condition | None = None
    where: Condition | None = None
    sends: tuple[Send, ...] = ()
    otherwise: Notify | None = None
    notifies: tuple[Notify, ...] = ()
    sets: tuple[SetField, ...] = ()
    calls: tuple[Call, ...] = ()
    again: Again = Again("every time")
    priority: int = 50
    category: Category = "promotional"
    because: str | None = None
    purpose: str = "marketing"
    capped_wait: Duration | None = None
    expires: Duration = Duration(1, "day")
    late_by: Duration = Duration(1, "day")
    active_from: tuple[int, int] | None = None
    active_to: tuple[int, int] | None = None
    paused: str | None = None
    tags: tuple[str, ...] = ()
    goal: Goal | None = None
    holdout: int | None = None
    deliver: Deliver | None = None
    spread: Duration | None = None

    @property
    def notices(self) -> tuple[Notify, ...]:
        """All notices that some run may make."""
        return self.notifies if self.otherwise is None else (*self.notifies, self.otherwise)
