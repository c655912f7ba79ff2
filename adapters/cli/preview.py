"""`kadenz preview TEMPLATE`: a template as one contact would read it, and what was missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    FormatOption,
    ProjectOption,
    Workspace,
    bad_input,
    note,
    say,
    say_json,
    table,
)
from adapters.clock import now

if TYPE_CHECKING:
    from adapters.preview.trying import Trial
    from dsl.model import Send, Trigger


def command(
    template: Annotated[str, typer.Argument(help="the template's name, as playbooks call it")],
    project: ProjectOption = Path(),
    contact: Annotated[
        str | None, typer.Option("--contact", help="the key of a contact; without it somebody is invented")
    ] = None,
    bare: Annotated[
        bool, typer.Option("--bare", help="invent somebody of whom nothing is known but what must be")
    ] = False,
    trigger: Annotated[str | None, typer.Option("--trigger", help="as this trigger would send it")] = None,
    channel: Annotated[str | None, typer.Option("--channel", help="on this channel")] = None,
    language: Annotated[str | None, typer.Option("--lang", help="in this language, instead of the contact's")] = None,
    stage: Annotated[
        list[str] | None, typer.Option("--stage", help="SCORE=STAGE: as if the contact stood there (several times)")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="the page goes to this file", metavar="FILE")] = None,
    open_: Annotated[bool, typer.Option("--open", help="open the page in a browser")] = False,
    format: FormatOption = "text",
) -> int:
    """Render a template for one contact, real or invented, with all its parts, as a page that loads nothing.

    Says which values were missing, and which language was chosen and why. Nothing is decided and nothing leaves. Exit
    code 1 where the message would fail.
    """
    from adapters.cli.workspace import open_what_checks
    from adapters.preview.pages import preview_name
    from adapters.preview.trying import try_template
    from adapters.stores.ledger import LedgerError

    workspace, left_out = open_what_checks(project)
    if left_out:
        note(f"kadenz: left out, because of errors in it: {', '.join(left_out)}")
    way, on = _way(workspace, template, channel, trigger)
    try:
        with workspace.facts() as facts, workspace.ledger() as ledger:
            who = None if contact is None else next(facts.contacts([contact]), None)
            if contact is not None and who is None:
                raise bad_input(f"there is no contact `{contact}`")
            scores = {name: score.id for name, score in workspace.model.scores.items()}
            given = _stages(stage or [])

            def stage_of(score: str, key: str) -> str | None:
                said = given.get(score)
                return said or (ledger.stages(scores[score], None, [key]).get(key) if score in scores else None)

            trial = try_template(
                workspace, facts, template, on, way, who, stage_of, now=now(), bare=bare, language=language
            )
    except LedgerError as error:
        raise bad_input(str(error)) from error
    name = None if way is None else way[0].name
    if format == "json":
        say_json(_json(trial, name))
    else:
        _tell(trial, template, name)
    if format == "text" or out is not None or open_:
        _write(out or workspace.project.outbox_folder / preview_name(template), trial, template, name, open_=open_)
    return CLEAN if trial.preview.problem is None else FINDINGS


def _way(
    workspace: Workspace, template: str, channel: str | None, trigger: str | None
) -> tuple[tuple[Trigger, Send] | None, str]:
    """How the template is sent, and its channel. Stop(3) for names that nobody knows."""
    from difflib import get_close_matches

    from adapters.preview.trying import ways

    project = workspace.project
    files = [one for one in project.templates if one.name == template]
    if not files:
        close = get_close_matches(template, {one.name for one in project.templates}, 1)
        raise bad_input(f"there is no template `{template}`" + (f"; did you mean `{close[0]}`?" if close else ""))
    found = ways(workspace, template, channel, trigger)
    if trigger is not None and not found:
        raise bad_input(f"no trigger `{trigger}` sends `{template}`" + (f" by {channel}" if channel else ""))
    if found:
        return found[0], found[0][1].channel
    served = [one for file in files for one in file.channels or project.channels if one in project.channels]
    on = channel or next(iter(served), None)
    if on is None or on not in served:
        raise bad_input(f"`{template}` is written for no channel" + (f" `{channel}`" if channel else " of kadenz.yaml"))
    return None, on


def _stages(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if any(not (score and sign and stage) for score, sign, stage in pairs):
        raise bad_input("write `--stage SCORE=STAGE`")
    return {score: stage for score, _, stage in pairs}


def _told(trial: Trial, template: str, trigger: str | None) -> list[tuple[str, str]]:
    """What is to be said of it, as name and value."""
    event = None
    if trial.event is not None:
        event = trial.event[0] if not trial.event[1] else f"{trial.event[0].split()[0]}, invented"
    named = {
        "Template": f"{template} ({trial.noted.path})" if trial.noted.path else template,
        "Contact": "somebody invented" if trial.invented else trial.message.contact,
        "Channel": trial.message.channel,
        "Trigger": trigger or "none sends it yet",
        "Event": event,
        "Offer": trial.message.offer,
        "Language": f"{trial.preview.language or 'none'}: {trial.noted.why}" if trial.noted.why else None,
        "Missing": ", ".join(trial.noted.missing) or "nothing",
    }
    return [(name, value) for name, value in named.items() if value]


def _tell(trial: Trial, template: str, trigger: str | None) -> None:
    say(table(_told(trial, template, trigger), indent=""))
    if trial.preview.problem is not None:
        say(f"\n{trial.preview.problem}")
    if trial.preview.subject is not None:
        say(f"\nSubject: {trial.preview.subject}")
    if trial.preview.text is not None:
        lines = trial.preview.text.strip("\n").split("\n")
        say("\n" + "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines))


def _json(trial: Trial, trigger: str | None) -> dict[str, Any]:
    seen = trial.preview
    return {
        "contact": None if trial.invented else trial.message.contact,
        "channel": trial.message.channel,
        "trigger": trigger,
        "event": None if trial.event is None else trial.event[0],
        "file": trial.noted.path or None,
        "language": seen.language,
        "why_language": trial.noted.why or None,
        "missing": trial.noted.missing,
        "headers": [list(header) for header in seen.headers],
        "subject": seen.subject,
        "text": seen.text,
        "html": seen.html,
        "problem": seen.problem,
    }


def _write(path: Path, trial: Trial, template: str, trigger: str | None, *, open_: bool) -> None:
    from adapters.preview.pages import Table, page, write_preview

    tables = [
        Table("What it is", (), _told(trial, template, trigger)),
        Table("Headers", (), list(trial.preview.headers)),
    ]
    title = trial.preview.subject or template
    try:
        write_preview(path, page(title, ["A preview: nothing is decided, and nothing leaves."], tables, trial.preview))
    except OSError as error:
        raise bad_input(f"`{path}` cannot be written: {(error.strerror or str(error)).lower()}") from error
    note(f"kadenz: the page: {path}")
    if open_:
        import webbrowser

        webbrowser.open(path.resolve().as_uri())
