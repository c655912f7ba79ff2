"""`kadenz comment`: the plan as the one comment of a pull request, from a job of GitHub Actions or GitLab CI."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    AtOption,
    EngineOption,
    ProjectOption,
    bad_input,
    instant_of,
    open_workspace,
    say,
)
from adapters.cli.plan import DAYS, planned

_SAID = {
    "created": "commented",
    "updated": "rewrote the comment",
    "same": "the comment stands",
    "none": "nothing changes: no comment",
}


def command(
    project: ProjectOption = Path(),
    base: Annotated[str | None, typer.Option("--base", metavar="REF", help="as for `kadenz plan`")] = None,
    at: AtOption = None,
    engine: EngineOption = "auto",
    uncounted: Annotated[bool, typer.Option("--no-counts", help="read no store")] = False,
    days: Annotated[int, typer.Option("--days", min=0, max=90, help="replay so many days; 0: none")] = DAYS,
) -> int:
    """Write what `kadenz plan` says into the pull request: one comment, that is written anew each time. Exit 1
    where a gate is unmet."""
    from adapters.forge.client import ForgeError, from_environment
    from adapters.forge.comment import put
    from adapters.forge.http import send
    from adapters.review.markdown import MARK, as_markdown
    from adapters.review.opening import open_pair

    workspace = open_workspace(project)
    try:
        forge = from_environment(os.environ, send, lambda path: Path(path).read_text(encoding="utf-8"))
    except ForgeError as error:
        raise bad_input(str(error)) from error
    instant = instant_of(at, workspace.project.time_zone)
    report = planned(open_pair(workspace, base), instant, engine, counted=not uncounted, days=days)
    try:
        done = put(forge, MARK, as_markdown(report), needed=report.changed)
    except ForgeError as error:
        raise bad_input(str(error)) from error
    say(_SAID[done])
    return FINDINGS if report.unmet else CLEAN
