"""Classes as SQL: their members in order, by window functions over all rows of a frame.

They are reckoned in a statement of their own, as of the last midnight. Each class is five columns, one after the
other: what its members are worth, their places, the whole, what stands ahead of each, and the tier. Sums are kept in
two parts, so that the total may come close to 64 bits without an overflow, and a greater one is seen (it is missing
then).
"""

from __future__ import annotations

from sqlglot import exp

from dsl.model import WHOLE
from engine.plan_types import ClassPlan
from engine.sql import build
from engine.sql.build import all_true, case, compared, known, number, rest, times
from engine.sql.context import Context
from engine.sql.expressions import Expressions
from engine.sql.names import CONTACT, FRAME

PART = 2**31
"""Values are summed as whole parts of this size and what is left over."""


def class_column(kind: str, plan: ClassPlan, context: Context) -> exp.Expression:
    """One of the columns of a class."""
    match kind:
        case "worth":
            return _worth(plan, context)
        case "place":
            return _place(plan, context)
        case "whole":
            return _whole(plan, context)
        case "ahead":
            return _ahead(plan, context)
        case _:
            return _tier(plan, context)


def _worth(plan: ClassPlan, context: Context) -> exp.Expression:
    """The value of a member; missing for all others."""
    expressions = Expressions(context)
    value = expressions.value(plan.by)
    return value if plan.where is None else case((expressions.condition(plan.where), value))


def _absent(worth: exp.Expression) -> exp.Expression:
    return exp.Is(this=worth, expression=exp.null())


def _place(plan: ClassPlan, context: Context) -> exp.Expression:
    """The place in order of value, greatest first, ties by contact key; members stand before all others."""
    worth = context.column("worth", plan.name)
    order = [
        exp.Ordered(this=build.flag(_absent(worth))),
        exp.Ordered(this=worth.copy(), desc=True, nulls_first=False),
        exp.Ordered(this=build.column(CONTACT, FRAME)),
    ]
    return exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=order))


def _whole(plan: ClassPlan, context: Context) -> exp.Expression:
    """The number of members, or the total of their values (missing if 64 bits do not hold it)."""
    if plan.share != "total":
        return exp.Window(this=exp.Count(this=context.column("worth", plan.name)))
    parts, over = (build.or_zero(exp.Window(this=exp.Sum(this=x))) for x in _parts(plan, context))
    fits = compared("<", build.total([parts, context.dialect.divide(over, number(PART))]), number(2**63 // PART))
    return case((fits, build.total([times(parts.copy(), PART), over.copy()])))


def _ahead(plan: ClassPlan, context: Context) -> exp.Expression:
    """The sum of the values of all members before this one. It fits wherever the total does."""
    if plan.share != "total":
        return number(0)
    sums = [build.or_zero(_before(exp.Sum(this=x), plan, context)) for x in _parts(plan, context)]
    return case((known(context.column("whole", plan.name)), build.total([times(sums[0], PART), sums[1]])))


def _parts(plan: ClassPlan, context: Context) -> tuple[exp.Expression, exp.Expression]:
    """A positive value as whole parts and what is left; missing for all others."""
    worth = context.column("worth", plan.name)
    positive = compared(">", worth, number(0))
    whole = context.dialect.divide(worth.copy(), number(PART))
    return case((positive, whole)), case((positive.copy(), rest(worth.copy(), number(PART))))


def _before(aggregate: exp.Expression, plan: ClassPlan, context: Context) -> exp.Expression:
    """An aggregate over the rows before this one, in order of place."""
    spec = exp.WindowSpec(
        kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=exp.Literal.number(1), end_side="PRECEDING"
    )
    order = exp.Order(expressions=[exp.Ordered(this=context.column("place", plan.name))])
    return exp.Window(this=aggregate, order=order, spec=spec)


def _tier(plan: ClassPlan, context: Context) -> exp.Expression:
    """The first tier in whose edge the member stands; values of zero and less are the rest."""
    worth = context.column("worth", plan.name)
    *cut, last = plan.tiers
    constant = context.parameters.constant
    positive = compared(">", worth, number(0))
    branches: list[tuple[exp.Expression, exp.Expression]] = [(_absent(worth.copy()), exp.null())]
    for tier in cut:
        assert tier.edge is not None, "only the last tier is the rest"
        inside = all_true([positive.copy(), _inside(plan, tier.edge, context)])
        branches.append((inside, constant(tier.name)))
    return case(*branches, default=constant(last.name))


def _inside(plan: ClassPlan, edge: int, context: Context) -> exp.Expression:
    place, ahead = context.column("place", plan.name), context.column("ahead", plan.name)
    whole = context.column("whole", plan.name)
    match plan.share:
        case "total":
            return compared("<", ahead, _share(whole, edge, context))
        case "members":
            return compared("<=", place, _share(whole, edge, context))
        case "number":
            return compared("<=", place, number(edge))


def _share(whole: exp.Expression, edge: int, context: Context) -> exp.Expression:
    """`edge` millionths of the whole, rounded up; nothing on the way is greater than the whole, or than 2^40."""
    divide = context.dialect.divide
    even = times(build.parens(divide(whole, number(WHOLE))), edge)
    left = times(rest(whole.copy(), number(WHOLE)), edge)
    up = divide(build.parens(build.total([build.parens(left), number(WHOLE - 1)])), number(WHOLE))
    return build.total([build.parens(even), build.parens(up)])
