"""What every node has, and the leaves: names, literals, durations, paths."""

from __future__ import annotations

from dsl.records import dataclass, field
from dsl.spans import Span


@dataclass(frozen=True, slots=True)
class Node:
    """What every node has: the stretch of text that it was made from."""

    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name, NFC."""

    text: str


@dataclass(frozen=True, slots=True)
class Text(Node):
    """Text in quotes; `text` is what stands between them, NFC."""

    text: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """Digits as typed, without `_`; perhaps with a decimal point."""

    text: str


@dataclass(frozen=True, slots=True)
class Date(Node):
    """A valid date; `value` is yyyymmdd."""

    value: int


@dataclass(frozen=True, slots=True)
class Time(Node):
    """A valid time of day; `minutes` after midnight."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Word(Node):
    """Keywords that carry a choice (an operator, a unit), one space between them."""

    text: str


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number in an expression, with its sign and percent sign."""

    minus: Word | None
    number: Number
    percent: Word | None


@dataclass(frozen=True, slots=True)
class Signed(Node):
    """A number that may be negative."""

    minus: Word | None
    number: Number


@dataclass(frozen=True, slots=True)
class Duration(Node):
    """`7 days`, `3 local days`."""

    number: Number
    local: Word | None
    unit: Word


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A name in an expression: `country`, `contact.country`, `event.amount`."""

    first: Name
    second: Name | None
