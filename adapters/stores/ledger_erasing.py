"""Erasing people from a ledger: what was decided and sent keeps counting, under a key that means nobody.

What a person said and was (consents, lists, memberships, stages) goes. What was sent, reserved or held out stays as a
row without content, so that totals, budgets, offers and rates count as before (LANGUAGE.md §8.4). Work that had not
left is over: a row that was claimed is not marked any more, because it is not claimed any more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from adapters.stores import ledger_counts, ledger_due
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_database import Database
from adapters.stores.ledger_outbox import COUNTS_NO_MORE_UNLESS_IT_LEFT
from adapters.stores.ledger_rows import properties_text
from engine.records import Suppression
from engine.tally import without_person

GATE = "erased"
"""The gate of everything that was open when a person was forgotten."""

OF_CONTACTS: Mapping[str, str] = {
    "consent": "contact",
    "suppression": "contact",
    "member": "contact",
    "stage": "contact",
    "reaching": "contact",
    "field_value": "contact",
    "known_contact": "contact",
    "due": "contact",
    "quiet_contact": "contact",
    "list_entry": "contact",
}
"""The tables whose rows go with their contact, and the column that names it."""

NAMELESS: Mapping[str, str] = {
    "firing": "occasion = '', event = null, properties = '{}'",
    "ghost": "properties = '{}'",
    "outbox": "address = case when kind = 'notice' then address end, text = null, event = null, properties = '{}',"
    " note = ''",
    "reservation": "units = units",  # see _forget_units
    "held_offer": "offer = offer",
    "history": "channel = channel",
}
"""The tables whose rows stay under another key, and what of them is emptied."""

TABLES = (*OF_CONTACTS, *NAMELESS)
"""Every table that names contacts."""

_OPEN = "select id, key from outbox where contact = ? and state in ('held', 'queued', 'claimed') order by id"
_IN_HANDS = "select 1 from outbox where contact = ? and state in ('claimed', 'committing') limit 1"
_OVER = """
update outbox set state = 'suppressed', owner = null, not_before = null, changed_at = ?1 where id = ?2
"""
# a tick that has read this one begins anew
_TICK_AGAIN = """
insert into tick (as_of, seq, plan, mark) select as_of, seq, plan, mark from tick order by id desc limit 1
"""
_JUDGED = """
insert into judgement (key, at, outcome, gate, detail)
select key, ?1, 'refused', ?2, '' from firing where contact = ?3 and state <> 'done' order by key
"""
_SILENT = """
update judgement set detail = '' where key in (select key from firing where contact = ?)
"""
_ATTEMPTS = """
update attempt set note = null, provider_id = null where outbox in (select id from outbox where contact = ?)
"""
_OWN = re.compile("[0-9a-f]{32}")
"""A hash that this program made; any other id of an imported message may say anything."""


@dataclass(frozen=True, slots=True)
class LedgerErased:
    """What became of the rows: `kept` count on under another key, `gone` are no more, `aborted` had not left yet.
    `in_hands`: so many were in the hands of a run that was handing over."""

    kept: int = 0
    gone: int = 0
    aborted: int = 0
    in_hands: int = 0


def suppressed(database: Database, contact: str, addresses: Collection[str]) -> list[Suppression]:
    """What is suppressed of a contact and of some addresses."""
    found = database.rows(
        "select id, contact, address, channel, reason, at from suppression"
        " where contact = ? or address in (select value from each(?)) order by seq",
        (contact, database.keys(addresses)),
    )
    return [Suppression(*row) for row in found]


def contacts_of(database: Database) -> Iterator[str]:
    """Every contact that some row names, each once a table."""
    for table in TABLES:
        select = f"select distinct contact from {table} where contact is not null"  # noqa: S608  # names of this module
        yield from (contact for (contact,) in database.rows(select))


def knows(database: Database, table: str, contact: str) -> bool:
    """Whether a table has anything of a contact."""
    select = f"select 1 from {table} where contact = ? limit 1"  # noqa: S608  # names of this module
    return database.one(select, (contact,)) is not None


def keys_of(database: Database, contact: str) -> frozenset[str]:
    """The keys of everything that was made for a contact: files bear them."""
    return frozenset(key for (key,) in database.rows("select key from outbox where contact = ?", (contact,)))


def erase(
    ledger: SqlLedger,
    contacts: Mapping[str, str],
    addresses: Collection[str],
    tombstones: Mapping[str, str],
    hashed: Callable[[str], str],
    now: int,
) -> LedgerErased:
    """Take people out, in one transaction, and remember the `tombstones` (id -> line) that say so.

    `contacts`: key -> the key under which their rows count on; `addresses`: suppressed ones that go; `hashed`: what
    takes the place of an id that may say who it was. Bytes are left until `finish`. Raises LedgerError."""
    database = ledger.database
    kept = gone = aborted = in_hands = 0
    with ledger.transaction(), database.unguarded():
        for contact, nameless in contacts.items():
            in_hands += database.one(_IN_HANDS, (contact,)) is not None
            aborted += _abort(database, contact, now)
            gone += sum(_delete(database, table, column, contact) for table, column in OF_CONTACTS.items())
            database.run(_SILENT, (contact,))
            database.run(_ATTEMPTS, (contact,))
            _forget_units(database, contact)
            _rename_history(database, contact, hashed)
            kept += sum(_rename(database, table, contact, nameless) for table in NAMELESS)
        named = (database.keys(addresses),)
        gone += database.run("delete from suppression where address in (select value from each(?))", named)
        # how far a copy has come is told by the id of a row, which may be one of theirs: it starts over
        database.run("delete from copied")
        ledger_counts.count_anew(database)
        ledger_due.forget_reckoned(database)
        database.run(_TICK_AGAIN)
        database.many(
            "insert into forgotten (id, line, bytes_left) values (?, ?, 1)"
            " on conflict (id) do update set bytes_left = 1",
            tombstones.items(),
        )
    return LedgerErased(kept, gone, aborted, in_hands)


def remember(ledger: SqlLedger, lines: Mapping[str, str]) -> None:
    """Write lines that change no row of anybody. Raises LedgerError."""
    with ledger.transaction():
        ledger.database.many(
            "insert into forgotten (id, line, bytes_left) values (?, ?, 0) on conflict (id) do nothing", lines.items()
        )


def remembered(database: Database) -> Mapping[str, str]:
    """The lines that the ledger knows, in their order: id -> line."""
    return dict(database.rows("select id, line from forgotten order by seq"))


def ever_forgotten(database: Database) -> bool:
    """Whether the ledger knows of anybody who was forgotten."""
    return database.one("select 1 from forgotten limit 1") is not None


def unfinished(database: Database) -> bool:
    """Whether bytes of somebody who was erased may still lie in the files."""
    return database.one("select 1 from forgotten where bytes_left = 1 limit 1") is not None


def finish(ledger: SqlLedger) -> bool:
    """Write the ledger anew, if that is still to do; False while others read what was. Raises LedgerError."""
    if not unfinished(ledger.database):
        return True
    if not ledger.database.rewrite():
        return False
    with ledger.transaction():
        ledger.database.run("update forgotten set bytes_left = 0")
    return True


def _abort(database: Database, contact: str, now: int) -> int:
    """End what has not left. What may have left at an earlier try goes on counting."""
    waiting = database.rows(_OPEN, (contact,))
    for number, _ in waiting:
        database.run(_OVER, (now, number))
        database.run(COUNTS_NO_MORE_UNLESS_IT_LEFT, (number,))
    database.run(_JUDGED, (now, GATE, contact))
    database.run("update firing set state = 'done', not_before = null where contact = ?", (contact,))
    return len(waiting)


def _delete(database: Database, table: str, column: str, contact: str) -> int:
    return database.run(f"delete from {table} where {column} = ?", (contact,))  # noqa: S608  # names of this module


def _rename(database: Database, table: str, contact: str, nameless: str) -> int:
    return database.run(
        f"update {table} set contact = ?, {NAMELESS[table]} where contact = ?",  # noqa: S608  # names of this module
        (nameless, contact),
    )


def _forget_units(database: Database, contact: str) -> None:
    """A household is told by its values; what a message used of a budget with `where` goes on counting."""
    found = database.rows("select key, units from reservation where contact = ? and units <> '{}'", (contact,))
    emptied = [(properties_text(without_person(json.loads(units))), key) for key, units in found]
    database.many("update reservation set units = ? where key = ?", emptied)


def _rename_history(database: Database, contact: str, hashed: Callable[[str], str]) -> None:
    """Ids that came with a file say perhaps who it was; each gets the same other one wherever it stands."""
    own = database.rows("select id from history where contact = ?", (contact,))
    given = [(hashed(id_), id_) for (id_,) in own if _OWN.fullmatch(id_) is None]
    database.many("update history set id = ? where id = ?", given)
    database.many("update held_offer set key = ? where key = ?", given)


def line_of(data: Mapping[str, object]) -> str:
    """A line as it stands in the ledger and in the file."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
