"""What the ledger keeps for triggers and caps: watched fields, ghosts, units."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.records import HandedOver
from tests.adapters.ledger_samples import FIRING, HOUR, MESSAGE, NOW, ledger

pytestmark = pytest.mark.usefixtures("each_ledger")


def test_watched_fields_keep_values_and_count_changes() -> None:
    with ledger() as store:
        with store.write() as writing:
            writing.record_field_values("plan", {"ana": "basic", "ben": 7}, [], NOW)
        with store.write() as writing:
            writing.record_field_values("plan", {"ana": "pro", "ben": None}, ["ana", "ben"], NOW + HOUR)
        assert store.watched_fields() == {"plan": NOW + HOUR}
        assert store.field_values("plan") == {"ana": "pro"}
        assert store.field_changes("plan", ["ana", "ben", "carl"]) == {"ana": 1, "ben": 1}
        assert store.field_values("other") == {}


def test_ghosts_count_as_runs_and_use_no_room() -> None:
    run = HandedOver("welcome", "ana", NOW, "k9", {"cart_id": "a"})
    with ledger() as store:
        with store.write() as writing:
            writing.record_ghosts([run, run], NOW)
        assert store.handed_over("welcome", ["ana", "ben"]) == [run]
        assert store.handed_over("other", ["ana"]) == []
        assert store.counted(["ana"], 0) == []


def test_reservations_keep_their_units_and_can_be_counted_for_all() -> None:
    with ledger() as store:
        with store.write() as writing:
            writing.record_firings([FIRING, replace(FIRING, key="k2", contact="ben")])
            units = {"household": "=7"}
            writing.reserve([replace(MESSAGE, units=units), replace(MESSAGE, key="k2", contact="ben")])
        found = store.counted(None, 0)
        assert [(m.contact, dict(m.units)) for m in found] == [("ana", units), ("ben", {})]
        assert store.counted(["ana"], 0) == found[:1]
        assert store.counted(None, NOW + 48 * HOUR) == []
