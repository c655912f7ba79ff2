"""The ten automations of a small firm: its README is followed as written, and what leaves is compared with what should.

`TRUTH` and `REFUSED` are written by hand, from the files in `data/`; the scores are reckoned here once more, in plain
floating point.
"""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import chdir
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.cli.common import open_workspace
from adapters.cli.main import run
from engine.instants import to_datetime
from engine.records import OutboxRow
from engine.zones import zone
from tests.playbooks.running import letters, quick_folder, ticked

ZURICH = zone("Europe/Zurich")

TRUTH = {
    ("11-09 08:00", "1002", "request_reply", "email", "request_reply"),
    ("11-09 08:00", "1002", "request_notice", "notify", "sales"),
    ("11-09 12:00", "1006", "call_notes", "notify", "sales"),
    ("11-09 12:00", "1011", "welcome", "email", "welcome"),
    ("11-09 12:00", "1016", "link_to_service", "notify", "service"),
    ("11-09 22:00", "1003", "ebook", "email", "ebook"),
    ("11-10 10:05", "1001", "decision_ready", "notify", "sales"),
    ("11-10 10:05", "1004", "monthly_tip", "email", "monthly_tip"),
    ("11-10 19:30", "1007", "missed_call_notice", "notify", "service"),
    ("11-11 09:00", "1007", "missed_call_answer", "sms", "missed_call"),
    ("11-11 09:00", "1007", "missed_call_again", "notify", "service"),
    ("11-11 09:00", "1017", "link_to_accounts", "notify", "accounts"),
    ("11-12 18:30", "1009", "card_greeting", "email", "card_greeting"),
    ("11-12 18:30", "1010", "card_greeting", "notify", "sales"),
    ("11-12 18:30", "1015", "deal_won", "email", "deal_won"),
    ("11-16 16:00", "1014", "offer_waits", "notify", "sales"),
    ("11-16 16:00", "1018", "welcome", "email", "welcome"),
    ("11-16 16:00", "1020", "nearly_ready", "notify", "sales"),
    ("11-25 09:00", "1011", "satisfaction", "email", "satisfaction"),
}
"""When given out, to whom, by which trigger, channel, template or team: everything, and nothing else."""

REFUSED = (
    ("1008", "`unless` holds"),
    ("1011", "`where` does not hold"),
    ("1012", "suppress `colleagues`"),
    ("1013", "suppress `objectors`"),
    ("1015", "`unless` holds"),
    ("1018", "quiet `evenings`"),
    ("1019", "suppress `angry`"),
)
"""Whom `explain` gives which reason."""


def commands(readme: str) -> list[list[str]]:
    """The commands of the README's longest block, its loops written out."""
    block = max(re.findall(r"^```\n(.*?)^```", readme, re.MULTILINE | re.DOTALL), key=len)
    found = []
    for line in block.splitlines():
        if loop := re.fullmatch(r"for (\w+) in ([\w ]+); do (.+); done", line):
            found += [shlex.split(loop[3].replace(f"${loop[1]}", item)) for item in loop[2].split()]
        elif line:
            found.append(shlex.split(line, comments=True))
    assert {words[0] for words in found} == {"kadenz"}
    return [words[1:] for words in found]


@pytest.fixture(scope="module")
def project() -> Iterator[Path]:
    """The project after the commands of its README."""
    with quick_folder() as folder:
        target = folder / "b2b"
        assert run(["init", str(target), "--from", "b2b"]) == 0
        with chdir(target):
            for words in commands(Path("README.md").read_text(encoding="utf-8")):
                assert run(words) == 0, words
        yield target


def rows(project: Path) -> list[OutboxRow]:
    workspace = open_workspace(project)
    with workspace.ledger(workspace.project.rehearsal_ledger_path) as ledger:
        return list(ledger.outbox())


def described(row: OutboxRow) -> tuple[str, str, str, str, str]:
    message = row.message
    when = to_datetime(message.reserved_at, ZURICH).strftime("%m-%d %H:%M")
    return when, message.contact, message.trigger, message.channel, message.template or message.address or ""


def table(project: Path, name: str) -> list[dict[str, str]]:
    with (project / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_everything_leaves_that_should_and_nothing_else(project: Path) -> None:
    made = rows(project)
    assert {row.state for row in made} == {"sent"}
    assert {described(row) for row in made} == TRUTH
    assert len(made) == len(TRUTH) == len(letters(open_workspace(project)))


@pytest.mark.parametrize(("contact", "reason"), REFUSED)
def test_who_gets_nothing_is_told_why(
    project: Path, contact: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", contact, "--at", "2026-11-25T09:00", "--project", str(project)]) == 0
    assert reason in capsys.readouterr().out


def test_who_has_unsubscribed_is_not_thought_of(project: Path) -> None:
    with open_workspace(project).ledger(open_workspace(project).project.rehearsal_ledger_path) as ledger:
        assert "1005" not in set(ledger.members("nurtured"))
        assert {"1004", "1013", "1019"} <= set(ledger.members("nurtured"))


def test_both_executors_decide_the_same(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "b2b"
    shutil.copytree(project, other, ignore=shutil.ignore_patterns("out", "rehearsal.db*"))
    workspace = open_workspace(other)
    readme = (other / "README.md").read_text(encoding="utf-8")
    for words in commands(readme):
        if words[0] == "run":
            ticked(workspace, words[2], "interpreter")
    assert {described(row) for row in rows(other)} == TRUTH


def test_the_points_are_what_the_rules_say(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Petra at the tick that hands her over, and Karin on Monday's list: reckoned from the files."""
    contacts = {row["contact_id"]: row for row in table(project, "contacts")}

    def faded(name: str, contact: str, points: int, now: datetime, **having: str) -> list[float]:
        own = [
            datetime.fromisoformat(row["at"])
            for row in table(project, name)
            if row["contact"] == contact and all(row[key] == value for key, value in having.items())
        ]
        return [points * 0.5 ** ((now - at) // timedelta(days=1) / 30) for at in sorted(own, reverse=True) if at <= now]

    now = datetime(2026, 11, 10, 10, 5)  # noqa: DTZ001  # the files are in the project's own time
    petra = sum(faded("visit", "1001", 8, now, page="prices")[:3]) + sum(faded("webinar_attended", "1001", 10, now)[:2])
    petra += 10 if int(contacts["1001"]["employees"]) >= 50 else 0
    monday = datetime(2026, 11, 16, 16, 0)  # noqa: DTZ001
    karin = sum(faded("visit", "1020", 4, monday, page="references")[:3])
    karin += sum(faded("visit", "1020", 4, monday, page="prices")[:3])
    karin += sum(faded("webinar_attended", "1020", 6, monday)[:3])
    karin += 5 if int(contacts["1020"]["employees"]) >= 50 else 0
    assert petra >= 40
    assert 30 <= karin < 40
    for score, contact, at, points in (
        ("decision", "1001", "2026-11-10T10:05", petra),
        ("influence", "1020", "2026-11-16T16:00", karin),
    ):
        for engine in ("sql", "interpreter"):
            asked = ["show", score, "--at", at, "--engine", engine, "--format", "csv", "--list"]
            assert run([*asked, "--project", str(project)]) == 0
            said = {row["contact"]: row for row in csv.DictReader(capsys.readouterr().out.splitlines())}
            assert float(said[contact]["points"]) == pytest.approx(points, abs=0.006)


def test_nobody_is_disturbed(project: Path) -> None:
    """Messages that are held at night leave on working days between seven and seven."""
    for row in rows(project):
        if row.message.kind == "message" and row.message.category != "transactional":
            local = to_datetime(row.message.reserved_at, ZURICH)
            assert local.weekday() < 5
            assert 7 <= local.hour < 19


def test_advertising_only_with_a_consent(project: Path) -> None:
    records = table(project, "consents")
    for row in rows(project):
        if row.message.category == "promotional" and row.message.kind == "message":
            when = to_datetime(row.message.reserved_at, ZURICH).strftime("%Y-%m-%d %H:%M")
            own = [r for r in records if r["contact"] == row.message.contact and r["purpose"] == "newsletter"]
            assert [r["state"] for r in own if r["at"] <= when][-1:] == ["granted"]


def test_the_mail_reads_well_in_both_languages(project: Path) -> None:
    folder = open_workspace(project).project.rehearsal_folder
    book = next(folder.glob("email/ebook-1003-*")).read_text(encoding="utf-8")
    assert (
        "Hello Emma Clarke,\n\nhere is the e-book that you asked for:\n\n    https://brunner.example/ebook/Richtig%20"
        in book
    )
    thanks = next(folder.glob("email/deal_won-1015-*")).read_text(encoding="utf-8")
    assert "from: mia.keller@brunner.example" in thanks
    assert "Guten Tag Urs Kälin,\n\ndanke für Ihren Auftrag D-207. Mia Keller bleibt für Sie da" in thanks
