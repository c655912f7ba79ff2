"""Stable ids for rows without one: a hash of what the row says, so that importing it again changes nothing."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence

from dsl.types import Stored


def digest(*parts: object) -> str:
    """32 hexadecimal digits of SHA-256 over the parts, which are text, numbers, None or lists of them."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def content(properties: Mapping[str, Stored]) -> list[list[Stored]]:
    """Known properties in a fixed order."""
    return [[name, value] for name, value in sorted(properties.items()) if value is not None]


class Occurrences:
    """Tells identical rows of one file apart: the first is occurrence 0, the next 1.

    Counts lie in a temporary database that spills to disk, so that memory stays bounded for files of any length.
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID")

    def distinguish(self, ids: Sequence[str]) -> list[str]:
        """The ids, with those that were there before made different by their number."""
        asked = json.dumps(list(dict.fromkeys(ids)))
        before = dict(
            self._db.execute("SELECT id, n FROM seen WHERE id IN (SELECT value FROM json_each(?))", (asked,)).fetchall()
        )
        found = []
        for id_ in ids:
            number = before.get(id_, 0)
            before[id_] = number + 1
            found.append(id_ if number == 0 else digest(id_, number))
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?)", before.items())
        self._db.execute("COMMIT")
        return found

    def clear(self) -> None:
        """Begin anew."""
        self._db.execute("DELETE FROM seen")

    def close(self) -> None:
        """Throw the counts away."""
        self._db.close()
