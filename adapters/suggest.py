"""The nearest fitting name, for "did you mean" in messages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, options: Iterable[str]) -> str | None:
    """The option that looks most like `name` (case aside), or None if none is near.

    >>> nearest("frist_name", ["first_name", "last_name"])
    'first_name'
    """
    folded = {option.casefold(): option for option in options}
    found = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def advice(name: str, options: Iterable[str], what: str) -> tuple[str, ...]:
    """Help lines for an unknown name: the nearest one, else the first few of what there is.

    >>> advice("colour", ["shape", "size"], "keys")
    ('keys here: `shape`, `size`',)
    """
    known = list(options)
    near = nearest(name, known)
    if near is not None:
        return (f"did you mean `{near}`?",)
    if not known:
        return ()
    shown = ", ".join(f"`{k}`" for k in known[:12])
    return (f"{what} here: {shown}{', ..' if len(known) > 12 else ''}",)
