"""The work of `kadenz check`, without the command-line library: it runs at every save."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from adapters.cli.plain import CLEAN, FINDINGS, bad_input, drawn, say


def bare(directory: Path) -> int:
    """`kadenz check` without further arguments."""
    return check(directory, "text")


def check(project: Path, format: Literal["text", "json"]) -> int:
    """Say what is wrong with a project, or that nothing is; the exit code."""
    from adapters.project import ProjectNotFound
    from adapters.project_check import Checker
    from dsl.diagnostics import has_errors
    from dsl.report import render_json

    try:
        opened, checked, found = Checker(project).check()
    except ProjectNotFound as error:
        raise bad_input(str(error)) from error
    if format == "json":
        say(render_json(found).rstrip("\n"))
        return FINDINGS if has_errors(found) else CLEAN
    if found:
        say(drawn(opened, found))
    if has_errors(found):
        say("`kadenz check --explain CODE` tells more about a code")
        return FINDINGS
    model = checked.model
    assert model is not None, "no errors, so there is a model"
    parts = {
        "segment": len(model.segments),
        "score": len(model.scores),
        "trigger": len(model.triggers),
        "cap": len(model.caps),
        "test": len(model.scenarios),
    }
    listed = ", ".join(f"{n} {name}{'s' * (n != 1)}" for name, n in parts.items())
    warnings = f", {len(found)} warning{'s' * (len(found) != 1)}" if found else ""
    say(f"{opened.name}: {listed}; no errors{warnings}")
    return CLEAN
