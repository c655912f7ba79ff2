"""`kadenz forget CONTACT`: a person is taken out of everything that we keep, and stays out."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    FormatOption,
    ProjectOption,
    bad_input,
    drawn,
    open_project,
    say,
    say_json,
)
from adapters.wording import counted

if TYPE_CHECKING:
    from adapters.rights.forgetting import Result


def command(
    contact: Annotated[str, typer.Argument(help="the contact's key, or an address of its")],
    project: ProjectOption = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="do not ask; it cannot be taken back")] = False,
    format: FormatOption = "text",
) -> int:
    """Forget a person everywhere: facts with history and copies, decisions, consents, lists, journal, files.

    What was sent keeps counting for totals without a name. A suppressed address stays so, as a keyed hash. Exit code 1
    where something is still to be done, which is said.
    """
    from adapters.feedback.taking import take_over
    from adapters.rights.forgetting import forget
    from adapters.rights.opening import opened as stores_opened
    from adapters.rights.whose import key_of
    from adapters.stores.facts_database import StoreError

    opened = open_project(project)
    if not opened.ok:
        raise bad_input("the project's files have mistakes\n" + drawn(opened, opened.diagnostics))
    with stores_opened(opened) as stores:
        key = key_of(contact, stores)
        if not yes:
            if not sys.stdin.isatty():
                raise bad_input(f"`{key}` would be forgotten for good; say --yes where nobody can be asked")
            typer.confirm(f"Forget {key} for good?", default=False, abort=True, err=True)
        try:
            # what has come in and is not stored yet is known of them as well
            take_over(opened, stores.ledger, stores.journal, lambda: nullcontext(stores.facts))
            result = forget(stores, key, stores.ledger.clock())
        except StoreError as error:
            raise bad_input(f"{error}; `kadenz resume --after-restore` goes on from there") from error
    if format == "json":
        say_json(_json(result))
    else:
        say(_text(result))
    return FINDINGS if result.left else CLEAN


def _json(result: Result) -> dict[str, Any]:
    def ledger(one: Any) -> dict[str, int]:
        return {"kept_without_name": one.kept, "erased": one.gone, "aborted": one.aborted}

    facts = result.facts
    return {
        "facts": {
            "contacts": facts.contacts,
            "events": facts.events,
            "changes": facts.changes,
            "quarantined": facts.quarantined,
        },
        "ledger": ledger(result.ledger),
        "rehearsal": ledger(result.rehearsal),
        "journal_lines": result.journal,
        "files": {"deleted": result.files.deleted, "rewritten": result.files.rewritten},
        "copies": list(result.copies),
        "addresses_suppressed": result.suppressed,
        "left": list(result.left),
    }


def _text(result: Result) -> str:
    facts, ledger = result.facts, result.ledger
    lines = ["forgotten:"]
    if facts.contacts or facts.events or facts.changes or facts.quarantined:
        rows = (
            counted(facts.contacts, "contact"),
            counted(facts.events, "event"),
            f"{counted(facts.changes, 'change')} of fields",
            f"{counted(facts.quarantined, 'row')} in quarantine",
        )
        lines.append(f"  facts: {', '.join(rows)}")
    for name, one in (("ledger", ledger), ("rehearsal", result.rehearsal)):
        if one.gone or one.kept or one.aborted:
            waited = f", {counted(one.aborted, 'message')} that waited will not leave" if one.aborted else ""
            lines.append(f"  {name}: {counted(one.gone, 'row')} erased, {one.kept:,} count on without a name{waited}")
    if result.journal:
        lines.append(f"  journal of hand-overs: {counted(result.journal, 'line')} without a name now")
    if result.files.deleted or result.files.rewritten:
        lines.append(f"  files: {result.files.deleted:,} deleted, {result.files.rewritten:,} without their rows now")
    if result.copies:
        lines.append(f"  copies of the facts: {', '.join(result.copies)}")
    if result.suppressed:
        lines.append(
            f"  {counted(result.suppressed, 'suppressed address', 'suppressed addresses')}: a keyed hash stays"
        )
    if not result.found:
        lines.append("  nothing was known")
    if result.left:
        lines += ["STILL TO DO (`kadenz store --follow` does it):", *(f"  {one}" for one in result.left)]
    return "\n".join(lines)
