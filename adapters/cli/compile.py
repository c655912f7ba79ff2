"""`kadenz compile --stage tree|model|plan|sql`: every stage of the way can be looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from adapters.cli.common import (
    BAD_INPUT,
    CLEAN,
    ProjectOption,
    Stop,
    drawn,
    open_project,
    open_workspace,
    say,
    say_json,
)


def command(
    stage: Annotated[
        Literal["tree", "model", "plan", "sql"], typer.Option("--stage", help="which intermediate result")
    ] = "plan",
    project: ProjectOption = Path(),
    dialect: Annotated[
        Literal["sqlite", "duckdb", "postgres"], typer.Option("--dialect", help="the engine that the SQL is for")
    ] = "sqlite",
) -> int:
    """Print a stage: the syntax trees, the bound model, the evaluation plan (JSON) or the SQL."""
    if stage == "tree":
        return _trees(project)
    workspace = open_workspace(project)
    if stage == "model":
        from dsl.dump import dump

        say_json(dump(workspace.model))
    elif stage == "plan":
        say_json(workspace.plan.as_json())
    else:
        from engine.sql.show import to_sql

        for title, text in to_sql(workspace.plan, dialect):
            say(f"-- {title}\n{text};\n")
    return CLEAN


def _trees(directory: Path) -> int:
    from dsl.diagnostics import has_errors
    from dsl.dump import dump
    from dsl.parse import parse

    project = open_project(directory)
    parsed = [parse(file, text) for file, text in project.sources]
    found = [d for p in parsed for d in p.diagnostics]
    if has_errors(found):
        raise Stop(BAD_INPUT, drawn(project, found))
    say_json([{"file": p.file, "blocks": dump(p.blocks)} for p in parsed])
    return CLEAN
