"""A graph as one HTML page that needs nothing else: the picture as SVG, and the same in tables.

All text goes through Jinja's escaping. The page forbids itself to fetch anything; its few lines of script only light up
what a box reads and what depends on it, and without them everything is there.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from adapters.graph_layout import WIDTH, drawing
from adapters.graph_mermaid import visible
from engine.graph import BLOCKS, LAYERS, Graph, Kind, Node

MANY: dict[str, str] = {"class": "classes", "leaf": "leaves", "set": "fields set", "fact": "fact tables"}


def page(graph: Graph, title: str) -> str:
    """The page. `title`: what it is the graph of."""
    ids = {key: f"n{number}" for number, key in enumerate(graph.nodes)}
    counts = [f"{count} {_many(kind, count)}" for kind, count in graph.counts().items()]
    text = files(__package__).joinpath("graph_page.html").read_text(encoding="utf-8")
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(text).render(
        title=visible(title),
        drawing=drawing(graph),
        width=WIDTH,
        ids=ids,
        counts=counts,
        leaves=sorted((_leaf_row(graph, n) for n in graph.layer("Leaves")), key=lambda row: -len(row["readers"])),
        shared=sum(len(graph.readers(n.key)) > 1 for n in graph.layer("Leaves")),
        blocks=[_block_row(graph, n) for n in graph.nodes.values() if n.kind in BLOCKS],
        layers={kind: number for number, kinds in enumerate(LAYERS.values()) for kind in kinds},
        visible=visible,
    )


def _many(kind: Kind, count: int) -> str:
    if kind in ("suppress", "quality", "quiet"):  # no nouns by themselves
        return f"{kind} {'block' if count == 1 else 'blocks'}"
    return kind if count == 1 else MANY.get(kind, f"{kind}s")


def _leaf_row(graph: Graph, node: Node) -> dict[str, Any]:
    return {"node": node, "readers": [_called(n) for n in graph.readers(node.key)]}


def _block_row(graph: Graph, node: Node) -> dict[str, Any]:
    return {
        "node": node,
        "reads": [_called(n) for n in graph.sources(node.key)],
        "readers": [_called(n) for n in graph.readers(node.key)],
    }


def _called(node: Node) -> str:
    return node.label if node.kind == "leaf" else f"{node.kind} {node.label}"
