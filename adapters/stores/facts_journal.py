"""What copies of the facts need to follow them: where the store stands, and which rows changed without a new number.

Rows that are new, and contacts and fact rows that changed, have an arrival number above the last one a copy saw. Events
keep theirs when they are corrected, and what is gone has none: triggers in the file write both down, whoever does it.
A line also says whom it is about: the contact, of a corrected event the old one and the new one, each in a line; of a
fact table the key of the row that is gone. So a tick can tell whose answers may differ (`facts_touched`).
Marks are random numbers beside the arrival numbers: a copy whose last mark the store does not know has followed
another one (a backup was put back, the file was made anew), and starts over.

A line names a row by its id, and an event by its arrival number as well, which it keeps. Where a person was erased
(`facts_erasing`) no line may name what was theirs: the number stays, which tells nothing about anybody, and a copy
finds its row by that. A line with neither means any row of the table, which is then carried over as a whole. `ERASED`
in the place of a table says that bytes must go as well, not rows alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from adapters.stores.facts_database import FactsDatabase
from engine import layout
from engine.records import Position

__all__ = ["Position", "about", "knows", "position", "tables", "triggers"]

ABOUT = "about"

ERASED = ""
"""In the place of a table: somebody was erased, and copies are to be written anew where they keep what was deleted."""


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


def numbers(db: Any) -> None:
    """Let the lines hold the arrival number of the row (a step of `facts_migrations`; triggers are made anew)."""
    db.execute("ALTER TABLE _journal ADD COLUMN seq INTEGER")
    # there is no telling whose row an older line names
    db.execute("UPDATE _journal SET id = '' WHERE about IS NULL")


def triggers(table: str, quoted: str, key: str | None = None, *, numbered: bool = False) -> Iterator[str]:
    """The triggers of a table of the schema; `quoted` is its name as an identifier. A line about a fact table has no
    id: copies carry it over as a whole then. `key`: the key column of a fact table, as an identifier; None: the journal
    is one that does not say yet whom its lines are about. `numbered`: it holds numbers."""
    from sqlglot import exp

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
    columns = ['"table"', "id", *(("seq",) if numbered else ()), *(() if key is None else (ABOUT,))]
    # a copy may know a contact by an older number
    number = f"OLD.{layout.SEQ}" if table.startswith(layout.event_table("")) else "NULL"
    text = exp.Literal.string(table).sql("sqlite")
    for what, id_, whom in changes:
        head = f"CREATE TRIGGER {trigger_name(what, quoted)} AFTER {what} ON {quoted} BEGIN"
        line = ("INSERT INTO", "_journal", f"({', '.join(columns)})")
        row = [text, id_, *((number,) if numbered else ())]
        values = [row] if key is None else [[*row, one] for one in whom]
        lines = [" ".join((*line, "SELECT", ", ".join(held), ";")) for held in values]
        yield " ".join((head, *lines, "END"))


def trigger_name(what: str, quoted: str) -> str:
    """The name of a trigger as an identifier; `what` is "DELETE" or "UPDATE"."""
    return f"{quoted[0]}journal {what.lower()} {quoted[1:]}"


def forget(database: FactsDatabase, contacts: Collection[str], tables: Collection[str]) -> None:
    """No line about one of these tables names these contacts or their events any more; the number of an event stays."""
    database.run(
        "UPDATE _journal SET id = '', about = NULL WHERE about IN (SELECT loose(value) FROM each(:keys))"
        ' AND "table" IN (SELECT value FROM each(:tables))',
        {"keys": database.keys(contacts), "tables": database.keys(tables)},
    )


def erased(database: FactsDatabase) -> None:
    """A line that says that somebody was erased."""
    database.run("INSERT INTO _journal (\"table\", id) VALUES (?, '')", (ERASED,))


def position(database: FactsDatabase) -> Position:
    """Where the store stands now."""
    stands = database.one("SELECT last, mark FROM _marks ORDER BY last DESC LIMIT 1")
    assert stands is not None, "the first step writes one"
    line = database.one("SELECT n, mark FROM _journal ORDER BY n DESC LIMIT 1") or (0, 0)
    latest = database.one("SELECT max(at) FROM _latest")
    return Position(stands[0], stands[1], line[0], line[1], (latest and latest[0]) or 0)


def has_been_at(database: FactsDatabase, seq: int, mark: int | None) -> bool:
    """Whether `seq` was the highest arrival number once, with this mark if it is given."""
    found = database.one("SELECT mark FROM _marks WHERE last = ?", (seq,))
    if mark is not None:
        return found == (mark,)
    stands = database.one("SELECT last FROM _sequence")
    return stands is not None and seq <= stands[0]


def knows(database: FactsDatabase, seen: Position) -> bool:
    """Whether the store has been at this position: a copy that stands there can follow."""
    marks = database.one("SELECT mark FROM _marks WHERE last = ?", (seen.last,))
    lines = database.one("SELECT mark FROM _journal WHERE n = ?", (seen.line,))
    return marks == (seen.mark,) and (lines or (0,)) == (seen.line_mark,)
