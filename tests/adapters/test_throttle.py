"""Rates for each domain: what is too early waits, is no refusal, and holds nobody else up."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.channel_config import SmtpConfig
from adapters.channels.throttle import Throttle
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine import lanes
from engine.handover import HandedOverSummary, hand_over
from engine.protocols import Commit, Guarantee, NotYet, Receipt, Rendered
from engine.records import OutboxRow
from tests.adapters.ledger_samples import NOW, fill, ledger, message, render
from tests.adapters.smtp_server import MESSAGE, Marker, Sink, channel, serving
from tests.adapters.test_project import KADENZ, project

SECOND = 1_000_000


class Clock:
    """Goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[int] = []

    def __call__(self) -> int:
        return self.now

    def sleep(self, pause: int) -> None:
        assert 0 < pause <= SECOND
        self.slept.append(pause)
        self.now += pause


class Slowed:
    """A channel that takes everything at the rate of its domain, and remembers when."""

    guarantee = Guarantee(False, True, "slowed")

    def __init__(self, clock: Clock, **intervals: int) -> None:
        self._clock = clock
        self._throttle = Throttle({name.replace("_", "."): each for name, each in intervals.items()})
        self.left: list[tuple[str, int]] = []

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        domain = (message.address or "").partition("@")[2]
        until = self._throttle.ask(domain, self._clock())
        if until is not None:
            raise NotYet(domain, until)
        if not commit():
            return Receipt("failed", "stopped")
        self.left.append((message.key, self._clock() - NOW))
        return Receipt("sent", "250")

    def close(self) -> None:
        raise AssertionError("the loop does not own its channels")


def domain_of(row: OutboxRow) -> Rendered:
    """c1 to c3 are at gmail.com, the others each at a domain of their own."""
    number = int(row.message.key[1:])
    m = render(row)
    host = "gmail.com" if number <= 3 else f"d{number}.example"
    return Rendered(m.key, m.contact, m.channel, f"{m.contact}@{host}", "Hello", "Body", None, "en", "t", m.trigger)


def filled(count: int) -> SqlLedger:
    store = ledger()
    fill(store, [message(number) for number in range(1, count + 1)])
    return store


def run(
    store: SqlLedger, clock: Clock, slowed: Slowed, *, waits: bool = True, patience: int | None = None
) -> HandedOverSummary:
    sleep = clock.sleep if waits else None
    outbox = SqlOutbox(store, clock=clock)
    return hand_over(outbox, {"email": slowed}, domain_of, clock, "me", batch=2, sleep=sleep, patience=patience)


def rows(store: SqlLedger) -> list[tuple[str, str, int]]:
    return [(row.message.key, row.state, row.attempts) for row in store.outbox()]


def test_others_go_first_and_the_rate_is_kept() -> None:
    store, clock = filled(6), Clock()
    slowed = Slowed(clock, gmail_com=SECOND // 5)
    summary = run(store, clock, slowed)
    assert summary == HandedOverSummary({("welcome", "email", "sent"): 6})
    fifth = SECOND // 5
    assert slowed.left == [("k1", 0), ("k4", 0), ("k5", 0), ("k6", 0), ("k2", fifth), ("k3", 2 * fifth)]
    assert clock.slept == [fifth, fifth]


def test_who_does_not_wait_leaves_them_queued_with_no_try_used_up() -> None:
    store, clock = filled(6), Clock()
    summary = run(store, clock, Slowed(clock, gmail_com=SECOND), waits=False)
    assert (summary.waiting, summary.of_state("sent")) == (2, 4)
    assert [row for row in rows(store) if row[1] != "sent"] == [("k2", "queued", 0), ("k3", "queued", 0)]
    assert {row.note for row in store.outbox(["queued"])} == {""}
    # the rate is the channel's: another run with it goes on, ten times over without a refusal being counted
    for _ in range(10):
        assert run(store, clock, Slowed(clock, gmail_com=0, default=0), waits=False).waiting == 0
    assert {state for _, state, _ in rows(store)} == {"sent"}


def test_patience_ends_the_wait_and_a_long_wait_is_none() -> None:
    store, clock = filled(3), Clock()
    assert run(store, clock, Slowed(clock, gmail_com=10 * SECOND), patience=15 * SECOND).waiting == 1
    assert clock.now == NOW + 10 * SECOND
    store, clock = filled(3), Clock()
    assert run(store, clock, Slowed(clock, gmail_com=61 * SECOND)).waiting == 2
    assert clock.slept == []


def test_a_stop_is_heard_while_it_waits() -> None:
    store, clock = filled(3), Clock()
    slowed = Slowed(clock, gmail_com=30 * SECOND)
    outbox = SqlOutbox(store, clock=clock)
    summary = hand_over(
        outbox, {"email": slowed}, domain_of, clock, "me", sleep=clock.sleep, stop=lambda: clock.now >= NOW + 3 * SECOND
    )
    assert (summary.waiting, clock.now) == (2, NOW + 3 * SECOND)
    assert [state for _, state, _ in rows(store)] == ["sent", "queued", "queued"]


def test_what_waits_passes_every_gate_again() -> None:
    store, clock = filled(3), Clock()
    slowed = Slowed(clock, gmail_com=SECOND)
    outbox = SqlOutbox(store, clock=clock)

    def sleep(pause: int) -> None:
        clock.sleep(pause)
        store.pause("*", "wrong price")

    summary = hand_over(outbox, {"email": slowed}, domain_of, clock, "me", sleep=sleep)
    assert summary.of_state("sent") == 1
    assert slowed.left == [("k1", 0)]
    assert [state for _, state, _ in rows(store)] == ["sent", "queued", "queued"]


def test_no_more_rows_are_claimed_than_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes.Lanes, "full", property(lambda self: len(self) >= 2))
    store, clock = filled(9), Clock()
    slowed = Slowed(clock, gmail_com=SECOND, default=SECOND)
    assert run(store, clock, slowed).of_state("sent") == 9


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 300)), max_size=60))
def test_two_mails_to_a_domain_are_never_closer_than_its_interval(asked: list[tuple[str, int]]) -> None:
    throttle, now, gone = Throttle({"a": 100, "default": 250}), 0, {"a": [-1000], "b": [-1000]}
    for domain, step in asked:
        now += step
        until = throttle.ask(domain, now)
        interval = 100 if domain == "a" else 250
        assert (until is None) == (now - gone[domain][-1] >= interval)
        if until is None:
            gone[domain].append(now)
        else:
            assert until == gone[domain][-1] + interval


def test_a_clock_that_is_set_back_stops_nobody_for_longer_than_an_interval() -> None:
    throttle = Throttle({"default": 100})
    assert throttle.ask("a", 1_000_000) is None
    assert throttle.ask("a", 0) == 100
    assert throttle.ask("x", 5) is None
    assert Throttle({"b": 100}).ask("a", 0) is None


def test_the_mail_channel_keeps_the_rate_of_the_recipient_s_domain() -> None:
    sink, marker = Sink(), Marker()
    with serving(sink) as port, channel(port, throttle=(("example.ch", SECOND),)) as c:
        assert c.hand_over(MESSAGE, Marker()).outcome == "sent"
        with pytest.raises(NotYet) as raised:
            c.hand_over(MESSAGE, marker)
    assert (raised.value.lane, marker.calls, len(sink.accepted)) == ("example.ch", 0, 1)


@pytest.mark.parametrize(
    ("throttle", "found"),
    [
        ("{default: 20 per second, gmail.com: 5 per second}", (("default", 50_000), ("gmail.com", 200_000))),
        ("{gmx.ch: 100 per minute}", (("gmx.ch", 600_000),)),
        ("{default: 3 per second}", (("default", 333_334),)),
        ("{default: 0 per second}", None),
        ("{default: fast}", None),
        ("{default: 5 per day}", None),
        ("{Gmail: 5 per second}", None),
        ("5 per second", None),
    ],
)
def test_rates_in_kadenz_yaml(tmp_path: Path, throttle: str, found: tuple[tuple[str, int], ...] | None) -> None:
    made = project(tmp_path, KADENZ.replace("password_env: SHOP}", f"password_env: SHOP, throttle: {throttle}}}"))
    assert [d.code for d in made.diagnostics] == ([] if found is not None else ["K0904"])
    if found is not None:
        email = made.channels["email"]
        assert isinstance(email, SmtpConfig)
        assert email.throttle == found
