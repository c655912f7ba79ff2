from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Kadenz

ROOT = Path(__file__).resolve().parents[2]
AT = "2026-11-23"
TEMPLATE = "---\nchannel: email\nsubject: Hello\n---\nHello!\n\nNo more messages? https://shop.example/unsubscribe\n"
CLEAN = """trigger hello "A word after a visit to the cart"
  on cart_added
  send email hello with offer ten
  purpose newsletter

cap weekly "Enough"
  at most 2 messages per 7 days

offer ten "10 %"
  discount 10 %
  valid from 2026-01-01 to 2026-12-31

test "a word"
  at 2026-11-20 12:00
  contact anna (email = "anna@example.ch") consents to email for newsletter
    did cart_added (product = "Tea") 1 hour ago
  expect anna gets email hello
"""


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A project in which the linter finds nothing."""
    project = tmp_path / "clean"
    shutil.copytree(ROOT / "playbooks" / "start", project)
    for path in [*project.glob("playbooks/*"), *project.glob("templates/*")]:
        path.unlink()
    (project / "playbooks" / "hello.play").write_text(CLEAN, encoding="utf-8")
    (project / "templates" / "hello.j2").write_text(TEMPLATE, encoding="utf-8")
    return project


def test_nothing_found(clean: Path, kadenz: Kadenz) -> None:
    said = kadenz("lint", "--project", clean, "--at", AT)
    assert (said.code, said.err) == (0, "")
    assert "nothing found" in said.out
    said = kadenz("lint", "--project", clean, "--at", AT, "--format", "json")
    assert (said.code, json.loads(said.out)) == (0, [])


def test_findings_are_drawn_and_counted(clean: Path, kadenz: Kadenz) -> None:
    (clean / "playbooks" / "more.play").write_text("segment vips\n  where country != CH\n", encoding="utf-8")
    said = kadenz("lint", "--project", clean, "--at", AT)
    assert said.code == 1
    assert "warning[K0406]: this also holds where country is missing" in said.out.replace("`", "")
    assert "3 warnings in 1 file" in said.out
    found = json.loads(kadenz("lint", "--project", clean, "--at", AT, "--format", "json").out)
    assert [(one["code"], one["severity"]) for one in found] == [
        ("K0402", "warning"),
        ("K0412", "warning"),
        ("K0406", "warning"),
    ]
    assert found[2]["primary"]["file"] == "playbooks/more.play"
    assert found[2]["primary"]["line"] == 2


def test_the_date_is_a_parameter(clean: Path, kadenz: Kadenz) -> None:
    found = json.loads(kadenz("lint", "--project", clean, "--at", "2027-01-01", "--format", "json").out)
    assert [one["code"] for one in found] == ["K0410"]
    # the last minute of the year in the project's zone is not yet over, whatever it is elsewhere
    assert kadenz("lint", "--project", clean, "--at", "2026-12-31T23:59").code == 0
    assert kadenz("lint", "--project", clean, "--at", "someday").code == 3


def test_an_allowance_hides_a_finding(clean: Path, kadenz: Kadenz) -> None:
    play = clean / "playbooks" / "more.play"
    reason = 'until 2027-06-30 "the board looks at them"'
    play.write_text(
        f"# kadenz: allow K0402 {reason}\n# kadenz: allow K0412 {reason}\nsegment vips\n  where country = CH\n",
        encoding="utf-8",
    )
    assert kadenz("lint", "--project", clean, "--at", AT).code == 0
    said = kadenz("lint", "--project", clean, "--at", "2027-07-01", "--format", "json")
    assert sorted(one["code"] for one in json.loads(said.out)) == ["K0402", "K0410", "K0412", "K0421", "K0421"]


def test_templates_are_read(clean: Path, kadenz: Kadenz) -> None:
    path = clean / "templates" / "hello.j2"
    path.write_text(TEMPLATE + "--- html ---\n<p>Hello!</p>\n<p>Bye</p>\n", encoding="utf-8")
    (one,) = json.loads(kadenz("lint", "--project", clean, "--at", AT, "--format", "json").out)
    assert one["code"] == "K0413"
    assert one["secondary"] == [
        {"file": "templates/hello.j2", "line": 10, "column": 1, "end_line": 10, "end_column": 11}
        | {"label": "the html of this message"}
    ]
    path.write_text("---\nchannel: email\nsubject: Hello\n---\nHello!\n", encoding="utf-8")
    assert kadenz("lint", "--project", clean, "--at", AT).code == 1


def test_a_project_that_does_not_check_is_bad_input(clean: Path, kadenz: Kadenz) -> None:
    (clean / "playbooks" / "more.play").write_text("segment vips\n  where nothing = 3\n", encoding="utf-8")
    said = kadenz("lint", "--project", clean)
    assert (said.code, said.out) == (3, "")
    assert "does not check" in said.err
    assert kadenz("lint", "--project", clean / "nowhere").code == 3


def test_each_code_has_a_page_to_show(kadenz: Kadenz) -> None:
    said = kadenz("check", "--explain", "K0406")
    assert said.code == 0
    assert "country is known" in said.out
