"""Triggers that stop themselves: which message a report is about, what counts, and how soon nothing more leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.stopping import Rates
from adapters.stores.facts import SqliteFacts
from adapters.stores.handover_journal import HandoverJournal
from adapters.stores.handover_restore import restore
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_outbox import SqlOutbox
from dsl.schema import Schema, builtin_events
from dsl.types import Stored
from engine.handover import hand_over
from engine.protocols import Commit, Guarantee, Receipt, Rendered
from engine.rates import WINDOW, RateLimits
from engine.records import Event
from tests.adapters.ledger_samples import HOUR, MESSAGE, NOW, fill, ledger, render

pytestmark = pytest.mark.usefixtures("each_ledger")

SECOND = 1_000_000
TEN = RateLimits(bounces=100_000, at_least=10)


class Sink:
    """Takes everything; `after_each` is told how many there are."""

    guarantee = Guarantee(idempotent=False, retry_after_refusal=True, about="a mail server")

    def __init__(self) -> None:
        self.accepted: list[str] = []

    def hand_over(self, rendered: Rendered, commit: Commit) -> Receipt:
        if not commit():
            return Receipt("failed")
        self.accepted.append(rendered.contact)
        self.after_each(len(self.accepted))
        return Receipt("sent")

    def after_each(self, done: int) -> None:
        pass

    def close(self) -> None:
        pass


class Scene:
    """A ledger and facts, with clocks that stand still until they are moved."""

    def __init__(self, folder: Path, limits: RateLimits = TEN) -> None:
        self.now = NOW
        self.facts = SqliteFacts.open(":memory:", Schema("key", {}, builtin_events()), now=NOW)
        self.ledger: SqlLedger = ledger(folder / "ledger.db")
        self.ledger._clock = lambda: self.now
        self.journal = HandoverJournal(folder / "journal.jsonl", self.ledger, "here")
        self.limits = limits
        self.sink = Sink()
        self._given = 0

    def queue(self, contacts: Iterable[str], trigger: str = "welcome", channel: str = "email") -> None:
        news = []
        for contact in contacts:
            self._given += 1
            key = f"k{self._given}"
            news.append(replace(MESSAGE, key=key, contact=contact, trigger=trigger, channel=channel))
        fill(self.ledger, (replace(m, reserved_at=self.now, expires_at=self.now + HOUR) for m in news))

    def send(self, rates: Rates | None = None) -> None:
        outbox = SqlOutbox(self.ledger, clock=lambda: self.now, alive=lambda _: False)
        again = None if rates is None else rates.look_again
        channels = {"email": self.sink, "sms": self.sink}
        hand_over(outbox, channels, render, lambda: self.now, "me", batch=2, journal=self.journal, before_more=again)

    def bounce(self, contacts: Iterable[str], at: int | None = None, **properties: Stored) -> None:
        when = self.now if at is None else at
        found = [Event("message_bounced", f"{c}-{when}-{properties}", c, when, properties=properties) for c in contacts]
        with self.facts.transaction():
            self.facts.put_events("message_bounced", found)

    def rates(self) -> Rates:
        return Rates(self.limits, self.facts, self.ledger, self.journal, {"hello": "welcome", "welcome": "welcome"})

    def looked(self) -> dict[str, str]:
        rates = self.rates()
        rates.look()
        assert dict(self.ledger.paused()).items() >= rates.stopped.items()
        return rates.stopped


def people(count: int, name: str = "c") -> list[str]:
    return [f"{name}{n}" for n in range(count)]


def test_a_trigger_over_its_limit_is_paused_with_its_figures(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.queue(people(20))
    scene.queue(people(20, "d"), trigger="thanks")
    scene.send()
    scene.bounce(people(2))
    assert scene.looked() == {}, "10 % is the limit, not over it"
    scene.bounce(["c7"])
    assert scene.looked() == {"welcome": "paused by itself: 3 of 20 messages bounced (15.0 %), limit 10 %"}
    assert scene.looked() == {}, "it is paused already"
    assert list(scene.ledger.paused()) == ["welcome"]


def test_too_few_messages_say_nothing_and_one_report_never_does(tmp_path: Path) -> None:
    scene = Scene(tmp_path, RateLimits(bounces=1_000, at_least=10))
    scene.queue(people(9))
    scene.send()
    scene.bounce(people(2))
    assert scene.looked() == {}
    scene.queue(["c9"])
    scene.send()
    assert "2 of 10" in scene.looked()["welcome"]
    scene.ledger.resume("welcome")
    scene.now += HOUR
    scene.queue(people(20))
    scene.send()
    scene.bounce(["c3"])
    assert scene.looked() == {}


def test_a_report_is_about_the_last_message_that_fits_it(tmp_path: Path) -> None:
    """Each contact has had `welcome` by mail, then `thanks` by mail, then `welcome` by text message."""
    scene = Scene(tmp_path)
    for trigger, channel in (("welcome", "email"), ("thanks", "email"), ("welcome", "sms")):
        scene.queue(people(10), trigger, channel)
        scene.send()
        scene.now += HOUR
    scene.bounce(people(2), at=NOW + 30 * 60 * SECOND)  # the first mail was the last one then
    scene.bounce(["c2"], channel="email", trigger="hello")  # by its present name
    scene.bounce(["c3"], channel="email")  # `thanks`
    scene.bounce(["c4"])  # the text message
    scene.bounce(["c5"], at=NOW - 61 * SECOND)  # before anything was queued
    scene.bounce(["c6"], at=NOW - 59 * SECOND)  # by a clock that is behind: the first mail
    scene.bounce(["c7"], trigger="of_another_program")
    scene.bounce(["nobody"])
    assert scene.looked() == {"welcome": "paused by itself: 5 of 20 messages bounced (25.0 %), limit 10 %"}


def test_what_is_reported_twice_counts_once(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.queue(people(10))
    scene.send()
    for _ in range(3):
        scene.now += SECOND
        scene.bounce(["c1"])
    assert scene.looked() == {}


def test_the_window_is_of_the_time_of_sending(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.queue(people(10))
    scene.send()
    scene.now += WINDOW - 1
    scene.bounce(people(10))
    scene.queue(people(10, "d"))
    scene.send()
    assert "10 of 20" in scene.looked()["welcome"]
    scene.ledger.database.run("delete from pause")
    scene.now += 1
    assert scene.looked() == {}, "the bounces came a moment ago, their messages left seven days ago"


def test_a_resume_counts_anew(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.queue(people(10))
    scene.send()
    scene.bounce(people(5))
    assert "welcome" in scene.looked()
    scene.now += SECOND
    scene.ledger.resume("welcome")
    scene.now += SECOND
    assert scene.looked() == {}
    scene.bounce(people(10))
    scene.queue(people(10, "d"))
    scene.send()
    assert scene.looked() == {}, "late bounces of what left before"
    scene.bounce(people(2, "d"))
    assert "2 of 10" in scene.looked()["welcome"]


def test_nothing_more_leaves_of_a_long_run(tmp_path: Path) -> None:
    """The bounces come in while forty messages are handed over, two at a claim."""
    scene = Scene(tmp_path)
    scene.queue(people(40))
    scene.queue(people(4, "d"), trigger="thanks")
    sink, rates = scene.sink, scene.rates()

    def bounced(done: int) -> None:
        if done == 21:
            scene.bounce(people(3))

    sink.after_each = bounced  # type: ignore[method-assign]
    rates.look()
    scene.send(rates)
    assert rates.stopped == {"welcome": "paused by itself: 3 of 22 messages bounced (13.6 %), limit 10 %"}
    assert sink.accepted == [*people(22), *people(4, "d")]
    assert len(list(scene.ledger.outbox(["queued"]))) == 18, "held, not lost"


def test_a_few_more_messages_may_decide(tmp_path: Path) -> None:
    """Two of the first four bounced at once; the floor of ten is reached on the way."""
    scene = Scene(tmp_path)
    scene.queue(people(40))
    rates = scene.rates()

    def bounced(done: int) -> None:
        if done == 4:
            scene.bounce(people(2))

    scene.sink.after_each = bounced  # type: ignore[method-assign]
    scene.send(rates)
    assert rates.stopped == {"welcome": "paused by itself: 2 of 10 messages bounced (20.0 %), limit 10 %"}
    assert len(scene.sink.accepted) == 10


def test_complaints_have_a_limit_of_their_own(tmp_path: Path) -> None:
    scene = Scene(tmp_path, RateLimits(complaints=3_000, at_least=10))
    scene.queue(people(10))
    scene.send()
    scene.bounce(people(9))
    with scene.facts.transaction():
        scene.facts.put_events("message_complained", [Event("message_complained", c, c, NOW) for c in people(2)])
    assert scene.looked() == {
        "welcome": "paused by itself: 2 of 10 messages were complained about (20.0 %), limit 0.3 %"
    }


def test_a_dry_run_only_tells(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.queue(people(10))
    scene.send()
    scene.bounce(people(5))
    rates = scene.rates()
    rates.write = False
    rates.look()
    assert list(rates.stopped) == ["welcome"]
    assert scene.ledger.paused() == {}


def test_a_ledger_put_back_from_a_backup_does_not_forget(tmp_path: Path) -> None:
    """Neither that a trigger stopped itself nor from when on it counts anew."""
    scene = Scene(tmp_path)
    scene.queue(people(10))
    scene.send()
    scene.journal.agreed()
    scene.bounce(people(5))
    why = scene.looked()["welcome"]
    scene.ledger.database.run("delete from pause")  # what a backup from before would hold
    missing = scene.journal.standing().missing
    restore(scene.ledger, missing, NOW)
    assert dict(scene.ledger.paused()) == {"welcome": why}
    scene.ledger.database.run("delete from pause")
    scene.journal.switched("welcome", None, NOW + SECOND)
    restore(scene.ledger, scene.journal.standing().missing, NOW + SECOND)
    assert scene.journal.standing().missing == ()
    scene.now += 2 * SECOND
    assert scene.looked() == {}, "the bounces are of messages from before the resume"


def test_without_limits_nothing_is_read(tmp_path: Path) -> None:
    scene = Scene(tmp_path, RateLimits())
    scene.facts.close()
    rates = scene.rates()
    rates.look()
    rates.look_again()
    assert rates.stopped == {}
