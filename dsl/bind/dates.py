"""Tests of a date or an instant against now: `in last D`, `in next D`, `older than D`, `this month`, anniversaries."""

from __future__ import annotations

from dsl import model, tree
from dsl.bind.context import Scope, noun, origin
from dsl.bind.times import DAYS_UP, duration, period_named
from dsl.bind.values import value
from dsl.types import Date, DateTime, MonthDay, Numeric


def date_within(scope: Scope, node: tree.OlderThan | tree.InLast | tree.InNext) -> model.Condition | None:
    """`in last D`, `in next D`, `older than D`, or None after a finding."""
    left = _date(scope, node.value, f"in next {scope.text(node.duration.span)}")
    how = duration(scope, node.duration, local=True)
    if left is None or how is None:
        return None
    if isinstance(left.type, Date):
        if how.unit not in DAYS_UP:
            _days_up(scope, node.duration, node.value)
            return None
        how = model.Duration(how.amount, how.unit)  # every day of a date is a local day
    match node:
        case tree.OlderThan():
            return model.DateWithin("older than", left, how, span=node.span)
        case tree.InLast():
            return model.DateWithin("in last", left, how, span=node.span)
        case tree.InNext():
            return model.DateWithin("in next", left, how, span=node.span)


def in_period(scope: Scope, node: tree.InPeriod) -> model.Condition | None:
    """`FIELD today`, `FIELD this month`, or None after a finding."""
    word = node.period.text
    left = _date(scope, node.value, "today" if word == "today" else "in next 30 days")
    return None if left is None else model.InPeriod(left, period_named(word), span=node.span)


def _date(scope: Scope, node: tree.Expr, instead: str) -> model.Value | None:
    """The value that is tested; `instead`: which anniversary may be meant by a test of a month day."""
    left = value(scope, node, lambda kind: isinstance(kind, Date | DateTime))
    if left is None or isinstance(left.type, Date | DateTime):
        return left
    help_ = []
    if isinstance(left.type, MonthDay):
        help_ = [f"say `{scope.text(node.span)} anniversary {instead}`"]
    elif isinstance(left.type, Numeric):
        help_ = ["compare the number: `>= ..`"]
    scope.error(
        "K0203",
        f"a period is asked of dates, `{scope.text(node.span)}` is {noun(left.type)}",
        node.span,
        origin(scope, left),
        *help_,
    )
    return None


def _days_up(scope: Scope, node: tree.Duration, of: tree.Expr) -> None:
    scope.error(
        "K0227",
        f"`{scope.text(of.span)}` is a date, it knows no hours",
        node.span,
        "days or longer",
        "say it in days, weeks, months or years",
    )


def anniversary(scope: Scope, node: tree.AnniversaryToday | tree.AnniversaryNext) -> model.Condition | None:
    """`anniversary today`, `anniversary in next D`, or None after a finding."""
    left = value(scope, node.value, lambda kind: isinstance(kind, Date | MonthDay))
    how = None
    if isinstance(node, tree.AnniversaryNext):
        how = duration(scope, node.duration, local=True)
        if how is None:
            return None
        if how.unit not in DAYS_UP:
            _days_up(scope, node.duration, node.value)
            return None
        how = model.Duration(how.amount, how.unit)
    if left is None:
        return None
    if not isinstance(left.type, Date | MonthDay):
        scope.error(
            "K0203",
            f"`{scope.text(node.value.span)}` has no anniversary, it is {noun(left.type)}",
            node.value.span,
            origin(scope, left),
            "dates and month days have one",
        )
        return None
    return model.Anniversary(left, how, span=node.span)
