"""Small ledgers and messages for the tests of ledger, outbox and hand-over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from adapters.stores.ledger import SqlLedger
from engine.protocols import Rendered
from engine.records import ConsentRecord, Firing, OutboxRow, Outgoing
from tests.ledgers import OnServer, open_at, place

NOW = 1_790_000_000_000_000
HOUR = 3_600_000_000


def fixed() -> int:
    return NOW


def ledger(path: Path | OnServer | Literal[":memory:"] = ":memory:") -> SqlLedger:
    return open_at(path if isinstance(path, OnServer) else place(path), fixed)


MESSAGE = Outgoing(
    key="k1",
    kind="message",
    trigger="welcome",
    contact="ana",
    channel="email",
    template="hello",
    offer="welcome10",
    category="promotional",
    purpose="newsletter",
    tags=("sale", "autumn"),
    address="ana@example.ch",
    cause_at=NOW - HOUR,
    reserved_at=NOW,
    expires_at=NOW + 24 * HOUR,
    local_date=20260921,
    event_type="cart_added",
    event="e1",
    properties={"product": "X", "amount": 4000},
)

FIRING = Firing(
    key="k1",
    trigger="welcome",
    contact="ana",
    occasion="e1",
    cause_at=NOW - HOUR,
    seen_at=NOW,
    due_at=NOW,
    expires_at=NOW + 24 * HOUR,
    event_type="cart_added",
    event="e1",
    properties={"product": "X", "amount": 4000},
    state="queued",
)


def message(number: int, channel: str = "email") -> Outgoing:
    return replace(MESSAGE, key=f"k{number}", contact=f"c{number}", address=f"c{number}@example.ch", channel=channel)


def firing_of(outgoing: Outgoing) -> Firing:
    return replace(FIRING, key=outgoing.key, contact=outgoing.contact, trigger=outgoing.trigger)


def consent(
    contact: str,
    state: Literal["granted", "withdrawn"] = "granted",
    *,
    channel: str = "email",
    at: int = NOW - HOUR,
    basis: Literal["consent", "request", "contract", "legitimate_interest"] = "consent",
) -> ConsentRecord:
    name = f"{contact}-{channel}-{state}-{at}-{basis}"
    return ConsentRecord(name, contact, "newsletter", channel, state, basis, "form of 1 May", at)


def fill(into: SqlLedger, messages: Iterable[Outgoing], *, consented: bool = True) -> None:
    """Reserve messages, with their firings and (where wanted) consent."""
    given = list(messages)
    if consented:
        into.add_consents(consent(m.contact, channel=m.channel) for m in given)
    with into.write() as writing:
        writing.record_firings(map(firing_of, given))
        writing.reserve(given)


def render(row: OutboxRow) -> Rendered:
    m = row.message
    return Rendered(m.key, m.contact, m.channel, m.address, "Hello", "Body", None, "en", m.template, m.trigger)
