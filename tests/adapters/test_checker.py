"""Checking one project again and again, as a watcher does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from adapters.cli.init import copy_ready
from adapters.project import ProjectNotFound, load
from adapters.project_check import Checker, check_all
from benchmarks.checked_project import FILES, write


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    copy_ready("shop", tmp_path / "shop")
    return tmp_path / "shop"


def test_each_round_says_what_a_fresh_check_says(shop: Path) -> None:
    checker = Checker(shop)
    people, schema, welcome = shop / "playbooks" / "people.play", shop / "schema.yaml", shop / "templates/welcome.de.j2"
    changes = {
        people: ("segment vips", "segment vipps"),
        schema: ("first_name:", "firstname:"),
        welcome: ("contact.first_name", "contact.frist_name"),
    }
    assert checker.check()[2] == []
    for path, (old, new) in changes.items():
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        _, checked, found = checker.check()
        fresh, all_found = check_all(load(shop))
        assert found == all_found
        assert found
        assert checked.model == fresh.model
        path.write_text(text, encoding="utf-8")
        assert checker.check()[2] == []


def test_a_file_that_is_gone_is_gone(shop: Path) -> None:
    checker = Checker(shop)
    checker.check()
    (shop / "playbooks" / "rules.play").unlink()
    _, checked, found = checker.check()
    assert "playbooks/rules.play" not in [tree.file for tree in checked.trees]
    assert {d.code for d in found} == {"K0216"}  # tests that name its caps and quiet hours


def test_only_what_changed_is_read_anew(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checker = Checker(shop)
    _, first, _ = checker.check()
    path = shop / "playbooks" / "rules.play"
    path.write_text(path.read_text(encoding="utf-8") + "\n# more\n", encoding="utf-8")
    _, second, _ = checker.check()
    same = [a is b for a, b in zip(first.trees, second.trees, strict=True)]
    assert [tree.file for tree, kept in zip(second.trees, same, strict=True) if not kept] == ["playbooks/rules.play"]


def test_a_project_that_is_gone_is_said(shop: Path) -> None:
    checker = Checker(shop)
    checker.check()
    shutil.rmtree(shop)
    with pytest.raises(ProjectNotFound):
        checker.check()


def test_the_measured_project_checks(tmp_path: Path) -> None:
    write(tmp_path)
    _, checked, found = Checker(tmp_path).check()
    assert found == []
    assert (len(checked.trees), sum(len(tree.blocks) for tree in checked.trees)) == (FILES, 10 * FILES)
