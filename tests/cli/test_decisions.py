"""Who got what and who did not: `kadenz decisions`, `kadenz settle`, and `kadenz show TRIGGER` after its tick."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Kadenz
from tests.cli.test_cut_off import KILLED, PEOPLE, Sink, live_project, mail
from tests.cli.test_pause import FOLDER

__all__ = ["mail"]

EARLY, LATE = "2026-11-20T09:00", "2026-11-20T13:30"


def test_what_became_of_every_run_is_counted_by_reason(start: Path, kadenz: Kadenz) -> None:
    for moment in (EARLY, LATE):
        kadenz("run", "--project", start, "--at", moment)
    asked = ("decisions", "cart_reminder", "--project", start)
    waiting = json.loads(kadenz(*asked, "--at", EARLY, "--format", "json").out)["counts"]
    assert {row["state"] for row in waiting} == {"waiting", "refused"}, "nothing has left by then"
    counts = json.loads(kadenz(*asked, "--at", LATE, "--format", "json").out)["counts"]
    assert sum(row["count"] for row in counts) == sum(row["count"] for row in waiting)
    told = {(row["state"], row["why"]): row["count"] for row in counts}
    assert told["sent", ""] == 2
    assert told["refused", "consent: no consent to email for newsletter (withdrawn)"] == 1
    assert "Rehearsals have" in kadenz(*asked).out, "the live ledger has nothing"


def test_the_contacts_behind_a_count_page_by_page(start: Path, kadenz: Kadenz) -> None:
    for moment in (EARLY, LATE):
        kadenz("run", "--project", start, "--at", moment)
    asked = ("decisions", "--project", start, "--at", LATE, "--format", "json", "--list")
    whole = json.loads(kadenz(*asked).out)
    assert whole["before"] is None
    paged: list[Any] = []
    page = json.loads(kadenz(*asked, "--limit", "2").out)
    while page["runs"]:
        paged += page["runs"]
        if page["before"] is None:
            break
        page = json.loads(kadenz(*asked, "--limit", "2", "--before", str(page["before"])).out)
    assert paged == whole["runs"]
    assert len({run["key"] for run in paged}) == len(paged), "each run once, by its last word"
    refused = json.loads(kadenz(*asked, "--state", "refused", "--state", "held").out)["runs"]
    assert [r for r in paged if r["state"] in ("refused", "held")] == refused != []
    dario = json.loads(kadenz(*asked[:-1], "--contact", "1004").out)["runs"]
    assert [(run["contact"], run["state"], run["gate"]) for run in dario] == [("1004", "refused", "consent")]
    late = json.loads(kadenz(*asked, "--since", "2026-11-20T13:00").out)["runs"]
    assert late == [run for run in whole["runs"] if run["at"] > "2026-11-20 13:00"] != whole["runs"]
    assert json.loads(kadenz(*asked, "--since", "2026-11-20T13:31").out)["runs"] == []


def test_what_nobody_can_answer(start: Path, kadenz: Kadenz) -> None:
    said = kadenz("decisions", "cart_remainder", "--project", start)
    assert (said.code, "did you mean `cart_reminder`?" in said.err) == (3, True)
    said = kadenz("decisions", "--state", "lost", "--project", start)
    assert (said.code, "`lost` is no state" in said.err) == (3, True)
    assert kadenz("decisions", "--project", start).out == "nothing was decided\n(No run yet.)\n"


def test_show_tells_what_the_tick_of_its_instant_decided(start: Path, kadenz: Kadenz) -> None:
    kadenz("run", "--project", start, "--at", EARLY)
    asked = ("show", "cart_reminder", "--project", start, "--at", LATE, "--format", "json", "--list")
    before = json.loads(kadenz(*asked).out)
    kadenz("run", "--project", start, "--at", LATE)
    after = json.loads(kadenz(*asked).out)
    assert after["summary"] == before["summary"]
    assert sorted(map(str, after["rows"])) == sorted(map(str, before["rows"]))
    past = kadenz("show", "cart_reminder", "--project", start, "--at", EARLY)
    assert (past.code, "kadenz decisions cart_reminder" in past.err) == (3, True)


@pytest.mark.parametrize(("flag", "state"), [("--left", "sent"), ("--not-left", "failed")])
def test_an_uncertain_message_is_settled(
    tmp_path: Path, kadenz: Kadenz, kadenz_process: Kadenz, mail: tuple[Sink, int], flag: str, state: str
) -> None:
    channel = (
        f"{{kind: smtp, host: 127.0.0.1, port: {mail[1]}, security: none, from: s@example.ch, address: email, "
        "connections: 1}"
    )
    project = live_project(tmp_path, kadenz, channel)
    assert kadenz("settle", "--project", project).out == "no message is uncertain\n"
    assert kadenz_process("run", "--project", project, KADENZ_CRASH_AT="marked:2").code == KILLED
    assert kadenz("run", "--project", project).code == 0
    (lost,) = json.loads(kadenz("settle", "--project", project, "--format", "json").out)
    begin = lost["key"][:8]
    assert kadenz("settle", begin, flag, "--project", project).code == 3, "and how do you know?"
    assert kadenz("settle", begin, "--why", "log", "--project", project).code == 3
    assert kadenz("settle", "x", flag, "--why", "log", "--project", project).code == 3
    said = kadenz("settle", begin, flag, "--why", "the log of the server", "--project", project)
    assert (said.code, "no message is uncertain" in said.out) == (0, True)
    asked = kadenz("decisions", "--contact", lost["contact"], "--project", project, "--format", "json")
    (run,) = json.loads(asked.out)["runs"]
    assert (run["state"], run["why"]) == (state, "settled by hand: the log of the server")
    done = json.loads(kadenz("run", "--project", project, "--format", "json").out)
    assert (done["handed_over"], done["uncertain"]) == ([], [])
    assert len(mail[0].accepted) == PEOPLE - 1, "neither is sent again"
    assert kadenz("doctor", "--project", project).code == 0


def test_it_works_where_the_project_does_not_check(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    kadenz("run", "--project", project)
    play = project / "playbooks" / "cart.play"
    play.write_text(play.read_text() + "trigger broken\n")
    (row,) = json.loads(kadenz("decisions", "thanks", "--project", project, "--format", "json").out)["counts"]
    assert (row["state"], row["count"]) == ("sent", PEOPLE)
