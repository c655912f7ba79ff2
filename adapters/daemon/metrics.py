"""The figures of a daemon in the form that Prometheus reads. No contact and no address stands in one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.cli.common import Workspace
    from adapters.running import RunResult
    from adapters.stores.ledger_figures import Judged, OutboxFigures

SECOND = 1_000_000


class Metrics:
    """A registry of its own, set at the end of each round; a scrape reads memory alone."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

        def gauge(name: str, about: str, *labels: str) -> Gauge:
            return Gauge(f"kadenz_{name}", about, labels, registry=self.registry)

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"kadenz_{name}", about, labels, registry=self.registry)

        self.ticks = counter("ticks", "Rounds by how they ended: done, refused, failed.", "result")
        self.seconds = Histogram(
            "kadenz_round_seconds",
            "How long a round took, tick and hand-over.",
            buckets=(0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000),
            registry=self.registry,
        )
        self.last = gauge("last_tick_timestamp_seconds", "The instant of the last tick that was done.")
        self.stale = gauge("plan_stale", "1 while the playbooks in the folder are not the ones that run.")
        self.plan = gauge("plan_info", "The hash of the plan that runs.", "hash")
        self.caps = gauge("caps_in_force", "Caps of the plan that runs.")
        self.triggers = gauge("triggers_in_force", "Triggers of the plan that runs, paused ones left out.")
        self.contacts = gauge("contacts", "Contacts that the last tick saw.")
        self.runs = gauge("runs", "Runs without a message yet, by state: waiting for their time, or held.", "state")
        self.rows = gauge("outbox_rows", "Messages under way, by state.", "state")
        self.age = gauge("outbox_oldest_seconds", "Age of the oldest message under way, by state.", "state")
        self.paused = gauge("paused", "1 for each trigger that the switch holds, * for all.", "trigger")
        self.unreachable = gauge("channel_unreachable", "1 for each channel that could not be reached.", "channel")
        self.decisions = counter("decisions", "What was decided anew.", "trigger", "outcome", "gate")
        self.capped = counter("capped", "Candidates without room, by cap.", "cap")
        self.handed_over = counter("handed_over", "Messages handed over.", "trigger", "channel", "state")

    def in_force(self, workspace: Workspace) -> None:
        """Another plan runs."""
        model = workspace.model
        self.plan.clear()
        self.plan.labels(workspace.plan.hash).set(1)
        self.caps.set(len(model.caps))
        self.triggers.set(sum(trigger.paused is None for trigger in model.triggers.values()))

    def round(self, result: RunResult) -> None:
        """A tick and its hand-over are done."""
        report, handed = result.report, result.handed_over
        self.last.set(report.as_of / SECOND)
        self.contacts.set(report.counts.contacts)
        self.unreachable.clear()
        if handed is not None:
            for labels, count in handed.counts.items():
                self.handed_over.labels(*labels).inc(count)
            for channel in handed.unreachable:
                self.unreachable.labels(channel).set(1)

    def decided(self, judged: Iterable[Judged], names: Mapping[str, str]) -> None:
        """What was decided since the round before. `names`: trigger id -> its present name."""
        for one in judged:
            self.decisions.labels(names.get(one.trigger, one.trigger), one.outcome, one.gate).inc(one.count)
            if one.gate in ("capped", "budget"):
                for cap in one.detail.split(";")[0].split(", "):
                    self.capped.labels(cap.split(" (")[0]).inc(one.count)

    def holds(self, paused: Iterable[str]) -> None:
        """What the switch holds: names of triggers, or "*"."""
        self.paused.clear()
        for trigger in paused:
            self.paused.labels(trigger).set(1)

    def under_way(self, figures: OutboxFigures, now: int) -> None:
        """What the ledger holds after a round, also after one that failed."""
        for run, count in figures.runs.items():
            self.runs.labels(run).set(count)
        for state, count in figures.rows.items():
            self.rows.labels(state).set(count)
            oldest = figures.oldest.get(state, now)
            self.age.labels(state).set(max(0, now - oldest) / SECOND)
