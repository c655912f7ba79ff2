"""Countries of several zones that quiet hours and delivery windows leave without a minute (K0932)."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.project import load
from adapters.project_check import check_all

KADENZ = """
name: shop
time_zone: Europe/Zurich
purposes: [marketing]
channels:
  email: {kind: folder, folder: out/email, address: email}
  letter: {kind: folder, folder: out/letter}
"""
SCHEMA = """
contacts:
  key: id
  fields:
    id: text
    email: text
    zone: zone
    country: "one of [CH, DE, US, AU]"
events:
  visit:
"""
TEMPLATE = '---\nchannel: email\nsubject: "x"\n---\nHello, https://example.com/unsubscribe\n'
MAIL = "trigger t\n  on visit\n  send email hello\n"


def found(tmp_path: Path, text: str, schema: str = SCHEMA) -> list[tuple[str, str, str]]:
    files = {"kadenz.yaml": KADENZ, "schema.yaml": schema, "playbooks/a.play": text, "templates/hello.j2": TEMPLATE}
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    _, diagnostics = check_all(load(tmp_path))
    return [(d.code, d.summary, d.primary.span.text(text).split("\n")[0]) for d in diagnostics]


def test_quiet_hours_that_are_always_on_somewhere_in_a_country(tmp_path: Path) -> None:
    text = f"quiet most from 13:00 to 10:00\n{MAIL}"
    assert found(tmp_path, text) == [
        ("K0932", "no minute of the week is left to send email in `US` and `AU`", "quiet most from 13:00 to 10:00"),
    ]


def test_a_window_that_is_never_open_everywhere(tmp_path: Path) -> None:
    text = f"{MAIL}  deliver between 09:00 and 11:00\n"
    # from New York to Honolulu there are five hours and more, from Sydney to Perth three in January
    assert found(tmp_path, text) == [
        ("K0932", "the window of `t` is never open in all zones of `US` and `AU`", "trigger t"),
    ]


def test_quiet_hours_and_a_window_together(tmp_path: Path) -> None:
    text = f"quiet n from 20:00 to 10:00 for email\n{MAIL}  deliver between 06:00 and 14:00\n"
    assert found(tmp_path, text) == [
        ("K0932", "the window of `t` is never open in all zones of `US`", "trigger t"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"quiet nights from 20:00 to 08:00\nquiet sundays on sunday\n{MAIL}",
        f"{MAIL}  deliver between 09:00 and 18:00\n",
        f"{MAIL}  where country = CH\n  deliver between 09:00 and 10:00\n",
        f"{MAIL}  where country in (CH, DE) and email is known\n  deliver between 09:00 and 10:00\n",
    ],
)
def test_room_enough(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []


def test_zones_that_everybody_has(tmp_path: Path) -> None:
    text = f"{MAIL}  deliver between 09:00 and 10:00\n"
    schema = SCHEMA.replace("zone: zone", "zone: {type: zone, required: true}")
    assert found(tmp_path, text, schema) == []
    assert found(tmp_path, text, SCHEMA.replace('"one of [CH, DE, US, AU]"', "text")) == []
