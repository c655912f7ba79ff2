"""Selects as text, as an engine takes them, made of their trees once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

NUMBERED = ("postgres",)
"""Engines whose parameters have numbers (`$1`), in the order of their names."""


@dataclass(frozen=True, slots=True)
class SqlText:
    """A select in the words of one engine, and the names of its parameters, each once, sorted."""

    text: str
    parameters: tuple[str, ...]


class _Same:
    """A tree by identity: trees compare by content, which takes as long as rendering them."""

    __slots__ = ("tree",)

    def __init__(self, tree: exp.Expression) -> None:
        self.tree = tree

    def __hash__(self) -> int:
        return id(self.tree)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.tree is other.tree


def said(sql: exp.Expression | SqlText, dialect: str) -> SqlText:
    """The text of a finished tree (INVARIANT: it is never changed afterwards), kept for the next time; what is text for
    this engine already is returned."""
    return sql if isinstance(sql, SqlText) else _said(_Same(sql), dialect)


@lru_cache(maxsize=256)
def _said(same: _Same, dialect: str) -> SqlText:
    from sqlglot import exp

    names = tuple(sorted({p.name for p in same.tree.find_all(exp.Placeholder)}))
    if dialect not in NUMBERED:
        return SqlText(same.tree.sql(dialect), names)
    numbers = {name: n for n, name in enumerate(names, start=1)}

    def number(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Placeholder):
            return exp.Parameter(this=exp.Literal.number(numbers[node.name]))
        return node

    return SqlText(same.tree.transform(number).sql(dialect, copy=False), names)
