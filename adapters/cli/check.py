"""`kadenz check`: every mistake of all files at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    FormatOption,
    ProjectOption,
    bad_input,
    check_project,
    drawn,
    open_project,
    say,
)


def command(
    project: ProjectOption = Path(),
    format: FormatOption = "text",
    explain: Annotated[str | None, typer.Option("--explain", metavar="CODE", help="the page of a code")] = None,
) -> int:
    """Find every mistake in playbooks, templates and project files. Exit 1 if there are errors."""
    if explain is not None:
        return _explain(explain)
    from dsl.diagnostics import has_errors
    from dsl.report import render_json

    opened = open_project(project)
    checked, found = check_project(opened)
    if format == "json":
        say(render_json(found).rstrip("\n"))
        return FINDINGS if has_errors(found) else CLEAN
    if found:
        say(drawn(opened, found))
    if has_errors(found):
        say("`kadenz check --explain CODE` tells more about a code")
        return FINDINGS
    model = checked.model
    assert model is not None, "no errors, so there is a model"
    parts = {
        "segment": len(model.segments),
        "score": len(model.scores),
        "trigger": len(model.triggers),
        "cap": len(model.caps),
        "test": len(model.scenarios),
    }
    listed = ", ".join(f"{n} {name}{'s' * (n != 1)}" for name, n in parts.items())
    warnings = f", {len(found)} warning{'s' * (len(found) != 1)}" if found else ""
    say(f"{opened.name}: {listed}; no errors{warnings}")
    return CLEAN


def _explain(code: str) -> int:
    from adapters.project_check import pages
    from dsl.pages import page_text

    page = pages().get(code.upper())
    if page is None:
        raise bad_input(f"there is no code `{code}`")
    say(page_text(page).rstrip("\n"))
    return CLEAN
