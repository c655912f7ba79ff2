"""`holdout`, `deliver between` and `spread over`, on both executors."""

from __future__ import annotations

import pytest

from adapters.bench import benches
from dsl.model import Deliver
from engine.instants import MINUTE, to_datetime
from engine.keys import BUCKETS, bucket
from engine.quiet import outside_of, quiet_until
from engine.scenario import run_scenario
from tests.engine.world import SCHEMA, ZURICH, World, at, model_of, outcomes_of

START = "2026-05-01T00:00"


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def world(clauses: str, executor: str, more: str = "") -> World:
    return World(f"{more}\ntrigger t on visit\n  send email hello\n  {clauses}", active_from=START, executor=executor)


def inside_and_outside(share: int) -> tuple[str, str]:
    """A contact that `holdout` of trigger `t` takes, and one that it does not."""
    keys = [f"c{n}" for n in range(200)]
    return (
        next(k for k in keys if bucket("t", k) < share * BUCKETS // 100),
        next(k for k in keys if bucket("t", k) >= share * BUCKETS // 100),
    )


# ---------------------------------------------------------------- holdout


def test_who_is_held_out_leaves_a_ghost_that_uses_no_room(executor: str) -> None:
    held, free = inside_and_outside(20)
    w = world("holdout 20 %", executor, "cap one at most 1 message per 7 days\ntrigger u on purchase send email news")
    for key in (held, free):
        w.contact(key)
        w.event("visit", key, "2026-05-04T10:00")
    found = outcomes_of(w.tick("2026-05-04T10:00"))
    assert found == {held: ("refused", "holdout"), free: ("queued", "reserved")}
    for key in (held, free):
        w.event("purchase", key, "2026-05-04T11:00")
    found = outcomes_of(w.tick("2026-05-04T11:00"))
    assert found == {held: ("queued", "reserved"), free: ("refused", "capped")}
    w.close()


def test_a_ghost_counts_for_again(executor: str) -> None:
    held, _ = inside_and_outside(20)
    w = world("holdout 20 %\n  again after 3 days", executor)
    w.contact(held)
    for day in (4, 5, 7):
        w.event("visit", held, f"2026-05-{day:02}T10:00")
        w.tick(f"2026-05-{day:02}T10:00")
    assert w.outcomes(held) == [("refused", "holdout"), ("refused", "again"), ("refused", "holdout")]
    assert [run.cause_at for run in w.ledger.handed_over("t", [held])] == [
        at("2026-05-04T10:00"),
        at("2026-05-07T10:00"),
    ]
    w.close()


def test_a_rename_and_a_greater_share_move_nobody() -> None:
    for share in (5, 10):
        model = model_of(f"trigger new was t on visit\n  send email hello\n  holdout {share} %")
        assert model.triggers["new"].id == "t"
    few = {k for k in map(str, range(2000)) if bucket("t", k) < 50_000}
    more = {k for k in map(str, range(2000)) if bucket("t", k) < 100_000}
    assert few < more
    assert 60 < len(few) < 140


def test_quiet_hours_come_before_the_control_group(executor: str) -> None:
    held, _ = inside_and_outside(20)
    w = world("holdout 20 %", executor, "quiet nights from 20:00 to 08:00")
    w.contact(held)
    w.event("visit", held, "2026-05-04T20:00")
    assert outcomes_of(w.tick("2026-05-04T20:00")) == {held: ("held", "quiet")}
    assert outcomes_of(w.tick("2026-05-05T06:00")) == {held: ("refused", "holdout")}
    w.close()


def test_a_run_that_is_in_the_outbox_is_not_held_out_any_more(executor: str) -> None:
    held, _ = inside_and_outside(20)
    w = world("", executor)
    w.contact(held)
    w.event("visit", held, "2026-05-04T10:00")
    w.tick("2026-05-04T10:00", deliver=False)
    w.play("trigger t on visit\n  send email hello\n  holdout 20 %")
    w.tick("2026-05-04T10:05")
    assert w.sent() == [(held, "hello")]
    w.close()


# ---------------------------------------------------------------- deliver between


def test_a_run_waits_for_its_window(executor: str) -> None:
    w = world("deliver between 09:00 and 11:00", executor)
    w.contact("anna")
    w.contact("yuki", zone="Asia/Tokyo")
    for key in ("anna", "yuki"):
        w.event("visit", key, "2026-05-04T01:30")  # 03:30 in Zurich, 10:30 in Tokyo
    assert outcomes_of(w.tick("2026-05-04T01:30")) == {"anna": ("held", "deliver"), "yuki": ("queued", "reserved")}
    w.tick("2026-05-04T06:59")
    assert w.sent() == [("yuki", "hello")]
    w.tick("2026-05-04T07:00")
    assert w.sent() == [("yuki", "hello"), ("anna", "hello")]
    w.close()


def test_the_end_of_the_window_is_outside(executor: str) -> None:
    w = world("deliver between 09:00 and 11:00", executor)
    w.contact("anna")
    w.event("visit", "anna", "2026-05-04T09:00")  # 11:00 in Zurich
    w.tick("2026-05-04T09:00")
    assert [j.until for _, j in w.ledger.judgements("anna")] == [at("2026-05-05T07:00")]
    w.close()


def test_days_of_the_window_and_quiet_hours_together(executor: str) -> None:
    w = world(
        "deliver between 07:00 and 11:00 on weekdays\n  expires after 5 days",
        executor,
        "quiet nights from 20:00 to 08:00",
    )
    w.contact("anna")
    w.event("visit", "anna", "2026-05-08T12:00")  # a Friday
    w.tick("2026-05-08T12:00")
    assert [(j.gate, j.until) for _, j in w.ledger.judgements("anna")] == [("quiet", at("2026-05-11T06:00"))]
    w.tick("2026-05-11T06:00")
    assert w.sent() == [("anna", "hello")]
    w.close()


def test_a_window_that_opens_too_late_is_told(executor: str) -> None:
    w = world("deliver between 09:00 and 11:00 on monday", executor)
    w.contact("anna")
    w.event("visit", "anna", "2026-05-06T10:00")
    assert outcomes_of(w.tick("2026-05-06T10:00")) == {"anna": ("expired", "deliver")}
    w.close()


def test_transactional_messages_and_notices_wait_for_their_own_window(executor: str) -> None:
    more = "quiet nights from 00:00 to 12:00\n"
    more += 'trigger n on visit\n  notify sales "x"\n  deliver between 13:00 and 14:00'
    w = world('category transactional\n  because "x"\n  deliver between 09:00 and 11:00', executor, more)
    w.contact("anna")
    w.event("visit", "anna", "2026-05-04T04:00")
    w.tick("2026-05-04T04:00")
    w.tick("2026-05-04T07:00")
    assert w.sent() == [("anna", "hello")]
    w.tick("2026-05-04T11:00")
    assert w.sent() == [("anna", "hello"), ("anna", "sales")]
    w.close()


@pytest.mark.parametrize(
    ("window", "instant", "opens"),
    [
        (Deliver(22 * 60, 2 * 60), "2026-05-04T19:59", "2026-05-04T20:00"),  # 22:00 in Zurich
        (Deliver(22 * 60, 2 * 60), "2026-05-04T23:59", None),  # 01:59
        (Deliver(22 * 60, 2 * 60), "2026-05-05T00:00", "2026-05-05T20:00"),
        (Deliver(22 * 60, 2 * 60, (4,)), "2026-05-08T23:00", None),  # Friday's window, on Saturday at 01:00
        (Deliver(22 * 60, 2 * 60, (4,)), "2026-05-09T21:00", "2026-05-15T20:00"),
        (Deliver(2 * 60 + 30, 5 * 60), "2026-03-28T20:00", "2026-03-29T01:00"),  # 02:30 does not exist: the change
        (Deliver(2 * 60 + 30, 5 * 60), "2026-10-24T20:00", "2026-10-25T01:30"),  # 02:30 is twice: the second
    ],
)
def test_windows(window: Deliver, instant: str, opens: str | None) -> None:
    found = quiet_until(at(instant), "email", outside_of(window), (ZURICH,))
    assert (None if found is None else found[1]) == (None if opens is None else at(opens))


# ---------------------------------------------------------------- spread over


def test_runs_are_spread_by_hash_and_expire_from_there(executor: str) -> None:
    w = world("spread over 2 hours\n  expires after 1 minute", executor)
    keys = [f"c{n}" for n in range(12)]
    for key in keys:
        w.contact(key)
        w.event("visit", key, "2026-05-04T10:00")
    w.tick("2026-05-04T10:00")
    due = {f.contact: f.due_at - f.cause_at for f in w.ledger.open_firings()} | {
        f.contact: f.due_at - f.cause_at for key in keys for f, _ in w.ledger.judgements(key)
    }
    assert set(due) == set(keys)
    assert len(set(due.values())) > 6
    for key, later in due.items():
        assert 0 <= later < 120 * MINUTE
        assert later % 1_000_000 == 0
        assert later == bucket("spread t", key) * 7200 // BUCKETS * 1_000_000
    for minute in range(1, 121):
        w.tick(to_datetime(at("2026-05-04T10:00") + minute * MINUTE).isoformat())
    assert {f.contact for key in keys for f, j in w.ledger.judgements(key) if j.outcome == "queued"} == set(keys)
    w.close()


def test_the_clock_of_a_test_ticks_when_spread_runs_fall_due(executor: str) -> None:
    text = """
trigger t on visit
  send email hello
  spread over 3 hours
  deliver between 14:00 and 18:00

test "some time after"
  at 2026-11-20 12:00
  contact anna (email = "a@example.ch") consents to email for marketing
    did visit 3 hours ago
  expect anna gets nothing
  after 5 hours
  expect anna gets email hello at 16:19
"""
    model = model_of(text)
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == []


def test_what_waited_for_the_morning_is_spread_from_there(executor: str) -> None:
    """By the same hash, within what is left of its time and before it is quiet again."""
    w = world("spread over 2 hours\n  expires after 30 hours", executor, "quiet nights from 20:00 to 08:00")
    keys = [f"c{n}" for n in range(12)]
    for key in keys:
        w.contact(key)
        w.event("visit", key, "2026-05-04T20:00")  # 22:00 in Zurich
    w.tick("2026-05-04T20:00")
    report = w.tick("2026-05-04T22:30")
    opens = at("2026-05-05T06:00")
    found = {firing.contact: judgement.until for firing, judgement in report.decisions}
    assert found == {key: opens + bucket("spread t", key) * 7200 // BUCKETS * 1_000_000 for key in keys}
    assert len(set(found.values())) > 6
    w.tick("2026-05-05T06:00", deliver=False)
    w.tick("2026-05-05T08:00")
    assert {contact for contact, _ in w.sent()} == set(keys)
    w.close()


def test_the_spread_of_a_morning_ends_with_the_time_and_the_window(executor: str) -> None:
    rest = "quiet nights from 20:00 to 08:00\nquiet lunch from 08:30 to 14:00"
    for hours in (30, 9):
        w = world(f"spread over 2 hours\n  expires after {hours} hours", executor, rest)
        keys = [f"c{n}" for n in range(12)]
        for key in keys:
            w.contact(key)
            w.event("visit", key, "2026-05-04T20:00")
        w.tick("2026-05-04T20:00")
        w.tick("2026-05-04T22:30")
        held = w.ledger.open_firings()
        assert held
        for firing in held:
            assert firing.not_before is not None
            length = min(30 * MINUTE, firing.expires_at - at("2026-05-05T06:00"))
            place = bucket("spread t", firing.contact) * length // BUCKETS // 1_000_000 * 1_000_000
            assert firing.not_before == at("2026-05-05T06:00") + place
        w.close()
