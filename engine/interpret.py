"""The interpreter: the plain reading of LANGUAGE.md, one contact at one instant.

It is the oracle of the tests and the source of every explanation, so each rule is written where a reader of the page
looks for it, without sharing or cleverness. `Reader.holds` answers conditions (two-valued), `Reader.value` values
(`None` is missing), `Reader.points` and `Reader.stage` scores. § are paragraphs of LANGUAGE.md; docs/rules.md goes the
other way, from each sentence to its function and its case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never
from zoneinfo import ZoneInfo

from dsl.model import (
    AgeOf,
    Aggregate,
    Ago,
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
    Duration,
    EventQuery,
    EventValue,
    Everyone,
    FactValue,
    FieldValue,
    Followed,
    InLast,
    InList,
    InPeriod,
    InSegment,
    InSegmentFor,
    IsKnown,
    Limit,
    LocalDates,
    LocalPeriod,
    Model,
    Not,
    OnList,
    OnRule,
    Or,
    PerRule,
    Pick,
    Sample,
    Score,
    ScoreRule,
    ScoreValue,
    SetTest,
    SinceThen,
    StageOf,
    TextTest,
    Truth,
    Value,
    WhenRule,
    WithinDistance,
    WithinOf,
)
from dsl.schema import Schema
from dsl.types import POINT_UNIT, Date, DateTime, MonthDay, Numeric, OneOf, Stored, Type
from engine.classes import Standing, Standings, Tiers, last_midnight, ranked, tiers_of
from engine.evaluation import Evaluation, Memory, Run, cause_value, conditions_of, uniques_of
from engine.fading import weight_at
from engine.instants import (
    anniversary_in,
    day_start,
    local_date,
    next_day,
    shift,
    shift_date,
    to_date,
    to_ymd,
    whole_day,
    whole_years,
)
from engine.keys import bucket
from engine.protocols import Facts
from engine.records import Contact, ContactData, Event
from engine.sphere import most_squared, squared_chord, vector
from engine.zones import ContactZones, contact_zones, zone


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for all contacts of one evaluation."""

    model: Model
    as_of: int
    project_zone: str
    schema: Schema
    memory: Memory
    facts: Facts | None = None
    """The store, for fact tables; None where none is read."""
    classes: Tiers = field(default_factory=dict)
    """The tiers of the last midnight in the project's zone."""


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
                return _text_test(kind, self.value(value, event), text)
            case SetTest(kind=kind, value=value, members=members):
                held = self.value(value, event)
                has = (f"|{member}|" in str(held) for member in members)
                return held is not None and (any(has) if kind == "any" else all(has))
            case Truth(value=value):
                return self.value(value, event) == 1
            case DateWithin(kind=kind, value=value, duration=duration):
                return self._date_within(kind, self.value(value, event), value.type, duration)
            case InPeriod(value=value, period=period):
                return self._in_period(self.value(value, event), value.type, period)
            case WithinDistance(value=value, within=within, place=place):
                one, other = self.value(value, event), self.value(place, event)
                if one is None or other is None:
                    return False
                return squared_chord(vector(str(one)), vector(str(other))) <= most_squared(within)
            case Anniversary(value=value, duration=duration):
                return self._anniversary(self.value(value, event), value.type, duration)
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
                return _ordered(op, sum(1 for _ in self.matching(query)), count)
            case DidOnDays(query=query, op=op, count=count):
                return _ordered(op, len(self.days(query)), count)
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
        """False where a side is missing, also `=` between two missing values. Numbers compare exactly at their common
        fineness, ordered members by their places, text by code point."""
        a, b = self.value(left, event), self.value(right, event)
        if a is None or b is None:
            return False
        match left.type, right.type:
            case Numeric(denominator=da), Numeric(denominator=db):
                return _ordered(op, int(a) * db, int(b) * da)
            case OneOf(members=members, ordered=True), OneOf() if op != "=":
                # a value that the schema no longer lists has no place in the order
                placed = a in members and b in members
                return placed and _ordered(op, members.index(str(a)), members.index(str(b)))
            case DateTime(), Date():
                return self._compare_instant(op, int(a), int(b))
            case Date(), DateTime():
                turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
                return self._compare_instant(turned, int(b), int(a))
            case _:
                return a == b if isinstance(a, str) or isinstance(b, str) else _ordered(op, a, b)

    def _compare_instant(self, op: str, instant: int, day: int) -> bool:
        """A date compared with an instant is its whole local day (§4, Time)."""
        return _ordered(op, whole_day(instant, self.zone), day)

    def _date_within(self, kind: str, value: Stored, type_: Type, duration: Duration) -> bool:
        """`in last D` is (as_of - D, as_of], on a date `today - D < d <= today`; `in next D` (as_of, as_of + D]; `older
        than D` is known, not in the future and not in last D (§4, Time)."""
        if value is None:
            return False
        at = int(value)
        if isinstance(type_, DateTime) and duration.local:
            return self._local_days(kind, at, duration.amount)
        now = self.today if isinstance(type_, Date) else self.as_of

        def moved(sign: int) -> int:
            if isinstance(type_, Date):
                return shift_date(now, duration, sign)
            return shift(now, duration, sign, zone(self.setting.project_zone))

        match kind:
            case "in last":
                return moved(-1) < at <= now
            case "in next":
                return now < at <= moved(1)
            case _:
                return at <= moved(-1)

    def _local_days(self, kind: str, instant: int, days: int) -> bool:
        """An instant tested in local days counts as the day in which it lies."""

        def start(day: int) -> int:
            return day_start(next_day(self.today, day), self.zone)

        match kind:
            case "in last":
                return start(1 - days) <= instant < start(1)
            case "in next":
                return start(1) <= instant < start(days + 1)
            case _:
                return instant < start(1 - days)

    def _in_period(self, value: Stored, type_: Type, period: LocalPeriod) -> bool:
        """Whether a date or an instant lies in a local period around today, or still will."""
        if value is None:
            return False
        first, after = period_of(period.name, self.today)
        if isinstance(type_, Date):
            return first <= int(value) < after
        return day_start(first, self.zone) <= int(value) < day_start(after, self.zone)

    def _anniversary(self, value: Stored, type_: Type, duration: Duration | None) -> bool:
        """Month and day decide, whatever the year of the date; today itself is `anniversary today` alone (§4, Time)."""
        if value is None:
            return False
        month_day = int(value) if isinstance(type_, MonthDay) else int(value) % 10_000
        last = self.today if duration is None else shift_date(self.today, duration, 1)
        first = self.today if duration is None else next_day(self.today)
        return any(
            first <= anniversary_in(month_day, year) <= last for year in range(first // 10_000, last // 10_000 + 1)
        )

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
                return self._property(event, name)
            case EventValue(name=name):
                return self._cause_property(name)
            case FactValue(table=table, column=column):
                return self._fact(table).get(column)
            case Aggregate():
                return self._aggregate(node)
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
                return self._arithmetic(node, event)
            case Pick(kind=kind, items=items, type=type_):  # missing ones are skipped (§5, further clauses)
                found = [v for item in items if (v := self._in_units_of(type_, item, event)) is not None]
                return None if not found else max(found) if kind == "greatest" else min(found)
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

    def _property(self, event: Event, name: str) -> Stored:
        """`at` and `id` are the event's own instant and id unless the schema declares properties of these names."""
        if name in self.setting.schema.events[event.type].properties:
            return event.properties.get(name)
        return event.at if name == "at" else event.id

    def _in_units_of(self, type_: Type, node: Value, event: Event | None) -> int | None:
        value = self.value(node, event)
        return None if value is None else int(value) * (_denominator(type_) // _denominator(node.type))

    def _arithmetic(self, node: Arithmetic, event: Event | None) -> Stored:
        """Exact, from left to right; missing if either side is."""
        left, right = self.value(node.left, event), self.value(node.right, event)
        if left is None or right is None:
            return None
        da, db, result = _denominator(node.left.type), _denominator(node.right.type), _denominator(node.type)
        match node.op:
            case "times":
                return int(left) * int(right) * result // (da * db)
            case "plus":
                return int(left) * (result // da) + int(right) * (result // db)
            case "minus":
                return int(left) * (result // da) - int(right) * (result // db)

    def _aggregate(self, node: Aggregate) -> Stored:
        """Events whose property is missing are skipped. Over nothing number, sum and distinct are 0, the others are
        missing; averages are cut toward zero after 6 decimals (§4, Time)."""
        events = list(self.matching(node.query))
        if node.kind == "number":
            return len(events)
        if node.property is None:  # the instant of the first or last event
            chosen = events[:1] if node.kind == "first" else events[-1:]
            return chosen[0].at if chosen else None
        values = [v for e in events if (v := self._property(e, node.property)) is not None]
        numbers = [int(v) for v in values] if node.kind in ("sum", "average", "smallest", "largest") else []
        match node.kind:
            case "sum":
                return sum(numbers)
            case "distinct":
                return len(set(values))
            case "average" if numbers:
                own = _denominator(self.setting.schema.events[node.query.event].properties[node.property].type)
                total, parts = sum(numbers) * _denominator(node.type), own * len(numbers)
                return total // parts if total >= 0 else -(-total // parts)
            case "smallest" if numbers:
                return min(numbers)
            case "largest" if numbers:
                return max(numbers)
            case "first":
                return values[0] if values else None
            case "last":
                return values[-1] if values else None
            case _:
                return None

    # ------------------------------------------------------------ events and windows (§4)

    def matching(self, query: EventQuery) -> Iterator[Event]:
        """The contact's events of the query in order of (instant, id); events after as_of do not exist."""
        inside = self._window(query.window)
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
        value = self._property(first, name)
        return value is not None and value == self._property(second, name)

    def _window(self, window: object) -> Callable[[int], bool]:
        """Whether an instant lies in a window. Elapsed time and months end at as_of; dates and periods are local days
        of the contact (§4, Time)."""
        project = zone(self.setting.project_zone)
        match window:
            case None:
                return lambda _at: True
            case InLast(duration=duration) if duration.local:
                first = day_start(next_day(self.today, 1 - duration.amount), self.zone)
                return lambda at: at >= first
            case InLast(duration=duration):
                start = shift(self.as_of, duration, -1, project)
                return lambda at: start < at
            case Ago(far=far, near=near):
                start, end = shift(self.as_of, far, -1, project), shift(self.as_of, near, -1, project)
                return lambda at: start < at <= end
            case LocalDates(first=first_day, last=last_day):
                low = None if first_day is None else day_start(first_day, self.zone)
                high = None if last_day is None else day_start(next_day(last_day), self.zone)
                return lambda at: (low is None or at >= low) and (high is None or at < high)
            case LocalPeriod(name=name):
                first_of, after = period_of(name, self.today)
                low, high = day_start(first_of, self.zone), day_start(after, self.zone)
                return lambda at: low <= at < high
            case SinceThen():
                run = self._run
                assert run is not None, "only in triggers"
                return lambda at: run.cause_at < at
            case _:
                raise AssertionError(window)

    # ------------------------------------------------------------ scores (§5, score)

    def points(self, name: str) -> int | None:
        """A score in units of 2^-30: window, limit, fading, sum, clamp. Missing outside its `where`."""
        if name not in self._points:
            self._points[name] = self._reckon(self.setting.model.scores[name])
        return self._points[name]

    def _reckon(self, score: Score) -> int | None:
        """Missing outside `where`, 0 inside without a matching rule; then the bounds, a floor of 0 if none is said."""
        if score.where is not None and not self.holds(score.where):
            return None
        total = sum(self.rule_points(score, rule) for rule in score.rules)
        total = max(total, score.floor * POINT_UNIT)
        return total if score.ceiling is None else min(total, score.ceiling * POINT_UNIT)

    def rule_points(self, score: Score, rule: ScoreRule) -> int:
        """What one rule of a score gives, in units of 2^-30. Only `on` rules fade; `per 100 of X` counts whole hundreds
        of the unit (§8.6), none where X is missing or negative."""
        match rule:
            case OnRule():
                fading = rule.fading or score.fading
                return sum(points * weight_at(fading, self.as_of - event.at) for event, points in self._limited(rule))
            case WhenRule(points=points, when=when):
                return points * POINT_UNIT if self.holds(when) else 0
            case PerRule(points=points, every=every, of=of, limit=limit):
                amount = self.value(of)
                if amount is None or int(amount) < 0:
                    return 0
                times = int(amount) // (every * _denominator(of.type))
                return points_within(times, points, limit) * POINT_UNIT
            case _:
                assert_never(rule)

    def _limited(self, rule: OnRule) -> Iterator[tuple[Event, int]]:
        """The rule's events with the points each gives: the limit is spent on the newest first, and the event that
        reaches a limit of points counts in part."""
        newest_first = reversed(list(self.matching(rule.query)))
        spent: dict[Stored, int] = {}
        for event in newest_first:
            if rule.limit is None:
                yield event, rule.points
                continue
            key = self._limited_by(rule.limit, event)
            before = spent.get(key, 0)
            spent[key] = before + 1
            given = points_within(before + 1, rule.points, rule.limit) - points_within(before, rule.points, rule.limit)
            if given:
                yield event, given

    def _limited_by(self, limit: Limit, event: Event) -> Stored:
        """What events that share one limit have in common: nothing, a property's value, or the first day of the local
        period in which they lie."""
        if limit.per is not None:
            return self._property(event, limit.per)
        if limit.local is None:
            return None
        day = local_date(event.at, self.zone)
        return day if limit.local == "day" else period_of(limit.local, day)[0]

    def stage(self, name: str) -> str | None:
        """The highest stage whose `start` the score reaches, or whose `leave` it keeps if the contact stood in it or
        above at the tick before. None below the first stage and without a score."""
        if name not in self._stages:
            self._stages[name] = self._standing(self.setting.model.scores[name])
        return self._stages[name]

    def _standing(self, score: Score) -> str | None:
        """See `stage`; without a record `from` alone decides."""
        points = self.points(score.name)
        if points is None:
            return None
        names = [s.name for s in score.stages]
        before = self.setting.memory.stages.get(score.name, {}).get(self.contact.key)
        stood = names.index(before) if before in names else -1
        for index in range(len(names) - 1, -1, -1):
            step = score.stages[index]
            threshold = step.leave if stood >= index else step.start
            if points >= threshold * POINT_UNIT:
                return step.name
        return None


def zones_of(contact: Contact, schema: Schema, project_zone: str) -> ContactZones:
    """The zones of a contact by its zone and country fields (LANGUAGE.md §4)."""
    own = contact.fields.get(schema.zone_field) if schema.zone_field else None
    country = contact.fields.get(schema.country_field) if schema.country_field else None
    return contact_zones(_text(own), _text(country), project_zone)


def points_within(times: int, points: int, limit: Limit | None) -> int:
    """What `times` times `points` come to under a limit; points of a limit are counted without their sign."""
    match limit:
        case None:
            return times * points
        case Limit(amount=amount, of="times"):
            return min(times, amount) * points
        case Limit(amount=amount):
            size = min(times * abs(points), amount)
            return size if points > 0 else -size


def period_of(name: str, today: int) -> tuple[int, int]:
    """First day and the day after the last of a local period around `today`; weeks begin on Monday (§4, Time)."""
    day = to_date(today)
    match name:
        case "today":
            return today, next_day(today)
        case "yesterday":
            return next_day(today, -1), today
        case "week":
            first = next_day(today, -day.weekday())
            return first, next_day(first, 7)
        case "month":
            first = to_ymd(day.replace(day=1))
            return first, shift_date(first, Duration(1, "month"), 1)
        case "quarter":
            first = to_ymd(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1))
            return first, shift_date(first, Duration(3, "month"), 1)
        case _:
            return day.year * 10_000 + 101, (day.year + 1) * 10_000 + 101


class InterpreterExecutor:
    """All contacts, one after the other, through `Reader`."""

    def __init__(self, model: Model, facts: Facts, time_zone: str) -> None:
        self._model = model
        self._facts = facts
        self._zone = time_zone

    def setting(self, as_of: int, memory: Memory) -> Setting:
        """What all contacts of one evaluation share."""
        tiers = tiers_of(self.standings(as_of, memory))
        return Setting(self._model, as_of, self._zone, self._facts.schema, memory, self._facts, tiers)

    def standings(self, as_of: int, memory: Memory) -> Standings:
        """See `engine.evaluation.Executor`. At midnight that midnight is the last one, so classes read each other as of
        the same instant."""
        model = self._model
        if not model.classes:
            return {}
        at = last_midnight(as_of, zone(self._zone))
        tiers: dict[str, dict[str, str]] = {}
        before = memory.midnight or Memory()
        setting = Setting(model, at, self._zone, self._facts.schema, before, self._facts, tiers)
        readers = [Reader(setting, data) for data in self._facts.load(None, self._facts.schema.events, at)]
        found: dict[str, dict[str, Standing]] = {}
        for class_ in (model.classes[name] for name in model.order if name in model.classes):
            members = [r for r in readers if class_.where is None or r.holds(class_.where)]
            values = {r.contact.key: int(v) for r in members if (v := r.value(class_.by)) is not None}
            found[class_.name] = ranked(class_, values)
            tiers[class_.name] = {contact: one.tier for contact, one in found[class_.name].items()}
        return found

    def evaluate(self, as_of: int, memory: Memory) -> Evaluation:
        """See `engine.evaluation.Executor`."""
        model = self._model
        setting = self.setting(as_of, memory)
        conditions = conditions_of(model)
        everybody: set[str] = set()
        segments: dict[str, set[str]] = {name: set() for name in model.segments}
        scores: dict[str, dict[str, int]] = {name: {} for name in model.scores}
        stages: dict[str, dict[str, str]] = {name: {} for name in model.scores}
        satisfied: dict[str, set[str]] = {name: set() for name in conditions}
        uniques = uniques_of(model)
        bearers: dict[str, dict[tuple[Stored, ...], list[str]]] = {name: {} for name in uniques}
        for data in self._facts.load(None, self._facts.schema.events, as_of):
            reader = Reader(setting, data)
            key = data.contact.key
            everybody.add(key)
            for name, members in segments.items():
                if reader.member(name):
                    members.add(key)
            for name, known in scores.items():
                points, stage = reader.points(name), reader.stage(name)
                if points is not None:
                    known[key] = points
                if stage is not None:
                    stages[name][key] = stage
            for name, condition in conditions.items():
                if reader.holds(condition):
                    satisfied[name].add(key)
            for name, unique in uniques.items():
                if key in satisfied[f"{name} known"]:
                    values = tuple(reader.value(one) for one in unique.fields)
                    bearers[name].setdefault(values, []).append(key)
        for name, held in bearers.items():
            satisfied[name] = {keys[0] for keys in held.values() if len(keys) == 1}
        return Evaluation(
            as_of,
            frozenset(everybody),
            {name: frozenset(keys) for name, keys in segments.items()},
            scores,
            stages,
            {name: frozenset(keys) for name, keys in satisfied.items()},
            setting.classes,
        )

    def hold(self, condition: Condition, runs: Sequence[Run], as_of: int, memory: Memory) -> frozenset[str]:
        """See `engine.evaluation.Executor`."""
        setting = self.setting(as_of, memory)
        contacts = {run.contact for run in runs}
        loaded = {d.contact.key: d for d in self._facts.load(contacts, self._facts.schema.events, as_of)}
        return frozenset(
            run.key
            for run in runs
            if run.contact in loaded and Reader(setting, loaded[run.contact], run).holds(condition)
        )


def _ordered(op: str, a: Stored, b: Stored) -> bool:
    assert isinstance(a, int)
    assert isinstance(b, int)
    match op:
        case "=":
            return a == b
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case _:
            return a >= b


def _text_test(kind: str, value: Stored, text: str) -> bool:
    if value is None:
        return False
    held = str(value)
    match kind:
        case "contains":
            return text in held
        case "starts with":
            return held.startswith(text)
        case _:
            return held.endswith(text)


def _denominator(type_: Type) -> int:
    return type_.denominator if isinstance(type_, Numeric) else 1


def _text(value: Stored) -> str | None:
    return value if isinstance(value, str) else None
