"""Several runs at once, in short; with `KADENZ_LONG=1` longer, and `python -m tests.torture.runners` as one likes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.ledgers import Kind
from tests.torture.conftest import Count, Progress
from tests.torture.runners import BURSTS, Trial, try_it

LONG = bool(os.environ.get("KADENZ_LONG"))


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_adjacent_bursts_of_several_runs(tmp_path: Path, store: Kind, count: Count, progress: Progress) -> None:
    trial = Trial(store, runners=4, waves=40, contacts=40, kills=0) if LONG else Trial(store)
    outcome = try_it(trial, tmp_path, progress)
    count(
        f"several runs on {store}",
        runs=outcome.runs,
        kills=outcome.killed,
        ticks=outcome.ticks,
        messages=outcome.accepted,
        uncertain=outcome.uncertain,
        broken=len(outcome.broken),
    )
    assert outcome.broken == ()
    reached = trial.waves * (trial.contacts - 1)
    assert (outcome.accepted, outcome.uncertain) == (reached, 0)
    # the cap had something to refuse: everybody was spoken of again and again
    assert outcome.refused >= (BURSTS - 1) * reached


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_runs_that_are_killed_beside_others(tmp_path: Path, store: Kind, count: Count, progress: Progress) -> None:
    trial = Trial(store, runners=4, waves=40, contacts=40, kills=100) if LONG else Trial(store, kills=3)
    outcome = try_it(trial, tmp_path, progress)
    count(
        f"several runs on {store}",
        runs=outcome.runs,
        kills=outcome.killed,
        ticks=outcome.ticks,
        messages=outcome.accepted,
        uncertain=outcome.uncertain,
        broken=len(outcome.broken),
    )
    assert outcome.broken == ()
    assert outcome.killed == trial.kills
