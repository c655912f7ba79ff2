"""`kadenz new test`: people at the boundaries, who notice when one moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Kadenz
from tests.cli.test_test import edit, project

__all__ = ["project"]

AT = "2026-11-20T12:00"
WHERE = "where country in (CH, LI, DE, AT, US)"
WARM = 'where country = CH and (number of purchase in last 60 days >= 3 or did cart_added with (product = "Tea"))'


def write(kadenz: Kadenz, project: Path, *arguments: str) -> str:
    said = kadenz("new", "test", "--project", project, "--at", AT, *arguments)
    assert said.code == 0, said.err
    return said.out


def test_a_segment_gets_people_on_both_sides_of_each_boundary(project: Path, kadenz: Kadenz) -> None:
    edit(project, WHERE, WARM)
    write(kadenz, project, "--segment", "shipped_to")
    written = (project / "playbooks" / "tests" / "shipped_to.play").read_text()
    assert "did purchase 59 days ago" in written
    assert "did purchase 60 days ago" in written
    assert "would change playbooks/tests" not in kadenz("fmt", "--check", "--project", project).out
    only = ("test", "--project", project, "-k", "boundaries")
    assert kadenz(*only).code == 0
    for old, new in (
        ("country = CH", "country = DE"),
        ("60 days", "59 days"),
        ("60 days", "61 days"),
        (">= 3", ">= 2"),
        (">= 3", ">= 4"),
        ('"Tea"', '"Mug"'),
        (" or did", " and did"),
    ):
        edit(project, old, new)
        assert kadenz(*only).code == 1, f"{old} -> {new}"
        edit(project, new, old)


def test_a_trigger_gets_people_who_bring_it_about_and_people_who_do_not(project: Path, kadenz: Kadenz) -> None:
    text = write(kadenz, project, "--trigger", "cart_reminder", "--out", "-")
    assert text.startswith('test "cart_reminder at its boundaries"\n')
    assert "does not get email cart_reminder" in text
    (project / "playbooks" / "more.play").write_text(text)
    only = ("test", "--project", project, "-k", "boundaries")
    assert kadenz(*only).code == 0
    for old, new in (
        ("wait 4 hours unless did purchase since then", "wait 4 hours"),
        ("(CH, LI, DE, AT, US)", "(LI, DE, AT, US)"),
    ):
        edit(project, old, new)
        assert kadenz(*only).code == 1, f"{old} -> {new}"
        edit(project, new, old)


def test_what_is_there_already_stays(project: Path, kadenz: Kadenz) -> None:
    write(kadenz, project, "--segment", "shipped_to")
    again = kadenz("new", "test", "--project", project, "--segment", "shipped_to")
    assert (again.code, "already" in again.err) == (3, True)


@pytest.mark.parametrize("arguments", [(), ("--segment", "shiped_to"), ("--segment", "a", "--trigger", "b")])
def test_a_test_is_for_one_block_that_is_there(project: Path, kadenz: Kadenz, arguments: tuple[str, ...]) -> None:
    said = kadenz("new", "test", "--project", project, *arguments)
    assert said.code == 3
