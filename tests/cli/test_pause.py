"""The switch: `kadenz pause` and `kadenz resume`, before, during and after a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Kadenz
from tests.cli.test_cut_off import PEOPLE, live_project

FOLDER = "{kind: folder, folder: out/email, address: email}"


def files(project: Path) -> list[str]:
    folder = project / "out" / "email"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("switch", ["thanks", "--all"])
def test_what_is_paused_is_held_and_leaves_after_the_resume(tmp_path: Path, kadenz: Kadenz, switch: str) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    said = kadenz("pause", switch, "--why", "wrong template", "--project", project)
    assert said.code == 0
    assert "wrong template" in said.out
    run = kadenz("run", "--project", project)
    assert "PAUSED" in run.out
    assert run.out.split("Held back\n")[1].split() == ["paused", "held", str(PEOPLE)]
    assert files(project) == []
    assert kadenz("resume", switch, "--project", project).out.startswith(("`thanks` may", "everything may"))
    data = json.loads(kadenz("run", "--project", project, "--format", "json").out)
    assert data["paused"] == {}
    assert len(files(project)) == PEOPLE


def test_what_is_paused_is_listed_with_its_reason(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    assert kadenz("pause", "--project", project).out == "nothing is paused\n"
    kadenz("pause", "--all", "--project", project)
    kadenz("pause", "thanks", "--why", "legal", "--project", project)
    listed = json.loads(kadenz("pause", "--project", project, "--format", "json").out)
    assert [(one["trigger"], one["why"]) for one in listed] == [("*", "paused by hand"), ("thanks", "legal")]
    said = kadenz("resume", "--all", "--project", project)
    assert said.out == "everything may leave again\nstill paused: `thanks`\n"
    assert kadenz("resume", "--all", "--project", project).out.startswith("everything was not paused")


def test_a_name_that_nobody_knows_is_refused(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    said = kadenz("pause", "thank", "--project", project)
    assert (said.code, "did you mean `thanks`?" in said.err) == (3, True)
    assert kadenz("pause", "thanks", "--all", "--project", project).code == 3
    assert kadenz("resume", "--project", project).code == 3


def test_a_pause_does_not_wait_for_a_mended_text(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    kadenz("run", "--dry-run", "--project", project)
    play = project / "playbooks" / "cart.play"
    play.write_text(play.read_text() + "trigger broken\n")
    said = kadenz("pause", "thanks", "--project", project)
    assert (said.code, "--all` always works" in said.err) == (3, True), "no run has seen it"
    assert kadenz("pause", "--all", "--project", project).code == 0
