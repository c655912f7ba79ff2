"""`kadenz explain`: why not, funnels, the past, and pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.cli.main import run
from adapters.cli.workspace import instant_of
from adapters.project import load
from adapters.stores.facts import SqliteFacts
from tests.cli.conftest import Kadenz

EARLY, LATE = "2026-11-20T09:00", "2026-11-20T13:30"
ZONE = "Europe/Zurich"


def asked(kadenz: Kadenz, *arguments: str | Path) -> dict[str, Any]:
    said = kadenz("explain", *arguments, "--format", "json")
    assert said.code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def ticked(start: Path, kadenz: Kadenz) -> None:
    for moment in (EARLY, LATE):
        assert kadenz("run", "--project", start, "--at", moment).code == 0


def test_why_not_names_the_gate_then_and_now(start: Path, kadenz: Kadenz) -> None:
    ticked(start, kadenz)
    found = asked(kadenz, "1004", "--why-not", "cart_reminder", "--project", start, "--at", LATE)
    assert (found["fired"], found["runs"][-1]["gate"], found["now"]["gate"]) == (None, "consent", "consent")
    assert found["now"]["detail"] == "no consent to email for newsletter (withdrawn)"
    text = kadenz("explain", "1004", "--why-not", "cart_reminder", "--project", start, "--at", LATE).out
    assert "refused by consent (no consent to email for newsletter (withdrawn))" in text


def test_why_not_tells_the_clause_that_refused_and_what_it_saw(start: Path, kadenz: Kadenz) -> None:
    ticked(start, kadenz)
    play = start / "playbooks" / "cart.play"
    play.write_text(play.read_text().replace("where in shipped_to", "where country = LI", 1))
    found = asked(kadenz, "1001", "--why-not", "cart_reminder", "--project", start, "--at", LATE)
    assert found["runs"][-1]["outcome"] == "queued"
    now = found["now"]
    assert (now["outcome"], now["gate"]) == ("refused", "where")
    assert [(c["clause"], c["holds"], c["seen"], c["line"]) for c in now["clauses"]] == [
        ("country = LI", False, ["country is CH"], 9)
    ]


def test_why_not_before_any_run_says_what_the_cause_looks_like(start: Path, kadenz: Kadenz) -> None:
    found = asked(kadenz, "1010", "--why-not", "cart_reminder", "--project", start, "--at", EARLY)
    assert found["runs"] == []
    assert "before the playbooks began" in found["fired"] or "no `cart_added`" in found["fired"]


def test_a_full_cap_is_told_with_the_instant_at_which_room_returns(start: Path, kadenz: Kadenz) -> None:
    play = start / "playbooks" / "cart.play"
    text = play.read_text().replace("at most 2 messages per 7 days", "at most 1 message per 7 days")
    play.write_text(text.replace("again after 14 days", "again every time"))
    ticked(start, kadenz)
    found = asked(kadenz, "1001", "--why-not", "cart_reminder", "--project", start, "--at", LATE)
    assert (found["now"]["gate"], found["now"]["detail"]) == ("capped", "cap `weekly` (1 of 1)")
    room = {"cap": "weekly", "used": 1, "limit": 1, "room_at": "2026-11-27 13:30+01:00"}
    assert found["caps"] == [room]
    assert asked(kadenz, "1001", "--project", start, "--at", LATE)["caps"] == [room]


def test_a_cap_that_people_share_counts_what_the_others_got(start: Path, kadenz: Kadenz) -> None:
    """1001 and 1010 got a message; both live in Switzerland, as 1002 does, who bought and got none."""
    play = start / "playbooks" / "cart.play"
    more = "cap nation at most 5 messages per 7 days per country\ncap all at most 9 messages per 7 days in total\n"
    play.write_text(more + "\n" + play.read_text())
    ticked(start, kadenz)
    found = asked(kadenz, "1002", "--project", start, "--at", LATE)
    assert {one["cap"]: (one["used"], one["limit"]) for one in found["caps"]} == {
        "nation": (2, 5), "all": (2, 9), "weekly": (0, 2),
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [("1001", "--why-not", "cart_remindr"), ("--segment", "shiped_to"), (), ("--why-not", "cart_reminder")],
)
def test_what_is_not_there_is_bad_input(start: Path, kadenz: Kadenz, arguments: tuple[str, ...]) -> None:
    assert kadenz("explain", *arguments, "--project", start).code == 3


NEAR = "segment near where country in (CH, DE) and did cart_added and not (country = DE and did purchase)\n"


@pytest.mark.parametrize("engine", ["sqlite", "interpreter", "duckdb"])
def test_a_funnel_counts_what_each_clause_lets_through(start: Path, kadenz: Kadenz, engine: str) -> None:
    (start / "playbooks" / "near.play").write_text(NEAR)

    def members(where: str) -> int:
        (start / "playbooks" / "counted.play").write_text(f"segment counted where {where}\n")
        said = json.loads(kadenz("show", "counted", "--project", start, "--format", "json").out)
        (start / "playbooks" / "counted.play").unlink()
        return int(said["summary"]["members"])

    one, two, three = "country in (CH, DE)", "did cart_added", "not (country = DE and did purchase)"
    found = asked(kadenz, "near", "--project", start, "--engine", engine)
    assert (found["contacts"], found["members"]) == (10, members(f"{one} and {two} and {three}"))
    assert [(c["alone"], c["left"]) for c in found["clauses"]] == [
        (members(one), members(one)),
        (members(two), members(f"{one} and {two}")),
        (members(three), found["members"]),
    ]
    without = [members(f"{two} and {three}"), members(f"{one} and {three}"), members(f"{one} and {two}")]
    kept_out = [n - found["members"] for n in without]
    assert [c["kept_out_alone"] for c in found["clauses"]] == kept_out
    assert max(kept_out) > 0
    assert found["narrowest"] == [one, two, three][kept_out.index(max(kept_out))]


def test_a_past_instant_reads_fields_as_they_were(start: Path, kadenz: Kadenz) -> None:
    project = load(start)
    arrived = instant_of("2026-11-20T08:00", ZONE)
    with SqliteFacts.open(project.facts_path, project.schema, now=arrived) as facts:
        facts.put_contacts([("zoe", {"country": "CH"})], at=arrived)
        facts.put_contacts([("zoe", {"country": "FR"})], at=instant_of("2026-11-20T12:00", ZONE))
    then = asked(kadenz, "zoe", "--project", start, "--at", "2026-11-20T11:59")
    now = asked(kadenz, "zoe", "--project", start, "--at", LATE)
    before = asked(kadenz, "zoe", "--project", start, "--at", "2026-11-20T07:00")
    assert [one["segments"]["shipped_to"]["holds"] for one in (then, now, before)] == [True, False, False]
    assert (then["as_now"], then["arrived"]) == ([], None)
    assert before["as_now"] == [{"block": "segment shipped_to", "clause": "country in (CH, LI, DE, AT, US)"}]
    assert before["arrived"] == "2026-11-20 08:00+01:00"
    funnel = asked(kadenz, "shipped_to", "--project", start, "--at", "2026-11-20T11:00")
    assert [one["clause"] for one in funnel["as_now"]] == ["country in (CH, LI, DE, AT, US)"]


@pytest.mark.parametrize("who", [("1001",), ("--segment", "shipped_to"), ("1001", "--why-not", "cart_reminder")])
def test_a_page_holds_everything_and_escapes_it(start: Path, tmp_path: Path, who: tuple[str, ...]) -> None:
    out = tmp_path / "page.html"
    (start / "playbooks" / "odd.play").write_text('segment odd where first_name = "<b>x"\n')
    assert run(["explain", *who, "--project", str(start), "--format", "html", "--out", str(out)]) == 0
    page = out.read_text()
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<b>x" not in page
    assert who[-1] in page
