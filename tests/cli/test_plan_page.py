"""The page of a plan: whole by itself, and without anything that the text does not tell; people who come, invented."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.cli.conftest import Kadenz
from tests.cli.test_gates import change
from tests.cli.test_plan import CANARY, edit, shop

__all__ = ["change", "shop"]


def test_a_page_that_needs_nothing_else(change: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    said = kadenz("plan", "--days=0", "--project", change, "--format", "html", "--out", tmp_path / "plan.html")
    assert said.code == 1
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    assert page == said.out
    assert "<script" not in page
    assert not re.search(r"(src|href)=", page)
    assert "default-src 'none'" in page
    for part in (
        "+15 enter `keen`",
        "Needs an approval: widening",
        "Kadenz-Approves: widening",
        "members: 30 → 45",
        'class="come"',
        "comes, for example (invented): (orders = 15)",
    ):
        assert part in page
    assert CANARY not in page
    assert "secret-" not in page


def test_what_playbooks_say_is_no_markup(shop: Path, kadenz: Kadenz) -> None:
    edit(shop, "segment keen\n  where orders >= 30", 'segment keen\n  where orders >= 30 or email = "<b>x</b>"')
    page = kadenz("plan", "--days=0", "--project", shop, "--format", "html").out
    assert "<b>" not in page
    assert "&lt;b&gt;x" in page


def test_who_comes_and_who_goes_is_invented(shop: Path, kadenz: Kadenz) -> None:
    edit(shop, "where orders >= 30", "where orders between 20 and 39")
    said = kadenz("plan", "--days=0", "--project", shop, "--no-counts", "--format", "json")
    found = {(one["part"], one["side"]): one["words"] for one in json.loads(said.out)["blocks"][0]["examples"]}
    assert found == {("members", "comes"): "(orders = 20)", ("members", "goes"): "(orders = 40)"}
