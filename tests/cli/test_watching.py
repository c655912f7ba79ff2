"""`kadenz test --watch`: what runs again at a save, and what survives one that does not check."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.testing.saves import Saves
from adapters.testing.watching import Watching, watch
from tests.cli.conftest import Kadenz
from tests.cli.test_test import edit, project

__all__ = ["project"]

MORE = """segment germans where country = DE

test "germans are germans"
  at 2026-11-20 12:00
  contact anna (country = DE)
  expect anna in germans
"""


@pytest.fixture
def watching(project: Path, kadenz: Kadenz) -> Watching:
    (project / "playbooks" / "more.play").write_text(MORE)
    return Watching(project, None, ("interpreter",))


def ran(watching: Watching) -> list[str]:
    return [one.scenario.name for one in watching.look().ran]


CART = "an abandoned cart brings one reminder, a purchase none"


def test_only_the_tests_that_a_save_can_concern_run_again(project: Path, watching: Watching) -> None:
    assert ran(watching) == [CART, "germans are germans"]
    assert ran(watching) == []
    edit(project, "People in the countries we ship to", "Wherever we ship to")
    assert ran(watching) == []
    edit(project, "at most 2 messages", "at most 3 messages")
    assert ran(watching) == [CART]
    more = project / "playbooks" / "more.play"
    more.write_text(MORE.replace("where country = DE", "where country in (DE, AT)"))
    assert "germans are germans" in ran(watching)
    more.write_text(MORE.replace("expect anna in germans", "expect anna not in germans"))
    found = watching.look()
    assert [one.scenario.name for one in found.ran if not one.passed] == ["germans are germans"]
    assert found.failed == ("germans are germans",)
    assert "FAILED  germans are germans" in watching.told(found)


def test_a_save_that_does_not_check_keeps_the_last_good_and_says_stale(project: Path, watching: Watching) -> None:
    watching.look()
    edit(project, "where country in", "where contry in")
    found = watching.look()
    assert (found.ran, found.passed) == ((), 2)
    told = watching.told(found)
    assert "STALE" in told
    assert "did you mean `country`?" in told
    edit(project, "where contry in", "where country in")
    assert watching.look().wrong is None


def test_saves_by_rename_in_new_folders_and_in_a_burst_are_one_change(project: Path) -> None:
    with Saves(project) as saves:
        beside = project / "playbooks" / "cart.play.tmp"
        beside.write_text("segment a where everyone\n")
        beside.replace(project / "playbooks" / "cart.play")
        assert "playbooks/cart.play" in saves.next(20)
        folder = project / "playbooks" / "sub"
        folder.mkdir()
        (folder / "one.play").write_text("segment b where everyone\n")
        found = saves.next(20)
        (folder / "one.play").write_text("segment c where everyone\n")
        assert "playbooks/sub/one.play" in found | saves.next(20)
        for number in range(100):
            (project / "playbooks" / f"many{number}.play").write_text("")
        burst = saves.next(20)
        assert len([name for name in burst if "many" in name]) == 100
        (project / "out").mkdir(exist_ok=True)
        (project / "out" / "x.yaml").write_text("a: 1\n")
        assert saves.next(0.5) == frozenset()


def test_the_loop_tells_each_change(project: Path, watching: Watching) -> None:
    told: list[str] = []
    watch(watching, [frozenset({"playbooks/cart.play"})], told.append)
    assert told[0].endswith("2 of 2 tests run again: 2 passed, 0 failed")
    assert told[1:] == ["\nplaybooks/cart.play saved", "0 of 2 tests run again: 2 passed, 0 failed"]
