"""Two versions of a project in one model, so that conditions of both can be reasoned about together.

Blocks of the base that mean the same as their namesakes of the head are taken as these; every other one stands beside
them under a name that no playbook can have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from dsl.lint.canon import Forms
from dsl.lint.reason import Reasoner
from dsl.model import (
    Block,
    ClassOf,
    DefinedCondition,
    DefinedValue,
    InSegment,
    InSegmentFor,
    Model,
    ScoreValue,
    StageOf,
)
from dsl.schema import Schema

BEFORE = " (before)"
"""Stands behind the name of a block as the base has it: names have no brackets."""

REFERENCES: dict[type, str] = {
    InSegment: "segment",
    InSegmentFor: "segment",
    ScoreValue: "score",
    StageOf: "score",
    ClassOf: "name",
    DefinedCondition: "name",
    DefinedValue: "name",
}
"""Nodes that name another block, and the field that does."""


B = TypeVar("B", bound=Block)


class Versions:
    """Base and head side by side.

    `names`: what a definition of the base is called here; `alike` tells whether two parts mean the same once the base's
    are renamed (`of_base`); `reasoner` answers for conditions of both.
    """

    def __init__(self, base: Model, head: Model, schema: Schema) -> None:
        self.base = base
        self.head = head
        self.names: dict[str, str] = {}
        defines, segments = dict(head.defines), dict(head.segments)
        scores, classes = dict(head.scores), dict(head.classes)
        self.model = Model(defines=defines, segments=segments, scores=scores, classes=classes, order=head.order)
        self._forms = Forms(self.model)
        order = list(head.order)
        for name in base.order:
            if name in base.defines:
                order += self._add(base.defines[name], head.defines, defines)
            elif name in base.segments:
                order += self._add(base.segments[name], head.segments, segments)
            elif name in base.scores:
                order += self._add(base.scores[name], head.scores, scores)
            elif name in base.classes:
                order += self._add(base.classes[name], head.classes, classes)
        self.model = Model(defines=defines, segments=segments, scores=scores, classes=classes, order=tuple(order))
        self.reasoner = Reasoner(self.model, schema)

    def _add(self, block: B, now: Mapping[str, B], here: dict[str, B]) -> list[str]:
        renamed: B = replace(self.of_base(block), name=block.name + BEFORE)
        here[renamed.name] = renamed
        match = by_id(now).get(block.id)
        if match is not None and self._same(renamed, match):
            del here[renamed.name]
            self.names[block.name] = match.name
            return []
        self.names[block.name] = renamed.name
        return [renamed.name]

    def _same(self, before: Block, now: Block) -> bool:
        return self._forms.of(_bare(before)) == self._forms.of(_bare(now))

    def of_base(self, node: Any) -> Any:
        """A part of the base with the names that its references have here."""
        if isinstance(node, tuple):
            return tuple(self.of_base(item) for item in node)
        if not is_dataclass(node) or isinstance(node, type):
            return node
        changed: dict[str, Any] = {}
        reference = REFERENCES.get(type(node))
        for one in fields(node):
            if not one.init or not one.compare:
                continue
            value = getattr(node, one.name)
            new = self.names.get(value, value) if one.name == reference else self.of_base(value)
            if new is not value:
                changed[one.name] = new
        return replace(node, **changed) if changed else node

    def alike(self, before: object, now: object) -> bool:
        """Whether a part of the base (as `of_base` gives it) means what a part of the head means."""
        forms = self.reasoner.forms
        return forms.of(before) == forms.of(now)


def by_id(blocks: Mapping[str, B]) -> dict[str, B]:
    """Blocks under the names by which the ledger knows them, which a rename leaves as they are."""
    return {block.id: block for block in blocks.values()}


def _bare(block: Block) -> Block:
    """A block without its name: what it is called is no part of what it means."""
    names: dict[str, Any] = {"name": "", "was": None}
    return replace(block, **names)
