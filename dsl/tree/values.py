"""Values: what events come to, stages, classes, ages, arithmetic, and lists of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.records import dataclass
from dsl.tree.leaves import Name, Node, Number, Path, Signed, Word
from dsl.tree.windows import Window

if TYPE_CHECKING:
    from dsl.tree.conditions import Expr


@dataclass(frozen=True, slots=True)
class Event(Node):
    """An event type with the filter of `with (..)`."""

    name: Name
    where: Expr | None


@dataclass(frozen=True, slots=True)
class Times(Node):
    """`at least 3 times`."""

    how: Word
    number: Number


@dataclass(frozen=True, slots=True)
class NumberOf(Node):
    """`number of purchase in last 90 days`."""

    event: Event
    window: Window | None


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """`sum of purchase.amount with (..) in last 1 year`."""

    kind: Word
    event: Name
    property: Name
    where: Expr | None
    window: Window | None


@dataclass(frozen=True, slots=True)
class Nth(Node):
    """`first visit`, `last purchase with (..)`: an instant."""

    kind: Word
    event: Name
    where: Expr | None


@dataclass(frozen=True, slots=True)
class NthProperty(Node):
    """`first visit.page`, `last purchase.product with (..)`."""

    kind: Word
    event: Name
    property: Name
    where: Expr | None


@dataclass(frozen=True, slots=True)
class StageOf(Node):
    """`stage of engagement`."""

    score: Name


@dataclass(frozen=True, slots=True)
class ClassOf(Node):
    """`class of value`."""

    name: Name


@dataclass(frozen=True, slots=True)
class AgeOf(Node):
    """`age of birth_date`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`a plus b times c`, from left to right: values and words in turn."""

    parts: tuple[Expr | Word, ...]


@dataclass(frozen=True, slots=True)
class Options(Node):
    """`(a, b, c)`, perhaps empty."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Pick(Node):
    """`greatest of (a, b, c)`, `least of (a, b)`."""

    kind: Word
    options: Options


@dataclass(frozen=True, slots=True)
class Distance(Node):
    """`5 km`, `500 m`."""

    number: Signed
    unit: Word


@dataclass(frozen=True, slots=True)
class Spot(Node):
    """`(47.3769, 8.5417)`: latitude and longitude in degrees."""

    latitude: Signed
    longitude: Signed
