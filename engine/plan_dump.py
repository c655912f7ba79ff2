"""The evaluation plan as JSON that people can read, and content hashes over its canonical form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from json import dumps
from typing import Any, assert_never

from dsl.model import Ago, Duration, Fading, InLast, Limit, LocalDates, LocalPeriod, SinceThen, Window
from dsl.types import Numeric, OneOf, SetOf, Type
from engine.plan_types import (
    Age,
    Aggregated,
    AllOf,
    Always,
    Among,
    AnyOf,
    Calculation,
    CauseRef,
    Choice,
    ClassPlan,
    ClassRef,
    Close,
    Comparison,
    Complement,
    Condition,
    ConditionRef,
    Constant,
    Days,
    DefinePlan,
    Definition,
    During,
    Earned,
    EarnedRule,
    FactRef,
    FieldRef,
    FirstOf,
    Followed,
    Granted,
    Inside,
    InsideFor,
    Known,
    Leaf,
    LeafRef,
    Membership,
    Nearby,
    OnList,
    PointsRef,
    PropertyRef,
    Recurs,
    Rule,
    Sampled,
    ScorePlan,
    SegmentPlan,
    ShareRule,
    Soon,
    StageRef,
    Step,
    TextMatch,
    Value,
    ValueRef,
    WhileRule,
)

Json = Any
"""Plain JSON data."""

VALUES = (
    Constant,
    FactRef,
    FieldRef,
    PropertyRef,
    CauseRef,
    LeafRef,
    Age,
    PointsRef,
    StageRef,
    ClassRef,
    Calculation,
    Choice,
    FirstOf,
    ValueRef,
)

VALUE_KEYS = frozenset(
    {
        *("value", "field", "fact", "property", "cause", "leaf", "age of", "points of", "stage of", "class of"),
        *("plus", "minus", "times", "greatest", "least", "first known"),
    }
)
"""The keys by which the JSON of a value is known, apart from `define`, which a condition may be as well."""


def canonical(data: Json) -> str:
    """One text for one meaning: keys sorted, no spaces."""
    return dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(data: Json) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return sha256(canonical(data).encode()).hexdigest()


def condition_json(node: Condition) -> Json:
    """A condition as nested JSON."""
    match node:
        case Always():
            return "everyone"
        case AllOf(items=items):
            return {"all": [condition_json(i) for i in items]}
        case AnyOf(items=items):
            return {"any": [condition_json(i) for i in items]}
        case Complement(item=item):
            return {"not": condition_json(item)}
        case Comparison(op=op, left=left, right=right):
            return {"compare": [value_json(left), op, value_json(right)]}
        case Among(value=value, options=options):
            return {"among": [value_json(value), [value_json(o) for o in options]]}
        case Known(value=value):
            return {"known": value_json(value)}
        case TextMatch(kind=kind, value=value, text=text):
            return {"text": [value_json(value), kind, text]}
        case Membership(kind=kind, value=value, members=members):
            return {"set": [value_json(value), kind, list(members)]}
        case Nearby(kind=kind, value=value, duration=duration):
            return {"date": [value_json(value), kind, duration_text(duration)]}
        case During(value=value, period=period):
            return {"date": [value_json(value), "in", period.name]}
        case Close(one=one, other=other, most=most):
            return {"squared chord": [[value_json(v) for v in one], [value_json(v) for v in other]], "at most": most}
        case Recurs(value=value, duration=duration):
            return {"anniversary": [value_json(value), "today" if duration is None else duration_text(duration)]}
        case Soon(anchor=anchor, within=within):
            return {"within": [within, value_json(anchor)]}
        case Inside(segment=name):
            return {"in segment": name}
        case InsideFor(segment=name, duration=duration):
            return {"in segment": name, "for": duration_text(duration)}
        case Sampled(share=share, name=name):
            return {"sample": [share, name]}
        case OnList(list=name):
            return {"on list": name}
        case Granted(channel=channel, purpose=purpose):
            return {"consents": [channel, purpose]}
        case ConditionRef(name=name):
            return {"define": name}
        case _:
            assert_never(node)


def value_json(node: Value) -> Json:
    """A value as nested JSON."""
    match node:
        case Constant(value=value, type=type_):
            return {"value": value, "type": type_json(type_)}
        case FieldRef(name=name, type=type_):
            return {"field": name, "type": type_json(type_)}
        case FactRef(table=table, column=column, key=key, matches=matches, time=time, type=type_):
            return {"fact": [table, column, key, matches, time], "type": type_json(type_)}
        case PropertyRef(name=name, type=type_):
            return {"property": name, "type": type_json(type_)}
        case CauseRef(name=name, type=type_):
            return {"cause": name, "type": type_json(type_)}
        case LeafRef(leaf=leaf):
            return {"leaf": leaf}
        case Age(date=date):
            return {"age of": value_json(date)}
        case PointsRef(score=score):
            return {"points of": score}
        case StageRef(score=score):
            return {"stage of": score}
        case ClassRef(name=name):
            return {"class of": name}
        case Calculation(op=op, left=left, right=right, type=type_):
            return {op: [value_json(left), value_json(right)], "type": type_json(type_)}
        case Choice(kind=kind, items=items, type=type_):
            return {kind: [value_json(i) for i in items], "type": type_json(type_)}
        case FirstOf(items=items, type=type_):
            return {"first known": [value_json(i) for i in items], "type": type_json(type_)}
        case ValueRef(name=name):
            return {"define": name}
        case _:
            assert_never(node)


def leaf_json(leaf: Leaf) -> Json:
    """A leaf as JSON."""
    found: dict[str, Json] = {"event": leaf.event}
    match leaf.measure:
        case Aggregated(kind=kind, property=name, of=of, type=type_):
            found |= {"reckon": kind, "type": type_json(type_)}
            if name is not None and of is not None:
                found |= {"property": name, "of": type_json(of)}
        case Earned(points=points, limit=limit, fading=fading):
            found |= {"reckon": "points", "points": points}
            if limit is not None:
                found["limit"] = limit_json(limit)
            if fading is not None:
                found["fading"] = fading_text(fading)
        case Days():
            found |= {"reckon": "different local days"}
        case Followed(kind=kind, second=second, where=where, within=within, same=same):
            then = None if where is None else condition_json(where)
            found |= {"reckon": kind, "second": second, "second with": then, "within": within, "same": same}
    if leaf.where is not None:
        found["with"] = condition_json(leaf.where)
    if leaf.window is not None:
        found["window"] = window_json(leaf.window)
    return found


def definition_json(definition: Definition) -> Json:
    """A segment, define, score or class as JSON."""
    match definition:
        case SegmentPlan(name=name, id=id_, where=where):
            return {"segment": name, "id": id_, "where": condition_json(where)}
        case DefinePlan(name=name, body=body):
            return {"define": name, "is": body_json(body)}
        case ScorePlan():
            return {
                "score": definition.name,
                "id": definition.id,
                "where": None if definition.where is None else condition_json(definition.where),
                "rules": [rule_json(r) for r in definition.rules],
                "floor": definition.floor,
                "ceiling": definition.ceiling,
                "stages": [step_json(s) for s in definition.stages],
            }
        case ClassPlan(name=name, id=id_, by=by, where=where, share=share, tiers=tiers):
            return {
                "class": name,
                "id": id_,
                "by": value_json(by),
                "where": None if where is None else condition_json(where),
                "share": share,
                "tiers": [{"tier": t.name, "edge": t.edge} for t in tiers],
            }
        case _:
            assert_never(definition)


def body_json(body: Condition | Value) -> Json:
    """A condition or a value as JSON."""
    return value_json(body) if isinstance(body, VALUES) else condition_json(body)


def rule_json(rule: Rule) -> Json:
    """A rule of a score as JSON."""
    match rule:
        case EarnedRule(leaf=leaf):
            return {"leaf": leaf}
        case WhileRule(points=points, when=when):
            return {"points": points, "when": condition_json(when)}
        case ShareRule(points=points, every=every, of=of, limit=limit):
            held = {"points": points, "per": every, "of": value_json(of)}
            return held if limit is None else {**held, "limit": limit_json(limit)}
        case _:
            assert_never(rule)


def step_json(step: Step) -> Json:
    """A stage of a score as JSON."""
    held: dict[str, Json] = {"stage": step.name, "from": step.start, "leave below": step.leave}
    return held if step.rest is None else {**held, "rest": duration_text(step.rest)}


def window_json(window: Window) -> Json:
    """A window as JSON."""
    match window:
        case InLast(duration=duration):
            return {"in last": duration_text(duration)}
        case Ago(far=far, near=near):
            return {"ago": [duration_text(far), duration_text(near)]}
        case LocalDates(first=first, last=last):
            return {"local dates": [first, last]}
        case LocalPeriod(name=name):
            return {"local period": name}
        case SinceThen():
            return "since then"
        case _:
            assert_never(window)


def duration_text(duration: Duration) -> str:
    """A duration in words: `30 day`, `2 local day`."""
    return f"{duration.amount} {'local ' if duration.local else ''}{duration.unit}"


def fading_text(fading: Fading) -> str:
    """A fading in words."""
    what = f"lose {fading.percent} %" if fading.kind == "lose" else fading.kind
    return f"{what} {'after' if fading.kind == 'forget' else 'every'} {duration_text(fading.duration)}"


def limit_json(limit: Limit) -> Json:
    """A limit as JSON."""
    held: dict[str, Json] = {"at most": limit.amount, "of": limit.of, "per": limit.per}
    return held if limit.local is None else {**held, "per local": limit.local}


def type_json(type_: Type) -> Json:
    """A type as far as it changes the meaning of an expression."""
    match type_:
        case Numeric(kind=kind, denominator=denominator, currency=currency):
            told = kind if currency is None else f"{kind} {currency}"
            return told if denominator == 1 else f"{told} / {denominator}"
        case OneOf(members=members, ordered=ordered):
            return {"ordered" if ordered else "one of": list(members)}
        case SetOf(members=members):
            return {"set of": list(members)}
        case _:
            return type(type_).__name__.lower()


def clauses_json(node: object) -> Json:
    """Clauses of triggers, caps and the like as JSON: what tells two blocks apart, without spans, titles and owners
    (fields outside equality), without what was not said."""
    match node:
        case None | bool() | int() | str():
            return node
        case Duration():
            return duration_text(node)
        case tuple():
            return [clauses_json(n) for n in node]
        case Mapping():
            return {str(k): clauses_json(v) for k, v in node.items()}
        case _ if is_dataclass(node):
            held = {f.name: clauses_json(getattr(node, f.name)) for f in fields(node) if f.compare}
            return {type(node).__name__.lower(): {k: v for k, v in held.items() if v not in (None, [], {})}}
        case _:
            raise TypeError(f"not part of a plan: {node!r}")
