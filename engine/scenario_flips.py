"""When a membership, a stage or the condition of a `when` changes by time alone, in the small world of a test.

Found by asking the interpreter at every instant at which a window, a fading step or a calendar day could change
something.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from heapq import heapify, heappop, heappush

from dsl.model import Duration, GivenContact, GivenFact, Model, OnChange, OnEvent, OnWhen, Scenario, Scheduled
from dsl.types import DateTime
from engine.classes import Tiers
from engine.evaluation import Memory, remembered
from engine.fading import step_of, weights
from engine.instants import day_start, local_date, next_day, shift
from engine.interpret import Reader, Setting, zones_of
from engine.protocols import Facts
from engine.records import Contact, ContactData
from engine.scenario_classes import Midnights
from engine.zones import zone

MOST_SCANNED = 4_000
"""Instants at which a test looks for flips by time alone; a longer test looks at the latest ones."""


def time_matters(model: Model) -> bool:
    """Whether a membership, a stage or a `when` may flip between events with a consequence."""
    causes = (t.cause for t in model.triggers.values())
    return (
        any(not isinstance(c, OnEvent | OnChange | Scheduled) for c in causes)
        or any(s.stages for s in model.scores.values())
        or bool(remembered(model))
    )


@dataclass(frozen=True, slots=True)
class Flips:
    """Looks for flips in (`low`, `high`], microseconds UTC. `happens`: further instants at which something may change
    for anybody (events, rows of fact tables); `memory`: what the ledger knows now."""

    model: Model
    facts: Facts
    time_zone: str
    low: int
    high: int
    happens: Collection[int]
    memory: Memory

    def find(self) -> Iterator[int]:
        """Instants at which a membership, a stage or a `when` differs from the instant looked at before."""
        causes = [t.cause for t in self.model.triggers.values()]
        becoming = [c.condition for c in causes if isinstance(c, OnWhen)]
        kept = remembered(self.model)
        lasting = durations(self.model) if kept else set()
        if not time_matters(self.model):
            return
        memory, place = self.memory, zone(self.time_zone)
        turning = Midnights(self.model, self.facts, self.time_zone, memory)
        midnights = set(turning.within(self.low, self.high))
        if turning.unforeseeable:
            yield from sorted(midnights)[-MOST_SCANNED:]
        for data in list(self.facts.load(None, self.facts.schema.events, self.high)):
            key = data.contact.key
            stages = {name: dict(stood) for name, stood in memory.stages.items()}
            entered = {name: {key: held[key]} if key in held else {} for name, held in memory.entered.items()}
            before: tuple[object, ...] | None = None
            waiting = sorted({*self._scanned(data), *midnights})
            waiting += [shift(at, d, 1, place) for held in entered.values() for at in held.values() for d in lasting]
            heapify(waiting)
            while waiting:
                at = heappop(waiting)
                if not self.low <= at <= self.high:
                    continue
                visible = ContactData(
                    data.contact, {n: tuple(e for e in es if e.at <= at) for n, es in data.events.items()}
                )
                known = replace(memory, stages=stages, entered=entered, midnight=None)
                reader = Reader(self._setting(at, known, turning.tiers(at)), visible)
                now = (
                    *(reader.member(name) for name in self.model.segments),
                    *(reader.stage(name) for name in self.model.scores),
                    *(reader.holds(condition) for condition in becoming),
                )
                if before is not None and now != before:
                    yield at
                before = now
                for name in kept:
                    if not reader.member(name):
                        entered[name].pop(key, None)
                    elif key not in entered[name]:
                        entered[name][key] = at
                        for end in (shift(at, d, 1, place) for d in lasting):
                            heappush(waiting, end)
                for name in self.model.scores:
                    stage = reader.stage(name)
                    stages.setdefault(name, {})
                    if stage is None:
                        stages[name].pop(key, None)
                    else:
                        stages[name][key] = stage

    def _setting(self, at: int, memory: Memory, tiers: Tiers) -> Setting:
        return Setting(self.model, at, self.time_zone, self.facts.schema, memory, self.facts, tiers)

    def _scanned(self, data: ContactData) -> list[int]:
        """Where time alone could change something for this contact: a window's edge passes an event, a step of
        fading, a local midnight."""
        low = self.low
        found: set[int] = {low} | {at for at in self.happens if at > low}
        instants = [e.at for events in data.events.values() for e in events]
        # calendars turn at the contact's midnight: ages, dates, local days
        place = zone(zones_of(data.contact, self.facts.schema, self.time_zone).reckoning)
        day = local_date(low, place)
        while (midnight := day_start(day, place)) <= self.high:
            found.add(midnight)
            day = next_day(day)
        # a field that is an instant: it passes, windows pass it, and it comes into windows of the future
        fields_at = [int(at) for name, at in data.contact.fields.items() if at is not None and self._is_instant(name)]
        found |= set(fields_at)
        for duration in durations(self.model):
            if not duration.local:
                found |= {shift(at, duration, 1, zone(self.time_zone)) for at in (*instants, *fields_at)}
                found |= {shift(at, duration, -1, zone(self.time_zone)) for at in fields_at}
        for score in self.model.scores.values():
            for fading in {f for f in (score.fading, *(getattr(r, "fading", None) for r in score.rules)) if f}:
                step, last = step_of(fading), len(weights(fading))
                for at in instants:
                    k = max(0, (low - at) // step)
                    while k <= last and at + k * step <= self.high and len(found) < 4 * MOST_SCANNED:
                        found.add(at + k * step)
                        k += 1
        return sorted(at for at in found if low <= at <= self.high)[-MOST_SCANNED:]

    def _is_instant(self, name: str) -> bool:
        return isinstance(self.facts.schema.fields[name].type, DateTime)


def durations(node: object) -> set[Duration]:
    """All durations written anywhere below a node of the model."""
    if isinstance(node, Duration):
        return {node}
    if isinstance(node, Scenario | GivenContact | GivenFact | Contact):
        return set()
    if isinstance(node, Mapping):
        return set().union(*(durations(item) for item in node.values()))
    if isinstance(node, tuple):
        return set().union(*(durations(item) for item in node))
    if is_dataclass(node) and not isinstance(node, type):
        return set().union(*(durations(getattr(node, f.name)) for f in fields(node)))
    return set()
