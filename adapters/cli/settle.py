"""`kadenz settle`: what nobody knows of a message, somebody has found out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import (
    CLEAN,
    FormatOption,
    ProjectOption,
    bad_input,
    instant_shown,
    open_ledger,
    open_project,
    say,
    say_json,
    table,
)
from adapters.cli.pause import names_of

if TYPE_CHECKING:
    from adapters.project import Project
    from adapters.stores.ledger import SqlLedger


def command(
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="KEY", help="keys of messages, or how they begin; none: list them all")
    ] = None,
    project: ProjectOption = Path(),
    left: Annotated[bool, typer.Option("--left", help="it has left: a log of the mail server says so")] = False,
    not_left: Annotated[bool, typer.Option("--not-left", help="it has not left, and is not to")] = False,
    why: Annotated[str | None, typer.Option("--why", help="how you know, for whoever looks later")] = None,
    format: FormatOption = "text",
) -> int:
    """List the messages that may or may not have left, or say of some of them which it was.

    What left counts as sent from now on. What did not gives its room under caps back; neither is sent again.
    """
    from adapters.stores.ledger import LedgerError

    opened = open_project(project)
    try:
        with open_ledger(opened) as ledger:
            if not keys:
                if left or not_left or why is not None:
                    raise bad_input("name the message: `kadenz settle` alone lists those that are uncertain")
                _list(opened, ledger, format)
                return CLEAN
            if left == not_left:
                raise bad_input("say --left or --not-left")
            if why is None or not why.strip():
                raise bad_input("say how you know it, with --why")
            _settle(ledger, [_whole(ledger, key) for key in keys], left=left, why=why.strip())
            say(f"{len(keys):,} settled: " + ("sent" if left else "not sent, and not to be sent again"))
            _list(opened, ledger, "text")
    except LedgerError as error:
        raise bad_input(str(error)) from error
    return CLEAN


def _whole(ledger: SqlLedger, begin: str) -> str:
    """The key of the one uncertain message whose key begins so."""
    found = [row.message.key for row in ledger.outbox(("uncertain",)) if row.message.key.startswith(begin)]
    if len(found) == 1:
        return found[0]
    if found:
        raise bad_input(f"several uncertain messages begin with `{begin}`; write more of the key")
    raise bad_input(f"no uncertain message begins with `{begin}`; `kadenz settle` lists them")


def _settle(ledger: SqlLedger, keys: list[str], *, left: bool, why: str) -> None:
    from adapters.rights.auditing import record
    from adapters.stores.ledger_outbox import SqlOutbox

    record(ledger, "settle", left=left, keys=sorted(set(keys)))
    outbox = SqlOutbox(ledger, clock=ledger.clock)
    for key in dict.fromkeys(keys):
        # another one may have settled it a moment ago; what it said stands
        outbox.settle(key, "sent" if left else "failed", f"settled by hand: {why}", ledger.clock())


def _list(opened: Project, ledger: SqlLedger, format: str) -> None:
    rows, names = list(ledger.outbox(("uncertain",))), names_of(opened)
    if format == "json":
        say_json(
            [
                {
                    "key": row.message.key,
                    "trigger": names.get(row.message.trigger, row.message.trigger),
                    "contact": row.message.contact,
                    "channel": row.message.channel,
                    "since": instant_shown(row.changed_at, opened.time_zone),
                    "note": row.note,
                }
                for row in rows
            ]
        )
    elif not rows:
        say("no message is uncertain")
    else:
        cells = [
            (
                row.message.key,
                names.get(row.message.trigger, row.message.trigger),
                row.message.contact,
                row.message.channel,
                f"since {instant_shown(row.changed_at, opened.time_zone)}",
                row.note,
            )
            for row in rows
        ]
        say("Uncertain: `kadenz settle KEY --left` or `--not-left`, with `--why TEXT`\n" + table(cells))
