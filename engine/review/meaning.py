"""What a block says with everything that it reads, as a digest: layout, comments and titles are no part of it.

Names are, so that it is stricter than the definition hash: it is what somebody approves, who has read those names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any

from dsl.lint.walk import walk
from dsl.model import Block, Model
from engine.review.versions import REFERENCES


def read_by(model: Model, node: object) -> dict[str, Block]:
    """The definitions that a part of a model reads, directly or through others, by name."""
    found: dict[str, Block] = {}
    todo = [node]
    while todo:
        for one in walk(todo.pop()):
            for name in _names(one):
                block = _definition(model, name)
                if block is not None and name not in found:
                    found[name] = block
                    todo.append(block)
    return found


def _names(node: object) -> Iterator[str]:
    """The definitions that a node names: conditions and values do, and edges that start a run."""
    key = REFERENCES.get(type(node))
    for attribute in (key,) if key is not None else ("segment", "score"):
        name = getattr(node, attribute, None)
        if isinstance(name, str):
            yield name


def _definition(model: Model, name: str) -> Block | None:
    return (
        model.defines.get(name)
        or model.segments.get(name)
        or model.scores.get(name)
        or model.classes.get(name)
        or model.offers.get(name)
    )


def meaning(model: Model, block: Block | None) -> str:
    """The digest (SHA-256, hexadecimal) of a block of `model` and of all that it reads; of None, of nothing."""
    if block is None:
        return sha256(b"").hexdigest()
    read = read_by(model, block)
    parts = [_plain(block), *(_plain(read[name]) for name in sorted(read))]
    return sha256(repr(parts).encode()).hexdigest()


def _plain(node: Any) -> Any:
    """A part of a model as lists and plain values; what is outside of equality (spans, titles) is left out."""
    if isinstance(node, tuple | list):
        return [_plain(item) for item in node]
    if isinstance(node, frozenset):
        return sorted(map(repr, node))
    if is_dataclass(node) and not isinstance(node, type):
        return [
            type(node).__name__,
            *((one.name, _plain(getattr(node, one.name))) for one in fields(node) if one.compare),
        ]
    return node
