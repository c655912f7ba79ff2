"""Taking the inbox over: arrivals become records of the ledger and events of the facts.

The ledger comes first, for all files of the inbox, so that a withdrawal does not wait for facts that somebody else is
writing to. Everything here can be cut off anywhere and done again: records and events are told apart by ids that are
made from what arrived.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from adapters.feedback.arrivals import Arrival, MailIn, Unsubscribe, WebhookIn, arrival_of
from adapters.feedback.inbox import PATIENCE, Inbox, InboxError
from adapters.feedback.withdrawing import store_events, withdraw
from adapters.importing.forgotten import Forgotten
from adapters.importing.identity import digest
from adapters.project import Project
from adapters.stores.facts_record import RecordFacts
from adapters.stores.handover_journal import HandoverJournal
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_witnessed import WitnessedLedger
from adapters.stores.quarantine import Quarantine, Quarantined
from engine.records import ConsentRecord

KEPT = 4_000
"""Octets of a mail that the quarantine keeps."""


def take_over(
    project: Project,
    ledger: SqlLedger,
    journal: HandoverJournal,
    facts: Callable[[], AbstractContextManager[RecordFacts]],
    *,
    patience: float = PATIENCE,
) -> int:
    """Take over what waits in the inbox of a project, into its live ledger and its facts; how many arrivals that were.

    Raises LedgerError, StoreError (InboxError where somebody else goes on taking over for `patience` seconds): what is
    not stored stays in the inbox.
    """
    inbox = Inbox(project.inbox)
    if not inbox.waiting():
        return 0
    with inbox.taking(patience) as mine:
        if not mine:
            raise InboxError("another process is taking over what came in, and does not come to an end")
        held = [(path, _without_forgotten(project, ledger, _arrivals(inbox, path))) for path in inbox.aside()]
        sink = WitnessedLedger(ledger, journal)
        withdrawn: list[list[ConsentRecord]] = [withdraw(_withdrawals(some), ledger, sink) for _, some in held]
        for (path, some), records in zip(held, withdrawn, strict=True):
            with facts() as store:
                store_events(_withdrawals(some), records, ledger, store)
                _mails([one for one in some if isinstance(one, MailIn)], ledger, sink, store)
                _webhooks([one for one in some if isinstance(one, WebhookIn)], project, ledger, sink, store)
            inbox.done(path)
        return sum(len(some) for _, some in held)


def _without_forgotten(project: Project, ledger: SqlLedger, arrivals: list[Arrival]) -> list[Arrival]:
    """Who was forgotten has nothing left to withdraw from, and a record would name them again."""
    from adapters.rights.secret import hashes_of
    from adapters.rights.tombstones import Tombstones
    from adapters.stores.ledger_erasing import ever_forgotten

    if not ever_forgotten(ledger.database):
        return arrivals
    away = Tombstones(project.forgotten_path).read().away
    hashes = hashes_of(project.forgotten_path.parent, os.environ, make=False)
    if hashes is None:
        return arrivals
    return [one for one in arrivals if not isinstance(one, Unsubscribe) or hashes.contact(one.what.contact) not in away]


def _webhooks(
    arrivals: list[WebhookIn], project: Project, ledger: SqlLedger, sink: WitnessedLedger, facts: RecordFacts
) -> None:
    if not arrivals:
        return
    from adapters.feedback import reports, webhooks

    found = webhooks.sort(arrivals, project.webhooks, ledger.database, facts)
    reports.record(found.reports, ledger, sink)
    reports.store(found.reports, facts)
    webhooks.bring_in(found, project, facts, sink, ledger.clock(), _forgotten(project, ledger, facts))


def _forgotten(project: Project, ledger: SqlLedger, facts: RecordFacts) -> Forgotten | None:
    """Whose events are not taken; None where nobody was ever forgotten."""
    if not project.forgotten_path.exists():
        return None
    from adapters.rights.opening import left_out, stores_of

    return left_out(stores_of(project, facts, ledger), returned=False)


def _mails(arrivals: list[MailIn], ledger: SqlLedger, sink: WitnessedLedger, facts: RecordFacts) -> None:
    if not arrivals:
        return
    from adapters.feedback import reports
    from adapters.feedback.bounces import Received, read_mails

    mails = [Received(f"mail {digest('mail', one.at, one.data.hex())}", one.data, one.at) for one in arrivals]
    read = read_mails(mails, ledger.database, ledger.clock())
    reports.record(read.reports, ledger, sink)
    reports.store(read.reports, facts)
    why = {
        "no report": ("it is neither a delivery report nor a complaint", read.other),
        "no message": ("it names no message of this ledger", read.unknown),
    }
    with facts.transaction():
        for reason, (detail, some) in why.items():
            for mail in some:
                row = json.dumps({"mail": mail.data[:KEPT].decode("utf-8", "replace")}, ensure_ascii=False)
                entry = Quarantined(mail.name, "bounces", 1, None, reason, detail, row, mail.at)
                Quarantine(facts).replace(mail.name, "bounces", 1, None, [entry])


def _withdrawals(arrivals: list[Arrival]) -> list[Unsubscribe]:
    return [one for one in arrivals if isinstance(one, Unsubscribe)]


def _arrivals(inbox: Inbox, path: Path) -> list[Arrival]:
    try:
        return [arrival_of(line) for line in inbox.read(path)]
    except ValueError as error:
        raise InboxError(f"{path} holds {error}: was it written by a newer version?") from error
