"""The statement by hand answers what the executor answers; otherwise its seconds would say nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.cli.common import Workspace, open_workspace
from adapters.stores.facts_duckdb import DuckFacts
from benchmarks import by_hand
from benchmarks.full import Setting, setting
from benchmarks.project import AS_OF, Size, make
from engine.instants import DAY
from engine.records import Event


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("bench")
    make(folder, Size(contacts=500, events=12_000))
    workspace = open_workspace(folder)
    with workspace.facts() as facts:
        # a warm contact with one visit and no order, which chance makes once in 25 thousand
        facts.put_contacts([("warm", {"country": "CH"})], at=AS_OF)
        facts.put_events("visit", [Event("visit", "one", "warm", AS_OF - DAY, properties={"category": "tea"})])
        carts = [Event("cart_added", f"cart {n}", "warm", AS_OF - DAY - n, properties={}) for n in range(2)]
        facts.put_events("cart_added", carts)
    return workspace


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
    assert "warm" in ours.conditions["trigger advent_sale where"] - ours.segments["customers"]
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
