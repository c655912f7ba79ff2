"""The whole way of a pull request: a bare repository, two commits, a forge; one comment that rewrites itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.review.markdown import MARK
from tests.adapters.review.test_git_tree import git
from tests.cli.conftest import Kadenz
from tests.cli.forge_stand_in import Held, forge
from tests.cli.test_plan import edit, planned_shop

GOLDEN = Path(__file__).parent / "comment.md"


@pytest.fixture
def stand_in() -> Iterator[Held]:
    with forge() as held:
        yield held


@pytest.fixture
def job(stand_in: Held, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kadenz: Kadenz) -> Path:
    """A clone of a bare repository, on the branch of a pull request, in a job of GitHub Actions."""
    shop = planned_shop(tmp_path, kadenz)
    bare = tmp_path / "forge.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(shop), str(bare))
    git(shop, "remote", "add", "origin", str(bare))
    git(shop, "fetch", "--quiet")
    git(shop, "checkout", "--quiet", "-b", "change")
    edit(shop, ">= 30", ">= 15")
    git(shop, "commit", "--quiet", "-am", "more people")
    git(shop, "push", "--quiet", "origin", "change")
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": stand_in.address,
        "GITHUB_REPOSITORY": "ana/shop",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_TOKEN": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GITLAB_CI", raising=False)
    return shop


def arguments(job: Path) -> tuple[str | Path, ...]:
    return ("comment", "--project", job, "--base", "origin/main", "--at", "2026-11-20T12:00", "--days", "0")


def test_one_comment_that_rewrites_itself(
    job: Path, stand_in: Held, kadenz: Kadenz, request: pytest.FixtureRequest
) -> None:
    said = kadenz(*arguments(job))
    assert (said.code, said.out) == (0, "commented\n"), said.err
    assert list(stand_in.comments) == [1, 2]
    first = stand_in.comments[2]
    told = re.sub(r"\b[0-9a-f]{12,64}\b", "HASH", first)
    if request.config.getoption("--update"):
        GOLDEN.write_text(told)
    assert told == GOLDEN.read_text()
    assert kadenz(*arguments(job)).out == "the comment stands\n"
    edit(job, ">= 15", ">= 5")
    git(job, "commit", "--quiet", "-am", "still more")
    assert kadenz(*arguments(job)).out == "rewrote the comment\n"
    assert list(stand_in.comments) == [1, 2]
    assert "+25 enter" in stand_in.comments[2]
    edit(job, ">= 5", ">= 30")
    git(job, "commit", "--quiet", "-am", "back")
    assert kadenz(*arguments(job)).out == "rewrote the comment\n"
    assert "nothing changes" in stand_in.comments[2]


def test_a_change_that_does_nothing_gets_no_comment(job: Path, stand_in: Held, kadenz: Kadenz) -> None:
    edit(job, ">= 15", ">= 30")
    assert kadenz(*arguments(job)).out == "nothing changes: no comment\n"
    assert list(stand_in.comments) == [1]


def test_doubles_go_and_old_comments_are_found_behind_many(job: Path, stand_in: Held, kadenz: Kadenz) -> None:
    stand_in.comments |= dict.fromkeys(range(2, 150), "me too") | {150: MARK + "\nold", 151: MARK + "\nold"}
    assert kadenz(*arguments(job)).out == "rewrote the comment\n"
    assert {n for n, body in stand_in.comments.items() if body.startswith(MARK)} == {150}


def test_gitlab_in_its_own_words(job: Path, stand_in: Held, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS")
    for name, value in {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": stand_in.address,
        "CI_PROJECT_ID": "12",
        "CI_MERGE_REQUEST_IID": "7",
        "KADENZ_GITLAB_TOKEN": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    assert kadenz(*arguments(job)).out == "commented\n"
    edit(job, ">= 15", ">= 5")
    assert kadenz(*arguments(job)).out == "rewrote the comment\n"
    assert stand_in.asked[-1].startswith("PUT ")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"GITHUB_TOKEN": "wrong"}, "refuses the comment (401)"),
        ({"GITHUB_TOKEN": ""}, "`GITHUB_TOKEN` is not set"),
        ({"GITHUB_ACTIONS": ""}, "no job of GitHub Actions or GitLab CI"),
        ({"GITHUB_API_URL": "http://127.0.0.1:9"}, "could not be reached"),
        ({"GITHUB_EVENT_PATH": "/nowhere"}, "runs for no pull request"),
    ],
)
def test_what_is_missing_is_said(
    job: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], words: str
) -> None:
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    said = kadenz(*arguments(job))
    assert (said.code, words in said.err) == (3, True), said.err
    assert "secret" not in said.err


def test_an_answer_that_cannot_be_used(job: Path, stand_in: Held, kadenz: Kadenz) -> None:
    stand_in.answers = 500
    said = kadenz(*arguments(job))
    assert (said.code, "answered 500" in said.err) == (3, True)
