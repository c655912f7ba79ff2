"""What a rehearsal's ledger takes over from the live one: what is known from outside, and what was sent.

Both may be larger than memory, and a rehearsal is asked again and again. So rows are read in ranges of their numbers,
and each copy goes on where the last one ended: the mark is the number of the last row copied, with its id, because a
live ledger from a backup gives its numbers out again. Everything is idempotent by id, so that a copy that starts over
is slow and does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass

from adapters.stores import ledger_evidence as evidence
from adapters.stores import ledger_lists
from adapters.stores.ledger_database import Database

RANGE = 10_000
"""So many rows are in memory at a time, and in one transaction: whoever is cut off has kept the ranges before."""

_HELD_OFFER = """
insert into held_offer (key, contact, offer, at, offer_group, worth, unit, last_day) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict do nothing
"""

# the rehearsal's own message may have made it hold
_HOLDS_NO_MORE = """
delete from held_offer where key = ?
and not exists (select 1 from reservation where reservation.key = held_offer.key and reservation.counting = 1)
"""

# what was sent here was sent elsewhere for a rehearsal: messages that count, with the offers that went with them
_MESSAGES = """
select r.key, r.contact, r.at, r.channel, r.category, r.tags, r.local_date
from reservation as r join outbox as o on o.key = r.key
where r.counting = 1 and o.state in ('sent', 'uncertain') and
"""
_OFFERS = """
select h.key, h.contact, h.offer, h.at, h.offer_group, h.worth, h.unit, h.last_day
from held_offer as h join outbox as o on o.key = h.key join reservation as r on r.key = h.key
where r.counting = 1 and o.state in ('sent', 'uncertain') and
"""
_UNCERTAIN = "select key from outbox where state = 'uncertain'"
_BY_KEY = "r.key in (select value from each(?))"
_OF_CONTACT = "r.contact in (select value from each(?))"

Transaction = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A table whose rows have numbers in the order in which they became visible. `select` begins a statement that tells
    number and id, then what `insert` takes; None: the ids are keys of messages."""

    table: str
    id: str
    select: str
    insert: str | None
    of_contacts: bool = True
    """Whether the rows of some contacts can be told apart; where not, all are taken over in any case."""


_CONSENTS = _Numbered(
    "consent",
    "id",
    "select seq, id, id, contact, purpose, channel, state, basis, evidence, at from consent where",
    evidence.CONSENT,
)
_HISTORY = _Numbered(
    "history",
    "id",
    "select seq, id, id, contact, at, channel, category, tags, local_date from history where",
    evidence.HISTORY,
)
_LOOSE_OFFERS = _Numbered(
    "held_offer",
    "key",
    "select seq, key, key, contact, offer, at, offer_group, worth, unit, last_day from held_offer"
    " where not exists (select 1 from outbox where outbox.key = held_offer.key) and",
    _HELD_OFFER,
)
_SUPPRESSIONS = _Numbered(
    "suppression",
    "id",
    "select seq, id, id, contact, address, channel, reason, at from suppression where",
    evidence.SUPPRESSION,
    of_contacts=False,  # addresses are suppressed as well
)
_QUIET = _Numbered("quiet_contact", "contact", "select seq, contact, contact from quiet_contact where", evidence.QUIET)
_SENT = _Numbered("sent", "key", "select seq, key from sent where", None)

_TABLES = (_CONSENTS, _HISTORY, _LOOSE_OFFERS, _SUPPRESSIONS, _QUIET, _SENT)

_MARKED = "select seq, id from copied where source = ? and what = ?"
_MARK = """
insert into copied (source, what, seq, id) values (?, ?, ?, ?)
on conflict (source, what) do update set seq = excluded.seq, id = excluded.id
"""


def behind(target: Database, source: Database) -> int:
    """How many consents `target` has still to take over, about: the ledger's largest table of evidence."""
    newest = source.one("select coalesce(max(seq), 0) from consent")
    assert newest is not None, "an aggregate has a row"
    return int(newest[0]) - _marked(target, source, _identity(source), _CONSENTS)


def copy(target: Database, source: Database, transaction: Transaction) -> None:
    """Bring `target` up to what `source` knows from outside and has sent, in transactions of its own."""
    identity = _identity(source)
    for table in _TABLES:
        while _next_range(target, source, identity, table, transaction):
            pass
    with transaction():
        _uncertain(target, source)
        _switches(target, source)


def copy_of_contacts(target: Database, source: Database, contacts: Collection[str], transaction: Transaction) -> None:
    """The same, of some contacts; what concerns no contact in particular is taken over as a whole. No mark moves."""
    identity = _identity(source)
    for table in _TABLES:
        if not table.of_contacts:
            while _next_range(target, source, identity, table, transaction):
                pass
    with transaction():
        keys = source.keys(list(contacts))
        for table in (_CONSENTS, _HISTORY, _LOOSE_OFFERS, _QUIET):
            assert table.insert is not None
            select = " ".join((table.select, "contact in (select value from each(?)) order by seq"))
            target.many(table.insert, (row[2:] for row in source.rows(select, (keys,))))
        _messages(target, source, _OF_CONTACT, contacts)
        _uncertain(target, source)
        _switches(target, source)


def _identity(database: Database) -> int:
    row = database.one("select created_at from meta")
    assert row is not None, "a ledger knows when it was made"
    return int(row[0])


def _marked(target: Database, source: Database, identity: int, table: _Numbered) -> int:
    """Up to which number the rows were copied; 0 where that row is another one by now."""
    row = target.one(_MARKED, (identity, table.table))
    if row is None:
        return 0
    stands = f"select 1 from {table.table} where seq = ? and {table.id} = ?"  # noqa: S608  # names of this module
    return int(row[0]) if source.one(stands, row) else 0


def _next_range(target: Database, source: Database, identity: int, table: _Numbered, transaction: Transaction) -> bool:
    """Copy the rows that come next; whether there may be more."""
    # behind the lock, so that two rehearsals do not both copy a range
    with transaction():
        after = _marked(target, source, identity, table)
        found = source.rows(" ".join((table.select, "seq > ? order by seq limit ?")), (after, RANGE))
        if not found:
            return False
        if table.insert is None:
            _messages(target, source, _BY_KEY, [row[1] for row in found])
        else:
            target.many(table.insert, (row[2:] for row in found))
        target.run(_MARK, (identity, table.table, *found[-1][:2]))
    return len(found) == RANGE


def _messages(target: Database, source: Database, which: str, asked: Collection[str]) -> None:
    """Messages that left or may have left, with their offers: by key, or by contact."""
    bound = (source.keys(list(asked)),)
    target.many(evidence.HISTORY, source.rows(" ".join((_MESSAGES, which, "order by r.key")), bound))
    target.many(_HELD_OFFER, source.rows(" ".join((_OFFERS, which, "order by h.seq")), bound))


def _uncertain(target: Database, source: Database) -> None:
    """Messages of which nobody knows whether they left, of all contacts: they are few. What was taken over as such
    before, and did not leave as is known by now, counts here no more either."""
    uncertain = frozenset(key for (key,) in source.rows(_UNCERTAIN))
    before = frozenset(key for (key,) in target.rows("select key from copied_uncertain"))
    settled = before - uncertain
    if settled:
        count = frozenset(key for key, *_ in source.rows(" ".join((_MESSAGES, _BY_KEY)), (source.keys(settled),)))
        gone = [(key,) for key in sorted(settled - count)]
        target.many("delete from history where id = ?", gone)
        target.many(_HOLDS_NO_MORE, gone)
        target.many("delete from copied_uncertain where key = ?", [(key,) for key in sorted(settled)])
    _messages(target, source, _BY_KEY, uncertain)
    target.many("insert into copied_uncertain (key) values (?)", [(key,) for key in sorted(uncertain - before)])


def _switches(target: Database, source: Database) -> None:
    """Mirror the pause switch and the lists."""
    target.run("delete from pause")
    paused = source.rows("select trigger_id, why, at from pause")
    target.many("insert into pause (trigger_id, why, at) values (?, ?, ?)", paused)
    ledger_lists.mirror(target, source, RANGE)
