"""Follows a facts store with Parquet files, to be killed on the way (`KADENZ_CRASH_AT`): FACTS FOLDER."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from adapters.crash_point import crash_point
from adapters.stores.facts import SqliteFacts
from adapters.stores.facts_parquet import ParquetFacts
from tests.adapters.stores.test_facts import SCHEMA

if __name__ == "__main__":
    point = crash_point(os.environ)
    assert point is not None
    with (
        SqliteFacts.open(Path(sys.argv[1]), SCHEMA, now=0) as source,
        ParquetFacts.open(Path(sys.argv[2]), SCHEMA, on_point=point) as copy,
    ):
        copy.follow(source)
