"""Help lines for an unknown name."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.names import listed, nearest

__all__ = ["advice", "nearest"]


def advice(name: str, options: Iterable[str], what: str) -> tuple[str, ...]:
    """The nearest option, else the first few of what there is; nothing where there are no options.

    >>> advice("colour", ["shape", "size"], "keys")
    ('keys here: `shape` and `size`',)
    """
    known = list(options)
    near = nearest(name, known)
    if near is not None:
        return (f"did you mean `{near}`?",)
    return (f"{what} here: {listed(known, last='and')}",) if known else ()
