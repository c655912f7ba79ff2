"""The demo, small: it comes to its end, and stops with a word where something is wrong."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from scripts import demo
from scripts.shop_data import generate

FILES = ("contacts.csv", "consents.csv", "carts.csv", "subscriptions.csv")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(demo, "FOLDER", tmp_path / "shop")
    monkeypatch.setattr(demo, "TICKS", ("2026-11-13T11:00", "2026-11-13T22:30"))
    # the other files and the tests of the playbooks have their turn in tests/playbooks/test_shop.py
    monkeypatch.setattr(demo, "IMPORTS", [i for i in demo.IMPORTS if i[0] in FILES])
    monkeypatch.setattr(demo, "_judge_playbooks", lambda: None)
    monkeypatch.setattr(demo, "generate", partial(generate, contacts=300, events=6_000))
    return tmp_path / "shop"


def test_the_demo_comes_to_its_end(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "out").mkdir(parents=True)
    (small / "out" / "old.txt").write_text("of an earlier demo", encoding="utf-8")
    assert demo.main() == 0
    out = capsys.readouterr().out
    for line in (
        "$ kadenz run --at 2026-11-13T22:30 --format json",
        "303 rows read: 300 new, 0 changed, 0 unchanged, 3 quarantined",
        "Segments at 2026-11-13 22:30, of 300 contacts",
        "Run again: 0 messages",
        "Where to look",
    ):
        assert line in out
    assert "quiet nights" in out
    assert not (small / "out" / "old.txt").exists()


def test_a_command_that_fails_stops_the_demo(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "IMPORTS", (("nothing.csv", "contacts", ()),))
    assert demo.main() == 1
    assert "`kadenz import data/nothing.csv --as contacts --yes` ended with 3" in capsys.readouterr().err


def test_a_message_twice_or_missing_stops_the_demo(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_kadenz", lambda arguments: '{"handed_over": [{"count": 1}]}')
    with pytest.raises(demo.Failed, match="sent twice"):
        demo._run_again(demo.Sums())
