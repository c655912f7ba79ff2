"""`kadenz pause`: the switch that stops what leaves, of one trigger or of all, before the next marker."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import (
    BAD_INPUT,
    CLEAN,
    FormatOption,
    ProjectOption,
    Stop,
    bad_input,
    check_project,
    instant_shown,
    journal_of,
    open_ledger,
    open_project,
    say,
    say_json,
    table,
)
from adapters.clock import now

if TYPE_CHECKING:
    from adapters.project import Project

ALL = "*"
"""The name under which the ledger keeps the switch of all triggers."""


def command(
    trigger: Annotated[
        str | None, typer.Argument(help="a trigger; without one, and without --all, what is paused")
    ] = None,
    project: ProjectOption = Path(),
    all_: Annotated[bool, typer.Option("--all", help="every trigger, also those that come later")] = False,
    why: Annotated[str, typer.Option("--why", help="the reason, for whoever looks later")] = "paused by hand",
    format: FormatOption = "text",
) -> int:
    """Let nothing more leave, of one trigger or of all. What would have left is held until `kadenz resume`.

    Works while a run is under way: it is read again before each message. Also where the project does not check.
    """
    from adapters.rights.auditing import record
    from adapters.stores.ledger import LedgerError

    opened = open_project(project)
    if all_ and trigger is not None:
        raise bad_input("give either a trigger or --all")
    try:
        with open_ledger(opened) as ledger:
            if all_ or trigger is not None:
                name = ALL if trigger is None else trigger_id(opened, trigger, ledger.activations())
                ledger.pause(name, why)
                journal_of(opened, ledger).switched(name, why, now())
                record(ledger, "pause", trigger=name)
            standing = ledger.pauses()
    except LedgerError as error:
        raise bad_input(str(error)) from error
    names = names_of(opened)
    if format == "json":
        say_json(
            [
                {"trigger": names.get(n, n), "why": w, "since": instant_shown(at, opened.time_zone)}
                for n, w, at in standing
            ]
        )
    elif not standing:
        say("nothing is paused")
    else:
        rows = [
            ("everything" if n == ALL else names.get(n, n), w, f"since {instant_shown(at, opened.time_zone)}")
            for n, w, at in standing
        ]
        say("Paused: held back until `kadenz resume`\n" + table(rows))
    return CLEAN


def trigger_id(project: Project, name: str, known: Collection[str]) -> str:
    """The name under which the ledger knows a trigger. Where the playbooks do not check, one that a tick has seen is
    taken as it stands: a pause must not wait for a mended text. Raises Stop(3) for a name that nobody knows."""
    from difflib import get_close_matches

    names = names_of(project)
    for held, shown in names.items():
        if shown == name:
            return held
    if name in known:
        return name
    close = get_close_matches(name, names.values(), 1)
    hint = f"; did you mean `{close[0]}`?" if close else ""
    if not names:
        hint = " that a run has seen, and the playbooks do not check; `kadenz pause --all` always works"
    raise Stop(BAD_INPUT, f"kadenz: there is no trigger `{name}`{hint}")


def names_of(project: Project) -> dict[str, str]:
    """The ledger's name of each trigger -> its present name; empty where the playbooks do not check."""
    model = check_project(project)[0].model
    return {} if model is None else {t.id: t.name for t in model.triggers.values()}
