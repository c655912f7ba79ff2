"""Durations and windows."""

from __future__ import annotations

import datetime

from dsl import model, tree
from dsl.bind.context import Scope
from dsl.bind.literals import whole
from dsl.model import Duration, Unit

MOST: dict[str, int] = {
    "minute": 105_120_000, "hour": 1_752_000, "day": 73_000, "week": 10_400, "month": 2_400, "year": 200,
}  # fmt: skip
"""Two hundred years, so that instants stay inside 64 bits."""

UNITS: dict[str, Unit] = {
    "minute": "minute", "hour": "hour", "day": "day", "week": "week", "month": "month", "year": "year",
}  # fmt: skip

ELAPSED: frozenset[Unit] = frozenset({"minute", "hour", "day", "week"})
DAYS_UP: frozenset[Unit] = frozenset({"day", "week", "month", "year"})


def unit_of(word: tree.Word) -> Unit:
    """The unit that a word names, singular or plural."""
    return UNITS[word.text.removesuffix("s")]


def duration(scope: Scope, node: tree.Duration, *, local: bool = False) -> Duration | None:
    """A duration of at least 1 and at most 200 years. `local`: whether local days make sense here."""
    unit = unit_of(node.unit)
    amount = whole(scope, node.number, "a duration", 1, MOST[unit], code="K0227")
    if amount is None:
        return None
    if node.local is not None and (not local or unit != "day"):
        what = "only days can be local" if local else "local days have a meaning in `did .. in last 3 local days` only"
        scope.error(
            "K0227", f"`{scope.text(node.span)}` has no meaning here", node.local.span, "leave `local` out", what
        )
        return None
    return Duration(amount, unit, local=node.local is not None)


def window(scope: Scope, node: tree.Window | None) -> tuple[bool, model.Window | None]:
    """(sound, window); no window at all is sound."""
    match node:
        case None:
            return True, None
        case tree.WindowLast(duration=d):
            bound = duration(scope, d, local=True)
            return bound is not None, None if bound is None else model.InLast(bound)
        case tree.WindowAgo():
            return _ago(scope, node)
        case tree.WindowBefore(date=date):
            return True, model.LocalDates(None, day_before(date.value))
        case tree.WindowSince(date=date):
            return True, model.LocalDates(date.value, None)
        case tree.WindowFrom(first=first, last=last):
            if first.value > last.value:
                scope.error("K0227", "this window ends before it begins", node.span, "nothing lies in it")
                return False, None
            return True, model.LocalDates(first.value, last.value)
        case tree.WindowSinceThen():
            if not scope.since_then:
                cause = scope.block.startswith("trigger")
                scope.error(
                    "K0226",
                    "`since then` counts from the cause, and this is the cause"
                    if cause
                    else "`since then` has a meaning in triggers only",
                    node.span,
                    "no `then` yet" if cause else "there is no `then` here",
                    "say since when, for example `in last 30 days`; `since then` belongs into `where` and `unless`"
                    if cause
                    else "in `where` and `unless` of a trigger it means: since what caused the run",
                )
                return False, None
            return True, model.SinceThen()
        case tree.WindowPeriod(period=word):
            return True, period_named(word.text)


def period_named(words: str) -> model.LocalPeriod:
    """The period that `today`, `this month` and the like name."""
    match words.removeprefix("this "):
        case "today" | "yesterday" | "week" | "month" | "quarter" | "year" as name:
            return model.LocalPeriod(name)
    raise AssertionError(words)


def _ago(scope: Scope, node: tree.WindowAgo) -> tuple[bool, model.Window | None]:
    unit = unit_of(node.unit)
    far = whole(scope, node.far, "a duration", 1, MOST[unit], code="K0227")
    near = whole(scope, node.near, "a duration", 0, MOST[unit], code="K0227")
    if far is None or near is None:
        return False, None
    if far <= near:
        meant = f"{near} to {far} {node.unit.text} ago"
        scope.error(
            "K0227",
            "this window ends before it begins",
            node.span,
            "the farther end comes first",
            f"write `{meant}`",
            instead=meant,
        )
        return False, None
    return True, model.Ago(Duration(far, unit), Duration(near, unit))


def day_before(value: int) -> int:
    """The day before yyyymmdd, as yyyymmdd."""
    day = datetime.date(value // 10_000, value // 100 % 100, value % 100) - datetime.timedelta(days=1)
    return day.year * 10_000 + day.month * 100 + day.day
