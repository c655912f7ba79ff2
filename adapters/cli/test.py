"""`kadenz test`: the `test` blocks on both executors."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    ProjectOption,
    Workspace,
    bad_input,
    note,
    open_project,
    open_workspace,
    say,
)

if TYPE_CHECKING:
    from adapters.testing.running import Outcome
    from engine.coverage import Covered

Engine = Literal["both", "interpreter", "sql"]
Format = Literal["text", "json", "junit"]


def command(
    project: ProjectOption = Path(),
    only: Annotated[str | None, typer.Option("-k", metavar="TEXT", help="only tests whose name contains this")] = None,
    engine: Annotated[Engine, typer.Option("--engine", help="on what the tests run")] = "both",
    cover: Annotated[bool, typer.Option("--cover", help="say which clauses and boundaries no test has seen")] = False,
    least: Annotated[
        float | None, typer.Option("--min", metavar="P", min=0, max=100, help="exit 1 under so many percent covered")
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="how to print")] = "text",
    watch: Annotated[
        bool, typer.Option("--watch", help="run what a save concerns, at every save, until Ctrl-C")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="write it there; the text goes to the terminal")
    ] = None,
) -> int:
    """Run the `test` blocks on the interpreter and on SQL. Exit 1 if one fails, if the two differ, or if less is
    covered than `--min` asks for."""
    from adapters.executors import EXECUTORS
    from adapters.testing.running import outcomes
    from engine.coverage import Watch

    if watch:
        if cover or least is not None or out is not None or format != "text":
            raise bad_input("--watch tells what runs on the terminal; it goes with -k and --engine alone")
        return _watch(project, only, EXECUTORS if engine == "both" else (engine,))
    workspace = open_workspace(project)
    chosen = [s for s in workspace.model.scenarios if only is None or only in s.name]
    if only is not None and not chosen:
        raise bad_input(f"no test has `{only}` in its name")
    seeing = Watch() if cover or least is not None else None
    found = outcomes(workspace, chosen, EXECUTORS if engine == "both" else (engine,), seeing)
    covered = None if seeing is None else seeing.covered(workspace.model)
    text = as_text(workspace, found, covered, engine)
    if format == "text" and out is None:
        say(text)
    else:
        written = text + "\n" if format == "text" else _written(workspace, found, covered, format)
        if out is None:
            sys.stdout.write(written)
        else:
            _write(out, written)
            say(text)
    return _code(found, covered, least)


def _watch(project: Path, only: str | None, executors: Sequence[str]) -> int:
    """Until Ctrl-C; 0, or 1 where a test fails at the end."""
    from adapters.testing.saves import Saves
    from adapters.testing.watching import Watching, watch

    open_project(project)  # says what is wrong where there is no project at all
    watching = Watching(project, only, executors)

    def tell(text: str) -> None:
        say(text)
        sys.stdout.flush()

    with Saves(project) as saves, suppress(KeyboardInterrupt):
        watch(watching, saves, tell)
    return FINDINGS if watching.failed else CLEAN


def as_text(workspace: Workspace, found: list[Outcome], covered: list[Covered] | None, engine: Engine = "both") -> str:
    """What people read: the tests that failed, then all tests, then the figures."""
    from adapters.testing.covering import as_text as coverage_text
    from adapters.testing.telling import failure

    texts = workspace.project.texts
    parts = []
    for one in found:
        if not one.passed:
            where = f"{one.scenario.span.file}:{one.scenario.span.line}"
            told = failure(one, texts, colour=sys.stdout.isatty())
            parts.append(f"FAILED  {one.scenario.name}  ({where})\n{told}\n")
    parts += [f"  {'ok    ' if one.passed else 'FAILED'}  {one.scenario.name}" for one in found]
    passed = sum(one.passed for one in found)
    where = {"both": "each on the interpreter and on SQL", "interpreter": "on the interpreter", "sql": "on SQL"}[engine]
    parts.append(f"{passed} passed, {len(found) - passed} failed ({where})")
    if covered is not None:
        parts.append(coverage_text(covered, texts))
    return "\n".join(parts)


def _written(workspace: Workspace, found: list[Outcome], covered: list[Covered] | None, format: Format) -> str:
    import json

    from adapters.testing import covering, telling
    from adapters.testing.junit import as_junit

    texts = workspace.project.texts
    if format == "junit":
        return as_junit(found, texts)
    data = {
        "version": telling.VERSION,
        "tests": telling.as_json(found, texts),
        "coverage": None if covered is None else covering.as_json(covered, texts),
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise bad_input(f"{out} cannot be written: {error.strerror or error}") from error


def _code(found: list[Outcome], covered: list[Covered] | None, least: float | None) -> int:
    from adapters.testing.covering import percent

    failed = any(not one.passed for one in found)
    if covered is not None and least is not None and percent(covered) < least:
        note(f"kadenz: {percent(covered):g} % covered, {least:g} % are asked for")
        failed = True
    return FINDINGS if failed else CLEAN
