"""Suppress blocks: who is never written to."""

from __future__ import annotations

from dsl import model, tree
from dsl.bind.blocks import common, where_of
from dsl.bind.clauses import category_named
from dsl.bind.context import Scope


def suppress(scope: Scope, block: tree.Suppress) -> model.Suppress | None:
    """`suppress NAME [from CATEGORY] where ..`, or None after a finding."""
    shared = common(scope, block, block.head, block.clauses)
    category = None if block.category is None else category_named(scope, block.category)
    _, where = where_of(scope, block.clauses)
    if where is None:
        if not any(isinstance(clause, tree.Where) for clause in block.clauses):
            scope.error(
                "K0301",
                f"`{block.head.name.text}` does not say who gets nothing",
                block.head.name.span,
                "no `where` follows",
                "add `where ..`; to stop everything pause the triggers",
            )
        return None
    if category is None and block.category is not None:
        return None
    return model.Suppress(**shared, where=where, category=category)
