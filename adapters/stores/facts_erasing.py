"""Erasing people from the facts store: their rows, their history, and the bytes in the store.

What is deleted stays in free parts of a database. So what it holds is written
anew (`FactsDatabase.scrub`). Until that is done the store remembers that it is not (`unfinished`). Copies
follow by the journal, which names nobody who was erased.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.stores import facts_journal, facts_sql
from adapters.stores.facts_database import FactsDatabase, StoreError
from adapters.stores.facts_migrations import remember
from dsl.schema import Schema
from engine import layout

_PENDING = "erased, bytes not yet"
_MARK = "forgotten "


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows went, of each kind; `changes`: lines of the history of contacts' fields."""

    contacts: int
    events: int
    changes: int
    quarantined: int


def erase(database: FactsDatabase, schema: Schema, contacts: Collection[str], marks: Collection[str] = ()) -> Erased:
    """Take people out: contact, events of every type (also of those that the schema does not have any more), history
    of fields, keys of what triggers set, and rows in quarantine that show their key, mail address or phone number.
    `marks`: ids of the orders that this carries out, which `carried_out` tells from then on.

    Then everything is written anew, which takes as long as copying it and needs as much room again. Raises StoreError
    if somebody else reads or writes meanwhile: where the rows are gone and the bytes are not, `unfinished` says so, and
    `finish` does the rest.
    """
    if database.in_transaction():
        raise StoreError("nobody can be erased inside of a transaction")
    keys = sorted(set(contacts))
    with database.transaction():
        found = _erase(database, schema, keys)
        facts_journal.erased(database)
        remember(database, _PENDING, 1)
        for mark in marks:
            remember(database, _MARK + mark, 1)
    finish(database)
    return found


def carried_out(database: FactsDatabase) -> frozenset[str]:
    """The ids of the orders that this store has carried out; one from a backup knows fewer."""
    names = (name for (name,) in database.rows("SELECT name FROM _meta"))
    return frozenset(name.removeprefix(_MARK) for name in names if name.startswith(_MARK))


def everybody(database: FactsDatabase) -> Iterator[str]:
    """The key of everybody of whom anything may be here: contacts, and whoever events or histories name."""
    tables = [table for (table,) in database.rows("SELECT DISTINCT owner FROM _columns ORDER BY owner")]
    named = [(layout.CONTACTS, layout.KEY), ("_field_changes", "contact"), ("_set_by", "contact")]
    named += [(table, layout.EVENT_CONTACT) for table in tables if table.startswith(layout.event_table(""))]
    for table, column in named:
        found = database.rows(facts_sql.select_distinct(table, column))
        yield from (str(key) for (key,) in found if key is not None)


def unfinished(database: FactsDatabase) -> bool:
    """Whether bytes of somebody who was erased may still lie in the store."""
    return database.one("SELECT 1 FROM _meta WHERE name = ?", (_PENDING,)) is not None


def finish(database: FactsDatabase) -> None:
    """Write everything anew, if that is still to do. Raises StoreError while others use the store."""
    if not unfinished(database):
        return
    database.scrub()
    with database.transaction():
        database.run("DELETE FROM _meta WHERE name = ?", (_PENDING,))


def _erase(database: FactsDatabase, schema: Schema, keys: Sequence[str]) -> Erased:
    quarantined = _out_of_quarantine(database, _marks_of(database, schema, keys))
    tables = [table for (table,) in database.rows("SELECT DISTINCT owner FROM _columns ORDER BY owner")]
    event_tables = [table for table in tables if table.startswith(layout.event_table(""))]
    events = sum(_delete(database, table, layout.EVENT_CONTACT, keys) for table in event_tables)
    known = _delete(database, layout.CONTACTS, layout.KEY, keys)
    facts_journal.forget(database, keys, [layout.CONTACTS, *event_tables])
    changes = _delete(database, "_field_changes", "contact", keys)
    _delete(database, "_set_by", "contact", keys)
    # what an import that was cut off left to go on from has cells of its file as examples: it begins anew then
    database.run("DELETE FROM _imports")
    return Erased(known, events, changes, quarantined)


def _delete(database: FactsDatabase, table: str, column: str, keys: Sequence[str]) -> int:
    return database.run(facts_sql.delete(table, facts_sql.among(column)), {"keys": database.keys(keys)})


# ---------------------------------------------------------------- quarantine


def quarantined(database: FactsDatabase, schema: Schema, contact: str) -> list[dict[str, object]]:
    """The rows in quarantine that show somebody's key, mail address or phone number, with where and why."""
    marks = _marks_of(database, schema, [contact])
    rows = database.rows('SELECT file, target, line, detail, "row" FROM _quarantine ORDER BY file, target, line')
    names = ("file", "target", "line", "reason", "row")
    return [
        dict(zip(names, row, strict=True)) for row in rows if any(_folded(cell) in marks for cell in _cells(row[-1]))
    ]


_BETWEEN = re.compile(r"""[,;|\t"']""")
"""What stands between the cells of a line that could not be taken apart."""


def _folded(text: object) -> str:
    return "".join(str(text).casefold().split())


def _marks_of(database: FactsDatabase, schema: Schema, keys: Sequence[str]) -> frozenset[str]:
    """What tells a row of a file as theirs: the keys, and all addresses that were ever known."""
    fields = [f.name for f in schema.fields.values() if {"email", "phone"} & set(f.normalise) and f.name != schema.key]
    found: set[object] = set(keys)
    if fields:
        now = facts_sql.select(layout.CONTACTS, fields, where=[facts_sql.among(layout.KEY)])
        then = facts_sql.select(
            "_field_changes",
            ("old", "new"),
            where=[facts_sql.among("contact"), facts_sql.among("field", "fields")],
        )
        given = {"keys": database.keys(keys), "fields": database.keys(fields)}
        for text in (now, then):
            for row in database.rows(text, given):
                found.update(row)
    return frozenset(_folded(value) for value in found if value is not None)


def _out_of_quarantine(database: FactsDatabase, marks: frozenset[str]) -> int:
    rows = database.rows('SELECT file, target, line, "row" FROM _quarantine')
    theirs = [place for *place, text in rows if any(_folded(cell) in marks for cell in _cells(text))]
    database.many("DELETE FROM _quarantine WHERE file = ? AND target = ? AND line = ?", theirs)
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
