"""A pytest plugin: the `test` blocks of playbooks are tests of pytest, one for each block and executor.

It is off unless it is asked for, by `--kadenz` or `kadenz = true` in pytest's settings: then every `.play` file that
pytest meets is collected. Its project is the folder above it with a `kadenz.yaml`, checked once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from adapters.cli.workspace import Workspace
    from adapters.testing.running import Outcome
    from dsl.model import Scenario


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option, and the setting of the same name."""
    group = parser.getgroup("kadenz")
    group.addoption("--kadenz", action="store_true", default=False, help="collect the `test` blocks of .play files")
    parser.addini("kadenz", "collect the `test` blocks of .play files", type="bool", default=False)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PlayFile | None:
    """A playbook, where playbooks are asked for and it belongs to a project."""
    config = parent.config
    wanted = config.getoption("--kadenz") or config.getini("kadenz")
    if not wanted or file_path.suffix != ".play" or _project_of(file_path) is None:
        return None
    return PlayFile.from_parent(parent, path=file_path)


class NotMet(Exception):
    """A test that failed, with everything that `kadenz test` says of it."""


class PlayFile(pytest.File):
    """The tests of one playbook."""

    def collect(self) -> Iterator[PlayTest]:
        """Each test on each executor. A project that does not check is an error of collecting, with its findings."""
        from adapters.executors import EXECUTORS

        directory = _project_of(self.path)
        assert directory is not None, "asked before the file was taken"
        workspace = _opened(self.config, directory)
        name = self.path.resolve().relative_to(directory.resolve()).as_posix()
        for scenario in workspace.model.scenarios:
            if scenario.span.file == name:
                for executor in EXECUTORS:
                    yield PlayTest.make(self, scenario, executor, workspace)


class PlayTest(pytest.Item):
    """One test on one executor."""

    scenario: Scenario
    executor: str
    workspace: Workspace

    @classmethod
    def make(cls, parent: PlayFile, scenario: Scenario, executor: str, workspace: Workspace) -> PlayTest:
        """A test of a file."""
        item: PlayTest = cls.from_parent(parent, name=f"{scenario.name}[{executor}]")
        item.scenario, item.executor, item.workspace = scenario, executor, workspace
        return item

    def runtest(self) -> None:
        """Run it; raises NotMet."""
        from adapters.testing.running import outcomes
        from adapters.testing.telling import failure

        (outcome,) = outcomes(self.workspace, [self.scenario], (self.executor,))
        if not outcome.passed:
            raise NotMet(_told(outcome, failure(outcome, self.workspace.project.texts)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """What `kadenz test` says, without a traceback through our own code."""
        del style
        if isinstance(excinfo.value, NotMet):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test stands; lines from 0."""
        return self.path, self.scenario.span.line - 1, self.name


def _told(outcome: Outcome, text: str) -> str:
    return f"{outcome.scenario.name}\n{text}"


def _project_of(file: Path) -> Path | None:
    """The nearest folder above with a `kadenz.yaml`."""
    return next((folder for folder in file.resolve().parents if (folder / "kadenz.yaml").is_file()), None)


_WORKSPACES = pytest.StashKey[dict[Path, "Workspace"]]()


def _opened(config: pytest.Config, directory: Path) -> Workspace:
    from adapters.cli.plain import Stop
    from adapters.cli.workspace import open_workspace

    held = config.stash.setdefault(_WORKSPACES, {})
    if directory not in held:
        try:
            held[directory] = open_workspace(directory)
        except Stop as stop:
            raise pytest.Collector.CollectError(stop.text) from stop
    return held[directory]
