"""Which playbooks are active: each `kadenz apply` is a row, and the last one counts."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.stores.ledger_database import Database


@dataclass(frozen=True, slots=True)
class Applied:
    """An activation. `hash`: the definition hash; `commit`: of which commit; `who`, `at`: by whom and when
    (microseconds UTC); `review`: the rules of review that came with it, as JSON."""

    hash: str
    commit: str
    who: str
    at: int
    review: str


def active(database: Database) -> Applied | None:
    """What is active; None where nothing was ever applied."""
    row = database.one("select hash, commit_id, who, at, review from applied order by id desc limit 1")
    return None if row is None else Applied(*row)


def put(database: Database, one: Applied) -> None:
    """Make something active. Called inside a write transaction."""
    database.run(
        "insert into applied (hash, commit_id, who, at, review) values (?, ?, ?, ?, ?)",
        (one.hash, one.commit, one.who, one.at, one.review),
    )


def mailed(database: Database, trigger: str) -> frozenset[str]:
    """The contacts whom a message of a trigger (its name in the ledger) has reached, or may have."""
    states = "('sent', 'uncertain', 'committing')"
    select = f"select distinct contact from outbox where trigger_id = ? and kind = 'message' and state in {states}"  # noqa: S608
    return frozenset(contact for (contact,) in database.rows(select, (trigger,)))
