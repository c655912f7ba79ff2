"""Clauses of triggers that say when and for whom a run speaks, and what it is for."""

from __future__ import annotations

from typing import get_args

from dsl import model, tree
from dsl.bind.aggregates import event_query
from dsl.bind.blocks import once
from dsl.bind.context import Scope
from dsl.bind.limits import weekdays
from dsl.bind.literals import digits_after_point, number_of
from dsl.bind.times import ELAPSED, duration
from dsl.names import listed

CATEGORIES: tuple[model.Category, ...] = get_args(model.Category)
MILLIONTHS = 1_000_000
"""Parts of all contacts in which control groups are reckoned."""


def goal_of(scope: Scope, clauses: tuple[tree.TriggerClause, ...]) -> model.Goal | None:
    """`goal EVENT within D`."""
    node = once(scope, clauses, tree.Goal, "goal")
    if node is None:
        return None
    query, within = event_query(scope, node.event, None), duration(scope, node.duration)
    return None if query is None or within is None else model.Goal(query, within)


def holdout_of(scope: Scope, clauses: tuple[tree.TriggerClause, ...], category: model.Category) -> int | None:
    """`holdout 10 %`, in millionths."""
    node = once(scope, clauses, tree.Holdout, "holdout")
    if node is None:
        return None
    if category == "transactional":
        scope.error(
            "K0313",
            "a transactional message is held out from nobody",
            node.span,
            "everybody gets it",
            "leave `holdout` out, or choose another category",
        )
        return None
    share = number_of(tree.Signed(None, node.percent, span=node.percent.span)) * (MILLIONTHS // 100)
    if digits_after_point(node.percent) > 4 or not 0 < share < MILLIONTHS:
        scope.error(
            "K0313",
            f"`{node.percent.text} %` is no control group",
            node.percent.span,
            "more than 0 and less than 100, with four digits after the point at most",
            "write for example `holdout 10 %`",
        )
        return None
    return int(share)


def deliver_of(scope: Scope, clauses: tuple[tree.TriggerClause, ...]) -> model.Deliver | None:
    """`deliver between 09:00 and 11:00 on weekdays`."""
    node = once(scope, clauses, tree.Deliver, "deliver")
    if node is None:
        return None
    if node.start.minutes == node.end.minutes:
        scope.error(
            "K0330",
            "a window that ends where it begins is none at all, or the whole day",
            node.span,
            "which of the two?",
            "write for example `deliver between 09:00 and 11:00`",
        )
        return None
    return model.Deliver(node.start.minutes, node.end.minutes, () if node.days is None else weekdays(node.days))


def spread_of(scope: Scope, clauses: tuple[tree.TriggerClause, ...]) -> model.Duration | None:
    """`spread over 2 hours`."""
    node = once(scope, clauses, tree.Spread, "spread")
    found = None if node is None else duration(scope, node.duration)
    if node is None or found is None:
        return None
    if found.unit not in ELAPSED:
        scope.error(
            "K0227",
            f"messages are not spread over {found.unit}s",
            node.duration.span,
            "minutes, hours, days or weeks",
        )
        return None
    return found


def category_named(scope: Scope, name: tree.Name) -> model.Category | None:
    """The category of this name; a finding if there is none."""
    for category in CATEGORIES:
        if name.text == category:
            return category
    meant = scope.nearest(name.text, CATEGORIES)
    scope.error(
        "K0316",
        f"`{name.text}` is no category",
        name.span,
        f"did you mean `{meant}`?" if meant else "not a category",
        f"the categories are {listed(CATEGORIES, last='and')}",
        instead=meant,
    )
    return None
