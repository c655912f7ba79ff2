"""What comes into the ledger from outside: consent, suppressions, messages sent elsewhere, the pause switch.

Everything is idempotent by id: the first line with an id stands, a second one is counted as "same".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from adapters.stores import ledger_rows as rows
from adapters.stores.ledger_database import Bindings, Database
from engine.records import ConsentRecord, CountedMessage, Suppression

CONSENT = """
insert into consent (id, contact, purpose, channel, state, basis, evidence, at) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict do nothing
"""
SUPPRESSION = """
insert into suppression (id, contact, address, channel, reason, at) values (?, ?, ?, ?, ?, ?) on conflict do nothing
"""
HISTORY = """
insert into history (id, contact, at, channel, category, tags, local_date) values (?, ?, ?, ?, ?, ?, ?)
on conflict do nothing
"""
QUIET = "insert into quiet_contact (contact) values (?) on conflict do nothing"


def _add(database: Database, sql: str, values: Iterable[Bindings]) -> tuple[int, int]:
    given = list(values)
    new = database.many(sql, given)
    return new, len(given) - new


def add_consents(database: Database, records: Iterable[ConsentRecord]) -> tuple[int, int]:
    """Append consent records; (new, same)."""
    return _add(database, CONSENT, map(rows.consent_values, records))


def add_suppressions(database: Database, entries: Iterable[Suppression]) -> tuple[int, int]:
    """Add suppressions; (new, same)."""
    return _add(database, SUPPRESSION, map(rows.suppression_values, entries))


def add_messages(database: Database, messages: Iterable[CountedMessage]) -> tuple[int, int]:
    """Add messages that were sent elsewhere, so that caps count them; (new, same)."""
    return _add(database, HISTORY, map(rows.counted_values, messages))


def mark_quiet(database: Database, contacts: Iterable[str]) -> None:
    """Remember that these contacts are imported quietly."""
    database.many(QUIET, ((c,) for c in contacts))


def quiet_arrived(database: Database, contacts: Collection[str]) -> None:
    """Those of them that were marked are in the store now: where one is gone at a tick, it begins anew."""
    database.run(
        "update quiet_contact set arrived = 1 where contact in (select value from each(?))", (database.keys(contacts),)
    )


def pause(database: Database, trigger: str, why: str, at: int) -> None:
    """Pause a trigger, or all of them with "*"; a second call changes the reason."""
    database.run(
        "insert into pause (trigger_id, why, at) values (?, ?, ?)"
        " on conflict (trigger_id) do update set why = excluded.why, at = excluded.at",
        (trigger, why, at),
    )


def resume(database: Database, trigger: str, at: int) -> bool:
    """Take one pause away; whether there was one. The rates of the trigger are counted anew from then on."""
    there = database.run("delete from pause where trigger_id = ?", (trigger,)) > 0
    if there:
        count_anew(database, trigger, at)
    return there


def count_anew(database: Database, trigger: str, at: int) -> None:
    """The rates of a trigger do not look further back than this."""
    database.run(
        "insert into counted_anew (trigger_id, at) values (?, ?)"
        " on conflict (trigger_id) do update set at = excluded.at where counted_anew.at < excluded.at",
        (trigger, at),
    )


def rewind(database: Database, at: int) -> None:
    """See `SqlLedger.rewind_evidence`."""
    database.run("delete from history where at > ?", (at,))
    database.run("delete from held_offer where at > ?", (at,))
    database.run("delete from pause")
    database.run("delete from quiet_contact")
