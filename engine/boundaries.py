"""The places at which clauses turn: numbers, ages, counts and windows, and how near to them somebody stands.

A boundary has two sides. Whether a text says `>= 50` or `> 50` shows at it and nowhere else, so a test that means it
has somebody on each side, one whole step away at most: one of the number, one time, one day (or one hour, one minute,
where the duration is said in them).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from zoneinfo import ZoneInfo

from dsl.model import (
    Ago,
    Between,
    Compare,
    Condition,
    Const,
    DateWithin,
    Did,
    DidOnDays,
    Duration,
    EventQuery,
    Followed,
    InLast,
    Stage,
    Value,
)
from dsl.spans import Span
from dsl.types import POINT_UNIT, Date, DateTime, Numeric, OneOf, Stored, Type
from engine.clauses import queries
from engine.explain import shown
from engine.instants import DAY, HOUR, MINUTE, day_start, local_date, next_day, shift, shift_date, to_date
from engine.interpret import Reader
from engine.records import Event
from engine.zones import zone


@dataclass(frozen=True, slots=True)
class OfValue:
    """`value op const`, with `op` one of the four that have an order."""

    value: Value
    op: str
    bound: Const


@dataclass(frozen=True, slots=True)
class OfCount:
    """`at least N times`, `at most N times`, on events or days."""

    condition: Did | DidOnDays


@dataclass(frozen=True, slots=True)
class OfWindow:
    """The old end of a window of events: `back` before now. `ends`: it is the window's new end."""

    query: EventQuery
    back: Duration
    ends: bool


@dataclass(frozen=True, slots=True)
class OfDate:
    """`in last D`, `in next D`, `older than D` of a date or an instant."""

    condition: DateWithin


@dataclass(frozen=True, slots=True)
class OfGap:
    """`A then B within D`."""

    condition: Followed


@dataclass(frozen=True, slots=True)
class OfStage:
    """Where a stage begins."""

    score: str
    stage: Stage


Kind = OfValue | OfCount | OfWindow | OfDate | OfGap | OfStage


@dataclass(frozen=True, slots=True)
class Boundary:
    """A place at which a clause turns: where it stands in the text, and how people call it."""

    span: Span
    text: str
    kind: Kind = field(compare=False)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody near a boundary: `distance` from it in steps of `step`, and on which side of the comparison."""

    distance: int
    step: int
    side: bool

    @property
    def near(self) -> bool:
        """Whether it is one step away at most."""
        return abs(self.distance) <= self.step


def boundaries(condition: Condition) -> Iterator[Boundary]:
    """Those of one clause, and of the windows of the events that it reads."""
    match condition:
        case Compare(op=op, left=left, right=Const() as bound) if op != "=":
            yield from _of_value(left, op, bound)
        case Compare(op=op, left=Const() as bound, right=right) if op != "=":
            turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
            yield from _of_value(right, turned, bound)
        case Between(value=value, low=low, high=high):
            for side, end in ((">=", low), ("<=", high)):
                if isinstance(end, Const):
                    yield from _of_value(value, side, end)
        case Did(op=op, count=count) | DidOnDays(op=op, count=count):
            if op != "=" and (op, count) not in ((">=", 1), ("<=", 0)):
                days = "days" if isinstance(condition, DidOnDays) else "times"
                yield Boundary(condition.span, f"{count} {days}", OfCount(condition))
        case DateWithin(duration=duration):
            yield Boundary(condition.span, told(duration), OfDate(condition))
        case Followed(within=within):
            yield Boundary(condition.span, told(within), OfGap(condition))
        case _:
            pass
    for query in queries(condition):
        yield from windows(query)


def windows(query: EventQuery) -> Iterator[Boundary]:
    """The ends of a query's window that lie so long before now; dates and calendar periods have none."""
    match query.window:
        case InLast(duration=duration):
            yield Boundary(query.span, told(duration), OfWindow(query, duration, ends=False))
        case Ago(far=far, near=near):
            yield Boundary(query.span, told(far), OfWindow(query, far, ends=False))
            yield Boundary(query.span, told(near), OfWindow(query, near, ends=True))
        case _:
            pass


def told(duration: Duration) -> str:
    """`30 days`, as it is written."""
    local = "local " if duration.local else ""
    return f"{duration.amount} {local}{duration.unit}{'' if duration.amount == 1 else 's'}"


def _of_value(value: Value, op: str, bound: Const) -> Iterator[Boundary]:
    match value.type:
        case Numeric() | Date() | DateTime() | OneOf(ordered=True):
            yield Boundary(bound.span, shown(bound.value, bound.type), OfValue(value, op, bound))
        case _:
            return


# ---------------------------------------------------------------- who stands where


def sightings(reader: Reader, boundary: Boundary, event: Event | None = None) -> Iterator[Sighting]:
    """Where this contact (its events, for windows) stands to a boundary; nothing where something is missing."""
    match boundary.kind:
        case OfValue(value=value, op=op, bound=bound):
            away = _away(reader.value(value, event), value.type, bound.value, bound.type, reader.zone)
            if away is not None:
                distance, step = away
                side = {"<": distance < 0, "<=": distance <= 0, ">": distance > 0, ">=": distance >= 0}[op]
                yield Sighting(distance, step, side)
        case OfCount(condition=condition):
            query = condition.query
            seen = (
                len(reader.days(query)) if isinstance(condition, DidOnDays) else sum(1 for _ in reader.matching(query))
            )
            away_by = seen - condition.count
            yield Sighting(away_by, 1, away_by >= 0 if condition.op == ">=" else away_by <= 0)
        case OfWindow(query=query, back=back, ends=ends):
            start = _before(reader, back)
            for one in reader.matching(replace(query, window=None)):
                inside = one.at >= start if back.local else one.at > start
                yield Sighting(one.at - start, step_of(back), inside != ends)
        case OfDate(condition=condition):
            yield from _dated(reader, condition, event)
        case OfGap(condition=condition):
            within = condition.within.micros()
            assert within is not None, "bound as elapsed time"
            seconds = [one.at for one in reader.matching(condition.second)]
            for first in reader.matching(condition.first):
                after = [at for at in seconds if at > first.at]
                if after:
                    away_by = min(after) - first.at - within
                    yield Sighting(away_by, step_of(condition.within), away_by <= 0)
        case OfStage(score=score, stage=stage):
            points = reader.points(score)
            if points is not None:
                away_by = points - stage.start * POINT_UNIT
                yield Sighting(away_by, POINT_UNIT, away_by >= 0)
        case _:
            assert_never(boundary.kind)


def moved(reader: Reader, kind: OfWindow, *, inward: bool) -> EventQuery:
    """The query with this end of its window one step further in (so that it holds less) or out, as this contact
    reckons."""
    query, back = kind.query, kind.back
    less = inward != kind.ends
    if back.local:
        days = back.amount - 1 if less else back.amount + 1
        # no day at all is a window that ends before it begins
        other = replace(back, amount=days) if days else Duration(0, "minute")
    else:
        size = reader.as_of - _before(reader, back) + (-step_of(back) if less else step_of(back))
        other = Duration(max(size, 0) // MINUTE, "minute")
    match query.window:
        case Ago() as window if kind.ends:
            return replace(query, window=replace(window, near=other))
        case Ago() as window:
            return replace(query, window=replace(window, far=other))
        case _:
            return replace(query, window=InLast(other))


def step_of(duration: Duration) -> int:
    """One step at the end of a duration, in microseconds."""
    return {"minute": MINUTE, "hour": HOUR}.get(duration.unit, DAY)


def _before(reader: Reader, back: Duration) -> int:
    """The instant so long before now; of local days the midnight at which they begin."""
    if back.local:
        return day_start(next_day(reader.today, 1 - back.amount), reader.zone)
    return shift(reader.as_of, back, -1, zone(reader.setting.project_zone))


def _dated(reader: Reader, condition: DateWithin, event: Event | None) -> Iterator[Sighting]:
    value = reader.value(condition.value, event)
    if value is None:
        return
    at, back = int(value), condition.duration
    holds = reader.holds(condition, event)
    sign = 1 if condition.kind == "in next" else -1
    if isinstance(condition.value.type, Date):
        yield Sighting(_days(at) - _days(shift_date(reader.today, back, sign)), 1, holds)
    elif back.local:
        day = local_date(at, reader.zone)
        yield Sighting(_days(day) - _days(next_day(reader.today, sign * back.amount)), 1, holds)
    else:
        yield Sighting(at - shift(reader.as_of, back, sign, zone(reader.setting.project_zone)), step_of(back), holds)


def _away(value: Stored, of: Type, bound: Stored, of_bound: Type, place: ZoneInfo) -> tuple[int, int] | None:
    """(distance from the bound, one step), in the same unit; None where it is missing or has no place in the order."""
    if value is None or bound is None:
        return None
    match of, of_bound:
        case Numeric(denominator=unit), Numeric(denominator=other):
            whole = int(bound) % other == 0
            return int(value) * other - int(bound) * unit, unit * other if whole else other
        case OneOf(members=members), OneOf():
            if value not in members or bound not in members:
                return None
            return members.index(str(value)) - members.index(str(bound)), 1
        case Date(), Date():
            return _days(int(value)) - _days(int(bound)), 1
        case DateTime(), Date():
            return _days(local_date(int(value), place)) - _days(int(bound)), 1
        case DateTime(), DateTime():
            return int(value) - int(bound), DAY
        case _:
            return None


def _days(day: int) -> int:
    found: date = to_date(day)
    return found.toordinal()
