"""The smallest ready project: what its README says happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.cli.common import open_workspace
from adapters.cli.main import run
from tests.playbooks.running import checked_clean, copied, imported, letters, ticked

FILES = (
    ("contacts", "contacts"),
    ("consents", "consents"),
    ("cart_added", "event:cart_added"),
    ("purchases", "event:purchase"),
)


@pytest.fixture
def start(tmp_path: Path) -> Path:
    return copied("start", tmp_path / "start")


def filled(project: Path) -> Path:
    for name, target in FILES:
        imported(project, project / "data" / f"{name}.csv", target)
    return project


def test_it_checks_and_its_test_passes(start: Path) -> None:
    checked_clean(start)
    assert run(["check", "--project", str(start)]) == 0
    assert run(["test", "--project", str(start)]) == 0


def test_it_is_what_init_copies(tmp_path: Path, start: Path) -> None:
    assert run(["init", str(tmp_path / "mine")]) == 0
    made = (p for p in (tmp_path / "mine").rglob("*") if p.is_file() and p.name != ".gitignore")
    mine = {p.relative_to(tmp_path / "mine"): p.read_bytes() for p in made}
    assert mine == {p.relative_to(start): p.read_bytes() for p in start.rglob("*") if p.is_file()}


def test_the_two_minutes_of_its_readme(start: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = filled(start)
    for at in ("2026-11-20T09:00", "2026-11-20T13:30", "2026-11-20T13:30"):
        assert run(["run", "--at", at, "--project", str(project)]) == 0
    names = [name.rsplit("-", 1)[0] for name in letters(open_workspace(project))]
    assert names == ["email/cart_reminder-1001", "letter/cart_letter-1010"]
    capsys.readouterr()
    for contact, reason in (
        ("1002", "`unless` holds"),
        ("1004", "no consent to email for newsletter (withdrawn)"),
        ("1006", "no consent to email for newsletter (none on record)"),
        ("1008", "`where` does not hold"),
        ("1009", "quiet `nights`"),
    ):
        assert run(["explain", contact, "--at", "2026-11-20T13:30", "--project", str(project)]) == 0
        assert reason in capsys.readouterr().out


def test_the_letter_reads_well(start: Path) -> None:
    workspace = open_workspace(filled(start))
    for at in ("2026-11-20T09:00", "2026-11-20T13:30"):
        ticked(workspace, at)
    letter = next(workspace.project.rehearsal_folder.glob("letter/*.txt")).read_text(encoding="utf-8")
    assert "Jonas\nHauptgasse 7\n3011 Bern\n\nHello Jonas,\n\nHoney is waiting in your cart." in letter


def test_new_york_gets_it_when_the_night_is_over(start: Path) -> None:
    workspace = open_workspace(filled(start))
    for at in ("2026-11-20T09:00", "2026-11-20T13:30", "2026-11-20T14:05"):
        ticked(workspace, at)
    assert any("cart_reminder-1009" in name for name in letters(workspace))
