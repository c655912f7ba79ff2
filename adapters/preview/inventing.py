"""Somebody who is not there: a contact and an event with a value for each field, for a preview without data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from dsl.schema import Field, Schema
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Stored, Text, Type, Zone
from engine.instants import date_at
from engine.records import Contact
from engine.zones import zone

KEY = "invented"

_WORDS: Mapping[str, str] = {
    "name": "Anna",
    "first": "Anna",
    "last": "Keller",
    "mail": "anna@example.ch",
    "phone": "+41441234567",
    "street": "Seestrasse 12",
    "city": "Zürich",
    "postcode": "8002",
    "country": "CH",
    "company": "Beispiel AG",
    "product": "Earl Grey",
}
"""What a text field says whose name holds the word; the later word wins."""


def invented(schema: Schema, now: int, time_zone: str, *, bare: bool) -> Contact:
    """A contact with a value in each field; `bare`: in those alone that every contact has."""
    fields = values(schema.fields, now, time_zone, bare=bare)
    fields.pop(schema.key, None)
    if schema.language_field is not None:
        fields.pop(schema.language_field, None)
    return Contact(KEY, fields)


def values(fields: Mapping[str, Field], now: int, time_zone: str, *, bare: bool) -> dict[str, Stored]:
    """A value for each of these fields, in stored form; `bare`: for those alone that must be there."""
    return {n: _value(n, f.type, now, time_zone) for n, f in fields.items() if f.required or not bare}


def _value(name: str, kind: Type, now: int, time_zone: str) -> Stored:
    match kind:
        case Text():
            found = [word for part, word in _WORDS.items() if part in name.lower()]
            return found[-1] if found else name.replace("_", " ").capitalize()
        case Numeric(denominator=denominator):
            return 49 * denominator
        case Boolean():
            return 1
        case Date():
            return date_at(now, zone(time_zone))
        case MonthDay():
            return date_at(now, zone(time_zone)) % 10_000
        case DateTime():
            return now
        case OneOf(members=members):
            return members[0]
        case SetOf(members=members):
            return f"|{'|'.join(members[:2])}|" if members else None
        case Point():
            return "47.3769 8.5417"
        case Zone():
            return time_zone
        case _:
            assert_never(kind)
