"""The outbox step by step: claim, the gates at the marker, results, recovery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from adapters.stores.ledger import LedgerError, SqlLedger
from adapters.stores.ledger_outbox import RETRY_DELAYS, SqlOutbox
from adapters.stores.runners import is_alive, runner
from dsl.model import Category
from engine.handover import Outbox, Recovered
from engine.protocols import Receipt
from engine.records import OutboxRow, Outgoing, Suppression
from tests.adapters.ledger_samples import HOUR, MESSAGE, NOW, consent, fill, fixed, ledger, message

pytestmark = pytest.mark.usefixtures("each_ledger")

CHANNELS = ("email", "sms", "notify")


def outbox_of(store: SqlLedger, alive: Callable[[str], bool] | None = None) -> SqlOutbox:
    return SqlOutbox(store, clock=fixed, alive=alive)


def claimed(store: SqlLedger, *messages: Outgoing, consented: bool = True) -> tuple[SqlOutbox, list[OutboxRow]]:
    fill(store, messages or [MESSAGE], consented=consented)
    outbox = outbox_of(store)
    return outbox, list(outbox.claim("me", 100, NOW, CHANNELS))


def only(store: SqlLedger) -> OutboxRow:
    (row,) = store.outbox()
    return row


def test_is_an_outbox() -> None:
    def takes(_: Outbox) -> None: ...

    takes(outbox_of(ledger()))


# ---------------------------------------------------------------- claim


def test_claim_takes_due_rows_in_order_and_raises_the_fence() -> None:
    store = ledger()
    fill(store, [message(1), message(2, "sms"), message(3), message(4, "letter")])
    outbox = outbox_of(store)
    assert outbox.due(NOW) == {"email": 2, "letter": 1, "sms": 1}
    first = outbox.claim("me", 2, NOW, CHANNELS)
    assert [(r.message.key, r.state, r.fence, r.owner) for r in first] == [
        ("k1", "claimed", 1, "me"),
        ("k2", "claimed", 1, "me"),
    ]
    assert [r.message.key for r in outbox.claim("you", 9, NOW, CHANNELS)] == ["k3"]
    assert outbox.claim("you", 9, NOW, CHANNELS) == []
    assert outbox.release("me") == 2
    assert [r.fence for r in outbox.claim("you", 9, NOW, CHANNELS)] == [2, 2]


def test_a_paused_trigger_waits_in_the_queue() -> None:
    store = ledger()
    fill(store, [MESSAGE])
    outbox = outbox_of(store)
    for name in ("welcome", "*"):
        store.pause(name, "why")
        assert outbox.claim("me", 9, NOW, CHANNELS) == []
        assert outbox.due(NOW) == {}
        assert only(store).state == "queued"
        store.resume(name)
    assert len(outbox.claim("me", 9, NOW, CHANNELS)) == 1


def test_what_is_past_its_time_expires() -> None:
    store = ledger()
    fill(store, [MESSAGE, replace(message(2), expires_at=NOW - 1), replace(message(3), expires_at=NOW)])
    outbox = outbox_of(store)
    assert [r.message.key for r in outbox.claim("me", 9, NOW, CHANNELS)] == ["k1", "k3"]
    assert [r.message.key for r in store.outbox(["expired"])] == ["k2"]
    assert store.counted(["c2"], 0) == []
    assert [j.outcome for _, j in store.judgements("c2")] == ["expired"]


# ---------------------------------------------------------------- the marker


def test_the_marker_is_written_before_anything_may_leave() -> None:
    store = ledger()
    outbox, (row,) = claimed(store)
    assert outbox.mark(row, fixed, repeatable=False)
    assert (only(store).state, only(store).attempts, only(store).owner) == ("committing", 1, "me")
    assert store.open_firings() == []
    assert not outbox.mark(row, fixed, repeatable=False), "a second marker for one claim does not exist"


@pytest.mark.parametrize(
    ("category", "record", "may_leave"),
    [
        ("promotional", None, False),
        ("promotional", "consent", True),
        ("promotional", "request", False),
        ("promotional", "legitimate_interest", False),
        ("service", None, False),
        ("service", "consent", True),
        ("service", "contract", True),
        ("transactional", None, True),
    ],
)
def test_consent_at_the_marker(
    category: Category,
    record: Literal["consent", "request", "contract", "legitimate_interest"] | None,
    may_leave: bool,
) -> None:
    store = ledger()
    if record is not None:
        store.add_consents([consent("ana", basis=record)])
    outbox, (row,) = claimed(store, replace(MESSAGE, category=category), consented=False)
    assert outbox.mark(row, fixed, repeatable=False) is may_leave
    assert only(store).state == ("committing" if may_leave else "suppressed")


@pytest.mark.parametrize("category", ["promotional", "service"])
def test_consent_withdrawn_between_claim_and_marker(category: Category) -> None:
    store = ledger()
    outbox, (row,) = claimed(store, replace(MESSAGE, category=category))
    store.add_consents([consent("ana", "withdrawn", at=NOW)])
    assert not outbox.mark(row, fixed, repeatable=False)
    found = only(store)
    assert (found.state, found.note) == ("suppressed", "no consent to email for newsletter (withdrawn)")
    assert store.counted(["ana"], 0) == []
    assert store.open_firings() == []
    ((firing, judgement),) = store.judgements("ana")
    assert (firing.state, judgement.outcome, judgement.gate) == ("done", "refused", "consent")


def test_what_may_have_left_counts_on_though_it_expires_before_it_is_tried_again() -> None:
    store = ledger()
    outbox, (row,) = claimed(store)
    assert outbox.mark(row, fixed, repeatable=True)
    assert outbox_of(store, lambda _: False).recover(["email"]).queued == 1
    outbox.claim("you", 9, MESSAGE.expires_at + 1, CHANNELS)
    assert only(store).state == "expired"
    assert len(store.counted(["ana"], 0)) == 1


def test_a_clock_that_ran_back_brings_no_consent_back() -> None:
    store = ledger()
    _, (row,) = claimed(store)
    store.add_consents([consent("ana", "withdrawn", at=NOW + HOUR)])
    present = SqlOutbox(store, clock=fixed, present=True)
    assert not present.mark(row, fixed, repeatable=False)
    assert only(store).note == "no consent to email for newsletter (withdrawn)"


def test_a_clock_that_ran_back_takes_no_suppression_back() -> None:
    store = ledger()
    outbox, rows = claimed(store, MESSAGE, message(2))
    store.add_suppressions(
        [Suppression(f"s{n}", row.message.contact, None, None, "asked us", NOW + HOUR) for n, row in enumerate(rows)]
    )
    assert outbox.mark(rows[0], fixed, repeatable=False), "a rehearsal of another time does not look ahead"
    assert not SqlOutbox(store, clock=fixed, present=True).mark(rows[1], fixed, repeatable=False)


def test_the_clock_is_read_behind_the_lock(tmp_path: Path) -> None:
    """A withdrawal committed while the marker waits for the lock carries a later instant than the wait began."""
    store = ledger(tmp_path / "ledger.db")
    outbox, (row,) = claimed(store)
    seen = []

    def clock() -> int:
        with pytest.raises(LedgerError, match="inside another one"), store.transaction():
            pass
        seen.append(True)
        return NOW

    assert outbox.mark(row, clock, repeatable=False)
    assert seen == [True]


@pytest.mark.parametrize(
    ("entry", "may_leave"),
    [
        (Suppression("s", "ana", None, None, "asked us", NOW), False),
        (Suppression("s", "ana", None, "email", "asked us", NOW), False),
        (Suppression("s", "ana", None, "sms", "asked us", NOW), True),
        (Suppression("s", None, "ana@example.ch", None, "bounced", NOW), False),
        (Suppression("s", None, "ana@example.ch", "email", "bounced", NOW), False),
        (Suppression("s", None, "ana@example.ch", "sms", "bounced", NOW), True),
        (Suppression("s", None, "other@example.ch", None, "bounced", NOW), True),
        (Suppression("s", "ben", None, None, "asked us", NOW), True),
    ],
)
@pytest.mark.parametrize("category", ["promotional", "transactional"])
def test_suppression_at_the_marker(entry: Suppression, may_leave: bool, category: Category) -> None:
    store = ledger()
    outbox, (row,) = claimed(store, replace(MESSAGE, category=category))
    store.add_suppressions([entry])
    assert outbox.mark(row, fixed, repeatable=False) is may_leave


def test_notices_pass_consent_and_suppression_but_not_a_pause() -> None:
    store = ledger()
    notice = replace(MESSAGE, kind="notice", channel="notify", address="sales")
    outbox, rows = claimed(store, notice, replace(notice, key="k2"), consented=False)
    store.add_suppressions([Suppression("s", "ana", None, None, "asked us", NOW)])
    assert outbox.mark(rows[0], fixed, repeatable=False)
    store.pause("welcome", "legal")
    assert not outbox.mark(rows[1], fixed, repeatable=False)
    assert [(r.message.key, r.note) for r in store.outbox(["queued"])] == [("k2", "paused: legal")]


def test_what_a_pause_meets_at_the_marker_waits_and_goes_after_it() -> None:
    store = ledger()
    outbox, (row,) = claimed(store)
    store.pause("*", "wrong template")
    assert not outbox.mark(row, fixed, repeatable=False)
    assert only(store).state == "queued"
    assert outbox.claim("me", 9, NOW, CHANNELS) == []
    store.resume("*")
    (again,) = outbox.claim("me", 9, NOW, CHANNELS)
    assert outbox.mark(again, fixed, repeatable=False)


def test_time_passed_between_claim_and_marker() -> None:
    store = ledger()
    outbox, (row,) = claimed(store)
    assert not outbox.mark(row, lambda: MESSAGE.expires_at + 1, repeatable=False)
    assert only(store).state == "expired"
    assert [j.outcome for _, j in store.judgements("ana")] == ["expired"]


def test_a_passed_fence_refuses_and_changes_nothing() -> None:
    store = ledger()
    outbox, (row,) = claimed(store)
    outbox.release("me")
    (other,) = outbox.claim("you", 1, NOW, CHANNELS)
    assert not outbox.mark(row, fixed, repeatable=False)
    assert only(store) == other
    assert outbox.mark(other, fixed, repeatable=False)
    assert outbox.result(row, Receipt("failed", "not mine"), NOW) == "committing"


# ---------------------------------------------------------------- results


def test_sent_comes_back_as_an_event_once() -> None:
    store = ledger()
    outbox, rows = claimed(store, message(1), message(2), replace(message(3), kind="notice", channel="notify"))
    for row in reversed(rows):
        assert outbox.mark(row, fixed, repeatable=False)
        assert outbox.result(row, Receipt("sent", "250 ok", "id-7"), NOW + row.id) == "sent"
    events = list(store.handed_over_events())
    assert [(e.type, e.id, e.contact, e.at) for e in events] == [
        ("message_sent", "k2", "c2", NOW + 2),
        ("message_sent", "k1", "c1", NOW + 1),
    ]
    assert events[0].properties == {
        "trigger": "welcome",
        "channel": "email",
        "template": "hello",
        "offer": "welcome10",
        "tags": "|autumn|sale|",
    }
    assert [e.id for e in store.handed_over_events(events[0].seq)] == ["k1"]
    assert list(store.handed_over_events(events[1].seq)) == []
    assert outbox.result(rows[0], Receipt("failed"), NOW) == "sent", "terminal states never change"
    assert [m.id for m in store.counted(["c1"], 0)] == ["k1"]
    attempt = store.database.rows("select n, fence, owner, outcome, note, provider_id from attempt where outbox = 1")
    assert attempt == [(1, 1, "me", "sent", "250 ok", "id-7")]


def test_failed_stops_counting_and_uncertain_counts_on() -> None:
    store = ledger()
    outbox, (one, two) = claimed(store, message(1), message(2))
    for row in (one, two):
        assert outbox.mark(row, fixed, repeatable=False)
    assert outbox.result(one, Receipt("failed", "550 no such user"), NOW) == "failed"
    assert outbox.result(two, Receipt("uncertain", "no reply to the dot"), NOW) == "uncertain"
    assert [m.id for m in store.counted(["c1", "c2"], 0)] == ["k2"]
    assert [run.key for run in store.handed_over("welcome", ["c1", "c2"])] == ["k2"]
    assert not outbox.settle("k1", "sent", "evidence", NOW)
    assert outbox.settle("k2", "failed", "found in no log", NOW)
    assert not outbox.settle("k2", "sent", "evidence", NOW)
    assert store.counted(["c1", "c2"], 0) == []


@pytest.mark.parametrize("marked", [False, True])
def test_later_waits_longer_each_time_and_is_given_up(marked: bool) -> None:
    store = ledger()
    fill(store, [replace(MESSAGE, expires_at=NOW + 1000 * HOUR)])
    outbox = outbox_of(store)
    now = NOW
    for delay in RETRY_DELAYS:
        (row,) = outbox.claim("me", 1, now, CHANNELS)
        assert not marked or outbox.mark(row, lambda: now, repeatable=False)  # noqa: B023 - called at once
        assert outbox.result(row, Receipt("later", "451 busy"), now) == "queued"
        assert only(store).not_before == now + delay
        assert outbox.claim("me", 1, now + delay - 1, CHANNELS) == []
        now += delay
    (row,) = outbox.claim("me", 1, now, CHANNELS)
    assert outbox.result(row, Receipt("later", "451 busy"), now) == "failed"
    assert only(store).note == "given up after 6 tries: 451 busy"
    assert store.counted(["ana"], 0) == []


def test_later_is_given_up_where_its_time_would_pass() -> None:
    store = ledger()
    outbox, (row,) = claimed(store, replace(MESSAGE, expires_at=NOW + RETRY_DELAYS[0] - 1))
    assert outbox.result(row, Receipt("later", "451"), NOW) == "failed"


def test_an_unknown_outcome_is_repeated_only_where_that_has_no_effect() -> None:
    store = ledger()
    outbox, (one, two) = claimed(store, message(1), message(2))
    assert outbox.mark(one, fixed, repeatable=True)
    assert outbox.mark(two, fixed, repeatable=False)
    assert outbox.result(one, Receipt("uncertain"), NOW) == "queued"
    assert outbox.result(two, Receipt("uncertain"), NOW) == "uncertain"


def test_nothing_is_sent_without_a_marker() -> None:
    store = ledger()
    outbox, (row,) = claimed(store)
    with pytest.raises(LedgerError, match="without its marker"):
        outbox.result(row, Receipt("sent"), NOW)
    assert outbox.result(row, Receipt("failed", "550"), NOW) == "failed"


# ---------------------------------------------------------------- recovery


def test_recovery_takes_rows_of_dead_owners_only() -> None:
    store = ledger()
    outbox, rows = claimed(store, *(message(n) for n in range(4)))
    for row, repeatable in ((rows[1], False), (rows[2], True)):
        assert outbox.mark(row, fixed, repeatable=repeatable)
    assert outbox_of(store, lambda owner: owner == "me").recover(["email"]) == Recovered(0, 0)
    assert outbox_of(store, lambda _: False).recover(["email"]) == Recovered(queued=3, uncertain=1)
    assert [r.state for r in store.outbox()] == ["queued", "uncertain", "queued", "queued"]
    assert [m.id for m in store.counted([f"c{n}" for n in range(4)], 0)] == ["k0", "k1", "k2", "k3"]


def test_a_channel_that_is_no_longer_idempotent_is_not_repeated() -> None:
    store = ledger()
    outbox, (row,) = claimed(store)
    assert outbox.mark(row, fixed, repeatable=True)
    assert outbox.recover([]) == Recovered(0, 1)


def test_a_reply_that_comes_after_recovery_is_evidence() -> None:
    store = ledger()
    outbox, (one, two) = claimed(store, message(1), message(2))
    for row in (one, two):
        assert outbox.mark(row, fixed, repeatable=False)
    outbox.recover([])
    assert outbox.result(one, Receipt("sent"), NOW) == "sent"
    assert outbox.result(two, Receipt("uncertain"), NOW) == "uncertain"
    assert outbox.result(two, Receipt("later", "nothing taken"), NOW) == "failed"


def test_an_owner_lives_as_long_as_it_holds_its_lock(tmp_path: Path) -> None:
    with runner(tmp_path) as owner, runner(tmp_path) as other:
        assert owner != other
        assert is_alive(tmp_path, owner)
        assert is_alive(tmp_path, other)
    assert not is_alive(tmp_path, owner)
    assert list((tmp_path / "runners").iterdir()) == []
    with runner(None) as alone:
        assert not is_alive(None, alone)
