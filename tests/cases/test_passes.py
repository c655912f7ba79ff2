"""Every case folder with ticks that look only at those whose answers may differ: what is said is the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.cases.folder import HERE, folders
from tests.cases.test_cases import read, seen
from tests.cases.world import CaseWorld

FOLDERS = [path for path in folders() if len(read(path).instants) > 1]
"""Those with more than the first tick, which looks at everybody."""

WAYS: Counter[str] = Counter()


@pytest.mark.parametrize("path", FOLDERS, ids=[str(p.relative_to(HERE)) for p in FOLDERS])
def test_visiting_some_is_visiting_all(path: Path) -> None:
    world = CaseWorld(read(path), "sqlite", passes="incremental")
    try:
        found = {at: moment.said for at, moment in world.run().items()}
    finally:
        world.close()
    WAYS.update("full" if choice.full else "incremental" for choice in world.choices)
    assert found == {at: moment.said for at, moment in seen(path, "sqlite").items()}


def test_that_they_did_not_all_look_at_everybody() -> None:
    """Where the cases ran before it."""
    assert not WAYS or WAYS["incremental"] > 20, WAYS
