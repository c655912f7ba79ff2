"""The facts alone are put back from a backup: their numbers are given out again, and no event is passed over."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.stores.facts import SqliteFacts
from engine.records import Event
from engine.tick import Passes, tick
from tests.engine.world import SCHEMA, World, at

PLAY = """
trigger visited
  on visit
  send email hello
  again every time
  late by up to 3 days
  expires after 3 days
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(PLAY, active_from="2026-05-01T00:00")
    world.facts.close()
    world.facts = SqliteFacts.open(tmp_path / "facts.db", SCHEMA, now=0)
    for name in ("anna", "ben"):
        world.contact(name)
    return world


def back_up(world: World, to: Path) -> None:
    world.facts.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(to.parent / "facts.db", to)


def put_back(world: World, backup: Path) -> None:
    world.facts.close()
    for file in backup.parent.glob("facts.db*"):
        file.unlink()
    shutil.copyfile(backup, backup.parent / "facts.db")
    world.facts = SqliteFacts.open(backup.parent / "facts.db", SCHEMA, now=0)


@pytest.mark.parametrize("passes", ["chosen", "full", "incremental"])
@pytest.mark.parametrize("more", [0, 1, 7])
def test_late_events_behind_the_restore_are_seen(world: World, tmp_path: Path, more: int, passes: Passes) -> None:
    backup = tmp_path / "backup.db"
    world.event("visit", "anna", "2026-05-04T09:00", id="known")
    world.tick("2026-05-04T09:30")
    back_up(world, backup)
    for n in range(4):
        world.event("visit", "anna", "2026-05-04T10:00", id=f"lost {n}")
    world.tick("2026-05-04T11:00")
    assert len(world.sent()) == 5
    put_back(world, backup)
    # late, under numbers that the tick before has seen; with `more` beyond them
    world.event("visit", "ben", "2026-05-04T09:10", id="late")
    filling = [Event("purchase", f"p{n}", "anna", at("2026-05-04T09:20"), 0, {}) for n in range(more)]
    world.facts.put_events("purchase", filling)
    tick(replace(world.engine(), passes=passes), at("2026-05-04T12:00"))
    world.deliver("2026-05-04T12:00")
    assert world.sent()[5:] == [("ben", "hello")]
    world.event("visit", "ben", "2026-05-04T09:12", id="later still")
    world.tick("2026-05-04T12:30")
    assert len(world.sent()) == 7
    world.event("visit", "anna", "2026-05-04T10:00", id="lost 2")
    world.tick("2026-05-04T13:00")
    assert len(world.sent()) == 7, "what had its run has it once"
    world.close()
