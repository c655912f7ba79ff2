"""The tables of the facts store: our own by numbered steps, those of `schema.yaml` by comparison.

Steps go forward only, each in one transaction. A column that the schema gained is added; one that it lost stays in
the file and is not read. A column whose type changed while it holds data is a `StoreError`, because the stored form
of its values would silently mean something else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, assert_never

from adapters.stores import facts_journal
from adapters.stores.facts_points import fill_parts, part_columns
from adapters.stores.facts_sql import quoted
from dsl.schema import FactTable, Schema
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Text, Type, Zone
from engine import layout
from engine.layout import storage, vector_part
from engine.sphere import PARTS


class StoreError(Exception):
    """The facts store cannot be used as asked. The text is for people: lower case, one sentence."""


if TYPE_CHECKING:
    from sqlglot import exp


OUT_OF_RANGE = "a number that the playbooks reckon leaves 64 bits: look for absurdly large values"
"""What every engine's error says then."""


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


def in_transaction(connection: sqlite3.Connection) -> bool:
    """Whether a transaction is open now (a function, because the answer changes between two questions)."""
    return connection.in_transaction


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction, or a part of the one that is open: the lock is taken first, an error rolls back."""
    if in_transaction(connection):
        yield
        return
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise StoreError(f"the facts store is busy or cannot be written: {error}") from error
    try:
        yield
    except BaseException:
        if in_transaction(connection):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


# ---------------------------------------------------------------- our own tables


def _first_tables(db: Any) -> None:
    db.create_table("_sequence", {"last": int}, strict=True, not_null=["last"])
    db.execute("INSERT INTO _sequence VALUES (0)")
    db.create_table("_columns", {"owner": str, "name": str, "type": str}, pk=("owner", "name"), strict=True)
    db.create_table("_latest", {"event": str, "at": int}, pk="event", strict=True)
    # one column holds text and integers alike, which only ANY does
    db.execute(
        "CREATE TABLE _field_changes"
        " (contact TEXT NOT NULL, field TEXT NOT NULL, old ANY, new ANY, at INTEGER NOT NULL) STRICT"
    )
    db["_field_changes"].create_index(["contact", "field", "at"])
    db.create_table(
        "_quarantine",
        {"file": str, "target": str, "line": int, "column": str, "reason": str, "detail": str, "row": str, "at": int},
        pk=("file", "target", "line"),
        strict=True,
    )


def _journal(db: Any) -> None:
    facts_journal.tables(db)
    for (owner,) in db.execute("SELECT owner FROM _columns WHERE name = ''").fetchall():
        for trigger in facts_journal.triggers(owner, quoted(owner)):
            db.execute(trigger)


def _watch(db: Any, name: str, key: str, *, numbered: bool) -> None:
    for trigger in facts_journal.triggers(name, quoted(name), quoted(key), numbered=numbered):
        db.execute(trigger)


def _watch_anew(db: Any, *, numbered: bool) -> None:
    for owner, key in db.execute("SELECT owner, type FROM _columns WHERE name = ''").fetchall():
        for what in ("DELETE", "UPDATE"):
            db.execute(" ".join(("DROP TRIGGER IF EXISTS", facts_journal.trigger_name(what, quoted(owner)))))
        _watch(db, owner, key.split(", ")[0], numbered=numbered)


def _sources(db: Any) -> None:
    """Which trigger changed a field (null: an import), and by which decision."""
    db.execute("ALTER TABLE _field_changes ADD COLUMN source TEXT")
    db.create_table("_set_by", {"key": str, "at": int}, pk="key", strict=True, not_null=["at"])


def _about(db: Any) -> None:
    facts_journal.about(db)
    _watch_anew(db, numbered=False)


def _erasing(db: Any) -> None:
    """What was anybody's can be found, so that it can be erased."""
    facts_journal.numbers(db)
    _watch_anew(db, numbered=True)
    db.execute("ALTER TABLE _set_by ADD COLUMN contact TEXT")
    db["_set_by"].create_index(["contact"])


def _imports(db: Any) -> None:
    """How far imports under way have come; see `adapters.stores.import_marks`."""
    names = {"file": str, "target": str, "fingerprint": str, "line": int, "offset": int, "first": int, "state": str}
    db.create_table("_imports", names, pk=("file", "target"), strict=True, not_null=list(names))


STEPS: tuple[Callable[[Any], None], ...] = (_first_tables, _journal, _sources, _about, _erasing, _imports)
"""Step n brings our own tables from version n to n + 1; each takes a `sqlite_utils.Database`. Never edit, append."""


def _version(connection: sqlite3.Connection) -> int:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_meta'").fetchone()
    if known is None:
        return 0
    row = connection.execute("SELECT value FROM _meta WHERE name = 'version'").fetchone()
    return int(row[0])


def _utils(connection: sqlite3.Connection) -> Any:
    import sqlite_utils  # 440 ms, needed only when tables change

    return sqlite_utils.Database(connection, execute_plugins=False, recursive_triggers=False)


def migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    """Bring the store to this program's version and to the schema's columns.

    Raises StoreError if the file is newer than the program, or a column with data changed its type.
    """
    version = _version(connection)
    if version > len(STEPS):
        raise StoreError(f"the facts store has version {version}, this program knows up to {len(STEPS)}: update kadenz")
    for number in range(version, len(STEPS)):
        with transaction(connection):
            if _version(connection) > number:
                continue  # another process was quicker
            if number == 0:
                connection.execute("CREATE TABLE _meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT")
            STEPS[number](_utils(connection))
            connection.execute("INSERT OR REPLACE INTO _meta VALUES ('version', ?)", (number + 1,))
    wanted = shapes(schema)
    if _missing(connection, wanted):
        with transaction(connection):
            for shape, columns in _missing(connection, wanted):
                _bring(connection, shape, columns)


# ---------------------------------------------------------------- tables of the schema


def _missing(
    connection: sqlite3.Connection, wanted: list[TableShape]
) -> list[tuple[TableShape, dict[str, str | None]]]:
    """Tables that differ from the schema, each with the columns to add (None) or to re-type (the old signature)."""
    recorded: dict[str, dict[str, str]] = {}
    for owner, name, kind in connection.execute("SELECT owner, name, type FROM _columns"):
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


def _bring(connection: sqlite3.Connection, shape: TableShape, columns: Mapping[str, str | None]) -> None:
    db = _utils(connection)
    if not db[shape.name].exists():
        _create(db, shape)
        record = dict(shape.columns)
        # the line without a column name remembers the table itself, and its key
        db.conn.execute("INSERT INTO _columns VALUES (?, '', ?)", (shape.name, _key_text(shape)))
    else:
        for name, old in columns.items():
            if old is None:
                db[shape.name].add_column(name, _python_type(storage(shape.columns[name])))
            else:
                _retype(db, shape, name, old)
        for name, kind in shape.columns.items():
            if isinstance(kind, Point) and name not in columns and vector_part(name, PARTS[0]) in columns:
                fill_parts(connection, shape.name, name)
        record = {name: shape.columns[name] for name in columns}
    db.conn.executemany(
        "INSERT OR REPLACE INTO _columns VALUES (?, ?, ?)",
        [(shape.name, name, signature(kind)) for name, kind in record.items()],
    )


def _python_type(kind: Literal["text", "integer"]) -> type:
    return str if kind == "text" else int


def _create(db: Any, shape: TableShape) -> None:
    columns = {name: _python_type(kind) for name, kind in shape.own.items()}
    columns |= {name: _python_type(storage(kind)) for name, kind in shape.columns.items()}
    not_null = [*shape.own, *(c for c in shape.key if c not in shape.own)]
    made = db.create_table_sql(shape.name, columns, pk=shape.key, not_null=not_null, strict=True)
    # rows lie in the order of the key: a contact's events are neighbours (sqlite-utils has no word for it)
    db.execute(made.strip().removesuffix(";") + ", WITHOUT ROWID")
    for column in shape.unique:
        db[shape.name].create_index([column], unique=True)
    db[shape.name].create_index([layout.SEQ])
    _watch(db, shape.name, shape.key[0], numbered=True)


def _values(table: str, name: str) -> exp.Select:
    """The known values of a column."""
    from sqlglot import exp

    column = exp.column(name, quoted=True)
    return exp.select(column).from_(exp.to_table(quoted(table))).where(column.is_(exp.null()).not_())


def _retype(db: Any, shape: TableShape, name: str, old: str) -> None:
    """Change a column's type: freely while it is empty, and between kinds of text as long as every value fits."""
    kind = shape.columns[name]
    values = _values(shape.name, name)
    if db.execute(values.limit(1).sql("sqlite")).fetchone() is None:
        if name not in shape.key:
            db.execute(" ".join(("ALTER TABLE", quoted(shape.name), "DROP COLUMN", quoted(name))))
            db[shape.name].add_column(name, _python_type(storage(kind)))
        return
    is_text = old == "text" or old.startswith("one of ")
    match kind:
        case Text() if is_text:
            return
        case OneOf(members=members) if is_text:
            allowed = set(members)
            rows = db.execute(values.distinct().sql("sqlite"))
            stranger = next((value for (value,) in rows if value not in allowed), None)
            if stranger is None:
                return
            raise StoreError(
                f"`{name}` in `{shape.name}` holds `{stranger}`, which is no member of its type in schema.yaml any more"
            )
        case SetOf(members=members) if old.startswith("set of "):
            if set(json.loads(old.removeprefix("set of "))) <= set(members):
                return
            rows = db.execute(values.distinct().sql("sqlite"))
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
