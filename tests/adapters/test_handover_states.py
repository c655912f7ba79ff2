"""After a restore the states of contacts go on from where the journal left them: what really happens a second time is
no repeat of what left before, and what left before is not repeated."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from adapters.executors import executor
from adapters.stores.facts import SqliteFacts
from adapters.stores.handover_journal import HandoverJournal
from adapters.stores.handover_restore import restore
from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_invariants import broken
from adapters.stores.ledger_outbox import SqlOutbox
from dsl.types import Stored
from engine.fire import entering, leaving, stage_occurrences
from engine.handover import hand_over
from engine.occasions import Counted, counted_by
from engine.plan import make_plan
from engine.protocols import ChannelAdapter
from engine.records import ConsentRecord, Event
from engine.tick import Engine, tick
from tests.adapters.ledger_samples import HOUR, NOW
from tests.engine.world import SCHEMA, model_of
from tests.torture.test_restore import Sink, rendered

ENTERS = """
segment pros where plan = pro
trigger pro
  on entering pros
  send email hello
  again every time
"""
LEAVES = ENTERS.replace("on entering pros", "on leaving pros")
WHEN = """
trigger pro
  when plan = pro
  send email hello
  again every time
"""
CHANGES = WHEN.replace("when plan = pro", "on plan changing")
RISES = """
score s
  +10 when visits >= 1
  +20 when visits >= 2
  stage cool from 0
  stage warm from 5
  stage hot from 25
trigger pro
  on s reaching warm
  send email hello
  again every time
"""
FALLS = RISES.replace("reaching warm", "falling below warm")


class Trial:
    """One contact, whose facts change from hour to hour."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        self.text = text
        self.sink = Sink()
        self.hour = 0
        with self.facts() as facts, self.ledger() as ledger:
            facts.put_contacts([("ana", {"email": "ana@example.ch", "plan": "basic", "visits": 0})], at=0)
            ledger.add_consents([ConsentRecord("c", "ana", "marketing", "email", "granted", "consent", "test", 0)])

    def instant(self) -> int:
        return NOW + self.hour * HOUR

    def facts(self) -> SqliteFacts:
        return SqliteFacts.open(self.folder / "facts.db", SCHEMA, now=self.instant())

    def ledger(self) -> SqliteLedger:
        return SqliteLedger.open(self.folder / "ledger.db", clock=self.instant)

    def becomes(self, word: str, most: int = 1000) -> int:
        """The contact is this an hour later; how many messages have left then."""
        with self.facts() as facts:
            known: dict[str, dict[str, Stored]] = {
                "pro": {"plan": "pro", "visits": 1},
                "plus": {"plan": "plus", "visits": 1},
            }
            values = known.get(word, {"plan": "basic", "visits": 0})
            facts.put_contacts([("ana", {"email": "ana@example.ch", **values})], at=self.instant())
        return self.run(most)

    def run(self, most: int = 1000) -> int:
        """A tick and a hand-over, which is cut off behind so many messages."""
        self.hour += 1
        with self.facts() as facts, self.ledger() as ledger:
            model = model_of(self.text)
            plan = make_plan(model, SCHEMA, "UTC")
            sql = executor("sql", model, plan, facts, "UTC")
            engine = Engine(model, plan.hash, plan.definition_hashes, sql, facts, ledger, "UTC", active_from=0)
            tick(engine, self.instant())
            journal = self.journal(ledger)
            journal.standing().must_allow(journal.path)
            with ledger.owner() as owner:
                outbox = SqlOutbox(ledger, clock=self.instant)
                channels: dict[str, ChannelAdapter] = {"email": self.sink, "notify": self.sink}
                end = len(self.sink.accepted) + most
                stop = partial(self.has_accepted, end)
                hand_over(outbox, channels, rendered, self.instant, owner, batch=1, journal=journal, stop=stop)
            journal.agreed()
            assert list(broken(ledger.database)) == []
        return len(self.sink.accepted)

    def has_accepted(self, so_many: int) -> bool:
        return len(self.sink.accepted) >= so_many

    def journal(self, ledger: SqliteLedger) -> HandoverJournal:
        return HandoverJournal(self.folder / "journal" / "j.jsonl", ledger, "host")

    def back_up(self) -> None:
        with self.ledger() as ledger:
            ledger.database.rows("pragma wal_checkpoint(truncate)")
        shutil.copyfile(self.folder / "ledger.db", self.folder / "backup.db")

    def put_back(self) -> None:
        shutil.copyfile(self.folder / "backup.db", self.folder / "ledger.db")
        with self.ledger() as ledger:
            journal = self.journal(ledger)
            assert restore(ledger, journal.standing().missing, self.instant()).messages > 0
            journal.agreed()
            assert list(broken(ledger.database)) == []


@pytest.mark.parametrize("text", [ENTERS, WHEN, RISES])
@pytest.mark.parametrize("times", [1, 2])
def test_who_came_before_the_restore_and_comes_again_is_told_again(tmp_path: Path, text: str, times: int) -> None:
    trial = Trial(tmp_path, text)
    assert trial.becomes("basic") == 0
    trial.back_up()
    for n in range(times):
        assert trial.becomes("pro") == n + 1
        assert trial.becomes("basic") == n + 1
    trial.put_back()
    assert trial.run() == times
    assert trial.becomes("pro") == times + 1, "a real second time"
    assert trial.becomes("basic") == times + 1
    assert trial.becomes("pro") == times + 2


@pytest.mark.parametrize("text", [ENTERS, WHEN, RISES, CHANGES])
def test_who_came_before_the_restore_and_is_still_there_is_not_told_again(tmp_path: Path, text: str) -> None:
    trial = Trial(tmp_path, text)
    trial.becomes("basic")
    trial.back_up()
    assert trial.becomes("pro") == 1
    trial.put_back()
    assert trial.run() == 1
    left = trial.becomes("basic")
    assert trial.becomes("pro") == left + 1


@pytest.mark.parametrize("text", [LEAVES, FALLS])
def test_who_left_before_the_restore_and_leaves_again_is_told_again(tmp_path: Path, text: str) -> None:
    trial = Trial(tmp_path, text)
    trial.becomes("pro")
    trial.back_up()
    assert trial.becomes("basic") == 1
    trial.put_back()
    assert trial.run() == 1
    trial.becomes("pro")
    assert trial.becomes("basic") == 2


def test_values_that_changed_twice_before_the_restore(tmp_path: Path) -> None:
    trial = Trial(tmp_path, CHANGES)
    trial.becomes("basic")
    trial.back_up()
    assert trial.becomes("pro") == 1
    assert trial.becomes("basic") == 2
    trial.put_back()
    assert trial.run() == 2, "it is what it was in the backup, and was told of both changes"
    assert trial.becomes("pro") == 3
    assert trial.becomes("basic") == 4


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        (ENTERS, ENTERS.replace("plan = pro", "plan = pro or plan = plus")),
        (WHEN, WHEN.replace("plan = pro", "plan = pro or plan = plus")),
        (RISES, RISES.replace("+10", "+11")),
    ],
)
def test_an_edit_beside_the_restore_repeats_nothing(tmp_path: Path, text: str, edited: str) -> None:
    trial = Trial(tmp_path, text)
    trial.becomes("basic")
    trial.back_up()
    assert trial.becomes("pro") == 1
    trial.put_back()
    trial.text = edited
    assert trial.run() == 1
    trial.becomes("basic")
    assert trial.becomes("pro") == 2


@pytest.mark.parametrize("most", [1, 2, 3])
def test_notices_beside_a_message_that_nobody_had_claimed_go_out_after_the_restore(tmp_path: Path, most: int) -> None:
    trial = Trial(tmp_path, ENTERS + '  notify sales "call her"\n  notify sales "and him"\n')
    trial.becomes("basic")
    trial.back_up()
    assert trial.becomes("pro", most) == most
    trial.put_back()
    assert trial.run() == 3, "each of the three once"
    assert trial.run() == 3
    assert trial.becomes("basic") == 3
    assert trial.becomes("pro") == 6


def test_occasions_are_read_back_as_they_are_written() -> None:
    model = model_of(RISES)
    stages = stage_occurrences
    cause, score = model.triggers["pro"].cause, model.scores["s"]
    made: list[Callable[[], str]] = [
        lambda: next(entering("trigger pro", {"ana"}, (), {"ana": 7}, 0)).occasion,
        lambda: next(leaving("pros", (), {"ana"}, {"ana"}, {"ana": 7}, 0)).occasion,
        lambda: next(stages(cause, score, {"ana": "hot"}, {"ana"}, {}, {}, 0)).occasion,  # type: ignore[arg-type]
        lambda: "change fees.fee 3",
        lambda: "2026-09-21",
        lambda: "entry ana",
    ]
    assert [counted_by(one()) for one in made] == [
        Counted("member", "trigger pro"),
        Counted("member", "pros"),
        Counted("stage", "s", "warm"),
        Counted("value", "fees.fee"),
        None,
        None,
    ]


def test_an_event_whose_id_looks_like_an_occasion_tells_nothing_of_a_state(tmp_path: Path) -> None:
    trial = Trial(tmp_path, ENTERS.replace("on entering pros", "on visit"))
    trial.becomes("basic")
    trial.back_up()
    with trial.facts() as facts:
        facts.put_events("visit", [Event("visit", "entry pros 5", "ana", trial.instant(), 0, {})])
    assert trial.run() == 1
    trial.put_back()
    with trial.ledger() as ledger:
        assert ledger.entries("pros", ["ana"]) == {}
