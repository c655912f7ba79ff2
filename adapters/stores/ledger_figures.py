"""What an operator wants to know of a ledger at a glance, by index: what is under way, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.stores.ledger_database import Database
from engine.records import OutboxState

UNDER_WAY: tuple[OutboxState, ...] = ("held", "queued", "claimed", "committing", "uncertain")
"""The states that are not over: nothing may stay there for ever without somebody being told."""

_ROWS = """
select state, count(*), min(reserved_at) from outbox
where state in ('held', 'queued', 'claimed', 'committing', 'uncertain') group by state
"""


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """How many rows stand in each state of `UNDER_WAY`, and since when the oldest of them (microseconds UTC)."""

    rows: Mapping[OutboxState, int]
    oldest: Mapping[OutboxState, int]


def outbox_figures(database: Database) -> OutboxFigures:
    """Count what is under way. Raises LedgerError."""
    found = {state: (count, since) for state, count, since in database.rows(_ROWS)}
    return OutboxFigures(
        {state: found[state][0] if state in found else 0 for state in UNDER_WAY},
        {state: found[state][1] for state in UNDER_WAY if state in found},
    )
