"""The grammar as data for people: `dsl/grammar.lark` read with the grammar that Lark ships of its own notation.

What nothing refers to is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, assert_never

from lark import Lark, Token, Tree

FOR_FINDINGS = frozenset({("cap_per", "bare_period"), ("literal", "percent_word"), ("simple", "time")})
"""Rule and part that the grammar reads only so that the checker can say what is wrong with it: `per day` could mean
either (K0320), a percentage or a time of day has no place in an expression (K0223). People are not shown them."""

SECTION = re.compile(r"^// -{5,} (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or sign that is written as it stands; of a token (`WORD`) its name."""

    text: str


@dataclass(frozen=True, slots=True)
class Ref:
    """Another rule."""

    name: str


@dataclass(frozen=True, slots=True)
class Seq:
    """One after the other; nothing at all where there are no parts."""

    parts: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Alt:
    """One of these."""

    parts: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Maybe:
    """May be left out."""

    part: Shape


@dataclass(frozen=True, slots=True)
class Many:
    """Any number of times, also none."""

    part: Shape


Shape = Keyword | Ref | Seq | Alt | Maybe | Many


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its alternatives, each with the name that the tree gives it (its own where it has none)."""

    name: str
    section: str
    alternatives: tuple[tuple[str, Shape], ...]


def read(text: str) -> tuple[Rule, ...]:
    """The rules in the order of the file, without what nothing refers to."""
    notation = Lark.open_from_package(
        "lark", "lark.lark", ["grammars"], parser="lalr", propagate_positions=True, maybe_placeholders=False
    )
    parsed = notation.parse(text)
    heads = [(0, "The file")] + [(match.start(), match[1]) for match in SECTION.finditer(text)]
    rules = []
    for item in parsed.children:
        if not isinstance(item, Tree) or item.data != "rule":
            continue
        word: Token = item.children[0]  # type: ignore[assignment]
        section = next(title for at, title in reversed(heads) if at <= (word.start_pos or 0))
        name = word.lstrip("!?")
        hidden = frozenset(part for rule, part in FOR_FINDINGS if rule == name)
        options = [
            (label, _without(shape, hidden))
            for label, shape in _options(item.children[-1], name)
            if label not in hidden and not (isinstance(shape, Ref) and shape.name in hidden)
        ]
        if options:
            rules.append(Rule(name, section, tuple(options)))
    return _reached(rules)


def references(shape: Shape) -> frozenset[str]:
    """The rules that a shape names."""
    match shape:
        case Keyword():
            return frozenset()
        case Ref(name):
            return frozenset({name})
        case Seq(parts) | Alt(parts):
            return frozenset(name for part in parts for name in references(part))
        case Maybe(part) | Many(part):
            return references(part)
        case _ as never:
            assert_never(never)


def keywords(shape: Shape) -> frozenset[str]:
    """The words and signs that a shape holds itself."""
    match shape:
        case Keyword(text):
            return frozenset({text})
        case Ref():
            return frozenset()
        case Seq(parts) | Alt(parts):
            return frozenset(text for part in parts for text in keywords(part))
        case Maybe(part) | Many(part):
            return keywords(part)
        case _ as never:
            assert_never(never)


def _reached(rules: list[Rule]) -> tuple[Rule, ...]:
    by_name = {rule.name: rule for rule in rules}
    reached, queue = {"start"}, ["start"]
    while queue:
        for _, shape in by_name[queue.pop()].alternatives:
            queue += references(shape) - reached
            reached |= references(shape)
    return tuple(rule for rule in rules if rule.name in reached)


def _without(shape: Shape, hidden: frozenset[str]) -> Shape:
    """A sequence without those of its parts that name only what is hidden."""
    if not hidden or not isinstance(shape, Seq):
        return shape
    return Seq(tuple(part for part in shape.parts if not references(part) or references(part) - hidden))


def _options(node: Any, name: str) -> list[tuple[str, Shape]]:
    """The alternatives of a rule's right side."""
    found = []
    for one in node.children if isinstance(node, Tree) and node.data == "expansions" else [node]:
        label = name
        shape = one
        if isinstance(one, Tree) and one.data == "alias":
            shape, alias = one.children
            label = str(alias)
        found.append((label, _shape(shape)))
    return found


def _shape(node: Any) -> Shape:
    match node.data:
        case "expansions":
            return Alt(tuple(shape for _, shape in _options(node, "")))
        case "alias":
            return _shape(node.children[0])
        case "expansion":
            parts = tuple(_shape(child) for child in node.children)
            return parts[0] if len(parts) == 1 else Seq(parts)
        case "maybe":
            return Maybe(_shape(node.children[0]))
        case "expr":
            part, sign = _shape(node.children[0]), str(node.children[1])
            signs: dict[str, Shape] = {"?": Maybe(part), "*": Many(part), "+": Seq((part, Many(part)))}
            return signs[sign]
        case "name":
            text = str(node.children[0])
            return Keyword(text) if text.isupper() else Ref(text)
        case "literal":
            return Keyword(str(node.children[0]).strip('"'))
        case other:
            raise AssertionError(other)
