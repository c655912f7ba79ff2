"""How many contacts stand where at the last tick: numbers that the ledger keeps beside the records themselves, because
to count them anew takes as long as there are contacts.

INVARIANT: the table `standing` equals a count of the open records (`ledger_invariants` asks it). Whoever ends or begins
records adds what changed, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.stores.ledger_database import Database

_ADD = """
insert into standing (kind, name, stage, number) values (?, ?, ?, ?)
on conflict (kind, name, stage) do update set number = standing.number + excluded.number
"""

_CONTACTS = "contact"


def members(database: Database, segment: str | None) -> Mapping[str, int]:
    """Segment -> how many contacts are inside; of all segments, or of one."""
    if segment is None:
        return dict(database.rows("select name, number from standing where kind = 'member' and number > 0"))
    one = "select name, number from standing where kind = 'member' and name = ? and number > 0"
    return dict(database.rows(one, (segment,)))


def stages(database: Database, score: str | None) -> Mapping[tuple[str, str], int]:
    """(score, stage) -> how many contacts stand there; of all scores, or of one."""
    if score is None:
        found = database.rows("select name, stage, number from standing where kind = 'stage' and number > 0")
    else:
        one = "select name, stage, number from standing where kind = 'stage' and name = ? and number > 0"
        found = database.rows(one, (score,))
    return {(score, stage): number for score, stage, number in found}


def known(database: Database) -> int:
    """How many contacts the last tick saw."""
    row = database.one("select number from standing where kind = ?", (_CONTACTS,))
    return 0 if row is None else int(row[0])


def count_anew(database: Database) -> None:
    """Count the records themselves, where others than ticks have ended or begun some. Inside a transaction."""
    database.run("delete from standing")
    for select in (
        "select 'member', segment, '', count(*) from member where to_at is null group by segment",
        "select 'stage', score, stage, count(*) from stage where to_at is null group by score, stage",
        "select 'contact', '', '', count(*) from known_contact",
    ):
        database.run(" ".join(("insert into standing (kind, name, stage, number)", select)))


def messages_with(database: Database, offer: str, until: int) -> list[tuple[str, str, str]]:
    """The messages with an offer that were reserved at or before `until`, as they came: contact, channel, state."""
    select = "select contact, channel, state from outbox where offer = ? and reserved_at <= ? order by id"
    return [(contact, channel, state) for contact, channel, state in database.rows(select, (offer, until))]


def moved_members(database: Database, segment: str, more: int) -> None:
    """So many more are inside (fewer, where it is negative)."""
    _add(database, "member", segment, "", more)


def moved_stages(database: Database, score: str, more: Mapping[str, int]) -> None:
    """So many more stand in each stage."""
    for stage, number in more.items():
        _add(database, "stage", score, stage, number)


def moved_known(database: Database, more: int) -> None:
    """So many more contacts are known."""
    _add(database, _CONTACTS, "", "", more)


def _add(database: Database, kind: str, name: str, stage: str, more: int) -> None:
    if more:
        database.run(_ADD, (kind, name, stage, more))
