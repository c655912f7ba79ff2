"""Reports that come by import, about contacts: what bounces, complaints and unsubscriptions change in the ledger.

The row is an event as any other. Beside it a bounce or a complaint suppresses the address that the contact had then,
and `unsubscribed` withdraws consent. Ids are made from the event's, so that the same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.importing.identity import Occurrences, digest
from adapters.importing.rows import Fitting
from adapters.importing.sinks import Events, EvidenceSink
from adapters.stores.facts_record import Counts, RecordFacts
from dsl.schema import Schema, carries_mail
from engine.records import ConsentRecord, Suppression

_REASONS = {"message_bounced": "bounced", "message_complained": "complaint"}


class ReportEvents(Events):
    """Stores reports as events, and what they change in the ledger. `now`: an event dated ahead counts from here."""

    def __init__(
        self,
        name: str,
        schema: Schema,
        store: RecordFacts,
        sink: EvidenceSink,
        occurrences: Occurrences,
        now: int,
    ) -> None:
        super().__init__(name, tuple(schema.events[name].properties), store, occurrences)
        self._schema = schema
        self._sink = sink
        self._now = now

    def _put(self, ids: Sequence[str], good: Fitting, *, likely_new: bool) -> Counts:
        counts = super()._put(ids, good, likely_new=likely_new)
        rows = zip(ids, good.known("_contact"), good.known("_at"), good.known("channel"), strict=True)
        whole = [
            (id_, str(contact), at, None if channel is None else str(channel))
            for id_, contact, at, channel in rows
            if isinstance(at, int)
        ]
        if self._name == "unsubscribed":
            self._sink.add_consents([one for row in whole for one in self._withdrawals(*row)])
        else:
            self._sink.add_suppressions([one for row in whole for one in self._suppressions(*row)])
        return counts

    def _withdrawals(self, id_: str, contact: str, at: int, channel: str | None) -> Iterator[ConsentRecord]:
        """From every purpose; from the channel of the event, or from every one where it has none."""
        for name in self._schema.channels if channel is None else (channel,):
            for purpose in self._schema.purposes:
                own = digest("unsubscribed", id_, purpose, name)
                evidence = f"event unsubscribed {id_}"
                yield ConsentRecord(own, contact, purpose, name, "withdrawn", "consent", evidence, min(at, self._now))

    def _suppressions(self, id_: str, contact: str, at: int, channel: str | None) -> Iterator[Suppression]:
        """On the channel of the event; where it has none, on those that carry mail."""
        mails = (name for name in self._schema.channels if carries_mail(self._schema, name))
        for name in mails if channel is None else (channel,):
            address = self._address(contact, name, at)
            if address is not None:
                own = digest("suppression", self._name, id_, name)
                reason = f"{_REASONS[self._name]} (event {id_})"
                yield Suppression(own, None, address, name, reason, min(at, self._now))

    def _address(self, contact: str, channel: str, at: int) -> str | None:
        """The address of the contact on a channel as it was then."""
        own = self._schema.channels.get(channel)
        if own is None or own.address is None:
            return None
        later = (
            old for field, old, _, when in self._store.field_changes(contact) if field == own.address and when > at
        )
        for old in later:
            return old if isinstance(old, str) else None
        found = next(iter(self._store.contacts([contact])), None)
        value = None if found is None else found.fields.get(own.address)
        return value if isinstance(value, str) else None
