"""Running `test` blocks: a small store, a ledger of its own, a clock that moves, the production code.

A test ticks at each instant at which something happens or falls due, up to its clock (LANGUAGE.md §5, test): events,
ends of waits and holds, dates, broadcasts, rows of fact tables, and instants at which a membership, a stage or the
condition of a `when` flips by time alone (`engine.scenario_flips`). What a later step of the story brings happens at
the clock of that step. The playbooks count as active from before the first event; `settle` is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

from dsl.diagnostics import Label
from dsl.model import (
    After,
    Expectation,
    ExpectQuality,
    GivenContact,
    GivenFact,
    Model,
    Scenario,
    Scheduled,
)
from dsl.schema import Schema
from dsl.types import Stored
from engine.calendar import scheduled_occurrences
from engine.evaluation import Evaluation, Executor, Memory
from engine.instants import day_start, local_date, scheduled_instant, shift
from engine.interpret import Setting
from engine.protocols import Facts, Ledger
from engine.records import ConsentRecord, Event
from engine.scenario_checks import Checks
from engine.scenario_flips import Flips, time_matters
from engine.scenario_given import instants_of, read
from engine.scenario_view import View
from engine.scenario_why import deciding
from engine.tick import Engine, memory_at, tick
from engine.zones import zone


class Bench(Protocol):
    """An empty store and ledger for one test, with one executor."""

    @property
    def facts(self) -> Facts:
        """The store."""
        ...

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        ...

    @property
    def executor(self) -> Executor:
        """The executor under test, over `facts`."""
        ...

    def add_contacts(self, contacts: Iterable[tuple[str, Mapping[str, Stored]]]) -> None:
        """Put contacts into the store."""
        ...

    def add_events(self, events: Iterable[Event]) -> None:
        """Put events into the store."""
        ...

    def add_facts(self, table: str, rows: Iterable[Mapping[str, Stored]]) -> None:
        """Put rows of a fact table into the store."""
        ...

    def add_consents(self, records: Sequence[ConsentRecord]) -> None:
        """Put consent records into the ledger."""
        ...

    def add_to_list(self, name: str, contact: str) -> None:
        """Put a contact on a list that is kept by hand."""
        ...

    def deliver(self, now: int) -> None:
        """Hand over everything queued; what was sent comes back as `message_sent` events."""
        ...


class Benches(Protocol):
    """Makes a bench for one executor."""

    def __call__(self, model: Model) -> AbstractContextManager[Bench]:
        """An empty bench; closed at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Unmet:
    """An expectation that did not come true: what was seen instead, in people's words."""

    expectation: Expectation
    seen: str
    why: tuple[Label, ...] = ()
    """The clauses that decided, with the values they saw."""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """How a test went on one executor; passed if nothing is unmet."""

    scenario: Scenario
    executor: str
    unmet: tuple[Unmet, ...]
    ticks: int


Looked = Callable[[Expectation, View], None]
"""Hears of every expectation at the moment at which it is looked at."""


def run_scenario(
    scenario: Scenario,
    model: Model,
    schema: Schema,
    time_zone: str,
    executor: str,
    benches: Benches,
    sources: Mapping[str, str] | None = None,
    looked: Looked = lambda *_: None,
) -> ScenarioResult:
    """Run one test on a fresh bench. `sources`: text by playbook file, for the words of what decided."""
    model = _without_stops(model, scenario)
    with benches(model) as bench:
        return _Scene(scenario, model, schema, time_zone, executor, bench, sources or {}, looked).play()


def _without_stops(model: Model, scenario: Scenario) -> Model:
    """The model in which only those quality blocks stop sending that the test speaks of: a handful of invented
    contacts says nothing about the data."""
    named = {step.quality for step in scenario.steps if isinstance(step, ExpectQuality)}
    kept = {n: block if n in named else replace(block, stops=None) for n, block in model.qualities.items()}
    return replace(model, qualities=kept)


class _Scene:
    """A test while it runs. `clock` is what the text says; `ticked` the last instant that was looked at, which lies a
    little beyond the clock where something is given after the tick at the clock."""

    def __init__(
        self,
        scenario: Scenario,
        model: Model,
        schema: Schema,
        time_zone: str,
        executor: str,
        bench: Bench,
        sources: Mapping[str, str],
        looked: Looked,
    ) -> None:
        self.sources = sources
        self.looked = looked
        self.scenario = scenario
        self.model = model
        self.schema = schema
        self.time_zone = time_zone
        self.zone = zone(time_zone)
        self.executor = executor
        self.bench = bench
        self.clock = scheduled_instant(scenario.at[0], scenario.at[1], self.zone)
        self.happens: set[int] = set()
        self.consented: set[int] = set()
        self.numbers = count()
        told = [at for one in scenario.contacts for at in instants_of(one, self.clock, self.zone)]
        today = day_start(local_date(self.clock, self.zone), self.zone)
        self.start = min([today, *told]) - 1
        self.engine = Engine(
            model, "test", {}, bench.executor, bench.facts, bench.ledger, time_zone, active_from=self.start
        )
        self.ticked = self.start - 1
        self.ticks = 0
        self.evaluation: Evaluation | None = None
        self.fresh = False
        first: tuple[GivenContact | GivenFact, ...] = (*scenario.contacts, *scenario.facts)
        for given in first:
            self._put(given, self.start - 1)

    def play(self) -> ScenarioResult:
        unmet: list[Unmet] = []
        for step in self.scenario.steps:
            match step:
                case After(duration=duration):
                    self._look()
                    self.clock = shift(self.clock, duration, 1, self.zone)
                case GivenContact() | GivenFact():
                    self._advance(self.clock - 1)
                    self._put(step, self.clock)
                    self.fresh = True
                case _:
                    self._look()
                    assert self.evaluation is not None, "the clock has ticked"
                    seen = self._checks(self.evaluation).unmet(step)
                    view = self._view(self.evaluation)
                    self.looked(step, view)
                    if seen is not None:
                        unmet.append(Unmet(step, seen, deciding(step, view)))
        return ScenarioResult(self.scenario, self.executor, tuple(unmet), self.ticks)

    def _checks(self, evaluation: Evaluation) -> Checks:
        return Checks(self.model, self.bench.facts, self.bench.ledger, self.time_zone, self.clock, evaluation)

    def _view(self, evaluation: Evaluation) -> View:
        return View(self.model, self.bench.facts, self.bench.ledger, self.time_zone, evaluation, self.sources)

    def _put(self, given: GivenContact | GivenFact, consents_at: int) -> None:
        """Bring what is given into the store and the ledger; consents without a time hold from `consents_at` on."""
        match given:
            case GivenContact():
                found = read(given, self.clock, self.zone, consents_at, self.numbers)
                self.bench.add_contacts([(given.key, found.fields)])
                self.bench.add_events(found.events)
                self.bench.add_consents(found.consents)
                for name in given.lists:
                    self.bench.add_to_list(name, given.key)
                self.happens |= {event.at for event in found.events}
                self.consented |= {record.at for record in found.consents}
            case GivenFact():
                values = {one.name: one.value for one in given.values}
                self.bench.add_facts(given.table, [values])
                time = self.schema.facts[given.table].time
                self.happens |= {int(values[time])} if time is not None else set()

    # ------------------------------------------------------------ the clock

    def _look(self) -> None:
        """See what there is at the clock: at the clock itself, or right after it if something was given there since."""
        if self.ticked < self.clock:
            self._advance(self.clock - 1)
            self._tick_up_to(self.clock, {self.clock})
        elif self.fresh:
            self._tick_up_to(self.ticked + 1, {self.ticked + 1})
        self.fresh = False

    def _advance(self, to: int) -> None:
        """Tick at every instant up to `to` at which something happens or falls due. What the ledger remembers must
        not change on the way, so consents cut it."""
        for at in sorted(at for at in self.consented if self.ticked < at <= to):
            self._tick_up_to(at - 1, set())
            self._tick_up_to(at, {at})
        self._tick_up_to(to, set())

    def _tick_up_to(self, to: int, planned: set[int]) -> None:
        planned = {self.start, *planned, *self.happens, *self._scheduled(to), *self._flips(to), *self._falling_due()}
        followed: int | None = None
        while pending := sorted(at for at in planned if self.ticked < at <= to):
            at = pending[0]
            sent = self._sent()
            self.evaluation = tick(self.engine, at).evaluation
            self.ticks += 1
            self.bench.deliver(at)
            self.ticked = at
            planned |= self._falling_due()
            if at == followed:
                planned |= set(self._flips(to))
            elif self._sent() != sent:
                # what was sent is an event from now on, what was set is a field: the next tick sees it, and time runs
                # from it. Once only, for a trigger may answer its own messages
                followed = at + 1
                planned.add(followed)

    def _sent(self) -> int:
        """How many messages have left so far; not counted where nothing could come of it later."""
        counted = time_matters(self.model) or any(t.sets for t in self.model.triggers.values())
        return sum(1 for _ in self.bench.ledger.outbox(("sent",))) if counted else 0

    def _falling_due(self) -> set[int]:
        """When what waits or is held is judged next; also what an earlier step of the test left open."""
        opened = self.bench.ledger.open_firings()
        return {f.not_before for f in opened if f.not_before is not None and f.not_before > self.ticked}

    def _scheduled(self, to: int) -> Iterator[int]:
        setting = Setting(self.model, to, self.time_zone, self.schema, Memory(), self.bench.facts)
        for trigger in self.model.triggers.values():
            if isinstance(trigger.cause, Scheduled):
                for seen in scheduled_occurrences(trigger.cause, self.bench.facts, setting, self.start, None):
                    yield seen.at

    def _flips(self, to: int) -> Iterator[int]:
        """Instants after the last tick at which a membership or a stage differs from the one before."""
        low = max(self.ticked, self.start)
        if low > to:
            return iter(())
        memory = memory_at(self.engine, self.bench.ledger, to)
        return Flips(self.model, self.bench.facts, self.time_zone, low, to, self.happens, memory).find()
