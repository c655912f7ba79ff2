"""Why: each clause of each block with the value it saw, for one contact at one instant.

The interpreter answers; the words are the author's own, cut from the playbook by the clause's span.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, sqrt
from typing import Any

from dsl.model import (
    And,
    Anniversary,
    Between,
    Compare,
    Condition,
    Consents,
    Const,
    DateWithin,
    DefinedCondition,
    Did,
    DidOnDays,
    EventValue,
    Followed,
    InList,
    InPeriod,
    InSegment,
    InSegmentFor,
    IsKnown,
    Not,
    OnList,
    Or,
    Sample,
    Score,
    SetTest,
    TextTest,
    Truth,
    Value,
    WithinDistance,
)
from dsl.spans import Span
from dsl.types import POINT_UNIT, Boolean, Date, DateTime, MonthDay, Numeric, Point, SetOf, Stored, Type
from engine.instants import to_datetime
from engine.interpret import Reader
from engine.interpret.scores import rule_points
from engine.keys import BUCKETS, bucket
from engine.sphere import RADIUS, SCALE, squared_chord, vector
from engine.zones import zone


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: the author's words, whether it holds, the values it saw, and its parts."""

    text: str
    holds: bool
    seen: tuple[str, ...] = ()
    parts: tuple[Clause, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain data for `--format json`."""
        return {
            "clause": self.text,
            "holds": self.holds,
            "seen": list(self.seen),
            "parts": [part.as_json() for part in self.parts],
        }


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """What one rule of a score gave, in units of 2^-30."""

    text: str
    points: int


class Explainer:
    """Explains blocks to people, for one contact at one instant. `sources`: text of each playbook file."""

    def __init__(self, reader: Reader, sources: Mapping[str, str]) -> None:
        self.reader = reader
        self.sources = sources

    def clause(self, condition: Condition) -> Clause:
        """The condition as a tree of clauses; named segments and definitions are opened one level down."""
        holds = self.reader.holds(condition)
        parts: tuple[Clause, ...] = ()
        match condition:
            case And(items=items) | Or(items=items):
                parts = tuple(self.clause(item) for item in items)
            case Not(item=item) if isinstance(item, And | Or | InSegment | DefinedCondition | Not):
                parts = (self.clause(item),)
            case InSegment(segment=name) | InSegmentFor(segment=name):
                parts = (self.clause(self.reader.setting.model.segments[name].where),)
            case DefinedCondition(name=name):
                defined = self.reader.setting.model.defines[name].condition
                parts = () if defined is None else (self.clause(defined),)
            case _:
                pass
        return Clause(self.words(condition.span), holds, self.seen(condition), parts)

    def score_lines(self, score: Score) -> list[ScoreLine]:
        """What each rule gave, in the order of the text."""
        return [ScoreLine(self.words(rule.span), rule_points(self.reader, score, rule)) for rule in score.rules]

    def words(self, span: Span) -> str:
        """The author's words, on one line."""
        source = self.sources.get(span.file)
        return "" if source is None else " ".join(span.text(source).split())

    def seen(self, condition: Condition) -> tuple[str, ...]:
        """The values that decided, for leaves only."""
        match condition:
            case Not(item=item) if not isinstance(item, And | Or | InSegment | DefinedCondition | Not):
                return self.seen(item)
            case Compare(left=left, right=right):
                return self._values(left, right)
            case Between(value=value, low=low, high=high):
                return self._values(value, low, high)
            case InList(value=value) | IsKnown(value=value) | TextTest(value=value) | Truth(value=value):
                return self._values(value)
            case SetTest(value=value):
                return self._values(value)
            case WithinDistance(value=value, place=place):
                one, other = self.reader.value(value), self.reader.value(place)
                seen = self._values(value, place)
                return (
                    seen if one is None or other is None else (*seen, f"{distance_shown(str(one), str(other))} apart")
                )
            case DateWithin(value=value) | InPeriod(value=value) | Anniversary(value=value):
                return self._values(value)
            case Did(query=query):
                times = sum(1 for _ in self.reader.matching(query))
                return (f"{query.event}: {times} time{'' if times == 1 else 's'}",)
            case InSegmentFor(segment=name):
                start = self.reader.setting.memory.entered.get(name, {}).get(self.reader.contact.key)
                since = shown(start, DateTime(), self.reader.setting.project_zone)
                return ("no tick has seen them inside" if start is None else f"inside {name} since {since}",)
            case DidOnDays(query=query):
                days = len(self.reader.days(query))
                return (f"{query.event}: on {days} day{'' if days == 1 else 's'}",)
            case Followed(first=first, second=second):
                total = sum(1 for _ in self.reader.matching(first))
                found = sum(1 for _ in self.reader.followed(condition))
                then = "with" if condition.kind == "then" else "without"
                return (
                    f"{first.event}: {total} time{'' if total == 1 else 's'}, {found} {then} {second.event} in time",
                )
            case Sample(name=name):
                part = bucket(name, self.reader.contact.key)
                return (f"stands at {rounded(part, BUCKETS // 100, 4)} % of sample {name}",)
            case OnList(list=name):
                return (f"{'on' if self.reader.holds(condition) else 'not on'} list {name}",)
            case Consents(channel=channel, purpose=purpose):
                known = "granted" if self.reader.holds(condition) else "not granted"
                return (f"consent to {channel} for {purpose} is {known}",)
            case _:
                return ()

    def _values(self, *values: Value) -> tuple[str, ...]:
        project = self.reader.setting.project_zone
        return tuple(
            f"{self.words(value.span)} is {shown(self.reader.value(value), value.type, project)}"
            for value in values
            if not isinstance(value, Const | EventValue)
        )


def shown(value: Stored, type_: Type, time_zone: str = "UTC") -> str:
    """A stored value as people read it; points and other exact numbers are rounded half up to two places."""
    if value is None:
        return "missing"
    match type_:
        case Numeric(denominator=1):
            return str(value)
        case Numeric(denominator=unit, currency=currency):
            digits = len(str(unit)) - 1 if str(unit).strip("0") == "1" else 2
            text = rounded(int(value), unit, digits)
            return text if currency is None else f"{text} {currency}"
        case Boolean():
            return "yes" if value else "no"
        case Date():
            day = int(value)
            return f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}"
        case MonthDay():
            return f"{int(value) // 100:02}-{int(value) % 100:02}"
        case DateTime():
            return to_datetime(int(value), zone(time_zone)).strftime("%Y-%m-%d %H:%M")
        case Point():
            return ", ".join(str(value).split(","))
        case SetOf():
            return ", ".join(part for part in str(value).split("|") if part)
        case _:
            return str(value)


def rounded(value: int, unit: int, digits: int = 2) -> str:
    """value/unit in decimal, rounded half up (away from zero) to `digits` places, without trailing zeros for points."""
    scaled = (abs(value) * 10**digits * 2 + unit) // (2 * unit)
    whole, rest = divmod(scaled, 10**digits)
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{whole}" if digits == 0 else f"{sign}{whole}.{rest:0{digits}}"


def distance_shown(one: str, other: str) -> str:
    """How far two stored points lie apart, for people: metres under 10 km, else kilometres."""
    chord = sqrt(squared_chord(vector(one), vector(other)))
    metres = 2 * RADIUS / 1_000 * asin(min(1.0, chord / (2 * SCALE)))
    return f"{metres:.0f} m" if metres < 10_000 else f"{metres / 1_000:.1f} km"


def points_shown(points: int) -> str:
    """Points for people: two places, none where they are whole."""
    text = rounded(points, POINT_UNIT)
    return text.removesuffix(".00")
