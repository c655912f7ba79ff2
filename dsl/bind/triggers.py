"""Triggers: the cause, the actions, and all clauses around them."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from dsl import model, tree
from dsl.bind.actions import actions_of
from dsl.bind.aggregates import event_query
from dsl.bind.blocks import common, once, only, where_of
from dsl.bind.calendar import on_day, repeated, yearly
from dsl.bind.changes import on_changing
from dsl.bind.clauses import category_named, deliver_of, goal_of, holdout_of, spread_of
from dsl.bind.conditions import condition
from dsl.bind.context import Scope
from dsl.bind.literals import no_member, whole
from dsl.bind.lookup import (
    block_named,
    property_named,
    purpose_named,
    purpose_or_implied,
)
from dsl.bind.times import duration, unit_of
from dsl.bind.values import stage_type
from dsl.names import listed
from dsl.schema import EventType

DAY = model.Duration(1, "day")


def trigger(scope: Scope, block: tree.Trigger) -> model.Trigger | None:
    """A trigger, or None after a finding; every clause is looked at in any case."""
    before = len(scope.project.found)
    clauses = block.clauses
    shared = common(scope, block, block.head, clauses)
    cause, event = _cause(scope, block)
    inner = replace(scope, cause=event, since_then=True)
    _, where = where_of(inner, clauses)
    wait = once(scope, clauses, tree.Wait, "wait")
    waits = None if wait is None else duration(scope, wait.duration)
    unless = None if wait is None or wait.unless is None else condition(inner, wait.unless)
    done = actions_of(inner, block)
    sends = done.sends
    again = _again(scope, only(scope, [c for c in clauses if isinstance(c, tree.Again)], "again"), event, block)
    priority = once(scope, clauses, tree.Priority, "priority")
    rank = 50 if priority is None else whole(scope, priority.number, "a priority", 0, 100, code="K0312")
    category = _category(scope, block)
    because = once(scope, clauses, tree.Because, "because")
    purpose = once(scope, clauses, tree.Purpose, "purpose")
    # a purpose that is only implied must be one of the project's where consent is asked for it
    asks = bool(sends) and category != "transactional"
    for_ = (
        purpose_or_implied(scope, None if purpose is None else purpose.name, sends[0].span)
        if asks
        else scope.project.purpose
        if purpose is None
        else purpose_named(scope, purpose.name)
    )
    capped = only(scope, [c for c in clauses if isinstance(c, tree.IfCappedDrop | tree.IfCappedWait)], "if capped")
    room = duration(scope, capped.duration) if isinstance(capped, tree.IfCappedWait) else None
    expires = once(scope, clauses, tree.Expires, "expires")
    late = once(scope, clauses, tree.Late, "late by")
    ends = DAY if expires is None else duration(scope, expires.duration)
    tolerance = DAY if late is None else duration(scope, late.duration)
    start, end = _active(scope, once(scope, clauses, tree.Active, "active"))
    paused = once(scope, clauses, tree.Paused, "paused")
    tags = once(scope, clauses, tree.Tags, "tags")
    goal = goal_of(inner, clauses)
    holdout = holdout_of(scope, clauses, category)
    deliver = deliver_of(scope, clauses)
    spread = spread_of(scope, clauses)
    if cause is None or again is None or rank is None or for_ is None or ends is None or tolerance is None:
        return None
    if len(scope.project.found) > before:
        return None
    return model.Trigger(
        **shared,
        cause=cause,
        wait=waits,
        unless=unless,
        where=where,
        sends=sends,
        otherwise=done.otherwise,
        notifies=done.notifies,
        sets=done.sets,
        calls=done.calls,
        again=again,
        priority=rank,
        category=category,
        because=because.text.text if because else None,
        purpose=for_,
        capped_wait=room,
        expires=ends,
        late_by=tolerance,
        active_from=start,
        active_to=end,
        paused=paused.text.text if paused else None,
        tags=tuple(dict.fromkeys(name.text for name in tags.names.items)) if tags else (),
        goal=goal,
        holdout=holdout,
        deliver=deliver,
        spread=spread,
    )


# ---------------------------------------------------------------- the cause


def _cause(scope: Scope, block: tree.Trigger) -> tuple[model.Cause | None, EventType | None]:
    """The bound cause, and the event type that `event.` speaks of."""
    node = block.clauses[0] if block.clauses else None
    leap = once(scope, block.clauses, tree.Leap, "leap day")
    if leap is not None and not isinstance(node, tree.OnYear | tree.OnYearFrom):
        scope.error(
            "K0313",
            "`leap day` belongs to triggers with `every year`",
            leap.span,
            "this trigger knows no 29 February",
        )
    match node:
        case tree.OnEvent(event=event):
            query = event_query(scope, event, None)
            type_ = scope.project.schema.events.get(event.name.text)
            return None if query is None else model.OnEvent(query, span=node.span), type_
        case tree.OnEntering(segment=name):
            found = block_named(scope, name, "segment", say=f"for an event say `on {name.text}`")
            inside = node.including is not None
            return None if found is None else model.OnSegment(name.text, "entering", inside, span=node.span), None
        case tree.OnLeaving(segment=name):
            found = block_named(scope, name, "segment")
            return None if found is None else model.OnSegment(name.text, "leaving", False, span=node.span), None
        case tree.OnReaching() | tree.OnFalling():
            return _stage_cause(scope, node), None
        case tree.OnYear() | tree.OnYearFrom():
            return yearly(scope, node, leap), None
        case tree.OnDaysFrom():
            return on_day(scope, node), None
        case tree.EveryDay() | tree.EveryWeek() | tree.EveryMonth():
            return repeated(scope, node), None
        case tree.OnDate(date=date, time=time):
            return model.OnDate(date.value, time.minutes if time else 0, span=node.span), None
        case tree.OnChanging():
            return on_changing(scope, node), None
        case tree.OnWhen(expr=expr):
            becomes = condition(scope, expr)
            return None if becomes is None else model.OnWhen(becomes, span=node.span), None
    scope.error(
        "K0311",
        f"the trigger `{block.head.name.text}` has no cause",
        block.head.name.span,
        "nothing sets it off",
        "say first what sets it off: `on EVENT`, `on entering SEGMENT`, `on SCORE reaching STAGE`,"
        " `every year on FIELD` or `every monday at 09:00`",
    )
    return None, None


def _stage_cause(scope: Scope, node: tree.OnReaching | tree.OnFalling) -> model.OnStage | None:
    kind = stage_type(scope, node.score)
    if kind is None:
        return None
    if node.stage.text not in kind.members:
        no_member(scope, node.stage.text, tree.Path(node.stage, None, span=node.stage.span), kind, ())
        return None
    edge: Literal["reaching", "falling below"] = "reaching" if isinstance(node, tree.OnReaching) else "falling below"
    if edge == "falling below" and node.stage.text == kind.members[0]:
        scope.error(
            "K0313",
            f"nobody falls below `{node.stage.text}`, the first stage",
            node.stage.span,
            "the lowest stage",
            f"did you mean {listed(kind.members[1:])}?" if kind.members[1:] else "the score has one stage only",
        )
        return None
    return model.OnStage(node.score.text, node.stage.text, edge, span=node.span)


# ---------------------------------------------------------------- further clauses


def _again(scope: Scope, node: tree.Again | None, event: EventType | None, block: tree.Trigger) -> model.Again | None:
    if node is None:
        return model.Again("every time")
    per: str | None = None
    if node.per is not None:
        if event is None:
            if isinstance(block.clauses[0], tree.OnEvent):
                return None
            scope.error(
                "K0225",
                f"`per {node.per.name.text}` has no meaning here",
                node.per.span,
                "no event causes this trigger",
                "`per PROPERTY` speaks of the event of `on EVENT`",
            )
            return None
        found = property_named(scope, event, node.per.name)
        if found is None:
            return None
        per = found.name
    match node:
        case tree.AgainEveryTime():
            return model.Again("every time", per=per)
        case tree.AgainNever():
            return model.Again("never", per=per)
        case tree.AgainAfter():
            how = duration(scope, node.duration)
            return None if how is None else model.Again("after", duration=how, per=per)
        case tree.AgainOnce():
            return _once_per(scope, node, per)


def _once_per(scope: Scope, node: tree.AgainOnce, per: str | None) -> model.Again | None:
    unit = unit_of(node.unit)
    if node.local is None:
        scope.error(
            "K0320",
            f"`per {node.unit.text}` does not say whose {unit}",
            node.unit.span,
            "whose calendar?",
            f"say `again once per local {unit}`, or `again after 1 {unit}` for elapsed time",
        )
        return None
    match unit:
        case "day" | "week" | "month" | "year":
            return model.Again("once per", period=unit, per=per)
    scope.error("K0320", f"there is no local {unit} to count by", node.unit.span, "day, week, month or year?")
    return None


def _category(scope: Scope, block: tree.Trigger) -> model.Category:
    node = once(scope, block.clauses, tree.Category, "category")
    if node is None:
        return "promotional"
    category = category_named(scope, node.name)
    if category == "transactional" and not any(isinstance(c, tree.Because) for c in block.clauses):
        scope.error(
            "K0315",
            "a transactional message says why it may go to everybody",
            node.span,
            "`because` is missing",
            'it passes caps, quiet hours and consent, so add for example `because "order confirmation"`',
        )
    return category or "promotional"


def _active(scope: Scope, node: tree.Active | None) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    if node is None:
        return None, None
    start = (node.start.value, node.start_time.minutes if node.start_time else 0)
    if node.end is None:
        return start, None
    # an end without a time is that whole day
    end = (node.end.value, node.end_time.minutes) if node.end_time else (node.end.value, 24 * 60)
    if end <= start:
        scope.error("K0230", "this trigger would end before it begins", node.span, "the earlier instant comes first")
    return start, end
