"""Lark's LALR tables for the grammar, made ahead: to read them takes a twentieth of the time that to make them takes.

They lie in `dsl/grammar_tables/`, under a name that is reckoned from the grammar and Lark's version, as compressed
JSON: plain data, nothing that runs when it is read. `make tables` writes them anew after a change of `grammar.lark`.
Where there are none for this grammar, they are made on the spot, with the same result, and nothing is written.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import Lexer, LexerState, TerminalDef
from lark.parsers.lalr_analysis import Shift

FOLDER = Path(__file__).with_name("grammar_tables")
FORM = 1
"""Counts the forms that `packed` has had."""


class Handed(Lexer):
    """Tokens are handed in one by one; nothing is cut by Lark."""

    def __init__(self, lexer_conf: object) -> None:
        pass

    def lex(self, lexer_state: LexerState, parser_state: Any) -> Iterator[Any]:  # noqa: ARG002 (its signature)
        """Nothing."""
        yield from ()


class Branch:
    """A node as Lark builds it: the rule, its parts (branches, lexemes, None), and offsets, -1 where it is empty."""

    __slots__ = ("children", "data", "end", "start")

    def __init__(self, data: str, children: list[Any]) -> None:
        self.data = data
        self.children = children
        self.start = self.end = -1


Fold = tuple[int, str, Callable[[list[Any]], Any]]
"""To fold by a rule: how many parts it takes, its name, and what makes one of them."""


@dataclass(frozen=True, slots=True)
class Tables:
    """`rows[state]` says for a terminal or a rule's name which state follows, or by which rule to fold.

    `start` is the state to begin in, `end` the one in which a block is whole. `lark` has the rules and the terminals.
    """

    lark: Lark
    rows: tuple[Mapping[str, int | Fold], ...]
    start: int
    end: int


@cache
def grammar() -> str:
    """The text of the grammar."""
    return Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")


@cache
def tables() -> Tables:
    """The tables of the grammar, as they lie ready or else made now, once in a process."""
    path = place(grammar())
    return unpacked(path.read_bytes()) if path.exists() else unpacked(packed(made(grammar())))


def made(text: str) -> Lark:
    """Lark for a grammar, in strict mode (a conflict is an error)."""
    return Lark(text, parser="lalr", lexer=Handed, strict=True, maybe_placeholders=True, tree_class=Branch)


def place(text: str) -> Path:
    """Where the tables of a grammar lie. Each grammar has a name of its own, so that old tables are never read."""
    digest = hashlib.sha256(f"{FORM} {lark.__version__}\n{text}".encode()).hexdigest()
    return FOLDER / f"{digest[:16]}.json.z"


def packed(parser: Lark) -> bytes:
    """What `unpacked` reads; the same bytes for the same grammar and version of Lark."""
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    data["options"] = {k: v for k, v in data["options"].items() if k not in _CLASSES}
    data["parser"]["lexer_conf"]["lexer_type"] = None
    table: Any = parser.parse_interactive().parser_state.parse_conf
    rule = {one: -1 - i for i, one in enumerate(parser.rules)}
    state = _numbered(table)
    names = sorted({name for row in table.states.values() for name in row})
    rows = []
    for row in (table.states[one] for one in state):
        symbols = [i for i, name in enumerate(names) if name in row]
        steps = (row[names[i]] for i in symbols)
        rows.append([symbols, [state[to] if action is Shift else rule[to] for action, to in steps]])
    data["parser"]["parser"] = {  # Lark's own form of the rows is twelve times as long
        "tokens": {},
        "states": {},
        "start_states": {table.start: state[table.start_state]},
        "end_states": {table.start: state[table.end_state]},
    }
    content = {"data": data, "memo": sorted(memo.items()), "names": names, "rows": rows}
    return zlib.compress(json.dumps(content, separators=(",", ":"), sort_keys=True).encode(), 9)


def _numbered(table: Any) -> dict[Any, int]:
    """Lark's states -> numbers in the order in which they are reached, which is the same in each process."""
    order = {table.start_state: 0}
    queue = [table.start_state]
    for one in queue:
        for _, (action, to) in sorted(table.states[one].items(), key=lambda item: item[0]):
            if action is Shift and to not in order:
                order[to] = len(order)
                queue.append(to)
    return order


def unpacked(data: bytes) -> Tables:
    """Tables from what `packed` gave."""
    read = json.loads(zlib.decompress(data))
    inner = read["data"]
    inner["options"] |= _CLASSES
    inner["parser"]["lexer_conf"]["lexer_type"] = Handed
    parser = Lark.load({"data": inner, "memo": dict(read["memo"])})
    ready: Any = parser.parse_interactive().parser_state.parse_conf  # typed in part, and for names only
    folds = [(len(rule.expansion), str(rule.origin.name), ready.callbacks[rule]) for rule in parser.rules]
    steps: list[int | Fold] = [*range(len(read["rows"])), *reversed(folds)]  # a number below zero counts from the end
    name = read["names"].__getitem__
    step = steps.__getitem__
    rows = tuple(dict(zip(map(name, symbols), map(step, numbers), strict=True)) for symbols, numbers in read["rows"])
    return Tables(parser, rows, ready.start_state, ready.end_state)


_CLASSES: dict[str, Any] = {"lexer": Handed, "tree_class": Branch}
