"""What `run`, `show`, `test` and `explain` tell of quality blocks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Kadenz

EARLY, LATE = "2026-11-20T09:00", "2026-11-20T13:30"

BLOCK = """
quality addresses
  expect completeness 95 % where email is known
  expect first_name unique
  stop sending when it fails

test "two of the same name are one too many"
  at 2026-11-20 12:00
  contact anna (first_name = "Anna", email = "a@example.ch")
  contact anne (first_name = "Anna", email = "b@example.ch") consents to email for newsletter
    did cart_added 5 hours ago
  expect quality addresses fails
  expect anne gets nothing

test "one is enough"
  at 2026-11-20 12:00
  contact anna (first_name = "Anna", email = "a@example.ch")
  contact nobody (email = "b@example.ch")
  expect quality addresses holds
"""


@pytest.fixture
def project(start: Path) -> Path:
    (start / "playbooks" / "quality.play").write_text(BLOCK, encoding="utf-8")
    return start


def test_run_reports_what_fails_and_refuses(project: Path, kadenz: Kadenz) -> None:
    kadenz("run", "--project", project, "--at", EARLY)
    said = kadenz("run", "--project", project, "--at", LATE)
    assert said.code == 0
    assert "Data that is not as expected" in said.out
    assert "completeness 95 % where email is known  9 of 10 (90 %), 95 % expected" in said.out
    assert "first_name unique" not in said.out
    assert "quality `addresses` fails" in said.out
    assert not list((project / "out" / "rehearsal").rglob("*.txt"))
    told = kadenz("explain", "1001", "--project", project, "--at", LATE).out
    assert "refused by quality" in told
    assert "quality `addresses` fails: 9 of 10 (90 %), 95 % expected" in told


def test_run_as_json_has_every_expectation(project: Path, kadenz: Kadenz) -> None:
    said = json.loads(kadenz("run", "--project", project, "--at", EARLY, "--format", "json").out)
    assert said["quality"] == [
        {"name": "addresses", "expects": "completeness 95 % where email is known", "met": 9, "of": 10, "holds": False},
        {"name": "addresses", "expects": "first_name unique", "met": 9, "of": 9, "holds": True},
    ]


@pytest.mark.parametrize("engine", ["sql", "interpreter"])
def test_show_prints_figures_and_lists_who_fails(project: Path, kadenz: Kadenz, engine: str) -> None:
    kadenz("run", "--project", project, "--at", EARLY)
    kadenz("run", "--project", project, "--at", LATE)
    said = kadenz("show", "addresses", "--project", project, "--at", LATE, "--list", "--engine", engine)
    assert said.code == 0
    assert "completeness 95 % where email is known   fails: 9 of 10 (90 %), 95 % expected" in said.out
    assert "holds: 9 of 9 (100 %), 100 % expected" in said.out
    assert "at the ticks it fails since 2026-11-20 09:00" in said.out
    assert [line.split()[0] for line in said.out.splitlines() if line.endswith("where email is known")] == ["1010"]


def test_tests_speak_of_quality(project: Path, kadenz: Kadenz) -> None:
    assert kadenz("test", "--project", project).code == 0
    path = project / "playbooks" / "quality.play"
    path.write_text(BLOCK.replace("addresses fails", "addresses holds"), encoding="utf-8")
    said = kadenz("test", "--project", project)
    assert said.code == 1
    assert "quality `addresses`: 2 of 2 (100 %), 95 % expected; 0 of 2 (0 %), 100 % expected" in said.out
