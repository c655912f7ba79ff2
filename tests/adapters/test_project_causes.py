"""A slip in a file of the project is told once: what only follows from it is withheld."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.project import load
from adapters.project_check import check_all

KADENZ = """\
name: shop
time_zone: Europe/Zurich
purposes: [newsletter]
channels:
  email: {kind: folder, folder: out/email, address: email}
teams:
  sales: {kind: folder, folder: out/sales}
hooks:
  crm: {kind: folder, folder: out/crm}
"""
SCHEMA = """\
contacts:
  key: customer_id
  fields:
    email: text
    plan: one of [free, gold]
    vip: boolean
    logins: number
events:
  purchase: {properties: {amount: money CHF, product: text}}
lists:
  press:
"""
PLAY = """\
segment golden
  where plan = gold and vip and logins > 3 and consents to email for newsletter

trigger thanks
  on purchase with (amount > 10)
  where event.product = "X" and in golden
  send email welcome
  purpose newsletter

test "a reader of ours" at 2026-11-20 12:00
  contact anna (logins = 5, plan = gold)
    did purchase (amount = 3) 2 days ago
  expect anna not in golden

trigger call
  on purchase
  notify sales "new"
  call crm

segment newsroom
  include list press
"""
WELCOME = "---\nchannel: email\nsubject: Thanks\n---\nFor {{ event.amount }}, {{ contact.plan | default('you') }}\n"


def codes(tmp_path: Path, kadenz: str = KADENZ, schema: str = SCHEMA, play: str = PLAY, j2: str = WELCOME) -> list[str]:
    """What is told about the project, as `file code`."""
    for name, text in {
        "kadenz.yaml": kadenz, "schema.yaml": schema, "playbooks/a.play": play, "templates/welcome.j2": j2,
    }.items():  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _, found = check_all(load(tmp_path))
    return [f"{one.primary.span.file} {one.code}" for one in found if one.severity == "error"]


def test_the_project_is_right(tmp_path: Path) -> None:
    assert codes(tmp_path) == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("name: shop", "name: Wein: Shop", ["K0901"]),
        ("  email:", "\temail:", ["K0901"]),
        ("channels:", "chanels:", ["K0902"]),
        ("teams:", "team:", ["K0902"]),
        ("hooks:", "hook:", ["K0902"]),
        ("purposes: [newsletter]", "purposes: newsletter", ["K0904"]),
        ("kind: folder, folder: out/email", "kind: floder, folder: out/email", ["K0904"]),
        ("time_zone: Europe/Zurich", "time_zone: Europe/Zurick", ["K0904"]),
    ],
)
def test_what_follows_from_kadenz_yaml(tmp_path: Path, right: str, wrong: str, told: list[str]) -> None:
    assert right in KADENZ
    assert codes(tmp_path, kadenz=KADENZ.replace(right, wrong)) == [f"kadenz.yaml {code}" for code in told]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("    email: text", "\temail: text", ["K0901"]),
        ("plan: one of [free, gold]", "plan: on of [free, gold]", ["K0907"]),
        ("vip: boolean", "vip: bool", ["K0907"]),
        ("logins: number", "logins: integer", ["K0907"]),
        ("amount: money CHF", "amount: money Francs", ["K0907"]),
        ("  fields:", "  feilds:", ["K0902"]),
        ("contacts:", "contact:", ["K0902", "K0903"]),
        ("events:", "event:", ["K0902"]),
        ("lists:", "list:", ["K0902"]),
        ("plan: one of [free, gold]", "plan: {typ: text}", ["K0902", "K0903"]),
    ],
)
def test_what_follows_from_schema_yaml(tmp_path: Path, right: str, wrong: str, told: list[str]) -> None:
    assert right in SCHEMA
    found = codes(tmp_path, schema=SCHEMA.replace(right, wrong))
    assert sorted(found) == [f"schema.yaml {code}" for code in told]


def test_a_template_that_cannot_be_read_is_not_missed_as_well(tmp_path: Path) -> None:
    assert codes(tmp_path, j2=WELCOME.replace("Thanks", "{{ event.amount }}")) == ["templates/welcome.j2 K0905"]
    assert codes(tmp_path, j2=WELCOME.replace("email", "emial")) == ["templates/welcome.j2 K0927"]


def test_the_cause_comes_first_and_other_mistakes_stay(tmp_path: Path) -> None:
    play = (
        PLAY.replace("logins > 3", "loginz > 3")
        .replace("send email", "send emial")
        .replace("and in golden", "and in godlen")
    )
    found = codes(tmp_path, schema=SCHEMA.replace("vip: boolean", "vip: bool"), play=play)
    assert found == [
        "schema.yaml K0907",
        "playbooks/a.play K0202",
        "playbooks/a.play K0205",
        "playbooks/a.play K0209",
    ]
    found = codes(tmp_path, kadenz=KADENZ.replace("Europe/Zurich", "Zurich"), play=play)
    assert found[0] == "kadenz.yaml K0904"
    assert len(found) == 4


def test_a_list_is_told_how_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "kadenz.yaml").write_text(KADENZ.replace("[newsletter]", "newsletter"), encoding="utf-8")
    assert [one.help for one in load(tmp_path).diagnostics if one.code == "K0904"] == [
        ("write `purposes: [newsletter]`",)
    ]


def test_without_a_mistake_in_the_files_nothing_is_withheld(tmp_path: Path) -> None:
    play = PLAY.replace("logins > 3", "loginz > 3")
    assert codes(tmp_path, play=play) == ["playbooks/a.play K0202"]
