"""What `kadenz check` needs of the command line, in plain Python: to import the library takes longer than to check."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.project import Project
    from dsl.check import Checked
    from dsl.diagnostics import Diagnostic

CLEAN = 0
FINDINGS = 1
BAD_INPUT = 3
OUR_FAULT = 4


class Stop(Exception):
    """Ends a verb with an exit code and a text for people on standard error."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def bad_input(text: str) -> Stop:
    """Exit 3 with a sentence."""
    return Stop(BAD_INPUT, f"kadenz: {text}")


def say(text: str = "") -> None:
    """A line on standard output."""
    sys.stdout.write(text + "\n")


def open_project(directory: Path) -> Project:
    """Read the project; Stop(3) where there is none."""
    from adapters.project import ProjectNotFound, load

    try:
        return load(directory)
    except ProjectNotFound as error:
        raise bad_input(str(error)) from error


def check_project(project: Project) -> tuple[Checked, list[Diagnostic]]:
    """Check everything of a project: its files, the playbooks, the templates; all findings in reading order."""
    from adapters.project_check import check_all

    return check_all(project)


def drawn(project: Project, found: Sequence[Diagnostic]) -> str:
    """Findings as people read them; colour only on a terminal."""
    from dsl.report import render

    return render(found, project.texts, colour=sys.stderr.isatty())
