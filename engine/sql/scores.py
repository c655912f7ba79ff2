"""Scores and stages as SQL over one row of the frame, in units of 2^-30 points."""

from __future__ import annotations

from typing import assert_never

from sqlglot import exp

from dsl.model import Limit
from dsl.types import POINT_UNIT
from engine.plan_types import EarnedRule, Rule, ScorePlan, ShareRule, WhileRule
from engine.sql import build
from engine.sql.build import case, compared, known, number, times
from engine.sql.context import Context
from engine.sql.expressions import Expressions


def score_sum(score: ScorePlan, context: Context) -> exp.Expression:
    """The sum of all rules, missing outside `where`, not yet kept between its bounds."""
    total = build.total([_rule(r, context) for r in score.rules])
    return total if score.where is None else case((Expressions(context).condition(score.where), total))


def score_points(score: ScorePlan, held: exp.Expression) -> exp.Expression:
    """The points: the sum kept between floor and ceiling."""
    floor = number(score.floor * POINT_UNIT)
    branches = [(compared("<", held.copy(), floor), floor.copy())]
    if score.ceiling is not None:
        ceiling = number(score.ceiling * POINT_UNIT)
        branches.append((compared(">", held.copy(), ceiling), ceiling.copy()))
        if score.ceiling < score.floor:  # `min(max(..))`: the ceiling has the last word
            return case((known(held.copy()), ceiling.copy()))
    return case(*branches, default=held.copy())


def score_stage(score: ScorePlan, points: exp.Expression, context: Context) -> exp.Expression:
    """The name of the highest stage that is reached, or kept from the tick before; missing below the first."""
    branches = []
    for number_, step in reversed(list(enumerate(score.stages))):
        threshold: exp.Expression = number(step.start * POINT_UNIT)
        if step.sticky:
            stood = compared(">=", context.column("before", score.name), number(number_))
            threshold = case((stood, number(step.leave * POINT_UNIT)), default=threshold)
        branches.append((compared(">=", points.copy(), threshold), context.parameters.constant(step.name)))
    return case(*branches) if branches else exp.null()


def _rule(rule: Rule, context: Context) -> exp.Expression:
    match rule:
        case EarnedRule(leaf=leaf):
            return context.column("leaf", leaf)
        case WhileRule(points=points, when=when):
            held = Expressions(context).condition(when)
            return case((held, number(points * POINT_UNIT)), default=number(0))
        case ShareRule():
            return _share(rule, context)
        case _:
            assert_never(rule)


def _share(rule: ShareRule, context: Context) -> exp.Expression:
    """Whole units of the value times the points; a limit is applied to the units before anything is multiplied."""
    value = Expressions(context).value(rule.of)
    units = context.dialect.divide(build.parens(value), number(rule.every))
    points = number(rule.points * POINT_UNIT)
    positive = compared(">=", value.copy(), number(0))
    match rule.limit:
        case None:
            return case((positive, times(units, points)), default=number(0))
        case Limit(amount=amount, of="times"):
            whole, last = amount, number(amount * rule.points * POINT_UNIT)
        case Limit(amount=amount):
            whole = amount // abs(rule.points) if rule.points else 0
            signed = amount if rule.points > 0 else -amount if rule.points < 0 else 0
            last = number(signed * POINT_UNIT)
    enough = compared(">", units.copy(), number(whole))
    return case((build.not_(build.closed(positive)), number(0)), (enough, last), default=times(units, points))
