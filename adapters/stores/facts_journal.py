"""What copies of the facts need to follow them: where the store stands, and which rows changed without a new number.

Rows that are new, and contacts and fact rows that changed, have an arrival number above the last one a copy saw. Events
keep theirs when they are corrected, and what is gone has none: triggers in the file write both down, whoever does it.
A line also says whom it is about: the contact, of a corrected event the old one and the new one, each in a line; of a
fact table the key of the row that is gone. So a tick can tell whose answers may differ (`facts_touched`).
Marks are random numbers beside the arrival numbers: a copy whose last mark the store does not know has followed
another one (a backup was put back, the file was made anew), and starts over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from engine import layout
from engine.records import Position

__all__ = ["Position", "about", "knows", "position", "tables", "triggers"]

ABOUT = "about"


def tables(db: Any) -> None:
    """Make the journal's tables in a store (a step of `facts_migrations`)."""
    db.execute("CREATE TABLE _marks (last INTEGER PRIMARY KEY, mark INTEGER NOT NULL DEFAULT (random())) STRICT")
    db.execute("INSERT INTO _marks (last) SELECT last FROM _sequence")
    # lines are never taken out, so that no number is given twice
    db.execute(
        'CREATE TABLE _journal (n INTEGER PRIMARY KEY, "table" TEXT NOT NULL, id TEXT NOT NULL,'
        " mark INTEGER NOT NULL DEFAULT (random())) STRICT"
    )
    db.execute('CREATE INDEX "idx__journal_table" ON _journal ("table", n)')


def about(db: Any) -> None:
    """Let the lines say whom they are about (a step of `facts_migrations`; the triggers are made anew after it)."""
    db.execute(f"ALTER TABLE _journal ADD COLUMN {ABOUT} ANY")


def triggers(table: str, quoted: str, key: str | None = None) -> Iterator[str]:
    """The triggers of a table of the schema; `quoted` is its name as an identifier. A line about a fact table has no
    id: copies carry it over as a whole then. `key`: the key column of a fact table, as an identifier; None: the journal
    is one that does not say yet whom its lines are about."""
    contact = layout.EVENT_CONTACT
    if table == layout.CONTACTS:
        changes = [("DELETE", f"OLD.{layout.KEY}", [f"OLD.{layout.KEY}"])]
    elif table.startswith(layout.event_table("")):
        old, new = f"OLD.{contact}", f"NEW.{contact}"
        changes = [
            ("DELETE", f"OLD.{layout.EVENT_ID}", [old]),
            ("UPDATE", f"OLD.{layout.EVENT_ID}", [old, f"{new} WHERE {new} <> {old}"]),
        ]
    else:
        changes = [("DELETE", "''", [f"OLD.{key}"])]
    text = exp.Literal.string(table).sql("sqlite")
    for what, id_, whom in changes:
        head = f"CREATE TRIGGER {trigger_name(what, quoted)} AFTER {what} ON {quoted} BEGIN"
        line = ("INSERT INTO", "_journal", '("table", id)' if key is None else f'("table", id, {ABOUT})')
        values = [[text, id_]] if key is None else [[text, id_, one] for one in whom]
        lines = [" ".join((*line, "SELECT", ", ".join(held), ";")) for held in values]
        yield " ".join((head, *lines, "END"))


def trigger_name(what: str, quoted: str) -> str:
    """The name of a trigger as an identifier; `what` is "DELETE" or "UPDATE"."""
    return f"{quoted[0]}journal {what.lower()} {quoted[1:]}"


def position(connection: sqlite3.Connection) -> Position:
    """Where the store stands now."""
    last, mark = connection.execute("SELECT last, mark FROM _marks ORDER BY last DESC LIMIT 1").fetchone()
    line = connection.execute("SELECT n, mark FROM _journal ORDER BY n DESC LIMIT 1").fetchone()
    return Position(last, mark, *(line or (0, 0)))


def knows(connection: sqlite3.Connection, seen: Position) -> bool:
    """Whether the store has been at this position: a copy that stands there can follow."""
    marks = connection.execute("SELECT mark FROM _marks WHERE last = ?", (seen.last,)).fetchone()
    lines = connection.execute("SELECT mark FROM _journal WHERE n = ?", (seen.line,)).fetchone()
    return bool(marks == (seen.mark,) and (lines or (0,)) == (seen.line_mark,))
