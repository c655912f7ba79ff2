"""The loop of a daemon: read the playbooks, tick, hand over, wait.

Killed at any instant it loses nothing, because every step of a round is a commit of its own; what is here is about
going on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.cli.plain import Stop
from adapters.daemon.metrics import Metrics
from adapters.daemon.playbooks import Playbooks
from adapters.stores.facts import StoreError
from adapters.stores.ledger import LedgerError
from adapters.stores.ledger_figures import outbox_figures
from engine.tick import ClockRanBack, TooMany

if TYPE_CHECKING:
    from adapters.cli.common import Workspace
    from adapters.daemon.endpoint import Answer
    from adapters.running import RunResult
    from adapters.stores.ledger import SqlLedger

SECOND = 1_000_000

JUMP = 600 * SECOND
"""How far the wall clock may run ahead of the steady one between two rounds before everything is held: a jump forward
frees caps and opens quiet hours (reliability.md §3.7)."""

LATE = 3
"""After so many intervals without a finished round the daemon is not well."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Microseconds: `wall` since 1970 UTC, by the clock of the ledger, which ticks and caps go by (a server's, where it
    lies on one); `steady` of this machine, that never jump and go on while it sleeps."""

    wall: Callable[[SqlLedger], int]
    steady: Callable[[], int]


class Daemon:
    """Rounds every `every` microseconds until `stopping` is set. `run` does one round for a workspace; it raises what
    `adapters.running.run_once` raises. `told` takes lines for people."""

    def __init__(
        self,
        playbooks: Playbooks,
        run: Callable[[Workspace, Callable[[], bool]], RunResult],
        every: int,
        clocks: Clocks,
        stopping: threading.Event,
        told: Callable[[str], None],
        metrics: Metrics | None = None,
    ) -> None:
        self.metrics = metrics or Metrics()
        self._playbooks = playbooks
        self._run = run
        self._every = every
        self._clocks = clocks
        self._stopping = stopping
        self._told = told
        self._problem: str | None = None
        self._stale: str | None = None
        self._ahead: int | None = None
        self._began = self._finished = clocks.steady()
        self._last: int | None = None

    def serve(self) -> None:
        """Rounds until asked to stop; a round that is under way comes to an end first. The first look at the playbooks
        must have been good."""
        due = self._clocks.steady()
        while not self._stopping.is_set():
            self.round()
            # what was missed while a round took longer is not made up for
            due += self._every * (1 + max(0, self._clocks.steady() - due) // self._every)
            self._stopping.wait(max(0, due - self._clocks.steady()) / SECOND)

    def round(self) -> None:
        """One round, whatever comes of it."""
        start = self._clocks.steady()
        self._reload()
        workspace = self._playbooks.good
        assert workspace is not None, "a daemon begins with good playbooks"
        try:
            self._watch_clock(workspace)
            result = self._run(workspace, self._stopping.is_set)
        except (LedgerError, StoreError, ClockRanBack, Stop) as error:
            self._failed("failed", str(error).removeprefix("kadenz: "))
        except TooMany as error:
            self._failed(
                "refused", f"{error} (`limits: per_tick`); `kadenz run --confirm {error.wanted}` allows it once"
            )
        else:
            self._done(workspace, result, start)
        seconds = (self._clocks.steady() - start) / SECOND
        self.metrics.seconds.observe(seconds)
        try:
            with workspace.ledger() as ledger:
                self.metrics.under_way(outbox_figures(ledger.database), self._clocks.wall(ledger))
        except Exception as error:  # noqa: BLE001  # figures are for looking at; the next round says what is wrong
            self._told(f"kadenz: the figures of the outbox cannot be read: {type(error).__name__}")

    def health(self) -> Answer:
        """Whether rounds come to an end, and what there is to say besides."""
        late = self._clocks.steady() - self._finished > LATE * self._every + 60 * SECOND
        well = self._problem is None and not late
        workspace = self._playbooks.good
        return well, {
            "ok": well,
            "problem": self._problem or ("no round has come to an end for too long" if late else None),
            "last_tick": self._last,
            "plan": None if workspace is None else workspace.plan.hash,
            "stale": self._stale,
            "up_seconds": (self._clocks.steady() - self._began) // SECOND,
        }

    def _reload(self) -> None:
        changed = self._playbooks.look()
        workspace, stale = self._playbooks.good, self._playbooks.stale
        if changed and workspace is not None:
            self.metrics.in_force(workspace)
            self._told(f"kadenz: plan {workspace.plan.hash[:12]} is in force")
        if stale != self._stale:
            self._told(
                "kadenz: the playbooks in the folder are in force again"
                if stale is None
                else f"kadenz: STALE, the last good plan goes on: {stale}"
            )
        self._stale = stale
        self.metrics.stale.set(stale is not None)

    def _watch_clock(self, workspace: Workspace) -> None:
        with workspace.ledger() as ledger:
            ahead = self._clocks.wall(ledger) - self._clocks.steady()
            jump = 0 if self._ahead is None else ahead - self._ahead
            minutes = jump // (60 * SECOND)
            why = f"the clock of the ledger jumped ahead by {minutes:,} minutes; look at it, then `kadenz resume --all`"
            if jump > JUMP:
                ledger.pause("*", why)
                # a ledger that is put back from a backup must not forget it
                workspace.journal(ledger).switched("*", why, self._clocks.wall(ledger))
        if jump > JUMP:
            self._told(f"kadenz: everything is paused: {why}")
        self._ahead = ahead  # not before the pause is written: where it cannot be, the next round tries again

    def _failed(self, result: str, why: str) -> None:
        self.metrics.ticks.labels(result).inc()
        self._problem = why
        self._told(f"kadenz: this round came to nothing: {why}")

    def _done(self, workspace: Workspace, result: RunResult, start: int) -> None:
        self._problem = None
        self._finished = self._clocks.steady()
        self._last = result.report.as_of
        self.metrics.ticks.labels("done").inc()
        self.metrics.round(workspace, result)
        handed = result.handed_over
        sent = 0 if handed is None else handed.of_state("sent")
        judged = len(result.report.decisions)
        for channel, why in (handed.unreachable if handed else {}).items():
            self._told(f"kadenz: {channel} could not be reached: {why}; its messages wait")
        names = {t.id: t.name for t in workspace.model.triggers.values()}
        for trigger, why in result.stopped.items():
            self._told(f"kadenz: `{names.get(trigger, trigger)}` stops: {why}")
        if judged or sent or result.report.first:
            seconds = (self._finished - start) / SECOND
            self._told(
                f"kadenz: {judged:,} judged, {result.report.reserved:,} reserved, {sent:,} sent, {seconds:.1f} s"
            )
