"""Ready projects run in process, with the command line's own code."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from adapters.cli.common import Workspace, check_project, instant_of, open_project, open_workspace
from adapters.cli.init import copy_ready
from adapters.cli.main import run
from adapters.engine_choice import Asked
from adapters.running import RunResult, run_once
from adapters.testing.running import run_tests

MEMORY = Path("/dev/shm")
ROOM = 300_000_000


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder for thousands of hand-overs: in memory where the machine has that, for each of them waits for the disk
    three times (file, marker, result). What is tested is the same."""
    in_memory = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(prefix="kadenz-", dir=MEMORY if in_memory else None) as name:
        yield Path(name)


def copied(name: str, target: Path) -> Path:
    """A copy of a ready project, made as `kadenz init` makes it."""
    if target.exists():
        shutil.rmtree(target)
    copy_ready(name, target)
    return target


def checked_clean(project: Path) -> None:
    """`check` has nothing to say, and the project's own tests pass on both executors."""
    _, found = check_project(open_project(project))
    assert not found, found
    unmet = [u for result in run_tests(open_workspace(project)) for u in result.unmet]
    assert not unmet, unmet


def imported(
    project: Path, file: Path, target: str, maps: Sequence[tuple[str, str]] = (), *, exit_code: int = 0
) -> None:
    """`kadenz import` with its exit code."""
    arguments = ["import", str(file), "--as", target, "--yes", "--project", str(project)]
    for column, slot in maps:
        arguments += ["--map", f"{column}={slot}"]
    assert run(arguments) == exit_code


def ticked(workspace: Workspace, at: str, engine: Asked = "sql") -> RunResult:
    """One rehearsal run at an instant, as `kadenz run --at` does it."""
    instant = instant_of(at, workspace.project.time_zone)
    return run_once(workspace, instant, rehearsal=True, dry_run=False, engine=engine)


def letters(workspace: Workspace) -> list[str]:
    """The files that rehearsals wrote, by channel and name."""
    folder = workspace.project.rehearsal_folder
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.txt"))
