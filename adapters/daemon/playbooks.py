"""The playbooks that a daemon runs: read anew before each tick, the last good ones kept while they do not check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.common import Workspace
from adapters.project import ProjectNotFound
from adapters.project_check import Checker
from dsl.diagnostics import Diagnostic, has_errors

if TYPE_CHECKING:
    from adapters.project import Project
    from dsl.check import Checked

SETTLED_AFTER = 0.25
"""Seconds in which no file may change before a new text is taken: a checkout replaces files one after the other."""

MOST_LOOKS = 40


class Playbooks:
    """The last good state of a project. `pause(seconds)` waits between two looks."""

    def __init__(self, directory: Path, pause: Callable[[float], object]) -> None:
        self._checker = Checker(directory)
        self._pause = pause
        self._texts: Mapping[str, str] | None = None
        self.good: Workspace | None = None
        self.stale: str | None = None
        """Why the text that lies in the folder is not the one that runs; None: it is."""

    def look(self) -> bool:
        """Read the folder; whether another plan runs from now on. After it `good` is None only if no text was good
        yet. Raises nothing: a folder that cannot be read is stale."""
        try:
            project, checked, found = self._settled()
        except (ProjectNotFound, OSError) as error:
            self.stale = str(error)
            return False
        if checked.model is None or has_errors(found):
            self.stale = _first(found)
            return False
        self.stale = None
        if self.good is not None and project.texts == self._texts:
            return False
        before = None if self.good is None else self.good.plan.hash
        self.good = Workspace(project, checked.model)
        self._texts = project.texts
        return self.good.plan.hash != before

    def _settled(self) -> tuple[Project, Checked, list[Diagnostic]]:
        """The project, once two looks in a row saw the same text."""
        last = self._checker.check()
        if last[0].texts == self._texts:
            return last
        for _ in range(MOST_LOOKS):
            self._pause(SETTLED_AFTER)
            again = self._checker.check()
            if again[0].texts == last[0].texts:
                return again
            last = again
        return last


def _first(found: list[Diagnostic]) -> str:
    errors = [one for one in found if one.severity == "error"]
    if not errors:
        return "the playbooks do not check"
    one = errors[0]
    more = f", and {len(errors) - 1:,} more" if len(errors) > 1 else ""
    return f"{one.primary.span.file}:{one.primary.span.line}: {one.summary} [{one.code}]{more}"
