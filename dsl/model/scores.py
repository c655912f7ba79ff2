"""Scores with their rules, limits, fading and stages."""

from __future__ import annotations

from typing import Literal

from dsl.model.blocks import Block
from dsl.model.conditions import Condition
from dsl.model.time import Duration
from dsl.model.values import EventQuery, Value
from dsl.records import dataclass, field
from dsl.spans import Span


@dataclass(frozen=True, slots=True)
class Fading:
    """`halve every D`, `lose P % of the original every D`, `forget after D`; D in hours, days or weeks."""

    kind: Literal["halve", "lose", "forget"]
    duration: Duration
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` times or points, spent on the newest events first; `per` a property: for each of its values
    (missing is a value of its own); `local`: inside each such period of the contact's calendar, weeks from Monday. At
    most one of the two. `once` is at most 1 time."""

    amount: int
    of: Literal["times", "points"]
    per: str | None = None
    local: Literal["day", "week", "month"] | None = None


@dataclass(frozen=True, slots=True)
class OnRule:
    """`+P on EVENT ..`: points per matching event. `points` carries the sign. `fading` None: the score's."""

    points: int
    query: EventQuery
    limit: Limit | None
    fading: Fading | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class WhenRule:
    """`+P when COND`: points while it holds."""

    points: int
    when: Condition
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class PerRule:
    """`+P per N of VALUE`: points per whole N; none where the value is missing or negative.
    `limit` is always there and in points: what is said, at most 100,000,000, so that sums stay inside 64 bits."""

    points: int
    every: int
    of: Value
    limit: Limit | None
    span: Span = field(compare=False)


ScoreRule = OnRule | WhenRule | PerRule


@dataclass(frozen=True, slots=True)
class Stage:
    """`stage NAME from A leave below B rest D`; in whole points. `leave` equals `start` where it is not said. Within
    `rest` of the last time the stage counted as reached, reaching it again does not count (None: it always does)."""

    name: str
    start: int
    leave: int
    span: Span = field(compare=False)
    rest: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Block):
    """A score; see LANGUAGE.md §5. `floor` and `ceiling` in whole points (floor 0 where it is not said).
    Stages rise and tile from the floor up; empty if there are none."""

    where: Condition | None
    rules: tuple[ScoreRule, ...]
    fading: Fading | None
    floor: int = 0
    ceiling: int | None = None
    stages: tuple[Stage, ...] = ()
