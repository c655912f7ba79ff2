"""Gates of a review in a real repository: whose approval counts, of what, and by whose rules."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Kadenz
from tests.cli.test_plan import edit, shop

__all__ = ["shop"]

REVIEW = """review:
  gates:
    widening: 10 %
  approvers: [ana@shop.example, legal@shop.example]
"""


def git(where: Path, *arguments: str, by: str = "bo@shop.example") -> None:
    who = ("-c", "user.name=Somebody", "-c", f"user.email={by}", "-c", "commit.gpgsign=false")
    subprocess.run(("git", *who, *arguments), cwd=where, check=True, capture_output=True)


@pytest.fixture
def change(shop: Path) -> Path:
    """The shop with gates on main, and on a branch a change by Bo that reaches a quarter of all people more."""
    with (shop / "kadenz.yaml").open("a") as file:
        file.write(REVIEW)
    git(shop, "commit", "--quiet", "-am", "gates", by="ana@shop.example")
    git(shop, "checkout", "--quiet", "-b", "change")
    edit(shop, ">= 30", ">= 15")
    git(shop, "commit", "--quiet", "-am", "more people")
    return shop


def planned(shop: Path, kadenz: Kadenz, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    said = kadenz("plan", "--days=0", "--project", shop, "--format", "json", *arguments)
    return said.code, json.loads(said.out)["gates"]


def approve(shop: Path, kadenz: Kadenz, by: str) -> None:
    """As the plan says it is done."""
    (gate,) = planned(shop, kadenz)[1]
    line = gate["line"].replace("WHY", "agreed")
    git(shop, "commit", "--quiet", "--allow-empty", "-m", "Approve", "-m", line, by=by)


def test_an_unmet_gate_stands_right_below_the_count_line(change: Path, kadenz: Kadenz) -> None:
    said = kadenz("plan", "--days=0", "--project", change)
    lines = said.out.split("\n")
    assert said.code == 1
    assert lines[1] == "! needs an approval: widening"
    assert lines[2] == "    segment keen: it reaches more people than the share"
    assert "ana@shop.example or legal@shop.example may approve it" in lines[4]
    assert lines[5].strip().startswith("Kadenz-Approves: widening ")
    markdown = kadenz("plan", "--days=0", "--project", change, "--format", "markdown").out
    assert markdown.index("**Needs an approval: widening.**") < markdown.index("| block |")


def test_an_approver_lets_it_through(change: Path, kadenz: Kadenz) -> None:
    approve(change, kadenz, "ana@shop.example")
    code, (gate,) = planned(change, kadenz)
    assert (code, gate["met"], gate["by"], gate["why"]) == (2, True, "ana@shop.example", "agreed")
    assert "  approved: widening, by ana@shop.example: agreed\n" in kadenz("plan", "--days=0", "--project", change).out


def test_the_author_and_others_do_not(change: Path, kadenz: Kadenz) -> None:
    approve(change, kadenz, "bo@shop.example")
    code, (gate,) = planned(change, kadenz)
    assert code == 1
    assert "an author of this change does not approve it" in gate["problems"][0]
    approve(change, kadenz, "eve@shop.example")
    assert planned(change, kadenz)[0] == 1


def test_an_approver_who_writes_along_is_an_author(change: Path, kadenz: Kadenz) -> None:
    edit(change, "from 40", "from 45")
    git(change, "commit", "--quiet", "-am", "fewer are hot", by="ana@shop.example")
    approve(change, kadenz, "ana@shop.example")
    assert planned(change, kadenz)[0] == 1
    approve(change, kadenz, "legal@shop.example")
    assert planned(change, kadenz)[0] == 2


def test_an_approval_of_another_content_is_over(change: Path, kadenz: Kadenz) -> None:
    approve(change, kadenz, "ana@shop.example")
    edit(change, ">= 15", ">= 0")
    git(change, "commit", "--quiet", "-am", "still more people")
    code, (gate,) = planned(change, kadenz)
    assert (code, gate["met"]) == (1, False)
    assert "for another content" in gate["problems"][0]
    edit(change, ">= 0", ">= 15  # as it was")
    git(change, "commit", "--quiet", "-am", "back")
    assert planned(change, kadenz)[0] == 2


def test_the_change_does_not_choose_its_gates(change: Path, kadenz: Kadenz) -> None:
    edit(change, "10 %", "90 %", "kadenz.yaml")
    edit(change, "[ana@", "[bo@shop.example, ana@", "kadenz.yaml")
    git(change, "commit", "--quiet", "-am", "gates that suit me")
    code, found = planned(change, kadenz)
    assert (code, [gate["gate"] for gate in found]) == (1, ["widening", "review"])
    assert all(gate["approvers"] == ["ana@shop.example", "legal@shop.example"] for gate in found)


def test_what_main_has_approved_says_nothing_of_a_later_change(change: Path, kadenz: Kadenz) -> None:
    approve(change, kadenz, "ana@shop.example")
    git(change, "checkout", "--quiet", "main")
    git(change, "merge", "--quiet", "--ff-only", "change")
    edit(change, ">= 15", ">= 30")
    git(change, "commit", "--quiet", "-am", "back")
    git(change, "checkout", "--quiet", "-b", "again")
    edit(change, ">= 30", ">= 15")
    git(change, "commit", "--quiet", "-am", "once more")
    code, (gate,) = planned(change, kadenz)
    assert (code, gate["problems"]) == (1, [])


def test_without_counts_a_widening_needs_its_approval(change: Path, kadenz: Kadenz) -> None:
    code, (gate,) = planned(change, kadenz, "--no-counts")
    assert code == 1
    assert gate["blocks"][0] == "segment keen: it may reach more people, and nothing was counted"


def test_gates_that_do_not_make_sense_are_findings(shop: Path, kadenz: Kadenz) -> None:
    with (shop / "kadenz.yaml").open("a") as file:
        file.write("review:\n  gates: {widening: much}\n  approvers: {capps: [ana@shop.example], all: [Ana]}\n")
    said = kadenz("check", "--project", shop)
    assert said.code == 1
    text = said.out + said.err
    for part in ("`much` is no share", "there is no gate `capps`", "`Ana` is no mail address"):
        assert part in text
