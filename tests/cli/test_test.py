"""`kadenz test`: side by side, the clause that decided, coverage, JUnit."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Kadenz


@pytest.fixture
def project(tmp_path: Path, kadenz: Kadenz) -> Path:
    """The smallest ready project, without data."""
    assert kadenz("init", tmp_path / "project").code == 0
    return tmp_path / "project"


def edit(project: Path, old: str, new: str) -> None:
    play = project / "playbooks" / "cart.play"
    text = play.read_text()
    assert old in text
    play.write_text(text.replace(old, new))


def test_a_failing_test_shows_both_sides_and_the_clause_that_decided(project: Path, kadenz: Kadenz) -> None:
    edit(project, "expect emil gets nothing", "expect emil in shipped_to\n  expect emil gets email cart_reminder")
    said = kadenz("test", "--project", project)
    lines = said.out.splitlines()
    assert said.code == 1
    assert lines[1].split() == ["line", "expected", "seen"]
    assert lines[2].endswith("  emil is not in `shipped_to`")
    assert "emil in shipped_to" in lines[2]
    place = lines.index(" 4 |   where country in (CH, LI, DE, AT, US)")
    assert lines[place + 1].endswith("------------------------------- does not hold: country is FR")


def test_one_engine_may_be_asked(project: Path, kadenz: Kadenz) -> None:
    said = kadenz("test", "--project", project, "--engine", "sql", "--format", "json")
    data = json.loads(said.out)
    assert [(one["executor"], one["passed"]) for one in data["tests"]] == [("sql", True)]
    assert (said.code, data["version"], data["coverage"]) == (0, 1, None)


def test_coverage_names_what_no_test_has_seen_and_has_a_least(project: Path, kadenz: Kadenz) -> None:
    said = kadenz("test", "--project", project, "--cover")
    assert said.code == 0
    assert "coverage: 7 of 10 (70 %) answers of clauses and boundaries seen" in said.out
    assert "cap weekly             `cap weekly`: never held something back" in said.out
    assert kadenz("test", "--project", project, "--min", "70").code == 0
    short = kadenz("test", "--project", project, "--min", "71")
    assert (short.code, "70 % covered, 71 % are asked for" in short.err) == (1, True)
    edit(project, "where country in (CH, LI, DE, AT, US)", "where country = CH and did purchase at least 5 times")
    edit(project, "expect anna in shipped_to\n", "expect ben not in shipped_to\n")
    told = kadenz("test", "--project", project, "--cover").out
    assert "5 times of `did purchase at least 5 times`" not in told
    assert "5 times: never seen on both sides (nearest: nobody above or inside, 4 below or outside)" in told


def test_junit_has_a_case_for_each_test_and_executor(project: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    edit(project, "expect emil gets nothing", "expect emil in shipped_to")
    out = tmp_path / "junit.xml"
    said = kadenz("test", "--project", project, "--format", "junit", "--out", out)
    assert (said.code, "1 failed" in said.out) == (1, True)
    root = ElementTree.parse(out).getroot()
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "2", "2")
    cases = root.findall("testsuite/testcase")
    assert [case.get("classname") for case in cases] == ["playbooks.cart.interpreter", "playbooks.cart.sql"]
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("message") == "emil is not in `shipped_to`"
    assert "does not hold: country is FR" in str(failure.text)


def test_a_file_that_cannot_be_written_is_bad_input(project: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    said = kadenz("test", "--project", project, "--format", "json", "--out", tmp_path / "no" / "such.json")
    assert (said.code, "cannot be written" in said.err) == (3, True)
