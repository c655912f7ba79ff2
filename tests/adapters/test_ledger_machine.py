"""The state machine of the outbox (ARCHITECTURE.md §4): only its arrows happen, whatever is done in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.stores.ledger import LedgerError
from adapters.stores.ledger_database import Database
from adapters.stores.ledger_outbox import SqlOutbox
from engine.protocols import Receipt
from engine.records import OutboxRow, OutboxState
from tests.adapters.ledger_samples import HOUR, MESSAGE, NOW, consent, fill, ledger, message
from tests.ledgers import kind, on

ARROWS: frozenset[tuple[str, str]] = frozenset(
    {
        ("held", "queued"),
        ("queued", "held"),
        ("queued", "claimed"),
        ("claimed", "queued"),
        ("claimed", "committing"),
        ("committing", "sent"),
        ("committing", "failed"),
        ("committing", "uncertain"),
        # refused for now and nothing taken, or taken back where a repeat has no effect
        ("committing", "queued"),
        # refused by a gate, withdrawn by a tick, never rendered: before the marker nothing has left
        *((early, end) for early in ("held", "queued", "claimed") for end in ("suppressed", "expired")),
        ("claimed", "held"),
        ("claimed", "failed"),
        # by evidence alone
        ("uncertain", "sent"),
        ("uncertain", "failed"),
    }
)
TERMINAL = {"sent", "failed", "suppressed", "expired"}
STATES: tuple[str, ...] = get_args(OutboxState)


@contextmanager
def unguarded(database: Database) -> Iterator[None]:
    """Inside, any change of state goes."""
    if kind() == "postgres":
        database.run("alter table outbox disable trigger outbox_arrows")
        yield
        database.run("alter table outbox enable trigger outbox_arrows")
    else:
        guard = database.one("select sql from sqlite_schema where name = 'outbox_arrows'")
        assert guard is not None
        database.run("drop trigger outbox_arrows")
        yield
        database.run(guard[0])


@pytest.mark.usefixtures("each_ledger")
@pytest.mark.parametrize("old", STATES)
@pytest.mark.parametrize("new", STATES)
def test_the_database_itself_knows_the_arrows(old: str, new: str) -> None:
    store = ledger()
    fill(store, [MESSAGE])
    database = store.database
    with unguarded(database):
        database.run("update outbox set state = ?", (old,))
    if old == new or (old, new) in ARROWS:
        database.run("update outbox set state = ?", (new,))
    else:
        with pytest.raises(LedgerError, match="does not exist"):
            database.run("update outbox set state = ?", (new,))


@pytest.mark.usefixtures("each_ledger")
def test_nothing_leaves_the_outbox() -> None:
    store = ledger()
    fill(store, [MESSAGE])
    with pytest.raises(LedgerError, match="nothing leaves the outbox"):
        store.database.run("delete from outbox")
    if kind() == "postgres":
        with pytest.raises(LedgerError, match="nothing leaves the outbox"):
            store.database.run("truncate outbox cascade")


MESSAGES = [message(number, ("email", "sms")[number % 2]) for number in range(3)]
OWNERS = st.sampled_from(["a", "b"])
CONTACTS = [m.contact for m in MESSAGES]


class OutboxMachine(RuleBasedStateMachine):
    """Two runs, a tick, people and evidence do what they like; every step is compared with the arrows."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.store = ledger()
        fill(self.store, MESSAGES)
        self.alive = {"a", "b"}
        self.outbox = SqlOutbox(self.store, clock=lambda: self.now, alive=self.alive.__contains__)
        self.hands: list[OutboxRow] = []
        self.markers = {m.key: 0 for m in MESSAGES}
        self.states = {m.key: "queued" for m in MESSAGES}
        self.in_doubt: set[tuple[str, int]] = set()
        """Markers, by key and fence, of which nobody has said for certain what became of them."""

    @rule(owner=OWNERS, limit=st.integers(1, 3))
    def claim(self, owner: str, limit: int) -> None:
        self.hands += self.outbox.claim(owner, limit, self.now, ["email", "sms"])

    @precondition(lambda self: self.hands)
    @rule(which=st.integers(0, 9), repeatable=st.booleans())
    def mark(self, which: int, repeatable: bool) -> None:
        row = self.hands[-1 - which % len(self.hands)]
        if self.outbox.mark(row, lambda: self.now, repeatable=repeatable):
            self.markers[row.message.key] += 1
            self.in_doubt.add((row.message.key, row.fence))

    @precondition(lambda self: self.hands)
    @rule(which=st.integers(0, 9), outcome=st.sampled_from(["sent", "failed", "later", "uncertain"]))
    def result(self, which: int, outcome: Literal["sent", "failed", "later", "uncertain"]) -> None:
        row = self.hands[-1 - which % len(self.hands)]
        now = next(held for held in self.store.outbox() if held.id == row.id)
        if now.fence == row.fence and now.state in ("committing", "uncertain") and outcome != "uncertain":
            self.in_doubt.discard((row.message.key, row.fence))
        try:
            self.outbox.result(row, Receipt(outcome), self.now)
        except LedgerError as error:
            assert "without its marker" in str(error)  # noqa: PT017 - the rule goes on afterwards
            assert self.states[row.message.key] == "claimed"

    @rule(owner=OWNERS)
    def release(self, owner: str) -> None:
        self.outbox.release(owner)

    @rule(owner=OWNERS)
    def crash(self, owner: str) -> None:
        self.alive.discard(owner)
        self.outbox.recover(["email"])
        self.alive.add(owner)

    @rule(which=st.integers(0, 2), state=st.sampled_from(["suppressed", "expired", "held"]))
    def withdraw(self, which: int, state: Literal["suppressed", "expired", "held"]) -> None:
        key = MESSAGES[which].key
        try:
            with self.store.write() as writing:
                writing.withdraw(key, state, self.now, "why")
        except LedgerError:
            assert self.states[key] not in ("held", "queued", "claimed")

    @rule()
    def reserve(self) -> None:
        with self.store.write() as writing:
            writing.reserve(MESSAGES)

    @rule(state=st.sampled_from(["granted", "withdrawn"]))
    def consent(self, state: Literal["granted", "withdrawn"]) -> None:
        self.now += 1
        self.store.add_consents([consent(CONTACTS[0], state, at=self.now)])

    @rule()
    def pause(self) -> None:
        self.store.pause("*", "why")

    @rule()
    def resume(self) -> None:
        self.store.resume("*")

    @rule(hours=st.integers(1, 9))
    def wait(self, hours: int) -> None:
        self.now += hours * HOUR

    @rule(which=st.integers(0, 2), outcome=st.sampled_from(["sent", "failed"]))
    def evidence(self, which: int, outcome: Literal["sent", "failed"]) -> None:
        self.outbox.settle(MESSAGES[which].key, outcome, "a log", self.now)

    @invariant()
    def only_arrows(self) -> None:
        rows = {row.message.key: row for row in self.store.outbox()}
        for key, row in rows.items():
            old = self.states[key]
            assert old == row.state or (old, row.state) in ARROWS, (old, row.state)
            assert old not in TERMINAL or old == row.state
            assert row.attempts == self.markers[key]
        self.states = {key: row.state for key, row in rows.items()}

    @invariant()
    def what_may_have_left_counts(self) -> None:
        gone = {"held", "failed", "suppressed", "expired"}
        counting = {m.id for m in self.store.counted(CONTACTS, 0)}
        doubt = {key for key, _ in self.in_doubt if self.states[key] in ("held", "suppressed", "expired")}
        assert counting == doubt | {key for key, state in self.states.items() if state not in gone}

    @invariant()
    def what_was_sent_is_an_event(self) -> None:
        sent = [event.id for event in self.store.handed_over_events()]
        assert sorted(sent) == sorted(key for key, state in self.states.items() if state == "sent")

    def teardown(self) -> None:
        self.store.close()


class OutboxOnPostgres(OutboxMachine):
    """The same on Postgres."""

    def __init__(self) -> None:
        self._inside = on("postgres")
        self._inside.__enter__()
        super().__init__()

    def teardown(self) -> None:
        super().teardown()
        self._inside.__exit__(None, None, None)


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)

TestOutboxOnPostgres = OutboxOnPostgres.TestCase
TestOutboxOnPostgres.settings = settings(max_examples=12, stateful_step_count=30, deadline=None)
