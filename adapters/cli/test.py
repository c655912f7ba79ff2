"""`kadenz test`: the `test` blocks on both executors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    FormatOption,
    ProjectOption,
    Workspace,
    bad_input,
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
    chosen = [s for s in workspace.model.scenarios if only is None or only in s.name]
    if only is not None and not chosen:
        raise bad_input(f"no test has `{only}` in its name")
    results = run_tests(workspace, only)
    failed = [r for r in results if r.unmet]
    if format == "json":
        say_json([_as_json(r) for r in results])
        return FINDINGS if failed else CLEAN
    for scenario in chosen:
        found = _findings([r for r in failed if r.scenario is scenario])
        if found:
            say(drawn(workspace.project, found))
    wrong = {id(r.scenario) for r in failed}
    for scenario in chosen:
        say(f"  {'FAILED' if id(scenario) in wrong else 'ok    '}  {scenario.name}")
    say(f"{len(chosen) - len(wrong)} passed, {len(wrong)} failed (each on the interpreter and on SQL)")
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


def _findings(results: Sequence[ScenarioResult]) -> list[Diagnostic]:
    """What did not come true in one test: once where the executors saw the same, else what each of them saw."""
    from dsl.diagnostics import Diagnostic, Label
    from dsl.spans import Span

    seen: dict[Span, dict[str, str]] = {}
    for result in results:
        for unmet in result.unmet:
            seen.setdefault(unmet.expectation.span, {})[result.executor] = unmet.seen
    found = []
    for span, by_executor in seen.items():
        same = len(by_executor) > 1 and len(set(by_executor.values())) == 1
        words = [f"seen: {text}" if same else f"seen ({name}): {text}" for name, text in by_executor.items()]
        found.append(
            Diagnostic(
                "K0800",
                "this did not come true",
                Label(span, words[0] if same else "; ".join(words)),
                block=f"test `{results[0].scenario.name}`",
            )
        )
    return found


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
