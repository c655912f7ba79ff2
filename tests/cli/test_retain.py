"""`kadenz retain`: events go that are older than their type is kept for, and copies follow."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.cli.common import open_project
from adapters.cli.workspace import open_facts
from adapters.stores import facts_retaining
from tests.cli.conftest import Kadenz


@pytest.fixture
def project(start: Path, kadenz: Kadenz) -> Path:
    """Carts are kept for thirty days; 100 lie on either side of that, a day away."""
    schema = start / "schema.yaml"
    text = schema.read_text(encoding="utf-8")
    schema.write_text(text.replace("  cart_added:\n", "  cart_added:\n    keep: 30 days\n"), encoding="utf-8")
    moment = datetime.now(UTC)
    rows = [f"old{n},1001,{(moment - timedelta(days=31, seconds=n)).isoformat()}" for n in range(100)]
    rows += [f"new{n},1001,{(moment - timedelta(days=29, seconds=n)).isoformat()}" for n in range(100)]
    file = start / "carts.csv"
    file.write_text("id,contact,at\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert kadenz("import", file, "--as", "event:cart_added", "--project", start).code == 0
    return start


def carts(project: Path) -> set[str]:
    with open_facts(open_project(project)) as facts:
        return {str(id_)[:3] for (id_,) in facts.database.rows("SELECT _id FROM event_cart_added")}


def test_what_is_older_goes_and_nothing_else(project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_retaining.drop, "__defaults__", (30,))  # several batches
    for engine in ("duckdb", "parquet"):
        assert kadenz("show", "shipped_to", "--engine", engine, "--project", project).code == 0
    before = kadenz("store", "--project", project).out
    assert "old" in carts(project)
    counted = json.loads(kadenz("retain", "--dry-run", "--project", project, "--format", "json").out)
    assert counted["events"]["cart_added"]["events"] >= 100
    assert "old" in carts(project)
    done = json.loads(kadenz("retain", "--project", project, "--format", "json").out)
    assert done["events"] | {"cart_added": {**done["events"]["cart_added"], "before": ""}} == {
        "cart_added": {"before": "", "events": counted["events"]["cart_added"]["events"]}
    }
    assert "old" not in carts(project)
    assert "new" in carts(project)
    assert before != kadenz("store", "--project", project).out
    assert kadenz("store", "--follow", "--project", project).code == 0
    assert "retain" in kadenz("audit", "--project", project).out
    again = json.loads(kadenz("retain", "--project", project, "--format", "json").out)
    assert again["events"]["cart_added"]["events"] == 0


def test_without_a_statement_everything_stays(start: Path, kadenz: Kadenz) -> None:
    said = kadenz("retain", "--project", start)
    assert (said.code, "kept for ever" in said.out) == (0, True)
