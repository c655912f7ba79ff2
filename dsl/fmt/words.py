"""Nodes to documents: the words of a clause with the right blanks between them, and the places where it may break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from dsl import tree
from dsl.fmt.docs import WIDTH, Align, Doc, Fill, Group, Line, Nest, Remarks
from dsl.fmt.rules import Rule, rule_of
from dsl.tokens import Lexeme


def children(node: tree.Node) -> list[tree.Node]:
    """The nodes directly below a node, in order of the text."""
    found: list[tree.Node] = []
    for one in fields(node):
        value = getattr(node, one.name)
        found += [part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, tree.Node)]
    return sorted(found, key=lambda part: part.span.start)


def below(node: tree.Node) -> Iterator[tree.Node]:
    """A node and all below it."""
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        todo += children(one)


class Words:
    """The tokens of a file, addressed by number, as documents.

    `remarks`: comments that stand where a chain breaks, by the number of the operator behind them. `pads`: blanks
    behind a token where columns are aligned. `explicit`: put parentheses round an `and` inside an `or`.
    """

    def __init__(self, text: str, lexemes: Sequence[Lexeme], *, explicit: bool) -> None:
        self.text = text
        self.lexemes = lexemes
        self.explicit = explicit
        self.remarks: dict[int, Remarks] = {}
        self.pads: dict[int, int] = {}
        self._starts: Mapping[int, int] = {one.start: i for i, one in enumerate(lexemes)}
        self._ends: Mapping[int, int] = {one.end: i + 1 for i, one in enumerate(lexemes)}
        self._respelt: dict[int, str] = {}

    def reach(self, node: tree.Node) -> tuple[int, int]:
        """The numbers of a node's first token and of the one behind its last."""
        return self._starts[node.span.start], self._ends[node.span.end]

    def spelling(self, i: int) -> str:
        """A token as it is written: the author's spelling, save where two say the same."""
        one = self.lexemes[i]
        return self._respelt.get(i, self.text[one.start : one.end])

    def learn(self, block: tree.Node) -> None:
        """One spelling for one idea: `is not missing` is `is known`, `is not known` is `is missing`."""
        for node in below(block):
            if isinstance(node, tree.IsKnown | tree.IsMissing):
                _, end = self.reach(node)
                if self.lexemes[end - 2].text == "not":
                    self._respelt[end - 2] = ""
                    self._respelt[end - 1] = "known" if isinstance(node, tree.IsKnown) else "missing"

    def operators(self, node: tree.Node) -> list[int]:
        """The tokens before which a chain breaks: the `and`s and `or`s between the items of a node."""
        return [self.reach(item)[0] - 1 for item in children(node)[1:]]

    def doc(self, node: tree.Node) -> Doc:
        """A node as a document."""
        match rule_of(node):
            case Rule.CHAIN:
                return Group(self._chain(node))
            case Rule.SUM:
                return Group(self._sum(node))
            case Rule.LIST:
                items = children(node)
                filled = [(self.doc(item), ",") for item in items[:-1]] + [self.doc(item) for item in items[-1:]]
                return ("(", Align(Fill(tuple(filled))), ")")
            case _:
                return self.run(*self.reach(node), children(node))

    def run(self, start: int, end: int, nodes: Sequence[tree.Node]) -> Doc:
        """The tokens from `start` to `end`, those of `nodes` as their documents; what parentheses hold is nested."""
        at = {self.reach(node)[0]: node for node in nodes}
        open_: list[list[Doc]] = [[]]
        i = start
        while i < end:
            node = at.get(i)
            sign = self.lexemes[i].text if node is None and self.lexemes[i].kind == "sign" else ""
            blank = self._blank(i) if i > start else ""
            if sign == ")" and len(open_) > 1:
                inside = tuple(open_.pop())
                open_[-1] += [Nest(2, inside), ")"]
            else:
                open_[-1] += [blank, self.spelling(i) if node is None else self.doc(node)]
            if sign == "(":
                open_.append([])
            i = i + 1 if node is None else self.reach(node)[1]
        return tuple(tuple(level) for level in open_)

    def _chain(self, node: tree.Node) -> Doc:
        parts: list[Doc] = []
        for item in children(node):
            inner = self.doc(item)
            if self.explicit and isinstance(node, tree.AnyOf) and isinstance(item, tree.AllOf):
                inner = ("(", Nest(2, inner), ")")
            if parts:
                operator = self.reach(item)[0] - 1
                parts += [self.remarks.get(operator, Line()), self.spelling(operator), " "]
            parts.append(inner)
        return tuple(parts)

    def _sum(self, node: tree.Node) -> Doc:
        parts: list[Doc] = []
        for item in children(node):
            if isinstance(item, tree.Word):
                parts += [Line(), self.doc(item), " "]
            else:
                parts.append(self.doc(item))
        return tuple(parts)

    def _blank(self, i: int) -> str:
        """What stands between a token and the one before it on its line."""
        before, here = self.lexemes[i - 1], self.lexemes[i]
        if i - 1 in self.pads:
            return " " * self.pads[i - 1]
        if self._respelt.get(i) == "":
            return ""
        if before.kind == "sign" and before.text in ("(", ".", "+", "-"):
            return ""
        if here.kind == "sign" and here.text in (")", ".", ","):
            return ""
        return " "


@dataclass(frozen=True, slots=True)
class Unit:
    """What begins a line of the page: a block's head, a clause, a detail of one; tokens `start` to `end`.

    `leading` are comments on lines of their own before it, `trailing` the one behind its last token; `width` is how
    many columns its lines may take.
    """

    indent: int
    start: int
    end: int
    nodes: tuple[tree.Node, ...]
    leading: tuple[str, ...] = ()
    trailing: str | None = None
    width: int = WIDTH
