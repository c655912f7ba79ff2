"""How many contacts stand where at the last tick, counted by the ledger itself."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.stores.ledger_database import Database


def members(database: Database, segment: str | None) -> Mapping[str, int]:
    """Segment -> how many contacts are inside; of all segments, or of one."""
    if segment is None:
        return dict(database.rows("select segment, count(*) from member where to_at is null group by segment"))
    one = "select segment, count(*) from member where to_at is null and segment = ? group by segment"
    return dict(database.rows(one, (segment,)))


def stages(database: Database, score: str | None) -> Mapping[tuple[str, str], int]:
    """(score, stage) -> how many contacts stand there; of all scores, or of one."""
    if score is None:
        found = database.rows("select score, stage, count(*) from stage where to_at is null group by score, stage")
    else:
        one = "select score, stage, count(*) from stage where to_at is null and score = ? group by score, stage"
        found = database.rows(one, (score,))
    return {(score, stage): number for score, stage, number in found}


def known(database: Database) -> int:
    """How many contacts the last tick saw."""
    row = database.one("select count(*) from known_contact")
    return 0 if row is None else int(row[0])


def messages_with(database: Database, offer: str, until: int) -> list[tuple[str, str, str]]:
    """The messages with an offer that were reserved at or before `until`, as they came: contact, channel, state."""
    select = "select contact, channel, state from outbox where offer = ? and reserved_at <= ? order by id"
    return [(contact, channel, state) for contact, channel, state in database.rows(select, (offer, until))]
