"""`check` and `lint` for a forge: paths of the repository, and only what stands on changed lines."""

from __future__ import annotations

import json
from pathlib import Path

from tests.adapters.review.test_git_tree import PROJECT, SCHEMA, git
from tests.cli.conftest import Kadenz

PLAY = "segment one\n  where orders > 1\n\nsegment two\n  where orders > 2\n"


def shop(tmp_path: Path) -> Path:
    """A project below the top of a repository; both of its segments are used by nobody, which lint tells."""
    folder = tmp_path / "marketing" / "shop"
    (folder / "playbooks").mkdir(parents=True)
    (folder / "kadenz.yaml").write_text(PROJECT)
    (folder / "schema.yaml").write_text(SCHEMA)
    (folder / "playbooks" / "a.play").write_text(PLAY)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "a shop")
    return folder


def lines(out: str) -> list[str]:
    return [line.split("::")[1] for line in out.splitlines()]


def test_only_findings_on_changed_lines_are_told(tmp_path: Path, kadenz: Kadenz) -> None:
    folder = shop(tmp_path)
    whole = kadenz("lint", "--project", folder, "--format", "github")
    assert whole.code == 1
    assert all("file=marketing/shop/playbooks/a.play" in line for line in lines(whole.out))
    assert kadenz("lint", "--project", folder, "--changed", "main", "--format", "github").out == ""
    play = folder / "playbooks" / "a.play"
    play.write_text(PLAY.replace("segment two", "segment second"))
    told = lines(kadenz("lint", "--project", folder, "--changed", "main", "--format", "github").out)
    assert told
    assert all("line=4" in line for line in told)


def test_a_new_file_has_changed_as_a_whole(tmp_path: Path, kadenz: Kadenz) -> None:
    folder = shop(tmp_path)
    (folder / "playbooks" / "b c.play").write_text("segment three\n  where orders > 3\n")
    told = lines(kadenz("lint", "--project", folder, "--changed", "main", "--format", "github").out)
    assert told
    assert all("b c.play" in line for line in told)


def test_an_error_is_told_wherever_it_stands(tmp_path: Path, kadenz: Kadenz) -> None:
    folder = shop(tmp_path)
    play = folder / "playbooks" / "a.play"
    play.write_text(PLAY.replace("orders > 1", "nothing > 1"))
    git(folder, "commit", "--quiet", "-am", "a slip")
    said = kadenz("check", "--project", folder, "--changed", "main", "--format", "sarif")
    assert said.code == 1
    (result,) = json.loads(said.out)["runs"][0]["results"]
    assert result["level"] == "error"
    assert kadenz("check", "--project", folder, "--changed", "nowhere").code == 3


def test_outside_of_a_repository_paths_are_the_projects_own(tmp_path: Path, kadenz: Kadenz) -> None:
    folder = shop(tmp_path)
    (tmp_path / ".git").rename(tmp_path / "elsewhere")
    said = kadenz("lint", "--project", folder, "--format", "github")
    assert "file=playbooks/a.play" in said.out
