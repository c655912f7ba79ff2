"""Expressions that are conditions: comparisons, membership, what somebody did."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from dsl import model, tree
from dsl.bind.aggregates import event_query
from dsl.bind.context import Fits, Scope, anything, noun, origin
from dsl.bind.dates import anniversary, date_within, in_period
from dsl.bind.distances import within_distance
from dsl.bind.habits import is_habit, is_stray_value
from dsl.bind.literals import LITERALS, YES_NO, constant, natural, no_member, whole
from dsl.bind.lookup import block_named, channel_named, kind_of, purpose_or_implied
from dsl.bind.names import named
from dsl.bind.possible import possible
from dsl.bind.sequences import did_within, followed
from dsl.bind.sets import set_test
from dsl.bind.times import duration
from dsl.bind.values import value
from dsl.diagnostics import Label
from dsl.model import Condition
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Text, Type, Zone

_Op = Literal[">=", "<=", "="]

SHARES = 1_000_000
"""Parts of all contacts in which samples are reckoned."""

VALUES = (
    tree.Path,
    tree.Literal,
    tree.Text,
    tree.Date,
    tree.Time,
    tree.NumberOf,
    tree.Aggregate,
    tree.Nth,
    tree.NthProperty,
    tree.Pick,
    tree.StageOf,
    tree.ClassOf,
    tree.AgeOf,
    tree.Arithmetic,
)


def condition(scope: Scope, node: tree.Expr) -> Condition | None:
    """The bound condition, or None after at least one finding; all parts are looked at in any case."""
    bound = _bound(scope, node)
    return bound if bound is None or possible(scope, bound) else None


def _bound(scope: Scope, node: tree.Expr) -> Condition | None:
    match node:
        case tree.AnyOf(items=items) | tree.AllOf(items=items):
            bound = [
                None if is_stray_value(scope, items, at) else condition(scope, item) for at, item in enumerate(items)
            ]
            sound = tuple(item for item in bound if item is not None)
            if len(sound) < len(bound):
                return None
            made = model.Or if isinstance(node, tree.AnyOf) else model.And
            return made(sound, span=node.span)
        case tree.Negation(item=item):
            return _not(condition(scope, item), node)
        case tree.Group(item=item):
            return condition(scope, item)
        case tree.Compare():
            return _compare(scope, node)
        case tree.Between():
            return _between(scope, node)
        case tree.InList():
            return _in_list(scope, node, node.value, node.options)
        case tree.NotInList():
            return _not(_in_list(scope, node, node.value, node.options), node)
        case tree.IsKnown(value=of):
            bound_value = value(scope, of)
            return None if bound_value is None else model.IsKnown(bound_value, span=node.span)
        case tree.IsMissing(value=of):
            bound_value = value(scope, of)
            return (
                None if bound_value is None else model.Not(model.IsKnown(bound_value, span=node.span), span=node.span)
            )
        case tree.TextTest():
            return _text_test(scope, node)
        case tree.SetTest():
            return set_test(scope, node)
        case tree.OlderThan() | tree.InLast() | tree.InNext():
            return date_within(scope, node)
        case tree.AnniversaryToday() | tree.AnniversaryNext():
            return anniversary(scope, node)
        case tree.InPeriod():
            return in_period(scope, node)
        case tree.WithinDistance():
            return within_distance(scope, node)
        case tree.Member(segment=name):
            found = block_named(scope, name, "segment")
            return None if found is None else model.InSegment(name.text, span=node.span)
        case tree.MemberFor(segment=name, duration=how):
            found, length = block_named(scope, name, "segment"), duration(scope, how)
            if found is None or length is None:
                return None
            return model.InSegmentFor(name.text, length, span=node.span)
        case tree.Everyone():
            return model.Everyone(span=node.span)
        case tree.Sample():
            return _sample(scope, node)
        case tree.Consents(channel=channel, purpose=purpose):
            to = channel_named(scope, channel)
            for_ = purpose_or_implied(scope, purpose, node.span)
            return None if to is None or for_ is None else model.Consents(to, for_, span=node.span)
        case tree.Did():
            return _did(scope, node)
        case tree.DidWithin():
            return did_within(scope, node)
        case tree.DidOnDays():
            return _on_days(scope, node)
        case tree.DidThen() | tree.DidWithout():
            return followed(scope, node)
    return _bare(scope, node)


def _not(item: Condition | None, node: tree.Node) -> Condition | None:
    return None if item is None else model.Not(item, span=node.span)


def _bare(scope: Scope, node: tree.Expr) -> Condition | None:
    """A value where a condition is wanted: a define of a condition, or a yes-or-no value."""
    found = named(scope, node, _is_boolean) if isinstance(node, tree.Path) else value(scope, node)
    if found is None or isinstance(found, model.DefinedCondition):
        return found
    if isinstance(found.type, Boolean):
        return model.Truth(found, span=node.span)
    typed = scope.text(node.span)
    if isinstance(node, LITERALS):
        help_ = ["a condition compares something, asks `did ..`, `in SEGMENT`, or names a yes-or-no field"]
    else:
        sign = ">=" if isinstance(found.type, Numeric | Date | DateTime) else "="
        test = f"{typed} within 5 km of .." if isinstance(found.type, Point) else f"{typed} {sign} .."
        help_ = [f"compare it, `{test}`, or ask `{typed} is known`"]
    scope.error("K0224", f"`{typed}` alone is no condition", node.span, origin(scope, found), *help_)
    return None


def _is_boolean(kind: Type) -> bool:
    return isinstance(kind, Boolean)


# ---------------------------------------------------------------- comparisons


def fits_beside(scope: Scope, other: tree.Expr) -> Fits:
    """Which types could stand beside this node in a comparison, as far as the text alone tells."""
    match other:
        case tree.Pick(options=tree.Options(items=(first, *_))):
            return fits_beside(scope, first)
        case tree.Literal() | tree.Arithmetic() | tree.NumberOf() | tree.AgeOf():
            return lambda kind: isinstance(kind, Numeric)
        case tree.Text():
            return lambda kind: isinstance(kind, Text | Zone | OneOf | MonthDay)
        case tree.Date() | tree.Nth():
            return lambda kind: isinstance(kind, Date | DateTime)
        case tree.Path(first=name, second=None) if kind_of(scope, name.text) is None:
            word = name.text
            if word in YES_NO:
                return _is_boolean
            return lambda kind: isinstance(kind, OneOf) and any(m.casefold() == word.casefold() for m in kind.members)
    return anything


def beside(scope: Scope, node: tree.Expr, left: model.Value) -> model.Value | None:
    """The value on the other side of `left`: a member or literal of its type, else whatever the name means."""
    label = (Label(left.span, origin(scope, left)),)
    if isinstance(node, tree.Group):
        return beside(scope, node.item, left)
    if isinstance(left.type, SetOf | Point):
        summary = f"`{scope.text(left.span)}` is {noun(left.type)}, it has no single value to compare"
        says = "`is known` and `is missing` can be asked"
        if isinstance(left.type, SetOf):
            says = f"say `has any ({scope.text(node.span)})`, `has all ..`, `has none ..`; {says}"
        else:
            says = f"say `{scope.text(left.span)} within 5 km of ..`; {says}"
        scope.error("K0203", summary, left.span, label[0].text, says)
        return None
    if isinstance(node, tree.Literal | tree.Text | tree.Date | tree.Time):
        return constant(scope, node, left.type, label)
    if isinstance(node, tree.Path) and node.second is None:
        word = node.first.text
        if isinstance(left.type, OneOf) and word in left.type.members:
            return model.Const(word, left.type, span=node.span)
        if isinstance(left.type, Boolean) and word in YES_NO:
            return model.Const(YES_NO[word], left.type, span=node.span)
        nothing = kind_of(scope, word) is None and (scope.event is None or word not in scope.event.properties)
        if nothing and isinstance(left.type, OneOf):
            no_member(scope, word, node, left.type, label)
            return None
        if nothing and isinstance(left.type, Boolean):
            meant = {"true": "yes", "false": "no"}.get(word.casefold())
            text = f"did you mean `{meant}`?" if meant else "`yes` or `no`?"
            scope.error("K0208", f"`{word}` is neither `yes` nor `no`", node.span, text, secondary=label, instead=meant)
            return None
        if nothing and is_habit(scope, node):
            return None
        if nothing and isinstance(left.type, Text | Zone):
            return _unquoted(scope, node, word, label)
    right = value(scope, node, lambda kind: families_meet(left.type, kind))
    if right is None:
        return None
    if not families_meet(left.type, right.type):
        _different(scope, left, right)
        return None
    return right


def _unquoted(scope: Scope, node: tree.Path, word: str, label: tuple[Label, ...]) -> model.Value | None:
    scope.error(
        "K0202",
        f"nothing here is called `{word}`",
        node.span,
        "quotes are missing if this is a text",
        f'write `"{word}"`',
        secondary=label,
        instead=f'"{word}"',
    )
    return None


def families_meet(a: Type, b: Type) -> bool:
    """Whether two types can be compared with each other (`dsl.model.Compare`)."""
    match a, b:
        case Numeric(currency=x), Numeric(currency=y):
            return x is None or y is None or x == y
        case OneOf(), OneOf():
            return a.members == b.members and a.ordered == b.ordered
        case (Text(), Text()) | (Date() | DateTime(), Date() | DateTime()):
            return True
        case (MonthDay(), MonthDay()) | (Boolean(), Boolean()) | (Zone(), Zone()):
            return True
    return False


def _different(scope: Scope, left: model.Value, right: model.Value) -> None:
    a, b = noun(left.type), noun(right.type)
    help_: list[str] = []
    if isinstance(left.type, Numeric) and isinstance(right.type, Numeric):
        help_.append("one currency per money field: amounts of two currencies do not compare")
    if isinstance(left.type, OneOf) and isinstance(right.type, OneOf):
        help_.append("the two have different members")
    scope.error(
        "K0203",
        f"`{scope.text(left.span)}`, which is {a}, cannot meet `{scope.text(right.span)}`, which is {b}",
        right.span,
        origin(scope, right),
        *help_,
        secondary=(Label(left.span, origin(scope, left)),),
    )


def _sides(scope: Scope, node: tree.Compare) -> tuple[model.Value, model.Value] | None:
    if isinstance(node.left, LITERALS) and not isinstance(node.right, LITERALS):
        right = value(scope, node.right, fits_beside(scope, node.left))
        left = None if right is None else beside(scope, node.left, right)
    else:
        left = value(scope, node.left, fits_beside(scope, node.right))
        if left is None:
            _look_only(scope, node.right)
            return None
        right = beside(scope, node.right, left)
    return None if left is None or right is None else (left, right)


def _look_only(scope: Scope, node: tree.Expr) -> None:
    """The left side is unknown: a word on the right may be a member, so it is not reported; anything else is read."""
    if not isinstance(node, tree.Path) and not isinstance(node, LITERALS):
        value(scope, node)


def _compare(scope: Scope, node: tree.Compare) -> Condition | None:
    both = _sides(scope, node)
    if both is None:
        return None
    left, right = both
    op = node.op.text
    if op in ("<", "<=", ">", ">=") and not has_order(left.type):
        _no_order(scope, left, node.op, f"`{op}`")
        return None
    match op:
        case "!=":
            return model.Not(model.Compare("=", left, right, span=node.span), span=node.span)
        case "=" | "<" | "<=" | ">" | ">=":
            return model.Compare(op, left, right, span=node.span)
    raise AssertionError(op)


def has_order(kind: Type) -> bool:
    """Whether `<` has a meaning."""
    return isinstance(kind, Numeric | Date | DateTime | MonthDay) or (isinstance(kind, OneOf) and kind.ordered)


def _no_order(scope: Scope, left: model.Value, at: tree.Node, what: str) -> None:
    help_ = "only numbers, dates and ordered members can be greater or smaller"
    if isinstance(left.type, OneOf):
        help_ = f"use `in ({', '.join(left.type.members[:2])}, ..)`, or declare the type `ordered` in schema.yaml"
    scope.error(
        "K0222",
        f"`{scope.text(left.span)}` has no order, it is {noun(left.type)}",
        at.span,
        f"{what} needs an order",
        help_,
        secondary=(Label(left.span, origin(scope, left)),),
    )


def _between(scope: Scope, node: tree.Between) -> Condition | None:
    left = value(scope, node.value, fits_beside(scope, node.low))
    if left is None:
        return None
    low, high = beside(scope, node.low, left), beside(scope, node.high, left)
    if low is None or high is None:
        return None
    if not has_order(left.type):
        _no_order(scope, left, node.low, "`between`")
        return None
    if isinstance(low, model.Const) and isinstance(high, model.Const) and _greater(low, high):
        a, b = scope.text(node.low.span), scope.text(node.high.span)
        scope.error(
            "K0230",
            f"nothing lies between `{a}` and `{b}`",
            node.low.span.to(node.high.span),
            "the smaller end comes first",
            f"write `between {b} and {a}`",
            instead=f"{b} and {a}",
        )
        return None
    return model.Between(left, low, high, span=node.span)


def _greater(low: model.Const, high: model.Const) -> bool:
    match low.value, high.value, low.type, high.type:
        case int(a), int(b), Numeric(denominator=m), Numeric(denominator=n):
            return a * n > b * m
        case int(a), int(b), (Date() | MonthDay()), (Date() | MonthDay()):
            return a > b
        case str(a), str(b), OneOf(members=members), OneOf():
            return members.index(a) > members.index(b)
    return False


def _in_list(scope: Scope, node: tree.Node, of: tree.Expr, options: tree.Options) -> Condition | None:
    hint: Fits = fits_beside(scope, options.items[0]) if options.items else anything
    left = value(scope, of, hint)
    if not options.items:
        scope.error(
            "K0302",
            "this list is empty",
            options.span,
            "nobody is in an empty list",
            "name at least one value; to ask for no value at all say `is missing`",
        )
        return None
    if left is None:
        return None
    if isinstance(left.type, DateTime):
        scope.error(
            "K0203",
            f"`{scope.text(of.span)}` is an instant, and a list cannot hold instants",
            options.span,
            "",
            "use `between .. and ..`",
            secondary=(Label(left.span, origin(scope, left)),),
        )
        return None
    bound = [beside(scope, item, left) for item in options.items]
    consts = []
    for item, one in zip(options.items, bound, strict=True):
        if isinstance(one, model.Const):
            consts.append(one)
        elif one is not None:
            scope.error(
                "K0203",
                f"`{scope.text(item.span)}` is no fixed value",
                item.span,
                "lists hold fixed values",
                f"compare with it: `{scope.text(of.span)} = {scope.text(item.span)}`",
            )
    if len(consts) < len(bound):
        return None
    return model.InList(left, tuple(consts), span=node.span)


# ---------------------------------------------------------------- the rest


def _text_test(scope: Scope, node: tree.TextTest) -> Condition | None:
    left = value(scope, node.value, lambda kind: isinstance(kind, Text))
    if left is None:
        return None
    if not isinstance(left.type, Text | Zone):
        help_ = "compare it with `=` or `in (..)`" if isinstance(left.type, OneOf) else "only text can be searched"
        if isinstance(left.type, SetOf):
            help_ = f"a set is asked for its members: `{scope.text(node.value.span)} has any (..)`"
        scope.error(
            "K0203",
            f"`{node.kind.text}` searches text, `{scope.text(node.value.span)}` is {noun(left.type)}",
            node.value.span,
            origin(scope, left),
            help_,
        )
        return None
    if not isinstance(node.text, tree.Text):
        typed = scope.text(node.text.span)
        scope.error(
            "K0203",
            f"`{node.kind.text}` needs a text in quotes",
            node.text.span,
            "not a text in quotes",
            f'write `{node.kind.text} "{typed}"`',
            instead=f'"{typed}"',
        )
        return None
    if not node.text.text:
        natural(scope, node.text)
        return None
    match node.kind.text:
        case "contains" | "starts with" | "ends with" as kind:
            return model.TextTest(kind, left, node.text.text, span=node.span)
    raise AssertionError(node.kind.text)


def _sample(scope: Scope, node: tree.Sample) -> Condition | None:
    share = Decimal(node.percent.text) * SHARES // 100
    if share * 100 != Decimal(node.percent.text) * SHARES:
        summary = f"a sample is given with four digits after the point, `{node.percent.text}` has more"
        scope.error("K0305", summary, node.percent.span, "too fine")
        return None
    if not 0 < share <= SHARES:
        summary = f"a sample cannot be `{node.percent.text} %` of the contacts"
        scope.error("K0305", summary, node.percent.span, "more than 0 and at most 100 is possible")
        return None
    return model.Sample(int(share), node.name.text, span=node.span)


def _did(scope: Scope, node: tree.Did) -> Condition | None:
    query = event_query(scope, node.event, node.window)
    op, count, sound = _times(scope, node.times)
    if query is None or not sound:
        return None
    did = model.Did(query, op, count, span=node.span)
    return did if node.negated is None else model.Not(did, span=node.span)


def _on_days(scope: Scope, node: tree.DidOnDays) -> Condition | None:
    query = event_query(scope, node.event, node.window)
    if not node.unit.text.startswith("day"):
        scope.error(
            "K0227",
            f"different days are counted, not {node.unit.text}",
            node.unit.span,
            "`days` is expected here",
            "say `on at least 3 different local days`",
            instead="days",
        )
        return None
    op, count, sound = _times(scope, tree.Times(node.how, node.number, span=node.number.span))
    if query is None or not sound:
        return None
    did = model.DidOnDays(query, op, count, span=node.span)
    return did if node.negated is None else model.Not(did, span=node.span)


def _times(scope: Scope, node: tree.Times | None) -> tuple[_Op, int, bool]:
    if node is None:
        return ">=", 1, True
    how: Callable[[int], tuple[_Op, int, bool]] = {
        "at least": lambda n: (">=", n, True),
        "at most": lambda n: ("<=", n, True),
    }.get(node.how.text, lambda n: ("=", n, True))
    low = 1 if node.how.text == "at least" else 0
    count = whole(scope, node.number, "a number of times", low, 1_000_000_000, code="K0231")
    return ("=", 0, False) if count is None else how(count)
