"""A graph as Mermaid, which GitHub, GitLab and many editors draw from text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from engine.graph import LAYERS, Graph, Kind, Node

SHAPES: Mapping[Kind, tuple[str, str]] = {
    "leaf": ("(", ")"),
    "segment": ("([", "])"),
    "score": ("{{", "}}"),
    "trigger": (">", "]"),
    "channel": ("[[", "]]"),
    "team": ("[[", "]]"),
}
"""The brackets round the label of a kind; a rectangle for all others."""


def mermaid(graph: Graph) -> str:
    """The graph as a flow chart, a subgraph for each layer."""
    ids = {key: f"n{number}" for number, key in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for number, layer in enumerate(LAYERS):
        if nodes := graph.layer(layer):
            lines += [f'  subgraph layer{number}["{layer}"]', *(f"    {ids[n.key]}{_box(n)}" for n in nodes), "  end"]
    for edge in graph.edges:
        words = f'|"{quoted(", ".join(edge.words))}"|' if edge.words else ""
        lines.append(f"  {ids[edge.source]} -->{words} {ids[edge.target]}")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Text for a label in quotes: letters and digits stand as they are, every sign that could mean something to Mermaid
    or HTML stands as its number, and what cannot be seen (ends of lines, marks of direction) is a space.

    >>> quoted('a "b" <c>')
    'a #34;b#34; #60;c#62;'
    """
    return "".join(_sign(sign) for sign in visible(text))


def visible(text: str) -> str:
    """Text on one line, without control signs and marks of direction."""
    hidden = ("Cc", "Cs", "Zl", "Zp")
    plain = (" " if unicodedata.category(s) in hidden or unicodedata.bidirectional(s) in MARKS else s for s in text)
    return " ".join("".join(plain).split())


MARKS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
"""Marks that turn the direction of the text behind them, also of text that is not theirs."""


def _sign(sign: str) -> str:
    return sign if sign.isalnum() or sign in " _.,:-+" or not sign.isascii() else f"#{ord(sign)};"


def _box(node: Node) -> str:
    opening, closing = SHAPES.get(node.kind, ("[", "]"))
    told = [f"{node.kind} {node.label}" if node.kind != "leaf" else node.label, node.title, node.note]
    return f'{opening}"{"<br>".join(quoted(t) for t in told if t)}"{closing}'
