"""`kadenz explain CONTACT`: each clause with its value, each decision with its reason; a segment as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.common import AtOption, EngineOption, ProjectOption, bad_input
from adapters.cli.explaining import Asking, Format, explain


def command(
    contact: Annotated[str, typer.Argument(help="the contact's key, or an address of its; or a segment")] = "",
    segment: Annotated[
        str | None, typer.Option("--segment", metavar="S", help="how many people each clause of a segment lets through")
    ] = None,
    why_not: Annotated[
        str | None,
        typer.Option("--why-not", metavar="TRIGGER", help="the gate that said no to the contact, or would say no now"),
    ] = None,
    project: ProjectOption = Path(),
    at: AtOption = None,
    engine: EngineOption = "auto",
    format: Annotated[Format, typer.Option("--format", help="how to print")] = "text",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="write it there")] = None,
) -> int:
    """Why a contact is where it is, and why it got, or did not get, each message. Of a segment: how many people each
    clause lets through, and which clause alone keeps most people out."""
    if (not contact) == (segment is None):
        raise bad_input("say whom to explain: a contact, or --segment S")
    if why_not is not None and not contact:
        raise bad_input("--why-not asks about a contact: name it")
    return explain(contact, project, at, format, Asking(segment, why_not, out, engine))
