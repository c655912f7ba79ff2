"""Conditions and values of one contact at one instant (LANGUAGE.md §4), and its scores (§5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never
from zoneinfo import ZoneInfo

from dsl.model import (
    AgeOf,
    Aggregate,
    And,
    Anniversary,
    Arithmetic,
    Between,
    ClassOf,
    Compare,
    Condition,
    Consents,
    Const,
    DateWithin,
    DefinedCondition,
    DefinedValue,
    Did,
    DidOnDays,
    EventQuery,
    EventValue,
    Everyone,
    FactValue,
    FieldValue,
    FirstKnown,
    Followed,
    InList,
    InPeriod,
    InSegment,
    InSegmentFor,
    IsKnown,
    Not,
    OnList,
    Or,
    Pick,
    Sample,
    ScoreValue,
    SetTest,
    StageOf,
    TextTest,
    Truth,
    Value,
    WithinDistance,
    WithinOf,
)
from dsl.types import Stored, Type
from engine.evaluation import Run, cause_value
from engine.instants import local_date, shift, whole_years
from engine.interpret.comparing import compared, ordered, text_test
from engine.interpret.now import Now
from engine.interpret.reckoning import aggregate, arithmetic, denominator, event_property
from engine.interpret.scores import reckon, standing
from engine.interpret.setting import Setting, zones_of
from engine.keys import bucket
from engine.records import ContactData, Event
from engine.sphere import most_squared, squared_chord, vector
from engine.zones import zone


class Reader:
    """Reads the model for one contact at one instant; answers are kept, since they cannot change."""

    def __init__(self, setting: Setting, data: ContactData, run: Run | None = None) -> None:
        self.setting = setting
        self.contact = data.contact
        self.as_of = setting.as_of
        self._events = data.events
        self._run = run
        self._held: dict[tuple[str, str], bool] = {}
        self._points: dict[str, int | None] = {}
        self._stages: dict[str, str | None] = {}
        self.zones = zones_of(data.contact, setting.schema, setting.project_zone)
        self.zone: ZoneInfo = zone(self.zones.reckoning)
        self.today = local_date(self.as_of, self.zone)
        self.now = Now(self.as_of, self.zone, self.today, zone(setting.project_zone))

    # ------------------------------------------------------------ conditions (§4)

    def holds(self, condition: Condition, event: Event | None = None) -> bool:
        """Whether a condition holds; `event` is the one at hand inside `with (..)`. A positive test in which something
        is missing is false; Not is the exact complement (§4: Boolean logic has two values)."""
        match condition:
            case Everyone():
                return True
            case And(items=items):
                return all(self.holds(item, event) for item in items)
            case Or(items=items):
                return any(self.holds(item, event) for item in items)
            case Not(item=item):
                return not self.holds(item, event)
            case Compare(op=op, left=left, right=right):
                return self._compare(op, left, right, event)
            case Between(value=value, low=low, high=high):  # both ends included
                return self._compare(">=", value, low, event) and self._compare("<=", value, high, event)
            case InList(value=value, options=options):
                return any(self._compare("=", value, option, event) for option in options)
            case IsKnown(value=value):
                return self.value(value, event) is not None
            case TextTest(kind=kind, value=value, text=text):
                return text_test(kind, self.value(value, event), text)
            case SetTest(kind=kind, value=value, members=members):
                held = self.value(value, event)
                has = (f"|{member}|" in str(held) for member in members)
                return held is not None and (any(has) if kind == "any" else all(has))
            case Truth(value=value):
                return self.value(value, event) == 1
            case DateWithin(kind=kind, value=value, duration=duration):
                return self.now.date_within(kind, self.value(value, event), value.type, duration)
            case InPeriod(value=value, period=period):
                return self.now.in_period(self.value(value, event), value.type, period)
            case WithinDistance(value=value, within=within, place=place):
                one, other = self.value(value, event), self.value(place, event)
                if one is None or other is None:
                    return False
                return squared_chord(vector(str(one)), vector(str(other))) <= most_squared(within)
            case Anniversary(value=value, duration=duration):
                return self.now.anniversary(self.value(value, event), value.type, duration)
            case InSegment(segment=name):
                return self.member(name)
            case InSegmentFor(segment=name, duration=duration):  # inside now, and since D ago or earlier
                since = self.setting.memory.entered.get(name, {}).get(self.contact.key)
                latest = shift(self.as_of, duration, -1, zone(self.setting.project_zone))
                return since is not None and since <= latest and self.member(name)
            case Sample(share=share, name=name):  # stable, 10 % inside 20 % (§8.7)
                return bucket(name, self.contact.key) < share
            case OnList(list=name):
                return self.contact.key in self.setting.memory.lists.get(name, frozenset())
            case Consents(channel=channel, purpose=purpose):  # the latest record rules
                return (self.contact.key, channel, purpose) in self.setting.memory.consents
            case Did(query=query, op=op, count=count):  # 0 counts
                return ordered(op, sum(1 for _ in self.matching(query)), count)
            case DidOnDays(query=query, op=op, count=count):
                return ordered(op, len(self.days(query)), count)
            case WithinOf(anchor=anchor, within=within):  # (tB, tB + D]
                assert event is not None, "only in the filter of a query"
                start, length = self.value(anchor, event), within.micros()
                assert length is not None, "bound as elapsed time"
                return start is not None and int(start) < event.at <= int(start) + length
            case Followed():
                return any(True for _ in self.followed(condition))
            case DefinedCondition(name=name):
                return self._define(name)
            case _:
                assert_never(condition)

    def member(self, name: str) -> bool:
        """Membership of a segment (§5, segment)."""
        return self._once("segment", name, self.setting.model.segments[name].where)

    def _define(self, name: str) -> bool:
        """A name stands for its expression: pulling it out never changes meaning (§1.4)."""
        condition = self.setting.model.defines[name].condition
        assert condition is not None, "bound as a condition"
        return self._once("define", name, condition)

    def _once(self, kind: str, name: str, condition: Condition) -> bool:
        if (kind, name) not in self._held:
            self._held[kind, name] = self.holds(condition)
        return self._held[kind, name]

    def _compare(self, op: str, left: Value, right: Value, event: Event | None) -> bool:
        return compared(op, self.value(left, event), left.type, self.value(right, event), right.type, self.zone)

    # ------------------------------------------------------------ values (§4)

    def value(self, node: Value, event: Event | None = None) -> Stored:
        """The value in stored form of its type; None is missing."""
        match node:
            case Const(value=value):
                return value
            case FieldValue(name=name):  # fields have no history: as stored, whatever as_of (§4, §8.18)
                return self.contact.fields.get(name)
            case EventValue(name=name, of="this"):
                assert event is not None, "only inside `with (..)`"
                return event_property(event, name, self.setting.schema)
            case EventValue(name=name):
                return self._cause_property(name)
            case FactValue(table=table, column=column):
                return self._fact(table).get(column)
            case Aggregate():
                return aggregate(node, list(self.matching(node.query)), self.setting.schema)
            case AgeOf(date=date):
                born = self.value(date, event)
                return None if born is None else whole_years(int(born), self.today)
            case ScoreValue(score=name):
                return self.points(name)
            case StageOf(score=name):
                return self.stage(name)
            case ClassOf(name=name):
                return self.setting.classes[name].get(self.contact.key)
            case Arithmetic():
                return arithmetic(node, self.value(node.left, event), self.value(node.right, event))
            case Pick(kind=kind, items=items, type=type_):  # missing ones are skipped (§5, further clauses)
                found = [v for item in items if (v := self._in_units_of(type_, item, event)) is not None]
                return None if not found else max(found) if kind == "greatest" else min(found)
            case FirstKnown(items=items):
                return next((known for item in items if (known := self.value(item, event)) is not None), None)
            case DefinedValue(name=name):
                named = self.setting.model.defines[name].value
                assert named is not None, "bound as a value"
                return self.value(named)
            case _:
                assert_never(node)

    def _fact(self, table: str) -> Mapping[str, Stored]:
        """The contact's row of a fact table, with a time column the newest not after as_of; empty if there is none."""
        key = self.contact.fields.get(self.setting.schema.facts[table].matches)
        facts = self.setting.facts
        assert facts is not None, "whoever reads fact tables says where they are"
        return (None if key is None else facts.fact_row(table, key, self.as_of)) or {}

    def _cause_property(self, name: str) -> Stored:
        return None if self._run is None else cause_value(self._run, name, self.setting.schema)

    def _in_units_of(self, type_: Type, node: Value, event: Event | None) -> int | None:
        value = self.value(node, event)
        return None if value is None else int(value) * (denominator(type_) // denominator(node.type))

    # ------------------------------------------------------------ events and windows (§4)

    def matching(self, query: EventQuery) -> Iterator[Event]:
        """The contact's events of the query in order of (instant, id); events after as_of do not exist."""
        inside = self.now.window(query.window, self._run)
        for event in self._events.get(query.event, ()):
            if event.at <= self.as_of and inside(event.at) and (query.where is None or self.holds(query.where, event)):
                yield event

    def days(self, query: EventQuery) -> set[int]:
        """The different local days of the contact on which the query's events lie."""
        return {local_date(event.at, self.zone) for event in self.matching(query)}

    def followed(self, node: Followed) -> Iterator[Event]:
        """The events A of `did A then B within D` that have a B in (tA, tA + D]; of `did A without B within D` those
        that have none there and whose time is over."""
        within = node.within.micros()
        assert within is not None, "bound as elapsed time"
        seconds = list(self.matching(node.second))
        for first in self.matching(node.first):
            end = first.at + within
            has = any(first.at < e.at <= end and self._same(node.same, first, e) for e in seconds)
            if has if node.kind == "then" else not has and end <= self.as_of:
                yield first

    def _same(self, name: str | None, first: Event, second: Event) -> bool:
        """`of the same PROPERTY`; missing equals nothing."""
        if name is None:
            return True
        schema = self.setting.schema
        value = event_property(first, name, schema)
        return value is not None and value == event_property(second, name, schema)

    # ------------------------------------------------------------ scores (§5, score)

    def points(self, name: str) -> int | None:
        """A score in units of 2^-30: window, limit, fading, sum, clamp. Missing outside its `where`."""
        if name not in self._points:
            self._points[name] = reckon(self, self.setting.model.scores[name])
        return self._points[name]

    def stage(self, name: str) -> str | None:
        """The highest stage whose `start` the score reaches, or whose `leave` it keeps if the contact stood in it or
        above at the tick before. None below the first stage and without a score."""
        if name not in self._stages:
            self._stages[name] = standing(self, self.setting.model.scores[name])
        return self._stages[name]
