"""K0404, K0405: conditions that are always true, or never."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from dsl import model
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.finding import warning
from dsl.lint.reason import Reasoner
from dsl.lint.view import View, blocks, titled
from dsl.lint.walk import joined, roots
from dsl.model import Condition, Value
from dsl.spans import Span


def always_or_never(view: View) -> Iterable[Diagnostic]:
    """Each smallest part of a condition whose answer is the same for everybody."""
    reasoner = Reasoner(view.model, view.schema)
    for block in blocks(view.model):
        for root in roots(block):
            _, found = _judged(view, reasoner, root, titled(block))
            yield from found


def _judged(
    view: View, reasoner: Reasoner, node: Condition, block: str, *, negated: bool = False
) -> tuple[bool, list[Diagnostic]]:
    """(whether the answer is the same for everybody, what there is to say about it). `negated`: right below `not`."""
    if isinstance(node, model.Everyone):
        return False, []  # said on purpose
    below = isinstance(node, model.Not)
    told = [_judged(view, reasoner, part, block, negated=below) for part in joined(node)]
    found = [one for _, more in told for one in more]
    if any(constant for constant, _ in told):
        return True, found
    for holds in (True, False):
        if reasoner.never(node, holds=holds):
            if isinstance(node, model.DefinedCondition):
                return True, []  # told where it is defined
            return True, [*found, _constant(reasoner, node, block, always=not holds)]
    empty = _only_known(view, reasoner, node, block, negated=negated)
    return False, found if empty is None else [*found, empty]


def _constant(reasoner: Reasoner, node: Condition, block: str, *, always: bool) -> Diagnostic:
    labels = _clash(reasoner, node, holds=not always)
    span, label = node.span, "the same answer for everybody"
    secondary: tuple[Label, ...] = ()
    if len(labels) == 2:
        span, label = labels[0], "either this .." if always else "both this .."
        secondary = (Label(labels[1], ".. or this always holds" if always else ".. and this cannot be"),)
    if always:
        advice = "leave it out; if everybody is meant, say `everyone`"
        return warning("K0404", "this is always true", span, label, advice, block=block, secondary=secondary)
    advice = "take one of the parts out, or join them with `or`"
    if len(labels) != 2:
        advice = "no value of its type can meet it; was another value or another comparison meant?"
    return warning("K0405", "this is never true", span, label, advice, block=block, secondary=secondary)


def _clash(reasoner: Reasoner, node: Condition, *, holds: bool) -> tuple[Span, ...]:
    """Two parts that already rule each other out, if two are enough."""
    parts = tuple(_flat(node))
    bounds = [(part, reasoner.bounds(part, holds=holds)) for part in parts[:50]]
    for (one, first), (other, second) in combinations(bounds, 2):
        if first is not None and second is not None and reasoner.together([first, second]) is None:
            return one.span, other.span
    return ()


def _flat(node: Condition) -> Iterator[Condition]:
    """The parts of a chain of one and the same word, groups of it included."""
    for part in joined(node):
        if type(part) is type(node) and not isinstance(node, model.Not):
            yield from _flat(part)
        else:
            yield part


def _only_known(view: View, reasoner: Reasoner, node: Condition, block: str, *, negated: bool) -> Diagnostic | None:
    """A test that says no more than that its value is known: `plan in (all of its members)`."""
    tested: Value
    match node:
        case model.InList(value=tested) | model.Between(value=tested) | model.SetTest(value=tested):
            pass
        case model.Compare(left=tested, right=model.Const() | model.DefinedValue()):
            pass
        case _:
            return None
    left = (reasoner.bounds(node, holds=False) or {}).get(reasoner.subject(tested))
    if left is None or not left.missing or not left.known.empty:
        return None
    value = view.source(tested.span)
    code, word, state = ("K0405", "never", "missing") if negated else ("K0404", "always", "known")
    return warning(
        code,
        f"wherever `{value}` is known, this is {word} true",
        node.span,
        f"says no more than that `{value}` is {state}",
        f"say `{value} is {state}`, or name fewer of its values",
        block=block,
    )
