"""`kadenz ci FORGE`: the job that reviews pull requests, to be copied into the repository."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated, Literal

import typer

from adapters.cli.common import CLEAN, say


def command(
    forge: Annotated[Literal["github", "gitlab"], typer.Argument(help="which forge it is for")],
) -> int:
    """Print the job that checks, tests and comments: `kadenz ci github > .github/workflows/kadenz.yml`."""
    say(files("adapters.forge").joinpath(f"{forge}.yml").read_text(encoding="utf-8").rstrip("\n"))
    return CLEAN
