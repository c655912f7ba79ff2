"""What definitions mean, apart from what they are called: hashes that stay when a block is renamed, or when a part of a
condition is given a name of its own (LANGUAGE.md §1.4: refactoring never changes meaning).

Every condition and value becomes the digest of its JSON with its parts replaced by theirs; a reference becomes the
digest of what it refers to.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.plan_dump import Json, body_json, condition_json, definition_json, digest, leaf_json
from engine.plan_types import ClassPlan, DefinePlan, Definition, Leaf, ScorePlan, SegmentPlan

REFERENCES = {
    "define": "define",
    "in segment": "segment",
    "points of": "score",
    "stage of": "score",
    "class of": "class",
    "leaf": "leaf",
}
"""The only key of the JSON of a reference -> the kind of what it refers to."""

EVERYONE = "everyone"
"""The JSON of the condition that always holds."""


class Meanings:
    """Digests of meaning of the parts of one plan, each reckoned once."""

    def __init__(self, definitions: Mapping[tuple[str, str], Definition], leaves: Mapping[str, Leaf]) -> None:
        self._definitions = definitions
        self._leaves = leaves
        self._kept: dict[tuple[str, str], Json] = {}
        self._flat: dict[tuple[str, str, str], frozenset[str]] = {}

    def of(self, kind: str, name: str) -> Json:
        """The meaning of a define, a segment, a score, a class or a leaf."""
        if (kind, name) not in self._kept:
            self._kept[kind, name] = self.node(self._body(kind, name))
        return self._kept[kind, name]

    def node(self, node: Json) -> Json:
        """The meaning of a part of the plan that is given as JSON."""
        match node:
            case dict():
                return self._dict(node)
            case list():
                return [self.node(item) for item in node]
            case _:
                return node

    def _body(self, kind: str, name: str) -> Json:
        if kind == "leaf":
            return leaf_json(self._leaves[name])
        match self._definitions[kind, name]:
            case DefinePlan(body=body):
                return body_json(body)
            case SegmentPlan(where=where):
                return condition_json(where)
            case ClassPlan() as class_:
                told = definition_json(class_)
                del told["class"], told["id"]
                return told
            case ScorePlan() as score:
                told = definition_json(score)
                del told["score"], told["id"]
                # in the order of their meanings: the plan's own order knows the names inside
                return {**told, "rules": sorted((self.node(rule) for rule in told["rules"]), key=str)}

    def _dict(self, node: Mapping[str, Json]) -> Json:
        if (target := _target(node)) is not None:
            meant = self.of(*target)
            # points and stage of a score are two things; a named condition is the condition itself
            return digest({next(iter(node)): meant}) if target[0] == "score" else meant
        match node:
            case {"in segment": str(name), "for": _}:
                # the ledger's intervals of this very segment, under its oldest name, and who it means now
                segment = self._definitions["segment", name]
                assert isinstance(segment, SegmentPlan), "found under its kind"
                return digest({**node, "in segment": [segment.id, self.of("segment", name)]})
            case {"all": _, **more} if not more:
                return self._joined("all", node)
            case {"any": _, **more} if not more:
                return self._joined("any", node)
            case {"not": item, **more} if not more:
                turned = self._through(item)
                if isinstance(turned, dict) and set(turned) == {"not"}:
                    return self.node(turned["not"])
        return digest({key: self.node(value) for key, value in node.items()})

    def _joined(self, word: str, node: Json) -> Json:
        parts = sorted(self._parts(word, node))
        if EVERYONE in parts:  # perhaps under a name: beside `and` it adds nothing, beside `or` nothing else does
            parts = [part for part in parts if part != EVERYONE] or [EVERYONE] if word == "all" else [EVERYONE]
        return parts[0] if len(parts) == 1 else digest({word: parts})

    def _parts(self, word: str, node: Json) -> frozenset[str]:
        """What is joined by `and` (`or`), through names, each once: it is the same in any order and grouping."""
        target = _target(node)
        if target is not None and target[0] in ("define", "segment"):
            if (word, *target) not in self._flat:
                self._flat[word, *target] = self._parts(word, self._body(*target))
            return self._flat[word, *target]
        if isinstance(node, dict) and set(node) == {word}:
            return frozenset[str]().union(*(self._parts(word, item) for item in node[word]))
        return frozenset([str(self.node(node))])

    def _through(self, node: Json) -> Json:
        """What a name stands for, where it is one."""
        while (target := _target(node)) is not None and target[0] in ("define", "segment"):
            node = self._body(*target)
        return node


def _target(node: Json) -> tuple[str, str] | None:
    """(kind, name) of what a reference refers to."""
    if not isinstance(node, dict) or len(node) != 1:
        return None
    key, name = next(iter(node.items()))
    return (REFERENCES[key], name) if key in REFERENCES and isinstance(name, str) else None
