"""What copies of the facts need to follow them: where the store stands, and which rows changed without a new number.

Rows that are new, and contacts and fact rows that changed, have an arrival number above the last one a copy saw. Events
keep theirs when they are corrected, and what is gone has none: triggers in the file write both down, whoever does it.
Marks are random numbers beside the arrival numbers: a copy whose last mark the store does not know has followed
another one (a backup was put back, the file was made anew), and starts over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from engine import layout


@dataclass(frozen=True, slots=True)
class Position:
    """How far a copy has read: the last arrival number and the last line of the journal, each with its mark."""

    last: int
    mark: int
    line: int
    line_mark: int


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


def triggers(table: str, quoted: str) -> Iterator[str]:
    """The triggers of a table of the schema; `quoted` is its name as an identifier. A line about a fact table names no
    row: it is carried over as a whole then."""
    if table == layout.CONTACTS:
        changes = [("DELETE", f"OLD.{layout.KEY}")]
    elif table.startswith(layout.event_table("")):
        changes = [("DELETE", f"OLD.{layout.EVENT_ID}"), ("UPDATE", f"OLD.{layout.EVENT_ID}")]
    else:
        changes = [("DELETE", "''")]
    text = exp.Literal.string(table).sql("sqlite")
    for what, id_ in changes:
        name = f"{quoted[0]}journal {what.lower()} {quoted[1:]}"
        line = ('INSERT INTO _journal ("table", id)', "VALUES (", text, ",", id_, ")")
        yield " ".join(("CREATE TRIGGER", name, "AFTER", what, "ON", quoted, "BEGIN", *line, "; END"))


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
