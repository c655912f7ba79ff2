"""A real file of 75,000 purchase lines, as its owner exported it."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import pytest

from adapters.importing import Options, Target, read_target, run_import
from adapters.sources.files import open_source
from adapters.stores.facts import Counts, SqliteFacts
from dsl.schema import EventType, Schema, builtin_events
from dsl.types import NUMBER, Text, money
from tests.adapters.importing.shop import NOW, fields

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("KADENZ_REAL_DATA", ROOT.parent / "shared" / "data")) / "complete_journey"

SCHEMA = Schema(
    "household_id",
    fields(household_id=Text()),
    {
        "purchase": EventType(
            "purchase", fields(basket_id=Text(), product_id=Text(), quantity=NUMBER, sales_value=money("USD"))
        ),
        **builtin_events(),
    },
)


def test_a_year_of_purchases(tmp_path: Path) -> None:
    file = DATA / "transactions_sample.csv"
    if not file.exists():
        pytest.skip(f"the real data is not here: {file} (KADENZ_REAL_DATA names its folder)")
    target = read_target("event:purchase", SCHEMA)
    assert isinstance(target, Target)
    options = Options("America/New_York", [("transaction_timestamp", "at")])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with SqliteFacts.open(tmp_path / "facts.db", SCHEMA, now=NOW) as store:
        started = time.perf_counter()
        result = run_import(open_source(file), target, SCHEMA, store, None, options, now=NOW)
        seconds = time.perf_counter() - started
        assert result.quarantined == 0
        assert (result.rows, result.counts) == (75_000, Counts(new=75_000))
        rows = store.connection.execute(
            "SELECT count(*), count(DISTINCT _contact), sum(sales_value), sum(basket_id = '4.0128e+10')"
            " FROM event_purchase"
        )
        lines, households, spent, odd = rows.fetchone()
        assert (lines, households, spent, odd) == (75_000, 2_377, 23_393_524, 1)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 150_000, "kilobytes: memory is bounded by batches, not by the file"
    assert seconds < 60, "about 4 seconds; far more means a scan per row"
