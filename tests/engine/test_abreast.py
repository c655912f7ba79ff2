"""Several messages of one channel under way at once: the markers of all come first, in one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from adapters.stores.ledger import LedgerError, SqlLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine.abreast import UnderWay
from engine.handover import HandedOverSummary, Recovered, hand_over
from engine.protocols import Commit, Guarantee, NotYet, Receipt, Rendered, Unreachable
from engine.records import OutboxRow
from tests.adapters.ledger_samples import NOW, consent, fill, fixed, ledger, message, render

pytestmark = pytest.mark.usefixtures("each_ledger")


@dataclass
class Lines:
    """A channel of some lines that writes down what happens on them. `begins` and `replies`: what to do at a key."""

    width: int
    idempotent: bool = False
    retry: bool = True
    begins: dict[str, Callable[[], Receipt | None]] = field(default_factory=dict)
    replies: dict[str, Callable[[], Receipt]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    under: int = 0
    gathers: bool = False
    lost: set[str] = field(default_factory=set)

    @property
    def guarantee(self) -> Guarantee:
        return Guarantee(self.idempotent, self.retry, "lines")

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        raise AssertionError("one alone is not asked for")

    def announce(self, message: Rendered) -> UnderWay | Receipt | None:
        if self.under == self.width:
            return None
        if (said := self.begins.pop(message.key, lambda: None)()) is not None:
            return said
        self.log.append(f"begin {message.key}")
        self.under += 1
        return _Line(self, message.key)

    def close(self) -> None:
        raise AssertionError("the loop does not own its channels")


@dataclass
class _Line:
    lines: Lines
    key: str

    def gone(self) -> bool:
        return self.key in self.lines.lost

    def go(self) -> None:
        self.lines.log.append(f"go {self.key}")

    def reply(self) -> Receipt:
        self.lines.under -= 1
        return self.lines.replies.get(self.key, lambda: Receipt("sent", "250"))()

    def drop(self) -> None:
        self.lines.log.append(f"drop {self.key}")
        self.lines.under -= 1


def filled(count: int) -> SqlLedger:
    store = ledger()
    fill(store, [message(number) for number in range(1, count + 1)])
    return store


def mixed(email: int, sms: int) -> SqlLedger:
    """Mails first, then messages of a channel that takes one at a time."""
    store = ledger()
    fill(store, [message(n, "email" if n <= email else "sms") for n in range(1, email + sms + 1)])
    return store


@dataclass
class Alone:
    """A channel that takes one message at a time, each for `takes` microseconds of the clock `now`."""

    log: list[str]
    now: list[int]
    takes: int = 0

    @property
    def guarantee(self) -> Guarantee:
        return Guarantee(False, True, "one at a time")

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        assert commit()
        self.now[0] += self.takes
        self.log.append(f"alone {message.key}")
        return Receipt("sent")

    def close(self) -> None:
        raise AssertionError("the loop does not own its channels")


def run(store: SqlLedger, lines: Lines, batch: int = 50) -> HandedOverSummary:
    summary = hand_over(SqlOutbox(store, clock=fixed), {"email": lines}, render, fixed, "me", batch=batch)
    assert lines.under == 0
    return summary


def states(store: SqlLedger) -> dict[str, str]:
    return {row.message.key: row.state for row in store.outbox()}


def raising(error: BaseException) -> Callable[[], Receipt]:
    def said() -> Receipt:
        raise error

    return said


def test_rounds_are_filled_across_claims_and_every_row_leaves_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store, lines = filled(7), Lines(3)
    together: list[int] = []
    mark_all = SqlOutbox.mark_all

    def counted(self: SqlOutbox, rows: list[object], *args: object, **how: object) -> object:
        assert f"go {render(rows[0]).key}" not in lines.log  # type: ignore[arg-type]
        together.append(len(rows))
        return mark_all(self, rows, *args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(SqlOutbox, "mark_all", counted)
    assert run(store, lines, batch=2).of_state("sent") == 7
    assert together == [3, 3, 1]
    assert lines.log[:6] == ["begin k1", "begin k2", "begin k3", "go k1", "go k2", "go k3"]
    assert set(states(store).values()) == {"sent"}
    assert run(store, Lines(3)).counts == {}


def test_a_refused_marker_takes_back_its_own_message_alone() -> None:
    store, lines = filled(3), Lines(3)

    def withdrawn() -> None:
        store.add_consents([consent("c2", "withdrawn", at=NOW)])

    lines.begins["k3"] = withdrawn
    assert run(store, lines).counts == {("welcome", "email", "sent"): 2, ("welcome", "email", "suppressed"): 1}
    assert lines.log[3:] == ["drop k2", "go k1", "go k3"]


def test_a_pause_meets_all_that_is_under_way() -> None:
    store, lines = filled(5), Lines(2)

    def paused() -> None:
        store.pause("*", "wrong price")

    lines.begins["k4"] = paused
    run(store, lines)
    assert states(store) == {"k1": "sent", "k2": "sent", "k3": "queued", "k4": "queued", "k5": "queued"}


@pytest.mark.parametrize(
    ("reply", "retry", "idempotent", "state"),
    [
        (Receipt("failed", "550"), True, False, "failed"),
        (Receipt("later", "451"), True, False, "queued"),
        (Receipt("later", "451"), False, False, "failed"),
        (Receipt("uncertain", "gone"), True, False, "uncertain"),
        (Receipt("uncertain", "gone"), True, True, "queued"),
        (None, True, False, "uncertain"),
    ],
)
def test_what_becomes_of_each_reply(reply: Receipt | None, retry: bool, idempotent: bool, state: str) -> None:
    store, lines = filled(3), Lines(3, idempotent=idempotent, retry=retry)
    lines.replies["k2"] = raising(ValueError("ana@example.ch")) if reply is None else lambda: reply
    run(store, lines)
    assert states(store) == {"k1": "sent", "k2": state, "k3": "sent"}
    assert not any("@" in row.note for row in store.outbox())


@pytest.mark.parametrize(
    ("begin", "state"),
    [
        (lambda: Receipt("failed", "550"), "failed"),
        (lambda: Receipt("later", "451"), "queued"),
        (raising(ValueError("ana@example.ch")), "queued"),
        # a broken channel: something may have left without asking
        (lambda: Receipt("sent", "250"), "uncertain"),
        (raising(NotYet("example.ch", NOW + 1)), "queued"),
        (raising(Unreachable("away")), "queued"),
    ],
)
def test_what_is_refused_at_once_holds_nobody_up(begin: Callable[[], Receipt], state: str) -> None:
    store, lines = filled(3), Lines(3)
    lines.begins["k3"] = begin
    run(store, lines)
    assert states(store) == {"k1": "sent", "k2": "sent", "k3": state}
    assert not any("@" in row.note for row in store.outbox())


def test_where_markers_cannot_be_written_nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    store, lines = filled(3), Lines(2)

    def no_disk(*_: object, **__: object) -> object:
        raise LedgerError("there is no room left")

    monkeypatch.setattr(SqlOutbox, "mark_all", no_disk)
    with pytest.raises(LedgerError, match="no room"):
        run(store, lines)
    assert lines.log == ["begin k1", "begin k2", "drop k1", "drop k2"]
    assert set(states(store).values()) == {"queued"}


def test_an_interrupted_round_keeps_what_was_said() -> None:
    store, lines = filled(4), Lines(3)
    lines.replies["k2"] = raising(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run(store, lines)
    assert states(store) == {"k1": "sent", "k2": "committing", "k3": "committing", "k4": "queued"}
    summary = run(store, Lines(3))
    assert summary.recovered == Recovered(uncertain=2)
    assert states(store) == {"k1": "sent", "k2": "uncertain", "k3": "uncertain", "k4": "sent"}


def test_a_mail_does_not_wait_for_the_backlog_of_another_channel() -> None:
    store, lines = mixed(1, 6), Lines(8)
    run_both(store, lines, Alone(lines.log, [NOW]), batch=3)
    assert lines.log[:5] == ["begin k1", "alone k2", "alone k3", "go k1", "alone k4"]


def test_a_round_is_finished_by_its_age() -> None:
    store, lines = mixed(1, 6), Lines(8)
    run_both(store, lines, Alone(lines.log, [NOW], 3_000_000))
    assert lines.log[:5] == ["begin k1", "alone k2", "alone k3", "go k1", "alone k4"]


def test_a_channel_that_gathers_goes_on_until_nothing_is_due() -> None:
    store, lines = mixed(1, 6), Lines(8, gathers=True)
    run_both(store, lines, Alone(lines.log, [NOW], 3_000_000), batch=3)
    assert lines.log[-2:] == ["alone k7", "go k1"]


def test_what_is_under_way_when_it_becomes_quiet_stays_for_later() -> None:
    store, lines = mixed(2, 1), Lines(8)
    alone = Alone(lines.log, [NOW], 1_000_000)
    summary = run_both(store, lines, alone, closed=lambda row: row.message.key == "k2" and alone.now[0] > NOW)
    assert states(store) == {"k1": "sent", "k2": "queued", "k3": "sent"}
    assert lines.log == ["begin k1", "begin k2", "alone k3", "drop k2", "go k1"]
    assert summary.closed == 1


def test_quiet_for_all_that_is_under_way_marks_nothing() -> None:
    store, lines = mixed(2, 1), Lines(8)
    alone = Alone(lines.log, [NOW], 1_000_000)
    assert run_both(store, lines, alone, closed=lambda _: alone.now[0] > NOW).closed == 2
    assert states(store) == {"k1": "queued", "k2": "queued", "k3": "sent"}


def test_where_the_other_side_has_gone_before_the_marker_the_message_is_free() -> None:
    store, lines = filled(3), Lines(3, lost={"k2"})
    assert run(store, lines).counts == {("welcome", "email", "sent"): 2, ("welcome", "email", "queued"): 1}
    assert states(store) == {"k1": "sent", "k2": "queued", "k3": "sent"}
    assert lines.log[3:] == ["drop k2", "go k1", "go k3"]


def run_both(
    store: SqlLedger,
    lines: Lines,
    alone: Alone,
    batch: int = 50,
    closed: Callable[[OutboxRow], bool] | None = None,
) -> HandedOverSummary:
    def clock() -> int:
        return alone.now[0]

    outbox = SqlOutbox(store, clock=clock)
    summary = hand_over(outbox, {"email": lines, "sms": alone}, render, clock, "me", batch=batch, closed=closed)
    assert lines.under == 0
    return summary


@dataclass
class Rated(Lines):
    """Lines that keep to a rate: a message each `apart` microseconds of the clock `now`."""

    now: list[int] = field(default_factory=lambda: [NOW])
    apart: int = 50_000
    free: int = NOW

    def announce(self, message: Rendered) -> UnderWay | Receipt | None:
        if self.under == self.width:
            return None
        if self.free > self.now[0]:
            raise NotYet("example.ch", self.free)
        self.free = self.now[0] + self.apart
        return super().announce(message)


@pytest.mark.parametrize(("apart", "abreast"), [(50_000, 4), (3_000_000, 2), (60_000_000, 1)])
def test_a_rate_does_not_take_the_lines_away(apart: int, abreast: int) -> None:
    """Where the next one is due before a round is old, the round waits for it."""
    lines = Rated(4, apart=apart)

    def sleep(pause: int) -> None:
        lines.now[0] += pause

    with filled(8) as store, store.owner() as owner:
        outbox = SqlOutbox(store, clock=lambda: lines.now[0])
        told = hand_over(outbox, {"email": lines}, render, lambda: lines.now[0], owner, sleep=sleep)
    assert told.of_state("sent") == 8
    goes = "".join("g" if said.startswith("go") else "b" for said in lines.log)
    assert goes == ("b" * abreast + "g" * abreast) * (8 // abreast)
