"""Triggers that stop themselves while a run goes on: their switch is set as `kadenz pause` sets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.stores import ledger_rates
from adapters.stores.facts_record import RecordFacts
from adapters.stores.handover_journal import HandoverJournal
from adapters.stores.ledger import SqlLedger
from engine.rates import WINDOW, Feedback, RateLimits, passes, reason


@dataclass(slots=True)
class Rates:
    """Looks at the rates of all triggers, of a live ledger, and pauses those over a limit. `names`: any name of a
    trigger -> its id. `write` False only tells."""

    limits: RateLimits
    facts: RecordFacts
    ledger: SqlLedger
    journal: HandoverJournal
    names: Mapping[str, str]
    write: bool = True
    stopped: dict[str, str] = field(default_factory=dict)
    """Trigger id -> why, of those that were stopped by this run."""
    _seen: int = 0
    _close: bool = False
    """A trigger has too many reports and too few messages to be judged: the next ones decide."""

    def look(self) -> None:
        """Reckon all rates, and pause each trigger that passes a limit. Raises LedgerError, StoreError."""
        if not self.limits.any:
            return
        self._seen, self._close = self.facts.last_seq(), False
        now, database = self.ledger.clock(), self.ledger.database
        since, anew, paused = now - WINDOW, ledger_rates.counted_anew(database), self.ledger.paused()
        kinds: tuple[Feedback, ...] = ("bounced", "complained")
        for feedback in kinds:
            limit = self.limits.of(feedback)
            if limit is None:
                continue
            found = ledger_rates.reports(self.facts, feedback, since, now)
            for trigger, reports in sorted(ledger_rates.reported(database, found, since, anew, self.names).items()):
                if trigger in paused or trigger in self.stopped:
                    continue
                sent = ledger_rates.how_many_sent(database, trigger, max(since, anew.get(trigger, since)))
                if not passes(reports, sent, limit):
                    continue
                if sent < self.limits.at_least:
                    self._close = True
                else:
                    self._stop(trigger, reason(feedback, reports, sent, limit))

    def look_again(self) -> None:
        """The same before more leaves, where something has come in since, or a few more messages decide. Cheap where
        not. Raises LedgerError, StoreError."""
        if self.limits.any and (self._close or ledger_rates.arrived(self.facts, self._seen)):
            self.look()

    def _stop(self, trigger: str, why: str) -> None:
        self.stopped[trigger] = why
        if self.write:
            self.ledger.pause(trigger, why)
            self.journal.switched(trigger, why, self.ledger.clock())
