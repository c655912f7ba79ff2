"""Durations, and the windows and periods in which events and dates lie."""

from __future__ import annotations

from typing import Literal

from dsl.records import dataclass

Unit = Literal["minute", "hour", "day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount` units. Minutes to weeks are elapsed time, months and years calendar arithmetic in the project's
    zone; `local` days are calendar days of the contact."""

    amount: int
    unit: Unit
    local: bool = False

    def micros(self) -> int | None:
        """Elapsed microseconds, or None where only the calendar knows (month, year, local)."""
        size = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}.get(self.unit)
        return None if size is None or self.local else self.amount * size * 1_000_000


@dataclass(frozen=True, slots=True)
class InLast:
    """`in last D`: (as_of - D, as_of]; with `local` days today and D - 1 days before."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Ago:
    """`FAR to NEAR UNIT ago`: (as_of - far, as_of - near]."""

    far: Duration
    near: Duration


@dataclass(frozen=True, slots=True)
class LocalDates:
    """Whole local days of the contact, both ends inside; None is open. yyyymmdd.

    `before D`: (None, day before D); `since D`: (D, None); `from A to B`: (A, B).
    """

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class LocalPeriod:
    """`today`, `yesterday`, `this week|month|quarter|year`, in the contact's zone; weeks begin on Monday."""

    name: Literal["today", "yesterday", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class SinceThen:
    """`since then`: (cause of the run, now]. In triggers only."""


Window = InLast | Ago | LocalDates | LocalPeriod | SinceThen
