"""An outbox that is no database, for what the hand-over costs without one."""

# ruff: noqa: ARG002 - it is asked what a database is asked, and looks at little of it

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from engine.handover import Recovered
from engine.protocols import Receipt, Remembers
from engine.records import OutboxRow, OutboxState


class Listed:
    """It gives its rows out once, says yes to everything, and remembers nothing."""

    def __init__(self, rows: Sequence[OutboxRow]) -> None:
        self._rows = list(reversed(rows))

    def recover(self, idempotent: Collection[str], remembering: Mapping[str, Remembers] | None = None) -> Recovered:
        """Nobody has died."""
        return Recovered()

    def claim(self, owner: str, limit: int, now: int, channels: Collection[str]) -> Sequence[OutboxRow]:
        """The next rows."""
        return [self._rows.pop() for _ in range(min(limit, len(self._rows)))]

    def mark(self, row: OutboxRow, clock: Callable[[], int], *, repeatable: bool) -> bool:
        """Yes."""
        return True

    def mark_all(self, rows: Sequence[OutboxRow], clock: Callable[[], int], *, repeatable: bool) -> Sequence[bool]:
        """Yes to all."""
        return [True] * len(rows)

    def result(self, row: OutboxRow, receipt: Receipt, now: int) -> OutboxState:
        """What the server said."""
        assert receipt.outcome == "sent"
        return "sent"

    def results(self, given: Sequence[tuple[OutboxRow, Receipt]], now: int) -> Sequence[OutboxState]:
        """What the server said to all."""
        return [self.result(row, receipt, now) for row, receipt in given]

    def release(self, owner: str) -> int:
        """Nothing is held."""
        return 0

    def state(self, row: OutboxRow) -> OutboxState:
        """Nothing is known."""
        raise AssertionError("no marker was refused")

    def due(self, now: int, *, but: Collection[str] = ()) -> Mapping[str, int]:
        """What is left."""
        return {"email": len(self._rows)} if self._rows else {}
