"""Every case folder with ticks that look only at those whose answers may differ: what comes out is the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from engine.tick import Passes
from tests.cases.folder import HERE, Case, folders
from tests.cases.world import CaseWorld
from tests.engine.twins import Kept, kept

FOLDERS = folders()
WAYS: Counter[str] = Counter()


def gone_through(case: Case, passes: Passes) -> tuple[list[object], Kept]:
    """Everything that was said at each instant, and what the ledger holds in the end."""
    world = CaseWorld(case, "sqlite", passes=passes)
    try:
        said = [(at, moment.said) for at, moment in world.run().items()]
        if passes == "incremental":
            WAYS.update("full" if choice.full else "incremental" for choice in world.choices)
        return [*said], kept(world.ledger)
    finally:
        world.close()


@pytest.mark.parametrize("path", FOLDERS, ids=[str(p.relative_to(HERE)) for p in FOLDERS])
def test_visiting_some_is_visiting_all(path: Path) -> None:
    case = Case.read(path)
    if len(case.instants) < 2:
        return  # the first tick looks at everybody
    assert gone_through(case, "incremental") == gone_through(case, "full")


def test_that_they_did_not_all_look_at_everybody() -> None:
    if len(FOLDERS) > 1 and WAYS:
        assert WAYS["incremental"] > 20, WAYS
