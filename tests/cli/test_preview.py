"""`kadenz preview`: a template for one contact, real or invented, and what was missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.adapters.preview.test_pages import Tags
from tests.cli.conftest import Kadenz


def asked(kadenz: Kadenz, project: Path, *arguments: str, code: int = 0) -> Any:
    said = kadenz("preview", *arguments, "--project", project, "--format", "json")
    assert said.code == code, said.out + said.err
    return json.loads(said.out)


def test_for_a_contact_with_its_newest_event(start: Path, kadenz: Kadenz) -> None:
    found = asked(kadenz, start, "cart_reminder", "--contact", "1001")
    assert (found["contact"], found["trigger"], found["channel"]) == ("1001", "cart_reminder", "email")
    assert found["file"] == "templates/cart_reminder.j2"
    assert found["why_language"] == "the file without a language"
    assert "Hello Anna," in found["text"]
    assert found["missing"] == []
    rows = (start / "data" / "cart_added.csv").read_text().splitlines()[1:]
    assert any(
        "1001" in row and found["subject"].removeprefix("Still thinking about ").strip("?") in row for row in rows
    )
    assert ["To", "anna.keller@example.ch"] in found["headers"]
    assert not (start / "out").exists(), "who asks for JSON gets no files"


def test_for_somebody_invented_of_whom_much_or_nothing_is_known(start: Path, kadenz: Kadenz) -> None:
    found = asked(kadenz, start, "cart_letter")
    assert (found["contact"], found["channel"], found["missing"]) == (None, "letter", [])
    assert "Seestrasse 12" in found["text"]
    bare = asked(kadenz, start, "cart_letter", "--bare")
    assert bare["missing"] == ["contact.first_name", "contact.street", "contact.city", "event.product"]
    assert "something is waiting" in bare["text"]


def test_a_message_that_would_fail_says_why(start: Path, kadenz: Kadenz) -> None:
    template = start / "templates" / "cart_reminder.j2"
    template.write_text("---\nchannel: email\nsubject: Hi\n---\nHello {{ contact.first_name }}\n")
    found = asked(kadenz, start, "cart_reminder", "--bare", code=1)
    assert found["problem"].startswith("cannot be rendered: `contact.first_name` is missing")
    assert found["missing"] == ["contact.first_name"]


def test_languages_and_why(start: Path, kadenz: Kadenz) -> None:
    head = "---\nchannel: email\nsubject: x\n---\n"
    for language, word in (("de", "Guten Tag"), ("fr", "Bonjour")):
        (start / "templates" / f"hello.{language}.j2").write_text(f"{head}{word}\n")
    found = asked(kadenz, start, "hello", "--lang", "fr")
    assert (found["text"], found["language"], found["trigger"]) == ("Bonjour\n", "fr", None)
    other = asked(kadenz, start, "hello", "--lang", "it")
    assert (other["text"], other["why_language"]) == ("Guten Tag\n", "no other one is there")


def test_as_if_a_contact_stood_at_a_stage(start: Path, kadenz: Kadenz) -> None:
    (start / "playbooks" / "warmth.play").write_text(
        "score warmth\n  +10 when did purchase in last 30 days\n  stage cold from 0\n  stage warm from 10\n"
    )
    template = start / "templates" / "cart_letter.j2"
    template.write_text('---\nchannel: letter\n---\n{% if stage.warmth == "warm" %}Again!{% else %}Hello.{% endif %}\n')
    assert asked(kadenz, start, "cart_letter", "--stage", "warmth=warm")["text"] == "Again!\n"
    assert asked(kadenz, start, "cart_letter")["text"] == "Hello.\n"
    assert kadenz("preview", "cart_letter", "--stage", "warm", "--project", start).code == 3


def test_the_page_says_it_all(start: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    template = start / "templates" / "cart_reminder.j2"
    template.write_text("---\nchannel: email\nsubject: Hi\n---\n--- html ---\n<h1>Hello</h1>\n")
    said = kadenz("preview", "cart_reminder", "--project", start)
    assert said.code == 0
    assert "Contact   somebody invented" in said.out
    page = Tags((start / "out" / "outbox" / "preview-cart_reminder.html").read_text("utf-8"))
    (frame,) = [given for tag, given in page.tags if tag == "iframe"]
    assert frame["sandbox"] == ""
    assert (frame["srcdoc"] or "").endswith("<h1>Hello</h1>\n")
    assert "Hello\n" in page.text, "the text that is made from the HTML"
    assert kadenz("preview", "cart_reminder", "--project", start, "--out", tmp_path / "one.html").code == 0
    assert (tmp_path / "one.html").exists()


def test_what_nobody_knows(start: Path, kadenz: Kadenz) -> None:
    said = kadenz("preview", "cart_remainder", "--project", start)
    assert (said.code, "did you mean `cart_reminder`?" in said.err) == (3, True)
    assert kadenz("preview", "cart_reminder", "--contact", "nobody", "--project", start).code == 3
    assert kadenz("preview", "cart_reminder", "--trigger", "thanks", "--project", start).code == 3
    assert kadenz("preview", "cart_reminder", "--channel", "letter", "--project", start).code == 3
