"""`kadenz resume`: what was paused may leave again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.common import CLEAN, ProjectOption, bad_input, open_ledger, open_project, say
from adapters.cli.pause import ALL, names_of, trigger_id


def command(
    trigger: Annotated[str | None, typer.Argument(help="the trigger that was paused")] = None,
    project: ProjectOption = Path(),
    all_: Annotated[
        bool, typer.Option("--all", help="take back `kadenz pause --all`; triggers paused by name stay")
    ] = False,
) -> int:
    """Take a pause back. What was held goes through every gate again at the next run; its time may have passed."""
    from adapters.stores.ledger import LedgerError

    opened = open_project(project)
    if all_ == (trigger is not None):
        raise bad_input("give either a trigger or --all; `kadenz pause` lists what is paused")
    try:
        with open_ledger(opened) as ledger:
            name = (
                ALL
                if trigger is None
                else trigger_id(opened, trigger, dict(ledger.activations()) | dict(ledger.paused()))
            )
            there = ledger.resume(name)
            left = ledger.paused()
    except LedgerError as error:
        raise bad_input(str(error)) from error
    what = "everything" if trigger is None else f"`{trigger}`"
    say(f"{what} may leave again" if there else f"{what} was not paused")
    names = names_of(opened)
    if left:
        still = "everything" if ALL in left else ", ".join(f"`{names.get(n, n)}`" for n in left)
        say(f"still paused: {still}")
    return CLEAN
