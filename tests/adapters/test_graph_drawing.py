"""Graphs as Mermaid and as a page: whole, in layers, and safe whatever names and titles hold."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.graph_layout import BETWEEN, WIDTH, drawing
from adapters.graph_mermaid import mermaid, quoted, visible
from adapters.graph_page import page
from engine.graph import LAYERS, Edge, Graph, Key, Node

KINDS = [kind for kinds in LAYERS.values() for kind in kinds]
HOSTILE = [
    "</title><script>alert(1)</script>",
    '"]; click n0 "javascript:alert(1)"',
    '<img src=x onerror="alert(1)">',
    "`markdown` & <br> #quot; {{ 7 * 7 }}",
    "a\nend\n  n0 --> n0",
    "turned \u202eround",
    "%%{init: {'securityLevel': 'loose'}}%%",
]


def graph_with(*titles: str) -> Graph:
    nodes = [Node(KINDS[n % len(KINDS)], title, title, title, title) for n, title in enumerate(titles)]
    edges = [Edge(a.key, b.key, (b.name,)) for a, b in pairwise(nodes)]
    return Graph({n.key: n for n in nodes}, tuple(edges))


class Elements(HTMLParser):
    """The elements and the texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.texts += [value for name, value in attrs if name == "aria-label" and value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(text: str) -> Elements:
    found = Elements()
    found.feed(text)
    return found


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_make_the_page_of_harmless_ones(title: str) -> None:
    held, plain = (read(page(graph_with(t, t + "2", t + "3"), t)) for t in (title, "a"))
    assert set(held.tags) == set(plain.tags)
    assert sum(tag == "script" for tag, _ in held.tags) == 1
    assert any(visible(title) in text for text in held.texts)


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_stay_inside_the_quotes_of_mermaid(title: str) -> None:
    graph = graph_with(title, title + "2")
    lines = mermaid(graph).splitlines()
    assert len(lines) == len(mermaid(graph_with("a", "a2")).splitlines())
    box = re.compile(r'    n\d+[\[({>]+"[^"`<>]*(<br>[^"`<>]*)*"[\])}]+')
    assert all(box.fullmatch(line) for line in lines if line.startswith("    "))


@given(st.text())
@settings(max_examples=100)
def test_labels_hold_nothing_that_mermaid_could_take_for_its_own(text: str) -> None:
    told = quoted(text)
    assert not set('"`<>&{}[]()|%\n\r\u202e') & set(told)
    assert re.sub(r"#(\d+);", lambda m: chr(int(m[1])), told) == visible(text)


def test_the_page_fetches_nothing() -> None:
    text = page(graph_with("a", "b"), "t")
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href|action)\s*=|@import|url\((?!#)", text)
    assert re.findall(r"https?://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]


def test_mermaid_has_a_line_for_each_edge_and_a_subgraph_for_each_layer() -> None:
    graph = Graph(
        {
            n.key: n
            for n in (Node("event", "e", "e"), Node("leaf", "l", "number of e"), Node("segment", "s", "s", "Title"))
        },
        (Edge(("event", "e"), ("leaf", "l")), Edge(("leaf", "l"), ("segment", "s"), ("where",))),
    )
    assert mermaid(graph) == (
        'flowchart LR\n  subgraph layer0["Data"]\n    n0["event e"]\n  end\n'
        '  subgraph layer1["Leaves"]\n    n1("number of e")\n  end\n'
        '  subgraph layer2["Definitions"]\n    n2(["segment s<br>Title"])\n  end\n'
        '  n0 --> n1\n  n1 -->|"where"| n2\n'
    )


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    keys: list[Key] = draw(
        st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from("abcdef")), unique=True, max_size=25)
    )
    nodes = {key: Node(*key, key[1], draw(st.sampled_from([None, "a title " * 9]))) for key in keys}
    if not keys:
        return Graph({}, ())
    ends = st.sampled_from(keys)
    chosen = draw(st.sets(st.tuples(ends, ends), max_size=40))
    return Graph(nodes, tuple(Edge(a, b) for a, b in sorted(chosen)))


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_boxes_stand_apart_in_the_column_of_their_layer(graph: Graph) -> None:
    drawn = drawing(graph)
    assert {b.node.key for b in drawn.boxes} == set(graph.nodes)
    assert len(drawn.lines) == len(graph.edges)
    titles = [title for title in LAYERS if graph.layer(title)]
    for box in drawn.boxes:
        assert box.node.kind in LAYERS[titles[round((box.x - drawn.columns[0].x) / (WIDTH + BETWEEN))]]
        assert box.y >= 0
        assert box.y + box.height <= drawn.height
    for column in drawn.columns:
        held = sorted((b for b in drawn.boxes if b.x == column.x), key=lambda b: b.y)
        assert len(held) == column.count
        assert all(a.y + a.height <= b.y for a, b in pairwise(held))
