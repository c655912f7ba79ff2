"""The changes from one model to another, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from dsl.model import Block, Model
from dsl.schema import Schema
from engine.review.change import Change, Reason
from engine.review.definitions import (
    class_reasons,
    define_reasons,
    offer_reasons,
    quality_reasons,
    score_reasons,
    segment_reasons,
)
from engine.review.limits import cap_reasons, quiet_reasons, suppress_reasons
from engine.review.parts import Parts
from engine.review.triggers import trigger_reasons
from engine.review.versions import Versions, by_id

B = TypeVar("B", bound=Block)


def changes(base: Model, head: Model, schema: Schema) -> tuple[Change, ...]:
    """What happened to each block that is in one of the two; blocks that mean the same are left out.

    Blocks are the same where the ledger knows them under one name (`was`). A block whose own text is as it was is told
    where something that it reads has changed (`Reason.through`). Order: by kind of block; in the order of the
    head, then what is gone.
    """
    parts = Parts(Versions(base, head, schema))
    return tuple(
        change
        for found in (
            _compared("segment", base.segments, head.segments, parts, segment_reasons),
            _compared("define", base.defines, head.defines, parts, define_reasons),
            _compared("score", base.scores, head.scores, parts, score_reasons),
            _compared("class", base.classes, head.classes, parts, class_reasons),
            _compared("trigger", base.triggers, head.triggers, parts, trigger_reasons),
            _compared("cap", base.caps, head.caps, parts, cap_reasons),
            _compared("quiet", base.quiets, head.quiets, parts, quiet_reasons),
            _compared("suppress", base.suppresses, head.suppresses, parts, suppress_reasons),
            _compared("offer", base.offers, head.offers, parts, offer_reasons),
            _compared("quality", base.qualities, head.qualities, parts, quality_reasons),
        )
        for change in found
    )


def _compared(
    what: str,
    base: Mapping[str, B],
    head: Mapping[str, B],
    parts: Parts,
    reasons: Callable[[Parts, B | None, B | None], Iterator[Reason]],
) -> Iterator[Change]:
    before = by_id(base)
    for block in head.values():
        old = before.pop(block.id, None)
        found = tuple(reasons(parts, old, block))
        if old is not None and old.name != block.name:
            found = (Reason("renamed", "was", block.span, old.span, old.name, block.name), *found)
        if found:
            yield Change(what, old, block, found)
    for gone in before.values():
        if found := tuple(reasons(parts, gone, None)):
            yield Change(what, gone, None, found)
