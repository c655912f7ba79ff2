"""What reads what: the evaluation plan as a graph. A pure function of the plan; drawing it is the adapters'.

Nodes stand in layers, from what the store holds over leaves, definitions and scores to triggers, limits and channels.
An edge leads from what is read to what reads it, and from what acts to what it acts on, so that whatever depends on a
node lies behind its edges. What a trigger sets in a contact ends in a node of its own (`set FIELD`) rather than in the
field: it is read by the next tick, and the graph of one tick has no way back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from dsl.model import Model
from dsl.schema import Schema
from engine import graph_words as words
from engine.plan import Plan
from engine.plan_dump import Json, body_json, condition_json, definition_json, leaf_json
from engine.plan_read import Reader
from engine.plan_types import Condition, DefinePlan

Kind = Literal[
    "field",
    "event",
    "fact",
    "list",
    "consent",
    "leaf",
    "define",
    "segment",
    "class",
    "score",
    "trigger",
    "cap",
    "quiet",
    "suppress",
    "quality",
    "offer",
    "channel",
    "team",
    "hook",
    "set",
]

Key = tuple[Kind, str]
"""Kind and name; of a leaf its id, of a consent `CHANNEL for PURPOSE`."""

LAYERS: Mapping[str, tuple[Kind, ...]] = {
    "Data": ("field", "event", "fact", "list", "consent"),
    "Leaves": ("leaf",),
    "Definitions": ("define", "segment", "class"),
    "Scores": ("score",),
    "Triggers": ("trigger",),
    "Limits and offers": ("cap", "quiet", "suppress", "quality", "offer"),
    "Channels": ("channel", "team", "hook", "set"),
}
"""The layers in the order of reading, each with the kinds that stand in it."""

BLOCKS: tuple[Kind, ...] = ("define", "segment", "class", "score", "trigger", *LAYERS["Limits and offers"])
"""The kinds that are blocks of playbooks."""

READS: Mapping[str, Kind] = {
    "field": "field",
    "leaf": "leaf",
    "define": "define",
    "in segment": "segment",
    "points of": "score",
    "stage of": "score",
    "class of": "class",
    "on list": "list",
}
"""A key of the plan's JSON that refers by its value -> the kind of what it refers to."""


@dataclass(frozen=True, slots=True)
class Node:
    """A block, a leaf, or something that a block speaks of. `label` is what it is called, `title` what its author says
    about it, `note` what it does, in a few words."""

    kind: Kind
    name: str
    label: str
    title: str | None = None
    note: str | None = None

    @property
    def key(self) -> Key:
        """Kind and name."""
        return self.kind, self.name


@dataclass(frozen=True, slots=True)
class Edge:
    """From what is read to the reader (or from what acts to what it acts on); `words` says how, if that is known."""

    source: Key
    target: Key
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by layer, kind and name; edges between them, sorted."""

    nodes: Mapping[Key, Node]
    edges: tuple[Edge, ...]

    def readers(self, key: Key) -> tuple[Node, ...]:
        """What reads a node directly."""
        return tuple(self.nodes[e.target] for e in self.edges if e.source == key)

    def sources(self, key: Key) -> tuple[Node, ...]:
        """What a node reads directly."""
        return tuple(self.nodes[e.source] for e in self.edges if e.target == key)

    def layer(self, name: str) -> tuple[Node, ...]:
        """The nodes of a layer."""
        return tuple(n for n in self.nodes.values() if n.kind in LAYERS[name])

    def counts(self) -> Mapping[Kind, int]:
        """How many nodes there are of each kind that occurs."""
        kinds = [kind for kinds in LAYERS.values() for kind in kinds]
        held = [n.kind for n in self.nodes.values()]
        return {kind: held.count(kind) for kind in kinds if kind in held}

    def called(self, name: str) -> tuple[Key, ...]:
        """The nodes of a name; `KIND NAME` names one alone."""
        return tuple(k for k in self.nodes if name in (k[1], f"{k[0]} {k[1]}"))


def titles_of(model: Model) -> dict[Key, str]:
    """What the authors call their blocks (the plan leaves titles out)."""
    held: Mapping[Kind, Mapping[str, object]] = {
        "define": model.defines,
        "segment": model.segments,
        "class": model.classes,
        "score": model.scores,
        "trigger": model.triggers,
        "cap": model.caps,
        "quiet": model.quiets,
        "suppress": model.suppresses,
        "quality": model.qualities,
        "offer": model.offers,
    }
    return {
        (kind, name): title
        for kind, blocks in held.items()
        for name, block in blocks.items()
        if (title := getattr(block, "title", None)) is not None
    }


def graph_of(plan: Plan, titles: Mapping[Key, str] | None = None) -> Graph:
    """The graph of a plan. `titles`: those of blocks (`titles_of`); fields, events and lists have theirs in the
    schema."""
    found: dict[tuple[Key, Key], set[str]] = {}
    for source, target, word in _edges(plan):
        found.setdefault((source, target), set()).update({word} - {""})
    keys = {key for pair in found for key in pair} | set(_blocks(plan))
    called = {**_schema_titles(plan.schema), **(titles or {})}
    order = [kind for kinds in LAYERS.values() for kind in kinds]
    filters = {name: words.asked(where, plan.time_zone) for name, where in _asked(plan).items()}
    nodes = {
        key: _node(plan, key, called.get(key), filters) for key in sorted(keys, key=lambda k: (order.index(k[0]), k[1]))
    }
    edges = (Edge(s, t, tuple(sorted(told))) for (s, t), told in sorted(found.items()))
    return Graph(nodes, tuple(edges))


def around(graph: Graph, chosen: Collection[Key], depth: int | None = None) -> Graph:
    """What some nodes read and what depends on them, over so many edges at most (None: all)."""
    ahead = {(e.source, e.target) for e in graph.edges}
    kept = _reached(ahead, chosen, depth) | _reached({(t, s) for s, t in ahead}, chosen, depth)
    inside = tuple(e for e in graph.edges if e.source in kept and e.target in kept)
    return Graph({key: node for key, node in graph.nodes.items() if key in kept}, inside)


def _reached(steps: Collection[tuple[Key, Key]], start: Collection[Key], depth: int | None) -> set[Key]:
    """What can be reached in so many steps; the start itself in none."""
    found, rim, taken = set(start), set(start), 0
    while rim and taken != depth:
        rim = {there for here, there in steps if here in rim} - found
        found |= rim
        taken += 1
    return found


# ---------------------------------------------------------------- edges

Found = Iterator[tuple[Key, Key, str]]


def _edges(plan: Plan) -> Found:
    for id_, leaf in plan.leaves.items():
        here: Key = ("leaf", id_)
        yield ("event", leaf.event), here, ""
        told = leaf_json(leaf)
        if "second" in told:
            yield ("event", told["second"]), here, ""
        yield from _reads(plan, told, here)
    for (kind, name), definition in plan.definitions.items():
        if isinstance(definition, DefinePlan):
            yield from _reads(plan, body_json(definition.body), ("define", name))
        else:
            told = definition_json(definition)
            yield from _reads(plan, told, (kind, name))  # type: ignore[arg-type]  # a kind of definition
    for label, condition in {**plan.conditions, **plan.run_conditions}.items():
        yield from _reads(plan, condition_json(condition), *_owner(label))
    for label, held in plan.uniques.items():
        owner, word = _owner(label)
        for name in held:
            yield ("field", name), owner, word
    for name, cause in plan.causes.items():
        yield from _event(plan, cause["is"], ("trigger", name), "on")
    for label, block in plan.blocks.items():
        owner, _ = _owner(label)
        yield from _acts(plan, owner, block)
    for channel in plan.schema.channels.values():
        if channel.address is not None and channel.name in _sending(plan):
            yield ("field", channel.address), ("channel", channel.name), "address"


def _owner(label: str) -> tuple[Key, str]:
    """The block of a label such as `trigger NAME where`, and the rest; numbers of expectations are left out."""
    kind, name, *rest = label.split(" ", 2)
    return (kind, name), "" if kind == "quality" else "".join(rest)  # type: ignore[return-value]  # labels of the plan


def _reads(plan: Plan, told: Json, reader: Key, word: str = "") -> Found:
    """What a part of the plan, as JSON, reads."""
    for source in _named(plan.schema, told):
        yield source, reader, word


def _named(schema: Schema, told: Json) -> Iterator[Key]:
    match told:
        case dict():
            for key, value in told.items():
                match key, value:
                    case ("field", str()) | ("shared_by", str()):
                        yield "field", _whole(schema, value)
                    case "fieldvalue", {"name": name}:
                        yield "field", name
                    case ("fact", [table, *_]) | ("factvalue", {"table": table}):
                        yield "fact", table
                    case "consents", [channel, purpose]:
                        yield "consent", f"{channel} for {purpose}"
                    case "onsegment", {"segment": name}:
                        yield "segment", name
                    case ("onstage", {"score": name}) | ("ranked_by", str(name)):
                        yield "score", name
                    case _, str() if key in READS:
                        yield READS[key], value
                    case _:
                        yield from _named(schema, value)
        case list():
            for item in told:
                yield from _named(schema, item)


def _whole(schema: Schema, name: str) -> str:
    """The field of a column: a part of a point (`engine.layout.vector_part`) is the point's."""
    return name if name in schema.fields else name.rpartition(".")[0]


def _event(plan: Plan, told: Json, trigger: Key, word: str) -> Found:
    """A cause or a goal: its event, and what its condition reads."""
    if "event" in told:
        yield ("event", told["event"]), trigger, word
    yield from _reads(plan, told, trigger, word)


def _acts(plan: Plan, owner: Key, block: Mapping[str, Json]) -> Found:
    """What a block reads besides conditions, and on what it acts."""
    match owner[0]:
        case "trigger":
            yield from _sends(plan, owner, block)
        case "cap":
            yield from _reads(plan, {k: block[k] for k in ("shared_by", "ranked_by") if k in block}, owner)
            for trigger in _triggers(plan):
                if "tag" in block and block["tag"] in plan.blocks[f"trigger {trigger}"].get("tags", ()):
                    yield ("trigger", trigger), owner, f"tag {block['tag']}"
            yield from _holds_for(plan, owner, [block["channel"]] if "channel" in block else [])
        case "quiet":
            yield from _holds_for(plan, owner, block.get("channels", []))
        case "suppress":
            yield from _holds_for(plan, owner, [])
        case "quality" if block.get("stops") is not None:
            stopped = [t for t in _triggers(plan) if plan.causes[t]["id"] in block["stops"]]
            for trigger in stopped:
                yield owner, ("trigger", trigger), "stops"
            if not stopped:
                yield from _holds_for(plan, owner, [], "stops")


def _holds_for(plan: Plan, owner: Key, channels: Collection[str], word: str = "") -> Found:
    """A limit and its channels; without any: all by which something is sent."""
    for channel in channels or _sending(plan):
        yield owner, ("channel", channel), word


def _sends(plan: Plan, trigger: Key, block: Mapping[str, Json]) -> Found:
    for number, send in enumerate(s["send"] for s in block.get("sends", ())):
        yield trigger, ("channel", send["channel"]), "else" if number else "send"
        if "offer" in send:
            yield trigger, ("offer", send["offer"]), "with offer"
        for word, role in (("sender", "from"), ("reply_to", "reply to")):
            if word in send:
                yield ("field", send[word]), trigger, role
    for notice in [*block.get("notifies", ()), *([block["otherwise"]] if "otherwise" in block else [])]:
        yield trigger, ("team", notice["notify"]["team"]), "notify"
    for told in (s["setfield"] for s in block.get("sets", ())):
        yield trigger, ("set", told["name"]), "set"
        yield from _reads(plan, told.get("value"), trigger, "set")
    for told in block.get("calls", ()):
        yield trigger, ("hook", told["call"]["hook"]), "call"
    if "goal" in block:
        yield from _event(plan, block["goal"], trigger, "goal")


def _triggers(plan: Plan) -> Iterable[str]:
    return (label.split(" ", 1)[1] for label in plan.blocks if label.startswith("trigger "))


def _sending(plan: Plan) -> list[str]:
    """The channels by which some trigger sends."""
    sends = [s["send"]["channel"] for name in _triggers(plan) for s in plan.blocks[f"trigger {name}"].get("sends", ())]
    return sorted(set(sends))


# ---------------------------------------------------------------- nodes


def _blocks(plan: Plan) -> Iterator[Key]:
    yield from plan.definitions  # type: ignore[misc]  # without leaves
    for label in plan.blocks:
        yield _owner(label)[0]


def _schema_titles(schema: Schema) -> dict[Key, str]:
    told: dict[Key, str | None] = {("field", f.name): f.about for f in schema.fields.values()}
    told |= {("event", e.name): e.about for e in schema.events.values()}
    told |= {("list", name): title for name, title in schema.lists.items()}
    return {key: title for key, title in told.items() if title}


def _asked(plan: Plan) -> dict[str, Condition]:
    """What triggers ask of the events that cause them."""
    reader = Reader(plan.as_json())
    asked = {name: cause["is"].get("with") for name, cause in plan.causes.items()}
    return {name: reader.condition(told) for name, told in asked.items() if told is not None}


def _node(plan: Plan, key: Key, title: str | None, filters: Mapping[str, str]) -> Node:
    kind, name = key
    match kind:
        case "leaf":
            leaf = plan.leaves[name]
            return Node(kind, name, words.leaf(leaf), title, words.leaf_filter(leaf, plan.time_zone))
        case "define" | "segment" | "class" | "score":
            return Node(kind, name, name, title, words.definition(plan.definitions[kind, name]))
        case "trigger":
            cause, block = plan.causes[name]["is"], plan.blocks[f"trigger {name}"]
            return Node(kind, name, name, title, words.trigger(cause, block, filters.get(name)))
        case "cap" | "quiet" | "suppress" | "quality" | "offer":
            return Node(kind, name, name, title, words.limit(kind, plan.blocks[f"{kind} {name}"]))
        case _:
            return Node(kind, name, name, title)
