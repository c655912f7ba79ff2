"""What is written down as a value: numbers, texts, dates, members; in the stored form of the type they meet."""

from __future__ import annotations

from decimal import Decimal

from dsl import model, tree
from dsl.bind.context import Scope, noun
from dsl.diagnostics import Label
from dsl.names import listed
from dsl.types import NUMBER, Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Text, Type, Zone, decimal

LARGEST = 2**63 - 1
YES_NO = {"yes": 1, "no": 0}

Literal = tree.Literal | tree.Text | tree.Date | tree.Time | tree.Moment
LITERALS = (tree.Literal, tree.Text, tree.Date, tree.Time, tree.Moment)


def number_of(node: tree.Literal | tree.Signed) -> Decimal:
    """The number as it is written, without its percent sign."""
    value = Decimal(node.number.text)
    return -value if node.minus else value


def digits_after_point(node: tree.Number) -> int:
    """How many digits stand after the point, zeros at the end left out."""
    return len(node.text.partition(".")[2].rstrip("0"))


def whole(
    scope: Scope, node: tree.Number | tree.Signed, what: str, low: int, high: int, *, code: str = "K0305"
) -> int | None:
    """A whole number from low to high, or None and a finding. `what` names it: "points"."""
    number = node.number if isinstance(node, tree.Signed) else node
    value = Decimal(number.text)
    if isinstance(node, tree.Signed) and node.minus:
        value = -value
    if value != value.to_integral_value():
        scope.error(code, f"{what} must be whole, `{scope.text(node.span)}` is not", node.span, "not a whole number")
        return None
    if not low <= value <= high:
        label = f"from {low} to {high} is possible"
        scope.error(code, f"{what} cannot be `{scope.text(node.span)}`", node.span, label)
        return None
    return int(value)


def natural(scope: Scope, node: tree.Literal | tree.Text | tree.Date | tree.Time) -> model.Const | None:
    """A literal that meets no other type: a number, a decimal, a text or a date."""
    match node:
        case tree.Literal(percent=None):
            digits = digits_after_point(node.number)
            return scaled(scope, node, NUMBER if digits == 0 else decimal(digits))
        case tree.Text(text=text) if text:
            return model.Const(text, Text(), span=node.span)
        case tree.Date(value=value):
            return model.Const(value, Date(), span=node.span)
    return _no_place(scope, node)


def _no_place(scope: Scope, node: Literal) -> model.Const | None:
    typed = scope.text(node.span)
    match node:
        case tree.Literal():
            scope.error(
                "K0223", f"the percentage `{typed}` has no place in an expression", node.span, "", "write the number"
            )
        case tree.Time():
            scope.error(
                "K0223", f"the time `{typed}` has no place in an expression", node.span, "no value has this type"
            )
        case _:
            scope.error(
                "K0223", "an empty text is never found", node.span, "stored as missing", "to ask for that: `is missing`"
            )
    return None


def scaled(scope: Scope, node: tree.Literal, kind: Numeric) -> model.Const | None:
    """A number times the type's denominator; a finding if digits would be lost or 64 bits do not hold it."""
    if node.percent is not None:
        return _no_place(scope, node)
    exact = number_of(node) * kind.denominator
    if exact != exact.to_integral_value():
        keeps = len(str(kind.denominator)) - 1
        whole_only = kind.denominator == 1
        says = "whole numbers only" if whole_only else f"{keeps} digits after the point"
        summary = f"`{scope.text(node.span)}` has more digits after the point than {noun(kind)} keeps"
        help_ = [] if whole_only else [f"round it to {keeps} digits"]
        point = node.number.text.partition(".")
        if len(point[2]) == 3 and len(point[0]) <= 3:
            help_.append(f"if `.` sets thousands apart, write `{point[0]}_{point[2]}`")
        scope.error("K0223", summary, node.span, f"{says} are kept", *help_)
        return None
    if abs(exact) > LARGEST:
        scope.error("K0223", f"`{scope.text(node.span)}` is too large", node.span, "64 bits do not hold it")
        return None
    return model.Const(int(exact), kind, span=node.span)


def constant(scope: Scope, node: Literal, kind: Type, mates: tuple[Label, ...] = ()) -> model.Const | None:
    """A literal where a value of `kind` is wanted, or None and a finding. `mates`: labels of what it meets."""
    match kind, node:
        case Numeric(kind="points"), tree.Literal(percent=None):
            return natural(scope, node)
        case Numeric(), tree.Literal():
            return scaled(scope, node, kind)
        case ((Text() | Zone()), tree.Text(text=text)) if text:
            return model.Const(text, kind, span=node.span)
        case OneOf(members=members), tree.Text(text=text):
            if text in members:
                return model.Const(text, kind, span=node.span)
            no_member(scope, text, node, kind, mates)
            return None
        case Date(), tree.Date(value=value):
            return model.Const(value, kind, span=node.span)
        case DateTime(), tree.Date(value=value):
            return model.Const(value, Date(), span=node.span)
        case MonthDay(), tree.Text(text=text):
            day = month_day(text)
            if day is not None:
                return model.Const(day, kind, span=node.span)
    if isinstance(node, tree.Time) or (isinstance(node, tree.Text) and not node.text):
        return _no_place(scope, node)
    mismatch(scope, node, kind, mates)
    return None


def month_day(text: str) -> int | None:
    """mmdd of `02-29`."""
    month, dash, day = text.partition("-")
    if not dash or len(month) != 2 or len(day) != 2 or not (month + day).isascii() or not (month + day).isdigit():
        return None
    longest = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not 1 <= int(month) <= 12 or not 1 <= int(day) <= longest[int(month) - 1]:
        return None
    return int(month) * 100 + int(day)


def how_to_write(kind: Type) -> str:
    """How a value of a type is written down."""
    match kind:
        case Numeric():
            return "a number is written without quotes: `40` or `12.50`"
        case Text() | Zone():
            return 'a text stands in quotes: `"Zurich"`'
        case OneOf(members=members):
            return f"the members are {listed(members, last='and')}"
        case Date() | DateTime():
            return "a date is written `2026-11-22`"
        case MonthDay():
            return 'a month day is written in quotes, month first: `"11-22"`'
        case Boolean():
            return "say `yes` or `no`, or use it alone as a condition"
    return f"{noun(kind)} cannot be compared; `is known` and `is missing` can be asked"


def mismatch(scope: Scope, node: Literal, kind: Type, mates: tuple[Label, ...]) -> None:
    """Report a literal of the wrong type."""
    typed = scope.text(node.span)
    if isinstance(node, tree.Literal) and mates and _number_beside(scope, node, kind, mates[0]):
        return
    names = {tree.Literal: "a number", tree.Text: "a text", tree.Date: "a date", tree.Moment: "an instant"}
    is_ = names.get(type(node), "a time")
    help_ = how_to_write(kind)
    instead = None
    if isinstance(node, tree.Text) and isinstance(kind, Numeric) and _reads_as_number(node.text):
        help_, instead = f"leave the quotes out: `{node.text}`", node.text
    elif isinstance(node, tree.Text) and isinstance(kind, Date | DateTime) and len(node.text) == 10:
        help_ = f"leave the quotes out: `{node.text}`"
    elif isinstance(node, tree.Literal) and isinstance(kind, Text | Zone):
        help_, instead = f'a text stands in quotes: `"{typed}"`', f'"{typed}"'
    against = f"`{scope.text(mates[0].span)}`, which is {noun(kind)}," if mates else f"a value that is {noun(kind)}"
    summary = f"{against} cannot meet {is_}" if mates else f"{is_} cannot stand for {against}"
    scope.error("K0203", summary, node.span, is_, help_, secondary=mates, instead=instead)


def _number_beside(scope: Scope, node: tree.Literal, kind: Type, mate: Label) -> bool:
    """Report a number beside a date, a tier or a stage, where an age or the points were meant; once for both ends."""
    left, source = scope.text(mate.span), scope.project.sources[node.span.file]
    between = source[mate.span.end : node.span.start].split()
    sign = between[0] if between and mate.span.end <= node.span.start else "="
    asked = ".." if sign == "between" else scope.text(node.span)
    stage = isinstance(kind, OneOf) and (kind.name or "").startswith("stage of ")
    says: list[str] = []
    what = noun(kind)
    if stage:
        assert isinstance(kind, OneOf)
        what = "a stage"
        score = left.removeprefix("stage of ")
        says = [f"for the points say `{score} {sign} {asked}`", f"the stages are {listed(kind.members, last='and')}"]
    elif isinstance(kind, OneOf) and (kind.name or "").startswith("class of "):
        what = "a tier"
        says = [f"the tiers are {listed(reversed(kind.members), last='and')}"]
    elif isinstance(kind, Date) and number_of(node).as_integer_ratio()[1] == 1 and 0 <= number_of(node) <= OLDEST:
        says = [f"for an age in years say `age of {left} {sign} {asked}`", how_to_write(kind)]
    elif isinstance(kind, DateTime):
        days = f"{node.number.text} days"
        says = [f"for a period say `{left} older than {days}` or `{left} in last {days}`", how_to_write(kind)]
    if not says:
        return False
    found = scope.project.found
    if found and found[-1].secondary == (mate,) and found[-1].code == "K0203" and sign == "between":
        return True
    scope.error(
        "K0203", f"`{left}`, which is {what}, cannot meet a number", node.span, "a number", *says, secondary=(mate,)
    )
    return True


OLDEST = 130
"""Up to this many years a number beside a date reads as an age."""


def _reads_as_number(text: str) -> bool:
    head, _, tail = text.partition(".")
    return head.isascii() and head.isdigit() and (not tail or (tail.isascii() and tail.isdigit()))


def no_member(scope: Scope, word: str, node: tree.Text | tree.Path, kind: OneOf, mates: tuple[Label, ...]) -> None:
    """Report a word that is no member of a `one of` type."""
    meant = scope.nearest(word, kind.members)
    of = f" of `{scope.text(mates[0].span)}`" if mates else ""
    code, what, members = "K0208", "member", kind.members
    if kind.name and kind.name.startswith("stage of"):
        code, what = "K0207", "stage"
    elif kind.name and kind.name.startswith("class of"):
        code, what, members = "K0241", "tier", tuple(reversed(members))  # as they stand in the class
    label = f"did you mean `{meant}`?" if meant else f"not one of the {what}s"
    scope.error(
        code,
        f"`{word}` is no {what}{of}",
        node.span,
        label,
        f"the {what}s are {listed(members, last='and')}",
        secondary=mates,
        instead=meant,
    )
