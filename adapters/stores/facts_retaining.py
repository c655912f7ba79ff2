"""Taking events out that are older than their type is kept for, a batch at a time, so that imports get their turn."""

from __future__ import annotations

from adapters.stores import facts_sql
from adapters.stores.facts_database import FactsDatabase
from engine import layout

BATCH = 20_000
"""Rows of one transaction."""


def older(database: FactsDatabase, event_type: str, before: int) -> int:
    """How many events of a type lie before an instant (microseconds)."""
    row = database.one(facts_sql.count_before(layout.event_table(event_type), layout.EVENT_AT), {"before": before})
    return 0 if row is None else int(row[0])


def drop(database: FactsDatabase, event_type: str, before: int, size: int = BATCH) -> int:
    """Delete them, each batch in a transaction of its own; how many. Copies follow by the journal."""
    table, gone = layout.event_table(event_type), 0
    some = facts_sql.some_before(table, layout.SEQ, layout.EVENT_AT)
    while True:
        with database.transaction():
            numbers = [number for (number,) in database.rows(some, {"before": before, "size": size})]
            if not numbers:
                return gone
            among = facts_sql.among(layout.SEQ, kind="integer")
            gone += database.run(facts_sql.delete(table, among), {"keys": database.keys(numbers)})
