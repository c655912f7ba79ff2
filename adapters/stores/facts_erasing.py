"""Erasing people from the facts store: their rows, their history, and the bytes in the file.

What is deleted stays in free parts of a SQLite file, and copies of cells stay where pages were split. So the file is
written anew (`VACUUM`) and the write-ahead log emptied. Until that is done the store remembers that it is not
(`unfinished`). Copies follow by the journal, which names nobody who was erased.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.stores import facts_journal, facts_sql
from adapters.stores.facts_migrations import StoreError, in_transaction, transaction
from dsl.schema import Schema
from engine import layout

_PENDING = "erased, bytes not yet"


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows went, of each kind; `changes`: lines of the history of contacts' fields."""

    contacts: int
    events: int
    changes: int
    quarantined: int


def erase(connection: sqlite3.Connection, schema: Schema, contacts: Collection[str]) -> Erased:
    """Take people out: contact, events of every type (also of those that the schema does not have any more), history
    of fields, keys of what triggers set, and rows in quarantine that show their key, mail address or phone number.

    Then the file is written anew, which takes as long as copying it and needs as much room again. Raises StoreError if
    somebody else reads or writes meanwhile: where the rows are gone and the bytes are not, `unfinished` says so, and
    `finish` does the rest.
    """
    if in_transaction(connection):
        raise StoreError("nobody can be erased inside of a transaction")
    keys = json.dumps(sorted(set(contacts)))
    with transaction(connection):
        found = _erase(connection, schema, keys)
        facts_journal.erased(connection)
        connection.execute("INSERT OR REPLACE INTO _meta VALUES (?, 1)", (_PENDING,))
    finish(connection)
    return found


def unfinished(connection: sqlite3.Connection) -> bool:
    """Whether bytes of somebody who was erased may still lie in the file."""
    return connection.execute("SELECT 1 FROM _meta WHERE name = ?", (_PENDING,)).fetchone() is not None


def finish(connection: sqlite3.Connection) -> None:
    """Write the file anew and empty the log, if that is still to do. Raises StoreError while others use the store."""
    if not unfinished(connection):
        return
    try:
        # by itself the new file would be made in memory first (`temp_store` of the store)
        connection.execute("PRAGMA temp_store = FILE")
        connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        raise StoreError(f"the rows are erased, but the file could not be written anew: {error}") from error
    finally:
        connection.execute("PRAGMA temp_store = MEMORY")
    if busy:
        raise StoreError("the rows are erased, but not yet their bytes: another process reads the facts store")
    with transaction(connection):
        connection.execute("DELETE FROM _meta WHERE name = ?", (_PENDING,))


def _erase(connection: sqlite3.Connection, schema: Schema, keys: str) -> Erased:
    """`keys`: as a JSON list."""
    quarantined = _out_of_quarantine(connection, _marks_of(connection, schema, keys))
    tables = connection.execute("SELECT DISTINCT owner FROM _columns ORDER BY owner").fetchall()
    events = sum(
        _delete(connection, table, layout.EVENT_CONTACT, keys)
        for (table,) in tables
        if table.startswith(layout.event_table(""))
    )
    known = _delete(connection, layout.CONTACTS, layout.KEY, keys)
    facts_journal.forget(connection, keys)
    changes = _delete(connection, "_field_changes", "contact", keys)
    _delete(connection, "_set_by", "contact", keys)
    # what an import that was cut off left to go on from has cells of its file as examples: it begins anew then
    connection.execute("DELETE FROM _imports")
    return Erased(known, events, changes, quarantined)


def _delete(connection: sqlite3.Connection, table: str, column: str, keys: str) -> int:
    from sqlglot import exp

    held = exp.Table(this=exp.to_identifier(table, quoted=True))
    text = exp.delete(held).where(facts_sql.among(column).tree())
    return connection.execute(text.sql("sqlite"), {"keys": keys}).rowcount


# ---------------------------------------------------------------- quarantine

_BETWEEN = re.compile(r"""[,;|\t"']""")
"""What stands between the cells of a line that could not be taken apart."""


def _folded(text: object) -> str:
    return "".join(str(text).casefold().split())


def _marks_of(connection: sqlite3.Connection, schema: Schema, keys: str) -> frozenset[str]:
    """What tells a row of a file as theirs: the keys, and all addresses that were ever known."""
    fields = [f.name for f in schema.fields.values() if {"email", "phone"} & set(f.normalise) and f.name != schema.key]
    found: set[object] = set(json.loads(keys))
    if fields:
        now = facts_sql.select(layout.CONTACTS, fields, where=[facts_sql.among(layout.KEY)])
        then = facts_sql.select(
            "_field_changes",
            ("old", "new"),
            where=[facts_sql.among("contact"), facts_sql.among("field", "fields")],
        )
        given = {"keys": keys, "fields": json.dumps(fields)}
        for text in (now, then):
            for row in connection.execute(text, given):
                found.update(row)
    return frozenset(_folded(value) for value in found if value is not None)


def _out_of_quarantine(connection: sqlite3.Connection, marks: frozenset[str]) -> int:
    rows = connection.execute('SELECT rowid, "row" FROM _quarantine')
    theirs = [(number,) for number, text in rows if any(_folded(cell) in marks for cell in _cells(text))]
    connection.executemany("DELETE FROM _quarantine WHERE rowid = ?", theirs)
    return len(theirs)


def _cells(text: str) -> Iterator[str]:
    """Everything that stands in a row of a file."""
    waiting: list[Any] = [json.loads(text)]
    while waiting:
        held = waiting.pop()
        match held:
            case dict():
                waiting.extend(held.values())
            case list():
                waiting.extend(held)
            case _:
                yield from _BETWEEN.split(str(held))
