"""Takes the inbox over while `kadenz serve` runs, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from adapters.stores.facts_migrations import StoreError
from adapters.stores.ledger_database import LedgerError

PAUSE = 1.0
LONGEST_PAUSE = 30.0


class Taker:
    """Runs `take` after each arrival, and again after a growing pause where it raises: what arrived is on the disk.

    Whoever brought something may wait until it is taken over; where that does not go on, nobody waits. `told` takes
    lines for people."""

    def __init__(self, take: Callable[[], int], told: Callable[[str], None]) -> None:
        self._take = take
        self._told = told
        self._change = threading.Condition()
        self._arrived = 1  # what lay in the inbox before
        self._taken = 0
        self._stopped = False
        self._stalled = False
        self.problem: str | None = None
        """Why the inbox is not taken over; None while it is."""
        self.total = 0
        """How many arrivals were taken over."""

    def arrived(self) -> int:
        """Something more lies in the inbox; a number to wait for."""
        with self._change:
            self._arrived += 1
            self._change.notify_all()
            return self._arrived

    def wait(self, number: int, seconds: float) -> bool:
        """Wait until what had arrived by then is taken over, at most so long; whether it is."""
        with self._change:
            self._change.wait_for(lambda: self._taken >= number or self._stalled or self._stopped, seconds)
            if self._taken < number:
                self._stalled = True
            return self._taken >= number

    def stop(self) -> None:
        """Take no more over."""
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def run(self) -> None:
        """Take over until `stop`."""
        pause = PAUSE
        while True:
            with self._change:
                self._change.wait_for(lambda: self._arrived > self._taken or self._stopped)
                if self._stopped:
                    return
                number = self._arrived
            problem = self._attempt()
            if problem is not None and problem != self.problem:
                self._told(f"kadenz: what comes in is kept, and waits: {problem}")
            if problem is None and self.problem is not None:
                self._told("kadenz: what came in is taken over again")
            with self._change:
                self.problem, self._stalled = problem, problem is not None
                if problem is None:
                    self._taken, pause = number, PAUSE
                self._change.notify_all()
                if problem is not None and not self._stopped:
                    self._change.wait_for(lambda: self._stopped, pause)
                    pause = min(2 * pause, LONGEST_PAUSE)

    def _attempt(self) -> str | None:
        try:
            self.total += self._take()
        except (LedgerError, StoreError, OSError) as error:
            return str(error)
        except Exception as error:  # noqa: BLE001  # the thread must live: what arrived is still there to be taken over
            return f"a mistake in Kadenz, {type(error).__name__}; please report it"
        return None
