"""The types of fields, properties and expressions, as a closed union.

How values are stored, everywhere alike (Python, SQL, JSON), with `None` for missing:

| type | stored as |
|---|---|
| text, one of, zone | `str`, NFC, never empty |
| number, decimal(n), money, points | `int`, the value times `denominator` (1, 10^n, 10^digits, 2^30) |
| boolean | `int`, 0 or 1 |
| date | `int`, yyyymmdd (so that calendar order is integer order) |
| month day | `int`, mmdd |
| datetime | `int`, microseconds since 1970-01-01 UTC |
| set of | `str`, the members in code point order between bars: `|bike|ski|`, never empty |
| point | `str`, `latitude,longitude` in degrees, nine digits after the point at most (`dsl.places.point_text`) |
"""

from __future__ import annotations

from typing import assert_never

from dsl.records import dataclass

Stored = str | int | None
"""A value as stores and executors hold it; see the table above."""

POINT_UNIT = 2**30
"""Score points are integers in units of 2^-30 (LANGUAGE.md §5, score)."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text without order, compared by code point after NFC."""


@dataclass(frozen=True, slots=True)
class Numeric:
    """An exact number stored as an integer times 1/denominator.

    `kind` is what people call it: number, decimal, money, points. `currency` for money only.
    """

    kind: str = "number"
    denominator: int = 1
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false; also the type of every condition."""


@dataclass(frozen=True, slots=True)
class Date:
    """A civil date."""


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A birthday without a year."""


@dataclass(frozen=True, slots=True)
class DateTime:
    """An instant."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of named members; ordered members compare in the order given."""

    members: tuple[str, ...]
    ordered: bool = False
    name: str | None = None


@dataclass(frozen=True, slots=True)
class SetOf:
    """A set of named members."""

    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the earth."""


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA time zone name."""


Type = Text | Numeric | Boolean | Date | MonthDay | DateTime | OneOf | SetOf | Point | Zone

NUMBER = Numeric()
POINTS = Numeric("points", POINT_UNIT)


def decimal(digits: int) -> Numeric:
    """`decimal(n)`: n digits after the point, exact."""
    return Numeric("decimal", 10**digits)


def money(currency: str, digits: int = 2) -> Numeric:
    """Money in minor units of `currency` (ISO 4217 code)."""
    return Numeric("money", 10**digits, currency)


def describe(kind: Type) -> str:
    """The type in the words of a marketer, for messages."""
    match kind:
        case Text():
            return "text"
        case Numeric(kind="decimal", denominator=d):
            return f"decimal({len(str(d)) - 1})"
        case Numeric(kind="money", currency=c):
            return f"money in {c}"
        case Numeric(kind=k):
            return k
        case Boolean():
            return "yes or no"
        case Date():
            return "date"
        case MonthDay():
            return "month day"
        case DateTime():
            return "datetime"
        case OneOf(name=name) if name:
            return name
        case OneOf(members=m):
            return f"one of [{', '.join(m[:4])}{', ..' if len(m) > 4 else ''}]"
        case SetOf(members=m):
            return f"set of [{', '.join(m[:4])}{', ..' if len(m) > 4 else ''}]"
        case Point():
            return "point"
        case Zone():
            return "zone"
        case _:
            assert_never(kind)
