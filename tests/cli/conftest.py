from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.cli.main import run


@dataclass(frozen=True, slots=True)
class Said:
    """What a verb left behind."""

    code: int
    out: str
    err: str


Kadenz = Callable[..., Said]


@pytest.fixture
def kadenz(capsys: pytest.CaptureFixture[str]) -> Kadenz:
    """Runs a verb in this process."""

    def call(*arguments: str | Path) -> Said:
        capsys.readouterr()
        code = run([str(a) for a in arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


@pytest.fixture
def kadenz_process() -> Kadenz:
    """Runs a verb in a process of its own, with environment variables as keywords; it may be killed."""

    def call(*arguments: str | Path, **environment: str) -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "adapters.cli.main", *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "default", **environment},
            check=False,
            timeout=120,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def start(tmp_path: Path, kadenz: Kadenz) -> Path:
    """The smallest ready project with its data imported."""
    project = tmp_path / "project"
    assert kadenz("init", project).code == 0
    for name, target in (
        ("contacts", "contacts"),
        ("consents", "consents"),
        ("cart_added", "event:cart_added"),
        ("purchases", "event:purchase"),
    ):
        said = kadenz("import", project / "data" / f"{name}.csv", "--as", target, "--project", project)
        assert said.code == 0, said.out + said.err
    return project
