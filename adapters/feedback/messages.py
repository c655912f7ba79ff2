"""Messages of the outbox that somebody reports about, found by what the report carries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from adapters.stores.ledger_database import Database
from adapters.stores.ledger_rows import tags_text
from dsl.types import Stored

_BY_KEY = """
select o.key, o.contact, o.trigger_id, o.channel, o.template, coalesce(h.offer, o.offer), o.tags, o.purpose, o.address,
  o.state
from outbox as o left join held_offer as h on h.key = o.key
where o.kind = 'message' and o.key in (select value from each(?1))
"""

_BY_PROVIDER = """
select a.provider_id, o.key from attempt as a join outbox as o on o.id = a.outbox
where o.kind = 'message' and a.provider_id in (select value from each(?1))
order by a.outbox, a.n
"""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a contact, as it was reserved. The trigger by its oldest name, `address` as it was then."""

    key: str
    contact: str
    trigger: str
    channel: str
    template: str
    offer: str | None
    tags: str | None
    purpose: str
    address: str | None
    state: str

    def properties(self) -> Mapping[str, Stored]:
        """The properties of an event about it."""
        known = {
            "trigger": self.trigger,
            "channel": self.channel,
            "template": self.template,
            "offer": self.offer,
            "tags": self.tags,
        }
        return {name: value for name, value in known.items() if value}


def by_key(database: Database, keys: Collection[str]) -> Mapping[str, Message]:
    """Decision key -> message, for those that the ledger has. Raises LedgerError."""
    found = database.rows(_BY_KEY, (database.keys(sorted(set(keys))),)) if keys else []
    return {
        key: Message(key, contact, trigger, channel, template, offer, tags_text(tags), purpose, address, state)
        for key, contact, trigger, channel, template, offer, tags, purpose, address, state in found
    }


def keys_of_providers(database: Database, ids: Collection[str]) -> Mapping[str, str]:
    """A provider's id for a message -> our key, for those that a hand-over noted. Raises LedgerError."""
    return dict(database.rows(_BY_PROVIDER, (database.keys(sorted(set(ids))),))) if ids else {}
