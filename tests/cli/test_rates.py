"""A trigger that stops itself, from the command line: said by every verb, held, and let go on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Kadenz
from tests.cli.test_cut_off import PEOPLE, live_project
from tests.cli.test_pause import FOLDER, files

WHY = f"paused by itself: 2 of {PEOPLE} messages bounced (33.3 %), limit 5 %"


@pytest.fixture
def project(tmp_path: Path, kadenz: Kadenz) -> Path:
    """Six have got their message; two of these bounced; everybody has bought again."""
    folder = live_project(tmp_path, kadenz, FOLDER)
    settings = folder / "kadenz.yaml"
    settings.write_text(settings.read_text() + f"limits: {{bounces: 5 %, complaints: 0.3 %, at_least: {PEOPLE - 2}}}\n")
    assert kadenz("run", "--project", folder).code == 0
    bring(folder, kadenz, "message_bounced", 2)
    bring(folder, kadenz, "purchase", PEOPLE)
    return folder


def bring(folder: Path, kadenz: Kadenz, event: str, people: int, first: int = 0) -> None:
    moment = datetime.now(UTC).isoformat()
    lines = [f"{event}{n}{moment},c{n},{moment}" for n in range(first, first + people)]
    (folder / "events.csv").write_text("id,contact,at\n" + "\n".join(lines) + "\n")
    said = kadenz("import", folder / "events.csv", "--as", f"event:{event}", "--project", folder)
    assert said.code == 0, said.out + said.err


def test_every_verb_says_it(project: Path, kadenz: Kadenz) -> None:
    dry = kadenz("run", "--dry-run", "--project", project)
    assert (dry.code, f"`thanks` would stop: {WHY}" in dry.err) == (1, True)
    run = kadenz("run", "--project", project)
    assert (run.code, f"`thanks` stops: {WHY}; `kadenz resume thanks`" in run.err) == (1, True)
    assert WHY in run.out.split("PAUSED")[1]
    assert len(files(project)) == PEOPLE
    assert WHY in kadenz("pause", "--project", project).out
    assert WHY in kadenz("doctor", "--project", project).out
    assert WHY in kadenz("explain", "c1", "--project", project).out
    again = json.loads(kadenz("run", "--project", project, "--format", "json").out)
    assert (again["stopped"], again["paused"]) == ({}, {"thanks": WHY})


def test_a_resume_lets_what_was_held_leave(project: Path, kadenz: Kadenz) -> None:
    assert kadenz("run", "--project", project).code == 1
    assert kadenz("resume", "thanks", "--project", project).code == 0
    done = kadenz("run", "--project", project)
    assert done.code == 0, done.out + done.err
    assert len(files(project)) == 2 * PEOPLE - 2, "nobody writes again to an address that bounced"
    bring(project, kadenz, "message_bounced", 2, first=2)
    assert kadenz("run", "--project", project).code == 1, "and it is watched on"
