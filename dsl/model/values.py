"""Values of one contact: constants, fields, facts, what events come to, arithmetic. A value may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dsl.model.time import Window
from dsl.records import dataclass, field
from dsl.spans import Span
from dsl.types import NUMBER, POINTS, Type

if TYPE_CHECKING:
    from dsl.model.conditions import Condition


@dataclass(frozen=True, slots=True)
class Const:
    """A literal, in stored form for `type` (see `dsl.types`)."""

    value: str | int
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field of the contact."""

    name: str
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class EventValue:
    """A property of the event at hand. `of` is "this" inside `with (..)`, "cause" for `event.NAME` in a trigger.

    The names `at` (datetime) and `id` (text) are the event's own instant and id unless the schema declares them.
    """

    name: str
    type: Type
    of: Literal["this", "cause"]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FactValue:
    """A column of a fact table: of the row whose key equals the contact's field, with a time column the newest row
    not after as_of; missing without such a row."""

    table: str
    column: str
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events of one contact are meant: a type, a filter over each event, a window. No window: ever,
    up to as_of."""

    event: str
    where: Condition | None
    window: Window | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A number or value over events. `number` needs no property, `first` and `last` without one are instants.

    Over nothing: number and sum are 0, the others missing. `average` is cut toward zero after 6 decimals;
    `distinct` counts different values. Events whose property is missing are skipped.
    """

    kind: Literal["number", "sum", "average", "smallest", "largest", "distinct", "first", "last"]
    query: EventQuery
    property: str | None
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class AgeOf:
    """Whole years since a date, in the contact's zone; 29 February counts as the 28th in other years."""

    date: Value
    span: Span = field(compare=False)
    type: Type = NUMBER


@dataclass(frozen=True, slots=True)
class ScoreValue:
    """A score as a number (points in units of 2^-30); missing outside the score's `where`."""

    score: str
    span: Span = field(compare=False)
    type: Type = POINTS


@dataclass(frozen=True, slots=True)
class StageOf:
    """The stage of a score (an ordered one-of type of the score's stages); missing without a score."""

    score: str
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ClassOf:
    """The tier of a class at the last midnight in the project's zone (an ordered one-of type of the class's tiers, the
    first tier the greatest); missing where the contact has none."""

    name: str
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`plus`, `minus`, `times`; missing if either side is. `type` is Numeric; the result is exact."""

    op: Literal["plus", "minus", "times"]
    left: Value
    right: Value
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Pick:
    """`greatest of (..)`, `least of (..)`: missing ones are skipped; missing if all are. Numbers of any denominators
    (`type` has their common one), or dates, or instants."""

    kind: Literal["greatest", "least"]
    items: tuple[Value, ...]
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FirstKnown:
    """The first of two or more values that is not missing, all stored alike; missing if all are. No text says so by
    itself: `dsl.learned` does."""

    items: tuple[Value, ...]
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class DefinedValue:
    """A value named by `define`."""

    name: str
    type: Type
    span: Span = field(compare=False)


Value = (
    Const
    | FieldValue
    | EventValue
    | FactValue
    | Aggregate
    | AgeOf
    | ScoreValue
    | StageOf
    | ClassOf
    | Arithmetic
    | Pick
    | FirstKnown
    | DefinedValue
)
