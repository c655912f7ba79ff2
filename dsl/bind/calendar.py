"""Causes that the calendar brings about."""

from __future__ import annotations

from typing import Literal

from dsl import model, tree
from dsl.bind.context import Scope, noun, origin
from dsl.bind.limits import weekdays
from dsl.bind.literals import whole
from dsl.bind.times import DAYS_UP, duration
from dsl.bind.values import value
from dsl.types import Date, MonthDay


def yearly(scope: Scope, node: tree.OnYear | tree.OnYearFrom, leap: tree.Leap | None) -> model.Yearly | None:
    """`every year on FIELD`, `every year 7 days before FIELD`, or None after a finding."""
    found = _date_field(scope, node.path)
    offset = _offset(scope, node) if isinstance(node, tree.OnYearFrom) else None
    day = 228 if leap is None else _leap(scope, leap)
    if found is None or day is None or (offset is None and isinstance(node, tree.OnYearFrom)):
        return None
    return model.Yearly(found, node.time.minutes if node.time else 0, day, span=node.span, offset=offset)


def on_day(scope: Scope, node: tree.OnDaysFrom) -> model.OnDay | None:
    """`30 days before FIELD at TIME`, or None after a finding."""
    found, offset = _date_field(scope, node.path), _offset(scope, node)
    if found is None or offset is None:
        return None
    if isinstance(found.type, MonthDay):
        meant = f"every year {scope.text(node.duration.span)}"
        scope.error(
            "K0313",
            f"`{scope.text(node.path.span)}` has no year, it comes every year",
            node.path.span,
            origin(scope, found),
            f"write `{meant} {node.side.text} ..`",
        )
        return None
    return model.OnDay(found, offset, node.time.minutes, span=node.span)


def repeated(scope: Scope, node: tree.EveryDay | tree.EveryWeek | tree.EveryMonth) -> model.Repeated | None:
    """`every day`, `every monday`, `every month on 15`, or None after a finding."""
    match node:
        case tree.EveryDay(time=time):
            return model.Repeated((), None, time.minutes, span=node.span)
        case tree.EveryWeek(days=days, time=time):
            return model.Repeated(weekdays(days), None, time.minutes, span=node.span)
        case tree.EveryMonth(day=day, time=time):
            number = whole(scope, day, "a day of the month", 1, 31, code="K0313")
            return None if number is None else model.Repeated((), number, time.minutes, span=node.span)


def _date_field(scope: Scope, path: tree.Path) -> model.FieldValue | None:
    found = value(scope, path, lambda kind: isinstance(kind, Date | MonthDay))
    if found is None or (isinstance(found, model.FieldValue) and isinstance(found.type, Date | MonthDay)):
        return found
    scope.error(
        "K0203",
        f"`{scope.text(path.span)}` has no day in the year, it is {noun(found.type)}",
        path.span,
        origin(scope, found),
        "a date field or a month day field is expected",
    )
    return None


def _offset(scope: Scope, node: tree.OnYearFrom | tree.OnDaysFrom) -> model.Offset | None:
    bound = duration(scope, node.duration)
    if bound is None:
        return None
    if bound.unit not in DAYS_UP:
        scope.error(
            "K0227",
            f"a date is no {bound.unit}s away",
            node.duration.span,
            "days, weeks, months or years",
            "the time of day stands after `at`",
        )
        return None
    side: Literal["before", "after"] = "before" if node.side.text == "before" else "after"
    return model.Offset(bound, side)


def _leap(scope: Scope, node: tree.Leap) -> int | None:
    match node.month.text, node.number.text.lstrip("0"):
        case "feb", "28":
            return 228
        case "mar", "1":
            return 301
    scope.error(
        "K0313",
        "29 February stands for 28 February or 1 March in other years",
        node.span,
        "",
        "write `leap day feb 28` or `leap day mar 1`",
    )
    return None
