"""The graph of a plan: what reads what, from the data to the channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from dsl.schema import Channel, EventType, Field, Schema
from dsl.types import NUMBER, Boolean, Date, OneOf, Point, Text, Type, money
from engine.graph import LAYERS, Graph, Key, around, graph_of, titles_of
from engine.plan import make_plan
from tests.engine.world import model_of


def fields(**types: Type) -> dict[str, Field]:
    return {name: Field(name, type_) for name, type_ in types.items()}


SCHEMA = Schema(
    key="number",
    fields={
        **fields(number=Text(), email=Text(), street=Text(), country=OneOf(("CH", "DE")), born=Date(), vip=Boolean()),
        **fields(home=Point(), owner_email=Text(), household=Text(), sales=NUMBER),
        "vip": Field("vip", Boolean(), about="somebody important"),
        "owner_email": Field("owner_email", Text(), normalise=("email",)),
    },
    events={
        "purchase": EventType("purchase", fields(amount=money("CHF"), product=Text())),
        "visit": EventType("visit", fields(page=Text(), place=Point())),
    },
    channels={"email": Channel("email", "email"), "letter": Channel("letter")},
    teams=("sales",),
    hooks=("crm",),
    lists={"press": "Journalists"},
    purposes=("marketing", "newsletter"),
)


def graph_from(text: str) -> Graph:
    model = model_of(text, SCHEMA)
    return graph_of(make_plan(model, SCHEMA, "Europe/Zurich"), titles_of(model))


def pairs(graph: Graph) -> set[str]:
    """Edges as text, leaves by their words."""
    return {
        f"{graph.nodes[e.source].kind} {graph.nodes[e.source].label} > {graph.nodes[e.target].kind} "
        f"{graph.nodes[e.target].label}"
        for e in graph.edges
    }


def told(graph: Graph, source: Key, target: Key) -> tuple[str, ...]:
    """The words of an edge."""
    (words,) = [e.words for e in graph.edges if (e.source, e.target) == (source, target)]
    return words


PROJECT = """
define big = sum of purchase.amount in last 30 days

segment buyers "Bought for a hundred"
  where big >= 100 and country = CH

segment watched
  where in buyers and consents to email for newsletter
  include list press

score warmth
  +3 on visit with (page = "prices") in last 30 days
  +1 when vip
  stage cold from 0
  stage hot from 10

trigger hello "Say hello"
  on warmth reaching hot
  where in watched
  send email hello with offer ten from owner_email
    else send letter promo
  tags news
  purpose newsletter

trigger late
  on purchase with (amount > 10)
  wait 2 hours unless did visit since then
  notify sales "somebody bought"
  set vip to yes
  call crm

cap week "Two a week" at most 2 messages per 7 days
cap news at most 1 message tagged news per 7 days
quiet nights from 20:00 to 08:00 for letter
suppress locals where in buyers

offer ten "Ten" code "TEN" discount 10 %
"""


def test_each_layer_holds_its_kinds_in_the_order_of_reading() -> None:
    graph = graph_from(PROJECT)
    assert {title: [n.label for n in graph.layer(title)] for title in LAYERS} == {
        "Data": ["country", "email", "owner_email", "vip", "purchase", "visit", "press", "email for newsletter"],
        "Leaves": [
            "number of visit since then",
            "+3 on visit in last 30 days",
            "sum of purchase.amount in last 30 days",
        ],
        "Definitions": ["big", "buyers", "watched"],
        "Scores": ["warmth"],
        "Triggers": ["hello", "late"],
        "Limits and offers": ["news", "week", "nights", "locals", "ten"],
        "Channels": ["email", "letter", "sales", "crm", "vip"],
    }
    assert graph.counts()["segment"] == 2
    assert "class" not in graph.counts()


def test_what_is_read_leads_to_its_reader() -> None:
    assert pairs(graph_from(PROJECT)) == {
        "event purchase > leaf sum of purchase.amount in last 30 days",
        "event visit > leaf +3 on visit in last 30 days",
        "event visit > leaf number of visit since then",
        "leaf sum of purchase.amount in last 30 days > define big",
        "define big > segment buyers",
        "field country > segment buyers",
        "list press > segment watched",
        "consent email for newsletter > segment watched",
        "segment buyers > segment watched",
        "leaf +3 on visit in last 30 days > score warmth",
        "field vip > score warmth",
        "score warmth > trigger hello",
        "segment watched > trigger hello",
        "field owner_email > trigger hello",
        "trigger hello > offer ten",
        "trigger hello > channel email",
        "trigger hello > channel letter",
        "trigger hello > cap news",
        "event purchase > trigger late",
        "leaf number of visit since then > trigger late",
        "trigger late > team sales",
        "trigger late > set vip",
        "trigger late > hook crm",
        "cap week > channel email",
        "cap week > channel letter",
        "cap news > channel email",
        "cap news > channel letter",
        "quiet nights > channel letter",
        "segment buyers > suppress locals",
        "suppress locals > channel email",
        "suppress locals > channel letter",
        "field email > channel email",
    }


def test_edges_say_how() -> None:
    graph = graph_from(PROJECT)
    assert told(graph, ("score", "warmth"), ("trigger", "hello")) == ("on",)
    assert told(graph, ("segment", "watched"), ("trigger", "hello")) == ("where",)
    assert told(graph, ("trigger", "hello"), ("channel", "letter")) == ("else",)
    assert told(graph, ("trigger", "hello"), ("cap", "news")) == ("tag news",)
    assert told(graph, ("field", "owner_email"), ("trigger", "hello")) == ("from",)


def test_nodes_have_titles_and_a_few_words() -> None:
    graph = graph_from(PROJECT)
    assert graph.nodes["segment", "buyers"].title == "Bought for a hundred"
    assert graph.nodes["field", "vip"].title == "somebody important"
    assert graph.nodes["list", "press"].title == "Journalists"
    notes = {n.key: n.note for n in graph.nodes.values() if n.note is not None and n.kind != "leaf"}
    assert notes == {
        ("score", "warmth"): "cold from 0, hot from 10",
        ("trigger", "hello"): "on reaching warmth hot, hello, promo",
        ("trigger", "late"): "on purchase with (amount > 10.00 CHF), wait 2 hours",
        ("cap", "news"): "at most 1 per 7 days",
        ("cap", "week"): "at most 2 per 7 days",
        ("quiet", "nights"): "20:00 to 08:00",
        ("suppress", "locals"): "never anything to these",
        ("offer", "ten"): "10 %, TEN",
    }
    assert [n.note for n in graph.layer("Leaves")] == [None, "with (page = prices)", None]


def test_whoever_shares_a_leaf_reads_the_same_node() -> None:
    graph = graph_from("segment a\n  where did visit\nsegment b\n  where number of visit >= 3\n")
    (leaf,) = graph.layer("Leaves")
    assert [n.name for n in graph.readers(leaf.key)] == ["a", "b"]
    assert [n.name for n in graph.sources(leaf.key)] == ["visit"]


@pytest.mark.parametrize(
    ("where", "source"),
    [
        ("home within 5 km of (47.4, 8.5)", "field home"),
        ("home within 5 km of last visit.place", "field home"),
        ("home within 5 km of last visit.place", "leaf last of visit.place.x"),
        ("age of born >= 18", "field born"),
        ("greatest of (sales, 5) > 3", "field sales"),
        ("born anniversary today", "field born"),
        ("did visit then purchase within 2 days", "leaf visit then purchase within 2 days"),
        ("not (vip or did visit)", "leaf number of visit"),
    ],
)
def test_every_way_to_read_is_seen(where: str, source: str) -> None:
    graph = graph_from(f"segment here\n  where {where}\n")
    assert f"{source} > segment here" in pairs(graph)
    assert all(key[1] in SCHEMA.fields for key in graph.nodes if key[0] == "field")


def test_caps_read_what_they_share_and_by_what_they_rank() -> None:
    graph = graph_from(
        "score warmth\n  +1 when vip\ncap homes at most 1 message per 7 days per household\n"
        "cap budget at most 100 letters per calendar month in total by warmth\n"
    )
    assert {"field household > cap homes", "score warmth > cap budget"} <= pairs(graph)


def names(graph: Graph) -> set[str]:
    return {n.label for n in graph.nodes.values()}


def test_around_a_block_lie_what_it_reads_and_what_depends_on_it() -> None:
    graph = graph_from(PROJECT)
    buyers: Iterable[Key] = [("segment", "buyers")]
    leaf = "sum of purchase.amount in last 30 days"
    near = around(graph, list(buyers), 1)
    assert names(near) == {"buyers", "big", "country", "watched", "locals"}
    assert names(around(graph, list(buyers), 0)) == {"buyers"}
    whole = around(graph, list(buyers))
    assert {leaf, "purchase", "hello", "email", "letter", "ten"} <= names(whole)
    assert not {"warmth", "late", "vip", "nights"} & names(whole)
    assert all(e.source in whole.nodes and e.target in whole.nodes for e in whole.edges)


def test_a_name_of_two_things_is_told_apart_by_its_kind() -> None:
    graph = graph_from(PROJECT)
    assert graph.called("email") == (("field", "email"), ("channel", "email"))
    assert graph.called("channel email") == (("channel", "email"),)
    assert graph.called("nothing") == ()


def test_without_blocks_there_is_nothing() -> None:
    plan = make_plan(model_of("", SCHEMA), SCHEMA, "UTC")
    assert graph_of(replace(plan, schema=SCHEMA)) == Graph({}, ())
