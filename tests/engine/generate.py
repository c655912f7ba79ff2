"""Random projects with data for the equality of executors: a model, a store's content, an instant, and runs.

Constants, fields and event instants come from small shared pools, each with its neighbours, so that edges meet:
events lie at the ends of windows and a microsecond beside them, dates around today, numbers around thresholds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import lcm
from typing import Any, Literal, TypeVar, cast

from hypothesis import strategies as st

from dsl import model as m
from dsl.schema import EventType, FactTable, Field, Schema
from dsl.spans import Span
from dsl.types import (
    NUMBER,
    Boolean,
    Date,
    DateTime,
    MonthDay,
    Numeric,
    OneOf,
    Point,
    SetOf,
    Stored,
    Text,
    Type,
    Zone,
    decimal,
    money,
)
from engine.evaluation import Memory, Run
from engine.instants import DAY, HOUR, day_start, local_date, next_day, shift, shift_date
from engine.records import Contact, Event
from engine.zones import zone

T = TypeVar("T")
Choose = Callable[[Sequence[Any]], Any]
"""Picks one of some options: `random.Random(seed).choice`, or a draw of Hypothesis, which can shrink what it finds."""


class _Nowhere(Span):
    """A place without a place, so that a failing case prints short."""

    def __repr__(self) -> str:
        return "."

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(".")


NOWHERE = _Nowhere("", 0, 0, 1, 1, 1, 1)

SIZE = OneOf(("small", "medium", "large", "huge"), ordered=True)
COUNTRY = OneOf(("CH", "US", "AU", "ES", "XX"))
PRODUCT = OneOf(("a", "b", "c"))
CHF = money("CHF")
FINE = decimal(6)
LIKES = SetOf(("ski", "skiing", "bike", "a%"))
"""One member begins like another."""

FIELDS: dict[str, Type] = {
    "key": Text(),
    "home": Zone(),
    "country": COUNTRY,
    "city": Text(),
    "points_owned": NUMBER,
    "price": decimal(2),
    "worth": CHF,
    "rate": FINE,
    "huge": NUMBER,
    "vip": Boolean(),
    "birth": Date(),
    "birthday": MonthDay(),
    "joined": DateTime(),
    "size": SIZE,
    "likes": LIKES,
    "spot": Point(),
    "office": Point(),
}
EVENTS: dict[str, dict[str, Type]] = {
    "visit": {"page": Text(), "seconds": NUMBER, "day": Date(), "product": PRODUCT, "size": SIZE, "place": Point()},
    "purchase": {"amount": CHF, "product": PRODUCT, "share": FINE, "size": SIZE, "gift": Boolean(), "labels": LIKES},
    "note": {"at": DateTime(), "id": Text()},  # names that are an event's own elsewhere
}


def _fields(types: dict[str, Type]) -> dict[str, Field]:
    return {name: Field(name, type_) for name, type_ in types.items()}


def schema_with(zone_field: str | None, country_field: str | None) -> Schema:
    """The schema of all random projects, with or without the roles of zones."""
    events = {name: EventType(name, _fields(types)) for name, types in EVENTS.items()}
    rain = FactTable(
        "rain", "country", "country", _fields({"country": COUNTRY, "day": DateTime(), "mm": NUMBER}), "day"
    )
    tariff = FactTable("tariff", "size", "size", _fields({"size": SIZE, "fee": CHF, "depot": Point()}))
    facts = {"rain": rain, "tariff": tariff}
    return Schema("key", _fields(FIELDS), events, facts, zone_field=zone_field, country_field=country_field)


SCHEMAS = (schema_with("home", "country"), schema_with(None, "country"), schema_with(None, None))

AS_OF = (
    1_772_280_000_000_000,  # 2026-02-28 12:00 UTC: the birthday of 29 February
    1_772_323_200_000_000,  # 2026-03-01 00:00 UTC
    1_709_208_000_000_000,  # 2024-02-29 12:00 UTC
    1_792_890_000_000_000,  # 2026-10-25 01:00 UTC: the clock goes back in Europe
    1_798_759_800_000_001,  # 2026-12-31 23:30 UTC and a microsecond
    1_774_746_000_000_000,  # 2026-03-29 01:00 UTC: the clock goes forward in Europe
)
ZONES = ("Europe/Zurich", "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe", "Mars/Olympus")
PROJECT_ZONES = ("Europe/Zurich", "UTC", "Australia/Sydney")
TEXTS = ("a", "A", "ä", "a%", "_", "ab", "ba", "aba", "%")

LISTS = ("press", "staff")

PLACES = (
    "47.3769,8.5417", "47.3769,8.5418", "47.377,8.5417", "46.948,7.4474", "-47.3769,-171.4583", "90,0", "0,180",
    "0,-180",
)  # fmt: skip
"""Two of them a few metres beside the first, one on the other side of the earth."""

APART = (1, 7_540, 7_550, 11_119, 11_120, 95_000_000, 96_000_000, 20_000_000_000)
"""Distances in millimetres, right beside those between some of the places."""

DURATIONS = (
    m.Duration(1, "minute"),
    m.Duration(1, "hour"),
    m.Duration(1, "day"),
    m.Duration(2, "day"),
    m.Duration(1, "week"),
    m.Duration(1, "month"),
    m.Duration(13, "month"),
    m.Duration(1, "year"),
)
FADINGS = (
    m.Fading("halve", m.Duration(1, "hour")),
    m.Fading("halve", m.Duration(30, "day")),
    m.Fading("lose", m.Duration(1, "week"), 30),
    m.Fading("lose", m.Duration(36, "hour"), 7),
    m.Fading("forget", m.Duration(2, "day")),
    m.Fading("forget", m.Duration(1, "week")),
    m.Fading("forget", m.Duration(73, "hour")),
)


@dataclass(frozen=True)
class World:
    """A case: what the executors get."""

    schema: Schema
    project_zone: str
    as_of: int
    contacts: tuple[Contact, ...]
    events: tuple[Event, ...]
    model: m.Model
    memory: Memory
    condition: m.Condition
    runs: tuple[Run, ...]
    rain: tuple[dict[str, Stored], ...]
    tariffs: tuple[dict[str, Stored], ...]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """A failing case in lines, without the schema, which is one of three."""
        parts: list[object] = [f"schema {SCHEMAS.index(self.schema)}, {self.project_zone}, as_of={self.as_of}"]
        parts += [*self.contacts, *self.events, self.memory]
        parts += [*self.model.defines.values(), *self.model.segments.values(), *self.model.scores.values()]
        parts += [*self.model.classes.values()]
        parts += [t.where for t in self.model.triggers.values()]
        parts += ["hold", self.condition, *self.runs]
        for part in parts:
            printer.text("\n" + str(part).replace(", span=.", ""))


@dataclass
class Maker:
    """Draws the parts of one case. `known` are names that may be referred to, by kind."""

    choose: Choose
    as_of: int
    project_zone: str
    defines: dict[str, m.Define] = field(default_factory=dict)
    segments: dict[str, m.Segment] = field(default_factory=dict)
    scores: dict[str, m.Score] = field(default_factory=dict)
    classes: dict[str, m.Class] = field(default_factory=dict)
    in_trigger: bool = False

    def one(self, options: Sequence[T]) -> T:
        found: T = self.choose(options)
        return found

    def chance(self, n: int = 2) -> bool:
        """One in n, shrinking to False."""
        return self.one((False,) * (n - 1) + (True,))

    def some(self, options: Sequence[T]) -> list[T]:
        """At least one of the options, none twice."""
        return list({self.one(options): None for _ in range(self.one((1, 2, 3)))})

    # ------------------------------------------------------------ pools

    def instant(self) -> int:
        """An instant at an edge, or a microsecond beside it."""
        kind = self.one(range(5))
        beside = self.one((0, 1, -1))
        if kind == 0:
            return self.as_of + beside
        if kind == 1:
            moved = shift(self.as_of, self.one(DURATIONS), self.one((-1, -1, 1)), zone(self.project_zone))
            return moved + beside
        place = zone(self.one(ZONES[:4]))
        today = local_date(self.as_of, place)
        if kind == 2:
            return day_start(next_day(today, self.one((0, 1, -1, -2, -7))), place) + beside
        if kind == 3:
            return self.as_of - self.one((1, 2, 3, 24, 36, 72, 73, 96)) * HOUR + beside
        return self.as_of - self.one((1, 7, 30, 31, 90, 400)) * DAY + beside

    def date(self) -> int:
        """A date around today, at the end of a duration, or a leap day."""
        today = local_date(self.as_of, zone(self.project_zone))
        kind = self.one(range(4))
        if kind == 0:
            return next_day(today, self.one((0, 1, -1)))
        if kind == 1:
            near = shift_date(today, self.one(DURATIONS[2:]), self.one((1, -1)))
            return next_day(near, self.one((0, 1, -1)))
        if kind == 2:
            return self.one((20000229, 20040229, 19990228, 19990301, 20251231, 20260101))
        return shift_date(today, m.Duration(18, "year"), -1)

    def stored(self, type_: Type, name: str = "") -> str | int:
        """A known value of a type."""
        match type_:
            case Text():
                return self.one(TEXTS)
            case Zone():
                return self.one(ZONES)
            case OneOf(members=members):
                return self.one(members)
            case SetOf(members=members):
                return f"|{'|'.join(sorted(self.some(members)))}|"
            case Point():
                return self.one(PLACES)
            case Boolean():
                return self.one((0, 1))
            case Date():
                return self.date()
            case MonthDay():
                return self.one((229, 228, 301, 1231, 101, self.date() % 10_000))
            case DateTime():
                return self.instant()
            case Numeric(denominator=denominator):
                if name == "huge":
                    return self.one((0, 2**63 - 1, -(2**63), 2**62, -3))
                if denominator == 10**6 and self.chance(3):  # averages of few small numbers, cut toward zero
                    return self.one((333_333, 333_334, 500_000, 666_666, -333_333, -666_666, 1_500_000, 1_004_999))
                whole = self.one((0, 1, 2, 3, 100, -1, -2, 10, 50, 26, 18)) * denominator
                return whole + (0 if denominator == 1 else self.one((0, 1, -1)))
            case _:
                raise AssertionError(type_)

    def constant(self, type_: Type) -> m.Const:
        if isinstance(type_, Numeric) and self.chance():
            type_ = self.one((NUMBER, decimal(2), FINE, Numeric("decimal", 10)))
        if isinstance(type_, DateTime):
            type_ = Date()
        return m.Const(self.stored(type_), type_, NOWHERE)

    # ------------------------------------------------------------ values

    def value(self, wanted: type[Any], depth: int, event: str | None) -> m.Value:
        """A value of a family of types; inside `with (..)` mostly of the event."""
        options: list[Callable[[], m.Value]] = []
        if event is not None:
            own = [(n, t) for n, t in EVENTS[event].items() if isinstance(t, wanted)]
            if wanted is DateTime and "at" not in EVENTS[event]:
                own.append(("at", DateTime()))
            if wanted is Text and "id" not in EVENTS[event]:
                own.append(("id", Text()))
            if own:
                options += [lambda: m.EventValue(*self.one(own), "this", NOWHERE)] * 3
        if wanted is Numeric:
            options.append(lambda: m.FactValue(*self.one((("rain", "mm", NUMBER), ("tariff", "fee", CHF))), NOWHERE))
        if wanted is Point:
            options.append(lambda: m.FactValue("tariff", "depot", Point(), NOWHERE))
        owned = [(n, t) for n, t in FIELDS.items() if isinstance(t, wanted) and (n != "huge" or depth == 0)]
        if owned:
            options.append(lambda: m.FieldValue(*self.one(owned), NOWHERE))
        if event is None:
            options += self._aggregates(wanted)
            named = [d for d in self.defines.values() if d.value is not None and isinstance(d.value.type, wanted)]
            if named:
                options.append(lambda: self._named(self.one(named)))
        if self.in_trigger:
            causes = [(n, t) for e in EVENTS for n, t in EVENTS[e].items() if isinstance(t, wanted)]
            if wanted is DateTime:
                causes.append(("at", DateTime()))
            if causes:
                options.append(lambda: m.EventValue(*self.one(causes), "cause", NOWHERE))
        if wanted is Numeric:
            options += [lambda: m.AgeOf(self.value(Date, 1, event), NOWHERE)] * 2
            if self.scores and event is None:
                options.append(lambda: m.ScoreValue(self.one(list(self.scores)), NOWHERE))
            if depth < 2:
                options.append(lambda: self._arithmetic(depth, event))
        if wanted in (Numeric, Date, DateTime) and depth < 2:
            options.append(lambda: self._pick(wanted, depth, event))
        if not options:
            return self.constant(wanted())
        return self.one(options)()

    def _named(self, define: m.Define) -> m.Value:
        assert define.value is not None
        return m.DefinedValue(define.name, define.value.type, NOWHERE)

    def _aggregates(self, wanted: type[Any]) -> list[Callable[[], m.Value]]:
        found: list[Callable[[], m.Value]] = []

        def make(kind: Any, of: type[Any] | tuple[type[Any], ...], result: Type | None = None) -> m.Value:
            pairs = [(e, n, t) for e, props in EVENTS.items() for n, t in props.items() if isinstance(t, of)]
            event, name, type_ = self.one(pairs)
            return m.Aggregate(kind, self.query(event), name, result or type_, NOWHERE)

        if wanted is Numeric:
            found.append(lambda: m.Aggregate("number", self.query(), None, NUMBER, NOWHERE))
            found += [lambda k=k: make(k, Numeric) for k in ("sum", "smallest", "largest", "first", "last")]  # type: ignore[misc]  # a lambda with a default
            found.append(lambda: make("average", Numeric, FINE))
            found.append(lambda: make("distinct", (Text, Numeric, Date, OneOf), NUMBER))
        elif wanted is DateTime:
            found += [lambda k=k: m.Aggregate(k, self.query(), None, DateTime(), NOWHERE) for k in ("first", "last")]  # type: ignore[misc]  # a lambda with a default
        else:
            has = any(isinstance(t, wanted) for props in EVENTS.values() for t in props.values())
            kinds = ("first", "last", "smallest", "largest") if wanted is Date else ("first", "last")
            if has:
                found += [lambda k=k: make(k, wanted) for k in kinds]  # type: ignore[misc]  # a lambda with a default
        return found

    def _arithmetic(self, depth: int, event: str | None) -> m.Value:
        op: Any = self.one(("plus", "minus", "times"))
        if op == "times":
            left: m.Value = m.FieldValue(*self.one((("points_owned", NUMBER), ("price", decimal(2)))), NOWHERE)
            right: m.Value = m.Const(self.one((2, 3, -1, 0)), NUMBER, NOWHERE)
            if self.chance():
                left, right = right, left
        else:
            left, right = self.value(Numeric, depth + 1, event), self.value(Numeric, depth + 1, event)
        assert isinstance(left.type, Numeric)
        assert isinstance(right.type, Numeric)
        a, b = left.type.denominator, right.type.denominator
        result = Numeric("decimal", a * b if op == "times" else lcm(a, b))
        return m.Arithmetic(op, left, right, result, NOWHERE)

    # ------------------------------------------------------------ events

    def _period(self) -> m.LocalPeriod:
        return m.LocalPeriod(self.one(("today", "yesterday", "week", "month", "quarter", "year")))

    def window(self) -> m.Window | None:
        options: list[Callable[[], m.Window | None]] = [
            lambda: None,
            lambda: m.InLast(self.one(DURATIONS)),
            lambda: m.InLast(m.Duration(self.one((1, 2, 7)), "day", local=True)),
            lambda: m.Ago(self.one(DURATIONS[4:]), self.one(DURATIONS[:4])),
            lambda: m.LocalDates(*self.one(((None, self.date()), (self.date(), None), (self.date(), self.date())))),
            self._period,
        ]
        if self.in_trigger:
            options += [m.SinceThen] * 3
        return self.one(options)()

    def query(self, event: str | None = None) -> m.EventQuery:
        name = event or self.one(tuple(EVENTS))
        where = self.condition(2, name) if self.chance(3) else None
        return m.EventQuery(name, where, self.window(), NOWHERE)

    # ------------------------------------------------------------ conditions

    def condition(self, depth: int = 0, event: str | None = None) -> m.Condition:
        """A condition; `event`: inside `with (..)` of that type."""
        options: list[Callable[[], m.Condition]] = [
            lambda: self._compare(event),
            lambda: self._compare(event),
            lambda: m.IsKnown(self._any_value(event), NOWHERE),
            lambda: self._in_list(event),
            lambda: self._text(event),
            lambda: self._set(event),
            lambda: m.Sample(self.one((1, 250_000, 500_000, 1_000_000)), self.one(("spring", "Spring")), NOWHERE),
            lambda: m.Truth(self.value(Boolean, 1, event), NOWHERE),
            lambda: self._date_within(event),
            lambda: m.WithinDistance(self._point(event), self.one(APART), self._point(event), NOWHERE),
            lambda: self._anniversary(event),
        ]
        if event is None:
            options += [lambda: m.Did(self.query(), self.one((">=", "<=", "=")), self.one((1, 0, 2)), NOWHERE)] * 3
            options += [self._followed] * 2
            options += [self._on_days, self._did_within]
            options.append(lambda: m.Everyone(NOWHERE))
        if event is None:
            options.append(lambda: m.OnList(self.one(LISTS), NOWHERE))
        if event is None or self.chance(4):
            options.append(lambda: m.Consents(self.one(("email", "sms")), self.one(("news", "marketing")), NOWHERE))
            if self.segments:
                options.append(lambda: m.InSegment(self.one(list(self.segments)), NOWHERE))
                options.append(lambda: m.InSegmentFor(self.one(list(self.segments)), self.one(DURATIONS), NOWHERE))
            conditions = [d.name for d in self.defines.values() if d.condition is not None]
            if conditions:
                options.append(lambda: m.DefinedCondition(self.one(conditions), NOWHERE))
            staged = [s for s in self.scores.values() if s.stages]
            if staged:
                options.append(lambda: self._stage_test(self.one(staged)))
            if self.classes:
                options += [lambda: self._class_test(self.one(list(self.classes.values())))] * 2
        if depth < 3:
            options += [lambda: m.Not(self.condition(depth + 1, event), NOWHERE)] * 2
            options += [lambda: self._junction(m.And, depth, event), lambda: self._junction(m.Or, depth, event)]
        return self.one(options)()

    def _followed(self) -> m.Condition:
        first, second = self.query(), self.query()
        second = m.EventQuery(second.event, second.where, None, NOWHERE)
        shared = [n for n in EVENTS[first.event] if n in EVENTS[second.event]]
        same = self.one(shared) if shared and self.chance() else None
        within = self.one((*DURATIONS[:5], m.Duration(36, "hour"), m.Duration(60, "day")))
        return m.Followed(self.one(("then", "without")), first, second, within, same, NOWHERE)

    def _on_days(self) -> m.Condition:
        return m.DidOnDays(self.query(), self.one((">=", "<=", "=")), self.one((1, 2, 3, 0)), NOWHERE)

    def _did_within(self) -> m.Condition:
        query = self.query()
        near: m.Condition = m.WithinOf(self.value(DateTime, 1, None), self.one(DURATIONS[:5]), NOWHERE)
        if query.where is not None:
            near = m.And((query.where, near), NOWHERE)
        return m.Did(m.EventQuery(query.event, near, query.window, NOWHERE), ">=", 1, NOWHERE)

    def _pick(self, wanted: type[Any], depth: int, event: str | None) -> m.Value:
        items = tuple(self.value(wanted, depth + 1, event) for _ in range(self.one((2, 2, 3))))
        type_ = items[0].type
        if wanted is Numeric:
            type_ = Numeric("decimal", lcm(*(i.type.denominator for i in items if isinstance(i.type, Numeric))))
        return m.Pick(self.one(("greatest", "least")), items, type_, NOWHERE)

    def _junction(self, kind: type[m.And] | type[m.Or], depth: int, event: str | None) -> m.Condition:
        count = self.one((2, 2, 3))
        return kind(tuple(self.condition(depth + 1, event) for _ in range(count)), NOWHERE)

    def _any_value(self, event: str | None) -> m.Value:
        family = self.one((Numeric, Text, OneOf, Date, DateTime, MonthDay, Boolean))
        return self.value(family, 0, event)

    def _set(self, event: str | None) -> m.Condition:
        value = self.value(SetOf, 1, event)
        return m.SetTest(self.one(("any", "all")), value, tuple(sorted(self.some(LIKES.members))), NOWHERE)

    def _compare(self, event: str | None) -> m.Condition:
        op: Any = self.one((">=", "<", "=", "<=", ">"))
        family = self.one((Numeric, Numeric, Numeric, Date, DateTime, MonthDay, Text, OneOf, Boolean))
        if family in (Text, Boolean):
            op = "="
        left = self.value(family, 0, event)
        if isinstance(left.type, OneOf):
            return self._compare_members(op, left, left.type)
        if family in (Date, DateTime) and self.chance():
            right: m.Value = self.value(self.one((DateTime, Date)), 1, event)
        elif self.chance(3) and family is not DateTime:
            right = self.value(family, 1, event)
        else:
            right = self.constant(left.type)
        if family is not Text and op != "=" and self.chance(4):
            low, high = (self.constant(left.type), right) if self.chance() else (right, self.constant(left.type))
            return m.Between(left, low, high, NOWHERE)
        if self.chance(4):
            left, right = right, left
        return m.Compare(op, left, right, NOWHERE)

    def _compare_members(self, op: Any, left: m.Value, type_: OneOf) -> m.Condition:
        right: m.Value = self.constant(type_)
        if type_ == SIZE and self.chance(3):
            right = m.FieldValue("size", SIZE, NOWHERE)
        if self.chance(4):
            left, right = right, left
        return m.Compare(op if type_.ordered else "=", left, right, NOWHERE)

    def edge(self, contacts: Sequence[Contact], events: Sequence[Event]) -> m.Condition:
        """A number of some contact compared with a constant at it, or right beside it in another denominator."""
        contact = self.one(contacts)
        kind = self.one(("field", "age", "average"))
        left: m.Value
        if kind == "age":
            left = m.AgeOf(m.FieldValue("birth", Date(), NOWHERE), NOWHERE)
            born = int(contact.fields.get("birth") or 20000229)
            value, denominator = (local_date(self.as_of, zone("UTC")) - born) // 10_000 + self.one((0, 1)), 1
        elif kind == "average":
            query = m.EventQuery("purchase", None, None, NOWHERE)
            left = m.Aggregate("average", query, "amount", FINE, NOWHERE)
            amounts = [int(v) for e in events if e.contact == contact.key and (v := e.properties.get("amount"))]
            value, denominator = sum(amounts) * 10_000 // max(1, len(amounts)), 10**6
        else:
            name = self.one(("points_owned", "price", "rate", "huge"))
            type_ = FIELDS[name]
            assert isinstance(type_, Numeric)
            left = m.FieldValue(name, type_, NOWHERE)
            value, denominator = int(contact.fields.get(name) or 0), type_.denominator
        other = self.one((1, 10, 100, 10**6))
        constant = m.Const(value * other // denominator + self.one((0, 1, -1)), Numeric("decimal", other), NOWHERE)
        return m.Compare(self.one((">=", "<", "=", "<=", ">")), left, constant, NOWHERE)

    def _in_list(self, event: str | None) -> m.Condition:
        value = self._any_value(event)
        options = tuple(self.constant(value.type) for _ in range(self.one((1, 2, 3))))
        return m.InList(value, options, NOWHERE)

    def _text(self, event: str | None) -> m.Condition:
        kind: Any = self.one(("contains", "starts with", "ends with"))
        return m.TextTest(kind, self.value(Text, 1, event), self.one(TEXTS), NOWHERE)

    def _date_within(self, event: str | None) -> m.Condition:
        value = self.value(self.one((Date, DateTime)), 1, event)
        if self.chance(3):
            return m.InPeriod(value, self._period(), NOWHERE)
        local = tuple(m.Duration(days, "day", local=True) for days in (1, 2, 7))
        durations = DURATIONS[2:] if isinstance(value.type, Date) else (*DURATIONS, *local)
        return m.DateWithin(self.one(("in last", "in next", "older than")), value, self.one(durations), NOWHERE)

    def _point(self, event: str | None) -> m.Value:
        return self.constant(Point()) if self.chance(3) else self.value(Point, 1, event)

    def _anniversary(self, event: str | None) -> m.Condition:
        value = self.value(self.one((Date, MonthDay)), 1, event)
        return m.Anniversary(value, self.one((None, *DURATIONS[2:])), NOWHERE)

    def _stage_test(self, score: m.Score) -> m.Condition:
        type_ = stage_type(score)
        stage = m.Const(self.one(type_.members), type_, NOWHERE)
        return m.Compare(self.one((">=", "=", "<")), m.StageOf(score.name, type_, NOWHERE), stage, NOWHERE)

    def _class_test(self, class_: m.Class) -> m.Condition:
        type_ = class_type(class_)
        tier = m.ClassOf(class_.name, type_, NOWHERE)
        if self.chance(4):
            return m.IsKnown(tier, NOWHERE)
        return m.Compare(self.one((">=", "=", "<")), tier, m.Const(self.one(type_.members), type_, NOWHERE), NOWHERE)

    # ------------------------------------------------------------ blocks

    def class_(self, name: str) -> m.Class:
        """A class over few contacts, so that ties, edges at members, and values of zero and less are frequent."""
        where = self.condition(1) if self.chance(4) else None
        share: Any = self.one(("total", "members", "number"))
        pool = (1, 2, 3) if share == "number" else (1, 333_333, 500_000, 500_001, 666_667, 800_000, 1_000_000)
        edges = sorted(set(self.some(pool)))
        tiers = [m.Tier(tier, edge, NOWHERE) for tier, edge in zip(("A", "B", "C"), edges, strict=False)]
        rest = m.Tier("rest", None, NOWHERE)
        by = self.value(Numeric, 1, None)
        if self.chance():
            bought = m.EventQuery("purchase", None, None, NOWHERE)
            known_for_most: tuple[m.Value, ...] = (
                m.Aggregate("sum", bought, "amount", CHF, NOWHERE),
                m.Aggregate("number", m.EventQuery("visit", None, None, NOWHERE), None, NUMBER, NOWHERE),
                m.FieldValue("points_owned", NUMBER, NOWHERE),
            )
            by = self.one(known_for_most)
        return m.Class(name, NOWHERE, by=by, where=where, share=share, tiers=(*tiers, rest))

    def score(self, name: str) -> m.Score:
        where = self.condition(1) if self.chance(3) else None
        rules = tuple(self._rule() for _ in range(self.one((1, 2, 3, 4))))
        floor = self.one((0, 0, -50))
        stages: tuple[m.Stage, ...] = ()
        if self.chance():
            starts = (floor, floor + 3, floor + 11)
            leaves = (floor, floor + self.one((3, 1)), floor + self.one((11, 5)))
            names = ("cold", "warm", "hot")
            rest = self.one((None, m.Duration(30, "day")))  # for triggers; what is evaluated knows nothing of it
            stages = tuple(m.Stage(n, a, b, NOWHERE, rest) for n, a, b in zip(names, starts, leaves, strict=True))
        return m.Score(
            name,
            NOWHERE,
            where=where,
            rules=rules,
            fading=self.one((None, *FADINGS)),
            floor=floor,
            ceiling=self.one((None, 100, 7)),
            stages=stages,
        )

    def _limit(self, event: str | None) -> m.Limit | None:
        if self.chance():
            return None
        amount, of = self.one((1, 2, 3, 20)), cast("Literal['times', 'points']", self.one(("times", "points")))
        if event is not None and self.chance():
            return m.Limit(amount, of, None, self.one(("day", "week", "month")))
        return m.Limit(amount, of, self.one((None, *EVENTS[event])) if event is not None else None)

    def _rule(self) -> m.ScoreRule:
        points = self.one((1, 3, 3, 8, 11, -2, 0, -15))
        kind = self.one(range(6))
        if kind == 4:
            return m.WhenRule(points, self.condition(1), NOWHERE)
        if kind == 5:
            return m.PerRule(points, self.one((1, 2, 100)), self.value(Numeric, 1, None), self._limit(None), NOWHERE)
        query = self.query()
        return m.OnRule(points, query, self._limit(query.event), self.one((None, None, *FADINGS)), NOWHERE)


def stage_type(score: m.Score) -> OneOf:
    """The type of a score's stages."""
    return OneOf(tuple(s.name for s in score.stages), ordered=True, name=f"stage of {score.name}")


def class_type(class_: m.Class) -> OneOf:
    """The type of a class's tiers, the first the greatest."""
    return OneOf(tuple(t.name for t in reversed(class_.tiers)), ordered=True, name=f"class of {class_.name}")


NAMES = ("vip", "VIP", "b", "a", "zeta", "m_1")
"""Two of them differ in case alone, which SQLite does not see in names of columns."""


KEYS = ("c1", "c2", "ä", "C1", "c 4", "z")


@st.composite
def worlds(draw: Callable[[st.SearchStrategy[Any]], Any]) -> World:
    """Random cases, drawn so that Hypothesis can shrink them."""
    return world_of(lambda options: draw(st.sampled_from(options)))


def world_of(choose: Choose) -> World:
    """A random case."""
    schema = choose(SCHEMAS)
    project_zone = choose(PROJECT_ZONES)
    maker = Maker(choose, choose(AS_OF), project_zone)
    contacts = tuple(_contact(maker, key) for key in KEYS[: maker.one((1, 3, 6, 6))])
    events = tuple(_event(maker, n) for n in range(maker.one((0, 1, 4, 12, 30, 60, 60))))
    order: list[str] = []
    for name in NAMES[: maker.one((1, 2, 3, 4, 6))]:
        order.append(name)
        match maker.one(("segment", "define", "score", "score", "value", "class")):
            case "segment":
                maker.segments[name] = m.Segment(name, NOWHERE, where=maker.condition())
            case "define":
                maker.defines[name] = m.Define(name, NOWHERE, condition=maker.condition(1))
            case "score":
                maker.scores[name] = maker.score(name)
            case "class":
                maker.classes[name] = maker.class_(name)
            case _:
                family = maker.one((Numeric, Date, DateTime, OneOf, Point))
                value = maker.constant(Date()) if maker.chance(4) else maker.value(family, 1, None)
                maker.defines[name] = m.Define(name, NOWHERE, value=value)
    for n in range(3):
        maker.segments[f"edge_{n}"] = m.Segment(f"edge_{n}", NOWHERE, where=maker.edge(contacts, events))
    cause = m.OnEvent(m.EventQuery("visit", None, None, NOWHERE), NOWHERE)
    trigger = m.Trigger("t", NOWHERE, cause=cause, where=maker.condition())
    qualities = {name: _quality(maker, name) for name in ("q1", "q2")[: maker.one((0, 1, 2))]}
    memory = replace(_memory(maker, contacts), midnight=_memory(maker, contacts) if maker.classes else None)
    rain: tuple[dict[str, Stored], ...] = tuple(
        {"country": maker.one(COUNTRY.members), "day": maker.instant(), "mm": maker.one((1, 5, None))}
        for _ in range(maker.one((0, 2, 8)))
    )
    tariffs: tuple[dict[str, Stored], ...] = tuple(
        {"size": size, "fee": maker.stored(CHF), "depot": maker.one((None, *PLACES))}
        for size in SIZE.members
        if maker.chance()
    )
    maker.in_trigger = True
    condition = maker.condition()
    runs = tuple(_run(maker, n) for n in range(maker.one((1, 2, 5))))
    maker.in_trigger = False
    model = m.Model(
        defines=maker.defines,
        segments=maker.segments,
        scores=maker.scores,
        triggers={"t": trigger},
        order=tuple(order),
        qualities=qualities,
        classes=maker.classes,
    )
    return World(schema, project_zone, maker.as_of, contacts, events, model, memory, condition, runs, rain, tariffs)


def _quality(maker: Maker, name: str) -> m.Quality:
    expects: list[m.ExpectedShare | m.ExpectedUnique] = []
    for _ in range(maker.one((1, 2, 3))):
        if maker.chance(3):
            expects.append(m.ExpectedShare(None, maker.one((1, 500_000, 1_000_000)), maker.condition(1), NOWHERE))
        else:
            names = dict.fromkeys(maker.one(tuple(FIELDS)[1:]) for _ in range(maker.one((1, 1, 2, 3))))
            expects.append(m.ExpectedUnique(tuple(m.FieldValue(n, FIELDS[n], NOWHERE) for n in names), NOWHERE))
    where = maker.condition(1) if maker.chance(3) else None
    return m.Quality(name, NOWHERE, expects=tuple(expects), where=where, stops=maker.one((None, ())))


def _memory(maker: Maker, contacts: Sequence[Contact]) -> Memory:
    stages = {
        s.name: {c.key: maker.one(("cold", "warm", "hot", "gone")) for c in contacts if maker.chance()}
        for s in maker.scores.values()
    }
    pairs = [(c.key, channel, "news") for c in contacts for channel in ("email", "sms")]
    consents = frozenset(p for p in pairs if maker.chance())
    entered = {name: {c.key: maker.instant() for c in contacts if maker.chance()} for name in maker.segments}
    lists = {name: frozenset(key for key in (*KEYS, "nobody") if maker.chance()) for name in LISTS}
    return Memory(consents, stages, entered, lists)


def _contact(maker: Maker, key: str) -> Contact:
    known = {name: maker.stored(type_, name) for name, type_ in FIELDS.items() if name != "key" and not maker.chance(3)}
    return Contact(key, {"key": key, **known})


def _event(maker: Maker, n: int) -> Event:
    type_ = maker.one(tuple(EVENTS))
    properties: dict[str, Stored] = {
        name: maker.stored(held) for name, held in EVENTS[type_].items() if not maker.chance(3)
    }
    contact = maker.one((*KEYS, *KEYS, "nobody"))
    return Event(type_, f"{maker.one(('b', 'a', 'ä'))}{n}", contact, maker.instant(), n, properties)


def _run(maker: Maker, n: int) -> Run:
    event = maker.one((None, *EVENTS))
    held = {} if event is None else {k: maker.stored(t) for k, t in EVENTS[event].items() if not maker.chance(3)}
    return Run(f"run {n}", maker.one((*KEYS, "nobody")), maker.instant(), event, held)
