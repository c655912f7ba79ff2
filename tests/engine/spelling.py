"""Random models as text: what `generate` draws, said in the language. What no text can say raises Unsayable."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dsl import model as m
from dsl.schema import Channel, EventType, FactTable, Schema
from dsl.types import Boolean, Date, MonthDay, Numeric, OneOf, Text


class Unsayable(Exception):
    """The language has no words for this."""


@dataclass(frozen=True)
class Spelling:
    """Says models in the names of one schema. `names`: a generated name -> the name in this schema."""

    names: Mapping[str, str]

    def name(self, name: str) -> str:
        return self.names.get(name, name)

    # ------------------------------------------------------------ values

    def value(self, value: m.Value) -> str:
        match value:
            case m.Const():
                return constant(value)
            case m.FieldValue(name=name):
                return f"contact.{self.name(name)}"
            case m.EventValue(name=name, of="this"):
                return self.name(name)
            case m.EventValue(name=name):
                return f"event.{self.name(name)}"
            case m.FactValue(table=table, column=column):
                return f"{table}.{column}"
            case m.Aggregate(kind="number", query=query):
                return f"number of {self.query(query)}"
            case m.Aggregate(kind="first" | "last" as kind, query=query, property=name):
                if query.window is not None:
                    raise Unsayable("a window of `first` and `last`")
                of = "" if name is None else f".{self.name(name)}"
                return f"{kind} {self.name(query.event)}{of}{self.filter(query)}"
            case m.Aggregate(kind=kind, query=query, property=name) if name is not None:
                return f"{kind} of {self.name(query.event)}.{self.name(name)}{self.filter(query)}{window(query.window)}"
            case m.AgeOf(date=m.FieldValue() | m.EventValue() as date):
                return f"age of {self.value(date)}"
            case m.ScoreValue(score=score):
                return block(score)
            case m.StageOf(score=score):
                return f"stage of {block(score)}"
            case m.ClassOf(name=name):
                return f"class of {block(name)}"
            case m.Arithmetic(op=op, left=left, right=right) if not isinstance(right, m.Arithmetic):
                return f"{self.value(left)} {op} {self.value(right)}"
            case m.Pick(kind=kind, items=items):
                return f"{kind} of ({', '.join(map(self.value, items))})"
            case m.DefinedValue(name=name):
                return block(name)
        raise Unsayable(type(value).__name__)

    def filter(self, query: m.EventQuery) -> str:
        return "" if query.where is None else f" with ({self.condition(query.where)})"

    def query(self, query: m.EventQuery) -> str:
        return f"{self.name(query.event)}{self.filter(query)}{window(query.window)}"

    # ------------------------------------------------------------ conditions

    def condition(self, one: m.Condition) -> str:
        match one:
            case m.Everyone():
                return "everyone"
            case m.And(items=items):
                return " and ".join(f"({self.condition(item)})" for item in items)
            case m.Or(items=items):
                return " or ".join(f"({self.condition(item)})" for item in items)
            case m.Not(item=item):
                return f"not ({self.condition(item)})"
            case m.Compare(op=op, left=left, right=right):
                return f"{self.value(left)} {op} {self.value(right)}"
            case m.Between(value=value, low=low, high=high):
                return f"{self.value(value)} between {self.value(low)} and {self.value(high)}"
            case m.InList(value=value, options=options):
                return f"{self.simple(value)} in ({', '.join(map(constant, options))})"
            case m.IsKnown(value=value):
                return f"{self.value(value)} is known"
            case m.TextTest(kind=kind, value=value, text=text):
                return f'{self.value(value)} {kind} "{text}"'
            case m.SetTest(kind=kind, value=value, members=members):
                return f"{self.value(value)} has {kind} ({', '.join(map(member, members))})"
            case m.Truth(value=m.FieldValue() | m.EventValue() | m.FactValue() as value):
                return self.value(value)
            case m.DateWithin(kind="older than", value=value, duration=duration):
                return f"{self.value(value)} older than {spelled(duration)}"
            case m.DateWithin(kind=kind, value=value, duration=duration):
                return f"{self.simple(value)} {kind} {spelled(duration)}"
            case m.InPeriod(value=value, period=period):
                return f"{self.simple(value)}{window(period)}"
            case m.Anniversary(value=value, duration=duration):
                when = "today" if duration is None else f"in next {spelled(duration)}"
                return f"{self.value(value)} anniversary {when}"
            case m.InSegment(segment=name):
                return f"in {block(name)}"
            case m.InSegmentFor(segment=name, duration=duration):
                return f"in {block(name)} for {spelled(duration)}"
            case m.Sample(share=share, name=name):
                return f"sample {decimal(share, 10_000)} % as {name}"
            case m.Consents(channel=channel, purpose=purpose):
                return f"consents to {channel} for {purpose}"
            case m.DefinedCondition(name=name):
                return block(name)
            case m.Did(query=query, op=op, count=count):
                return self.did(query, op, count)
            case m.DidOnDays(query=query, op=op, count=count):
                event = f"{self.name(query.event)}{self.filter(query)}"
                return f"did {event} on {HOW[op]} {count} different local days{window(query.window)}"
            case m.Followed():
                same = "" if one.same is None else f" of the same {self.name(one.same)}"
                first = f"{self.name(one.first.event)}{self.filter(one.first)}"
                second = self.query(one.second)
                within = spelled(one.within)
                return f"did {first} {one.kind} {second}{same} within {within}{window(one.first.window)}"
        raise Unsayable(type(one).__name__)

    def simple(self, value: m.Value) -> str:
        if isinstance(value, m.Arithmetic | m.Pick) or (
            isinstance(value, m.Aggregate) and value.kind not in ("first", "last")
        ):
            raise Unsayable("not a simple value")
        return self.value(value)

    def did(self, query: m.EventQuery, op: str, count: int) -> str:
        match query.where:
            case m.WithinOf(anchor=anchor, within=within):
                where, near = "", (anchor, within)
            case m.And(items=(*others, m.WithinOf(anchor=anchor, within=within))):
                where, near = f" with ({' and '.join(f'({self.condition(o)})' for o in others)})", (anchor, within)
            case _:
                times = "" if (op, count) == (">=", 1) else f" {HOW[op]} {count} times"
                return f"did {self.name(query.event)}{self.filter(query)}{times}{window(query.window)}"
        if not isinstance(near[0], m.FieldValue | m.EventValue) or (op, count) != (">=", 1):
            raise Unsayable("within of something else")
        event = f"{self.name(query.event)}{where}"
        return f"did {event} within {spelled(near[1])} of {self.value(near[0])}{window(query.window)}"

    # ------------------------------------------------------------ blocks

    def segment(self, one: m.Segment) -> str:
        if one.where is None:
            raise Unsayable("a segment without a condition")
        return f"segment {block(one.name)}\n  where {self.condition(one.where)}\n"

    def define(self, one: m.Define) -> str:
        said = self.value(one.value) if one.value is not None else ""
        if one.condition is not None:
            said = self.condition(one.condition)
        return f"define {block(one.name)} = {said}\n"

    def score(self, one: m.Score) -> str:
        lines = [f"score {block(one.name)}"]
        if one.where is not None:
            lines.append(f"where {self.condition(one.where)}")
        lines += map(self.rule, one.rules)
        if one.fading is not None:
            lines.append({"halve": "halve every", "lose": "lose", "forget": "forget after"}[one.fading.kind]
                         + fading(one.fading, " of the original"))  # fmt: skip
        if one.ceiling is not None:
            lines.append(f"keep between {one.floor} and {one.ceiling}")
        elif one.floor != 0:
            raise Unsayable("a floor without a ceiling")
        for stage in one.stages:
            leave = "" if stage.leave == stage.start else f" leave below {stage.leave}"
            rest = "" if stage.rest is None else f" rest {spelled(stage.rest)}"
            lines.append(f"stage {stage.name} from {stage.start}{leave}{rest}")
        return "\n  ".join(lines) + "\n"

    def class_(self, one: m.Class) -> str:
        lines = [f"class {block(one.name)}", f"by {self.value(one.by)}"]
        if one.where is not None:
            lines.append(f"where {self.condition(one.where)}")
        before = 0
        for tier in one.tiers:
            if tier.edge is None:
                lines.append(f"tier {tier.name} rest")
            elif one.share == "number":
                lines.append(f"tier {tier.name} {'next' if before else 'top'} {tier.edge - before}")
            else:
                of = " of total" if one.share == "total" else ""
                share = decimal(tier.edge - before, 10_000)
                lines.append(f"tier {tier.name} {'next' if before else 'first'} {share} %{of}")
            before = tier.edge or 0
        return "\n  ".join(lines) + "\n"

    def rule(self, rule: m.ScoreRule) -> str:
        if rule.points == 0:
            raise Unsayable("no points")
        points = f"{rule.points:+}"
        match rule:
            case m.WhenRule(when=when):
                return f"{points} when {self.condition(when)}"
            case m.PerRule(every=every, of=of, limit=limit):
                return f"{points} per {every} of {self.value(of)}{self.limit(limit)}"
            case m.OnRule(query=query, limit=limit, fading=own):
                words = {"halve": " halving every", "lose": " losing", "forget": " forgotten after"}
                fades = "" if own is None else words[own.kind] + fading(own, "")
                return f"{points} on {self.query(query)}{self.limit(limit)}{fades}"

    def limit(self, limit: m.Limit | None) -> str:
        if limit is None:
            return ""
        per = "" if limit.per is None else f" per {self.name(limit.per)}"
        if limit.local is not None:
            per = f" per local {limit.local}"
        return f" at most {limit.amount} {limit.of}{per}"


HOW = {">=": "at least", "<=": "at most", "=": "exactly"}


def block(name: str) -> str:
    """The name of a block: the generated ones are names of fields as well."""
    return f"x_{name}"


def fading(one: m.Fading, of: str) -> str:
    share = f" {one.percent} %{of} every" if one.kind == "lose" else ""
    return f"{share} {spelled(one.duration)}"


def spelled(duration: m.Duration) -> str:
    local = "local " if duration.local else ""
    return f"{duration.amount} {local}{duration.unit}{'s' * (duration.amount != 1)}"


def window(one: m.Window | None) -> str:
    match one:
        case None:
            return ""
        case m.InLast(duration=duration):
            return f" in last {spelled(duration)}"
        case m.Ago(far=far, near=near) if far.unit == near.unit:
            return f" {far.amount} to {near.amount} {far.unit}s ago"
        case m.LocalDates(first=None, last=int(last)):
            return f" before {day(next_day(last))}"
        case m.LocalDates(first=int(first), last=None):
            return f" since {day(first)}"
        case m.LocalDates(first=int(first), last=int(last)):
            return f" from {day(first)} to {day(last)}"
        case m.LocalPeriod(name=name):
            return f" {name}" if name in ("today", "yesterday") else f" this {name}"
        case m.SinceThen():
            return " since then"
    raise Unsayable(type(one).__name__)


def day(ymd: int) -> str:
    return f"{ymd // 10_000:04}-{ymd // 100 % 100:02}-{ymd % 100:02}"


def next_day(ymd: int) -> int:
    year, month, of = ymd // 10_000, ymd // 100 % 100, ymd % 100
    if of < calendar.monthrange(year, month)[1]:
        return ymd + 1
    return year * 10_000 + (month + 1) * 100 + 1 if month < 12 else (year + 1) * 10_000 + 101


def decimal(number: int, denominator: int) -> str:
    whole, rest = divmod(abs(number), denominator)
    sign = "-" if number < 0 else ""
    if denominator == 1 or rest == 0:
        return f"{sign}{whole}"
    digits = f"{rest:0{len(str(denominator)) - 1}}".rstrip("0")
    return f"{sign}{whole}.{digits}"


def member(word: str) -> str:
    return word if word.isidentifier() else f'"{word}"'


def constant(one: m.Const) -> str:
    match one.value, one.type:
        case int(number), Numeric(denominator=denominator):
            return decimal(number, denominator)
        case int(number), Date():
            return day(number)
        case int(number), MonthDay():
            return f'"{number // 100:02}-{number % 100:02}"'
        case int(number), Boolean():
            return "yes" if number else "no"
        case str(word), OneOf():
            return member(word)
        case str(word), Text():
            return f'"{word}"'
    raise Unsayable(str(one.type))


# ---------------------------------------------------------------- other names


def renamed(schema: Schema, names: Mapping[str, str]) -> Schema:
    """The schema with other names for fields, events and properties, and with channels and purposes."""

    def name(old: str | None) -> str | None:
        return None if old is None else names.get(old, old)

    fields = {new: replace(f, name=new) for f in schema.fields.values() if (new := names.get(f.name, f.name))}
    events = {}
    for event in schema.events.values():
        own = {new: replace(f, name=new) for f in event.properties.values() if (new := names.get(f.name, f.name))}
        new = names.get(event.name, event.name)
        events[new] = EventType(new, own)
    facts = {
        table.name: FactTable(table.name, table.key, names.get(table.matches, table.matches), table.columns, table.time)
        for table in schema.facts.values()
    }
    return replace(
        schema,
        fields=fields,
        events=events,
        facts=facts,
        zone_field=name(schema.zone_field),
        country_field=name(schema.country_field),
        channels={channel: Channel(channel) for channel in ("email", "sms")},
        purposes=("news", "marketing"),
    )
