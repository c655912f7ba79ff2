"""The statement by hand answers what the executor answers; otherwise its seconds would say nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.cli.common import Workspace, open_workspace
from adapters.stores.facts_duckdb import DuckFacts
from benchmarks import by_hand
from benchmarks.full import Setting, setting
from benchmarks.project import AS_OF, Size, make


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("bench")
    make(folder, Size(contacts=500, events=12_000))
    return open_workspace(folder)


def given(workspace: Workspace, engine: str) -> Setting:
    source = workspace.facts()
    if engine == "sqlite":
        return setting(workspace, source)
    copy = DuckFacts.open(":memory:", workspace.project.schema)
    copy.follow(source)
    source.close()
    return setting(workspace, copy)


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_by_hand_equals_the_executor(workspace: Workspace, engine: str) -> None:
    found = given(workspace, engine)
    ours = found.ours()
    assert all(ours.segments.values())
    assert all(len(set(stages.values())) > 1 for stages in ours.stages.values())
    assert any(ours.conditions.values())
    assert by_hand.equal(by_hand.answer(AS_OF, found.hand()), ours)
    assert found.counted() == found.naive()
    found.facts.close()  # type: ignore[attr-defined]  # both can be closed


def test_a_difference_is_seen(workspace: Workspace) -> None:
    found = given(workspace, "sqlite")
    ours = found.ours()
    someone = min(ours.contacts)
    flipped = {**ours.segments, "lookers": ours.segments["lookers"] ^ {someone}}
    nudged = {**ours.scores, "loyalty": {**ours.scores["loyalty"], someone: 1}}
    assert not by_hand.equal(ours, replace(ours, segments=flipped))
    assert not by_hand.equal(ours, replace(ours, scores=nudged))
    found.facts.close()  # type: ignore[attr-defined]  # both can be closed
