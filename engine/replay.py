"""What a replay of a period adds up to: volumes by day, what held whom back, what comes at once after quiet hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.handover import HandedOverSummary
from engine.tick import TickReport

QUIET = "quiet"
CAPS = ("capped", "budget")


@dataclass(frozen=True, slots=True)
class Release:
    """Messages that had been held by quiet hours and left together, at one tick."""

    at: int
    messages: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """The sums of one replay. Triggers under their ids; days are yyyymmdd on the project's clock.

    `sent`: (day, trigger, channel) -> messages and notices. `ended`: (trigger, outcome, gate, block) -> runs, as they
    stood at their last judgement. `held`: (gate, block) -> runs that were held by it at some time. `capped`: block ->
    different contacts that it stopped or delayed. `releases`: after quiet hours, greatest first."""

    ticks: int
    contacts: int
    sent: Mapping[tuple[int, str, str], int]
    ended: Mapping[tuple[str, str, str, str], int]
    held: Mapping[tuple[str, str], int]
    capped: Mapping[str, int]
    releases: tuple[Release, ...]

    @property
    def total(self) -> int:
        """All messages and notices that would have left."""
        return sum(self.sent.values())

    def by(self, part: int) -> Counter[int | str]:
        """Sent, by day (0), trigger (1) or channel (2)."""
        found: Counter[int | str] = Counter()
        for key, count in self.sent.items():
            found[key[part]] += count
        return found


@dataclass(slots=True)
class Adding:
    """Takes in tick after tick; memory holds one line for each run of the period."""

    ticks: int = 0
    contacts: int = 0
    _sent: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    _last: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    _held: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _capped: dict[str, set[str]] = field(default_factory=dict)
    _quiet: set[str] = field(default_factory=set)
    _releases: list[Release] = field(default_factory=list)

    def tick(self, report: TickReport, handed: HandedOverSummary, day: int) -> None:
        """One tick with its hand-over, on a day (yyyymmdd)."""
        self.ticks += 1
        self.contacts = report.counts.contacts
        released = 0
        for firing, judgement in report.decisions:
            key, gate = firing.key, judgement.gate
            detail = judgement.detail.partition(" (")[0]  # the block without its figures of that moment
            self._last[key] = (firing.trigger, judgement.outcome, gate, detail)
            if judgement.outcome == "held":
                self._held.setdefault((gate, detail), set()).add(key)
            if gate in CAPS and judgement.outcome in ("held", "refused", "expired"):
                self._capped.setdefault(detail, set()).add(firing.contact)
            if gate == QUIET and judgement.outcome == "held":
                self._quiet.add(key)
            elif judgement.outcome == "queued" and key in self._quiet:
                self._quiet.discard(key)
                released += 1
        if released:
            self._releases.append(Release(report.as_of, released))
        for (trigger, channel, state), count in handed.counts.items():
            if state == "sent":
                self._sent[day, trigger, channel] += count

    def sums(self) -> Replayed:
        """What came together so far."""
        return Replayed(
            self.ticks,
            self.contacts,
            dict(self._sent),
            Counter(self._last.values()),
            {by: len(keys) for by, keys in self._held.items()},
            {block: len(people) for block, people in self._capped.items()},
            tuple(sorted(self._releases, key=lambda one: (-one.messages, one.at))),
        )
