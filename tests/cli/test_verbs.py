from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from adapters.cli.main import VERBS
from tests.cli.conftest import Kadenz

EARLY, LATE = "2026-11-20T09:00", "2026-11-20T13:30"


def test_a_newcomer_gets_from_init_to_messages(start: Path, kadenz: Kadenz) -> None:
    assert kadenz("check", "--project", start).code == 0
    assert kadenz("test", "--project", start).code == 0
    assert kadenz("run", "--project", start, "--at", EARLY).code == 0
    said = kadenz("run", "--project", start, "--at", LATE)
    assert said.code == 0
    assert "quiet `nights`" in said.out
    written = sorted(p.name.split("-")[:2] for p in (start / "out" / "rehearsal").rglob("*.txt"))
    assert written == [["cart_letter", "1010"], ["cart_reminder", "1001"]]


def test_the_same_instant_again_sends_nothing(start: Path, kadenz: Kadenz) -> None:
    for _ in range(2):
        kadenz("run", "--project", start, "--at", EARLY)
    first = json.loads(kadenz("run", "--project", start, "--at", LATE, "--format", "json").out)
    again = json.loads(kadenz("run", "--project", start, "--at", LATE, "--format", "json").out)
    assert sum(row["count"] for row in first["handed_over"]) == 2
    assert again["handed_over"] == []
    assert again["decisions"] == []


def test_a_dry_run_writes_nothing(start: Path, kadenz: Kadenz) -> None:
    kadenz("run", "--project", start, "--at", EARLY)
    dry = json.loads(kadenz("run", "--project", start, "--at", LATE, "--dry-run", "--format", "json").out)
    assert [d["count"] for d in dry["decisions"] if d["outcome"] == "queued"] == [2]
    assert not (start / "out").exists()
    real = json.loads(kadenz("run", "--project", start, "--at", LATE, "--format", "json").out)
    assert real["decisions"] == dry["decisions"]


def test_all_engines_decide_the_same(start: Path, kadenz: Kadenz) -> None:
    answers = []
    for engine in ("sqlite", "interpreter", "duckdb"):
        for moment in (EARLY, LATE):
            fresh = ["--fresh"] if moment == EARLY else []
            said = kadenz("run", "--project", start, "--at", moment, "--engine", engine, "--format", "json", *fresh)
            answers.append(json.loads(said.out))
            assert answers[-1].pop("engine") == {"name": engine, "why": "as `--engine` says"}
    assert answers[:2] == answers[2:4] == answers[4:]


def test_time_does_not_run_back(start: Path, kadenz: Kadenz) -> None:
    kadenz("run", "--project", start, "--at", LATE)
    said = kadenz("run", "--project", start, "--at", EARLY)
    assert (said.code, "does not run back" in said.err, "--fresh" in said.err) == (3, True, True)


def test_a_run_at_another_time_leaves_the_live_ledger_alone(start: Path, kadenz: Kadenz) -> None:
    from adapters.stores.ledger import SqliteLedger

    kadenz("run", "--project", start, "--at", LATE)
    with SqliteLedger.open(start / ".kadenz" / "ledger.db", clock=lambda: 0) as live:
        assert live.last_tick() is None


def test_fresh_never_touches_the_live_ledger(start: Path, kadenz: Kadenz) -> None:
    assert kadenz("run", "--project", start, "--fresh").code == 3


def test_explain_names_each_clause_and_the_first_no(start: Path, kadenz: Kadenz) -> None:
    kadenz("run", "--project", start, "--at", EARLY)
    kadenz("run", "--project", start, "--at", LATE)
    said = kadenz("explain", "1004", "--project", start, "--at", LATE)
    assert "[country is CH]" in said.out
    assert "refused by consent (no consent to email for newsletter (withdrawn))" in said.out
    data = json.loads(kadenz("explain", "1009", "--project", start, "--at", LATE, "--format", "json").out)
    assert data["decisions"][-1]["outcome"] == "held"
    assert data["decisions"][-1]["until"].startswith("2026-11-20 14:00")


def test_show_lists_members_as_text_json_and_csv(start: Path, kadenz: Kadenz) -> None:
    assert "9" in kadenz("show", "shipped_to", "--project", start).out
    data = json.loads(kadenz("show", "shipped_to", "--project", start, "--list", "--format", "json").out)
    assert data["summary"]["members"] == 9
    assert len(data["rows"]) == 9
    rows = list(
        csv.reader(io.StringIO(kadenz("show", "shipped_to", "--project", start, "--list", "--format", "csv").out))
    )
    assert rows[0] == ["contact"]
    assert len(rows) == 10


@pytest.mark.parametrize("name", ["shipped_to", "cart_reminder", "weekly", "nights"])
def test_every_block_can_be_shown(start: Path, kadenz: Kadenz, name: str) -> None:
    said = kadenz("show", name, "--project", start, "--at", LATE, "--list")
    assert said.code == 0, said.err
    assert name in said.out


def test_show_in_the_past_reads_the_ledgers_intervals(start: Path, kadenz: Kadenz) -> None:
    kadenz("run", "--project", start, "--at", EARLY)
    play = start / "playbooks" / "cart.play"
    play.write_text(play.read_text().replace("(CH, LI, DE, AT, US)", "(CH)", 1))
    kadenz("run", "--project", start, "--at", LATE)
    then = json.loads(
        kadenz("show", "shipped_to", "--project", start, "--at", "2026-11-20T10:00", "--format", "json").out
    )
    now = json.loads(kadenz("show", "shipped_to", "--project", start, "--at", LATE, "--format", "json").out)
    assert (then["summary"]["members"], now["summary"]["members"]) == (9, 5)


VALUE = """class value
  by sum of purchase.amount
  where country in (CH, LI, DE)
  tier A first 60 % of total
  tier B next 30 % of total
  tier C rest

define top_customer = class of value = A

segment top_customers
  where top_customer
"""


def test_classes_are_shown_and_explained_as_of_midnight(start: Path, kadenz: Kadenz) -> None:
    """1003 bought for 61, 1007 for 18.90; 1002 for 24.50 on the 20th itself."""
    (start / "playbooks" / "value.play").write_text(VALUE)

    def shown(name: str, at: str, engine: str = "sql") -> dict[str, Any]:
        said = kadenz("show", name, "--project", start, "--at", at, "--list", "--format", "json", "--engine", engine)
        found: dict[str, Any] = json.loads(said.out)
        del found["engine"]
        return found

    first = shown("value", LATE)
    assert first["summary"] == {
        "tier_A": 1, "tier_B": 1, "tier_C": 5, "without_class": 3, "total": "79.90 CHF",
    }  # fmt: skip
    assert first["rows"][:3] == [
        {"contact": "1003", "tier": "A", "value": "61.00 CHF", "place": "1"},
        {"contact": "1007", "tier": "B", "value": "18.90 CHF", "place": "2"},
        {"contact": "1001", "tier": "C", "value": "0.00 CHF", "place": "3"},
    ]
    for at in (LATE, "2026-11-21T00:00"):
        assert shown("value", at, "interpreter") == shown("value", at)
    assert [row["tier"] for row in shown("value", "2026-11-21T00:00")["rows"]][:4] == ["A", "A", "B", "C"]
    assert [row["contact"] for row in shown("top_customer", LATE)["rows"]] == ["1003"]
    assert (
        "reckoned as of midnight, 2026-11-20 00:00+01:00"
        in kadenz("show", "value", "--project", start, "--at", LATE).out
    )
    said = kadenz("explain", "1007", "--project", start, "--at", LATE).out
    assert "value: B (place 2 of 7, 18.90 CHF; 61.00 CHF ahead of 79.90 CHF in all; B ends at 90 %)" in said
    away = json.loads(kadenz("explain", "1009", "--project", start, "--at", LATE, "--format", "json").out)["classes"]
    assert (away[0]["tier"], away[0]["why"], away[0]["where"]["holds"]) == (None, "outside of `where`", False)
    sql = kadenz("compile", "--stage", "sql", "--project", start).out
    assert sql.index("classes, as of the last midnight") < sql.index("temporary table _classes")
    assert (
        json.loads(kadenz("compile", "--stage", "plan", "--project", start).out)["definitions"]["class value"]["share"]
        == "total"
    )


def test_show_suggests_a_name(start: Path, kadenz: Kadenz) -> None:
    said = kadenz("show", "shiped_to", "--project", start)
    assert (said.code, "did you mean `shipped_to`" in said.err) == (3, True)


@pytest.mark.parametrize("stage", ["tree", "model", "plan", "sql"])
def test_each_stage_can_be_printed(start: Path, kadenz: Kadenz, stage: str) -> None:
    said = kadenz("compile", "--stage", stage, "--project", start)
    assert said.code == 0, said.err
    if stage == "sql":
        assert "SELECT" in said.out
    else:
        assert json.loads(said.out)


SIX_MISTAKES = """segment vip "The best"
  where contry = CH
    and turnover > "a lot"

trigger hello
  on cart_aded
  send email cart_reminder
  purpose newsletter

trigger later
  on cart_added
  wait 4
  send email cart_reminder
  purpose newsletter

trigger by_fax
  on cart_added
  send fax cart_reminder
  purpose newsletter

cap daily at most 2 messages per day
"""


def test_six_mistakes_are_six_diagnostics(start: Path, kadenz: Kadenz) -> None:
    (start / "playbooks" / "wrong.play").write_text(SIX_MISTAKES.replace("turnover", "first_name"))
    said = kadenz("check", "--project", start)
    assert said.code == 1
    heads = [line for line in said.out.splitlines() if line.startswith("error[K")]
    assert len(heads) == 6, said.out
    assert "did you mean `country`" in said.out
    assert "did you mean `cart_added`" in said.out
    data = json.loads(kadenz("check", "--project", start, "--format", "json").out)
    lines = sorted({d["primary"]["line"] for d in data})
    assert lines == [2, 3, 6, 12, 18, 21], said.out


def test_a_project_that_does_not_check_is_bad_input_elsewhere(start: Path, kadenz: Kadenz) -> None:
    (start / "playbooks" / "wrong.play").write_text("segment vip\n  where contry = CH\n")
    for verb in ("run", "test", "compile"):
        said = kadenz(verb, "--project", start)
        assert (said.code, "error[K" in said.err) == (3, True)


def test_a_failing_test_block_exits_1_and_shows_what_was_seen(start: Path, kadenz: Kadenz) -> None:
    play = start / "playbooks" / "cart.play"
    play.write_text(play.read_text().replace("expect emil gets nothing", "expect emil in shipped_to"))
    said = kadenz("test", "--project", start)
    assert said.code == 1
    assert "emil is not in `shipped_to`" in said.out


def test_no_project_here(tmp_path: Path, kadenz: Kadenz) -> None:
    said = kadenz("check", "--project", tmp_path)
    assert (said.code, "kadenz init" in said.err) == (3, True)


def test_init_overwrites_nothing(start: Path, kadenz: Kadenz) -> None:
    said = kadenz("init", start)
    assert (said.code, "nothing was written" in said.err) == (3, True)


@pytest.mark.parametrize("arguments", [["nonsense"], ["run", "--nonsense"], ["run", "--at", "yesterday"], []])
def test_wrong_arguments_are_bad_input(start: Path, kadenz: Kadenz, arguments: list[str]) -> None:
    more = ["--project", str(start)] if arguments[:1] == ["run"] else []
    assert kadenz(*arguments, *more).code == 3


def test_every_verb_has_help(kadenz: Kadenz) -> None:
    listed = kadenz("--help")
    assert listed.code == 0
    for verb in VERBS:
        assert verb in listed.out
        assert kadenz(verb, "--help").code == 0


def test_the_page_of_a_code(kadenz: Kadenz) -> None:
    from adapters.project_check import pages

    for code in pages():
        said = kadenz("check", "--explain", code)
        assert said.code == 0
        assert said.out.startswith(code)
    assert kadenz("check", "--explain", "K9999").code == 3


def test_an_unexpected_error_is_our_fault(kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("adapters.project_check.load", broken)
    said = kadenz("check", "--project", tmp_path)
    assert (said.code, "mistake in Kadenz" in said.err) == (4, True)


def test_more_than_the_limit_queues_nothing_until_it_is_confirmed(start: Path, kadenz: Kadenz) -> None:
    settings = start / "kadenz.yaml"
    settings.write_text(settings.read_text().replace("per_tick: 1000", "per_tick: 1"))
    kadenz("run", "--project", start, "--at", EARLY)
    looked = kadenz("run", "--project", start, "--at", LATE, "--dry-run")
    assert "a run would queue none of these 2 without --confirm 2" in looked.out
    said = kadenz("run", "--project", start, "--at", LATE)
    assert (said.code, "--confirm 2" in said.err) == (1, True)
    assert not (start / "out").exists()
    data = json.loads(kadenz("run", "--project", start, "--at", LATE, "--confirm", "2", "--format", "json").out)
    assert sum(row["count"] for row in data["handed_over"]) == 2


def test_explain_says_why_a_trigger_has_not_fired(start: Path, kadenz: Kadenz) -> None:
    kadenz("run", "--project", start, "--at", EARLY)
    data = json.loads(kadenz("explain", "1003", "--project", start, "--at", EARLY, "--format", "json").out)
    assert data["not_fired"] == {"cart_reminder": "no `cart_added` so far"}
    play = start / "playbooks" / "cart.play"
    play.write_text(play.read_text() + '\ntrigger hi\n  on entering shipped_to\n  notify sales "hi"\n')
    settings = start / "kadenz.yaml"
    settings.write_text(settings.read_text() + "\nteams:\n  sales: {kind: folder, folder: out/sales}\n")
    kadenz("run", "--project", start, "--at", LATE)
    said = kadenz("explain", "1001", "--project", start, "--at", LATE)
    assert "hi: was in `shipped_to` when the playbooks began: that is no change" in said.out


def test_explain_looks_at_its_instant_and_not_beyond(start: Path, kadenz: Kadenz) -> None:
    kadenz("run", "--project", start, "--at", EARLY)
    kadenz("run", "--project", start, "--at", LATE)
    then = json.loads(kadenz("explain", "1001", "--project", start, "--at", EARLY, "--format", "json").out)
    assert [d["outcome"] for d in then["decisions"]] == ["waiting"]
    assert then["messages"] == []


def test_explain_finds_an_address_and_tells_consent_and_suppression(start: Path, kadenz: Kadenz) -> None:
    path = start / "stop.csv"
    path.write_text("address,reason,at\nanna.keller@example.ch,asked us to stop,2026-11-01T00:00Z\n")
    assert kadenz("import", path, "--as", "suppressions", "--project", start).code == 0
    said = kadenz("explain", "anna.keller@example.ch", "--project", start, "--at", LATE)
    assert said.code == 0, said.err
    assert "email for newsletter: granted" in said.out
    assert "suppressed on every channel since 2026-11-01 01:00+01:00: asked us to stop" in said.out
    assert "email for newsletter: withdrawn" in kadenz("explain", "1004", "--project", start, "--at", LATE).out
    loud = kadenz("explain", " Anna.Keller@EXAMPLE.ch", "--project", start, "--at", LATE)
    assert loud.out == said.out
    assert kadenz("explain", "nobody@example.ch", "--project", start).code == 3


def test_a_test_that_no_name_fits_is_bad_input(start: Path, kadenz: Kadenz) -> None:
    assert kadenz("test", "--project", start, "-k", "no such test").code == 3


def test_init_keeps_personal_data_out_of_git(start: Path) -> None:
    assert ".kadenz/" in (start / ".gitignore").read_text()
    assert "out/" in (start / ".gitignore").read_text()


def test_a_run_that_is_over_before_it_is_judged_is_found(start: Path, kadenz: Kadenz) -> None:
    play = start / "playbooks" / "cart.play"
    play.write_text(
        play.read_text().replace("  again after 14 days\n", "  again after 14 days\n  expires after 3 minutes\n")
    )
    said = kadenz("check", "--project", start)
    assert (said.code, "error[K0931]" in said.out) == (1, True)


def test_a_file_where_the_store_belongs_is_told(tmp_path: Path, kadenz: Kadenz) -> None:
    shop = tmp_path / "shop"
    assert kadenz("init", shop).code == 0
    (shop / ".kadenz").write_text("a note\n")
    for verb in (["run"], ["show", "shipped_to"], ["import", shop / "data/contacts.csv", "--as", "contacts"]):
        said = kadenz(*verb, "--project", shop)
        assert (said.code, said.err.splitlines()[-1]) == (
            3,
            f"kadenz: the store's folder cannot be made: {shop / '.kadenz'} is a file",
        )


def test_a_run_tells_whom_it_looked_at_and_why(start: Path, kadenz: Kadenz) -> None:
    said = kadenz("run", "--project", start, "--at", EARLY, "--verbose")
    assert "Full pass: 10 contacts are few\n  visited 10 of 10 contacts\nSeconds\n  evaluate" in said.out
    whole = json.loads(kadenz("run", "--project", start, "--at", LATE, "--full", "-v", "--format", "json").out)["how"]
    assert (whole["pass"], whole["why"], whole["visited"]) == ("full", "asked for", 10)
