"""Offers, and groups of them of which a contact holds one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from dsl import model, tree
from dsl.bind.blocks import common, once, only
from dsl.bind.context import Scope
from dsl.bind.literals import digits_after_point, number_of, whole
from dsl.diagnostics import Diagnostic, Label

DIGITS = 6
"""How fine discounts are compared."""


def offer(scope: Scope, block: tree.Offer) -> model.Offer | None:
    """An offer, or None after a finding."""
    before = len(scope.project.found)
    shared = common(scope, block, block.head, block.clauses)
    code = once(scope, block.clauses, tree.Code, "code")
    discount = only(
        scope, [c for c in block.clauses if isinstance(c, tree.DiscountPercent | tree.DiscountMoney)], "discount"
    )
    valid = only(scope, [c for c in block.clauses if isinstance(c, tree.Valid | tree.ValidUntil)], "valid")
    if code is not None and not code.text.text.strip():
        scope.error("K0340", "this code is empty", code.text.span, "nothing to give")
    words = None if discount is None else _discount(scope, discount)
    start = valid.start.value if isinstance(valid, tree.Valid) else None
    end = valid.end.value if valid is not None and valid.end is not None else None
    if valid is not None and start is not None and end is not None and end < start:
        scope.error("K0230", "this offer would end before it begins", valid.span, "the earlier day comes first")
    group = once(scope, block.clauses, tree.OfferGroup, "group")
    if group is not None and discount is None:
        scope.error(
            "K0341",
            f"`{block.head.name.text}` is in a group, and says no discount",
            group.span,
            "nothing to compare",
            "add `discount 10 %`, or leave the group out",
        )
    total = once(scope, block.clauses, tree.OfferTotal, "at most .. in total")
    most = None if total is None else whole(scope, total.number, "an offer's number", 1, 1_000_000_000, code="K0340")
    if len(scope.project.found) > before:
        return None
    return model.Offer(
        **shared,
        code=code.text.text if code else None,
        discount=words,
        valid_from=start,
        valid_to=end,
        group=None if group is None else group.name.text,
        keep=None if group is None else _keep(group),
        total=most,
        group_span=None if group is None else group.span,
    )


def _keep(node: tree.OfferGroup) -> Literal["best", "first"]:
    return "first" if node.keep.text == "first" else "best"


def _discount(scope: Scope, node: tree.DiscountPercent | tree.DiscountMoney) -> str | None:
    amount = number_of(tree.Signed(None, node.number, span=node.number.span))
    if amount <= 0:
        scope.error("K0340", "a discount of nothing is no discount", node.number.span, "more than 0 is expected")
        return None
    if digits_after_point(node.number) > DIGITS:
        scope.error("K0340", "this discount is too fine", node.number.span, f"{DIGITS} digits after the point at most")
        return None
    match node:
        case tree.DiscountPercent():
            if amount > 100:
                scope.error("K0340", "a discount of more than 100 % gives money away", node.number.span, "at most 100")
                return None
            return f"{node.number.text} %"
        case tree.DiscountMoney(currency=currency):
            if len(currency.text) != 3 or not currency.text.isascii() or not currency.text.isupper():
                scope.error(
                    "K0340",
                    f"`{currency.text}` is no currency",
                    currency.span,
                    "`%`, or three capital letters",
                    "say `discount 10 %` or `discount 5 CHF`",
                )
                return None
            return f"{node.number.text} {currency.text}"


def clashing_groups(offers: Mapping[str, model.Offer]) -> Iterator[Diagnostic]:
    """A finding for each offer that does not fit to the first one of its group: another `keep`, another kind."""
    first: dict[str, model.Offer] = {}
    for one in offers.values():
        if one.group is None or one.group_span is None:
            continue
        other = first.setdefault(one.group, one)
        assert one.worth is not None, "checked with its block"
        assert other.worth is not None, "checked with its block"
        what: tuple[str, str, str] | None = None
        if one.keep != other.keep:
            what = (
                f"the group `{one.group}` keeps the {other.keep}, here it keeps the {one.keep}",
                f"`keep {other.keep}` in `{other.name}`",
                f"all offers of a group say the same: `group {one.group} keep {other.keep}`",
            )
        elif one.worth[1] != other.worth[1]:
            what = (
                f"the discounts of the group `{one.group}` cannot be compared",
                f"in {one.worth[1]}, but `{other.name}` is in {other.worth[1]}",
                "a group holds percentages only, or amounts of one currency",
            )
        if what is not None:
            summary, label, help_ = what
            yield Diagnostic(
                "K0341",
                summary,
                Label(one.group_span, label),
                secondary=() if other.group_span is None else (Label(other.group_span, "the first of the group"),),
                help=(help_,),
                block=f"offer `{one.name}`",
            )
