"""A few words about each part of a plan, for those who look at its graph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import assert_never

from dsl.model import Ago, Duration, InLast, LocalDates, LocalPeriod, SinceThen, Window
from engine.explain import shown
from engine.layout import EVENT_AT, EVENT_ID
from engine.plan_dump import Json, fading_text
from engine.plan_types import (
    Aggregated,
    AllOf,
    Among,
    AnyOf,
    ClassPlan,
    Comparison,
    Complement,
    Condition,
    Constant,
    Days,
    DefinePlan,
    Definition,
    Earned,
    FieldRef,
    Followed,
    Known,
    Leaf,
    PropertyRef,
    ScorePlan,
    SegmentPlan,
    TextMatch,
    Value,
)

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def leaf(one: Leaf) -> str:
    """What a leaf reckons, of what, and when: `sum of purchase.amount in last 30 days`."""
    told: list[str]
    match one.measure:
        case Aggregated(kind=kind, property=name):
            told = [kind, "of", one.event if name is None else f"{one.event}.{_property(name)}"]
        case Earned(points=points, fading=fading):
            told = [f"{points:+d} on", one.event, *([f"({many(fading_text(fading))})"] if fading is not None else [])]
        case Days():
            told = ["days with", one.event]
        case Followed(kind=kind, second=second, within=within):
            told = [one.event, kind, second, "within", _elapsed(within)]
        case _:
            assert_never(one.measure)
    return " ".join([*told, *([] if one.window is None else [_window(one.window)])])


def leaf_filter(one: Leaf, time_zone: str) -> str | None:
    """Which events count, if not all."""
    return None if one.where is None else asked(one.where, time_zone)


def asked(where: Condition, time_zone: str) -> str:
    """A filter of events: `with (page = prices)`."""
    return f"with ({_condition(where, time_zone)})"


def definition(one: Definition) -> str | None:
    """Stages of a score, tiers of a class."""
    match one:
        case ScorePlan(stages=stages):
            return ", ".join(f"{s.name} from {s.start}" for s in stages) or None
        case ClassPlan(tiers=tiers):
            return " > ".join(t.name for t in tiers)
        case SegmentPlan() | DefinePlan():
            return None
        case _:
            assert_never(one)


def trigger(cause: Json, block: Mapping[str, Json], where: str | None = None) -> str:
    """What starts it (events that `where` says, in words), how long it waits, and what it sends."""
    told = [" ".join([_cause(cause), *([where] if where is not None else [])])]
    if "wait" in block:
        told.append(f"wait {many(block['wait'])}")
    told += [s["send"]["template"] for s in block.get("sends", ())]
    if "paused" in block:
        told.append("PAUSED")
    return ", ".join(told)


def limit(kind: str, block: Mapping[str, Json]) -> str | None:
    """What a cap, quiet time, suppress block, quality block or offer says."""
    match kind:
        case "cap":
            told = [] if "gap" not in block else [f"at least {many(block['gap'])} between"]
            if "limit" in block:
                told.append(f"at most {block['limit']}{_per(block.get('per'))}")
            return ", ".join([*told, *(["over all contacts"] if block.get("total") else [])]) or None
        case "quiet":
            hours = [f"{_clock(block['start'])} to {_clock(block['end'])}"] if "start" in block else []
            return " ".join([*hours, *(DAYS[d] for d in block.get("days", ()))]) or None
        case "suppress":
            return f"never {block['category']} to these" if "category" in block else "never anything to these"
        case "offer":
            return ", ".join(str(block[k]) for k in ("discount", "code") if k in block) or None
        case _:
            return None


def many(duration: str) -> str:
    """A duration of the plan's JSON in the words of a playbook.

    >>> many("30 day"), many("1 local day")
    ('30 days', '1 local day')
    >>> many("lose 1 % every 30 day")
    'lose 1 % every 30 days'
    """
    return duration if re.search(r"(^| )1 (local )?[a-z]+$", duration) else f"{duration}s"


def _words(duration: Duration) -> str:
    return many(f"{duration.amount} {'local ' if duration.local else ''}{duration.unit}")


def _window(window: Window) -> str:
    match window:
        case InLast(duration=duration):
            return f"in last {_words(duration)}"
        case Ago(far=far, near=near):
            return f"between {_words(far)} and {_words(near)} ago"
        case LocalDates(first=first, last=last):
            return " ".join(
                [*([f"from {first}"] if first is not None else []), *([f"to {last}"] if last is not None else [])]
            )
        case LocalPeriod(name=name):
            return name if name in ("today", "yesterday") else f"in this {name}"
        case SinceThen():
            return "since then"
        case _:
            assert_never(window)


def _elapsed(micros: int) -> str:
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if micros % (size * 1_000_000) == 0:
            return many(f"{micros // (size * 1_000_000)} {unit}")
    return f"{micros} microseconds"


def _per(per: Json) -> str:
    match per:
        case {"rolling": {"duration": str(duration)}}:
            return f" per {many(duration)}"
        case {"calendar": {"period": period}}:
            return f" per calendar {period}"
        case _:
            return ""


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _cause(told: Json) -> str:
    match told:
        case {"event": event}:
            return f"on {event}"
        case {"onsegment": {"segment": name, "edge": edge}}:
            return f"on {edge} {name}"
        case {"onstage": {"score": name, "stage": stage, "edge": edge}}:
            return f"on {edge} {name} {stage}"
        case {"when": _}:
            return "when a condition comes true"
        case {"onchange": {"of": {"fieldvalue": {"name": name}} | {"factvalue": {"column": name}}}}:
            return f"on change of {name}"
        case {"yearly": {"date": {"fieldvalue": {"name": name}}}} | {"onday": {"date": {"fieldvalue": {"name": name}}}}:
            return f"by the date {name}"
        case {"repeated": {"month_day": day, "at": at}}:
            return f"on day {day} of the month at {_clock(at)}"
        case {"repeated": {"weekdays": days, "at": at}}:
            return f"every {', '.join(DAYS[d] for d in days)} at {_clock(at)}"
        case {"repeated": {"at": at}}:
            return f"every day at {_clock(at)}"
        case {"ondate": {"day": day}}:
            return f"on {day // 10000}-{day // 100 % 100:02d}-{day % 100:02d}"
        case _:
            return "by the calendar"


def _property(name: str) -> str:
    return {EVENT_AT: "at", EVENT_ID: "id"}.get(name, name)


def _condition(node: Condition, time_zone: str) -> str:
    """A filter in words as far as it is simple; else the properties that it asks."""
    match node:
        case AllOf(items=items):
            return " and ".join(_condition(i, time_zone) for i in items)
        case AnyOf(items=items):
            return " or ".join(f"({_condition(i, time_zone)})" for i in items)
        case Complement(item=item):
            return f"not ({_condition(item, time_zone)})"
        case Comparison(op=op, left=left, right=right) if (told := _all([left, right], time_zone)) is not None:
            return f"{told[0]} {op} {told[1]}"
        case Among(value=value, options=options) if (told := _all([value, *options], time_zone)) is not None:
            return f"{told[0]} in ({', '.join(told[1:])})"
        case Known(value=value) if (told := _all([value], time_zone)) is not None:
            return f"{told[0]} is known"
        case TextMatch(kind=kind, value=value, text=text) if (told := _all([value], time_zone)) is not None:
            return f'{told[0]} {kind} "{text}"'
        case _:
            return f"something about {', '.join(sorted(set(_properties(node)))) or 'it'}"


def _all(values: list[Value], time_zone: str) -> list[str] | None:
    """Each in words; None if one is more than a property, a field or a literal."""
    found: list[str] = []
    for value in values:
        match value:
            case PropertyRef(name=name) | FieldRef(name=name):
                found.append(_property(name))
            case Constant(value=held, type=type_):
                found.append(shown(held, type_, time_zone))
            case _:
                return None
    return found


def _properties(node: object) -> list[str]:
    if isinstance(node, PropertyRef):
        return [_property(node.name)]
    if isinstance(node, tuple):
        return [name for item in node for name in _properties(item)]
    if is_dataclass(node):
        return [name for f in fields(node) for name in _properties(getattr(node, f.name))]
    return []
