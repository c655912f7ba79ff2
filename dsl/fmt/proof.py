"""The proof that a new layout says the same: equal trees, the same comments in the same order."""

from __future__ import annotations

from dataclasses import fields

from dsl import tree
from dsl.fmt.comments import comments
from dsl.parse import Parsed
from dsl.tokens import Page, scan


class UnsoundLayoutError(Exception):
    """The formatter would have changed what a file says: a mistake of ours, and nothing may be written."""


def prove(before: Parsed, after: Parsed) -> None:
    """Raise UnsoundLayoutError unless both say the same.

    Spans do not count, nor do parentheses round an `and` that stands inside an `or`: they are the only ones that
    the formatter puts in.
    """
    if after.diagnostics:
        raise UnsoundLayoutError(f"{before.file}: the new layout does not parse: {after.diagnostics[0].summary}")
    if len(before.blocks) != len(after.blocks):
        raise UnsoundLayoutError(f"{before.file}: {len(before.blocks)} blocks became {len(after.blocks)}")
    for old, new in zip(before.blocks, after.blocks, strict=True):
        if not same(old, new):
            raise UnsoundLayoutError(f"{before.file}:{old.span.line}: the new layout of this block says something else")
    if said(before.text) != said(after.text):
        raise UnsoundLayoutError(f"{before.file}: the new layout loses or moves a comment")


def said(text: str) -> list[str]:
    """All comments of a text, in order."""
    gaps = comments(text, scan(Page("", text)).lexemes)
    return [comment.text for gap in sorted(gaps) for comment in gaps[gap]]


def same(old: object, new: object) -> bool:
    """Whether two trees are equal but for spans and the parentheses that show how `and` and `or` bind."""
    todo: list[tuple[object, object]] = [(old, new)]
    while todo:
        a, b = todo.pop()
        match a, b:
            case tree.AnyOf(items=ours), tree.AnyOf(items=theirs):
                todo.append((tuple(map(_bare, ours)), tuple(map(_bare, theirs))))
            case tuple(), tuple():
                if len(a) != len(b):
                    return False
                todo += zip(a, b, strict=True)
            case tree.Node(), tree.Node():
                if type(a) is not type(b):
                    return False
                todo += [(getattr(a, f.name), getattr(b, f.name)) for f in fields(a) if f.compare]
            case _ if a != b:
                return False
    return True


def _bare(item: tree.Node) -> tree.Node:
    return item.item if isinstance(item, tree.Group) and isinstance(item.item, tree.AllOf) else item
