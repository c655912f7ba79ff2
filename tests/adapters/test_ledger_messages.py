"""What is in the outbox, and the runs that never came there, counted and read from the newest."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_decisions import STATES, State
from adapters.stores.ledger_messages import Wanted, counted, newest
from adapters.stores.ledger_outbox import SqlOutbox
from engine.protocols import Receipt
from engine.records import Firing, Judgement, OutboxRow
from tests.adapters.ledger_samples import FIRING, HOUR, NOW, consent, fill, fixed, ledger, message

pytestmark = pytest.mark.usefixtures("each_ledger")


def filled() -> SqlLedger:
    """Five rows, of which one was sent, one failed and one was refused at its marker; and three runs without a row."""
    store = ledger()
    fill(store, map(message, range(5)))
    with store.write() as writing:
        writing.record_judgements(Judgement(f"k{n}", NOW, "queued", "reserved") for n in range(5))
    outbox = SqlOutbox(store, clock=fixed)
    rows = outbox.claim("me", 3, NOW, ["email"])
    for row, outcome in zip(rows, ("sent", "failed"), strict=False):
        assert outbox.mark(row, fixed, repeatable=False)
        outbox.result(row, Receipt(outcome, "550 no such box"), NOW)  # type: ignore[arg-type]
    store.add_consents([consent("c2", "withdrawn", at=NOW)])
    assert not outbox.mark(rows[2], fixed, repeatable=False)
    with store.write() as writing:
        writing.record_firings(
            replace(FIRING, key=f"x{n}", contact=f"x{n}", trigger="late", occasion=str(n), channel=channel)
            for n, channel in enumerate((None, "letter", None))
        )
        writing.record_judgements(
            [
                Judgement("x0", NOW, "held", "quiet", "`nights`", NOW + HOUR),
                Judgement("x0", NOW + HOUR, "refused", "consent", "none on record"),
                Judgement("x1", NOW, "held", "capped", "cap `weekly`", NOW + HOUR),
                Judgement("x2", NOW + 2 * HOUR, "refused", "consent", "none on record"),
            ]
        )
    return store


def test_everything_is_counted_once_by_its_last_word() -> None:
    store = filled()
    told = {(g.channel, g.trigger, g.state, g.why): g.count for g in counted(store.database, Wanted())}
    assert told.pop(("email", "welcome", "failed", "550 no such box")) == 1
    assert told.pop(("email", "welcome", "sent", "")) == 1
    assert told.pop((None, "late", "refused", "consent: none on record")) == 2
    assert told.pop(("letter", "late", "held", "capped: cap `weekly`")) == 1
    assert told.pop(("email", "welcome", "queued", "")) == 2
    ((channel, _, state, why),) = told
    assert (channel, state) == ("email", "refused")
    assert "withdrawn" in why, "at the marker"


def test_the_newest_with_state_and_reason() -> None:
    store = filled()
    found = newest(store.database, Wanted(), 99)
    assert [e.at for e in found] == sorted((e.at for e in found), reverse=True)
    assert {e.about.key for e in found} == {"k0", "k1", "k2", "k3", "k4", "x0", "x1", "x2"}
    sums: Counter[str] = Counter()
    for group in counted(store.database, Wanted()):
        sums[group.state] += group.count
    assert Counter(e.state for e in found) == sums
    told = {e.about.key: e.why for e in found}
    assert told["k0"] == "550 no such box", "what its server said of one message is told there, and not counted by"
    assert told["x0"] == "consent: none on record"
    assert newest(store.database, Wanted(), 3) == found[:3]


def test_a_channel_a_trigger_a_contact_and_states() -> None:
    store = filled()
    database = store.database
    (held,) = newest(database, Wanted(channel="letter"), 9)
    assert isinstance(held.found, Firing)
    assert (held.state, held.until) == ("held", NOW + HOUR)
    letters = newest(database, Wanted(channel="letter", first=("late",)), 9)
    assert [e.about.key for e in letters] == ["x2", "x0", "x1"], "also those whose trigger would try a letter first"
    assert {e.about.key for e in newest(database, Wanted(trigger="welcome"), 9)} == {"k0", "k1", "k2", "k3", "k4"}
    (own,) = newest(database, Wanted(contact="c3"), 9)
    assert isinstance(own.found, OutboxRow)
    assert own.found.message.address == "c3@example.ch"
    queued: list[State] = ["queued"]
    assert {e.about.key for e in newest(database, Wanted(states=queued), 9)} == {"k3", "k4"}
    assert [g.count for g in counted(database, Wanted(states=queued))] == [2]
    assert sum(len(newest(database, Wanted(states=[state]), 9)) for state in STATES) == 8
