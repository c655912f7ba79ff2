"""How two values compare (LANGUAGE.md §4)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dsl.types import Date, DateTime, Numeric, OneOf, Stored, Type
from engine.instants import whole_day


def compared(op: str, a: Stored, of_a: Type, b: Stored, of_b: Type, zone: ZoneInfo) -> bool:
    """False where a side is missing, also `=` between two missing values. Numbers compare exactly at their common
    fineness, ordered members by their places, text by code point. `zone` is the contact's."""
    if a is None or b is None:
        return False
    match of_a, of_b:
        case Numeric(denominator=da), Numeric(denominator=db):
            return ordered(op, int(a) * db, int(b) * da)
        case OneOf(members=members, ordered=True), OneOf() if op != "=":
            # a value that the schema no longer lists has no place in the order
            placed = a in members and b in members
            return placed and ordered(op, members.index(str(a)), members.index(str(b)))
        case DateTime(), Date():
            return _compare_instant(op, int(a), int(b), zone)
        case Date(), DateTime():
            turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
            return _compare_instant(turned, int(b), int(a), zone)
        case _:
            return a == b if isinstance(a, str) or isinstance(b, str) else ordered(op, a, b)


def _compare_instant(op: str, instant: int, day: int, zone: ZoneInfo) -> bool:
    """A date compared with an instant is its whole local day (§4, Time)."""
    return ordered(op, whole_day(instant, zone), day)


def ordered(op: str, a: Stored, b: Stored) -> bool:
    """Whether `a op b` holds of two whole numbers."""
    assert isinstance(a, int)
    assert isinstance(b, int)
    match op:
        case "=":
            return a == b
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case _:
            return a >= b


def text_test(kind: str, value: Stored, text: str) -> bool:
    """`contains`, `starts with`, `ends with`: exact, nothing is a pattern; false when missing."""
    if value is None:
        return False
    held = str(value)
    match kind:
        case "contains":
            return text in held
        case "starts with":
            return held.startswith(text)
        case _:
            return held.endswith(text)
