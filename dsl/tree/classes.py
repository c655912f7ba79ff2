"""`class` blocks."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.blocks import Head, Owner, Where
from dsl.tree.conditions import Expr
from dsl.tree.leaves import Name, Node, Number, Word


@dataclass(frozen=True, slots=True)
class By(Node):
    """`by sum of purchase.amount in last 1 year`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class TierShare(Node):
    """`tier A first 80 % of total`, `tier gold first 10 %`; `total` None: of the members."""

    name: Name
    ranked: Word
    number: Number
    total: Word | None


@dataclass(frozen=True, slots=True)
class TierNumber(Node):
    """`tier best top 500`, `tier good next 500`."""

    name: Name
    ranked: Word
    number: Number


@dataclass(frozen=True, slots=True)
class TierRest(Node):
    """`tier C rest`."""

    name: Name


Tier = TierShare | TierNumber | TierRest


@dataclass(frozen=True, slots=True)
class Class(Node):
    """A `class` block."""

    head: Head
    clauses: tuple[Where | Owner | By | Tier, ...]
