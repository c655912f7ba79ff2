"""What must be true of every ledger, as questions to its tables: each counts the rows that break it.

The tables refuse most of this themselves; what is asked here is what no single row can tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.stores.ledger_database import Database

INVARIANTS: Mapping[str, str] = {
    "every message in the outbox has a reservation": """
        select count(*), min(o.key) from outbox as o left join reservation as r on r.key = o.key
        where o.kind = 'message' and r.key is null
    """,
    "what is under way, left, or may have left counts under caps, and nothing else does": """
        select count(*), min(o.key) from outbox as o join reservation as r on r.key = o.key
        where r.counting <> case
          when o.state in ('queued', 'claimed', 'committing', 'sent', 'uncertain') or o.state <> 'failed' and exists (
            select 1 from attempt as a where a.outbox = o.id and (a.ended_at is null or a.outcome = 'uncertain'))
          then 1 else 0 end
    """,
    "what is sent has its result, and only that": """
        select count(*), min(o.key) from outbox as o left join sent as s on s.key = o.key
        where (o.state = 'sent') <> (s.key is not null)
    """,
    "a message that a run has taken names the run, and no other does": """
        select count(*), min(key) from outbox where (state in ('claimed', 'committing')) <> (owner is not null)
    """,
    "a message that is being handed over has an open attempt": """
        select count(*), min(o.key) from outbox as o
        where o.state = 'committing' and not exists (
          select 1 from attempt as a where a.outbox = o.id and a.ended_at is null)
    """,
    "a run that waits in the outbox has a message there that is not over": """
        select count(*), min(f.key) from firing as f
        where f.state = 'queued' and not exists (
          select 1 from outbox as o where o.trigger_id = f.trigger_id and o.contact = f.contact
            and o.cause_at = f.cause_at and o.state in ('queued', 'claimed', 'committing'))
    """,
    "a run that is over has no message that waits": """
        select count(*), min(f.key) from firing as f join outbox as o on o.key = f.key
        where f.state = 'done' and o.state in ('held', 'queued', 'claimed', 'committing')
    """,
    "every decision has its run": """
        select count(*), min(j.key) from judgement as j left join firing as f on f.key = j.key where f.key is null
    """,
    "intervals of membership do not overlap": """
        select count(*), min(contact) from (
          select contact, from_at, to_at,
            lag(coalesce(to_at, 9223372036854775807))
              over (partition by segment, contact order by from_at, id) as before
          from member) as m
        where from_at < before or to_at < from_at
    """,
    "intervals of stages do not overlap": """
        select count(*), min(contact) from (
          select contact, from_at, to_at,
            lag(coalesce(to_at, 9223372036854775807))
              over (partition by score, contact order by from_at, id) as before
          from stage) as m
        where from_at < before or to_at < from_at
    """,
    "the ledger knows how many contacts stand where": """
        select count(*), min(name) from (
          select kind, name, stage, sum(number) as number from (
            select kind, name, stage, number from standing
            union all select 'member', segment, '', -count(*) from member where to_at is null group by segment
            union all select 'stage', score, stage, -count(*) from stage where to_at is null group by score, stage
            union all select 'contact', '', '', -count(*) from known_contact) as s
          group by kind, name, stage) as t
        where number <> 0
    """,
    "an offer is held by messages that exist": """
        select count(*), min(h.key) from held_offer as h left join outbox as o on o.key = h.key
        left join history as y on y.id = h.key where o.key is null and y.id is null
    """,
}
"""What must be true -> a statement for how many rows break it, and the first of them."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold: for how many rows, and the key of one."""

    invariant: str
    rows: int
    example: str


def broken(database: Database) -> Iterator[Broken]:
    """Every invariant that does not hold, in the order of `INVARIANTS`. Raises LedgerError."""
    for invariant, statement in INVARIANTS.items():
        row = database.one(statement)
        assert row is not None, "a count has a row"
        if row[0]:
            yield Broken(invariant, row[0], str(row[1]))
