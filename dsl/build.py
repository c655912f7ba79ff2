"""Lark's tree to ours: each rule of the grammar builds the class of its name in `dsl.tree`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from dsl import tree
from dsl.tables import Branch
from dsl.tokens import Page

WORDS = frozenset(
    [
        "cmp",
        "not_word",
        "text_test_word",
        "has_word",
        "pick_word",
        "how_many",
        "period",
        "local_word",
        "unit",
        "arithmetic_word",
        "aggregate_word",
        "minus_word",
        "percent_word",
        "nth_word",
        "sign",
        "ranked",
        "total_word",
        "including",
        "leap_month",
        "weekday",
        "side",
        "verdict_word",
        "distance_unit",
        "keep_word",
    ]
)
"""Rules that keep their keywords: they build a `Word`."""

MANY = frozenset({"any_of", "all_of", "arithmetic", "options", "names", "days", "assignments", "actions"})
"""Rules whose parts are one tuple."""


def _rules() -> dict[str, Callable[..., tree.Node]]:
    found: dict[str, Callable[..., tree.Node]] = {}
    for name, value in vars(tree).items():
        if isinstance(value, type) and issubclass(value, tree.Node) and value is not tree.Node:
            found[re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()] = value
    return found


CLASSES: Mapping[str, Callable[..., tree.Node]] = _rules()


def build(parsed: Branch, page: Page) -> Any:
    """The node for a tree of Lark's."""
    rule = parsed.data
    if rule.endswith("_clauses"):
        return tuple(build(child, page) for child in parsed.children if isinstance(child, Branch))
    span = page.span(parsed.start, parsed.end)
    if rule in WORDS:
        return tree.Word(" ".join(lexeme.text for lexeme in parsed.children), span=span)
    match rule:
        case "name" | "field":
            return tree.Name(parsed.children[0].text, span=span)
        case "text":
            return tree.Text(str(parsed.children[0].value), span=span)
        case "number":
            return tree.Number(str(parsed.children[0].value), span=span)
        case "date":
            return tree.Date(int(parsed.children[0].value), span=span)
        case "time":
            return tree.Time(int(parsed.children[0].value), span=span)
    parts = [None if child is None else build(child, page) for child in parsed.children]
    if rule in MANY:
        return CLASSES[rule](tuple(part for part in parts if part is not None), span=span)
    return CLASSES[rule](*parts, span=span)


def part_count(rule: str) -> int:
    """How many parts the class of a rule takes, for the test that grammar and tree agree."""
    return len(fields(CLASSES[rule])) - 1  # type: ignore[arg-type]
