"""`kadenz test`: the `test` blocks on both executors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    FormatOption,
    ProjectOption,
    Workspace,
    drawn,
    open_workspace,
    say,
    say_json,
)

if TYPE_CHECKING:
    from dsl.diagnostics import Diagnostic
    from engine.scenario import ScenarioResult


def command(
    project: ProjectOption = Path(),
    only: Annotated[str | None, typer.Option("-k", metavar="TEXT", help="only tests whose name contains this")] = None,
    format: FormatOption = "text",
) -> int:
    """Run the `test` blocks on the interpreter and on SQL. Exit 1 if one fails, or if the two differ."""
    workspace = open_workspace(project)
    results = run_tests(workspace, only)
    failed = [r for r in results if r.unmet]
    if format == "json":
        say_json([_as_json(r) for r in results])
        return FINDINGS if failed else CLEAN
    for result in failed:
        say(drawn(workspace.project, _findings(result)))
    names = {r.scenario.name for r in failed}
    for scenario in workspace.model.scenarios:
        if only is None or only in scenario.name:
            say(f"  {'FAILED' if scenario.name in names else 'ok    '}  {scenario.name}")
    total = len({r.scenario.span for r in results})
    wrong = len({r.scenario.span for r in failed})
    say(f"{total - wrong} passed, {wrong} failed (each on the interpreter and on SQL)")
    return FINDINGS if failed else CLEAN


def run_tests(workspace: Workspace, only: str | None = None) -> list[ScenarioResult]:
    """Run the tests (those whose name contains `only`) on every executor."""
    from adapters.bench import benches
    from adapters.executors import EXECUTORS
    from engine.scenario import run_scenario

    project = workspace.project
    return [
        run_scenario(
            scenario,
            workspace.model,
            project.schema,
            project.time_zone,
            name,
            benches(name, project.schema, project.time_zone),
        )
        for scenario in workspace.model.scenarios
        if only is None or only in scenario.name
        for name in EXECUTORS
    ]


def _findings(result: ScenarioResult) -> list[Diagnostic]:
    from dsl.diagnostics import Diagnostic, Label

    return [
        Diagnostic(
            "K0800",
            "this did not come true",
            Label(unmet.expectation.span, f"seen ({result.executor}): {unmet.seen}"),
            block=f"test `{result.scenario.name}`",
        )
        for unmet in result.unmet
    ]


def _as_json(result: ScenarioResult) -> dict[str, object]:
    return {
        "test": result.scenario.name,
        "executor": result.executor,
        "passed": not result.unmet,
        "ticks": result.ticks,
        "unmet": [
            {"line": u.expectation.span.line, "file": u.expectation.span.file, "seen": u.seen} for u in result.unmet
        ],
    }
