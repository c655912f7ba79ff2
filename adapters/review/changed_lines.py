"""Which lines of a project changed since a commit, and the findings that stand on them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from adapters.cli.plain import bad_input
from adapters.review.git_tree import GitError, Repository
from dsl.diagnostics import Diagnostic
from dsl.spans import Span

_HUNK = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def on_changed_lines(found: Sequence[Diagnostic], directory: Path, reference: str) -> list[Diagnostic]:
    """Errors, wherever they stand, and of the rest what stands on a line that is new or another since the commit at
    which the work tree left `reference`. Stop(3) where there is no such commit."""
    try:
        repository = Repository.of(directory)
        changed = changed_lines(repository, repository.merge_base(reference))
    except GitError as error:
        raise bad_input(str(error)) from error
    return [one for one in found if one.severity == "error" or touches(changed, one.primary.span)]


def touches(changed: Mapping[str, Sequence[range]], span: Span) -> bool:
    """Whether a stretch of text has a line that changed."""
    lines = range(span.line, span.end_line + 1)
    return any(part.start < lines.stop and lines.start < part.stop for part in changed.get(span.file, ()))


def changed_lines(repository: Repository, commit: str) -> dict[str, list[range]]:
    """File of the project -> its lines that are new or another than at `commit`; files that Git does not know yet
    whole. Raises GitError."""
    found: dict[str, list[range]] = {}
    file: str | None = None
    for line in repository.difference(commit).split(b"\n"):
        if line.startswith(b"+++ "):
            file = None if line == b"+++ /dev/null" else line[4:].decode("utf-8", "surrogateescape").rstrip("\t")
        elif file is not None and (hunk := _HUNK.match(line)):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            if count:
                found.setdefault(file, []).append(range(first, first + count))
    for name in repository.untracked():
        found[name] = [range(1, 1_000_000_000)]
    return found
