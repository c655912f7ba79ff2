"""Conditions and values that nest deeper than an engine can read, cut into pieces that are named one after the other.

The language allows 64 levels; the parser of SQLite stops where a hundred signs wait for their ends, at about 30 levels
of a condition, fewer of a value. What is too deep becomes `(WITH deep_1 AS (SELECT .. AS held), deep_2 AS (..
deep_1 ..) SELECT ..)`, compared with 1 if it is a condition: the pieces read the same row (of contacts or of events),
so the whole may stand wherever it stood. What is not too deep stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

from sqlglot import exp

from engine.sql import build
from engine.sql.dialects import Depth
from engine.sql.earliest import waiting

HELD = "held"

LONGEST_CHAIN = 10
"""Of sums in parentheses, which are left as they are."""

CHOSEN = 20
"""How many signs of `build.chosen` wait while one of its items is read, about."""

RECKONED = (
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Paren),
    *(exp.Coalesce, exp.Greatest, exp.Least, exp.Case),
)
"""What values are made of, besides choices in rows (`build.chosen`)."""

OTHER_ROWS = (exp.Query, exp.Subquery, exp.AggFunc, exp.Filter, exp.Window)
"""What stands inside these reads other rows, or may not be taken out of them."""


def cut(tree: exp.Select, deepest: Depth) -> exp.Select:
    """The statement with no condition, and no value, in which more signs wait for their ends than `deepest` says
    (`engine.sql.earliest.waiting`). It is changed in place."""
    _Cutting(deepest).visit(tree, None)
    return tree


@dataclass(slots=True)
class _Pieces:
    """The pieces of one condition or value, each after those that it reads."""

    tables: list[exp.Expression] = field(default_factory=list)


@dataclass(slots=True)
class _Cutting:
    deepest: Depth
    made: int = 0

    def visit(self, node: exp.Expression, pieces: _Pieces | None) -> int:
        """How deep a condition nests when what is too deep in it is cut, 0 for a single test; `pieces`: of the
        condition or value that it is a part of, where that reads the same row."""
        junction = isinstance(node, exp.Connector | exp.Not) or (pieces is not None and isinstance(node, exp.Paren))
        if not junction:
            self._single(node, pieces)
            return 0
        whole = pieces or _Pieces()
        mine, below = waiting(node), 0
        for child in list(node.iter_expressions()):
            found = self.visit(child, whole)
            if mine + found > self.deepest.conditions:
                self._named(child, whole, condition=True)
            else:
                below = max(below, found)
        if pieces is None and whole.tables:
            self._joined(node, whole, condition=True)
        return mine + below

    def _single(self, node: exp.Expression, pieces: _Pieces | None) -> None:
        """A test, a value, or whatever they stand in."""
        if _is_value(node):
            whole = pieces or _Pieces()
            self._value(node, whole)
            if pieces is None and whole.tables:
                self._joined(node, whole, condition=False)
            return
        same = None if isinstance(node, OTHER_ROWS) else pieces
        for child in list(node.iter_expressions()):
            self.visit(child, same)

    def _value(self, node: exp.Expression, whole: _Pieces) -> int:
        """How deep a value nests when what is too deep in it is cut."""
        if isinstance(node, exp.Add | exp.Sub):
            _open(node)
        chosen, below = build.options_of(node), 1
        for child in list(_parts(node)):
            if not _is_value(child):
                self.visit(child, whole)
                continue
            found = self._value(child, whole)
            # what stands in front is read to its end before the sign is seen
            front = isinstance(node, exp.Binary) and child is node.this
            mine = CHOSEN if chosen else 0 if front else waiting(node)
            if mine + found > self.deepest.values:
                self._named(child, whole, condition=False)
            else:
                below = max(below, mine + found)
        return below

    def _named(self, part: exp.Expression, pieces: _Pieces, *, condition: bool) -> None:
        """Make a part of a condition or value a piece of its own."""
        self.made += 1
        name = f"deep_{self.made}"
        held = exp.Subquery(
            this=exp.Select(expressions=[build.column(HELD, name)]).from_(build.table(name)),
        )
        part.replace(build.parens(build.compared("=", held, build.number(1))) if condition else held)
        alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
        pieces.tables.append(exp.CTE(this=_answer(part, condition=condition), alias=alias))

    def _joined(self, node: exp.Expression, pieces: _Pieces, *, condition: bool) -> None:
        """Put a condition or value together with its pieces."""
        whole = exp.Subquery()
        node.replace(exp.EQ(this=whole, expression=build.number(1)) if condition else whole)
        select = _answer(node, condition=condition)
        select.set("with_", exp.With(expressions=pieces.tables))
        whole.set("this", select)


def _is_value(node: exp.Expression) -> bool:
    return isinstance(node, RECKONED) or bool(build.options_of(node))


def _parts(node: exp.Expression) -> Iterator[exp.Expression]:
    """The tests and values of which a value is made."""
    for child in build.options_of(node) or node.iter_expressions():
        if isinstance(child, exp.If):
            yield from child.iter_expressions()
        else:
            yield child


def _open(node: exp.Expression) -> None:
    """Take the parentheses off a long chain of sums: with the longer part of each in front it is read from the left in
    any case, and no sign waits. What is added to what stays the same."""
    chain = [node]
    while (inner := _longer(chain[-1])) is not None:
        chain.append(inner)
    if len(chain) <= LONGEST_CHAIN:
        return
    for outer, inner in pairwise(chain):
        if outer.this.unnest() is not inner:
            outer.set("expression", outer.this)
        outer.set("this", inner)


def _longer(node: exp.Expression) -> exp.Expression | None:
    """The sum in parentheses that is a part of a sum, and may stand in front."""
    for part in (node.this, node.expression) if isinstance(node, exp.Add) else (node.this,):
        if isinstance(part, exp.Paren) and isinstance(part.this, exp.Add | exp.Sub):
            return part.this
    return None


def _answer(part: exp.Expression, *, condition: bool) -> exp.Select:
    held = cast("exp.Expression", part.unnest()) if isinstance(part, exp.Paren) else part
    return exp.Select(expressions=[build.named(build.flag(held) if condition else held, HELD)])
