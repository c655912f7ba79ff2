"""What SQLite and Postgres speak differently in the ledger's statements, one switch each with its reason.

The statements are constants of this program and hold no values, so that a few rules on their words suffice, and opening
a ledger imports no SQL library. Words within quotes are left alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LOCKING = re.compile(r"\s+for update( skip locked)?\s*$")
_EACH = re.compile(r"\beach(?:_number)?\(")


@lru_cache(maxsize=512)
def for_sqlite(sql: str) -> str:
    """A statement as SQLite speaks it."""
    # a write has the file to itself, there are no locks on rows; a list travels as JSON
    return _EACH.sub("json_each(", _LOCKING.sub("", sql))
