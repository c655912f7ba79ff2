"""Where the boxes and lines of a graph stand: layers as columns, order by the middle of the neighbours.

A line that passes a column takes a lane of its own there, shared by all lines that come from the same box, so that
nothing runs behind a box. Lengths are in pixels.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from adapters.graph_mermaid import visible
from engine.graph import LAYERS, Graph, Key, Node

WIDTH, BETWEEN, TOP, MARGIN = 236, 84, 52, 16
LINE, SMALL, PAD, GAP = 17, 14, 8, 10
LANE = 5
LETTERS, SMALL_LETTERS = 27, 35
"""So many letters fit into a line of a box."""
ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Box:
    """A node with its corner, size and lines: text, its class, its base line within the box."""

    node: Node
    x: float
    y: float
    height: float
    lines: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An edge as the path of an SVG."""

    source: Key
    target: Key
    words: str
    path: str
    back: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A layer, where it begins, and how many boxes stand in it."""

    title: str
    x: float
    count: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything with its place."""

    width: float
    height: float
    columns: tuple[Column, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


Slot = tuple[Key, int]
"""A box (its node, its column) or the lane of a node's lines in a later column."""


def drawing(graph: Graph) -> Drawing:
    """The places of all boxes and lines. Layers in which nothing stands are left out."""
    titles = [title for title in LAYERS if graph.layer(title)]
    column = {node.key: number for number, title in enumerate(titles) for node in graph.layer(title)}
    texts = {key: _lines(node) for key, node in graph.nodes.items()}
    height = {key: 2 * PAD + sum(LINE if kind == "name" else SMALL for _, kind in t) for key, t in texts.items()}
    routes = {(e.source, e.target): _route(e.source, e.target, column) for e in graph.edges}
    sizes: dict[Slot, float] = {(key, column[key]): float(height[key]) for key in graph.nodes}
    for route in routes.values():
        for slot in route:
            sizes.setdefault(slot, float(LANE))
    middles = _middles(sizes, _neighbours(routes.values()), len(titles))
    top = {key: middles[key, column[key]] - height[key] / 2 for key in graph.nodes}
    boxes = tuple(
        Box(node, _x(column[key]), top[key], height[key], _placed(texts[key])) for key, node in graph.nodes.items()
    )
    lines = tuple(
        Line(
            e.source,
            e.target,
            ", ".join(e.words),
            _path(routes[e.source, e.target], middles),
            column[e.source] >= column[e.target],
        )
        for e in graph.edges
    )
    columns = tuple(Column(title, _x(number), len(graph.layer(title))) for number, title in enumerate(titles))
    bottom = max((m + sizes[s] / 2 for s, m in middles.items()), default=TOP)
    return Drawing(_x(len(titles)) - BETWEEN + MARGIN + 40, bottom + MARGIN, columns, boxes, lines)


def _lines(node: Node) -> list[tuple[str, str]]:
    """The text of a box: line and class."""
    name = textwrap.wrap(visible(node.label), LETTERS) or [" "]
    title = textwrap.wrap(visible(node.title or ""), SMALL_LETTERS, max_lines=3, placeholder=" ..")
    note = textwrap.wrap(visible(node.note or ""), SMALL_LETTERS, max_lines=3, placeholder=" ..")
    told = [(text, "name") for text in name] + [(text, "title") for text in title] + [(text, "note") for text in note]
    return [(node.kind, "kind"), *told]


def _placed(lines: Sequence[tuple[str, str]]) -> tuple[tuple[str, str, float], ...]:
    found, y = [], float(PAD)
    for text, kind in lines:
        y += LINE if kind == "name" else SMALL
        found.append((text, kind, y - 4))
    return tuple(found)


def _route(source: Key, target: Key, column: Mapping[Key, int]) -> tuple[Slot, ...]:
    """The slots that a line goes through: those of its ends, and lanes of its source in the columns between."""
    first, last = column[source], column[target]
    return ((source, first), *((source, n) for n in range(first + 1, last)), (target, last))


def _neighbours(routes: Iterable[tuple[Slot, ...]]) -> dict[Slot, set[Slot]]:
    found: dict[Slot, set[Slot]] = {}
    for route in routes:
        for one, other in pairwise(route):
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return found


def _middles(sizes: Mapping[Slot, float], beside: Mapping[Slot, set[Slot]], columns: int) -> dict[Slot, float]:
    """The middle of every slot: again and again each goes towards the middle of its neighbours, column by column."""
    held: list[list[Slot]] = [sorted(s for s in sizes if s[1] == n) for n in range(columns)]
    middles: dict[Slot, float] = {}
    for slots in held:
        middles |= _packed(slots, dict.fromkeys(slots, 0.0), sizes)
    for turn in range(ROUNDS):
        order = range(columns) if turn % 2 == 0 else reversed(range(columns))
        for number in order:
            wanted = {
                s: sum(middles[o] for o in near) / len(near) if (near := beside.get(s)) else middles[s]
                for s in held[number]
            }
            held[number].sort(key=lambda s: (wanted[s], s))
            middles |= _packed(held[number], wanted, sizes)
    least = min((m - sizes[s] / 2 for s, m in middles.items()), default=0.0)
    return {s: round(m - least + TOP, 1) for s, m in middles.items()}


def _packed(slots: Sequence[Slot], wanted: Mapping[Slot, float], sizes: Mapping[Slot, float]) -> dict[Slot, float]:
    """Middles in the order of `slots`, as near to those wanted as can be without overlap: where slots push each other,
    they move together around the middle of what they want."""
    heaps: list[list[float]] = []  # each: sum of wished starts, slots, length
    for slot in slots:
        length = sizes[slot] + GAP
        heaps.append([wanted[slot] - length / 2, 1.0, length])
        while len(heaps) > 1 and _start(heaps[-2]) + heaps[-2][2] > _start(heaps[-1]):
            wished, count, length = heaps.pop()
            below = heaps[-1]
            heaps[-1] = [below[0] + wished - count * below[2], below[1] + count, below[2] + length]
    found: dict[Slot, float] = {}
    rest = iter(slots)
    for heap in heaps:
        y = _start(heap)
        for _ in range(int(heap[1])):
            slot = next(rest)
            found[slot] = y + (sizes[slot] + GAP) / 2
            y += sizes[slot] + GAP
    return found


def _start(heap: Sequence[float]) -> float:
    return heap[0] / heap[1]


def _x(column: int) -> float:
    return float(MARGIN + column * (WIDTH + BETWEEN))


def _path(route: Sequence[Slot], middles: Mapping[Slot, float]) -> str:
    """Bows between columns, straight through lanes."""
    (first, last), half = (route[0], route[-1]), BETWEEN / 2
    x, y = _x(first[1]) + WIDTH, middles[first]
    if first[1] == last[1]:  # to a neighbour above or below: out on the right and back
        end = middles[last]
        return f"M{x:g},{y:g} C{x + half:g},{y:g} {x + half:g},{end:g} {x:g},{end:g}"
    if first[1] > last[1]:  # against the way of reading: from the left side to the right one
        x, end, at = _x(first[1]), middles[last], _x(last[1]) + WIDTH
        return f"M{x:g},{y:g} C{x - half:g},{y:g} {at + half:g},{end:g} {at:g},{end:g}"
    told = [f"M{x:g},{y:g}"]
    for slot in route[1:]:
        at, end = _x(slot[1]), middles[slot]
        told.append(f"C{x + half:g},{y:g} {at - half:g},{end:g} {at:g},{end:g}")
        x, y = at, end
        if slot != last:
            x += WIDTH
            told.append(f"H{x:g}")
    return " ".join(told)
