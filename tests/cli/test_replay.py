"""`kadenz replay`: the same as the runs would have done, and nothing leaves."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from adapters.stores.ledger import SqliteLedger
from engine.records import HandedOver
from tests.adapters.review.test_git_tree import git
from tests.cli.conftest import Kadenz

PROJECT = """name: A shop
time_zone: Europe/Zurich
active_from: 2026-11-01
channels:
  email: {kind: folder, folder: out, address: email}
"""
SCHEMA = """contacts:
  key: id
  fields:
    id: text
    email: text
events:
  visit:
"""
PLAY = """trigger thanks
  on visit
  send email hello
  if capped wait up to 2 days
  expires after 3 days

cap daily at most 1 email per local day

quiet nights from 21:00 to 08:00
"""
HOURS = [f"2026-11-{day:02}T{hour:02}:00" for day in (10, 11, 12) for hour in (6, 12, 18)]


@pytest.fixture
def shop(tmp_path: Path, kadenz: Kadenz) -> Path:
    """Twenty people with consent; each visits in the evening of the 10th, the first five twice more."""
    folder = tmp_path / "shop"
    (folder / "playbooks").mkdir(parents=True)
    (folder / "templates").mkdir()
    (folder / "kadenz.yaml").write_text(PROJECT)
    (folder / "schema.yaml").write_text(SCHEMA)
    (folder / "playbooks" / "thanks.play").write_text(PLAY)
    (folder / "templates" / "hello.j2").write_text("---\nchannel: email\nsubject: 'Hello'\n---\nHello\n")
    (folder / ".gitignore").write_text(".kadenz*/\nout/\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "a shop")
    people = [f"p{n}" for n in range(20)]
    visits = [(one, "2026-11-10T21:30") for one in people] + [(one, "2026-11-11T10:00") for one in people[:5]]
    for name, head, rows, what in (
        ("people", "id,email", [(one, f"{one}@shop.example") for one in people], "contacts"),
        (
            "consents",
            "id,contact,purpose,channel,state,basis,evidence,at",
            [(f"c-{o}", o, "marketing", "email", "granted", "consent", "form", "2026-01-01") for o in people],
            "consents",
        ),
        ("visits", "id,contact,at", [(f"v{n}", *row) for n, row in enumerate(visits)], "event:visit"),
    ):
        file = tmp_path / f"{name}.csv"
        file.write_text("\n".join([head, *(",".join(row) for row in rows)]) + "\n")
        said = kadenz("import", file, "--as", what, "--yes", "--project", folder)
        assert said.code == 0, said.err
    return folder


def replayed(kadenz: Kadenz, shop: Path, *more: str | Path) -> dict[str, object]:
    period = ("--from", "2026-11-10T00:00", "--to", "2026-11-12T18:00")
    said = kadenz("replay", *period, "--project", shop, *more, "--format", "json")
    assert said.code == 0, said.err
    data: dict[str, object] = json.loads(said.out)
    return data


def test_a_replay_does_what_the_runs_did(shop: Path, kadenz: Kadenz) -> None:
    """Rehearsals at the same instants, one by one, against one replay."""
    sent: Counter[tuple[str, str, str]] = Counter()
    for at in ("2026-11-10T00:00", *HOURS):
        run = json.loads(kadenz("run", "--at", at, "--project", shop, "--format", "json").out)
        for row in run["handed_over"]:
            sent[at[:10], row["trigger"], row["channel"]] += row["count"]
    data = replayed(kadenz, shop, "--every", "6h")
    days: Counter[str] = Counter()
    for (day, _, _), count in sent.items():
        days[day] += count
    assert {row["day"]: row["count"]["here"] for row in data["days"]} == days  # type: ignore[attr-defined]
    assert days == {"2026-11-11": 20, "2026-11-12": 5}


def test_what_held_people_back_is_told(shop: Path, kadenz: Kadenz) -> None:
    data = replayed(kadenz, shop, "--every", "6h")
    assert data["capped_people"] == [{"cap": "cap `daily`", "count": {"here": 5}}]
    assert data["after_quiet_hours"] == [
        {"at": "2026-11-11 12:00+01:00", "count": {"here": 20}},
        {"at": "2026-11-12 12:00+01:00", "count": {"here": 5}},  # capped the day before, and at midnight it was quiet
    ]
    said = kadenz(
        "replay", "--from", "2026-11-10T00:00", "--to", "2026-11-12T18:00", "--every", "6h", "--project", shop
    )
    assert said.out.startswith(
        "25 messages and notices from 2026-11-10 00:00+01:00 to 2026-11-12 18:00+01:00; nothing left\n"
    )
    assert "another rhythm than that of `run` is another question" in said.out


def test_event_by_event_messages_leave_when_they_may(shop: Path, kadenz: Kadenz) -> None:
    data = replayed(kadenz, shop, "--by-event")
    assert data["after_quiet_hours"] == [
        {"at": "2026-11-11 08:00+01:00", "count": {"here": 20}},
        {"at": "2026-11-12 08:00+01:00", "count": {"here": 5}},
    ]
    assert [row["count"]["here"] for row in data["days"]] == [20, 5]  # type: ignore[attr-defined]


def files(shop: Path) -> list[str]:
    """All files but those of Git and the statements that an evaluation keeps, which say nothing about people."""
    return sorted(path.name for path in shop.rglob("*") if not {".git", "statements"} & {*path.parts})


def test_nothing_is_left_behind(shop: Path, kadenz: Kadenz) -> None:
    before = files(shop)
    ledger = (shop / ".kadenz" / "ledger.db").read_bytes()
    replayed(kadenz, shop, "--every", "1d")
    assert files(shop) == before
    assert (shop / ".kadenz" / "ledger.db").read_bytes() == ledger


def test_what_lies_before_the_period_fires_nothing_in_it(shop: Path, kadenz: Kadenz) -> None:
    """kadenz.yaml lets the trigger begin on the 1st; the visits are of the evening before the period."""
    period = ("--from", "2026-11-11T12:00", "--to", "2026-11-12T18:00", "--every", "6h")
    data = json.loads(kadenz("replay", *period, "--project", shop, "--format", "json").out)
    assert data["total"] == {"here": 0}


def test_runs_from_before_the_period_count_for_again(shop: Path, kadenz: Kadenz) -> None:
    play = shop / "playbooks" / "thanks.play"
    play.write_text(PLAY.replace("  on visit\n", "  on visit\n  again never\n"))
    period = ("--from", "2026-11-11T09:30", "--to", "2026-11-12T18:00", "--every", "6h", "--project", shop)
    assert json.loads(kadenz("replay", *period, "--format", "json").out)["total"] == {"here": 5}
    run = HandedOver("thanks", "p0", 0, "k0", {})
    with SqliteLedger.open(shop / ".kadenz" / "ledger.db", clock=lambda: 0) as ledger, ledger.write() as writing:
        writing.record_ghosts([run], 0)
    assert json.loads(kadenz("replay", *period, "--format", "json").out)["total"] == {"here": 4}


def test_two_versions_side_by_side(shop: Path, kadenz: Kadenz, tmp_path: Path) -> None:
    play = shop / "playbooks" / "thanks.play"
    play.write_text(PLAY.replace("at most 1 email", "at most 2 email"))
    page = tmp_path / "replay.html"
    data = replayed(kadenz, shop, "--every", "6h", "--base", "HEAD", "--out", page)
    commit = git(shop, "rev-parse", "HEAD")[:12]
    assert data["versions"] == [commit, "here"]
    assert data["total"] == {commit: 25, "here": 25}
    assert data["days"] == [
        {"day": "2026-11-11", "count": {commit: 20, "here": 25}},
        {"day": "2026-11-12", "count": {commit: 5, "here": 0}},
    ]
    text = page.read_text()
    assert text.count('<rect class="v0"') == text.count('<rect class="v1"') == 2
    assert "http:" not in text
    assert "<script" not in text


def test_a_rhythm_that_cannot_be(shop: Path, kadenz: Kadenz) -> None:
    period = ("--from", "2026-11-10T00:00", "--to", "2026-11-12T18:00", "--project", shop)
    said = kadenz("replay", *period)
    assert (said.code, "give a rhythm with --every or --by-event" in said.err) == (3, True)
    assert kadenz("replay", *period, "--every", "1s").code == 3
    assert kadenz("replay", *period, "--every", "soon").code == 3
    assert kadenz("replay", *period, "--every", "1h", "--by-event").code == 3
    assert kadenz("replay", "--from", "2026-11-12", "--to", "2026-11-10", "--every", "1h", "--project", shop).code == 3
