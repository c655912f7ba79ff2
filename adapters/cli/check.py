"""`kadenz check`: every mistake of all files at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.checking import check
from adapters.cli.common import CLEAN, ChangedOption, FindingsOption, ProjectOption, bad_input, say


def command(
    project: ProjectOption = Path(),
    format: FindingsOption = "text",
    changed: ChangedOption = None,
    explain: Annotated[str | None, typer.Option("--explain", metavar="CODE", help="the page of a code")] = None,
) -> int:
    """Find every mistake in playbooks, templates and project files. Exit 1 if there are errors."""
    if explain is not None:
        return _explain(explain)
    return check(project, format, changed)


def _explain(code: str) -> int:
    from adapters.project_check import pages
    from dsl.pages import page_text

    page = pages().get(code.upper())
    if page is None:
        raise bad_input(f"there is no code `{code}`")
    say(page_text(page).rstrip("\n"))
    return CLEAN
