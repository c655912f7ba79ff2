"""The tables of the facts store: our own by numbered steps, those of `schema.yaml` by comparison.

Steps go forward only, each in one transaction. A column that the schema gained is added; one that it lost stays in
the file and is not read. A column whose type changed while it holds data is a `StoreError`, because the stored form
of its values would silently mean something else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, assert_never

from adapters.stores.facts_database import OUT_OF_RANGE, FactsDatabase, StoreError
from adapters.stores.facts_points import fill_parts, part_columns
from adapters.stores.facts_sql import quoted
from dsl.schema import FactTable, Schema
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Text, Type, Zone
from engine import layout
from engine.layout import storage, vector_part
from engine.sphere import PARTS

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["OUT_OF_RANGE", "StoreError", "TableShape", "fact_key", "migrate", "shapes", "signature"]


def signature(kind: Type) -> str:
    """What must stay the same while a column holds data: equal signatures mean equal stored forms."""
    match kind:
        case Text():
            return "text"
        case Numeric(kind=name, denominator=denominator, currency=currency):
            return f"{name}{f' {currency}' if currency else ''} in 1/{denominator}"
        case Boolean():
            return "boolean"
        case Date():
            return "date"
        case MonthDay():
            return "month day"
        case DateTime():
            return "datetime"
        case OneOf(members=members):
            return "one of " + json.dumps(sorted(members), ensure_ascii=False)
        case SetOf(members=members):
            return "set of " + json.dumps(sorted(members), ensure_ascii=False)
        case Point():
            return "point"
        case Zone():
            return "zone"
        case _:
            assert_never(kind)


@dataclass(frozen=True, slots=True)
class TableShape:
    """One table of the schema: our own columns (not null), the key among them, and one column per field."""

    name: str
    own: Mapping[str, Literal["text", "integer"]]
    key: tuple[str, ...]
    columns: Mapping[str, Type]
    unique: tuple[str, ...] = ()
    """Columns that are unique by themselves."""


def fact_key(fact: FactTable) -> tuple[str, ...]:
    """The columns that tell the rows of a fact table apart: its key, and its time if it has one."""
    return (fact.key,) if fact.time is None else (fact.key, fact.time)


def shapes(schema: Schema) -> list[TableShape]:
    """The tables that the schema asks for (`engine.layout`)."""
    contact_columns = {f.name: f.type for f in schema.fields.values() if f.name != schema.key}
    found = [
        TableShape(layout.CONTACTS, {layout.KEY: "text", layout.SEQ: "integer"}, (layout.KEY,), contact_columns),
    ]
    for event in schema.events.values():
        own: dict[str, Literal["text", "integer"]] = {
            layout.EVENT_CONTACT: "text",
            layout.EVENT_AT: "integer",
            layout.EVENT_ID: "text",
            layout.SEQ: "integer",
        }
        key = (layout.EVENT_CONTACT, layout.EVENT_AT, layout.EVENT_ID)
        properties = {f.name: f.type for f in event.properties.values()}
        found.append(TableShape(layout.event_table(event.name), own, key, properties, (layout.EVENT_ID,)))
    for fact in schema.facts.values():
        columns = {f.name: f.type for f in fact.columns.values()}
        found.append(TableShape(layout.fact_table(fact.name), {layout.SEQ: "integer"}, fact_key(fact), columns))
    for shape in found:
        _refuse_twins(shape)
    return [replace(shape, columns={**shape.columns, **part_columns(shape.columns)}) for shape in found]


def _refuse_twins(shape: TableShape) -> None:
    """SQLite compares column names without case, the language does not: say so before SQLite does."""
    seen: dict[str, str] = {}
    for column in shape.columns:
        twin = seen.setdefault(column.casefold(), column)
        if twin != column:
            raise StoreError(f"`{twin}` and `{column}` differ in case alone, which the store cannot keep apart")


# ---------------------------------------------------------------- our own tables


def version(database: FactsDatabase) -> int:
    """Which of the steps of our own tables was the last; 0 where there are none yet."""
    if not database.has_table("_meta"):
        return 0
    row = database.one("SELECT value FROM _meta WHERE name = 'version'")
    return 0 if row is None else int(row[0])


def migrate(database: FactsDatabase, schema: Schema) -> None:
    """Bring the store to this program's version and to the schema's columns.

    Raises StoreError if the store is newer than the program, or a column with data changed its type.
    """
    known, steps = version(database), database.steps()
    if known > len(steps):
        raise StoreError(f"the facts store has version {known}, this program knows up to {len(steps)}: update kadenz")
    for number in range(known, len(steps)):
        with database.transaction():
            if version(database) > number:
                continue  # another process was quicker
            steps[number]()
            remember(database, "version", number + 1)
    wanted = shapes(schema)
    if _missing(database, wanted):
        with database.transaction():
            for shape, columns in _missing(database, wanted):
                _bring(database, shape, columns)


def remember(database: FactsDatabase, name: str, value: int) -> None:
    """Set one of the store's own numbers."""
    database.run(
        "INSERT INTO _meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
    )


# ---------------------------------------------------------------- tables of the schema


def _missing(database: FactsDatabase, wanted: list[TableShape]) -> list[tuple[TableShape, dict[str, str | None]]]:
    """Tables that differ from the schema, each with the columns to add (None) or to re-type (the old signature)."""
    recorded: dict[str, dict[str, str]] = {}
    for owner, name, kind in database.rows("SELECT owner, name, type FROM _columns"):
        recorded.setdefault(owner, {})[name] = kind
    found = []
    for shape in wanted:
        have = recorded.get(shape.name)
        if have is None:
            found.append((shape, dict[str, str | None]()))
            continue
        if have[""] != _key_text(shape):
            raise StoreError(
                f"the key of `{shape.name}` was {have['']}, schema.yaml now says {_key_text(shape)}:"
                " give the new table another name, or start a new store and import again"
            )
        differing = {c: have.get(c) for c, kind in shape.columns.items() if have.get(c) != signature(kind)}
        if differing:
            found.append((shape, differing))
    return found


def _key_text(shape: TableShape) -> str:
    return ", ".join(shape.key)


def _bring(database: FactsDatabase, shape: TableShape, columns: Mapping[str, str | None]) -> None:
    if not database.has_table(shape.name):
        database.create_table(shape)
        record = dict(shape.columns)
        # the line without a column name remembers the table itself, and its key
        database.run("INSERT INTO _columns VALUES (?, '', ?)", (shape.name, _key_text(shape)))
    else:
        for name, old in columns.items():
            if old is None:
                database.add_column(shape.name, name, storage(shape.columns[name]))
            else:
                _retype(database, shape, name, old)
        for name, kind in shape.columns.items():
            if isinstance(kind, Point) and name not in columns and vector_part(name, PARTS[0]) in columns:
                fill_parts(database, shape.name, name)
        record = {name: shape.columns[name] for name in columns}
    signatures = [(shape.name, name, signature(kind)) for name, kind in record.items()]
    database.put("_columns", ("owner", "name", "type"), signatures, key=("owner", "name"))


def _values(table: str, name: str) -> exp.Select:
    """The known values of a column."""
    from sqlglot import exp

    column = exp.column(name, quoted=True)
    return exp.select(column).from_(exp.to_table(quoted(table))).where(column.is_(exp.null()).not_())


def _retype(database: FactsDatabase, shape: TableShape, name: str, old: str) -> None:
    """Change a column's type: freely while it is empty, and between kinds of text as long as every value fits."""
    kind = shape.columns[name]
    values = _values(shape.name, name)
    if database.one(values.limit(1).sql("sqlite")) is None:
        if name not in shape.key:
            database.drop_column(shape.name, name)
            database.add_column(shape.name, name, storage(kind))
        return
    is_text = old == "text" or old.startswith("one of ")
    match kind:
        case Text() if is_text:
            return
        case OneOf(members=members) if is_text:
            allowed = set(members)
            rows = database.rows(values.distinct().sql("sqlite"))
            stranger = next((value for (value,) in rows if value not in allowed), None)
            if stranger is None:
                return
            raise StoreError(
                f"`{name}` in `{shape.name}` holds `{stranger}`, which is no member of its type in schema.yaml any more"
            )
        case SetOf(members=members) if old.startswith("set of "):
            if set(json.loads(old.removeprefix("set of "))) <= set(members):
                return
            rows = database.rows(values.distinct().sql("sqlite"))
            used = {member for (value,) in rows for member in value.strip("|").split("|")}
            lost = sorted(used - set(members))
            if not lost:
                return
            raise StoreError(
                f"`{name}` in `{shape.name}` holds `{lost[0]}`, which is no member of its type in schema.yaml any more"
            )
        case _:
            raise StoreError(
                f"`{name}` in `{shape.name}` holds data as {old}, schema.yaml now says {signature(kind)}:"
                " give the new field another name, or start a new store and import again"
            )
