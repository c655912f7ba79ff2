"""What is asked again right before a hand-over."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from adapters.running import quiet_now
from tests.engine.world import SCHEMA, ZURICH, World, at

if TYPE_CHECKING:
    from adapters.cli.common import Workspace


def test_a_delivery_window_that_closed_meanwhile_holds_bills_too() -> None:
    text = """
trigger bill on visit
  send email hello
  category transactional
  because "the bill"
  deliver between 09:00 and 11:00
quiet nights from 20:00 to 08:00
"""
    w = World(text, active_from="2026-05-01T00:00")
    w.contact("anna")
    w.event("visit", "anna", "2026-05-04T08:59")
    w.tick("2026-05-04T08:59", deliver=False)
    (row,) = w.ledger.outbox(("queued",))
    project = SimpleNamespace(schema=SCHEMA, time_zone=ZURICH)
    workspace = cast("Workspace", SimpleNamespace(project=project, model=w.model))
    closed = {
        when: quiet_now(workspace, w.facts, lambda when=when: at(f"2026-05-04T{when}"))(row)  # type: ignore[misc]
        for when in ("08:59", "09:00", "22:00")
    }
    assert closed == {"08:59": False, "09:00": True, "22:00": True}
    w.close()
