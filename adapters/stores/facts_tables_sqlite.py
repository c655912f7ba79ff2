"""The tables of the facts store on SQLite: the steps of our own, and those of the schema, through sqlite-utils."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from adapters.stores import facts_journal
from adapters.stores.facts_migrations import TableShape
from adapters.stores.facts_sql import quoted
from engine import layout
from engine.layout import Kind, storage


def utils(connection: sqlite3.Connection) -> Any:
    """The library on a connection."""
    import sqlite_utils  # 440 ms, needed only when tables change

    return sqlite_utils.Database(connection, execute_plugins=False, recursive_triggers=False)


def python_type(kind: Kind) -> type:
    """What the library calls a kind of column."""
    return str if kind == "text" else int


def create(db: Any, shape: TableShape) -> None:
    """Make a table of the schema, with its keys and what writes the journal."""
    columns = {name: python_type(kind) for name, kind in shape.own.items()}
    columns |= {name: python_type(storage(kind)) for name, kind in shape.columns.items()}
    not_null = [*shape.own, *(c for c in shape.key if c not in shape.own)]
    made = db.create_table_sql(shape.name, columns, pk=shape.key, not_null=not_null, strict=True)
    # rows lie in the order of the key: a contact's events are neighbours (sqlite-utils has no word for it)
    db.execute(made.strip().removesuffix(";") + ", WITHOUT ROWID")
    for column in shape.unique:
        db[shape.name].create_index([column], unique=True)
    db[shape.name].create_index([layout.SEQ])
    _watch(db, shape.name, shape.key[0], numbered=True)


def _first_tables(db: Any) -> None:
    db.execute("CREATE TABLE _meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT")
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


Step = Callable[[Any], None]

STEPS: tuple[Step, ...] = (_first_tables, _journal, _sources, _about, _erasing, _imports)
"""Step n brings our own tables from version n to n + 1; each takes a `sqlite_utils.Database`. Never edit, append."""
