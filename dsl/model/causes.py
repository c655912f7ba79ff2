"""What starts a run of a trigger: an event, a change of state, the calendar."""

from __future__ import annotations

from typing import Literal

from dsl.model.conditions import Condition
from dsl.model.time import Duration
from dsl.model.values import Const, EventQuery, FactValue, FieldValue
from dsl.records import dataclass, field
from dsl.spans import Span


@dataclass(frozen=True, slots=True)
class OnEvent:
    """`on EVENT [with (..)]`: each event, at its time. The query has no window."""

    query: EventQuery
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class OnSegment:
    """`on entering SEGMENT [including those already in]`, `on leaving SEGMENT`."""

    segment: str
    edge: Literal["entering", "leaving"]
    including_present: bool
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class OnStage:
    """`on SCORE reaching STAGE`, `on SCORE falling below STAGE`."""

    score: str
    stage: str
    edge: Literal["reaching", "falling below"]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Offset:
    """`7 days before`, `1 month after`: civil days; D in days, weeks, months or years."""

    duration: Duration
    side: Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Yearly:
    """`every year on DATE_FIELD [at TIME]`: at minutes after local midnight (0 where it is not said).
    `leap` is the day that stands for 29 February in other years, mmdd: 228 or 301. `offset`: so long before or after
    each occurrence."""

    date: FieldValue
    at: int
    leap: int
    span: Span = field(compare=False)
    offset: Offset | None = None


@dataclass(frozen=True, slots=True)
class OnDay:
    """`N days before|after DATE_FIELD at TIME`: once, reckoned from the date with its own year."""

    date: FieldValue
    offset: Offset
    at: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Repeated:
    """`every day|monday at TIME`, `every month on N at TIME`: for everybody. `weekdays` 0 = Monday (empty: every day);
    `month_day` 1 to 31, clamped to the end of the month (None: the month does not matter)."""

    weekdays: tuple[int, ...]
    month_day: int | None
    at: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class OnDate:
    """`on 2026-11-27 [at TIME]`: once, for everybody; `day` is yyyymmdd."""

    day: int
    at: int
    span: Span = field(compare=False)


Broadcast = Repeated | OnDate
"""Causes that speak to everybody for whom `where` holds."""


Scheduled = Yearly | OnDay | Broadcast
"""Causes that the calendar brings about, at a local time of the contact."""


@dataclass(frozen=True, slots=True)
class OnChange:
    """`on FIELD changing [to VALUE]`: the field, or the column of the contact's row of a fact table, differs from what
    the ledger saw at the tick before."""

    of: FieldValue | FactValue
    to: Const | None
    span: Span = field(compare=False)

    @property
    def watched(self) -> str:
        """The name under which the ledger keeps what it saw: the field's, or `TABLE.COLUMN`."""
        return self.of.name if isinstance(self.of, FieldValue) else f"{self.of.table}.{self.of.column}"


@dataclass(frozen=True, slots=True)
class OnWhen:
    """`when EXPR`: the condition holds and did not at the tick before."""

    condition: Condition
    span: Span = field(compare=False)


Cause = OnEvent | OnSegment | OnStage | OnChange | OnWhen | Scheduled
