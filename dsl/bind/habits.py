"""What people write from habit and the grammar reads, but no name stands for: `today`, `null`, `CH or LI`."""

from __future__ import annotations

from collections.abc import Sequence

from dsl import tree
from dsl.bind.context import Scope
from dsl.types import OneOf, Text, Type

_DAY = (
    "a day is asked for by how far it is: `FIELD in last 7 days`, `FIELD in next 7 days`, or `FIELD >= 2026-11-22`",
    "the day of a birthday is `FIELD anniversary today`",
)

WORDS: dict[str, tuple[str, str | None, tuple[str, ...]]] = {
    word: said
    for words, said in (
        ("everybody anyone anybody all alle jeder", ("did you mean `everyone`?", "everyone", ())),
        ("today now yesterday tomorrow heute jetzt gestern morgen", ("a day has no name of its own here", None, _DAY)),
        (
            "null none nil empty leer missing",
            ("nothing at all is no value", None, ("ask `is missing` or `is known`: `email is missing`",)),
        ),
        ("true false", ("what is yes or no stands alone", None, ("write `FIELD`, or `not FIELD`",))),
    )
    for word in words.split()
}
"""A word -> label, what to write instead (if that is clear), help."""


def is_habit(scope: Scope, path: tree.Path) -> bool:
    """Report a name that stands for nothing, but is a word for something elsewhere."""
    name = path.first.text
    said = WORDS.get(name.casefold())
    if said is None or path.second is not None:
        return False
    label, instead, help_ = said
    scope.error("K0202", f"nothing here is called `{name}`", path.span, label, *help_, instead=instead)
    return True


def is_stray_value(scope: Scope, items: Sequence[tree.Expr], at: int) -> bool:
    """Report the `LI` of `country = CH or LI`: a value that was to be compared with what stands further left."""
    item = items[at]
    compared = next((one for one in reversed(items[:at]) if not isinstance(one, tree.Path | tree.Text)), None)
    if not isinstance(compared, tree.Compare) or compared.op.text not in ("=", "!="):
        return False
    left = compared.left
    if not isinstance(left, tree.Path) or left.second is not None:
        return False
    kind = _type_of(scope, left.first.text)
    match item:
        case tree.Path(first=first, second=None) if isinstance(kind, OneOf) and first.text in kind.members:
            pass
        case tree.Text() if isinstance(kind, Text | OneOf):
            pass
        case _:
            return False
    typed = scope.text(item.span)
    word = "in" if compared.op.text == "=" else "not in"
    says = f"write `{scope.text(left.span)} {word} ({scope.text(compared.right.span)}, {typed})`"
    scope.error(
        "K0224",
        f"`{typed}` alone is no condition",
        item.span,
        f"what is to be compared with `{typed}`?",
        says,
        "each side of `and` and `or` is a whole condition",
    )
    return True


def _type_of(scope: Scope, name: str) -> Type | None:
    own = scope.event.properties.get(name) if scope.event is not None else None
    field = own or scope.project.schema.fields.get(name)
    return None if field is None else field.type
