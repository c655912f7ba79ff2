"""What the verbs share: the options that more than one has, and by one import what they use of the plain modules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from adapters.cli.plain import (
    BAD_INPUT,
    CLEAN,
    FINDINGS,
    OUR_FAULT,
    Stop,
    bad_input,
    check_project,
    drawn,
    open_project,
    say,
)
from adapters.cli.workspace import (
    Workspace,
    instant_of,
    instant_shown,
    journal_of,
    make_folder,
    note,
    open_facts,
    open_ledger,
    open_workspace,
    reach_ledger,
    say_json,
    table,
    tell_choice,
    waiting_told,
)
from adapters.engine_choice import Asked

__all__ = [
    "BAD_INPUT",
    "CLEAN",
    "FINDINGS",
    "OUR_FAULT",
    "AtOption",
    "ChangedOption",
    "EngineOption",
    "FindingsOption",
    "FormatOption",
    "ProjectOption",
    "Stop",
    "Workspace",
    "bad_input",
    "check_project",
    "drawn",
    "instant_of",
    "instant_shown",
    "journal_of",
    "make_folder",
    "note",
    "open_facts",
    "open_ledger",
    "open_project",
    "open_workspace",
    "reach_ledger",
    "say",
    "say_json",
    "table",
    "tell_choice",
    "waiting_told",
]

ProjectOption = Annotated[Path, typer.Option("--project", help="the project's folder", metavar="DIR")]
AtOption = Annotated[
    str | None,
    typer.Option("--at", help="the instant, ISO (2026-11-22T12:00Z; without an offset in the project's zone)"),
]
FindingsOption = Annotated[
    Literal["text", "json", "sarif", "github", "junit"],
    typer.Option("--format", help="how to print: for people, or for a program (github: annotations of a pull request)"),
]
ChangedOption = Annotated[
    str | None,
    typer.Option("--changed", metavar="REF", help="errors, and of the rest what stands on lines changed since REF"),
]
FormatOption = Annotated[Literal["text", "json"], typer.Option("--format", help="how to print")]
EngineOption = Annotated[
    Asked,
    typer.Option(
        "--engine",
        help="what evaluates; all give the same answers (duckdb, parquet, postgres: on a copy of the facts, which is "
        "brought along; auto: as kadenz.yaml says, else by size)",
    ),
]
