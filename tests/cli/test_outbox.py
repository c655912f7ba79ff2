"""`kadenz outbox`: what is queued, held, sent and refused by channel, and each message as it reads."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.preview.test_pages import Tags
from tests.cli.conftest import Kadenz
from tests.cli.test_cut_off import PEOPLE, Sink, live_project, mail
from tests.cli.test_pause import FOLDER

__all__ = ["mail"]

EARLY, LATE = "2026-11-20T09:00", "2026-11-20T13:30"


@pytest.fixture
def rehearsed(start: Path, kadenz: Kadenz) -> Path:
    for moment in (EARLY, LATE):
        assert kadenz("run", "--project", start, "--at", moment).code == 0
    return start


def asked(kadenz: Kadenz, project: Path, *more: str) -> Any:
    said = kadenz("outbox", "--project", project, "--format", "json", *more)
    assert said.code == 0, said.err
    return json.loads(said.out)


def test_all_runs_are_counted_by_channel_and_each_is_rendered(rehearsed: Path, kadenz: Kadenz) -> None:
    found = asked(kadenz, rehearsed, "--rehearsal")
    counts = {(c["channel"], c["state"], c["why"]): c["count"] for c in found["counts"]}
    assert counts["email", "sent", ""] == 1
    assert counts["letter", "sent", ""] == 1
    assert counts["email", "held", "quiet `nights`"] == 1
    assert counts["email", "refused", "consent: no consent to email for newsletter (withdrawn)"] == 1
    decided = json.loads(kadenz("decisions", "--project", rehearsed, "--at", LATE, "--format", "json").out)["counts"]
    assert sum(counts.values()) == sum(row["count"] for row in decided)
    assert len(found["messages"]) == sum(counts.values())
    assert Counter((m["channel"], m["state"]) for m in found["messages"]) == Counter(
        {pair: sum(n for (c, s, _), n in counts.items() if (c, s) == pair) for pair in {k[:2] for k in counts}}
    )
    assert not (rehearsed / "out" / "outbox").exists(), "who asks for JSON gets no files"


def test_a_message_that_left_reads_as_it_left(rehearsed: Path, kadenz: Kadenz) -> None:
    (letter,) = asked(kadenz, rehearsed, "--rehearsal", "--channel", "letter")["messages"]
    (file,) = (rehearsed / "out" / "rehearsal" / "letter").iterdir()
    assert letter["text"].strip() in file.read_text(encoding="utf-8")
    said = kadenz("outbox", "--project", rehearsed, "--rehearsal", "--channel", "letter")
    assert said.code == 0
    assert "The newest of letter: cart_reminder to 1010, sent\n  | Jonas\n  | Hauptgasse 7" in said.out
    folder = rehearsed / "out" / "outbox"
    (one,) = folder.glob("message-*.html")
    assert f"It left as out/rehearsal/letter/{file.name}, and reads the same there." in one.read_text("utf-8")
    file.write_text("something else", encoding="utf-8")
    kadenz("outbox", "--project", rehearsed, "--rehearsal", "--channel", "letter")
    assert "and reads otherwise there." in one.read_text("utf-8")


def test_what_was_held_is_shown_as_it_would_leave_and_why_not(rehearsed: Path, kadenz: Kadenz) -> None:
    kadenz("outbox", "--project", rehearsed, "--rehearsal", "--state", "held")
    (one,) = (rehearsed / "out" / "outbox").glob("message-*.html")
    text = " ".join(Tags(one.read_text("utf-8")).text)
    for words in (
        "Still thinking about Black tea?",
        "quiet `nights`",
        "Again at",
        "it would leave",
        "iris.miller@",
        "Black tea is",
    ):
        assert words in text
    index = Tags((one.parent / "index.html").read_text("utf-8"))
    assert [given["href"] for tag, given in index.tags if tag == "a"] == [one.name]


def test_one_trigger_one_contact_and_what_nobody_knows(rehearsed: Path, kadenz: Kadenz) -> None:
    (dario,) = asked(kadenz, rehearsed, "--rehearsal", "--contact", "1004")["messages"]
    assert (dario["state"], dario["contact"]) == ("refused", "1004")
    assert dario["headers"][0][0] == "To"
    by_trigger = asked(kadenz, rehearsed, "--rehearsal", "--trigger", "cart_reminder")
    assert by_trigger == asked(kadenz, rehearsed, "--rehearsal")
    assert asked(kadenz, rehearsed, "--rehearsal", "--channel", "fax") == {"counts": [], "messages": []}
    said = kadenz("outbox", "--project", rehearsed, "--trigger", "cart_remainder")
    assert (said.code, "did you mean `cart_reminder`?" in said.err) == (3, True)
    assert kadenz("outbox", "--project", rehearsed, "--state", "lost").code == 3
    live = kadenz("outbox", "--project", rehearsed)
    assert "`kadenz outbox --rehearsal`" in live.out, "nothing has run at the present"


def test_a_limit_leaves_the_newest_of_each_state(rehearsed: Path, kadenz: Kadenz) -> None:
    found = asked(kadenz, rehearsed, "--rehearsal", "--limit", "3")["messages"]
    assert Counter((m["channel"], m["state"]) for m in found) == {
        ("email", "sent"): 1,
        ("email", "held"): 1,
        ("email", "refused"): 1,
        ("letter", "sent"): 1,
    }


def test_mail_is_shown_with_all_its_headers_and_a_token_that_is_worth_nothing(
    tmp_path: Path, kadenz: Kadenz, mail: tuple[Sink, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapters.channels.unsubscribe import read_token

    monkeypatch.setenv("SECRET_OF_LINKS", "a secret of sixteen letters")
    channel = (
        f"{{kind: smtp, host: 127.0.0.1, port: {mail[1]}, security: none, from: s@example.ch, address: email, "
        'list_unsubscribe: "https://shop.example/out/{token}", unsubscribe_secret_env: SECRET_OF_LINKS}'
    )
    project = live_project(tmp_path, kadenz, channel)
    kadenz("pause", "--all", "--project", project)
    kadenz("run", "--project", project)
    found = asked(kadenz, project)["messages"]
    assert len(found) == PEOPLE
    assert {m["state"] for m in found} == {"held"}
    headers = dict(found[0]["headers"])
    assert headers["Envelope"] == f"s@example.ch > {found[0]['contact']}@example.ch"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = headers["List-Unsubscribe"].removeprefix("<https://shop.example/out/").removesuffix(">")
    assert read_token(token, "a secret of sixteen letters") is None
    assert mail[0].accepted == []


def test_a_message_that_cannot_be_rendered_says_why(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    kadenz("pause", "--all", "--project", project)
    kadenz("run", "--project", project)
    template = project / "templates" / "cart_reminder.j2"
    template.write_text("---\nchannel: email\nsubject: Hi\n---\nHello {{ contact.first_name }}\n")
    found = asked(kadenz, project)["messages"]
    assert {m["problem"] for m in found} == {
        "cannot be rendered: `contact.first_name` is missing and the template has no default for it"
    }
    kadenz("outbox", "--project", project)
    assert "cannot be rendered" in (project / "out" / "outbox" / "index.html").read_text("utf-8")


def test_it_works_where_a_playbook_does_not_check(rehearsed: Path, kadenz: Kadenz) -> None:
    (rehearsed / "playbooks" / "broken.play").write_text("trigger broken\n")
    said = kadenz("outbox", "--project", rehearsed, "--rehearsal", "--format", "json")
    assert (said.code, "broken.play" in said.err) == (0, True)
    assert json.loads(said.out)["messages"]


def test_the_pages_go_where_they_are_told_and_open(rehearsed: Path, kadenz_process: Kadenz, tmp_path: Path) -> None:
    opened, folder = tmp_path / "opened", tmp_path / "pages"
    browser = tmp_path / "browser"
    browser.write_text(f'#!{sys.executable}\nimport sys\nopen({str(opened)!r}, "w").write(sys.argv[1])\n')
    browser.chmod(0o755)
    arguments = ("outbox", "--project", rehearsed, "--rehearsal", "--to", folder, "--open")
    said = kadenz_process(*arguments, BROWSER=f"{browser} %s")
    assert said.code == 0, said.err
    assert opened.read_text() == (folder / "index.html").resolve().as_uri()
    (folder / "index.html").write_text("<h1>Mine</h1>")
    said = kadenz_process("outbox", "--project", rehearsed, "--rehearsal", "--to", folder)
    assert (said.code, "something else" in said.err) == (3, True)
