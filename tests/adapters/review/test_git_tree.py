"""A project read from a commit: the same as from its folder, whatever lies in the work tree by now."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from adapters.project import load
from adapters.review.git_tree import CommittedFolder, GitError, Repository

PROJECT = "name: A shop\ntime_zone: Europe/Zurich\nchannels:\n  email: {kind: folder, folder: out, address: email}\n"
SCHEMA = "contacts:\n  key: id\n  fields:\n    id: text\n    email: text\n    orders: number\n"
PLAY = "segment keen\n  where orders >= 3\n"


def git(where: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@shop.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(("git", *who, *arguments), cwd=where, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project in a folder of a repository, committed on main."""
    folder = tmp_path / "marketing" / "shop"
    (folder / "playbooks").mkdir(parents=True)
    (folder / "kadenz.yaml").write_text(PROJECT)
    (folder / "schema.yaml").write_text(SCHEMA)
    (folder / "playbooks" / "keen.play").write_text(PLAY)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "a shop")
    return folder


def committed(folder: Path, commit: str = "HEAD") -> CommittedFolder:
    repository = Repository.of(folder)
    return CommittedFolder(folder, repository=repository, commit=repository.commit(commit))


def test_a_commit_is_read_like_a_folder(shop: Path) -> None:
    there, here = load(shop, folder=committed(shop)), load(shop)
    assert there == here
    (shop / "playbooks" / "keen.play").write_text(PLAY.replace("3", "2"))
    assert load(shop, folder=committed(shop)).sources == here.sources != load(shop).sources


def test_links_and_large_files_are_refused_as_in_a_folder(shop: Path) -> None:
    (shop / "playbooks" / "link.play").symlink_to("/etc/hostname")
    (shop / "playbooks" / "large.play").write_bytes(b"#" * 4_000_001)
    git(shop, "add", ".")
    git(shop, "commit", "--quiet", "-m", "more")
    there, here = load(shop, folder=committed(shop)), load(shop)
    assert [d.summary for d in there.diagnostics] == [d.summary for d in here.diagnostics]
    assert {d.code for d in there.diagnostics} == {"K0910"}
    assert there.sources == here.sources


def test_the_merge_base_is_where_the_branch_began(shop: Path) -> None:
    began = git(shop, "rev-parse", "HEAD")
    git(shop, "checkout", "--quiet", "-b", "change")
    (shop / "playbooks" / "keen.play").write_text(PLAY.replace("3", "2"))
    git(shop, "commit", "--quiet", "-am", "more people")
    git(shop, "checkout", "--quiet", "main")
    (shop / "playbooks" / "other.play").write_text(PLAY.replace("keen", "other"))
    git(shop, "add", ".")
    git(shop, "commit", "--quiet", "-m", "main went on")
    git(shop, "checkout", "--quiet", "change")
    assert Repository.of(shop).merge_base() == began
    assert Repository.of(shop).merge_base("main") == began


@pytest.mark.parametrize("reference", ["nowhere", "--upload-pack=touch /tmp/x", ""])
def test_what_is_no_commit_is_said(shop: Path, reference: str) -> None:
    with pytest.raises(GitError, match=r"no commit|no reference"):
        Repository.of(shop).commit(reference)


def test_a_folder_outside_of_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="does not lie in a Git repository"):
        Repository.of(tmp_path)


def test_a_project_that_came_later(shop: Path) -> None:
    top = shop.parent.parent
    new = top / "new"
    new.mkdir()
    with pytest.raises(GitError, match="did not exist"):
        committed(new)


def test_settings_of_the_repository_run_nothing(shop: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    git(shop, "config", "core.fsmonitor", f"touch {mark}")
    load(shop, folder=committed(shop))
    Repository.of(shop).merge_base()
    assert not mark.exists()
