"""The gates that are read again at the marker, the last instant at which it is still true that nothing has left.

They can only refuse. Order and names are those of `engine.gates.GATES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adapters.stores.ledger_database import Database

_ROW = """
select kind, trigger_id, contact, channel, category, purpose, address, expires_at from outbox where id = ?
"""

_SUPPRESSION = """
select reason from suppression
where at <= ?1 and (channel is null or channel = ?2) and (contact = ?3 or address = ?4)
order by seq limit 1
"""

_WITHDRAWN_AHEAD = """
select 1 from consent where contact = ? and purpose = ? and channel = ? and at > ? and state = 'withdrawn' limit 1
"""

_CONSENT = """
select state, basis from consent where contact = ? and purpose = ? and channel = ? and at <= ?
order by at desc, seq desc limit 1
"""


LAST = 2**63 - 1
"""No instant lies behind it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which gate said no, and why."""

    outcome: Literal["refused", "expired", "held"]
    gate: str
    detail: str


def refusal(database: Database, number: int, now: int, *, ahead: bool = False) -> Refusal | None:
    """The first gate that refuses the outbox row `number` at `now`. `ahead`: withdrawals and suppressions dated after
    `now` refuse as well, so that a clock that ran back brings nobody back. Notices to a team pass suppression and
    consent: they reach nobody whom these protect."""
    row = database.one(_ROW, (number,))
    assert row is not None, "nothing leaves the outbox"
    kind, trigger, contact, channel, category, purpose, address, expires_at = row
    to_contact = kind == "message"
    if to_contact and (found := database.one(_SUPPRESSION, (LAST if ahead else now, channel, contact, address))):
        return Refusal("refused", "suppressed", f"suppressed: {found[0]}")
    if found := database.one("select why from pause where trigger_id in ('*', ?) order by trigger_id", (trigger,)):
        return Refusal("held", "paused", f"paused: {found[0]}")
    if to_contact and (why := _no_consent(database, category, contact, purpose, channel, now, ahead=ahead)):
        return Refusal("refused", "consent", f"no consent to {channel} for {purpose} ({why})")
    if now > expires_at:
        return Refusal("expired", "expired", "its time had passed")
    return None


def _no_consent(
    database: Database, category: str, contact: str, purpose: str, channel: str, now: int, *, ahead: bool
) -> str | None:
    """Promotional needs consent, service consent or another recorded basis, transactional none."""
    if category == "transactional":
        return None
    if ahead and database.one(_WITHDRAWN_AHEAD, (contact, purpose, channel, now)):
        return "withdrawn"
    match database.one(_CONSENT, (contact, purpose, channel, now)):
        case None:
            return "none on record"
        case ("withdrawn", _):
            return "withdrawn"
        case ("granted", basis) if category == "promotional" and basis != "consent":
            return f"only {basis} on record"
        case _:
            return None
