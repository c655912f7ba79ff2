"""The hand-over loop against channels that accept, refuse, break and vanish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from adapters.stores.ledger import LedgerError, SqlLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine.handover import POINTS, HandedOverSummary, Recovered, RenderError, hand_over
from engine.protocols import Commit, Guarantee, Receipt, Rendered, Unreachable
from engine.records import OutboxRow
from tests.adapters.ledger_samples import MESSAGE, NOW, consent, fill, fixed, ledger, message, render

pytestmark = pytest.mark.usefixtures("each_ledger")

Says = Callable[[Rendered, Commit], Receipt]


class Scripted:
    """A channel that does what the test says, and writes down what left."""

    def __init__(self, says: Says, *, idempotent: bool = False, retry: bool = True) -> None:
        self._says = says
        self._guarantee = Guarantee(idempotent, retry, "scripted")
        self.asked: list[str] = []

    @property
    def guarantee(self) -> Guarantee:
        return self._guarantee

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        self.asked.append(message.key)
        return self._says(message, commit)

    def close(self) -> None:
        raise AssertionError("the loop does not own its channels")


def accepts(_: Rendered, commit: Commit) -> Receipt:
    return Receipt("sent", "250") if commit() else Receipt("failed", "stopped")


def run(store: SqlLedger, says: Says = accepts, *, idempotent: bool = False, retry: bool = True) -> HandedOverSummary:
    outbox = SqlOutbox(store, clock=fixed)
    channel = Scripted(says, idempotent=idempotent, retry=retry)
    return hand_over(outbox, {"email": channel}, render, fixed, "me")


def filled(count: int = 1) -> SqlLedger:
    store = ledger()
    fill(store, [message(number) for number in range(1, count + 1)])
    return store


def states(store: SqlLedger) -> dict[str, str]:
    return {row.message.key: row.state for row in store.outbox()}


def test_every_due_row_leaves_once_and_a_second_run_does_nothing() -> None:
    store = filled(7)
    channel = Scripted(accepts)
    outbox = SqlOutbox(store, clock=fixed)
    points: list[str] = []
    progress: list[tuple[int, int]] = []
    summary = hand_over(
        outbox,
        {"email": channel},
        render,
        fixed,
        "me",
        batch=3,
        progress=lambda done, total: progress.append((done, total)),
        on_point=points.append,
    )
    assert channel.asked == [f"k{n}" for n in range(1, 8)]
    assert summary == HandedOverSummary({("welcome", "email", "sent"): 7})
    assert summary.of_state("sent") == 7
    assert progress == [(n, 7) for n in range(1, 8)]
    assert points[:6] == ["recovered", "claimed", "rendered", "marked", "handed over", "resulted"]
    assert points.count("claimed") == 3
    assert set(points) == set(POINTS)
    assert run(store).counts == {}


def test_what_cannot_be_rendered_fails_before_the_marker() -> None:
    store = filled(2)

    def rendering(row: OutboxRow) -> Rendered:
        if row.message.key == "k1":
            raise RenderError("template `hello` needs `first_name`")
        return render(row)

    channel = Scripted(accepts)
    summary = hand_over(SqlOutbox(store, clock=fixed), {"email": channel}, rendering, fixed, "me")
    assert channel.asked == ["k2"]
    assert summary.counts == {("welcome", "email", "failed"): 1, ("welcome", "email", "sent"): 1}
    (failed,) = store.outbox(["failed"])
    assert (failed.note, failed.attempts) == ("cannot be rendered: template `hello` needs `first_name`", 0)


def test_consent_withdrawn_while_the_message_travels() -> None:
    store = filled(2)

    def says(message: Rendered, commit: Commit) -> Receipt:
        if message.key == "k1":
            store.add_consents([consent("c1", "withdrawn", at=NOW)])
        return accepts(message, commit)

    assert run(store, says).counts == {("welcome", "email", "suppressed"): 1, ("welcome", "email", "sent"): 1}
    assert [m.id for m in store.counted(["c1", "c2"], 0)] == ["k2"]


def test_the_pause_switch_stops_a_run_at_the_next_marker() -> None:
    store = filled(5)

    def says(message: Rendered, commit: Commit) -> Receipt:
        if message.key == "k2":
            store.pause("*", "wrong price")
        return accepts(message, commit)

    outbox = SqlOutbox(store, clock=fixed)
    hand_over(outbox, {"email": Scripted(says)}, render, fixed, "me", batch=3)
    assert states(store) == {"k1": "sent", "k2": "queued", "k3": "queued", "k4": "queued", "k5": "queued"}


def test_an_unreachable_channel_leaves_its_rows_queued_and_others_go_on() -> None:
    store = filled(2)
    fill(store, [message(8, "sms"), message(9, "letter")])

    def away(message: Rendered, commit: Commit) -> Receipt:
        raise Unreachable("the mail server does not answer")

    gone, there = Scripted(away), Scripted(accepts)
    outbox = SqlOutbox(store, clock=fixed)
    summary = hand_over(outbox, {"email": gone, "sms": there}, render, fixed, "me", batch=1)
    assert summary.counts == {("welcome", "sms", "sent"): 1}
    assert summary.unreachable == {"email": "the mail server does not answer"}
    assert summary.not_tried == {"email": 2, "letter": 1}
    assert gone.asked == ["k1"]
    assert states(store) == {"k1": "queued", "k2": "queued", "k8": "sent", "k9": "queued"}
    assert len(store.counted(["c1", "c2"], 0)) == 2
    assert run(store).of_state("sent") == 2


@pytest.mark.parametrize(
    ("outcome", "marked", "idempotent", "retry", "state"),
    [
        ("failed", True, False, True, "failed"),
        ("failed", False, False, True, "failed"),
        ("later", True, False, True, "queued"),
        ("later", False, False, True, "queued"),
        ("later", False, False, False, "failed"),
        ("uncertain", True, False, True, "uncertain"),
        ("uncertain", True, True, True, "queued"),
        # a broken channel: something may have left without asking
        ("sent", False, False, True, "uncertain"),
        ("uncertain", False, False, True, "uncertain"),
        ("broken", False, False, True, "queued"),
        ("broken", True, False, True, "uncertain"),
        ("broken", True, True, True, "queued"),
        ("lost", True, False, True, "uncertain"),
        ("lost", True, True, True, "queued"),
    ],
)
def test_what_becomes_of_each_reply(outcome: str, marked: bool, idempotent: bool, retry: bool, state: str) -> None:
    store = filled(2)

    def says(message: Rendered, commit: Commit) -> Receipt:
        if message.key == "k2":
            return accepts(message, commit)
        if marked:
            assert commit()
        match outcome:
            case "failed" | "later" | "uncertain" | "sent":
                return Receipt(outcome, "note")
            case "lost":
                raise Unreachable("connection lost")
            case _:
                raise ValueError("ana@example.ch")

    run(store, says, idempotent=idempotent, retry=retry)
    assert states(store) == {"k1": state, "k2": "sent"}
    (row,) = (r for r in store.outbox() if r.message.key == "k1")
    assert "@" not in row.note, "notes of unexpected failures hold no personal data"


def test_a_marker_is_given_once() -> None:
    store = filled()
    answers: list[bool] = []

    def greedy(_: Rendered, commit: Commit) -> Receipt:
        answers.extend((commit(), commit()))
        return Receipt("sent")

    assert run(store, greedy).of_state("sent") == 1
    assert answers == [True, False]


@pytest.mark.parametrize("swallowed", [False, True])
def test_where_the_marker_cannot_be_written_the_run_stops(swallowed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled(2)
    left: list[str] = []

    def no_disk(*_: object, **__: object) -> bool:
        raise LedgerError("there is no room left")

    def says(message: Rendered, commit: Commit) -> Receipt:
        try:
            may_leave = commit()
        except LedgerError:
            if not swallowed:
                raise
            may_leave = commit()  # an adapter that tries again is refused
        if may_leave:
            left.append(message.key)
        return Receipt("failed")

    monkeypatch.setattr(SqlOutbox, "mark", no_disk)
    with pytest.raises(LedgerError, match="no room"):
        run(store, says)
    assert left == []
    assert states(store) == {"k1": "queued", "k2": "queued"}


def test_an_interrupted_run_frees_what_it_had_not_marked() -> None:
    store = filled(3)

    def says(message: Rendered, commit: Commit) -> Receipt:
        if message.key == "k2":
            commit()
            raise KeyboardInterrupt
        return accepts(message, commit)

    with pytest.raises(KeyboardInterrupt):
        run(store, says)
    assert states(store) == {"k1": "sent", "k2": "committing", "k3": "queued"}
    summary = run(store)
    assert summary.recovered == Recovered(uncertain=1)
    assert states(store) == {"k1": "sent", "k2": "uncertain", "k3": "sent"}


def test_a_notice_needs_no_consent_and_is_no_event() -> None:
    store = ledger()
    fill(store, [replace(MESSAGE, kind="notice", channel="notify", address="sales")], consented=False)
    channel = Scripted(accepts)
    summary = hand_over(SqlOutbox(store, clock=fixed), {"notify": channel}, render, fixed, "me")
    assert summary.counts == {("welcome", "notify", "sent"): 1}
    assert list(store.handed_over_events()) == []


def test_what_turns_quiet_while_the_run_goes_on_stays_queued() -> None:
    store = filled(4)
    channel = Scripted(accepts)
    outbox = SqlOutbox(store, clock=fixed)

    def evening(_row: OutboxRow) -> bool:
        return len(channel.asked) >= 2

    summary = hand_over(outbox, {"email": channel}, render, fixed, "me", batch=3, closed=evening)
    assert (summary.of_state("sent"), summary.closed) == (2, 2)
    assert sorted(states(store).values()) == ["queued", "queued", "sent", "sent"]
