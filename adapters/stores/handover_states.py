"""How the states stood whose changes made what is handed over: written into the journal, and told to a restored ledger.

The occasion of a run that fires on a change of state is the number of that change, counted in the ledger. A ledger from
a backup counts from an older number: without the states it would give a number out again, for a real second change,
and take it for the one that the journal tells of. So a claim carries how its state stood, and a restore brings the
state there. Then the next tick sees what has changed since, under numbers that nobody has used.

No value of a field stands in the journal. A restored ledger takes the value at its next tick as the one it knew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.stores.ledger_database import Database
from engine.occasions import Counted, counted_by

_STOOD = {
    "member": "select '', from_at, to_at from member where segment = ? and contact = ? order by from_at desc, id desc",
    "stage": "select stage, from_at, to_at from stage where score = ? and contact = ? order by from_at desc, id desc",
    "value": "select changes from field_value where name = ? and contact = ?",
}

_END = {
    "member": "update member set to_at = ? where segment = ? and contact = ? and to_at is null",
    "stage": "update stage set to_at = ? where score = ? and contact = ? and to_at is null",
}

_BEGIN = {
    "member": "insert into member (segment, contact, from_at, to_at) values (?, ?, ?, ?)",
    "stage": "insert into stage (score, contact, stage, from_at, to_at) values (?, ?, ?, ?, ?)",
}

_REACHED = """
insert into reaching (score, stage, contact, at, counted) values (?, ?, ?, ?, 1) on conflict do nothing
"""

_CHANGED = """
insert into field_value (name, contact, changes, unknown) values (?1, ?2, ?3, 1)
on conflict (name, contact) do update set value = null, changes = excluded.changes, unknown = 1
where field_value.changes <= excluded.changes
"""


def stood(database: Database, occasion: str, contact: str, event_type: str | None) -> Sequence[Any] | None:
    """How the state stands whose changes the occasion counts: how many there were, and the newest; None if it counts
    none."""
    counted = _counted(occasion, event_type)
    if counted is None:
        return None
    rows = database.rows(_STOOD[counted.kind], (counted.name, contact))
    if not rows:
        return None
    return [rows[0][0]] if counted.kind == "value" else [len(rows), *rows[0]]


def bring_forward(database: Database, claim: Mapping[str, Any]) -> None:
    """Bring the state of a claim to where it stood when the claim was written, if it is not there yet. Inside a
    transaction."""
    told = claim.get("stood")
    counted = None if told is None else _counted(claim["firing"][0], claim["event_type"])
    if told is None or counted is None:
        return
    contact = claim["contact"]
    if counted.reached is not None:
        database.run(_REACHED, (counted.name, counted.reached, contact, claim["cause_at"]))
    if counted.kind == "value":
        database.run(_CHANGED, (counted.name, contact, told[0]))
        return
    number, stage, from_at, to_at = told
    known = database.rows(_STOOD[counted.kind], (counted.name, contact))
    missing = number - len(known)
    if missing == 0 and to_at is not None:
        database.run(_END[counted.kind], (to_at, counted.name, contact))
    if missing <= 0:
        return
    # what the ledger has open ended by then, nobody knows when; what came in between was there, and no longer than that
    database.run(_END[counted.kind], (from_at, counted.name, contact))
    for ended in (*[from_at] * (missing - 1), to_at):
        named = (counted.name, contact) if counted.kind == "member" else (counted.name, contact, stage)
        database.run(_BEGIN[counted.kind], (*named, from_at, ended))


def _counted(occasion: str, event_type: str | None) -> Counted | None:
    return None if event_type is not None else counted_by(occasion)
