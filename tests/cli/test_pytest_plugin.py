"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.cli.conftest import Kadenz
from tests.cli.test_test import edit, project

__all__ = ["project"]


def pytest_of(project: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "adapters.testing.pytest_plugin", "-rA",
         *arguments, str(project)],
        capture_output=True, text=True, check=False, cwd=project, timeout=120,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_playbooks_are_collected_where_that_is_asked_for(project: Path, kadenz: Kadenz) -> None:
    code, said = pytest_of(project)
    assert (code, "no tests ran" in said) == (5, True)
    name = "an abandoned cart brings one reminder, a purchase none"
    code, said = pytest_of(project, "--kadenz")
    assert code == 0, said
    assert f"PASSED playbooks/cart.play::{name}[interpreter]" in said
    assert f"PASSED playbooks/cart.play::{name}[sql]" in said
    edit(project, "expect emil gets nothing", "expect emil in shipped_to")
    (project / "pytest.ini").write_text("[pytest]\nkadenz = true\n")
    code, said = pytest_of(project, "-k", "sql")
    assert code == 1
    assert "does not hold: country is FR" in said
    assert "Traceback" not in said


def test_a_project_that_does_not_check_is_told(project: Path, kadenz: Kadenz) -> None:
    edit(project, "where country in (CH, LI, DE, AT, US)", "where contry = CH")
    code, said = pytest_of(project, "--kadenz")
    assert code == 2
    assert "did you mean `country`?" in said


def test_it_is_found_by_its_name_once_kadenz_is_installed() -> None:
    declared = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert declared["project"]["entry-points"]["pytest11"] == {"kadenz": "adapters.testing.pytest_plugin"}
