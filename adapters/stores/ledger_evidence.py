"""What comes into the ledger from outside: consent, suppressions, messages sent elsewhere, the pause switch.

Everything is idempotent by id: the first line with an id stands, a second one is counted as "same".
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.stores import ledger_rows as rows
from adapters.stores.ledger_database import Bindings, Database
from engine.records import ConsentRecord, CountedMessage, Suppression

_CONSENT = """
insert into consent (id, contact, purpose, channel, state, basis, evidence, at) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict do nothing
"""
_SUPPRESSION = """
insert into suppression (id, contact, address, channel, reason, at) values (?, ?, ?, ?, ?, ?) on conflict do nothing
"""
_HISTORY = """
insert into history (id, contact, at, channel, category, tags, local_date) values (?, ?, ?, ?, ?, ?, ?)
on conflict do nothing
"""
_SENT = """
select r.key, r.contact, r.at, r.channel, r.category, r.tags, r.local_date
from reservation as r join outbox as o on o.key = r.key
where r.counting = 1 and o.state in ('sent', 'uncertain') order by r.key
"""


_HELD_OFFER = """
insert into held_offer (key, contact, offer, at, offer_group, worth, unit, last_day) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict do nothing
"""
_HELD_OFFERS_SENT = """
select h.key, h.contact, h.offer, h.at, h.offer_group, h.worth, h.unit, h.last_day
from held_offer as h left join outbox as o on o.key = h.key left join reservation as r on r.key = h.key
where o.key is null or (r.counting = 1 and o.state in ('sent', 'uncertain')) order by h.seq
"""


def _add(database: Database, sql: str, values: Iterable[Bindings]) -> tuple[int, int]:
    given = list(values)
    new = database.many(sql, given)
    return new, len(given) - new


def add_consents(database: Database, records: Iterable[ConsentRecord]) -> tuple[int, int]:
    """Append consent records; (new, same)."""
    return _add(database, _CONSENT, map(rows.consent_values, records))


def add_suppressions(database: Database, entries: Iterable[Suppression]) -> tuple[int, int]:
    """Add suppressions; (new, same)."""
    return _add(database, _SUPPRESSION, map(rows.suppression_values, entries))


def add_messages(database: Database, messages: Iterable[CountedMessage]) -> tuple[int, int]:
    """Add messages that were sent elsewhere, so that caps count them; (new, same)."""
    return _add(database, _HISTORY, map(rows.counted_values, messages))


def mark_quiet(database: Database, contacts: Iterable[str]) -> None:
    """Remember that these contacts are imported quietly."""
    database.many("insert into quiet_contact (contact) values (?) on conflict do nothing", ((c,) for c in contacts))


def pause(database: Database, trigger: str, why: str, at: int) -> None:
    """Pause a trigger, or all of them with "*"; a second call changes the reason."""
    database.run(
        "insert into pause (trigger_id, why, at) values (?, ?, ?)"
        " on conflict (trigger_id) do update set why = excluded.why, at = excluded.at",
        (trigger, why, at),
    )


def resume(database: Database, trigger: str) -> bool:
    """Take one pause away; whether there was one."""
    return database.run("delete from pause where trigger_id = ?", (trigger,)) > 0


def sync(database: Database, source: Database) -> None:
    """Copy what `source` knows from outside and `database` lacks, and what `source` sent itself, with the offers that
    went with it: to `database` it is sent elsewhere. The pause switch is mirrored."""
    copies = (
        (_CONSENT, "select id, contact, purpose, channel, state, basis, evidence, at from consent order by seq"),
        (_SUPPRESSION, "select id, contact, address, channel, reason, at from suppression order by seq"),
        (_HISTORY, "select id, contact, at, channel, category, tags, local_date from history order by id"),
        (_HISTORY, _SENT),
        (_HELD_OFFER, _HELD_OFFERS_SENT),
    )
    for insert, select in copies:
        database.many(insert, source.rows(select))
    mark_quiet(database, [contact for (contact,) in source.rows("select contact from quiet_contact")])
    database.run("delete from pause")
    database.many(
        "insert into pause (trigger_id, why, at) values (?, ?, ?)", source.rows("select trigger_id, why, at from pause")
    )
