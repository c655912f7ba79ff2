"""What a tick reads and writes: ticks, intervals, stages, firings, judgements, reservations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.stores.ledger import LedgerError
from engine.protocols import Ledger
from engine.records import CountedMessage, Judgement, Reaching, StageMove, Tick
from tests.adapters.ledger_samples import FIRING, HOUR, MESSAGE, NOW, fill, firing_of, ledger, message

pytestmark = pytest.mark.usefixtures("each_ledger")


def test_is_a_ledger() -> None:
    def takes(_: Ledger) -> None: ...

    takes(ledger())


def test_an_empty_ledger_knows_nothing() -> None:
    empty = ledger()
    assert empty.last_tick() is None
    assert empty.members("s") == {}
    assert empty.known_contacts() == frozenset()
    assert empty.open_firings() == []
    assert list(empty.outbox()) == []


def test_ticks_definitions_and_activations() -> None:
    store = ledger()
    with store.write() as w:
        w.record_tick(10, 3, "plan a", ["ana", "ben"])
        w.record_definitions({"segment s": "1", "score e": "2"})
        w.record_activation("t", 10)
    with store.write() as w:
        w.record_tick(20, 5, "plan b", ["ben", "cem"])
        w.record_definitions({"segment s": "3"})
        w.record_activation("t", 20)
    assert store.last_tick() == Tick(2, 20, 5, "plan b")
    assert store.known_contacts() == {"ben", "cem"}
    assert store.definitions() == {"segment s": "3"}
    assert store.activations() == {"t": 10}


def test_a_failed_transaction_leaves_nothing() -> None:
    store = ledger()

    def failing() -> None:
        with store.write() as w:
            w.record_tick(10, 3, "plan", ["ana"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert store.last_tick() is None


def test_writes_do_not_nest() -> None:
    store = ledger()
    with store.write(), pytest.raises(LedgerError, match="inside another one"):
        store.add_suppressions([])


def test_member_intervals_are_half_open_and_counted() -> None:
    store = ledger()
    with store.write() as w:
        w.record_members("s", ["ana", "ben"], [], 10)
        w.record_members("other", ["ana"], [], 10)
    with store.write() as w:
        w.record_members("s", ["cem"], ["ana"], 20)
    with store.write() as w:
        w.record_members("s", ["ana"], [], 30)
    assert store.members("s") == {"ana": 30, "ben": 10, "cem": 20}
    assert store.members("s", 9) == {}
    assert store.members("s", 10) == {"ana": 10, "ben": 10}
    assert store.members("s", 19) == {"ana": 10, "ben": 10}
    assert store.members("s", 20) == {"ben": 10, "cem": 20}
    assert store.entries("s", ["ana", "ben", "zoe"]) == {"ana": 2, "ben": 1}
    assert store.exits("s", ["ana", "ben", "zoe"]) == {"ana": 1}


def test_entering_where_one_is_inside_changes_nothing() -> None:
    store = ledger()
    with store.write() as w:
        w.record_members("s", ["ana"], [], 10)
        w.record_members("s", ["ana"], [], 20)
    assert store.members("s") == {"ana": 10}
    assert store.entries("s", ["ana"]) == {"ana": 1}


def test_leaving_and_entering_at_one_instant_is_kept_in_order() -> None:
    store = ledger()
    with store.write() as w:
        w.record_members("s", ["ana"], [], 10)
        w.record_members("s", ["ana"], ["ana"], 10)
    assert store.members("s", 10) == {"ana": 10}
    assert store.entries("s", ["ana"]) == {"ana": 2}


def test_stages_keep_their_intervals() -> None:
    store = ledger()
    with store.write() as w:
        w.record_stages([StageMove("e", "ana", "aware"), StageMove("e", "ben", "hot")], 10)
    with store.write() as w:
        w.record_stages([StageMove("e", "ana", "hot"), StageMove("e", "ben", None)], 20)
    assert store.stages("e") == {"ana": "hot"}
    assert store.stages("e", 15) == {"ana": "aware", "ben": "hot"}
    assert store.stage_moves("e", ["ana", "ben", "cem"]) == {"ana": 2, "ben": 1}


def test_reachings_keep_who_counted() -> None:
    store = ledger()
    with store.write() as w:
        w.record_reachings([Reaching("e", "hot", "ana", 10, True), Reaching("e", "hot", "ben", 10, True)])
    with store.write() as w:
        w.record_reachings([Reaching("e", "hot", "ana", 20, False), Reaching("e", "hot", "ana", 10, False)])
    assert store.last_reached("e", "hot", ["ana", "ben", "cem"]) == {"ana": 10, "ben": 10}
    assert store.last_reached("e", "warm", ["ana"]) == {}
    assert [(r.at, r.counted) for r in store.reachings("e", "ana")] == [(10, True), (20, False)]


def test_keys_of_any_script_and_sign() -> None:
    store = ledger()
    keys = ["Ünal", "李", 'quo"te', "it's", "back\\slash", "😀"]
    with store.write() as w:
        w.record_members("s", keys, [], 10)
        w.record_tick(10, 1, "p", keys)
    assert set(store.members("s")) == set(keys)
    assert store.entries("s", keys) == dict.fromkeys(keys, 1)
    assert store.known_contacts() == set(keys)


def test_firings_are_replaced_by_key() -> None:
    store = ledger()
    waiting = replace(FIRING, state="waiting")
    with store.write() as w:
        w.record_firings([waiting, replace(FIRING, key="k2", state="done")])
        w.record_firings([replace(waiting, state="held", not_before=NOW + HOUR)])
    assert store.open_firings() == [replace(FIRING, state="held", not_before=NOW + HOUR)]
    assert store.existing(["k1", "k2", "k3"]) == {"k1", "k2"}


def test_a_repeated_judgement_is_left_out_and_a_change_is_not() -> None:
    store = ledger()
    held = Judgement("k1", 1, "held", "quiet", "nights", 5)
    with store.write() as w:
        w.record_firings([FIRING])
        w.record_judgements([held, replace(held, at=2), replace(held, at=3, until=6), replace(held, at=4)])
    assert [judgement.at for _, judgement in store.judgements("ana")] == [1, 3, 4]
    assert store.judgements("ana")[0] == (FIRING, held)
    assert store.judgements("ben") == []


@pytest.mark.parametrize("table", ["judgement", "consent"])
@pytest.mark.parametrize("change", ["delete from", "update"])
def test_the_records_are_append_only(table: str, change: str) -> None:
    store = ledger()
    fill(store, [MESSAGE])
    with store.write() as w:
        w.record_judgements([Judgement("k1", 1, "queued", "reserved")])
    statements = {
        ("judgement", "delete from"): "delete from judgement",
        ("judgement", "update"): "update judgement set detail = 'other'",
        ("consent", "delete from"): "delete from consent",
        ("consent", "update"): "update consent set state = 'granted'",
    }
    with pytest.raises(LedgerError, match="append-only"), store.transaction():
        store.database.run(statements[table, change])


def test_reserve_writes_the_whole_message() -> None:
    store = ledger()
    fill(store, [MESSAGE])
    (row,) = store.outbox()
    assert row.message == MESSAGE
    assert (row.state, row.fence, row.owner, row.attempts, row.note) == ("queued", 0, None, 0, "")
    assert store.counted(["ana"], NOW - 1) == [
        CountedMessage("k1", "ana", NOW, "email", "promotional", ("sale", "autumn"), 20260921)
    ]
    assert [run.key for run in store.handed_over("welcome", ["ana"])] == ["k1"]
    assert store.handed_over("welcome", ["ana"])[0].properties == {"product": "X", "amount": 4000}
    assert [f.key for f in store.open_firings()] == ["k1"]


def test_the_first_reservation_of_a_key_stands() -> None:
    store = ledger()
    fill(store, [MESSAGE])
    with store.write() as w:
        w.reserve([replace(MESSAGE, channel="sms", reserved_at=NOW + 1)])
    (row,) = store.outbox()
    assert row.message == MESSAGE
    assert [m.channel for m in store.counted(["ana"], 0)] == ["email"]


def test_what_counts() -> None:
    store = ledger()
    service = replace(MESSAGE, key="k2", category="service", reserved_at=NOW + 1)
    transactional = replace(MESSAGE, key="k3", category="transactional")
    notice = replace(MESSAGE, key="k4", kind="notice", channel="notify")
    fill(store, [MESSAGE, service, transactional, notice])
    imported = CountedMessage("i1", "ana", NOW - 5, "letter", "promotional", (), 20260921)
    assert store.add_messages([imported, replace(imported, id="i2", contact="ben")]) == (2, 0)
    assert [m.id for m in store.counted(["ana"], 0)] == ["i1", "k1", "k2"]
    # at exactly `since` a message no longer counts by its instant, but its local date may still
    assert [m.id for m in store.counted(["ana"], NOW)] == ["i1", "k1", "k2"]
    assert [m.id for m in store.counted(["ana"], NOW + 72 * HOUR)] == []
    assert store.counted(["zoe"], 0) == []


@pytest.mark.parametrize("state", ["suppressed", "expired"])
def test_withdrawn_stops_counting_for_good(state: str) -> None:
    store = ledger()
    fill(store, [MESSAGE])
    with store.write() as w:
        w.withdraw("k1", "suppressed" if state == "suppressed" else "expired", NOW + 1, "cap `weekly`")
    (row,) = store.outbox()
    assert (row.state, row.note, row.changed_at) == (state, "cap `weekly`", NOW + 1)
    assert store.counted(["ana"], 0) == []
    assert store.handed_over("welcome", ["ana"]) == []
    assert store.open_firings() == []
    with store.write() as w:
        w.reserve([MESSAGE])
    assert [r.state for r in store.outbox()] == [state]
    assert store.counted(["ana"], 0) == []


def test_held_may_be_reserved_again() -> None:
    store = ledger()
    fill(store, [MESSAGE])
    with store.write() as w:
        w.withdraw("k1", "held", NOW + 1, "quiet `nights`")
    assert store.counted(["ana"], 0) == []
    again = replace(MESSAGE, channel="sms", reserved_at=NOW + HOUR)
    with store.write() as w:
        w.reserve([again])
    (row,) = store.outbox(["queued"])
    assert row.message == again
    assert [m.at for m in store.counted(["ana"], 0)] == [NOW + HOUR]


def test_withdrawing_too_late_is_refused() -> None:
    store = ledger()
    with pytest.raises(LedgerError, match="cannot be taken back"), store.write() as w:
        w.withdraw("nobody", "suppressed", NOW, "why")


def test_a_run_is_one_row_and_its_notices_are_none() -> None:
    store = ledger()
    fill(store, [MESSAGE])
    with store.write() as w:
        w.reserve([replace(MESSAGE, key="k1#1", kind="notice", channel="notify", address="sales")])
    assert [run.key for run in store.handed_over("welcome", ["ana"])] == ["k1"]


def test_outbox_by_state_in_order_of_id() -> None:
    store = ledger()
    fill(store, [message(n) for n in range(5)])
    with store.write() as w:
        w.withdraw("k2", "expired", NOW, "")
    assert [row.message.key for row in store.outbox()] == ["k0", "k1", "k2", "k3", "k4"]
    assert [row.message.key for row in store.outbox(["expired"])] == ["k2"]
    assert len(store.open_firings()) == 4


def test_twenty_thousand_contacts_and_ten_segments_fit_one_tick() -> None:
    store = ledger()
    keys = [f"c{n:05}" for n in range(20_000)]
    with store.write() as w:
        w.record_tick(10, 1, "plan", keys)
        for number in range(10):
            w.record_members(f"s{number}", keys, [], 10)
        w.record_firings(firing_of(replace(MESSAGE, key=f"k{key}", contact=key)) for key in keys[:2000])
    assert all(len(store.members(f"s{number}", 10)) == 20_000 for number in range(10))
    assert len(store.entries("s0", keys)) == 20_000


def test_a_closed_ledger_says_so() -> None:
    store = ledger()
    with store:
        pass
    with pytest.raises(LedgerError, match="cannot be used"):
        store.last_tick()
