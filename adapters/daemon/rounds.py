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
from adapters.stores.ledger_figures import judged_between, last_judgement, outbox_figures
from engine.instants import to_datetime
from engine.tick import ClockRanBack, TooMany
from engine.zones import zone

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
        self._last: str | None = None
        self._paused: dict[str, str] = {}
        self._judged: int | None = None
        """The newest judgement that was counted; None: it is not known yet from where on."""

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
        result: RunResult | None = None
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
            self._done(workspace, result)
        seconds = (self._clocks.steady() - start) / SECOND
        self.metrics.seconds.observe(seconds)
        decided = 0
        try:
            with workspace.ledger() as ledger:
                decided = self._figures(workspace, ledger)
        except Exception as error:  # noqa: BLE001  # figures are for looking at; the next round says what is wrong
            self._told(f"kadenz: the figures of the ledger cannot be read: {type(error).__name__}")
        sent = 0 if result is None or result.handed_over is None else result.handed_over.of_state("sent")
        if result is not None and (decided or sent or result.report.first):
            reserved = result.report.reserved
            self._told(f"kadenz: {decided:,} decided, {reserved:,} reserved, {sent:,} sent, {seconds:.1f} s")

    def _figures(self, workspace: Workspace, ledger: SqlLedger) -> int:
        """Set the figures to what the ledger says; how much was decided since the round before."""
        self.metrics.under_way(outbox_figures(ledger.database), self._clocks.wall(ledger))
        names = {t.id: t.name for t in workspace.model.triggers.values()}
        self._paused = {names.get(trigger, trigger): why for trigger, why in ledger.paused().items()}
        self.metrics.holds(self._paused)
        up_to = last_judgement(ledger.database)
        before, self._judged = self._judged, up_to
        judged = [] if before is None else judged_between(ledger.database, before, up_to)
        self.metrics.decided(judged, names)
        return sum(one.count for one in judged)

    def health(self) -> Answer:
        """Whether rounds come to an end, and what there is to say besides."""
        late = self._clocks.steady() - self._finished > LATE * self._every + 60 * SECOND
        well = self._problem is None and not late
        workspace = self._playbooks.good
        return well, {
            "ok": well,
            "problem": self._problem or ("no round has come to an end for too long" if late else None),
            "last_tick": self._last,
            "paused": self._paused,
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
            if self._judged is None:
                self._judged = last_judgement(ledger.database)
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

    def _done(self, workspace: Workspace, result: RunResult) -> None:
        self._problem = None
        self._finished = self._clocks.steady()
        at = to_datetime(result.report.as_of, zone(workspace.project.time_zone))
        self._last = at.isoformat(timespec="seconds")
        self.metrics.ticks.labels("done").inc()
        self.metrics.round(result)
        handed = result.handed_over
        for channel, why in (handed.unreachable if handed else {}).items():
            self._told(f"kadenz: {channel} could not be reached: {why}; its messages wait")
        names = {t.id: t.name for t in workspace.model.triggers.values()}
        for trigger, why in result.stopped.items():
            self._told(f"kadenz: `{names.get(trigger, trigger)}` stops: {why}")
