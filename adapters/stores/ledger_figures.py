"""What an operator wants to know of a ledger at a glance, by index: what is under way, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from adapters.stores.ledger_database import Database
from engine.records import OutboxState

UNDER_WAY: tuple[OutboxState, ...] = ("held", "queued", "claimed", "committing", "uncertain")
"""The states that are not over: nothing may stay there for ever without somebody being told."""

RunState = Literal["waiting", "held"]

OPEN_RUNS: tuple[RunState, ...] = ("waiting", "held")
"""Runs that have no message yet: their time has not come, or a gate holds them."""

_ROWS = """
select state, count(*), min(reserved_at) from outbox
where state in ('held', 'queued', 'claimed', 'committing', 'uncertain') group by state
"""


_RUNS = """
select state, count(*) from firing indexed by firing_open
where state <> 'done' and state in ('waiting', 'held') group by state
"""

_JUDGED = """
select f.trigger_id, j.outcome, j.gate, j.detail, count(*)
from judgement as j join firing as f on f.key = j.key where j.seq > ? and j.seq <= ?
group by f.trigger_id, j.outcome, j.gate, j.detail
"""


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """How many rows stand in each state of `UNDER_WAY`, and since when the oldest of them (microseconds UTC).

    `runs`: how many runs wait for their time, or are held before they have a message."""

    rows: Mapping[OutboxState, int]
    oldest: Mapping[OutboxState, int]
    runs: Mapping[RunState, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """So many judgements of a trigger that say the same."""

    trigger: str
    outcome: str
    gate: str
    detail: str
    count: int


def outbox_figures(database: Database) -> OutboxFigures:
    """Count what is under way. Raises LedgerError."""
    found = {state: (count, since) for state, count, since in database.rows(_ROWS)}
    runs: dict[RunState, int] = dict(database.rows(_RUNS))
    return OutboxFigures(
        {state: found[state][0] if state in found else 0 for state in UNDER_WAY},
        {state: found[state][1] for state in UNDER_WAY if state in found},
        {state: runs.get(state, 0) for state in OPEN_RUNS},
    )


def last_judgement(database: Database) -> int:
    """The number of the newest judgement; 0 where there is none. Raises LedgerError."""
    row = database.one("select max(seq) from judgement")
    return int(row[0] or 0) if row else 0


def judged_between(database: Database, after: int, up_to: int) -> list[Judged]:
    """What was said between two numbers of judgements, by anybody: what a tick only says again is written once. Raises
    LedgerError."""
    return [Judged(*row) for row in database.rows(_JUDGED, (after, up_to))]
