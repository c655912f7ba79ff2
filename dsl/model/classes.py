"""Classes and their tiers."""

from __future__ import annotations

from typing import Literal

from dsl.model.blocks import Block
from dsl.model.conditions import Condition
from dsl.model.values import Value
from dsl.records import dataclass, field
from dsl.spans import Span

WHOLE = 1_000_000
"""All of it, in the parts in which edges of tiers are reckoned."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier and where it ends, counted from the top: in millionths of the total or of the members (the parts before it
    included), or in contacts. None: the rest."""

    name: str
    edge: int | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Class(Block):
    """A class; see LANGUAGE.md §5. `by` is Numeric. `share`: of what the edges of the tiers are parts. Edges rise from
    tier to tier; the last tier, and only it, is the rest."""

    by: Value
    where: Condition | None
    share: Literal["total", "members", "number"]
    tiers: tuple[Tier, ...]
