"""Names of tables and columns of the facts store, one place for stores and for the SQL executor.

Every engine has the same layout. Names of fields, events and properties are used as they are (quoted by sqlglot);
our own columns begin with an underscore, which the schema forbids at the start of a name.

| table | columns | key |
|---|---|---|
| `contacts` | `_key` text, `_seq` integer, a column per field | `_key` |
| `event_NAME` | `_contact` text, `_at` integer, `_id` text, `_seq`, a column per property | `_contact, _at, _id` |
| `fact_NAME` | a column per column, `_seq` integer | its key column (and time column) |

A column of points (text) has three more beside it, `NAME.x`, `NAME.y`, `NAME.z`: the parts of its unit vector
(`engine.sphere`), so that distances need no more than integers. No name of a schema has a dot.

`_id` is unique within an event type. The key field of the contact is the column `_key` only; it has no second column.
"""

from __future__ import annotations

from typing import Literal, assert_never

from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Text, Type, Zone

CONTACTS = "contacts"
KEY = "_key"
SEQ = "_seq"
EVENT_CONTACT = "_contact"
EVENT_AT = "_at"
EVENT_ID = "_id"


def event_table(name: str) -> str:
    """The table of an event type."""
    return f"event_{name}"


def fact_table(name: str) -> str:
    """The table of a fact table."""
    return f"fact_{name}"


def vector_part(name: str, part: str) -> str:
    """The column of a part of a point."""
    return f"{name}.{part}"


Kind = Literal["text", "integer"]
"""What a column holds: text, compared by code point, or integers of 64 bits."""


def storage(type_: Type) -> Kind:
    """How values of a type are stored (the table in `dsl.types`)."""
    match type_:
        case Text() | OneOf() | SetOf() | Point() | Zone():
            return "text"
        case Numeric() | Boolean() | Date() | MonthDay() | DateTime():
            return "integer"
        case _:
            assert_never(type_)
