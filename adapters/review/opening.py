"""The two versions that a plan compares: a commit, and the files as they lie there now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.cli.common import Workspace
from adapters.cli.plain import bad_input
from adapters.project import ProjectNotFound, load
from adapters.project_check import check_all
from adapters.review.git_tree import CommittedFolder, GitError, Repository
from dsl.diagnostics import has_errors
from engine.review.approval import Commit


@dataclass(frozen=True, slots=True)
class Pair:
    """Base and head. `commit`: the base's; `head_commit`: the one under the work tree; `clean`: whether that has all of
    the work tree's playbooks, templates and project files; `asked`: how the base was named, None for the default;
    `commits`: those that the head has and the base has not."""

    base: Workspace
    head: Workspace
    commit: str
    head_commit: str
    clean: bool
    asked: str | None
    commits: Sequence[Commit] = ()


def open_pair(head: Workspace, base: str | None) -> Pair:
    """The base of `base`, by default the commit at which the branch left the main one. Stop(3) where there is none, or
    where it does not check."""
    directory = head.project.directory
    try:
        repository = Repository.of(directory)
        commit = repository.merge_base() if base is None else repository.commit(base)
        now = repository.commit("HEAD")
        before = _checked(directory, CommittedFolder(directory, repository=repository, commit=commit))
        between = repository.commits(commit, now)
        clean = load(directory, folder=CommittedFolder(directory, repository=repository, commit=now)).texts
    except GitError as error:
        raise bad_input(str(error)) from error
    except ProjectNotFound as error:
        raise bad_input(f"there was no project at {commit[:12]}: name another commit with --base") from error
    return Pair(before, head, commit, now, clean == head.project.texts, base, between)


def with_commits_of(pair: Pair, head: str, hash_: str) -> Pair:
    """The pair with the commits of `head` (a commit) instead of those under the work tree, where it is none of these,
    and its playbooks have the definition hash `hash_`: a branch that main has as one commit is still known by its own
    ones."""
    if head in {pair.commit, *(one.hash for one in pair.commits)}:
        return pair
    directory = pair.head.project.directory
    repository = Repository.of(directory)
    try:
        commit = repository.commit(head)
        same = _checked(directory, CommittedFolder(directory, repository=repository, commit=commit)).plan.hash == hash_
        commits = repository.commits(pair.commit, commit)
    except (GitError, ProjectNotFound):
        return pair
    return replace(pair, commits=commits) if same else pair


def _checked(directory: Path, folder: CommittedFolder) -> Workspace:
    project = load(directory, folder=folder)
    checked, found = check_all(project)
    if checked.model is None or has_errors(found):
        errors = sum(d.severity == "error" for d in found)
        raise bad_input(
            f"the playbooks at {folder.commit[:12]} do not check ({errors} errors): name another commit with --base"
        )
    return Workspace(project, checked.model)
