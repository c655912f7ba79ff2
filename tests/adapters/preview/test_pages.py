"""Pages of previews: whatever a message holds, the page around it stays ours, loads nothing and runs nothing."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.preview.making import Preview
from adapters.preview.pages import POLICY, NotOurs, Table, framed, page, page_name, write_pages

OURS = {
    *("html", "head", "meta", "title", "style", "body", "p", "a", "h1", "h2", "strong"),
    *("table", "tr", "th", "td", "iframe", "pre"),
}


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


PIECES = st.sampled_from(
    (
        *("<script>alert(1)</script>", "</iframe>", '"', "'", "></iframe><script>", "<img src=x onerror=alert(1)>"),
        *(
            "</pre>",
            "</title>",
            "</style>",
            "<!--",
            "-->",
            "&quot;",
            "&#34;",
            "{{ contact.email }}",
            "{% if %}",
            "\x00",
        ),
        *("<base href=https://evil.example>", "<meta http-equiv=refresh content=0>", "javascript:alert(1)", "\u2028"),
        *("<plaintext>", "]]>", "<svg/onload=alert(1)>", "text", "ä"),
    )
)
HOSTILE = st.lists(PIECES, max_size=8).map("".join)


@settings(max_examples=100, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_of_a_message_becomes_part_of_the_page(html: str, text: str, value: str) -> None:
    tables = [
        Table("What it is", (), [("Contact", value)]),
        Table("Rows", ("a", "b"), [({"href": "x.html", "text": value}, value)]),
    ]
    made = page(value, [value], tables, Preview((("To", value),), value, text, html, problem=value), up="index.html")
    seen = Tags(made)
    assert {tag for tag, _ in seen.tags} <= OURS
    for tag, given_ in seen.tags:
        assert not any(name.startswith("on") or name in ("src", "action", "style") for name in given_)
        assert tag == "iframe" or "srcdoc" not in given_
        assert given_.get("href", "index.html") in ("index.html", "x.html")
    (frame,) = [given_ for tag, given_ in seen.tags if tag == "iframe"]
    assert frame["sandbox"] == ""
    assert frame["srcdoc"] == framed(html), "to the last letter"
    policies = [given_["content"] for tag, given_ in seen.tags if "http-equiv" in given_]
    assert policies == [POLICY]


def test_the_policy_of_a_frame_comes_before_anything_of_the_message() -> None:
    seen = Tags(framed('<html><head><base href="https://evil.example"></head><p>Hello'))
    (first, given_), (second, base) = seen.tags[:2]
    assert (first, given_["content"]) == ("meta", POLICY)
    assert "default-src 'none'" in POLICY
    assert (second, base) == ("base", {"target": "_blank"})


def test_pages_are_written_in_place_of_earlier_ones(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    index = page("outbox", [], [])
    write_pages(folder, {"index.html": index, page_name(1, "ab"): "one", page_name(2, "cd"): "two"})
    assert folder.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
    (folder / "notes.txt").write_text("mine")
    write_pages(folder, {"index.html": index, page_name(1, "ef"): "three"})
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "message-0001-ef.html", "notes.txt"]


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>Our shop</h1>")
    with pytest.raises(NotOurs):
        write_pages(tmp_path, {"index.html": "x"})
    assert (tmp_path / "index.html").read_text() == "<h1>Our shop</h1>"


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    folder = tmp_path / "outbox"
    index = page("outbox", [], [])
    write_pages(folder, {"index.html": index})
    (folder / page_name(1, "ab")).symlink_to(victim)
    write_pages(folder, {"index.html": index, page_name(1, "ab"): "one"})
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("key", ["../../etc/passwd", "A/B", "", "é" * 20])
def test_the_name_of_a_page_stays_in_its_folder(tmp_path: Path, key: str) -> None:
    write_pages(tmp_path, {page_name(3, key): "x", "index.html": page("outbox", [], [])})
    assert len(list(tmp_path.iterdir())) == 2
