"""K0407: `and` and `or` in one chain without parentheses. The only rule about the text rather than its meaning."""

from __future__ import annotations

from collections.abc import Iterable

from dsl import tree
from dsl.diagnostics import Diagnostic, Fix, Label
from dsl.lint.finding import warning
from dsl.lint.view import View
from dsl.lint.walk import walk


def mixed_words(view: View) -> Iterable[Diagnostic]:
    """Each `or` with a bare `and` beside it."""
    for parsed in view.trees:
        for block in parsed.blocks:
            for node in walk(block):
                inner = (
                    [item for item in node.items if isinstance(item, tree.AllOf)]
                    if isinstance(node, tree.AnyOf)
                    else []
                )
                if inner:
                    yield _told(view, inner, _title(block))


def _told(view: View, inner: list[tree.AllOf], block: str | None) -> Diagnostic:
    first, *more = inner
    text = view.texts[first.span.file]
    return warning(
        "K0407",
        "`and` and `or` are mixed without parentheses",
        first.span,
        "`and` binds first",
        f"say what is meant: `({view.source(first.span)}) or ..`, or parentheses round the `or`",
        block=block,
        secondary=[Label(one.span, "and here") for one in more],
        fixes=[Fix("put it in parentheses", one.span, f"({one.span.text(text)})") for one in inner],
    )


def _title(block: tree.Block) -> str | None:
    match block:
        case tree.Broken():
            return None
        case tree.Test(title=title):
            return f"test `{title.text}`"
    return f"{type(block).__name__.lower()} `{block.head.name.text}`"
