"""A ledger that was put back from a backup is told what left since, from the journal of hand-overs.

What may have left becomes `uncertain`: it counts under every cap, is never sent again by itself, and its decision key
keeps a later tick from making it anew.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.stores import ledger_counts, ledger_due
from adapters.stores import ledger_evidence as evidence
from adapters.stores.handover_states import bring_forward
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_database import Database
from engine.records import ConsentRecord, Suppression

NOTE = "told by the journal after a restore: it may have left"

_PATH: Mapping[str, tuple[str, ...]] = {
    "held": ("queued", "claimed", "committing", "uncertain"),
    "queued": ("claimed", "committing", "uncertain"),
    "claimed": ("committing", "uncertain"),
    "committing": ("uncertain",),
}
"""The arrows from a state to `uncertain`, one after the other: the file knows no shorter way."""

_ROW = """
insert into outbox (key, kind, trigger_id, contact, channel, template, offer, category, purpose, tags, cause_at,
  reserved_at, expires_at, local_date, event_type, event, properties, state, fence, note, changed_at)
values (:key, :kind, :trigger, :contact, :channel, :template, :offer, :category, :purpose, :tags, :cause_at,
  :reserved_at, :expires_at, :local_date, :event_type, :event, :properties, 'uncertain', :fence, :note, :now)
"""

_NOTICE = """
insert into outbox (key, kind, trigger_id, contact, channel, template, offer, category, purpose, tags, address,
  cause_at, reserved_at, expires_at, local_date, text, event_type, event, properties, state, changed_at)
values (:key, :kind, :trigger, :contact, :channel, :template, :offer, :category, :purpose, :tags, :address,
  :cause_at, :reserved_at, :expires_at, :local_date, :text, :event_type, :event, :properties, 'queued', :reserved_at)
on conflict (key) do nothing
"""

_RESERVATION = """
insert into reservation (key, contact, at, channel, category, tags, local_date, counting, units)
values (:key, :contact, :reserved_at, :channel, :category, :tags, :local_date, 1, :units)
on conflict (key) do update set contact = excluded.contact, at = excluded.at, channel = excluded.channel,
  category = excluded.category, tags = excluded.tags, local_date = excluded.local_date, counting = 1,
  units = excluded.units
"""

_AS_IT_LEFT = """
update outbox set channel = :channel, template = :template, offer = :offer, category = :category, purpose = :purpose,
  tags = :tags, reserved_at = :reserved_at, expires_at = :expires_at, local_date = :local_date where key = :key
"""

_FIRING = """
insert into firing (key, trigger_id, contact, occasion, cause_at, seen_at, due_at, expires_at, event_type, event,
  properties, state, channel)
values (:key, :trigger, :contact, :occasion, :cause_at, :seen_at, :due_at, :expires_at, :event_type, :event,
  :properties, 'done', :channel)
on conflict (key) do update set state = 'done', not_before = null
"""

_HELD = """
insert into held_offer (key, contact, offer, at, offer_group, worth, unit, last_day) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (key) do update set offer = excluded.offer, at = excluded.at, offer_group = excluded.offer_group,
  worth = excluded.worth, unit = excluded.unit, last_day = excluded.last_day
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """How much the ledger learned: messages that may have left, withdrawals, suppressions, pauses and resumes."""

    messages: int = 0
    consents: int = 0
    suppressions: int = 0
    switches: int = 0


def restore(ledger: SqlLedger, missing: Iterable[Mapping[str, Any]], now: int) -> Restored:
    """Write what the ledger does not know into it, in one transaction. `now`: microseconds. Raises LedgerError."""
    lines = list(missing)
    claims = {line["claim"]["key"]: line["claim"] for line in lines if "claim" in line}  # the last claim of a key
    consents = [ConsentRecord(*line["consent"]) for line in lines if "consent" in line]
    switches = [line["switch"] for line in lines if "switch" in line]
    suppressions = [Suppression(*line["suppression"]) for line in lines if "suppression" in line]
    database = ledger.database
    with ledger.transaction():
        for claim in claims.values():
            _uncertain(database, claim, now)
            bring_forward(database, claim)
            _beside(database, claim, claims)
        ledger_counts.count_anew(database)
        # the next tick looks at everybody: what came back is known to none before it
        ledger_due.forget_reckoned(database)
        for trigger, why, at in switches:
            if why is None:
                evidence.resume(database, trigger, at)
                evidence.count_anew(database, trigger, at)  # also where the pause came after the backup
            else:
                evidence.pause(database, trigger, why, at)
        added, _ = evidence.add_consents(database, consents)
        suppressed, _ = evidence.add_suppressions(database, suppressions)
    return Restored(len(claims), added, suppressed, len(switches))


def _values(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the outbox in a claim."""
    return {
        name: json.dumps(value, ensure_ascii=False) if name in ("tags", "properties", "units") else value
        for name, value in claim.items()
        if name not in ("held", "firing", "stood", "beside")
    }


def _uncertain(database: Database, claim: Mapping[str, Any], now: int) -> None:
    values = {**_values(claim), "note": NOTE, "now": now}
    row = database.one("select id, state from outbox where key = ?", (claim["key"],))
    if row is None:
        database.run(_ROW, values)
    else:
        database.run(_AS_IT_LEFT, values)
        for state in _PATH.get(row[1], ()):
            database.run(
                "update outbox set state = ?, fence = ?, owner = null, not_before = null, note = ?, changed_at = ?"
                " where id = ?",
                (state, claim["fence"], NOTE, now, row[0]),
            )
    if claim["firing"] is not None:
        occasion, seen_at, due_at = claim["firing"]
        database.run(_FIRING, {**values, "occasion": occasion, "seen_at": seen_at, "due_at": due_at})
    if claim["kind"] == "message":
        database.run(_RESERVATION, values)
    if claim["held"] is not None:
        database.run(_HELD, claim["held"])


def _beside(database: Database, claim: Mapping[str, Any], claims: Collection[str]) -> None:
    """The notices beside a message that nobody had claimed: they wait for it as they did, and go out now."""
    for key, channel, address, text in claim.get("beside", ()):
        if key not in claims:
            own = {"key": key, "kind": "notice", "channel": channel, "template": "", "offer": None}
            database.run(_NOTICE, {**_values(claim), **own, "address": address, "text": text})
