"""Keys that a file names more than once: the last row counts, so that importing the file again changes nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from adapters.importing.rows import Fitting, Good
from adapters.importing.targets import ID, Target
from dsl.schema import Schema
from dsl.types import Stored

SHOWN = 3
"""Keys that a summary names, with their first lines."""


def key_slots(target: Target, schema: Schema, filled: Iterable[str]) -> tuple[str, ...]:
    """The slots whose values tell stored rows apart; empty where a row is told apart by its content."""
    match target.kind:
        case "contacts":
            return (schema.key,)
        case "fact":
            assert target.fact is not None
            return tuple(dict.fromkeys(n for n in (target.fact.key, target.fact.time) if n is not None))
        case "event" | "messages":
            return (ID,) if ID in filled else ()
        case _:
            return ()


class Repeats:
    """The keys of a file, counted in a temporary database that spills to disk.

    Feed it all good rows of which a key may come twice with `see`, then `merge` the same rows in the same order.
    `slots`: of `key_slots`.
    """

    def __init__(self, slots: Sequence[str]) -> None:
        self._slots = tuple(slots)
        self._open: dict[str, dict[str, Stored]] = {}
        self._widths: set[int] = set()
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, n INTEGER, last INTEGER, lines TEXT) WITHOUT ROWID")

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots that make a key."""
        return self._slots

    def clear(self) -> None:
        """Begin anew."""
        self._db.execute("DELETE FROM seen")
        self._widths.clear()

    def _key(self, row: Good) -> str | None:
        values = [row.values.get(slot) for slot in self._slots]
        return None if None in values else json.dumps(values)

    def hashed(self, good: Fitting) -> Iterator[Hashable]:
        """The keys of some rows, as `key_hashes` takes them."""
        if len(self._slots) == 1:
            return (key for key in good.known(self._slots[0]) if key is not None)
        columns = [good.known(slot) for slot in self._slots]
        return (key for key in zip(*columns, strict=True) if None not in key)

    def _hash(self, row: Good) -> int:
        values = tuple(row.values.get(slot) for slot in self._slots)
        return hash(values[0] if len(values) == 1 else values)

    def see(self, rows: Sequence[Good], suspects: Collection[int] | None) -> None:
        """Count the keys of some rows. `suspects`: hashes of the keys that may come twice (`key_hashes`), None: all."""
        found = [
            (key, row.line)
            for row in rows
            if (key := self._key(row)) is not None and (suspects is None or self._hash(row) in suspects)
        ]
        self._widths.update(len(row.values) for row in rows)
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT INTO seen VALUES (?1, 1, ?2, ?2) ON CONFLICT (key) DO UPDATE SET n = n + 1, last = ?2,"
            " lines = CASE WHEN n < 4 THEN lines || ', ' || ?2 WHEN n = 4 THEN lines || ', ..' ELSE lines END",
            found,
        )
        self._db.execute("COMMIT")

    def count(self) -> int:
        """How many keys occur more than once."""
        return int(self._db.execute("SELECT count(*) FROM seen WHERE n > 1").fetchone()[0])

    def first(self) -> tuple[tuple[str, str], ...]:
        """The first keys that occur more than once, as people read them, with their first lines."""
        rows = self._db.execute(
            "SELECT key, lines FROM seen WHERE n > 1 ORDER BY CAST(lines AS INTEGER) LIMIT ?", (SHOWN,)
        )
        return tuple((str(json.loads(key)[0]), lines) for key, lines in rows)

    def merge(self, rows: Sequence[Good]) -> list[Good]:
        """The rows that count: of each key the last one. A cell that it lacks altogether (JSON Lines) comes from the
        rows before it; only such leftovers are kept in memory."""
        keys = {row.line: self._key(row) for row in rows}
        asked = json.dumps([key for key in keys.values() if key is not None])
        last = dict(
            self._db.execute(
                "SELECT key, last FROM seen WHERE n > 1 AND key IN (SELECT value FROM json_each(?))", (asked,)
            ).fetchall()
        )
        if not last:
            return list(rows)
        gaps = len(self._widths) > 1  # otherwise every row overwrites all cells of the one before it
        kept = []
        for row in rows:
            key = keys[row.line]
            if key is None or key not in last:
                kept.append(row)
                continue
            values = {**self._open.pop(key, {}), **row.values}
            if row.line < last[key]:
                if gaps:
                    self._open[key] = values
            else:
                kept.append(replace(row, values=values))
        return kept

    def begun(self, rows: Sequence[Good], line: int) -> tuple[list[Good], list[Good]]:
        """The rows whose key came up to a line for the first time, and the others."""
        keys = {row.line: self._key(row) for row in rows if row.line > line}
        asked = json.dumps([key for key in keys.values() if key is not None])
        sql = (
            "SELECT key FROM seen WHERE CAST(lines AS INTEGER) <= ? AND n > 1"
            " AND key IN (SELECT value FROM json_each(?))"
        )
        before = {key for (key,) in self._db.execute(sql, (line, asked))}
        ours = [row for row in rows if row.line <= line or keys[row.line] in before]
        return ours, [row for row in rows if row.line > line and keys[row.line] not in before]

    def close(self) -> None:
        """Throw the counts away."""
        self._db.close()
