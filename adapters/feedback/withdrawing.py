"""One-click withdrawals into the consent record and, as the event `unsubscribed`, into the facts.

INVARIANT: the same link followed twice makes one record. A record is the withdrawal of what stood when the link was
followed, so its id is made from that: followed again it finds itself, and after a new consent it withdraws that one.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.feedback.arrivals import Unsubscribe
from adapters.feedback.messages import by_key
from adapters.importing.identity import digest
from adapters.importing.sinks import EvidenceSink
from adapters.stores.facts_record import RecordFacts
from adapters.stores.ledger import SqlLedger
from engine.records import ConsentRecord, Event

EVIDENCE = "one-click unsubscribe"
"""How the evidence of these records begins."""


def withdraw(arrivals: Sequence[Unsubscribe], ledger: SqlLedger, sink: EvidenceSink) -> list[ConsentRecord]:
    """Record the withdrawals, in one transaction; the record that stands for each arrival. Raises LedgerError."""
    standing: dict[tuple[str, str, str], ConsentRecord] = {}
    fresh: list[ConsentRecord] = []
    for one in arrivals:
        what = (one.what.contact, one.what.purpose, one.what.channel)
        if what in standing:
            continue
        ruling = next((r for r in ledger.consents(one.at, [what[0]]) if (r.purpose, r.channel) == what[1:]), None)
        if ruling is None or ruling.state == "granted":
            ruling = _withdrawal(one, None if ruling is None else ruling.id)
            fresh.append(ruling)
        standing[what] = ruling
    if fresh:
        sink.add_consents(fresh)
    return [standing[one.what.contact, one.what.purpose, one.what.channel] for one in arrivals]


def _withdrawal(arrival: Unsubscribe, of: str | None) -> ConsentRecord:
    what = arrival.what
    id_ = digest(EVIDENCE, what.contact, what.purpose, what.channel, of)
    evidence = f"{EVIDENCE} (message {what.key[:16]})"
    return ConsentRecord(id_, what.contact, what.purpose, what.channel, "withdrawn", "consent", evidence, arrival.at)


def store_events(
    arrivals: Sequence[Unsubscribe], records: Sequence[ConsentRecord], ledger: SqlLedger, facts: RecordFacts
) -> None:
    """One event for each record of ours, with the properties of the message whose link was followed; where several
    links led to one record, of the first. Raises StoreError, LedgerError."""
    messages = by_key(ledger.database, [one.what.key for one in arrivals])
    events: dict[str, Event] = {}
    for arrival, record in zip(arrivals, records, strict=True):
        if record.evidence.startswith(EVIDENCE) and record.at == arrival.at:
            message = messages.get(arrival.what.key)
            known = {"channel": record.channel} if message is None else message.properties()
            events.setdefault(record.id, Event("unsubscribed", record.id, record.contact, record.at, properties=known))
    facts.put_events("unsubscribed", events.values())
