"""Everything that a ledger holds of one contact and no decision reads in this form: for who asks what is known."""

from __future__ import annotations

from adapters.stores.ledger_database import Database, Row

_CONSENTS = """
select channel, purpose, state, basis, evidence, at, id from consent where contact = ? order by at, seq
"""
_SUPPRESSIONS = """
select channel, address, reason, at from suppression
where contact = ? or address in (select value from each(?)) order by at, seq
"""
_TRIES = """
select o.key, a.marked_at, a.ended_at, a.outcome, a.note from attempt as a join outbox as o on o.id = a.outbox
where o.contact = ? order by a.marked_at, o.id
"""


def consents(database: Database, contact: str) -> list[Row]:
    """Every consent record, also those that later ones overrule: channel, purpose, state, basis, evidence, at, id."""
    return database.rows(_CONSENTS, (contact,))


def suppressions(database: Database, contact: str, addresses: list[str]) -> list[Row]:
    """Channel (None: all), address (None: the contact), reason, at."""
    return database.rows(_SUPPRESSIONS, (contact, database.keys(addresses)))


def memberships(database: Database, contact: str) -> list[Row]:
    """Segment, from, to (None: still inside), as ticks saw it."""
    return database.rows(
        "select segment, from_at, to_at from member where contact = ? order by from_at, segment", (contact,)
    )


def stages(database: Database, contact: str) -> list[Row]:
    """Score, stage, from, to (None: still there)."""
    return database.rows(
        "select score, stage, from_at, to_at from stage where contact = ? order by from_at, score", (contact,)
    )


def holdouts(database: Database, contact: str) -> list[Row]:
    """Runs for which the contact was held out, to compare: trigger, cause, at."""
    return database.rows("select trigger_id, cause_at, at from ghost where contact = ? order by at", (contact,))


def imported(database: Database, contact: str) -> list[Row]:
    """Messages that were sent elsewhere: at, channel, category, id."""
    return database.rows("select at, channel, category, id from history where contact = ? order by at, id", (contact,))


def tries(database: Database, contact: str) -> list[Row]:
    """Every time that a message was about to leave: key, marked, ended, outcome, note."""
    return database.rows(_TRIES, (contact,))
