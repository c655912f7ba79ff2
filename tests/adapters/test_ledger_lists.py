"""Lists in the ledger: who is on one, who was, and when."""

from __future__ import annotations

import pytest

from engine.records import ListChange, ListVersion
from tests.ledgers import open_at, place

pytestmark = pytest.mark.usefixtures("each_ledger")


class Clock:
    """A clock that is set by hand."""

    now = 10

    def __call__(self) -> int:
        return self.now


def test_each_version_is_exactly_what_was_given_and_the_past_is_kept() -> None:
    clock = Clock()
    with open_at(place(":memory:"), clock) as store:
        assert store.put_list("press", ["ana", "ben"]) == ListChange(2, 0, 2)
        clock.now = 20
        assert store.put_list("press", ["ben", "cem"]) == ListChange(1, 1, 2)
        clock.now = 30
        assert store.put_list("press", ["cem", "ben"]) == ListChange(0, 0, 2)
        assert store.put_list("press", ["ana"], "add") == ListChange(1, 0, 3)
        clock.now = 40
        assert store.put_list("press", ["ben", "nobody"], "remove") == ListChange(0, 1, 2)
        store.put_list("staff", ["ana"])
        assert store.listed("press") == {"ana": 30, "cem": 20}
        assert store.listed("friends") == {}
        assert store.lists_of("ana") == [("press", 10, 20), ("press", 30, None), ("staff", 40, None)]
        assert store.list_versions("press") == [
            ListVersion("press", 1, 10, 2, 0, 2),
            ListVersion("press", 2, 20, 1, 1, 2),
            ListVersion("press", 3, 30, 1, 0, 3),
            ListVersion("press", 4, 40, 0, 1, 2),
        ]


def test_a_rehearsal_takes_the_lists_over() -> None:
    with (
        open_at(place(":memory:"), lambda: 10) as live,
        open_at(place(":memory:"), lambda: 10) as rehearsal,
    ):
        rehearsal.put_list("press", ["old"])
        live.put_list("press", ["ana", "ben"])
        live.put_list("press", ["ben"])
        for _ in range(2):
            rehearsal.sync_evidence(live)
            assert rehearsal.listed("press") == {"ben": 10}
            assert rehearsal.list_versions("press") == live.list_versions("press")
