"""What a newcomer meets: a project without data, an empty store, one playbook that does not check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Kadenz

EARLY, LATE = "2026-11-20T09:00", "2026-11-20T13:30"


@pytest.mark.parametrize(("ready", "told"), [("shop", "comes without data"), ("start", "lie in data/")])
def test_a_new_project_says_whether_it_has_data(tmp_path: Path, kadenz: Kadenz, ready: str, told: str) -> None:
    assert told in kadenz("init", tmp_path / "new", "--from", ready).out


def test_an_empty_store_says_so(tmp_path: Path, kadenz: Kadenz) -> None:
    kadenz("init", tmp_path / "new")
    said = kadenz("run", "--project", tmp_path / "new", "--at", EARLY)
    assert (said.code, "There are no contacts in the store" in said.out) == (0, True)


def test_the_invented_unsubscribe_address_is_one(tmp_path: Path, kadenz: Kadenz) -> None:
    """What the shop's kadenz.yaml says in a comment can be taken as it stands."""
    project = tmp_path / "new"
    kadenz("init", project, "--from", "shop")
    lines = (project / "kadenz.yaml").read_text().splitlines()
    begin = next(n for n, line in enumerate(lines) if line.startswith("  #   email:"))
    end = next(n for n in range(begin, len(lines)) if not lines[n].startswith("  #"))
    mail = [f"  {line.removeprefix('  #   ')}" for line in lines[begin:end]]
    after = next(n for n in range(end, len(lines)) if not lines[n].strip())
    (project / "kadenz.yaml").write_text("\n".join([*lines[:begin], *mail, *lines[after:]]) + "\n")
    said = kadenz("check", "--project", project)
    assert said.code == 0, said.out + said.err


def test_one_bad_playbook_locks_nobody_out_of_explain(start: Path, kadenz: Kadenz) -> None:
    for moment in (EARLY, LATE):
        kadenz("run", "--project", start, "--at", moment)
    asked = ("explain", "1004", "--project", start, "--at", LATE, "--format", "json")
    whole = kadenz(*asked)
    playbooks = start / "playbooks"
    (playbooks / "other.play").write_text("segment loyal where did purchase\n")
    (playbooks / "bad.play").write_text("segment rich where contry = CH\n")
    (playbooks / "reads_it.play").write_text("segment both where in rich and in loyal\n")
    said = kadenz(*asked)
    assert (said.code, "playbooks/bad.play, playbooks/reads_it.play cannot be used" in said.err) == (0, True)
    told = json.loads(said.out)
    assert set(told["segments"]) == {"shipped_to", "loyal"}
    assert told["decisions"] == json.loads(whole.out)["decisions"] != []
    (start / "templates" / "bad.j2").write_text("---\nchannel: fax\n---\n")
    assert "templates/bad.j2" in kadenz(*asked).err
    settings = start / "kadenz.yaml"
    settings.write_text(settings.read_text().replace("time_zone: Europe/Zurich", "time_zone: Zurich"))
    assert kadenz(*asked).code == 3, "by what clock?"


def test_a_restored_message_is_named_and_no_longer_called_not_fired(tmp_path: Path, kadenz: Kadenz) -> None:
    import shutil

    from tests.cli.test_cut_off import live_project
    from tests.cli.test_pause import FOLDER

    project = live_project(tmp_path, kadenz, FOLDER)
    shutil.copytree(project / ".kadenz", tmp_path / "backup")
    kadenz("run", "--project", project)
    shutil.rmtree(project / ".kadenz")
    shutil.copytree(tmp_path / "backup", project / ".kadenz")
    assert kadenz("resume", "--after-restore", "--project", project).code == 0
    said = kadenz("explain", "c1", "--project", project)
    assert "uncertain" in said.out
    assert "kadenz settle " in said.out
    assert "Not fired" not in said.out
