"""A store so many times over answers so many times as much."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from adapters.cli.common import open_workspace
from adapters.stores.facts_duckdb import DuckFacts
from benchmarks.figures import Options
from benchmarks.full import duckdb_copy
from benchmarks.growth import multiplied
from benchmarks.project import AS_OF, Size, make
from engine.evaluation import Evaluation, Memory
from engine.sql.executor import SqlExecutor


def test_three_times_over(tmp_path: Path) -> None:
    make(tmp_path / "small", Size(contacts=200, events=5_000))
    workspace = open_workspace(tmp_path / "small")
    path = duckdb_copy(tmp_path / "small", lambda _: None)
    options = Options(quick=True, rounds=1, data=tmp_path, scratch=tmp_path, say=lambda _: None)

    def told(store: Path) -> Evaluation:
        with closing(DuckFacts.open(store, workspace.project.schema)) as facts:
            return SqlExecutor(workspace.plan, facts, workspace.project.time_zone).evaluate(AS_OF, Memory())

    once, thrice = told(path), told(multiplied(path, 3, options))
    assert len(thrice.contacts) == 600
    assert {n: 3 * len(held) for n, held in once.segments.items()} == {n: len(h) for n, h in thrice.segments.items()}
    assert 3 * sum(once.scores["engagement"].values()) == sum(thrice.scores["engagement"].values()) > 0
