"""Claimed rows that wait for the rate of their lane (a channel's word: the domain of an address)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.protocols import NotYet
from engine.records import OutboxRow

MOST = 10_000
"""How many rows wait at once; until there is room again no further rows are claimed."""


@dataclass(slots=True)
class _Lane:
    until: int
    rows: deque[OutboxRow] = field(default_factory=deque)


class Lanes:
    """The rows that wait, each lane in the order in which its rows came."""

    def __init__(self, most: int = MOST) -> None:
        self._lanes: dict[tuple[str, str], _Lane] = {}
        self._most = most

    def __len__(self) -> int:
        return sum(len(lane.rows) for lane in self._lanes.values())

    @property
    def full(self) -> bool:
        """Whether no further row should be claimed."""
        return len(self) >= self._most

    def put(self, row: OutboxRow, wait: NotYet, *, first: bool = False) -> None:
        """Let a row wait, behind the others of its lane or (`first`) before them."""
        lane = self._lanes.setdefault((row.message.channel, wait.lane), _Lane(wait.until))
        lane.until = wait.until
        if first:
            lane.rows.appendleft(row)
        else:
            lane.rows.append(row)

    def due(self, now: int) -> Iterator[OutboxRow]:
        """Take out the first row of each lane that may go on at `now`."""
        for name, lane in list(self._lanes.items()):
            if lane.until <= now:
                row = lane.rows.popleft()
                if not lane.rows:
                    del self._lanes[name]
                yield row

    def pause(self, now: int) -> int | None:
        """How long (microseconds) until the first lane may go on; None if nothing waits."""
        return min((max(0, lane.until - now) for lane in self._lanes.values()), default=None)
