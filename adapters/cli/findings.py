"""Findings for programs, with paths as the repository has them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.plain import say

if TYPE_CHECKING:
    from dsl.diagnostics import Diagnostic
    from dsl.reporters import Format


def report(found: Sequence[Diagnostic], format: Format, directory: Path) -> None:
    """Print findings in a format that is not text."""
    from dsl.reporters import REPORTERS

    told = REPORTERS[format](found, "" if format == "json" else _folder(directory))
    if told:
        say(told.rstrip("\n"))


def _folder(directory: Path) -> str:
    """The project's folder within its repository; empty where there is none, or it is the top."""
    from adapters.review.git_tree import GitError, Repository

    try:
        return Repository.of(directory).prefix
    except GitError:
        return ""
