"""The work of `kadenz check`, without the command-line library: it runs at every save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.plain import CLEAN, FINDINGS, bad_input, drawn, say

if TYPE_CHECKING:
    from dsl.reporters import Format


def bare(directory: Path) -> int:
    """`kadenz check` without further arguments."""
    return check(directory, "text")


def check(project: Path, format: Format, changed: str | None = None) -> int:
    """Say what is wrong with a project, or that nothing is; the exit code. `changed`: a commit; of what is no error
    only that is told which stands on a line that changed since."""
    from adapters.project import ProjectNotFound
    from adapters.project_check import Checker
    from dsl.diagnostics import has_errors

    try:
        opened, checked, found = Checker(project).check()
    except ProjectNotFound as error:
        raise bad_input(str(error)) from error
    if changed is not None:
        from adapters.review.changed_lines import on_changed_lines

        found = on_changed_lines(found, opened.directory, changed)
    if format != "text":
        from adapters.cli.findings import report

        report(found, format, opened.directory)
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
