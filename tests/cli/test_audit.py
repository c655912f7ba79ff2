"""`kadenz audit`: who did what; the record is whole, names nobody, and an anchor finds what was cut off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.cli.common import open_ledger, open_project
from tests.cli.conftest import Kadenz


def told(kadenz: Kadenz, project: Path) -> list[tuple[str, str]]:
    listed = json.loads(kadenz("audit", "--project", project, "--format", "json").out)
    return [(one["what"], one["who"]) for one in listed]


def test_what_was_done_stands_there_and_nobody_is_named(
    start: Path, kadenz: Kadenz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KADENZ_ACTOR", "Petra of the shop")
    anchor = tmp_path / "anchor.jsonl"
    kadenz("pause", "cart_reminder", "--project", start)
    kadenz("resume", "cart_reminder", "--project", start)
    kadenz("run", "--project", start)
    kadenz("run", "--project", start)  # with the same settings
    kadenz("disclose", "1002", "--project", start)
    assert kadenz("audit", "--anchor", anchor, "--project", start).code == 0
    assert kadenz("forget", "1002", "--yes", "--project", start).code == 0
    made = told(kadenz, start)
    assert [what for what, _ in made] == [*["import"] * 4, "pause", "resume", "settings", "disclose", "forget"]
    assert {who for what, who in made if what != "import"} == {"Petra of the shop"}
    text = kadenz("audit", "--project", start).out
    for mark in ("1002", "beat.frei", "Beat"):
        assert mark not in text
    said = kadenz("audit", "--verify", "--anchor", anchor, "--project", start)
    assert (said.code, "is whole: 9 entries" in said.out) == (0, True)


def test_a_record_that_was_cut_off_is_found_by_its_anchor(start: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    anchor = tmp_path / "anchor.jsonl"
    assert kadenz("audit", "--anchor", anchor, "--project", start).code == 0
    with open_ledger(open_project(start)) as ledger, ledger.transaction(), ledger.database.unguarded():
        ledger.database.run("delete from audit where seq > 2")
    assert kadenz("audit", "--verify", "--project", start).code == 0
    said = kadenz("audit", "--verify", "--anchor", anchor, "--project", start)
    assert (said.code, "entry 4, which an anchor tells of, is missing" in said.out) == (1, True)
    anchor.write_text('{"ledger": 1, "seq": 1, "hash": "x"}\n')
    said = kadenz("audit", "--verify", "--anchor", anchor, "--project", start)
    assert (said.code, "says nothing of this ledger" in said.err) == (3, True)
