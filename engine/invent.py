"""People for tests: for each clause of a condition somebody for whom it alone decides, on both sides of its boundaries.

Everything is tried, and the interpreter says what it comes to: what is written here only knows where to look. So what
cannot be reached by trying is left out, never wrong. Values are made up from what the playbooks and the schema say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import cast

from dsl.model import (
    AgeOf,
    Aggregate,
    Ago,
    And,
    Anniversary,
    Arithmetic,
    Between,
    Clock,
    Compare,
    Condition,
    Consents,
    Const,
    DateWithin,
    DefinedValue,
    Did,
    DidOnDays,
    Duration,
    EventQuery,
    EventValue,
    FieldValue,
    Followed,
    GivenWhen,
    InLast,
    InList,
    InPeriod,
    IsKnown,
    LocalDates,
    LocalPeriod,
    Model,
    Not,
    OnList,
    OnRule,
    Or,
    PerRule,
    Pick,
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
)
from dsl.schema import Schema
from dsl.types import POINT_UNIT, Boolean, Date, MonthDay, Numeric, SetOf, Stored
from engine.clauses import opened
from engine.evaluation import Memory, nodes
from engine.instants import day_start, local_date, next_day, shift, shift_date, to_datetime
from engine.interpret import Reader, Setting, period_of
from engine.interpret.reckoning import denominator
from engine.protocols import Facts
from engine.records import Contact, ContactData, Event
from engine.scenario_given import instant_of
from engine.sketch import Deed, Sketch, candidates, days_off, earlier, sample
from engine.zones import zone

NAME = "x"
MOST_DEEDS = 24
MOST_POINTS = 40
"""How many different numbers of points are looked at on the way to one."""
MOST = 6
"""How many ways are tried to meet what stands beside a clause."""


class _NoFacts:
    """Fact tables of a test that gives none."""

    def fact_row(self, table: str, key: Stored, as_of: int) -> None:
        """There is no row."""


class Inventor:
    """Invents people as of an instant, for the blocks of a model."""

    def __init__(self, model: Model, schema: Schema, time_zone: str, as_of: int) -> None:
        self.model = model
        self.schema = schema
        self.time_zone = time_zone
        self.as_of = as_of
        self.place = zone(time_zone)
        self.today = local_date(as_of, self.place)
        local = to_datetime(as_of, self.place)
        self.minutes = local.hour * 60 + local.minute

    def reader(self, sketch: Sketch) -> Reader:
        """What the interpreter sees of somebody at the instant."""
        events: dict[str, list[Event]] = {}
        for number, deed in enumerate(sketch.deeds):
            at = instant_of(deed.when, self.as_of, self.place)
            events.setdefault(deed.event, []).append(
                Event(deed.event, f"{number:03}", NAME, at, 0, dict(deed.properties))
            )
        ordered = {name: tuple(sorted(held, key=lambda e: (e.at, e.id))) for name, held in events.items()}
        memory = Memory(
            consents=frozenset((NAME, channel, purpose) for channel, purpose in sketch.consents),
            lists={name: frozenset((NAME,)) for name in sketch.lists},
        )
        facts = cast(Facts, _NoFacts())
        tiers: dict[str, dict[str, str]] = {name: {} for name in self.model.classes}
        setting = Setting(self.model, self.as_of, self.time_zone, self.schema, memory, facts, tiers)
        return Reader(setting, ContactData(Contact(NAME, {self.schema.key: NAME, **sketch.fields}), ordered))

    def holds(self, sketch: Sketch, condition: Condition) -> bool:
        """Whether a condition holds for somebody."""
        return self.reader(sketch).holds(condition)

    # ------------------------------------------------------------ conditions

    def people(self, root: Condition, start: Sketch) -> Iterator[Sketch]:
        """For each clause of a condition people who meet everything beside it, with every value around its edges."""
        yield from islice(self.meeting(start, root, want=True), MOST)
        for beside, clause in self._clauses(root, ()):
            for sketch in islice(self._meeting_all(start, beside), 2):
                yield from islice(self._tried(sketch, clause), 40)

    def _clauses(
        self, condition: Condition, beside: tuple[tuple[Condition, bool], ...]
    ) -> Iterator[tuple[tuple[tuple[Condition, bool], ...], Condition]]:
        """Each clause with what has to be so beside it, for it to decide."""
        match condition:
            case And(items=items) | Or(items=items):
                want = isinstance(condition, And)
                for number, item in enumerate(items):
                    others = tuple((one, want) for k, one in enumerate(items) if k != number)
                    yield from self._clauses(item, (*beside, *others))
            case Not(item=item):
                yield from self._clauses(item, beside)
            case _:
                named = opened(self.model, condition)
                if named is None:
                    yield beside, condition
                else:
                    yield from self._clauses(named, beside)

    def _meeting_all(self, start: Sketch, wanted: Sequence[tuple[Condition, bool]]) -> Iterator[Sketch]:
        if not wanted:
            yield start
            return
        (condition, want), *rest = wanted
        for sketch in islice(self.meeting(start, condition, want=want), MOST):
            for found in islice(self._meeting_all(sketch, rest), MOST):
                if self.holds(found, condition) == want:
                    yield found

    def meeting(self, start: Sketch, condition: Condition, *, want: bool) -> Iterator[Sketch]:
        """People like `start` for whom the condition holds (or fails)."""
        match condition:
            case And(items=items) | Or(items=items):
                if want == isinstance(condition, And):
                    yield from self._meeting_all(start, [(item, want) for item in items])
                else:
                    for item in items:
                        yield from self.meeting(start, item, want=want)
            case Not(item=item):
                yield from self.meeting(start, item, want=not want)
            case _:
                named = opened(self.model, condition)
                if named is not None:
                    yield from self.meeting(start, named, want=want)
                    return
                if self.holds(start, condition) == want:
                    yield start
                yield from (one for one in self._tried(start, condition) if self.holds(one, condition) == want)

    def _tried(self, start: Sketch, clause: Condition) -> Iterator[Sketch]:
        """People like `start` who differ in what one clause reads."""
        match clause:
            case Compare(left=left, right=Const(value=bound) as right):
                yield from self._around(start, left, bound, right)
            case Compare(left=Const(value=bound) as left, right=right):
                yield from self._around(start, right, bound, left)
            case Compare(left=left, right=right):
                for value in (self.reader(start).value(right), sample(right.type, self.today)):
                    if value is not None:
                        for one in self.setting(start, right, value):
                            yield from self._around(one, left, value, None)
            case Between(value=value, low=low, high=high):
                for end in (low, high):
                    if isinstance(end, Const):
                        yield from self._around(start, value, end.value, end)
            case InList(value=value, options=options):
                for option in options[:2]:
                    yield from self._around(start, value, option.value, option)
            case IsKnown(value=value) | Truth(value=value):
                no = (0,) if isinstance(value.type, Boolean) else ()
                for found in (sample(value.type, self.today), *no, None):
                    yield from self.setting(start, value, found)
            case TextTest(value=value, text=text):
                for found in (text, f"{text}x", f"x{text}", "something else", None):
                    yield from self.setting(start, value, found)
            case SetTest(value=value, members=members):
                assert isinstance(value.type, SetOf), "bound as a set"
                other = [f"|{m}|" for m in value.type.members if m not in members][:1]
                for found in (f"|{'|'.join(members)}|", f"|{members[0]}|", *other, None):
                    yield from self.setting(start, value, found)
            case DateWithin(value=value, duration=duration):
                yield from self._dates(start, value, duration)
            case InPeriod(value=value, period=period):
                first, after = period_of(period.name, self.today)
                for day in (first, next_day(first, -1), next_day(after, -1), after):
                    yield from self._on(start, value, day)
            case Anniversary(value=value, duration=within):
                days = (0, 1, -1) if within is None else (1, 0)
                ends = () if within is None else (shift_date(self.today, within, 1),)
                for day in (*(next_day(self.today, n) for n in days), *ends, *(next_day(one) for one in ends)):
                    known = day % 10_000 if isinstance(value.type, MonthDay) else 19_900_000 + day % 10_000
                    yield from self.setting(start, value, known)
            case WithinDistance(value=value, place=Const(value=place)):
                for found in (place, "0,0", None):
                    yield from self.setting(start, value, found)
            case Consents(channel=channel, purpose=purpose):
                yield replace(start, consents=start.consents | {(channel, purpose)})
                yield replace(start, consents=start.consents - {(channel, purpose)})
            case OnList(list=name):
                yield replace(start, lists=start.lists | {name})
                yield replace(start, lists=start.lists - {name})
            case Did(query=query, count=count) | DidOnDays(query=query, count=count):
                yield from self._times(start, query, count, apart=isinstance(clause, DidOnDays))
            case Followed():
                yield from self._followed(start, clause)
            case _:
                return

    def _around(self, start: Sketch, value: Value, bound: Stored, const: Const | None) -> Iterator[Sketch]:
        """People whose value is the bound, or beside it. The bound is in units of its own type."""
        if bound is None:
            return
        if const is not None and isinstance(value.type, Numeric) and isinstance(const.type, Numeric):
            bound = int(bound) * value.type.denominator // const.type.denominator
        for one in candidates(value.type, bound):
            yield from self.setting(start, value, one)

    def _dates(self, start: Sketch, value: Value, duration: Duration) -> Iterator[Sketch]:
        for sign in (-1, 1):
            if isinstance(value.type, Date):
                end = shift_date(self.today, duration, sign)
                moments: tuple[Stored, ...] = (end, next_day(end, 1), next_day(end, -1))
            else:
                end = shift(self.as_of, duration, sign, self.place) if not duration.local else self.as_of
                days = sign * duration.amount if duration.local else 0
                day = next_day(local_date(end, self.place), days)
                moments = (end, *(day_start(next_day(day, n), self.place) + self.minutes * 60_000_000 for n in (1, -1)))
            for moment in moments:
                yield from self.setting(start, value, moment)
        yield from self.setting(start, value, None)

    def _on(self, start: Sketch, value: Value, day: int) -> Iterator[Sketch]:
        moment = day if isinstance(value.type, Date) else day_start(day, self.place)
        yield from self.setting(start, value, moment)

    # ------------------------------------------------------------ values

    def setting(self, start: Sketch, value: Value, to: Stored) -> Iterator[Sketch]:
        """People like `start` whose value may be this one; in stored form of the value's type, None is missing."""
        match value:
            case FieldValue(name=name) if name != self.schema.key:
                yield start.having(name, to)
            case AgeOf(date=FieldValue(name=name)):
                if to is None:
                    yield start.having(name, None)
                elif 0 <= int(to) <= 120:
                    yield start.having(name, shift_date(self.today, Duration(int(to), "year"), -1))
                    yield start.having(name, next_day(shift_date(self.today, Duration(int(to) + 1, "year"), -1)))
            case DefinedValue(name=name):
                named = self.model.defines[name].value
                if named is not None:
                    yield from self.setting(start, named, to)
            case Aggregate():
                yield from self._aggregate(start, value, to)
            case ScoreValue(score=name) if to is not None:
                yield from self._points(start, name, int(to))
            case StageOf(score=name) if to is not None:
                begins = next(s.start for s in self.model.scores[name].stages if s.name == to)
                yield from self._points(start, name, begins * POINT_UNIT)
            case Arithmetic(left=left, right=right) if to is not None:
                for part, other, nothing in ((left, right, value.op != "times"), (right, left, value.op == "plus")):
                    inner = int(to) * denominator(part.type) // denominator(value.type)
                    known = 0 if nothing else denominator(other.type)
                    for one in self.setting(start, other, known):
                        yield from self.setting(one, part, inner)
            case Pick(items=items) if to is not None:
                for item in items:
                    yield from self.setting(start, item, int(to) * denominator(item.type) // denominator(value.type))
            case _:
                return

    def _aggregate(self, start: Sketch, node: Aggregate, to: Stored) -> Iterator[Sketch]:
        query = node.query
        bare = start.without(query.event)
        if to is None or (node.kind in ("number", "sum", "distinct") and to == 0):
            yield bare
            return
        if node.kind == "number":
            yield from self._times(start, query, int(to), apart=False)
            return
        if node.property is None:
            day = local_date(int(to), self.place)
            minutes = (int(to) - day_start(day, self.place)) // 60_000_000
            for properties in islice(self.properties(query), 2):
                yield bare.who_did(Deed(query.event, properties, Clock(day, minutes)))
            return
        unit = denominator(self.schema.events[query.event].properties[node.property].type)
        if node.kind == "distinct":
            return
        worth = int(to) * unit // denominator(node.type) if isinstance(to, int) else to
        for properties in islice(self.properties(query), 2):
            held = {**dict(properties), node.property: worth}
            for when in self._whens(query):
                yield bare.who_did(Deed(query.event, tuple(held.items()), when))

    def _times(self, start: Sketch, query: EventQuery, count: int, *, apart: bool) -> Iterator[Sketch]:
        """People who did it so often, once less, once more; at each edge of its window, and with each edge of its
        filter."""
        bare = start.without(query.event)
        yield bare
        inside = self._whens(query)
        for properties in islice(self.properties(query), 8):
            for when in inside:
                once = Deed(query.event, properties, when)
                rest = [
                    Deed(query.event, properties, self._apart(inside[0], n) if apart else inside[0])
                    for n in range(max(0, count - 1))
                ][:MOST_DEEDS]
                yield bare.who_did(*rest, once)
                yield bare.who_did(*rest)
                yield bare.who_did(*rest, once, once)

    def _apart(self, when: GivenWhen, days: int) -> GivenWhen:
        return days_off(when, -1 - days) if isinstance(when, Clock) else Clock(next_day(self.today, -1 - days), 720)

    def _followed(self, start: Sketch, node: Followed) -> Iterator[Sketch]:
        bare = start.without(node.first.event).without(node.second.event)
        yield bare
        within = node.within
        for first in islice(self.properties(node.first), 2):
            for second in islice(self.properties(node.second), 2):
                held = dict(second) | ({node.same: dict(first).get(node.same, "1")} if node.same else {})
                mine = dict(first) | ({node.same: held[node.same]} if node.same else {})
                longer = Duration(within.amount + 1, within.unit)
                yield bare.who_did(Deed(node.first.event, tuple(mine.items()), longer))
                yield bare.who_did(Deed(node.first.event, tuple(mine.items()), within))
                for later in (Duration(1, within.unit), None):
                    yield bare.who_did(
                        Deed(node.first.event, tuple(mine.items()), longer),
                        Deed(node.second.event, tuple(held.items()), later),
                    )

    def properties(self, query: EventQuery) -> Iterator[tuple[tuple[str, str | int], ...]]:
        """Properties around everything that the filter compares, those that it lets pass first."""
        if query.where is None:
            yield ()
            return
        pools: dict[str, list[Stored]] = {}
        for node in nodes(query.where):
            match node:
                case Compare(left=EventValue(name=name) as left, right=Const() as right):
                    pools.setdefault(name, []).extend(self._near(left, right))
                case Between(value=EventValue(name=name) as left, low=Const() as low, high=Const() as high):
                    pools.setdefault(name, []).extend([*self._near(left, low), *self._near(left, high)])
                case InList(value=EventValue(name=name), options=options):
                    pools.setdefault(name, []).extend([options[0].value, None])
                case TextTest(value=EventValue(name=name), text=text):
                    pools.setdefault(name, []).extend([text, "something else"])
                case IsKnown(value=EventValue(name=name) as left) | Truth(value=EventValue(name=name) as left):
                    pools.setdefault(name, []).extend([sample(left.type, self.today), None])
                case _:
                    pass
        pools = {name: values for name, values in pools.items() if name in self.schema.events[query.event].properties}
        reader = self.reader(Sketch())
        made = []
        for values in islice(product(*pools.values()), 200):
            held = {name: value for name, value in zip(pools, values, strict=True) if value is not None}
            event = Event(query.event, "000", NAME, self.as_of, 0, held)
            made.append((not reader.holds(query.where, event), tuple(held.items())))
        yield from (held for _, held in sorted(made, key=lambda one: one[0]))

    def _near(self, value: EventValue, const: Const) -> list[Stored]:
        if isinstance(value.type, Numeric) and isinstance(const.type, Numeric):
            return list(candidates(value.type, int(const.value) * value.type.denominator // const.type.denominator))
        return list(candidates(value.type, const.value))

    def _whens(self, query: EventQuery) -> list[GivenWhen]:
        """Instants inside of a window first, then those at its ends and beyond them."""
        match query.window:
            case InLast(duration=duration) if duration.local:
                first = next_day(self.today, 1 - duration.amount)
                return [Clock(first, 0), Clock(next_day(first, -1), 23 * 60 + 59)]
            case InLast(duration=duration):
                return self._back(duration)
            case Ago(far=far, near=near):
                return [*self._back(far), *self._back(near)]
            case LocalDates(first=first_day, last=last_day):
                ends = [Clock(day, 720) for day in (last_day, first_day) if day is not None]
                return [*ends, *(days_off(one, n) for one in ends for n in (1, -1))]
            case LocalPeriod(name=name):
                begins, after = period_of(name, self.today)
                return [Clock(begins, 0), Clock(next_day(begins, -1), 23 * 60 + 59), Clock(next_day(after, -1), 0)]
            case _:
                return [Duration(1, "day")]

    def _back(self, duration: Duration) -> list[GivenWhen]:
        inside = earlier(duration, 1)
        if inside is None and duration.unit in ("month", "year"):
            day = local_date(shift(self.as_of, duration, -1, self.place), self.place)
            return [Clock(next_day(day), self.minutes), duration]
        return [inside or Duration(1, "minute"), duration]

    def _points(self, start: Sketch, name: str, wanted: int) -> Iterator[Sketch]:
        """People with as nearly so many points as trying finds, from below and from above."""
        score = self.model.scores[name]
        waiting = list(islice(self.meeting(start, score.where, want=True), 2)) if score.where is not None else [start]
        seen: dict[int, Sketch] = {}
        while waiting and len(seen) < MOST_POINTS:
            # the nearest first: what is far off only leads there by many more steps
            sketch = min(waiting, key=lambda one: abs((self.reader(one).points(name) or 0) - wanted))
            waiting.remove(sketch)
            points = self.reader(sketch).points(name)
            if points is None or points in seen:
                continue
            seen[points] = sketch
            if points == wanted:
                break
            waiting += [one for rule in score.rules for one in self._given(sketch, rule, wanted - points)]
        below = sorted((p for p in seen if p < wanted), reverse=True)[:1]
        above = sorted(p for p in seen if p >= wanted)[:1]
        yield from (seen[points] for points in (*above, *below))

    def _given(self, start: Sketch, rule: ScoreRule, lacking: int) -> Iterator[Sketch]:
        """People to whom a rule gives points, so many as are lacking where it counts whole numbers of something."""
        match rule:
            case OnRule(query=query):
                if len(start.deeds) < MOST_DEEDS:
                    for properties in islice(self.properties(query), 1):
                        yield start.who_did(Deed(query.event, properties, Duration(1, "minute")))
            case WhenRule(when=when):
                yield from islice(self.meeting(start, when, want=True), 1)
            case PerRule(points=points, every=every, of=of):
                for times in {1, max(1, lacking // (abs(points) * POINT_UNIT))}:
                    yield from islice(self.setting(start, of, times * every * denominator(of.type)), 1)


def without_since(condition: Condition, back: Duration) -> Condition:
    """A condition of a run without its run: `since then` is in the last `back`."""
    match condition:
        case And(items=items, span=span):
            return And(tuple(without_since(item, back) for item in items), span)
        case Or(items=items, span=span):
            return Or(tuple(without_since(item, back) for item in items), span)
        case Not(item=item, span=span):
            return Not(without_since(item, back), span)
        case Did(query=EventQuery(window=SinceThen())):
            return replace(condition, query=replace(condition.query, window=InLast(back)))
        case _:
            return condition
