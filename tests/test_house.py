"""The house itself: layout, locks, the import rule."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from scripts.import_rule import breaches

ROOT = Path(__file__).resolve().parent.parent


def test_the_import_rule_holds() -> None:
    assert breaches(ROOT) == []


@pytest.mark.parametrize(
    ("package", "line", "breach"),
    [
        ("dsl", "import engine.plan", True),
        ("dsl", "from engine import plan", True),
        ("engine", "def f() -> None:\n    from adapters import project\n", True),
        ("engine", "from dsl.model import Model", False),
        ("adapters", "import engine.tick", False),
        ("adapters", "from tests.engine.world import World", True),
    ],
)
def test_the_import_rule_sees_breaches(tmp_path: Path, package: str, line: str, breach: bool) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "x.py").write_text(line)
    assert bool(breaches(tmp_path)) == breach


@pytest.mark.parametrize("name", ["run", "dev", "build"])
def test_locks_pin_hashes_and_name_no_index(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    assert not re.search(r"https?:|file:|--index|--find-links", text)
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert "==" in requirement.splitlines()[0]
        assert "--hash=sha256:" in requirement


def test_what_pyproject_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {
        re.split(r"==", line)[0]
        for line in (ROOT / "requirements" / "run.lock").read_text().splitlines()
        if "==" in line
    }
    wanted = {re.split(r"[<>=\[ ]", d)[0].replace(".", "-").lower() for d in project["dependencies"]}
    assert wanted <= locked


def test_every_package_is_shipped() -> None:
    """Each folder of code is a package of its own, and the patterns that choose what is shipped find them all."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    folders = {
        str(path.parent.relative_to(ROOT)).replace("/", ".")
        for top in ("dsl", "engine", "adapters")
        for path in (ROOT / top).rglob("*.py")
    }
    assert all((ROOT / name.replace(".", "/") / "__init__.py").is_file() for name in folders)
    assert all(any(fnmatch(name, pattern) for pattern in patterns) for name in {*folders, "playbooks"})
    assert not any(fnmatch(name, pattern) for name in ("tests", "scripts", "benchmarks") for pattern in patterns)
