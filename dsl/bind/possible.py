"""Comparisons that no value can meet: by the range of a count, an age, a score or an ordered type. An error, because
nothing but a slip says them. What several conditions rule out together is the linter's (K0405)."""

from __future__ import annotations

from fractions import Fraction

from dsl import model, tree
from dsl.bind.context import Scope
from dsl.bind.literals import number_of
from dsl.types import Numeric, OneOf

Range = tuple[Fraction | None, Fraction | None]
"""The least and the greatest value; None: no bound that is known."""

ANY: Range = (None, None)


def possible(scope: Scope, node: model.Condition) -> bool:
    """Whether a comparison may hold for somebody; a finding if it cannot."""
    match node:
        case model.Compare(op=op, left=left, right=right):
            fits = _compared(op, range_of(scope, left), range_of(scope, right))
            if fits and not (left == right and op in ("<", ">")):
                return True
            return _never(scope, node, scope.text(left.span), range_of(scope, left))
        case model.Between(value=value, low=low, high=high):
            inside = range_of(scope, value)
            if _compared(">=", inside, range_of(scope, low)) and _compared("<=", inside, range_of(scope, high)):
                return True
            return _never(scope, node, scope.text(value.span), inside)
        case model.InList(value=value, options=options):
            inside = range_of(scope, value)
            if any(_compared("=", inside, range_of(scope, option)) for option in options):
                return True
            return _never(scope, node, scope.text(value.span), inside)
        case model.DidOnDays(query=query, op=">=" | "=", count=count):
            most = _days_of(query.window)
            if most is None or count <= most:
                return True
            days = "one day" if most == 1 else f"{most} days"
            scope.error(
                "K0234",
                f"`{scope.text(node.span)}` cannot hold",
                node.span,
                f"there is no more than {days} in this window",
                "ask for fewer days, or take a longer window",
            )
            return False
        case model.Followed(
            kind="without", first=model.EventQuery(window=model.InLast(duration=window)), within=within
        ):
            long, needed = window.micros(), within.micros()
            if long is None or needed is None or long > needed:
                return True
            scope.error(
                "K0234",
                f"`{scope.text(node.span)}` cannot hold",
                node.span,
                "its time is not over before the window is",
                "take a window that is longer than `within`",
            )
            return False
    return True


def _never(scope: Scope, node: model.Condition, typed: str, inside: Range) -> bool:
    low, high = (None if bound is None else str(bound) for bound in inside)
    told = {
        (True, True): "no value of it can be so",
        (False, True): f"`{typed}` is never less than {low}",
        (True, False): f"`{typed}` is never more than {high}",
        (False, False): f"`{typed}` lies between {low} and {high}",
    }[low is None, high is None]
    if any(isinstance(part.type, OneOf) for part in _sides(node)) or (low is None and high is None):
        told = "no value can be so"
    scope.error("K0234", f"`{scope.text(node.span)}` cannot hold", node.span, told, "was another comparison meant?")
    return False


def _sides(node: model.Condition) -> tuple[model.Value, ...]:
    match node:
        case model.Compare(left=left, right=right):
            return left, right
        case model.Between(value=value) | model.InList(value=value):
            return (value,)
    return ()


def range_of(scope: Scope, value: model.Value) -> Range:
    """Between which bounds a value surely lies, in its own unit; members of an ordered type by their place."""
    match value:
        case model.Const(value=int() as number, type=Numeric(denominator=denominator)):
            exact = Fraction(number, denominator)
            return exact, exact
        case model.Const(value=word, type=OneOf(members=members, ordered=True)) if word in members:
            place = Fraction(members.index(str(word)))
            return place, place
        case model.Aggregate(kind="number" | "distinct") | model.AgeOf():
            return Fraction(0), None
        case model.ScoreValue(score=name):
            return _of_score(scope, name)
        case model.DefinedValue(name=name) if (found := scope.project.defines.get(name)) is not None:
            return ANY if found.value is None else range_of(scope, found.value)
    match value.type:
        case OneOf(members=members, ordered=True):
            return Fraction(0), Fraction(len(members) - 1)
    return ANY


def _of_score(scope: Scope, name: str) -> Range:
    block = scope.project.declared[name].block
    if not isinstance(block, tree.Score):
        return ANY
    kept = [clause for clause in block.clauses if isinstance(clause, tree.Keep)]
    if not kept:
        return Fraction(0), None
    return Fraction(number_of(kept[0].floor)), Fraction(number_of(kept[0].ceiling))


def _compared(op: str, one: Range, other: Range) -> bool:
    (low, high), (least, most) = one, other
    below = low is None or most is None or low <= most
    above = high is None or least is None or high >= least
    match op:
        case "<":
            return low is None or most is None or low < most
        case "<=":
            return below
        case ">":
            return high is None or least is None or high > least
        case ">=":
            return above
    return below and above


def _days_of(window: model.Window | None) -> int | None:
    """The most local days that a window can hold; None if that is not known."""
    match window:
        case model.InLast(duration=duration) if duration.local:
            return duration.amount
        case model.LocalPeriod(name=name):
            return {"today": 1, "yesterday": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[name]
    return None
