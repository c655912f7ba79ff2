"""Conditions that nest deeper than an engine can read, cut into pieces that are named one after the other.

The language allows 64 levels; the parser of SQLite stops where a hundred signs wait for their ends, at about 30.
A condition that is too deep becomes `(WITH deep_1 AS (SELECT .. AS held), deep_2 AS (.. deep_1 ..) SELECT ..) = 1`:
the pieces read the same row (of contacts or of events) as the condition did, so it may stand wherever conditions
stand. What is not too deep stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

from sqlglot import exp

from engine.sql import build
from engine.sql.earliest import waiting

HELD = "held"

LONGEST_CHAIN = 10
"""Of sums in parentheses, which are left as they are."""


def cut(tree: exp.Select, deepest: int) -> exp.Select:
    """The statement with no condition in which more than `deepest` signs of `and`, `or`, `not` and parentheses wait
    (`engine.sql.earliest.waiting`), whatever its single tests are made of. It is changed in place."""
    _Cutting(deepest).visit(tree, None)
    return tree


@dataclass(slots=True)
class _Cutting:
    deepest: int
    made: int = 0

    def visit(self, node: exp.Expression, pieces: _Pieces | None) -> int:
        """How deep a condition nests when what is too deep in it is cut, 0 for a single test; `pieces`: of the
        condition that it is a part of."""
        if isinstance(node, exp.Add | exp.Sub):
            _open(node)
        junction = isinstance(node, exp.Connector | exp.Not) or (pieces is not None and isinstance(node, exp.Paren))
        if not junction:
            for child in list(node.iter_expressions()):
                self.visit(child, None)
            return 0
        whole = pieces or _Pieces()
        mine, below = waiting(node), 0
        for child in list(node.iter_expressions()):
            found = self.visit(child, whole)
            if mine + found > self.deepest:
                self._named(child, whole)
            else:
                below = max(below, found)
        if pieces is None and whole.tables:
            self._joined(node, whole)
        return mine + below

    def _named(self, part: exp.Expression, pieces: _Pieces) -> None:
        """Make a part of a condition a piece of its own."""
        self.made += 1
        name = f"deep_{self.made}"
        held = exp.Select(expressions=[build.column(HELD, name)]).from_(build.table(name))
        reference = build.parens(build.compared("=", exp.Subquery(this=held), build.number(1)))
        part.replace(reference)
        alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
        pieces.tables.append(exp.CTE(this=_answer(part), alias=alias))

    def _joined(self, node: exp.Expression, pieces: _Pieces) -> None:
        """Put a condition together with its pieces."""
        stand_in = exp.EQ(expression=build.number(1))
        node.replace(stand_in)
        select = _answer(node)
        select.set("with_", exp.With(expressions=pieces.tables))
        stand_in.set("this", exp.Subquery(this=select))


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


@dataclass(slots=True)
class _Pieces:
    """The pieces of one condition, each after those that it reads."""

    tables: list[exp.Expression] = field(default_factory=list)


def _answer(test: exp.Expression) -> exp.Select:
    return exp.Select(expressions=[build.named(build.flag(cast("exp.Expression", test.unnest())), HELD)])
