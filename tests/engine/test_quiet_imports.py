"""Contacts that were imported quietly: to the first tick that sees them they are as if the tick before had."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.tick import Passes, tick
from tests.engine.world import World, at

PLAY = """
segment swiss where country = CH
segment visitors where did visit
segment lasting where in swiss for 7 days

score s
  +1 per 1 of visits
  stage cool from 0
  stage hot  from 40 leave below 30 rest 90 days

trigger entered
  on entering swiss
  notify sales "x"

trigger left
  on leaving swiss
  notify sales "x"

trigger became
  when visits > 10
  notify sales "x"

trigger rose
  on s reaching hot
  notify sales "x"

trigger fell
  on s falling below hot
  notify sales "x"

trigger changed
  on country changing
  notify sales "x"

trigger visited
  on entering visitors
  notify sales "x"

trigger lasted
  on entering lasting
  notify sales "x"
"""


def _world(executor: str) -> World:
    world = World(PLAY, active_from="2026-01-01", executor=executor)
    world.contact("old", visits=1)
    world.tick("2026-05-01T00:00")
    return world


@pytest.mark.parametrize("executor", ["interpreter", "sql"])
def test_they_set_off_nothing_by_being_there_and_what_comes_next_fires(executor: str) -> None:
    world = _world(executor)
    world.ledger.mark_quiet(["anna", "nobody_yet"])
    for key in ("anna", "loud"):
        world.contact(key, country="CH", visits=50)
        world.event("visit", key, "2026-04-01T00:00")
    report = world.tick("2026-05-02T00:00")
    assert {firing.contact for firing, _ in report.decisions} == {"loud"}
    assert report.fired == {"entered": 1, "became": 1, "rose": 1, "visited": 1}
    # 35 points are enough to stay where anna has been standing, as far as the tick knows
    world.contact("anna", country="DE", visits=35)
    assert world.tick("2026-05-03T00:00").fired == {"left": 1, "changed": 1}
    world.contact("anna", country="CH", visits=5)
    assert world.tick("2026-05-04T00:00").fired == {"entered": 1, "changed": 1, "fell": 1}
    world.contact("anna", country="CH", visits=50)
    assert world.tick("2026-05-05T00:00").fired == {"became": 1, "rose": 1}, "never reached before, so it does not rest"
    # loud has been inside since the tick of 2 May; anna began anew on the 4th
    assert world.tick("2026-05-10T00:00").fired == {"lasted": 1}


@pytest.mark.parametrize("executor", ["interpreter", "sql"])
def test_what_changed_after_the_tick_before_is_a_change_of_theirs_too(executor: str) -> None:
    world = _world(executor)
    world.ledger.mark_quiet(["anna"])
    world.contact("anna", country="CH")
    world.event("visit", "anna", "2026-05-01T12:00")
    assert world.tick("2026-05-02T00:00").fired == {"visited": 1}


def test_who_is_gone_and_comes_back_is_new() -> None:
    world = _world("interpreter")
    world.ledger.mark_quiet(["anna"])
    world.contact("anna", country="CH")
    assert world.tick("2026-05-02T00:00").fired == {}
    world.facts.connection.execute("DELETE FROM contacts WHERE _key = 'anna'")
    world.tick("2026-05-03T00:00")
    world.contact("anna", country="CH")
    assert world.tick("2026-05-04T00:00").fired == {"entered": 1}


@pytest.mark.parametrize("passes", ["full", "incremental"])
def test_who_is_gone_before_the_first_tick_and_comes_back_is_new(passes: Passes) -> None:
    world = _world("interpreter")
    world.ledger.mark_quiet(["anna", "ben"])
    world.contact("anna", country="CH")
    world.ledger.quiet_arrived(["anna"])
    world.facts.connection.execute("DELETE FROM contacts WHERE _key = 'anna'")
    tick(replace(world.engine(), passes=passes), at("2026-05-02T00:00"))
    assert world.ledger.quiet_contacts() == {"ben"}, "who is announced alone comes with his batch, after this tick"
    for key in ("anna", "ben"):
        world.contact(key, country="CH")
    report = world.tick("2026-05-03T00:00")
    assert {firing.contact for firing, _ in report.decisions} == {"anna"}


def test_a_rehearsal_knows_who_came_quietly() -> None:
    live, own = _world("interpreter"), _world("interpreter")
    live.ledger.mark_quiet(["anna"])
    own.ledger.sync_evidence(live.ledger)
    own.contact("anna", country="CH")
    assert own.tick("2026-05-02T00:00").fired == {}


def test_a_trigger_with_a_start_of_its_own_knows_them_too() -> None:
    world = _world("interpreter")
    own = "on entering swiss\n  active from 2026-05-01 12:00"
    world.play(PLAY.replace("on entering swiss", own))
    world.ledger.mark_quiet(["anna"])
    world.contact("anna", country="CH")
    assert world.tick("2026-05-02T00:00").fired == {}


@pytest.mark.parametrize("passes", ["full", "incremental"])
def test_what_happened_before_its_contact_came_is_new_unless_it_came_quietly(passes: Passes) -> None:
    world = World('trigger v\n  on visit\n  notify sales "x"', active_from="2026-01-01")
    world.contact("old")
    for key in ("anna", "loud", "never"):
        world.event("visit", key, "2026-05-01T00:00")
    assert world.tick("2026-05-01T00:00").fired == {}, "an event is seen with its contact"
    world.ledger.mark_quiet(["anna"])
    for key in ("anna", "loud"):
        world.contact(key)
    world.event("visit", "anna", "2026-05-01T06:00")
    report = tick(replace(world.engine(), passes=passes), at("2026-05-01T12:00"))
    seen = {(firing.contact, firing.cause_at) for firing, _ in report.decisions}
    assert seen == {("loud", at("2026-05-01T00:00")), ("anna", at("2026-05-01T06:00"))}
    assert tick(replace(world.engine(), passes=passes), at("2026-05-01T13:00")).fired == {}
