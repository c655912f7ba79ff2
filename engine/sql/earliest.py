"""How dues are put together, whatever they speak of (`engine.sql.dues`): the first of several, that of a junction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from engine.sql.build import all_true, any_true, case, not_, number

FAR = 2**63 - 1
"""Never."""

DEEPEST = 70
"""Of an expression (`depth`). SQLite 3.40 reads no statement in which a hundred signs wait for their ends; what is too
deep is told by a plainer bound."""

Item = tuple[exp.Expression, exp.Expression | None]
"""A test, and its due; None: time does not matter to it."""


def least(items: Sequence[exp.Expression]) -> exp.Expression:
    """The smallest of numbers, none of them missing; what is a smallest itself is taken apart, so that the expression
    stays flat. SQLite takes no more than 127 at a time."""
    flat: list[exp.Expression] = []
    for item in items:
        flat += [item.this, *item.expressions] if isinstance(item, exp.Least) else [item]
    found = list({one.sql(): one for one in flat}.values())
    if len(found) == 1:
        return found[0]
    if len(found) > 100:
        return exp.Least(this=least(found[:100]), expressions=[least(found[100:])])
    return exp.Least(this=found[0], expressions=found[1:])


def first(dues: Sequence[exp.Expression]) -> exp.Expression | None:
    """The first of some dues; None over nothing."""
    return least(dues) if dues else None


def all_of(items: Sequence[Item], as_of: Callable[[], exp.Expression]) -> exp.Expression | None:
    """The due of a conjunction: true until an item turns, false until the last of the false ones does."""
    return _junction(items, as_of, wanted=True)


def any_of(items: Sequence[Item], as_of: Callable[[], exp.Expression]) -> exp.Expression | None:
    """The due of a disjunction: false until an item turns, true until the last of the true ones does."""
    return _junction(items, as_of, wanted=False)


def _junction(items: Sequence[Item], as_of: Callable[[], exp.Expression], *, wanted: bool) -> exp.Expression | None:
    """`wanted`: what every item must be for the junction to be so."""
    moving = [(test, due) for test, due in items if due is not None]
    if not moving:
        return None
    if any(depth(test) > DEEPEST for test, _ in items):
        return least([due.copy() for _, due in moving])  # so would be whatever holds the test
    fixed = [test for test, due in items if due is None]
    decided = [(not_(all_true(fixed)) if wanted else any_true(fixed), number(FAR))] if fixed else []
    dues = [due for _, due in moving]
    if len(moving) == 1:
        found = case(*decided, default=dues[0].copy()) if decided else dues[0]
        return dues[0] if depth(found) > DEEPEST else found
    tests = [test.copy() for test, _ in moving]
    level = (all_true(tests) if wanted else not_(any_true(tests)), least(dues))
    against = [
        case((test.copy(), as_of() if wanted else due.copy()), default=due.copy() if wanted else as_of())
        for test, due in moving
    ]
    found = case(*decided, level, default=_greatest(against))
    return least([due.copy() for _, due in moving]) if depth(found) > DEEPEST else found


def _greatest(items: Sequence[exp.Expression]) -> exp.Expression:
    if len(items) > 100:
        return _greatest([_greatest(items[n : n + 100]) for n in range(0, len(items), 100)])
    return items[0] if len(items) == 1 else exp.Greatest(this=items[0], expressions=list(items[1:]))


def depth(node: exp.Expression) -> int:
    """How many signs wait for their ends at the deepest place of an expression, about."""
    deepest = 0
    todo = [(node, 0)]
    while todo:  # a loop, because sums of many parts nest deeper than Python calls itself
        one, above = todo.pop()
        here = above + waiting(one)
        deepest = max(deepest, here)
        todo += [(child, here) for child in one.iter_expressions()]
    return deepest


def waiting(node: exp.Expression) -> int:
    """How many signs of a node wait while a parser reads what is inside it, about."""
    match node:
        case exp.Select():
            return 12
        case exp.Case() | exp.Func() if not isinstance(node, exp.Connector):
            return 5
        case exp.Column() | exp.Literal() | exp.Placeholder() | exp.If():
            return 1
        case _:
            return 2
