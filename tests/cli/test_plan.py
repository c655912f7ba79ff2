"""`kadenz plan` in a real repository: what a reviewer reads, what a program reads, and what neither may."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.adapters.review.test_git_tree import PROJECT, git
from tests.cli.conftest import Kadenz

SCHEMA = """contacts:
  key: id
  fields:
    id: text
    email: {type: text, pii: true}
    orders: number
    birth_date: {type: date, pii: true}
events:
  visit:
"""
PLAY = """segment keen
  where orders >= 30

score heat
  +1 per 1 of orders
  stage cold from 0
  stage hot from 40

trigger thanks
  on visit
  where in keen
  send email hello
"""
TEMPLATE = "---\nchannel: email\nsubject: 'Hello'\n---\nHello\n"
CANARY = "anna.canary@shop.example"


def planned_shop(tmp_path: Path, kadenz: Kadenz) -> Path:
    """A committed project with 60 people of 0 to 59 orders in its store."""
    folder = tmp_path / "shop"
    (folder / "playbooks").mkdir(parents=True)
    (folder / "templates").mkdir()
    (folder / "kadenz.yaml").write_text(PROJECT)
    (folder / "schema.yaml").write_text(SCHEMA)
    (folder / "playbooks" / "keen.play").write_text(PLAY)
    (folder / "templates" / "hello.j2").write_text(TEMPLATE)
    (folder / ".gitignore").write_text(".kadenz*/\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "a shop")
    rows = "".join(f"secret-{n},{CANARY},{n}\n" for n in range(60))
    people = tmp_path / "people.csv"
    people.write_text("id,email,orders\n" + rows)
    assert kadenz("import", people, "--as", "contacts", "--yes", "--project", folder).code == 0
    return folder


@pytest.fixture
def shop(tmp_path: Path, kadenz: Kadenz) -> Path:
    """See `planned_shop`."""
    return planned_shop(tmp_path, kadenz)


def edit(shop: Path, before: str, after: str, file: str = "playbooks/keen.play") -> None:
    path = shop / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_nothing_changed(shop: Path, kadenz: Kadenz) -> None:
    edit(shop, "segment keen", "# a comment\n\nsegment keen")
    said = kadenz("plan", "--days=0", "--project", shop)
    assert (said.code, said.out.split("\n")[0]) == (0, "nothing changes")


def test_a_widened_segment_says_whom_it_reaches(shop: Path, kadenz: Kadenz) -> None:
    edit(shop, ">= 30", ">= 15")
    said = kadenz("plan", "--days=0", "--project", shop, "--at", "2026-11-20T12:00")
    assert said.code == 2
    head, *rest = said.out.split("\n")
    assert head == "2 blocks changed: +15 enter `keen`; +15 more meet `where` of `thanks`"
    text = "\n".join(rest)
    assert "counted on 60 contacts at 2026-11-20 12:00+01:00 (sqlite)" in text
    assert "orders >= 30 -> orders >= 15  (widening)" in text
    assert "people  30 -> 45: +15 enter, 0 leave" in text
    assert "reads keen, which changed (widening)" in text
    assert "email: consent for marketing (thanks)" in text


def test_no_key_no_address_and_no_small_count_is_told(shop: Path, kadenz: Kadenz) -> None:
    edit(shop, ">= 30", ">= 26")
    said = [kadenz("plan", "--days=0", "--project", shop, "--format", how).out for how in ("text", "markdown", "json")]
    for text in said:
        assert "secret-" not in text
        assert CANARY not in text
        assert "under 10" in text
    people = json.loads(said[2])["blocks"][0]["people"]
    assert people == [{"part": "members", "before": 30, "after": 34, "entered": "under 10", "left": 0}]


def test_the_stages_of_a_score_as_a_matrix(shop: Path, kadenz: Kadenz) -> None:
    edit(shop, "stage hot from 40", "stage hot from 20")
    data = json.loads(kadenz("plan", "--days=0", "--project", shop, "--format", "json").out)
    assert data["stages"] == [
        {
            "score": "heat",
            "moves": [
                {"from": "cold", "to": "cold", "people": 20},
                {"from": "cold", "to": "hot", "people": 20},
                {"from": "hot", "to": "hot", "people": 20},
            ],
        }
    ]
    assert [block["kind"] for block in data["blocks"]] == ["points"]


def test_templates_settings_and_data_read_for_the_first_time(shop: Path, kadenz: Kadenz) -> None:
    edit(shop, "Hello\n", "Good day\n", "templates/hello.j2")
    edit(shop, "time_zone: Europe/Zurich", "time_zone: Europe/Berlin", "kadenz.yaml")
    edit(shop, "where in keen", "where in keen and age of birth_date > 18")
    data = json.loads(kadenz("plan", "--days=0", "--project", shop, "--format", "json").out)
    assert data["templates"] == ["templates/hello.j2: changed, sent by thanks"]
    assert data["settings"] == ["kadenz.yaml: time zone: Europe/Zurich -> Europe/Berlin"]
    assert data["reads"] == ["birth_date (personal data)"]


def test_only_what_the_branch_does_is_told(shop: Path, kadenz: Kadenz) -> None:
    git(shop, "checkout", "--quiet", "-b", "change")
    edit(shop, ">= 30", ">= 15")
    git(shop, "commit", "--quiet", "-am", "more people")
    git(shop, "checkout", "--quiet", "main")
    edit(shop, "from 40", "from 50")
    git(shop, "commit", "--quiet", "-am", "fewer are hot")
    git(shop, "checkout", "--quiet", "change")
    data = json.loads(kadenz("plan", "--days=0", "--project", shop, "--format", "json").out)
    assert [block["name"] for block in data["blocks"]] == ["keen", "thanks"]
    assert data["head"]["clean"]
    against_main = json.loads(kadenz("plan", "--days=0", "--project", shop, "--base", "main", "--format", "json").out)
    assert {block["name"] for block in against_main["blocks"]} == {"keen", "thanks", "heat"}


def test_without_a_store_the_kinds_are_told_all_the_same(shop: Path, kadenz: Kadenz) -> None:
    edit(shop, ">= 30", ">= 15")
    said = kadenz("plan", "--days=0", "--project", shop, "--no-counts")
    assert (said.code, said.out.split("\n")[0]) == (2, "2 blocks changed")
    assert "nothing was counted: --no-counts" in said.out


def test_what_cannot_be_compared_is_bad_input(shop: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    assert kadenz("plan", "--days=0", "--project", shop, "--base", "nowhere").code == 3
    edit(shop, "segment keen", "segment keen keen")
    assert kadenz("plan", "--days=0", "--project", shop).code == 3
    git(shop, "commit", "--quiet", "-am", "a slip")
    edit(shop, "segment keen keen", "segment keen")
    said = kadenz("plan", "--days=0", "--project", shop, "--base", "HEAD")
    assert (said.code, "do not check" in said.err) == (3, True)


def test_messages_are_expected_from_the_recent_past(shop: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    consents = [f"c{n},secret-{n},marketing,email,granted,consent,form,2026-01-01" for n in range(60)]
    visits = [f"v{n},secret-{n},2026-11-19T10:00" for n in range(60)]
    for name, head, rows, what in (
        ("consents", "id,contact,purpose,channel,state,basis,evidence,at", consents, "consents"),
        ("visits", "id,contact,at", visits, "event:visit"),
    ):
        file = tmp_path / f"{name}.csv"
        file.write_text("\n".join([head, *rows]) + "\n")
        assert kadenz("import", file, "--as", what, "--yes", "--project", shop).code == 0
    edit(shop, ">= 30", ">= 15")
    before = (shop / ".kadenz" / "ledger.db").read_bytes()
    arguments = ("plan", "--project", shop, "--at", "2026-11-20T12:00", "--days", "2")
    text = kadenz(*arguments).out
    assert text.startswith("2 blocks changed; messages 30 -> 45 in 2 days: ")
    assert "    thanks   email        30     45\n" in text
    data = json.loads(kadenz(*arguments, "--format", "json").out)
    assert data["forecast"]["messages"] == [{"trigger": "thanks", "channel": "email", "before": 30, "after": 45}]
    assert "| thanks | email | 30 | 45 |" in kadenz(*arguments, "--format", "markdown").out
    assert (shop / ".kadenz" / "ledger.db").read_bytes() == before


def test_a_plan_is_written_as_json(shop: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    edit(shop, ">= 30", ">= 15")
    file = tmp_path / "plan.json"
    said = kadenz("plan", "--days=0", "--project", shop, "--format", "json", "--out", file)
    assert json.loads(file.read_text()) == json.loads(said.out)
    assert kadenz("plan", "--days=0", "--project", shop, "--out", tmp_path / "none" / "plan.json").code == 3
