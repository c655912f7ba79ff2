"""`offer` blocks."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.blocks import Head, Owner
from dsl.tree.leaves import Date, Name, Node, Number, Text, Word


@dataclass(frozen=True, slots=True)
class Code(Node):
    """`code "WELCOME10"`."""

    text: Text


@dataclass(frozen=True, slots=True)
class DiscountPercent(Node):
    """`discount 10 %`."""

    number: Number


@dataclass(frozen=True, slots=True)
class DiscountMoney(Node):
    """`discount 5 CHF`."""

    number: Number
    currency: Name


@dataclass(frozen=True, slots=True)
class Valid(Node):
    """`valid from 2026-11-01 to 2026-12-31`."""

    start: Date
    end: Date | None


@dataclass(frozen=True, slots=True)
class ValidUntil(Node):
    """`valid to 2026-12-31`."""

    end: Date


@dataclass(frozen=True, slots=True)
class OfferGroup(Node):
    """`group discounts keep best`."""

    name: Name
    keep: Word


@dataclass(frozen=True, slots=True)
class OfferTotal(Node):
    """`at most 1000 in total`."""

    number: Number


@dataclass(frozen=True, slots=True)
class Offer(Node):
    """An `offer` block."""

    head: Head
    clauses: tuple[Code | DiscountPercent | DiscountMoney | Valid | ValidUntil | OfferGroup | OfferTotal | Owner, ...]
