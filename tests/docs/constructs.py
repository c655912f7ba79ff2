"""Which constructs of the grammar a text uses: seen where the parser folds each of its rules.

A construct is a rule and one symbol of it, in words: `cause: "entering"`, `window_last: duration`, `unit: "week"`. So
a page that shows every construct shows each alternative of each rule and each part that may be left out.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from dsl.parse import parse
from dsl.tables import Fold, Tables, tables
from scripts.grammar_shape import FOR_FINDINGS

Construct = tuple[str, str]

NUMERUS = {"day", "hour", "minute", "month", "point", "time", "week", "year"}
"""Words that stand beside their own plural: either of them is enough."""


def _later(rule: Any) -> bool:
    """What the language reserves and does not carry out yet."""
    return str(rule.alias or rule.origin.name).startswith("later_")


@cache
def _shown() -> dict[str, str]:
    """Terminal -> as people read it; one word for singular and plural."""
    shown = {str(t.name): str(t.pattern.value) for t in tables().lark.terminals}
    return {name: f'"{text[:-1] if text[:-1] in NUMERUS else text}"' for name, text in shown.items()}


@cache
def _constructs(rule: Any) -> frozenset[Construct]:
    """What folding this rule shows. The helpers that Lark makes for `*` belong to the rule they repeat in."""
    name = str(rule.alias or rule.origin.name)
    if name.startswith("__"):
        name = name.removeprefix("__").rsplit("_star_", 1)[0]
    symbols = (str(symbol.name) for symbol in rule.expansion)
    shown = {_shown().get(symbol, symbol) for symbol in symbols if not symbol.startswith("__")}
    return frozenset((name, symbol) for symbol in shown if not symbol.startswith("later_"))


def all_constructs() -> frozenset[Construct]:
    """Everything that the grammar has and the language carries out."""
    rules = [rule for rule in tables().lark.rules if not _later(rule)]
    reached, before = {"start"}, 0
    while len(reached) > before:
        before = len(reached)
        reached |= {str(s.name) for rule in rules if rule.origin.name in reached for s in rule.expansion}
    live = [rule for rule in rules if rule.origin.name in reached]
    return frozenset(construct for rule in live for construct in _constructs(rule)) - _for_findings_only()


def _for_findings_only() -> frozenset[Construct]:
    """What no page recommends, because it is read only to be told as a mistake; and fields called `age` or `last`."""
    words = {str(t.pattern.value) for t in tables().lark.terminals if str(t.pattern.value).isalpha()}
    inside = {("bare_period", '"per"'), ("bare_period", "unit"), ("percent_word", '"%"')}
    return FOR_FINDINGS | inside | {("field", f'"{word}"') for word in words}


@cache
def _watched() -> tuple[Tables, set[Any]]:
    """The parser's tables such that each rule that is folded is added to the set. Made once: there are many steps."""
    ready = tables()
    conf: Any = ready.lark.parse_interactive().parser_state.parse_conf
    rules = {id(make): rule for rule, make in conf.callbacks.items()}
    seen: set[Any] = set()

    def watched(step: int | Fold) -> int | Fold:
        if isinstance(step, int):
            return step
        size, origin, make = step

        def call(children: list[Any]) -> Any:
            seen.add(rules[id(make)])
            return make(children)

        return size, origin, call

    rows = tuple({name: watched(step) for name, step in row.items()} for row in ready.rows)
    return replace(ready, rows=rows), seen


def used_in(text: str) -> frozenset[Construct]:
    """The constructs of a playbook without mistakes."""
    ready, seen = _watched()
    seen.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dsl.parse.tables", lambda: ready)
        found = parse("example", text)
    assert [d.summary for d in found.diagnostics] == [], text
    return frozenset(construct for rule in seen for construct in _constructs(rule))
