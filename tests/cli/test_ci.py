"""The jobs for GitHub and GitLab are such, by the forges' own schemas; hooks name verbs that there are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from adapters.cli.main import VERBS
from tests.cli.conftest import Kadenz

ROOT = Path(__file__).resolve().parents[2]


def judged(file: Path, schema: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file))
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("forge", "schema"), [("github", "vendor.github-workflows"), ("gitlab", "vendor.gitlab-ci")])
def test_a_job_meets_the_schema_of_its_forge(kadenz: Kadenz, tmp_path: Path, forge: str, schema: str) -> None:
    said = kadenz("ci", forge)
    assert said.code == 0
    file = tmp_path / "job.yml"
    file.write_text(said.out)
    found = judged(file, schema)
    assert found.returncode == 0, found.stdout
    # the schema does judge: the word that says what is run is a list in neither of them
    word = "runs-on: ubuntu-latest" if forge == "github" else "script:"
    assert word in said.out
    file.write_text(said.out.replace(word, "runs-off: 1" if forge == "github" else "script: {a: b}\n  unscript:"))
    assert judged(file, schema).returncode == 1


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_a_job_calls_verbs_that_there_are(kadenz: Kadenz, forge: str) -> None:
    lines = [line for line in kadenz("ci", forge).out.splitlines() if "--project" in line]
    called = [line.split("kadenz ", 1)[1].split()[0] for line in lines]
    assert {"check", "test", "comment"} <= set(called) <= set(VERBS)


def test_hooks_call_verbs_that_there_are() -> None:
    hooks = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {hook["entry"].split()[1] for hook in hooks} == {"fmt", "check", "lint"}
    assert {hook["id"] for hook in hooks if hook.get("pass_filenames", True)} == {"kadenz-fmt"}
