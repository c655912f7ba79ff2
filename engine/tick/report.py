"""What a tick did, and why one may not happen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from engine.evaluation import Evaluation
from engine.instants import to_datetime
from engine.records import Figure, Firing, Judgement
from engine.tick.choice import UNTOLD, Choice


class ClockRanBack(Exception):
    """The tick lies before the ledger's last one; `last` is that one's instant (microseconds UTC)."""

    def __init__(self, last: int) -> None:
        super().__init__(f"the last tick of this ledger was at {to_datetime(last).isoformat()}")
        self.last = last


class TooMany(Exception):
    """The tick would reserve more messages than allowed, and reserved none (ARCHITECTURE.md §4)."""

    def __init__(self, wanted: int, allowed: int) -> None:
        super().__init__(f"this tick would send {wanted} messages, {allowed} are allowed")
        self.wanted = wanted
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Counts:
    """How many contacts there are, are in each segment, and stand in each stage of each score; how the expectations of
    quality blocks stand (by block, in order of the text)."""

    contacts: int = 0
    segments: Mapping[str, int] = field(default_factory=dict)
    stages: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    quality: Mapping[str, Sequence[Figure]] = field(default_factory=dict)


@dataclass(frozen=True)
class TickReport:
    """What a tick did. `decisions` pairs every firing judged at this tick with its judgement, in the order of judging;
    `fired` counts firings of all triggers seen now for the first time, `missed` those among them for being late.

    `evaluation` speaks of the contacts that were evaluated (`choice`); `counts` of all."""

    as_of: int
    first: bool
    evaluation: Evaluation
    fired: Mapping[str, int]
    missed: Mapping[str, int]
    decisions: Sequence[tuple[Firing, Judgement]] = field(default_factory=tuple)
    counts: Counts = field(default_factory=Counts)
    choice: Choice = UNTOLD
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Phase of the tick -> how long it took, by the engine's stopwatch."""
    reserved: int = 0
    """How many runs were reserved at this tick; what an earlier one reserved is not among them."""

    @cached_property
    def outcomes(self) -> Mapping[tuple[str, str, str], int]:
        """(trigger, outcome, gate) -> how many."""
        counts: dict[tuple[str, str, str], int] = defaultdict(int)
        for firing, judgement in self.decisions:
            counts[firing.trigger, judgement.outcome, judgement.gate] += 1
        return counts
