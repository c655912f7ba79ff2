"""`kadenz disclose CONTACT`: everything that is known of a person and was decided about them, for them to read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from adapters.cli.common import CLEAN, ProjectOption, bad_input, open_workspace, say


def command(
    contact: Annotated[str, typer.Argument(help="the contact's key, or an address of its")],
    project: ProjectOption = Path(),
    format: Annotated[Literal["json", "html"], typer.Option("--format", help="for programs, or for people")] = "json",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="write a file that only you can read")
    ] = None,
) -> int:
    """Tell all that is known of a person: fields with their history, events, consents, lists, scores, decisions with
    their reasons, and each message's text as far as it is kept."""
    from adapters.rights.auditing import record
    from adapters.rights.disclosing import disclosure
    from adapters.rights.opening import opened
    from adapters.rights.whose import key_of
    from adapters.stores.facts_database import StoreError

    workspace = open_workspace(project)
    with opened(workspace.project) as stores:
        try:
            told = disclosure(workspace, stores, key_of(contact, stores), stores.ledger.clock())
            hashes = stores.hashes(stores.tombstones.read(), make=True)
            assert hashes is not None, "it was made"
            record(stores.ledger, "disclose", contact=hashes.contact(told["contact"]), format=format)
        except StoreError as error:
            raise bad_input(str(error)) from error
    if format == "html":
        from adapters.rights.disclosure_page import page

        text = page(told)
    else:
        text = json.dumps(told, ensure_ascii=False, indent=2)
    if out is None:
        say(text)
        return CLEAN
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError as error:
        raise bad_input(f"`{out}` cannot be written: {error.strerror or error}") from error
    say(f"{told['contact']}: written to {out}")
    return CLEAN
