"""Real input: a retailer's campaign sends and receipts, answered exactly (the table in the data's own README)."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.cli.common import open_workspace
from adapters.cli.main import run
from scripts.retailer_data import Prepared, prepare
from tests.playbooks.running import checked_clean, copied, imported, letters, quick_folder, ticked

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("KADENZ_REAL_DATA", ROOT.parent / "shared" / "data")) / "complete_journey"

TRANSACTIONS = (("household_id", "contact"), ("transaction_timestamp", "at"))


@dataclass(frozen=True, slots=True)
class Imported:
    project: Path
    prepared: Prepared


@pytest.fixture(scope="module")
def retailer(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    if not DATA.is_dir():
        pytest.skip(f"the Complete Journey data is not in {DATA} (KADENZ_REAL_DATA names its folder)")
    folder = tmp_path_factory.mktemp("retailer")
    project = copied("retailer", folder / "project")
    prepared = prepare(DATA, folder / "data")
    imported(project, folder / "data" / "households.csv", "contacts")
    imported(project, folder / "data" / "consents.csv", "consents")
    imported(project, folder / "data" / "campaign_sent.csv", "event:campaign_sent")
    imported(project, DATA / "transactions_sample.csv", "event:purchase", TRANSACTIONS)
    return Imported(project, prepared)


def varied(retailer: Imported, tmp_path: Path, file: str, old: str, new: str) -> Path:
    """A copy of the project, data included, with one phrase of a playbook changed."""
    project = tmp_path / "project"
    shutil.copytree(retailer.project, project, ignore=shutil.ignore_patterns("out", "rehearsal.db*"))
    playbook = project / "playbooks" / file
    text = playbook.read_text(encoding="utf-8")
    assert text.count(old) == 1
    playbook.write_text(text.replace(old, new), encoding="utf-8")
    return project


def under_cap(project: Path, starts: tuple[str, ...]) -> tuple[int, int, int]:
    """Letters that left, sends that the cap refused, households that it touched: one tick per campaign start."""
    workspace = open_workspace(project)
    sent = 0
    refused: list[str] = []
    for start in starts:
        result = ticked(workspace, start)
        assert result.handed_over is not None
        sent += result.handed_over.counts.get(("campaign", "letter", "sent"), 0)
        refused += [f.contact for f, j in result.report.decisions if (j.outcome, j.gate) == ("refused", "capped")]
        others = {j.gate for _, j in result.report.decisions} - {"reserved", "capped"}
        assert not others
    assert len(letters(workspace)) == sent
    return sent, len(refused), len(set(refused))


def test_the_project_checks_and_its_tests_pass(tmp_path: Path) -> None:
    checked_clean(copied("retailer", tmp_path / "project"))


def test_the_import_brought_everything(retailer: Imported) -> None:
    assert retailer.prepared == Prepared(2_379, 6_589, retailer.prepared.starts)
    assert len(retailer.prepared.starts) == 25, "27 campaigns, twice two on one day"
    with open_workspace(retailer.project).facts() as facts:
        basket = facts.database.rows("SELECT count(*) FROM event_purchase WHERE basket_id = '4.0128e+10'")
        lines = facts.database.rows("SELECT count(*) FROM event_purchase")
        assert basket == [(1,)], "ids are text, whatever they look like"
        assert lines == [(75_000,)]


@pytest.mark.parametrize(("days", "sent", "suppressed", "households"), [(14, 6_242, 347, 293), (30, 5_010, 1_579, 817)])
def test_one_letter_in_so_many_days(retailer: Imported, days: int, sent: int, suppressed: int, households: int) -> None:
    with quick_folder() as folder:
        project = varied(retailer, folder, "campaigns.play", "per 14 days", f"per {days} days")
        assert under_cap(project, retailer.prepared.starts) == (sent, suppressed, households)


@pytest.mark.parametrize("engine", ["sql", "interpreter"])
@pytest.mark.parametrize(("days", "members"), [(31, 696), (30, 693)])
def test_recency_frequency_money(
    retailer: Imported, tmp_path: Path, capsys: pytest.CaptureFixture[str], days: int, members: int, engine: str
) -> None:
    project = varied(retailer, tmp_path, "loyal.play", "in last 31 days", f"in last {days} days")
    asked = ["show", "loyal", "--at", "2018-01-01T00:00", "--engine", engine, "--format", "csv", "--list"]
    assert run([*asked, "--project", str(project)]) == 0
    assert len(capsys.readouterr().out.splitlines()) - 1 == members
