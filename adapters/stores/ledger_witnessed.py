"""The ledger as imports write it: withdrawals and suppressions are remembered in the journal of hand-overs as well.

A ledger that is put back from a backup has forgotten them, and would write to people who had said no.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal

from adapters.stores.handover_journal import HandoverJournal
from adapters.stores.ledger import SqlLedger
from engine.records import ConsentRecord, CountedMessage, HeldOffer, ListChange, ListMode, Suppression

_CONSENTS = "select id from consent where id in (select value from each(?1))"
_SUPPRESSIONS = "select id from suppression where id in (select value from each(?1))"


class WitnessedLedger:
    """Implements `adapters.importing.sinks.EvidenceSink`. The ledger is written first: what the journal alone knows
    would make the ledger look older than it is. Each call may raise LedgerError or JournalError."""

    def __init__(self, ledger: SqlLedger, journal: HandoverJournal) -> None:
        self._ledger = ledger
        self._journal = journal

    def add_consents(self, records: Iterable[ConsentRecord]) -> tuple[int, int]:
        """Append consent records, and withdrawals to the journal: (new, same)."""
        given = list(records)
        new = self._new("consent", [record.id for record in given])
        counts = self._ledger.add_consents(given)
        self._journal.evidence(consents=[record for record in given if record.id in new])
        return counts

    def add_suppressions(self, entries: Iterable[Suppression]) -> tuple[int, int]:
        """Add suppressions, to the journal as well: (new, same)."""
        given = list(entries)
        new = self._new("suppression", [entry.id for entry in given])
        counts = self._ledger.add_suppressions(given)
        self._journal.evidence(suppressions=[entry for entry in given if entry.id in new])
        return counts

    def all_held_offers(self) -> Iterator[HeldOffer]:
        """The offers that people hold or held, as they were given."""
        return self._ledger.all_held_offers()

    def put_list(self, name: str, contacts: Collection[str], mode: ListMode = "replace") -> ListChange:
        """Change a list that is kept by hand."""
        return self._ledger.put_list(name, contacts, mode)

    def listed(self, name: str) -> Mapping[str, int]:
        """Who is on a list, now -> since when."""
        return self._ledger.listed(name)

    def mark_quiet(self, contacts: Collection[str]) -> None:
        """Remember that these contacts are imported quietly."""
        self._ledger.mark_quiet(contacts)

    def quiet_arrived(self, contacts: Collection[str]) -> None:
        """Remember that they are in the store now."""
        self._ledger.quiet_arrived(contacts)

    def add_messages(self, messages: Iterable[CountedMessage]) -> tuple[int, int]:
        """Add messages sent elsewhere: (new, same)."""
        return self._ledger.add_messages(messages)

    def _new(self, table: Literal["consent", "suppression"], ids: list[str]) -> frozenset[str]:
        """Those that the ledger has not: the same file imported every night adds no line."""
        ids_of = {"consent": _CONSENTS, "suppression": _SUPPRESSIONS}[table]
        there = {one for (one,) in self._ledger.database.rows(ids_of, (self._ledger.database.keys(ids),))}
        return frozenset(ids) - there

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()
