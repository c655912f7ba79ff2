"""`kadenz decisions`: who got what and who did not, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.common import (
    CLEAN,
    AtOption,
    FormatOption,
    ProjectOption,
    bad_input,
    instant_of,
    instant_shown,
    open_ledger,
    open_project,
    say,
    say_json,
    table,
)
from adapters.cli.pause import names_of, trigger_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.project import Project
    from adapters.stores.ledger_decisions import Reason, Run, State


def command(
    trigger: Annotated[str | None, typer.Argument(help="a trigger; without one, all of them")] = None,
    project: ProjectOption = Path(),
    contact: Annotated[str | None, typer.Option("--contact", help="the key of one contact")] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="only what was said last at or after this instant, ISO")
    ] = None,
    at: AtOption = None,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help="sent, failed, uncertain, queued, held, waiting, refused, expired or missed"),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="one line a run, the newest first, instead of counts")] = False,
    most: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="how many lines a page has")] = 50,
    before: Annotated[int | None, typer.Option("--before", help="the page behind this number")] = None,
    format: FormatOption = "text",
) -> int:
    """What became of every run of a trigger, counted by reason, or listed with --list, --contact or --before.

    With --at more than a minute from now: what rehearsals decided up to then. Works where the project does not check.
    """
    from adapters.stores.ledger import LedgerError
    from adapters.stores.ledger_decisions import LAST, STATES, Asked, counted, page
    from adapters.which_ledger import is_present

    opened = open_project(project)
    zone = opened.time_zone
    until = LAST if at is None else instant_of(at, zone)
    rehearsal = at is not None and not is_present(until)
    states = states_of(state or (), STATES)
    try:
        with open_ledger(opened, opened.rehearsal_ledger_path if rehearsal else None) as ledger:
            known = {*ledger.activations()}
            id_ = None if trigger is None else trigger_id(opened, trigger, known)
            asked = Asked(id_, contact, 0 if since is None else instant_of(since, zone), until, states)
            names = names_of(opened)
            if list_ or contact is not None or before is not None:
                found = page(ledger.database, asked, before, most)
                _tell_list(opened, names, found, most, format)
            else:
                _tell_counts(names, counted(ledger.database, asked), format)
            unused = ledger.last_tick() is None
    except LedgerError as error:
        raise bad_input(str(error)) from error
    if unused and format == "text":
        other = not rehearsal and opened.rehearsal_ledger_path.exists()
        say("(No run yet." + (" Rehearsals have: ask for one of their instants with --at.)" if other else ")"))
    return CLEAN


def states_of(given: Sequence[str], known: Sequence[State]) -> Sequence[State]:
    """The states that `--state` names, of those there are; all without any. Stop(3) for another word."""
    for one in given:
        if one not in known:
            raise bad_input(f"`{one}` is no state of a run; there are {', '.join(known)}")
    return [one for one in known if not given or one in given]


def _tell_counts(names: Mapping[str, str], found: Sequence[Reason], format: str) -> None:
    if format == "json":
        counts = [
            {"trigger": names.get(r.trigger, r.trigger), "state": r.state, "why": r.why, "count": r.count}
            for r in found
        ]
        say_json({"counts": counts})
    elif not found:
        say("nothing was decided")
    else:
        rows = [(names.get(r.trigger, r.trigger), r.state, f"{r.count:,}", r.why) for r in found]
        say("Runs, by what became of them (`--list` names the contacts)\n" + table(rows, right=(2,)))


def _tell_list(project: Project, names: Mapping[str, str], found: Sequence[Run], most: int, format: str) -> None:
    more = found[-1].seq if len(found) == most else None
    if format == "json":
        say_json({"runs": [_run_json(project, names, run) for run in found], "before": more})
        return
    rows = []
    for run in found:
        sent = None if run.state == "queued" or run.channel is None else f"{run.channel} {run.template}"
        when = run.changed_at if run.state in ("sent", "failed", "uncertain") and run.changed_at else run.at
        told = "; ".join(part for part in (sent, run.why) if part)
        trigger = names.get(run.trigger, run.trigger)
        rows.append((instant_shown(when, project.time_zone), trigger, run.contact, run.state, told))
    say(table(rows) if rows else "nothing was decided")
    if more is not None:
        say(f"(the next page: --before {more})")


def _run_json(project: Project, names: Mapping[str, str], run: Run) -> dict[str, Any]:
    zone = project.time_zone
    return {
        "key": run.key,
        "trigger": names.get(run.trigger, run.trigger),
        "contact": run.contact,
        "state": run.state,
        "gate": run.gate,
        "why": run.why,
        "channel": run.channel,
        "template": run.template,
        "cause_at": instant_shown(run.cause_at, zone),
        "at": instant_shown(run.at, zone),
        "until": None if run.until is None else instant_shown(run.until, zone),
        "message_at": None if run.changed_at is None else instant_shown(run.changed_at, zone),
    }
