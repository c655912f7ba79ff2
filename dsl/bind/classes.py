"""Classes: what they rank by, among whom, and where their tiers end."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from dsl import model, tree
from dsl.bind.blocks import common, once, where_of
from dsl.bind.context import Scope, noun, origin
from dsl.bind.literals import whole
from dsl.bind.values import value
from dsl.diagnostics import Label
from dsl.model import WHOLE
from dsl.types import Date, DateTime, Numeric

MOST_CONTACTS = 1_000_000_000

MOST_TIERS = 100

TIERS = tree.TierShare | tree.TierNumber | tree.TierRest

Share = Literal["total", "members", "number"]

_SHARES = {
    "total": "a share of the total",
    "members": "a share of the members",
    "number": "a number of contacts",
}


def class_(scope: Scope, block: tree.Class) -> model.Class | None:
    """A class, or None after a finding; every clause is looked at in any case."""
    shared = common(scope, block, block.head, block.clauses)
    sound, where = where_of(scope, block.clauses)
    by = _by(scope, block)
    nodes = [clause for clause in block.clauses if isinstance(clause, TIERS)]
    share = _share(scope, nodes)
    fine = _named_once(scope, nodes) & _ends_with_rest(scope, block, nodes)
    edges = _edges(scope, nodes) if _in_words(scope, nodes) else None
    if not sound or by is None or share is None or not fine or edges is None:
        return None
    tiers = tuple(model.Tier(n.name.text, e, span=n.span) for n, e in zip(nodes, edges, strict=True))
    return model.Class(**shared, by=by, where=where, share=share, tiers=tiers)


def _by(scope: Scope, block: tree.Class) -> model.Value | None:
    """What is ranked: a number."""
    node = once(scope, block.clauses, tree.By, "by")
    if node is None:
        scope.error(
            "K0370",
            f"the class `{block.head.name.text}` does not say by what it ranks",
            block.head.name.span,
            "no `by` follows",
            "add what counts, greatest first: `by sum of EVENT.PROPERTY in last 1 year`",
        )
        return None
    found = value(scope, node.value, lambda kind: isinstance(kind, Numeric))
    if found is None or isinstance(found.type, Numeric):
        return found
    help_ = "the greatest comes first"
    if isinstance(found.type, Date | DateTime):
        help_ += "; for how recent something is, count what happened in a window: `number of EVENT in last 90 days`"
    scope.error(
        "K0203",
        f"a class ranks by a number, `{scope.text(node.value.span)}` is {noun(found.type)}",
        node.value.span,
        origin(scope, found),
        help_,
    )
    return None


def _share(scope: Scope, nodes: Sequence[TIERS]) -> Share | None:
    """Of what the edges are parts; all tiers of a class say the same."""
    kinds = [(node, _kind(node)) for node in nodes if not isinstance(node, tree.TierRest)]
    if not kinds:
        return None  # told by `_ends_with_rest`
    (first, share), *others = kinds
    sound = True
    for node, kind in others:
        if kind != share:
            scope.error(
                "K0374",
                f"the tier `{node.name.text}` is {_SHARES[kind]}, the first one {_SHARES[share]}",
                node.span,
                "another measure",
                "all tiers of a class are cut in one way: `80 % of total`, `80 %` (of the members) or `top 500`",
                "where two ways are needed, write two classes",
                secondary=(Label(first.span, "the first tier"),),
            )
            sound = False
            break
    return share if sound else None


def _kind(node: tree.TierShare | tree.TierNumber) -> Share:
    match node:
        case tree.TierNumber():
            return "number"
        case tree.TierShare(total=None):
            return "members"
    return "total"


def _named_once(scope: Scope, nodes: Sequence[TIERS]) -> bool:
    seen: dict[str, TIERS] = {}
    sound = True
    for node in nodes:
        first = seen.setdefault(node.name.text, node)
        if first is not node:
            scope.error(
                "K0375",
                f"the tier `{node.name.text}` stands here twice",
                node.name.span,
                "named again here",
                secondary=(Label(first.span, "named first here"),),
            )
            sound = False
    if len(nodes) > MOST_TIERS:
        scope.error("K0305", f"a class has up to {MOST_TIERS} tiers", nodes[MOST_TIERS].span, "one too many")
        sound = False
    return sound


def _ends_with_rest(scope: Scope, block: tree.Class, nodes: Sequence[TIERS]) -> bool:
    """Whether exactly the last tier is the rest, and another one stands before it."""
    name = block.head.name
    rests = [node for node in nodes if isinstance(node, tree.TierRest)]
    if not nodes or len(rests) == len(nodes):
        scope.error(
            "K0373",
            f"the class `{name.text}` has no tier before the rest",
            rests[0].span if rests else name.span,
            "everybody would be in it" if rests else "no `tier` follows",
            "add tiers from the top, the rest last: `tier A first 80 % of total`, `tier B rest`",
        )
        return False
    if not rests:
        scope.error(
            "K0373",
            f"the class `{name.text}` does not say where the rest belongs",
            nodes[-1].span,
            "the last tier, and no `rest` follows",
            "add a last tier for all others, and for values of zero and less: `tier C rest`",
        )
        return False
    if isinstance(nodes[-1], tree.TierRest) and len(rests) == 1:
        return True
    early = next(node for node in rests if node is not nodes[-1] or len(rests) > 1)
    scope.error(
        "K0373",
        "the rest is the last tier",
        early.span,
        "tiers follow it",
        "put `tier .. rest` at the end, once",
        secondary=(Label(nodes[-1].span, "the last one"),),
    )
    return False


def _in_words(scope: Scope, nodes: Sequence[TIERS]) -> bool:
    """The first tier says `first` (of a number `top`), each further one `next`."""
    sound = True
    reached = Decimal(0)
    for n, node in enumerate(nodes):
        if isinstance(node, tree.TierRest):
            continue
        number, before = Decimal(node.number.text), reached
        reached += number
        begins = "top" if isinstance(node, tree.TierNumber) else "first"
        wanted = "next" if n else begins
        if node.ranked.text == wanted:
            continue
        help_ = "edges add up from the top: after `first 80 %`, `next 15 %` ends at 95 %"
        instead: str | None = wanted
        if n and number > before:  # told by where it ends, not by how much more it takes
            sign = " %" if isinstance(node, tree.TierShare) else ""
            more = f"{number - before:f}"
            help_, instead = f"to end at {node.number.text}{sign} from the top, write `next {more}{sign}`", None
            reached = number
        label = f"write `{wanted}` here"
        if n == 0 and node.ranked.text != "next":
            help_ = "`first` goes with a share, `top` with a number of contacts"
        summary = f"the tier `{node.name.text}` begins with `{wanted}`, not with `{node.ranked.text}`"
        scope.error("K0371", summary, node.ranked.span, label, help_, instead=instead)
        sound = False
    return sound


def _edges(scope: Scope, nodes: Sequence[TIERS]) -> list[int | None] | None:
    """Where each tier ends, counted from the top."""
    edges: list[int | None] = []
    reached: dict[type, int] = {tree.TierShare: 0, tree.TierNumber: 0}
    sound = True
    for node in nodes:
        match node:
            case tree.TierShare(number=number):
                amount = _millionths(scope, number)
                full = WHOLE
            case tree.TierNumber(number=number):
                amount = whole(scope, number, "the number of contacts of a tier", 1, MOST_CONTACTS)
                full = MOST_CONTACTS
            case tree.TierRest():
                edges.append(None)
                continue
        if amount is None:
            sound = False
            continue
        reached[type(node)] += amount
        if reached[type(node)] > full:
            of = "100 %" if full == WHOLE else f"{MOST_CONTACTS:,} contacts"
            help_ = "each `next` counts from where the tier before ends: 80 and 15 end at 95 %"
            summary = f"with the tier `{node.name.text}` the tiers come to more than {of}"
            scope.error("K0372", summary, number.span, f"{_shown(reached[type(node)], full)} in all", help_)
            return None
        edges.append(reached[type(node)])
    return edges if sound else None


def _shown(reached: int, full: int) -> str:
    return f"{Decimal(reached) / 10_000:f} %" if full == WHOLE else f"{reached:,}"


def _millionths(scope: Scope, node: tree.Number) -> int | None:
    share = Decimal(node.text) * WHOLE / 100
    if share != share.to_integral_value():
        summary = f"a share is given with four digits after the point, `{node.text}` has more"
        scope.error("K0305", summary, node.span, "too fine")
        return None
    if not 0 < share <= WHOLE:
        scope.error("K0305", f"a tier cannot be `{node.text} %`", node.span, "more than 0 and at most 100 is possible")
        return None
    return int(share)
