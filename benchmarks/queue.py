"""A ledger whose outbox is full, for the benchmarks of claims and hand-overs."""

from __future__ import annotations

from adapters.stores.ledger import SqlLedger
from engine.instants import DAY
from engine.keys import decision_key
from engine.records import ConsentRecord, Outgoing

CONTACTS = 1_000
CHUNK = 50_000


def fill(ledger: SqlLedger, number: int, now: int) -> None:
    """Reserve so many mails to contacts who consented."""
    ledger.add_consents(
        ConsentRecord(f"c{n}", f"c{n}", "marketing", "email", "granted", "consent", "benchmark", 0)
        for n in range(min(number, CONTACTS))
    )
    for first in range(0, number, CHUNK):
        with ledger.write() as writing:
            writing.reserve(messages(min(CHUNK, number - first), now, first))


def messages(number: int, now: int, first: int = 0) -> list[Outgoing]:
    """So many mails, numbered from `first` on."""
    return [message(n, now) for n in range(first, first + number)]


def message(number: int, now: int) -> Outgoing:
    """One mail, with a key of its own."""
    contact = f"c{number % CONTACTS}"
    return Outgoing(
        key=decision_key("news", contact, str(number)),
        kind="message",
        trigger="news",
        contact=contact,
        channel="email",
        template="news",
        offer=None,
        category="promotional",
        purpose="marketing",
        tags=("news",),
        address=f"{contact}@example.ch",
        cause_at=now,
        reserved_at=now,
        expires_at=now + DAY,
        local_date=20261122,
    )
