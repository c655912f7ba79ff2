"""Random programs of the whole grammar: each rule is walked as the parser has it.

What a walk gives need not mean anything, and may even read otherwise than it was made (`at most 1 a` where `a` is a
keyword), but most of it parses. `spread` puts blanks, new lines and comments between the tokens.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from hypothesis import strategies as st

from dsl.tables import tables

LEAVES = {
    "WORD": ["anna", "country", "größe", "a_b2", "CH", "age", "last", "for", "from", "first", "e\u0301t\u00e9"],
    "QUOTED": ['"x"', '"# no comment"', '"and ( or"', '"Bergröstung"', '""', '"a\tb"', f'"{"long " * 12}"'],
    "DIGITS": ["1", "7", "1_000", "12.50", "0", "100_000"],
    "CALENDAR_DAY": ["2026-11-22", "2024-02-29"],
    "CLOCK": ["09:00", "23:59"],
}
BLANKS = [" ", "  ", "\n  ", "\r\n\t", "\t", "\n\n    "]
COMMENTS = ["# one", "#two  ", "# drei \u00fc", "#\ttab", "#"]

Token = str


@cache
def _rules() -> dict[str, list[tuple[str, ...]]]:
    """Origin -> expansions, of symbols: `rule` or `TERMINAL`."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for rule in tables().lark.rules:
        found.setdefault(str(rule.origin.name), []).append(tuple(str(symbol.name) for symbol in rule.expansion))
    return found


@cache
def _patterns() -> dict[str, str]:
    return {str(t.name): str(t.pattern.value) for t in tables().lark.terminals}


@cache
def _depths() -> dict[str, int]:
    """The least depth of a walk from each rule."""
    rules = _rules()
    found: dict[str, int] = {}
    while len(found) < len(rules):
        for name, expansions in rules.items():
            known = [
                1 + max((found.get(s, 0) for s in one if s in rules), default=0)
                for one in expansions
                if all(s in found for s in one if s in rules)
            ]
            if known:
                found[name] = min(known)
    return found


def _walk(draw: Any, symbol: str, depth: int) -> list[Token]:
    rules, depths = _rules(), _depths()
    if symbol not in rules:
        return [draw(st.sampled_from(LEAVES[symbol]))] if symbol in LEAVES else [_patterns()[symbol]]
    fitting = [one for one in rules[symbol] if max((depths[s] for s in one if s in rules), default=0) < max(depth, 1)]
    if not fitting:
        fitting = sorted(rules[symbol], key=lambda one: max((depths[s] for s in one if s in rules), default=0))[:1]
    if symbol.endswith("_clauses"):
        fitting += 4 * [one for one in fitting if one]  # a block without clauses shows little
    one = draw(st.sampled_from(fitting))
    return [token for part in one for token in _walk(draw, part, depth - 1)]


@st.composite
def blocks(draw: st.DrawFn, *, most: int = 4, depth: int = 30) -> list[list[Token]]:
    """Some blocks, as tokens."""
    return [_walk(draw, "block", draw(st.integers(12, depth))) for _ in range(draw(st.integers(1, most)))]


def plainly(program: list[list[Token]]) -> str:
    """A program with one space between its tokens, a line for each block."""
    return "".join(" ".join(block) + "\n" for block in program)


@st.composite
def spread(draw: st.DrawFn, program: list[list[Token]], *, comments: bool) -> str:
    """The same tokens with other blanks, and perhaps comments, between them."""
    pick = random.Random(draw(st.integers(0, 1_000_000)))  # a draw for each blank takes too long
    out: list[str] = []

    def gap(begins: bool) -> None:
        if comments and pick.randrange(7) == 0:
            for _ in range(pick.choice([1, 1, 2])):
                out.append(pick.choice([" ", "\n", "\n  ", "\n\n", "\r\n"]))
                out.append(pick.choice(COMMENTS))
            out.append("\n" if begins else pick.choice(["\n ", "\n\n  "]))
        else:
            out.append(pick.choice(["\n", "\n\n", "\r\n"] if begins else BLANKS))

    for block in program:
        for i, token in enumerate(block):
            gap(begins=i == 0)
            out.append(token)
    out.append(pick.choice(["", "\n", "\n# end", "  # end\n"] if comments else ["", "\n\n"]))
    return "".join(out)
