"""A project as a commit has it, read from the repository's objects and never from the work tree.

Git is called as a program, in the project's folder, with nothing of its settings that could run another one. Only
reading commands are used.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from adapters.project_folder import MAX_BYTES, Folder
from engine.review.approval import Commit

_QUIET = ("--no-optional-locks", "--no-replace-objects", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
_MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
_LINK = "120000"
_PLAIN = ("100644", "100755")
_READ = (".yaml", ".play", ".j2")
"""The endings of all files that a project is read from."""


class GitError(Exception):
    """There is no repository, no such reference, or no `git`; the text is for people."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a tree: its mode and the name of its content."""

    mode: str
    object: str


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository in which a project lies. `prefix`: the project's folder within it, empty for its top."""

    directory: Path
    prefix: str

    @staticmethod
    def of(directory: Path) -> Repository:
        """The repository of a folder. Raises GitError."""
        lines = _git(directory, "rev-parse", "--is-inside-work-tree", "--show-prefix").decode().split("\n")
        if lines[0] != "true":
            raise GitError("this is a repository without files of its own")
        return Repository(directory, lines[1].rstrip("/"))

    def commit(self, reference: str) -> str:
        """The commit that a reference (branch, tag, hash) means. Raises GitError."""
        if reference.startswith("-"):
            raise GitError(f"`{reference}` is no reference")
        try:
            found = _git(
                self.directory, "rev-parse", "--verify", "--quiet", "--end-of-options", reference + "^{commit}"
            )
        except GitError as error:
            raise GitError(f"there is no commit `{reference}` in this repository") from error
        return found.decode().strip()

    def merge_base(self, main: str | None = None) -> str:
        """The commit at which the work tree left the main branch: `main`, else the first of the usual names that there
        is. Raises GitError where there is none."""
        for name in (main,) if main is not None else _MAIN:
            try:
                branch = self.commit(name)
            except GitError:
                if main is not None:
                    raise
                continue
            try:
                return _git(self.directory, "merge-base", branch, "HEAD").decode().strip()
            except GitError as error:
                raise GitError(
                    f"the work tree and `{name}` have no commit in common here: "
                    "fetch more of the history, or name a commit with --base"
                ) from error
        raise GitError("there is no branch `main` or `master`: name the commit to compare with by --base")

    def commits(self, base: str, head: str) -> list[Commit]:
        """The commits of `head` that `base` does not have, newest first. One that has the files of a parent
        among these (or of `base`) changes none; any other merge does. Raises GitError."""
        form = "%H%x00%ae%x00%ce%x00%T%x00%P%x00%B"  # nothing in a commit has a zero in it
        listed = _git(
            self.directory,
            "log",
            "-z",
            "--encoding=UTF-8",
            "--no-show-signature",
            f"--format={form}",
            "--end-of-options",
            f"{base}..{head}",
        )
        parts = listed.decode("utf-8", "replace").split("\0")
        rows = [parts[at : at + 6] for at in range(0, len(parts) - 5, 6)]
        trees = {row[0]: row[3] for row in rows}
        trees[base] = _git(self.directory, "rev-parse", f"{base}^{{tree}}").decode().strip()
        return [
            Commit(hash_, author, committer, any(trees.get(one) == tree for one in parents.split()), message)
            for hash_, author, committer, tree, parents, message in rows
        ]

    def tree(self, commit: str) -> dict[str, Entry]:
        """All files of the project at a commit, by path within the project. Raises GitError."""
        where = f"{commit}:{self.prefix}" if self.prefix else commit
        try:
            listed = _git(self.directory, "ls-tree", "-r", "-z", "--full-tree", where)
        except GitError as error:
            raise GitError(f"the project did not exist at {commit[:12]}") from error
        found: dict[str, Entry] = {}
        for line in listed.split(b"\0"):
            if line:
                head, _, path = line.partition(b"\t")
                mode, _, object_ = head.decode().split(" ")
                found[path.decode("utf-8", "surrogateescape")] = Entry(mode, object_)
        return found

    def difference(self, commit: str) -> bytes:
        """The project's files against a commit, as a patch without context, names relative to the project and without
        prefix. Raises GitError."""
        asked = ("--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-prefix", "--relative")
        return _git(self.directory, "-c", "core.quotePath=false", "diff", *asked, "--no-renames", commit, "--", ".")

    def untracked(self) -> list[str]:
        """Files of the project that Git does not know and does not ignore. Raises GitError."""
        listed = _git(self.directory, "ls-files", "--others", "--exclude-standard", "-z")
        return [name.decode("utf-8", "surrogateescape") for name in listed.split(b"\0") if name]

    def contents(self, objects: Sequence[str], most: int) -> dict[str, bytes]:
        """What files hold, by the names of their contents; those of more than `most` bytes are left out. Two calls of
        Git, however many there are. Raises GitError."""
        asked = "".join(f"{one}\n" for one in objects).encode()
        sizes = _git(self.directory, "cat-file", "--batch-check=%(objectname) %(objectsize)", given=asked).decode()
        small = [name for name, size in (line.split(" ") for line in sizes.splitlines()) if int(size) <= most]
        data = _git(self.directory, "cat-file", "--batch", given="".join(f"{one}\n" for one in small).encode())
        found: dict[str, bytes] = {}
        at = 0
        while at < len(data):
            end = data.index(b"\n", at)
            name, _, size = data[at:end].decode().split(" ")
            found[name] = data[end + 1 : end + 1 + int(size)]
            at = end + int(size) + 2
        return found


@dataclass(slots=True)
class CommittedFolder(Folder):
    """The files of a project at a commit, read by the same rules as those of a folder."""

    repository: Repository = field(kw_only=True)
    commit: str = field(kw_only=True)
    _tree: dict[str, Entry] = field(init=False)
    _data: dict[str, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._tree = self.repository.tree(self.commit)
        read = [e.object for name, e in self._tree.items() if e.mode in _PLAIN and name.endswith(_READ)]
        self._data = self.repository.contents(sorted(set(read)), MAX_BYTES)

    def read(self, name: str) -> str | None:
        """See Folder."""
        for parent in PurePosixPath(name).parents:
            if (above := self._tree.get(parent.as_posix())) is not None:
                if above.mode == _LINK:
                    self._refused(name, "links are not followed: a file of the project lies in the project")
                return None
        entry = self._tree.get(name)
        if entry is None:
            return None
        if entry.mode == _LINK:
            self._refused(name, "links are not followed: a file of the project lies in the project")
            return None
        if entry.mode not in _PLAIN:
            self._refused(name, "this is not a plain file")
            return None
        return self._taken(name, self._data.get(entry.object))

    def _names(self, below: str, ending: str) -> Iterator[str]:
        for name in self._tree:
            path = PurePosixPath(name)
            if path.parts[0] == below and name.endswith(ending) and not path.name.startswith("."):
                yield name


def _git(directory: Path, *arguments: str, given: bytes = b"") -> bytes:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    command: Sequence[str] = ("git", *_QUIET, *arguments)
    try:
        done = subprocess.run(command, cwd=directory, env=environment, input=given, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise GitError("the program `git` is not installed") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        if "not a git repository" in said:
            raise GitError("the project does not lie in a Git repository: there is nothing to compare with")
        raise GitError(said.removeprefix("fatal: ").split("\n")[0] or f"git {arguments[0]} failed")
    return done.stdout
