"""The record of what people did with a ledger: a chain in which each entry holds the hash of the one before.

An edit, a gap or a swap breaks the chain. Who rewrites the whole chain, or cuts off its end, is found by an anchor: a
number and a hash that were written down elsewhere before (`kadenz audit --anchor`). No entry names a contact or an
address: they say numbers, keyed hashes and ids of the list of the forgotten, so that nobody's erasure breaks the chain.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_database import Database


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody did (`at`: microseconds). `body`: canonical JSON. `before`: the hash of the entry before."""

    seq: int
    at: int
    who: str
    what: str
    body: str
    before: str
    hash: str

    @property
    def reckoned(self) -> str:
        """The hash that it should have: SHA-256 over everything else."""
        told = [self.seq, self.at, self.who, self.what, self.body, self.before]
        return sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """How the chain stood once: the number of its last entry, and its hash. `ledger`: which one."""

    ledger: int
    seq: int
    hash: str


_ENTRIES = "select seq, at, who, what, body, before, hash from audit where seq > ? order by seq limit ?"
_ROWS = 10_000


def append(ledger: SqlLedger, who: str, what: str, body: Mapping[str, Any]) -> Entry:
    """Add an entry, in a transaction of its own. Raises LedgerError."""
    database = ledger.database
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    with ledger.transaction():
        last = database.one("select seq, hash from audit order by seq desc limit 1")
        seq, before = (1, str(ledger.identity)) if last is None else (last[0] + 1, last[1])
        entry = Entry(seq, ledger.clock(), who, what, text, before, "")
        row = (entry.seq, entry.at, who, what, text, before, entry.reckoned)
        database.run("insert into audit (seq, at, who, what, body, before, hash) values (?, ?, ?, ?, ?, ?, ?)", row)
    return Entry(*row)


def entries(database: Database) -> Iterator[Entry]:
    """All entries, in order; not all at once in memory."""
    after = -(2**63)
    while found := database.rows(_ENTRIES, (after, _ROWS)):
        yield from (Entry(*row) for row in found)
        after = found[-1][0]


def last_of(database: Database, what: str) -> str | None:
    """The body of the newest entry of a kind."""
    row = database.one("select body from audit where what = ? order by seq desc limit 1", (what,))
    return None if row is None else str(row[0])


def head(ledger: SqlLedger) -> Anchor | None:
    """How the chain stands now; None for an empty one."""
    row = ledger.database.one("select seq, hash from audit order by seq desc limit 1")
    return None if row is None else Anchor(ledger.identity, *row)


def problems(ledger: SqlLedger, anchors: Iterable[Anchor] = ()) -> Iterator[str]:
    """What is wrong with the chain, in words; nothing where it is whole and stands as the anchors say."""
    own = [one for one in anchors if one.ledger == ledger.identity]
    hashes = {one.seq: set[str]() for one in own}
    expected, before = 1, str(ledger.identity)
    for entry in entries(ledger.database):
        if entry.seq != expected:
            yield f"entry {expected} is missing: the next one is {entry.seq}"
        elif entry.before != before:
            yield f"entry {entry.seq} does not follow the one before"
        if entry.hash != entry.reckoned:
            yield f"entry {entry.seq} was changed"
        if entry.seq in hashes:
            hashes[entry.seq].add(entry.reckoned)
        expected, before = entry.seq + 1, entry.hash
    for one in own:
        if not hashes[one.seq]:
            yield f"entry {one.seq}, which an anchor tells of, is missing: it was cut off, or a backup was put back"
        elif one.hash not in hashes[one.seq]:
            yield f"entry {one.seq} is another one than its anchor says: the chain was rewritten"
