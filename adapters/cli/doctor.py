"""`kadenz doctor`: is this installation fit to send?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    FormatOption,
    ProjectOption,
    Workspace,
    check_project,
    journal_of,
    open_project,
    reach_ledger,
    say,
    say_json,
)
from adapters.cli.workspace import password_of

if TYPE_CHECKING:
    from adapters.project import Project


def command(project: ProjectOption = Path(), format: FormatOption = "text") -> int:
    """Look at the stores, their settings, every invariant of the ledger, the journal and the disk. Changes nothing.

    Exit code 1 where somebody must act.
    """
    from adapters.doctor import looks

    opened = open_project(project)
    found = list(
        looks(
            opened,
            lambda: reach_ledger(opened, create=False),
            lambda ledger: journal_of(opened, ledger),
            lambda server: password_of(server, "facts"),
            os.environ,
            lambda: _definition(opened),
        )
    )
    if format == "json":
        say_json([{"what": one.what, "state": one.state, "found": one.found, "help": one.help} for one in found])
    else:
        words = {"ok": "ok  ", "note": "NOTE", "bad": "BAD "}
        for one in found:
            say(f"{words[one.state]}  {one.what}: {one.found}")
            if one.help:
                say(f"      {one.help}")
    return FINDINGS if any(one.state == "bad" for one in found) else CLEAN


def _definition(project: Project) -> str | None:
    from dsl.diagnostics import has_errors

    checked, found = check_project(project)
    return None if checked.model is None or has_errors(found) else Workspace(project, checked.model).plan.hash
