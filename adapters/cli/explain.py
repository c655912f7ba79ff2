"""`kadenz explain CONTACT`: each clause with its value, each decision with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.common import AtOption, FormatOption, ProjectOption
from adapters.cli.explaining import explain


def command(
    contact: Annotated[str, typer.Argument(help="the contact's key, or an address of its")],
    project: ProjectOption = Path(),
    at: AtOption = None,
    format: FormatOption = "text",
) -> int:
    """Why a contact is where it is, and why it got, or did not get, each message."""
    return explain(contact, project, at, format)
