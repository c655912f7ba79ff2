"""`kadenz retain`: events go that are older than schema.yaml keeps them for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import (
    CLEAN,
    FormatOption,
    ProjectOption,
    bad_input,
    drawn,
    instant_shown,
    open_project,
    say,
    say_json,
    table,
)
from adapters.wording import counted

if TYPE_CHECKING:
    from dsl.schema import Kept

_DAY = 86_400_000_000


def command(
    project: ProjectOption = Path(),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="count them, and delete nothing")] = False,
    format: FormatOption = "text",
) -> int:
    """Delete the events that are older than `keep` of their type in schema.yaml says; copies follow at their next use.

    A type without `keep` is kept for ever. What was decided and sent stays in the ledger.
    """
    from adapters.rights.auditing import record
    from adapters.rights.opening import opened as stores_opened
    from adapters.stores import facts_retaining
    from adapters.stores.facts_database import StoreError

    opened = open_project(project)
    if not opened.ok:
        raise bad_input("the project's files have mistakes\n" + drawn(opened, opened.diagnostics))
    kept = {name: event.keep for name, event in opened.schema.events.items() if event.keep is not None}
    gone: dict[str, tuple[int, int]] = {}
    with stores_opened(opened) as stores:
        now, database = stores.ledger.clock(), stores.facts.database
        try:
            for name, keep in kept.items():
                before = since(keep, now)
                take = facts_retaining.older if dry_run else facts_retaining.drop
                gone[name] = (before, take(database, name, before))
        except StoreError as error:
            raise bad_input(f"{error}; the same command goes on from here") from error
        if not dry_run and any(count for _, count in gone.values()):
            record(stores.ledger, "retain", **{name: count for name, (_, count) in gone.items() if count})
    told = "would be deleted" if dry_run else "deleted"
    if format == "json":
        rows = {n: {"before": instant_shown(b, opened.time_zone), "events": c} for n, (b, c) in gone.items()}
        say_json({"dry_run": dry_run, "events": rows})
    elif not gone:
        say("every event type is kept for ever: schema.yaml says `keep` of none")
    else:
        shown = [(n, counted(c, "event"), f"before {instant_shown(b, opened.time_zone)}") for n, (b, c) in gone.items()]
        say(f"{told}:\n" + table(shown, right=(1,)))
    return CLEAN


def since(keep: Kept, now: int) -> int:
    """The instant (microseconds) before which events go: a month has 31 days, a year 366, so that no window that `lint`
    lets pass looks at what is gone."""
    return now - keep.days * _DAY
