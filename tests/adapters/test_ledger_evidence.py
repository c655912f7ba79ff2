"""Consent, suppressions, messages sent elsewhere, pauses: idempotent, append-only, carried over to a rehearsal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.stores.ledger_outbox import SqlOutbox
from engine.protocols import Receipt
from engine.records import CountedMessage, Suppression
from tests.adapters.ledger_samples import HOUR, NOW, consent, fill, ledger, message
from tests.ledgers import kind

pytestmark = pytest.mark.usefixtures("each_ledger")

BLOCKED = Suppression("s1", None, "ana@example.ch", None, "bounced twice", NOW)


def test_consent_is_taken_once_by_id() -> None:
    store = ledger()
    records = [consent("ana"), consent("ben"), consent("ana")]
    assert store.add_consents(records) == (2, 1)
    assert store.add_consents([*records, consent("cem")]) == (1, 3)


def test_the_first_line_with_an_id_stands_even_against_replace() -> None:
    store = ledger()
    first = consent("ana")
    store.add_consents([first])
    assert store.add_consents([replace(first, state="withdrawn")]) == (0, 1)
    if kind() == "postgres":
        return  # which has no `replace`
    with store.transaction():
        store.database.run(
            "insert or replace into consent (id, contact, purpose, channel, state, basis, evidence, at)"
            " values (?, 'ana', 'newsletter', 'email', 'withdrawn', 'consent', '', 9)",
            (first.id,),
        )
        store.database.run(
            "insert or replace into consent (seq, id, contact, purpose, channel, state, basis, evidence, at)"
            " values (1, 'other', 'ana', 'newsletter', 'email', 'withdrawn', 'consent', '', 9)"
        )
    assert list(store.consents(NOW)) == [first]


def test_the_latest_record_rules_and_the_later_line_at_one_instant() -> None:
    store = ledger()
    granted, withdrawn = consent("ana", at=10), consent("ana", "withdrawn", at=20)
    again = replace(granted, id="again", at=20)
    other = consent("ana", channel="sms", at=5)
    store.add_consents([withdrawn, granted, other])
    assert list(store.consents(15)) == [granted, other]
    assert list(store.consents(20)) == [withdrawn, other]
    store.add_consents([again])
    assert list(store.consents(20)) == [again, other]
    assert list(store.consents(4)) == []
    assert list(store.consents(20, ["ben"])) == []
    assert list(store.consents(20, ["ana"])) == [again, other]


def test_suppressions_by_contact_and_by_address() -> None:
    store = ledger()
    person = Suppression("s2", "ben", None, "sms", "asked us", NOW + HOUR)
    assert store.add_suppressions([BLOCKED, person, BLOCKED]) == (2, 1)
    assert store.suppressions(NOW) == [BLOCKED]
    assert store.suppressions(NOW + HOUR) == [BLOCKED, person]


def test_the_suppressions_of_one_contact() -> None:
    store = ledger()
    late = Suppression("s3", "ana", None, None, "asked us", NOW + HOUR)
    both = Suppression("s4", "ana", None, "sms", "asked us", NOW)
    others = [Suppression(f"o{n}", f"c{n}", None, None, "asked us", NOW) for n in range(3)]
    store.add_suppressions([late, *others, BLOCKED, both])
    assert store.suppressions_of("ana", ["ana@example.ch"], NOW) == [BLOCKED, both]
    assert store.suppressions_of("ana", ["ana@example.ch"], NOW + HOUR) == [late, BLOCKED, both], "as they arrived"
    assert store.suppressions_of("ana", [], NOW) == [both]
    assert store.suppressions_of("nobody", ["ANA@example.ch"], NOW) == [], "an address as it is written"


def test_pause_and_resume() -> None:
    store = ledger()
    store.pause("welcome", "until legal has answered")
    store.pause("*", "fire drill")
    store.pause("*", "fire")
    assert store.paused() == {"*": "fire", "welcome": "until legal has answered"}
    assert store.resume("*")
    assert not store.resume("*")
    assert store.paused() == {"welcome": "until legal has answered"}


def test_a_rehearsal_counts_what_the_live_ledger_has_sent(tmp_path: Path) -> None:
    live, rehearsal = ledger(tmp_path / "ledger.db"), ledger()
    sent, waiting = message(1), message(2)
    fill(live, [sent, waiting])
    outbox = SqlOutbox(live, clock=lambda: NOW, alive=lambda _: True)
    (row,) = outbox.claim("me", 1, NOW, ["email"])
    assert outbox.mark(row, lambda: NOW, repeatable=False)
    outbox.result(row, Receipt("sent"), NOW)
    outbox.release("me")
    people = [sent.contact, waiting.contact]
    for _ in range(2):
        rehearsal.sync_evidence(live)
        assert [m.id for m in rehearsal.counted(people, 0)] == [sent.key]
    # rehearsed, it is still one message
    fill(rehearsal, [sent], consented=False)
    assert [m.id for m in rehearsal.counted(people, 0)] == [sent.key]


def test_a_rehearsal_learns_what_the_live_ledger_knows(tmp_path: Path) -> None:
    live, rehearsal = ledger(tmp_path / "ledger.db"), ledger()
    live.add_consents([consent("ana", at=20), consent("ben")])
    live.add_suppressions([BLOCKED])
    live.add_messages([CountedMessage("i1", "ana", NOW, "email", "service", ("sale",), 20260921)])
    live.pause("welcome", "why")
    rehearsal.pause("gone", "by now")
    for _ in range(2):
        rehearsal.sync_evidence(live)
        assert list(rehearsal.consents(NOW)) == list(live.consents(NOW))
        assert rehearsal.suppressions(NOW) == [BLOCKED]
        assert rehearsal.counted(["ana"], 0) == live.counted(["ana"], 0)
        assert rehearsal.paused() == {"welcome": "why"}
    live.add_consents([consent("ana", "withdrawn", at=30)])
    rehearsal.sync_evidence(live)
    assert [record.state for record in rehearsal.consents(NOW, ["ana"])] == ["withdrawn"]
