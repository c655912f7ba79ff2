"""The kinds of change that a reviewer is told of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from dsl.model import Block
from dsl.spans import Span

Kind = Literal[
    "none",
    "renamed",
    "content",
    "timing",
    "points",
    "priority",
    "narrowing",
    "cap tightened",
    "removed send",
    "moved",
    "undecidable",
    "widening",
    "cap loosened",
    "new send",
]
"""What a change does, mildest first.

none: means the same. renamed: goes on under another name. content: what people are told or given (template, offer,
notice, what is set or called). timing: when, not whom. points: how scores and classes are reckoned.
priority: who comes first where there is not room for all. narrowing, widening:
every contact reached after (before) was reached before (after). moved: no contact is in both. undecidable: the text
does not tell whether people come or go. cap tightened, cap loosened: less or more room under caps, quiet times and
suppressions. new send, removed send: a way to reach people that was not there, or is no more.
"""

_ORDER: dict[Kind, int] = {kind: number for number, kind in enumerate(get_args(Kind))}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that changed in a block. `clause`: which, in the words of the language; `span`: where it stands now
    (None: nowhere), `was`: where it stood before. `through`: the block in whose text the change is, if not in this
    one's own."""

    kind: Kind
    clause: str
    span: Span | None = None
    was: Span | None = None
    before: str | None = None
    after: str | None = None
    through: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one block. `base` and `head`: the block before and now, None where it is new or gone."""

    what: str
    """The kind of block as people call it: segment, score, class, trigger, cap, quiet, suppress, offer, quality."""
    base: Block | None
    head: Block | None
    reasons: tuple[Reason, ...]

    @property
    def kind(self) -> Kind:
        """The gravest of the reasons' kinds."""
        return gravest(reason.kind for reason in self.reasons)

    @property
    def name(self) -> str:
        """What it is called now, or was called last."""
        block = self.head or self.base
        assert block is not None, "one of the two is there"
        return block.name


def where(block: Block | None) -> Span | None:
    """Where a block stands, if it is there."""
    return None if block is None else block.span


def gravest(kinds: Iterable[Kind]) -> Kind:
    """The kind that a reviewer must see first.

    >>> gravest(["timing", "widening", "none"])
    'widening'
    >>> gravest([])
    'none'
    """
    return max(kinds, key=_ORDER.__getitem__, default="none")
