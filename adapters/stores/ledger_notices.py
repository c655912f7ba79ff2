"""Notices beside a message go out only if the message does (docs/language.md, Actions).

The rows of one run share trigger, contact and cause; its message, if it sends one, bears the firing's key.
"""

from __future__ import annotations

from typing import Literal

from adapters.stores.ledger_database import Database

_TAKE_BACK = """
update outbox set state = ?1, note = ?2, changed_at = ?3, owner = null, not_before = null
where id in (
  select notice.id from outbox as main join outbox as notice
    on notice.trigger_id = main.trigger_id and notice.contact = main.contact and notice.cause_at = main.cause_at
    and notice.event_type is not distinct from main.event_type
    and notice.event is not distinct from main.event
  where main.key = ?4 and notice.key <> ?4 and notice.kind = 'notice'
    and notice.state in ('held', 'queued', 'claimed'))
"""


def take_back(
    database: Database, key: str, state: Literal["suppressed", "expired", "held"], at: int, note: str
) -> None:
    """Take back what has not left of the notices beside the row with this key."""
    database.run(_TAKE_BACK, (state, note, at, key))
