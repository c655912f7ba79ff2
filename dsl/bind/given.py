"""Values as tests write them, in stored form."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from dsl import tree
from dsl.bind.context import Scope, declared_at, noun
from dsl.bind.distances import point
from dsl.bind.literals import YES_NO, constant, no_member
from dsl.bind.sets import members_of, stored_set
from dsl.schema import Field
from dsl.types import Boolean, Date, DateTime, OneOf, Point, SetOf


def given_value(scope: Scope, node: tree.Given, field: Field) -> str | int | None:
    """The value in stored form for the field, or None after a finding."""
    match node, field.type:
        case tree.Path(first=word, second=None), OneOf(members=members) as kind:
            if word.text in members:
                return word.text
            no_member(scope, word.text, node, kind, ())
            return None
        case tree.Path(first=word, second=None), Boolean() if word.text in YES_NO:
            return YES_NO[word.text]
        case ((tree.Moment() | tree.Date()), DateTime()):
            return wall_clock(scope, node)
        case tree.Path(), _:
            typed = scope.text(node.span)
            scope.error(
                "K0203",
                f"`{typed}` is no value for `{field.name}`, which is {noun(field.type)}",
                node.span,
                declared_at(field),
                f'a text stands in quotes: `"{typed}"`',
            )
            return None
        case tree.Moment(), Date():
            scope.error("K0203", f"`{field.name}` is a date, it knows no time", node.span, declared_at(field))
            return None
        case tree.Options(), SetOf() as kind if node.items:
            named = members_of(scope, node, kind)
            return None if named is None else stored_set(named)
        case tree.Options(items=(tree.Literal() as north, tree.Literal() as east)), Point():
            return point(scope, *(tree.Signed(n.minus, n.number, span=n.span) for n in (north, east)))
        case (_, SetOf() | Point()) | (tree.Options(), _):
            scope.error(
                "K0203",
                f"`{scope.text(node.span)}` is no value for `{field.name}`, which is {noun(field.type)}",
                node.span,
                declared_at(field),
                "a set is given as `(ski, bike)`, a point as `(47.37, 8.54)`, any other value without parentheses",
            )
            return None
    if isinstance(node, tree.Path | tree.Options):
        return None
    const = constant(scope, node, field.type)
    return None if const is None else const.value


def wall_clock(scope: Scope, node: tree.Moment | tree.Date) -> int:
    """Microseconds of a wall clock time in the project's zone; a date alone is its midnight."""
    date, minutes = (node.date.value, node.time.minutes) if isinstance(node, tree.Moment) else (node.value, 0)
    local = datetime.datetime(
        date // 10_000, date // 100 % 100, date % 100, minutes // 60, minutes % 60, tzinfo=ZoneInfo(scope.project.zone)
    )
    return (local - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(microseconds=1)
