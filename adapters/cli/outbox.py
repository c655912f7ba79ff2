"""`kadenz outbox`: what is queued, held, sent and refused, by channel, and each message as it reads."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.common import (
    CLEAN,
    FormatOption,
    ProjectOption,
    bad_input,
    instant_shown,
    note,
    say,
    say_json,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.preview.desk import Shown
    from adapters.project import Project
    from adapters.stores.ledger_messages import Group

LINES = 14
"""So many lines of a message are shown on the terminal."""

WHY = 90
"""So many letters of a reason stand in a table on the terminal."""


def command(
    project: ProjectOption = Path(),
    channel: Annotated[
        str | None, typer.Option("--channel", help="of one channel (`notify`: what teams are told)")
    ] = None,
    trigger: Annotated[str | None, typer.Option("--trigger", help="of one trigger")] = None,
    contact: Annotated[str | None, typer.Option("--contact", help="the key of one contact")] = None,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help="sent, failed, uncertain, queued, held, waiting, refused, expired or missed"),
    ] = None,
    most: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="at most so many pages a channel")] = 50,
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="of the rehearsals (`run --at`)")] = False,
    open_: Annotated[bool, typer.Option("--open", help="open the pages in a browser")] = False,
    to: Annotated[
        Path | None, typer.Option("--to", help="where the pages go (else `outbox` in the output folder)", metavar="DIR")
    ] = None,
    format: FormatOption = "text",
) -> int:
    """What is in the outbox, counted by channel, and pages that show each message rendered: the newest of each state.

    Nothing leaves, and the pages load nothing. They hold personal data. Works where a playbook does not check.
    """
    from adapters.cli.decisions import states_of
    from adapters.cli.pause import trigger_id
    from adapters.cli.workspace import open_what_checks
    from adapters.preview.desk import Desk
    from adapters.stores.ledger import LedgerError
    from adapters.stores.ledger_decisions import STATES

    workspace, left_out = open_what_checks(project)
    if left_out:
        note(f"kadenz: left out, because of errors in it: {', '.join(left_out)}")
    opened = workspace.project
    states = states_of(state or (), STATES)
    try:
        with (
            workspace.facts() as facts,
            workspace.ledger(opened.rehearsal_ledger_path if rehearsal else None) as ledger,
        ):
            desk = Desk(workspace, facts, ledger, rehearsal=rehearsal)
            id_ = None if trigger is None else trigger_id(opened, trigger, {*ledger.activations()})
            wanted = desk.wanted(channel, id_, contact, states)
            groups = desk.counted(wanted)
            shown = desk.shown(groups, wanted, most)
            unused = ledger.last_tick() is None
    except LedgerError as error:
        raise bad_input(str(error)) from error
    if format == "json":
        say_json(
            {"counts": [_group_json(g) for g in groups], "messages": [_json(one, opened.time_zone) for one in shown]}
        )
    else:
        _tell(groups, shown)
    if unused and format == "text":
        other = not rehearsal and opened.rehearsal_ledger_path.exists()
        say("(No run yet." + (" Rehearsals have: `kadenz outbox --rehearsal`.)" if other else ")"))
    elif format == "text" or to is not None or open_:
        _pages(opened, to, groups, shown, rehearsal=rehearsal, open_=open_)
    return CLEAN


def _tell(groups: Sequence[Group], shown: Sequence[Shown]) -> None:
    if not groups:
        say("nothing is there")
        return
    rows = [(g.channel or "(none)", g.trigger, g.state, f"{g.count:,}", _short(g.why, WHY)) for g in groups]
    say("By channel\n" + table(rows, right=(3,)))
    wrong = Counter(one.preview.problem for one in shown if one.preview.problem is not None)
    if wrong:
        say("\nOf those that were looked at\n" + table([(f"{n:,}", why) for why, n in wrong.most_common()], right=(0,)))
    newest: dict[str, Shown] = {}
    for one in sorted(shown, key=lambda s: -s.entry.at):
        if one.preview.problem is None and one.preview.text is not None:
            newest.setdefault(one.channel, one)
    for channel, one in sorted(newest.items()):
        say(f"\nThe newest of {channel}: {one.trigger} to {one.entry.about.contact}, {one.entry.state}")
        say("\n".join(f"  | {line}" for line in _lines(one)))


def _lines(one: Shown) -> list[str]:
    """A message for a terminal: no line can move the cursor."""
    subject = [f"Subject: {one.preview.subject}", ""] if one.preview.subject else []
    lines = [*subject, *(one.preview.text or "").strip("\n").split("\n")]
    kept = lines[:LINES] + ([f"(and {len(lines) - LINES} more lines)"] if len(lines) > LINES else [])
    return ["".join(c if c.isprintable() else " " for c in line) for line in kept]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 2]}.."


def _group_json(group: Group) -> dict[str, Any]:
    return {
        "channel": group.channel or None,
        "trigger": group.trigger,
        "state": group.state,
        "why": group.why,
        "count": group.count,
    }


def _json(one: Shown, zone: str) -> dict[str, Any]:
    entry, about, message, seen = one.entry, one.entry.about, one.message, one.preview
    return {
        "key": about.key,
        "channel": one.channel or None,
        "trigger": one.trigger,
        "contact": about.contact,
        "state": entry.state,
        "why": entry.why,
        "at": instant_shown(entry.at, zone),
        "until": None if entry.until is None else instant_shown(entry.until, zone),
        "cause_at": instant_shown(about.cause_at, zone),
        "event": about.event,
        "template": (message.template or None) if message else None,
        "offer": message.offer if message else None,
        "language": seen.language,
        "headers": [list(header) for header in seen.headers],
        "subject": seen.subject,
        "text": seen.text,
        "html": seen.html,
        "problem": seen.problem,
    }


def _pages(
    project: Project, to: Path | None, groups: Sequence[Group], shown: Sequence[Shown], *, rehearsal: bool, open_: bool
) -> None:
    from adapters.preview.outbox_pages import write_outbox
    from adapters.preview.pages import NotOurs

    folder = project.outbox_folder if to is None else to
    about = "The rehearsals" if rehearsal else "The present"
    try:
        index = write_outbox(folder, project.name, about, groups, shown, project.time_zone)
    except NotOurs as error:
        raise bad_input(str(error)) from error
    except OSError as error:
        raise bad_input(
            f"the pages cannot be written into {folder}: {(error.strerror or str(error)).lower()}"
        ) from error
    note(f"kadenz: {len(shown):,} messages as they read: {index}")
    if open_:
        import webbrowser

        webbrowser.open(index.resolve().as_uri())
