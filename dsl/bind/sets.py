"""Sets: `has any`, `has all`, `has none`, and sets that a test gives."""

from __future__ import annotations

from dsl import model, tree
from dsl.bind.context import Scope, noun, origin
from dsl.bind.literals import no_member
from dsl.bind.values import value
from dsl.diagnostics import Label
from dsl.types import OneOf, SetOf


def set_test(scope: Scope, node: tree.SetTest) -> model.Condition | None:
    """`has none` is exactly the complement of `has any`, so it holds for a set that is missing."""
    left = value(scope, node.value, lambda kind: isinstance(kind, SetOf))
    if not node.options.items:
        scope.error(
            "K0302",
            "this list is empty",
            node.options.span,
            "name at least one member",
            "`is missing` asks for no value",
        )
        return None
    if left is None:
        return None
    label = (Label(left.span, origin(scope, left)),)
    if not isinstance(left.type, SetOf):
        typed, listed = scope.text(node.value.span), scope.text(node.options.span)
        help_ = (
            f"write `{typed} in {listed}`"
            if isinstance(left.type, OneOf)
            else "only a field of type `set of` has members"
        )
        scope.error(
            "K0203",
            f"`has {node.kind.text}` asks a set, `{typed}` is {noun(left.type)}",
            node.value.span,
            label[0].text,
            help_,
        )
        return None
    members = members_of(scope, node.options, left.type, label)
    if members is None:
        return None
    test = model.SetTest("all" if node.kind.text == "all" else "any", left, members, span=node.span)
    return model.Not(test, span=node.span) if node.kind.text == "none" else test


def members_of(
    scope: Scope, options: tree.Options, kind: SetOf, mates: tuple[Label, ...] = ()
) -> tuple[str, ...] | None:
    """The members that a list names, sorted and without repeats, or None after a finding for each that is none."""
    found: set[str] = set()
    sound = True
    for item in options.items:
        word = item.text if isinstance(item, tree.Text) else None
        if isinstance(item, tree.Path) and item.second is None:
            word = item.first.text
        if word is not None and word in kind.members:
            found.add(word)
            continue
        sound = False
        if word is not None and isinstance(item, tree.Text | tree.Path):
            no_member(scope, word, item, OneOf(kind.members), mates)
        else:
            scope.error(
                "K0203",
                f"`{scope.text(item.span)}` is no member of a set",
                item.span,
                "members are bare words, or texts in quotes",
                secondary=mates,
            )
    return tuple(sorted(found)) if sound else None


def stored_set(members: tuple[str, ...]) -> str:
    """The stored form of a set (`dsl.types`).

    >>> stored_set(("bike", "ski"))
    '|bike|ski|'
    """
    return f"|{'|'.join(members)}|"
