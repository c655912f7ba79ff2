"""`kadenz serve`: takes what comes back over the web: people who unsubscribe, and reports of programs of others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.common import ProjectOption, bad_input, drawn, open_project


def command(
    listen: Annotated[
        str | None,
        typer.Option("--listen", metavar="HOST:PORT", help="where to listen; without it, as kadenz.yaml says"),
    ] = None,
    project: ProjectOption = Path(),
) -> int:
    """Serve until a signal: the pages and the one-click address to unsubscribe at, and `/healthz`.

    Whatever comes in is on the disk before it is answered, and is taken over into the ledger at once, or as soon as the
    ledger can be had. Put a web server with TLS before it.
    """
    from adapters.web.serving import serve

    opened = open_project(project)
    if not opened.ok:
        raise bad_input("the project's files have mistakes\n" + drawn(opened, opened.diagnostics))
    return serve(opened, listen or opened.listen)
