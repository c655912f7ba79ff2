"""Triggers that can never do what they say: a cause or a window outside of their active time, a send that their own
`where` rules out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from dsl.diagnostics import Diagnostic, Label
from dsl.model import (
    And,
    Condition,
    Consents,
    DefinedCondition,
    Did,
    Duration,
    FieldValue,
    InSegment,
    IsKnown,
    LocalDates,
    Model,
    Not,
    OnDate,
    Send,
    Trigger,
)
from dsl.schema import Schema
from dsl.spans import Span

LEEWAY = 2
"""Days by which the calendars of two zones and the project's clock differ at most."""


def never(model: Model, schema: Schema) -> Iterator[Diagnostic]:
    """The findings of all triggers of a project that is sound otherwise."""
    for trigger in model.triggers.values():
        yield from _outside_of_its_time(trigger, model)
        for send in trigger.sends:
            yield from _without_a_path(trigger, send, model, schema)


def _outside_of_its_time(trigger: Trigger, model: Model) -> Iterator[Diagnostic]:
    start, end = trigger.active_from, trigger.active_to
    cause = trigger.cause
    if isinstance(cause, OnDate):
        late = end is not None and _day(cause.day) > _day(end[0]) + datetime.timedelta(LEEWAY)
        if late or (start is not None and _day(cause.day) < _day(start[0]) - datetime.timedelta(LEEWAY)):
            yield _found(
                trigger,
                f"`{trigger.name}` is not active on its day",
                cause.span,
                "after its time" if late else "before its time",
                "move the day, or the time of `active from`",
            )
    if end is None:
        return
    last = _day(end[0]) + datetime.timedelta(
        LEEWAY + _days(trigger.wait) + _days(trigger.expires) + _days(trigger.spread)
    )
    for part, span in _parts(trigger.where, model):
        match part:
            case Did(query=query, op=">=") if isinstance(query.window, LocalDates) and query.window.first is not None:
                if _day(query.window.first) > last:
                    yield _found(
                        trigger,
                        f"`{trigger.name}` is over before this can happen",
                        span,
                        "begins after its last message",
                        "move the window, or let the trigger be active for longer",
                    )


def _without_a_path(trigger: Trigger, send: Send, model: Model, schema: Schema) -> Iterator[Diagnostic]:
    """A promotional or service message to those who do not consent, or a message to those without an address."""
    address = schema.channels[send.channel].address
    for part, span in _parts(trigger.where, model):
        match part:
            case Not(item=Consents(channel=send.channel, purpose=trigger.purpose)) if trigger.category == "promotional":
                yield _without(
                    trigger,
                    send,
                    f"`{send.channel} {send.template}` is for those who do not consent to it",
                    Label(span, "without consent .."),
                    f"ask for it on another channel, say another `purpose` than `{trigger.purpose}`, or take this part "
                    "of `where` out",
                )
            case Not(item=IsKnown(value=FieldValue(name=name))) if name == address:
                yield _without(
                    trigger,
                    send,
                    f"`{send.channel} {send.template}` is for those who have no `{name}`",
                    Label(span, "without an address .."),
                    "send on another channel, or take this part of `where` out",
                )


def _without(trigger: Trigger, send: Send, summary: str, other: Label, help_: str) -> Diagnostic:
    return Diagnostic(
        "K0333",
        summary,
        Label(send.span, ".. this can never be sent"),
        secondary=(other,),
        help=(help_,),
        block=f"trigger `{trigger.name}`",
    )


def _found(trigger: Trigger, summary: str, span: Span, label: str, help_: str) -> Diagnostic:
    return Diagnostic("K0332", summary, Label(span, label), help=(help_,), block=f"trigger `{trigger.name}`")


def _parts(where: Condition | None, model: Model) -> Iterator[tuple[Condition, Span]]:
    """What must hold for all of `where` to hold, through segments and defines, each with its place in the trigger."""
    todo = [] if where is None else [(where, where.span, 0)]
    while todo:
        node, span, depth = todo.pop()
        match node:
            case And(items=items):
                todo += [(item, item.span if depth == 0 else span, depth) for item in items]
            case DefinedCondition(name=name) if depth < 50 and (said := model.defines[name].condition) is not None:
                todo.append((said, span, depth + 1))
            case InSegment(segment=name) if depth < 50:
                todo.append((model.segments[name].where, span, depth + 1))
            case _:
                yield node, span


def _days(duration: Duration | None) -> int:
    """How many days a duration is at most, rounded up."""
    if duration is None:
        return 0
    sizes = {"day": 1, "week": 7, "month": 31, "year": 366}
    return duration.amount * sizes[duration.unit] if duration.unit in sizes else duration.amount // 24 + 1


def _day(day: int) -> datetime.date:
    return datetime.date(day // 10_000, day // 100 % 100, day % 100)
