"""People who were forgotten and whose data come in again: a nightly export does not know that they were.

Their rows are not taken, unless somebody says that they are back: then they begin as new people. Either way an address
that was suppressed stays so: whoever bears it, the first time that it is seen again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from adapters.importing.identity import digest
from adapters.rights.forgetting import Stores, address_fields
from adapters.rights.secret import Hashes
from adapters.rights.tombstones import Returned, Tombstones
from adapters.stores import facts_sql
from adapters.stores.facts_migrations import remember as remember_number
from adapters.stores.ledger_erasing import remember
from adapters.stores.ledger_witnessed import WitnessedLedger
from engine import layout
from engine.records import Suppression

if TYPE_CHECKING:
    from adapters.stores.facts_record import RecordFacts

REASON = "suppressed before, when it belonged to somebody who was forgotten"

_SEEN = "looked for the forgotten up to"
_HIDDEN = "looked for the forgotten among"


@dataclass(frozen=True, slots=True)
class Away:
    """Whose rows an import leaves out; implements `adapters.importing.forgotten.Forgotten`."""

    hashes: Hashes
    contacts: Collection[str]
    """Hashes of keys."""

    def away(self, keys: Collection[str]) -> frozenset[str]:
        """Those who were forgotten."""
        return frozenset(key for key in keys if self.hashes.contact(key) in self.contacts)


@dataclass(frozen=True, slots=True)
class Back:
    """The same where somebody says that they are back: nobody is left out, and the list says who came."""

    away_: Away
    stones: Tombstones
    stores: Stores
    now: int

    def away(self, keys: Collection[str]) -> frozenset[str]:
        """Nobody; who was forgotten is not any more, before a row of theirs is stored."""
        back = [Returned(uuid4().hex, self.now, self.away_.hashes.contact(key)) for key in self.away_.away(keys)]
        if back:
            self.stones.add([one.line for one in back])
            remember(self.stores.ledger, {one.id: one.line for one in back})
        return frozenset()


def suppress_again(stores: Stores, now: int) -> int:
    """Suppress the addresses that are back, of whatever contact came or changed since this was last asked; how many
    were. Raises LedgerError, StoreError."""
    known = stores.tombstones.read()
    hidden = known.suppressions
    hashes = stores.hashes(known)
    if not hidden or hashes is None:
        return 0
    facts = stores.facts
    after = _after(facts, len(hidden))
    last = facts.last_seq()
    fields = address_fields(facts.schema)
    select = facts_sql.select(layout.CONTACTS, fields, where=[facts_sql.after(layout.SEQ, "after")])
    found: list[Suppression] = []
    for row in facts.database.different(select, {"after": after}, 2**62):
        for address in {one for one in row if isinstance(one, str)}:
            for channel in sorted(hidden.get(hashes.address(address), ()), key=lambda one: one or ""):
                id_ = digest("forgotten", address, channel)
                found.append(Suppression(id_, None, address, channel, REASON, now))
    new = 0
    if found:
        new, _ = WitnessedLedger(stores.ledger, stores.journal).add_suppressions(found)
    if last > after:
        with facts.transaction():
            for name, value in ((_SEEN, last), (_HIDDEN, len(hidden))):
                remember_number(facts.database, name, value)
    return new


def _after(facts: RecordFacts, hidden: int) -> int:
    """The arrival number up to which contacts were looked at; 0 where more addresses are hidden since."""
    marks: dict[str, int] = dict(
        facts.database.rows("SELECT name, value FROM _meta WHERE name IN (?, ?)", (_SEEN, _HIDDEN))
    )
    return marks.get(_SEEN, 0) if marks.get(_HIDDEN) == hidden else 0
