"""`kadenz disclose`: everything that is known of a person, complete, for programs and for people."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from adapters.rights.disclosure_page import page
from tests.cli.conftest import Kadenz
from tests.cli.people import GERDA, MAIL, MARKS, people, quietly


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return people(tmp_path_factory.mktemp("made"), quietly)


def test_everything_of_hers_is_told(project: Path, kadenz: Kadenz) -> None:
    said = kadenz("disclose", MAIL, "--project", project)
    assert said.code == 0, said.err
    for mark in MARKS:
        assert mark in said.out
    assert "c1@x.example" not in said.out
    told = json.loads(said.out)
    assert (told["version"], told["contact"], told["fields"]["email"]) == (1, GERDA, MAIL)
    assert [one["new"] for one in told["changes_of_fields"] if one["field"] == "email"] == [MAIL]
    assert told["events"]["purchase"][0]["product"] == "gerda-bought-a-bell"
    assert told["consents"][0]["evidence"] == "gerda-proof"
    assert [one["segment"] for one in told["memberships"]] == ["buyers", "insiders"]
    assert told["lists"][0]["list"] == "press"
    assert told["now"]["scores"]["warmth"]["rules"][0]["points"] == "10"
    reasons = {(one["trigger"], one["outcome"], one["reason"]) for one in told["decisions"]}
    assert {("thanks", "queued", "reserved"), ("waiting", "waiting", "wait"), ("stopped", "held", "paused")} <= reasons
    texts = {one["channel"]: one["texts"] for one in told["messages"] if one["trigger"] == "thanks"}
    assert "For gerda-bought-a-bell." in texts["email"][0]
    assert "Gerdalinde bought gerda-bought-a-bell" in texts["notify"][0]
    assert [one["line"] for one in told["not_imported"]] == [2]


class Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not {"src", "href", "onload", "onerror"} & {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_holds_the_same_and_nothing_foreign(project: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    out = tmp_path / "gerda.html"
    said = kadenz("disclose", GERDA, "--format", "html", "--out", out, "--project", project)
    assert said.code == 0, said.err
    assert out.stat().st_mode & 0o077 == 0
    read = Tags()
    read.feed(out.read_text(encoding="utf-8"))
    assert not {"script", "img", "link", "iframe", "form"} & read.tags
    for mark in MARKS:
        assert mark in read.text


def test_what_somebody_wrote_stays_text() -> None:
    bad = "<script>alert(1)</script>"
    told = {"project": bad, "contact": bad, "at": "now", "fields": {bad: bad}, "decisions": [{bad: bad}]}
    written = page(told)
    assert "<script" not in written
    assert written.count("&lt;script&gt;") >= 6


def test_somebody_of_whom_nothing_is_known(project: Path, kadenz: Kadenz) -> None:
    said = kadenz("disclose", "nobody", "--project", project)
    assert (said.code, "nothing is known of `nobody`" in said.err) == (3, True)
