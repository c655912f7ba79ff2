"""`kadenz apply`: what becomes active, what is refused, and what `run` and `doctor` make of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Kadenz
from tests.cli.test_gates import REVIEW, approve, change, git
from tests.cli.test_plan import edit, shop

__all__ = ["change", "shop"]


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


def planned(shop: Path, kadenz: Kadenz, plan: Path, *arguments: str) -> int:
    return kadenz("plan", "--days=0", "--project", shop, "--out", plan, *arguments).code


def applied(shop: Path, kadenz: Kadenz, plan: Path, *arguments: str) -> tuple[int, str]:
    said = kadenz("apply", plan, "--project", shop, "--by", "Cy", *arguments)
    return said.code, said.out + said.err


def looked(shop: Path, kadenz: Kadenz) -> dict[str, tuple[str, str]]:
    data = json.loads(kadenz("doctor", "--project", shop, "--format", "json").out)
    return {one["what"]: (one["state"], one["found"]) for one in data}


def commit(shop: Path, why: str) -> None:
    git(shop, "commit", "--quiet", "-am", why)


def test_what_was_planned_becomes_active(shop: Path, kadenz: Kadenz, plan: Path) -> None:
    git(shop, "checkout", "--quiet", "-b", "change")
    edit(shop, ">= 30", ">= 15")
    commit(shop, "more people")
    assert planned(shop, kadenz, plan) == 2
    code, said = applied(shop, kadenz, plan)
    assert (code, "is active: commit" in said, "by Cy" in said) == (0, True, True)
    state, found = looked(shop, kadenz)["applied"]
    assert state == "ok"
    assert "by Cy since" in found
    assert "apply" in kadenz("audit", "--project", shop).out
    assert "is active already" in applied(shop, kadenz, plan)[1]


def test_other_files_than_those_planned_are_refused(shop: Path, kadenz: Kadenz, plan: Path) -> None:
    git(shop, "checkout", "--quiet", "-b", "change")
    edit(shop, ">= 30", ">= 15")
    commit(shop, "more people")
    planned(shop, kadenz, plan)
    edit(shop, ">= 15", ">= 14")
    commit(shop, "and more")
    code, said = applied(shop, kadenz, plan)
    assert (code, "the files say something else" in said) == (1, True)
    edit(shop, ">= 14", ">= 15  # as planned")
    assert "not committed" in applied(shop, kadenz, plan)[1]
    commit(shop, "as planned")
    assert applied(shop, kadenz, plan)[0] == 0


def test_a_plan_against_something_that_is_not_active_is_refused(shop: Path, kadenz: Kadenz, plan: Path) -> None:
    planned(shop, kadenz, plan, "--base", "HEAD")
    assert applied(shop, kadenz, plan)[0] == 0
    edit(shop, ">= 30", ">= 20")
    commit(shop, "more people")
    edit(shop, ">= 20", ">= 15")
    commit(shop, "and more")
    assert planned(shop, kadenz, plan, "--base", "HEAD~1") == 2
    code, said = applied(shop, kadenz, plan)
    assert (code, "plan again, with --base" in said) == (1, True)


def test_an_unmet_gate_is_refused_until_somebody_approves(change: Path, kadenz: Kadenz, plan: Path) -> None:
    assert planned(change, kadenz, plan) == 1
    code, said = applied(change, kadenz, plan)
    assert (code, "needs an approval: widening" in said) == (1, True)
    approve(change, kadenz, "ana@shop.example")
    assert applied(change, kadenz, plan)[0] == 0


def test_a_branch_that_main_has_as_one_commit_is_known_by_its_own(change: Path, kadenz: Kadenz, plan: Path) -> None:
    approve(change, kadenz, "ana@shop.example")
    assert planned(change, kadenz, plan) == 2
    git(change, "checkout", "--quiet", "main")
    git(change, "merge", "--quiet", "--squash", "change")
    git(change, "commit", "--quiet", "-m", "more people (#1)")
    assert applied(change, kadenz, plan)[0] == 0


def test_the_rules_in_force_are_those_that_were_applied(change: Path, kadenz: Kadenz, plan: Path) -> None:
    planned(change, kadenz, plan, "--base", "HEAD")
    assert applied(change, kadenz, plan)[0] == 0
    # a commit without gates as the base of the next plan
    edit(change, REVIEW, "", "kadenz.yaml")
    commit(change, "no gates")
    edit(change, ">= 15", ">= 0")
    commit(change, "everybody")
    assert planned(change, kadenz, plan, "--base", "HEAD~1") == 2
    code, said = applied(change, kadenz, plan)
    assert (code, "needs an approval: review" in said) == (1, True)


def test_counts_outside_of_the_band_want_a_yes(shop: Path, kadenz: Kadenz, plan: Path, tmp_path: Path) -> None:
    git(shop, "checkout", "--quiet", "-b", "change")
    edit(shop, ">= 30", ">= 15")
    commit(shop, "more people")
    planned(shop, kadenz, plan)
    people = tmp_path / "more.csv"
    people.write_text("id,email,orders\n" + "".join(f"late-{n},l{n}@shop.example,20\n" for n in range(30)))
    assert kadenz("import", people, "--as", "contacts", "--yes", "--project", shop).code == 0
    code, said = applied(shop, kadenz, plan)
    assert code == 1
    assert "segment keen: people who come: 15 -> 45" in said
    assert applied(shop, kadenz, plan, "--yes")[0] == 0


def test_run_takes_applied_playbooks_alone_where_the_project_says_so(shop: Path, kadenz: Kadenz, plan: Path) -> None:
    assert kadenz("run", "--project", shop).code == 0
    with (shop / "kadenz.yaml").open("a") as file:
        file.write("review: {apply: required}\n")
    commit(shop, "only what was applied")
    said = kadenz("run", "--project", shop)
    assert (said.code, "no plan was ever applied" in said.err) == (1, True)
    assert kadenz("run", "--dry-run", "--project", shop).code == 0
    assert looked(shop, kadenz)["applied"][0] == "bad"
    planned(shop, kadenz, plan, "--base", "HEAD")
    assert applied(shop, kadenz, plan)[0] == 0
    assert kadenz("run", "--project", shop).code == 0
    # a change does not free itself
    edit(shop, "review: {apply: required}\n", "", "kadenz.yaml")
    edit(shop, ">= 30", ">= 15")
    said = kadenz("run", "--project", shop)
    assert (said.code, "these playbooks" in said.err, "by Cy since" in said.err) == (1, True, True)


def test_what_is_no_plan_is_bad_input(shop: Path, kadenz: Kadenz, plan: Path) -> None:
    assert applied(shop, kadenz, plan)[0] == 3
    for text in ("{", "[]", '{"version": 1, "base": {"commit": 3}}', '{"version": 99}'):
        plan.write_text(text)
        assert applied(shop, kadenz, plan)[0] == 3


def test_a_rename_without_was_says_who_would_be_mailed_again(shop: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    for name, head, rows, what in (
        (
            "consents",
            "id,contact,purpose,channel,state,basis,evidence,at",
            [f"c{n},secret-{n},marketing,email,granted,consent,form,2026-01-01" for n in range(60)],
            "consents",
        ),
        ("visits", "id,contact,at", [], "event:visit"),
    ):
        file = tmp_path / f"{name}.csv"
        file.write_text("\n".join([head, *rows]) + "\n")
        if rows:
            assert kadenz("import", file, "--as", what, "--yes", "--project", shop).code == 0
    edit(shop, "on visit\n", "on entering keen including those already in\n")
    commit(shop, "those who are keen")
    assert kadenz("run", "--project", shop).code == 0
    edit(shop, "trigger thanks", "trigger many_thanks")
    edit(shop, "where in keen", "where orders >= 40")
    said = kadenz("plan", "--days=0", "--project", shop, "--base", "HEAD")
    told = "! 20 people had a message of `thanks`, which is gone, and meet the conditions of the new `many_thanks`"
    assert told in said.out
    edit(shop, "trigger many_thanks", "trigger many_thanks was thanks")
    assert "had a message of" not in kadenz("plan", "--days=0", "--project", shop, "--base", "HEAD").out
