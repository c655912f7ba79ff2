"""A ledger put back from a backup while the world went on: what left is not sent again, whatever was edited since.

The same events are seen a second time by the tick after the restore, with another text. `KADENZ_LONG=1`: 50 points.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from adapters.executors import executor
from adapters.stores.facts import SqliteFacts
from adapters.stores.handover_journal import HandoverJournal
from adapters.stores.handover_restore import restore
from adapters.stores.ledger import SqliteLedger, SqlLedger
from adapters.stores.ledger_invariants import broken
from adapters.stores.ledger_outbox import SqlOutbox
from engine.handover import hand_over
from engine.plan import make_plan
from engine.protocols import Commit, Guarantee, Receipt, Rendered
from engine.records import ConsentRecord, Event, OutboxRow
from engine.tick import Engine, tick
from tests.adapters.ledger_samples import HOUR, NOW
from tests.engine.world import SCHEMA, model_of
from tests.torture.conftest import Count

POINTS = 50 if os.environ.get("KADENZ_LONG") else 4
PEOPLE = 12
PLAY = """
trigger visited
  on visit
  send email hello
  again every time

cap weekly at most 3 messages per 7 days
"""
EDITED = PLAY.replace("send email hello", "send email welcome")
WAVES = 6


class Sink:
    """A server that takes everything, by contact and event."""

    guarantee = Guarantee(idempotent=False, retry_after_refusal=True, about="a mail server")

    def __init__(self) -> None:
        self.accepted: list[tuple[str, str]] = []

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        if not commit():
            return Receipt("failed")
        self.accepted.append((message.contact, message.text or ""))
        return Receipt("sent")

    def close(self) -> None:
        pass


def rendered(row: OutboxRow) -> Rendered:
    m = row.message
    return Rendered(m.key, m.contact, m.channel, m.address, None, m.event, None, None, m.template, m.trigger)


def journal_of(folder: Path, ledger: SqlLedger) -> HandoverJournal:
    return HandoverJournal(folder / "journal" / "j.jsonl", ledger, "host")


def run(folder: Path, sink: Sink, text: str, instant: int) -> None:
    """One tick and one hand-over at an instant."""
    with (
        SqliteFacts.open(folder / "facts.db", SCHEMA, now=instant) as facts,
        SqliteLedger.open(folder / "ledger.db", clock=lambda: instant) as ledger,
    ):
        model = model_of(text)
        plan = make_plan(model, SCHEMA, "UTC")
        sql = executor("sql", model, plan, facts, "UTC")
        tick(Engine(model, plan.hash, plan.definition_hashes, sql, facts, ledger, "UTC", active_from=0), instant)
        journal = journal_of(folder, ledger)
        journal.standing().must_allow(journal.path)
        outbox = SqlOutbox(ledger, clock=lambda: instant)
        with ledger.owner() as owner:
            hand_over(outbox, {"email": sink}, rendered, lambda: instant, owner, batch=5, journal=journal)
        journal.agreed()


@pytest.mark.parametrize("point", range(POINTS))
def test_what_left_since_the_backup_does_not_leave_again(tmp_path: Path, point: int, count: Count) -> None:
    chance = random.Random(point)
    sink = Sink()
    people = [f"p{n}" for n in range(PEOPLE)]
    with (
        SqliteFacts.open(tmp_path / "facts.db", SCHEMA, now=NOW) as facts,
        SqliteLedger.open(tmp_path / "ledger.db", clock=lambda: NOW) as ledger,
    ):
        facts.put_contacts([(key, {"email": f"{key}@example.ch"}) for key in people], at=0)
        ledger.add_consents(
            ConsentRecord(f"c-{key}", key, "marketing", "email", "granted", "consent", "test", 0) for key in people
        )
    backed_up = chance.randrange(WAVES - 1)
    known = 0
    for wave in range(WAVES):
        instant = NOW + wave * HOUR
        with SqliteFacts.open(tmp_path / "facts.db", SCHEMA, now=instant) as facts:
            told = chance.sample(people, PEOPLE // 2)
            facts.put_events("visit", [Event("visit", f"{key}-{wave}", key, instant - 1, 0, {}) for key in told])
        run(tmp_path, sink, PLAY, instant)
        if wave == backed_up:
            with SqliteLedger.open(tmp_path / "ledger.db", clock=lambda: NOW) as ledger:
                ledger.database.rows("pragma wal_checkpoint(truncate)")
            shutil.copyfile(tmp_path / "ledger.db", tmp_path / "backup.db")
            known = len(sink.accepted)
    before = len(sink.accepted)
    shutil.copyfile(tmp_path / "backup.db", tmp_path / "ledger.db")
    later = NOW + WAVES * HOUR
    with SqliteLedger.open(tmp_path / "ledger.db", clock=lambda: later) as ledger:
        journal = journal_of(tmp_path, ledger)
        missing = journal.standing().missing
        assert bool(missing) == (before > known), "what left since, and only that, is missing"
        restore(ledger, missing, later)
        journal.agreed()
    run(tmp_path, sink, EDITED, later)
    accepted = Counter(sink.accepted)
    count("restores", restores=1, messages=before, twice=sum(n > 1 for n in accepted.values()))
    assert max(accepted.values()) == 1, "nobody heard twice of one visit"
    assert len(sink.accepted) == before
    by_contact = Counter(contact for contact, _ in sink.accepted)
    assert max(by_contact.values()) <= 3, "the cap counts what left before the restore"
    with SqliteLedger.open(tmp_path / "ledger.db", clock=lambda: later) as ledger:
        assert list(broken(ledger.database)) == []
