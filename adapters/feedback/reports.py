"""Reports about messages that the ledger knows: what they change beside being events.

| report | in the ledger |
|---|---|
| any of them, of a message that is `uncertain` | it has left: `sent` |
| `message_bounced`, permanent and because of the address; `message_complained` | the address is suppressed |
| `unsubscribed` | consent for its purpose and channel is withdrawn |

A bounce that is not permanent is the event `message_deferred` where the schema has one, and never `message_bounced`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.feedback.messages import Message
from adapters.importing.identity import digest
from adapters.importing.sinks import EvidenceSink
from adapters.stores.facts_record import RecordFacts
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine.records import ConsentRecord, Event, Suppression

REPORTS: tuple[str, ...] = (
    "message_delivered",
    "message_opened",
    "message_clicked",
    "message_bounced",
    "message_complained",
    "unsubscribed",
)
"""Events that are about a message."""

DEFERRED = "message_deferred"
"""What a bounce that is not permanent becomes, where the schema declares it."""


@dataclass(frozen=True, slots=True)
class Report:
    """Something was reported about a message. `id`: of the event. `at`: when it happened, as the report says, and
    `arrived`: when we heard of it. `permanent`: of a bounce, that it is final; `address_bad`: that the
    address is why. `note`: in a few words, for the evidence."""

    event: str
    id: str
    at: int
    arrived: int
    message: Message
    permanent: bool = True
    address_bad: bool = True
    note: str = ""


def record(reports: Sequence[Report], ledger: SqlLedger, sink: EvidenceSink) -> None:
    """Write into the ledger what reports change there. Can be done again. Raises LedgerError."""
    outbox = SqlOutbox(ledger, clock=ledger.clock)
    withdrawals: list[ConsentRecord] = []
    suppressed: list[Suppression] = []
    for one in reports:
        message, at = one.message, min(one.at, one.arrived)
        if message.state == "uncertain":
            outbox.settle(message.key, "sent", f"it has left: {_said(one)}", ledger.clock())
        if one.event == "unsubscribed":
            id_ = digest("unsubscribed", one.id, message.purpose, message.channel)
            withdrawals.append(
                ConsentRecord(
                    id_, message.contact, message.purpose, message.channel, "withdrawn", "consent", _said(one), at
                )
            )
        elif message.address and (
            one.event == "message_complained" or (one.event == "message_bounced" and one.permanent and one.address_bad)
        ):
            id_ = digest("suppression", one.event, one.id)
            suppressed.append(Suppression(id_, None, message.address, message.channel, _said(one), at))
    if withdrawals:
        sink.add_consents(withdrawals)
    if suppressed:
        sink.add_suppressions(suppressed)


def store(reports: Sequence[Report], facts: RecordFacts) -> None:
    """Keep reports as events, with the properties of their messages. Raises StoreError."""
    events: dict[str, list[Event]] = defaultdict(list)
    for one in reports:
        name = DEFERRED if one.event == "message_bounced" and not one.permanent else one.event
        known = facts.schema.events.get(name)
        if known is not None:
            properties = {n: v for n, v in one.message.properties().items() if n in known.properties}
            events[name].append(Event(name, one.id, one.message.contact, one.at, properties=properties))
    for name, some in events.items():
        facts.put_events(name, some)


def _said(one: Report) -> str:
    word = {"message_bounced": "bounced", "message_complained": "complaint", "unsubscribed": "unsubscribed"}.get(
        one.event, f"reported as {one.event.removeprefix('message_')}"
    )
    return f"{word}{f': {one.note}' if one.note else ''} (message {one.message.key[:16]})"
