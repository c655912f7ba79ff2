"""Running `test` blocks: a small store, a ledger of its own, a clock that moves, the production code.

A test ticks at each instant at which something happens or falls due, up to its clock (LANGUAGE.md §5, test): events,
ends of waits and holds, dates, broadcasts, and instants at which a membership, a stage or the condition of a `when`
flips by time alone (found by asking the interpreter at every instant at which a window, a fading step or a calendar
day could change something).
The playbooks count as active from before the first event; `settle` is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, is_dataclass, replace
from heapq import heapify, heappop, heappush
from typing import Protocol, assert_never

from dsl.model import (
    After,
    Duration,
    Expectation,
    ExpectCapped,
    ExpectGets,
    ExpectHeld,
    ExpectHolds,
    ExpectMember,
    ExpectQuality,
    ExpectScore,
    GivenContact,
    Model,
    OnChange,
    OnEvent,
    OnWhen,
    Scenario,
    Scheduled,
)
from dsl.schema import Schema
from dsl.types import POINT_UNIT, DateTime, Stored
from engine.calendar import scheduled_occurrences
from engine.evaluation import Evaluation, Executor, Memory, remembered
from engine.explain import points_shown
from engine.fading import step_of, weights
from engine.instants import day_start, local_date, next_day, scheduled_instant, shift, to_datetime
from engine.interpret import Reader, Setting, zones_of
from engine.offers import holds
from engine.protocols import Facts, Ledger
from engine.quality import judged
from engine.records import ConsentRecord, Contact, ContactData, Event, OutboxRow
from engine.tick import Engine, memory_at, tick
from engine.zones import zone

MOST_SCANNED = 4_000
"""Instants at which a test looks for flips by time alone; a longer test looks at the latest ones."""


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

    def add_consents(self, records: Sequence[ConsentRecord]) -> None:
        """Put consent records into the ledger."""
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


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """How a test went on one executor; passed if nothing is unmet."""

    scenario: Scenario
    executor: str
    unmet: tuple[Unmet, ...]
    ticks: int


def run_scenario(
    scenario: Scenario, model: Model, schema: Schema, time_zone: str, executor: str, benches: Benches
) -> ScenarioResult:
    """Run one test on a fresh bench."""
    model = _without_stops(model, scenario)
    with benches(model) as bench:
        return _Scene(scenario, model, schema, time_zone, executor, bench).play()


def _without_stops(model: Model, scenario: Scenario) -> Model:
    """The model in which only those quality blocks stop sending that the test speaks of: a handful of invented
    contacts says nothing about the data."""
    named = {step.quality for step in scenario.steps if isinstance(step, ExpectQuality)}
    kept = {n: block if n in named else replace(block, stops=None) for n, block in model.qualities.items()}
    return replace(model, qualities=kept)


class _Scene:
    def __init__(
        self, scenario: Scenario, model: Model, schema: Schema, time_zone: str, executor: str, bench: Bench
    ) -> None:
        self.scenario = scenario
        self.model = model
        self.schema = schema
        self.time_zone = time_zone
        self.zone = zone(time_zone)
        self.executor = executor
        self.bench = bench
        self.clock = scheduled_instant(scenario.at[0], scenario.at[1], self.zone)
        events = list(self._events())
        today = day_start(local_date(self.clock, self.zone), self.zone)
        self.start = min([today, *(e.at for e in events)]) - 1
        bench.add_contacts(self._contacts())
        bench.add_events(events)
        bench.add_consents(list(self._consents()))
        self.event_instants = sorted({e.at for e in events})
        self.engine = Engine(
            model, "test", {}, bench.executor, bench.facts, bench.ledger, time_zone, active_from=self.start
        )
        self.ticked = self.start - 1
        self.ticks = 0
        self.evaluation: Evaluation | None = None

    def play(self) -> ScenarioResult:
        unmet: list[Unmet] = []
        self._advance()
        for step in self.scenario.steps:
            match step:
                case After(duration=duration):
                    self.clock = shift(self.clock, duration, 1, self.zone)
                    self._advance()
                case _:
                    seen = self._check(step)
                    if seen is not None:
                        unmet.append(Unmet(step, seen))
        return ScenarioResult(self.scenario, self.executor, tuple(unmet), self.ticks)

    # ------------------------------------------------------------ the store

    def _contacts(self) -> Iterator[tuple[str, Mapping[str, Stored]]]:
        for contact in self.scenario.contacts:
            yield contact.key, {a.name: a.value for a in contact.fields}

    def _events(self) -> Iterator[Event]:
        for contact in self.scenario.contacts:
            for number, event in enumerate(contact.events):
                at = shift(self.clock, event.ago, -1, self.zone)
                known = {a.name: a.value for a in event.properties}
                yield Event(event.event, f"{contact.key}-{number:03}", contact.key, at, 0, known)

    def _consents(self) -> Iterator[ConsentRecord]:
        for contact in self.scenario.contacts:
            for channel, purpose in contact.consents:
                yield ConsentRecord(
                    f"{contact.key}-{channel}-{purpose}",
                    contact.key,
                    purpose,
                    channel,
                    "granted",
                    "consent",
                    "given by the test",
                    self.start - 1,
                )

    # ------------------------------------------------------------ the clock

    def _advance(self) -> None:
        """Tick at every instant up to the clock, and at the clock itself."""
        planned = {self.start, self.clock, *(at for at in self.event_instants if at <= self.clock)}
        planned |= set(self._scheduled()) | set(self._flips()) | self._falling_due()
        followed: int | None = None
        while pending := sorted(at for at in planned if self.ticked < at <= self.clock):
            at = pending[0]
            sent = self._sent()
            self.evaluation = tick(self.engine, at).evaluation
            self.ticks += 1
            self.bench.deliver(at)
            self.ticked = at
            planned |= self._falling_due()
            if at == followed:
                planned |= set(self._flips())
            elif self._sent() != sent:
                # what was sent is an event from now on: the next tick sees it, and time runs from it. Once only, for
                # a trigger may answer its own messages
                followed = at + 1
                planned.add(followed)

    def _sent(self) -> int:
        """How many messages have left so far; not counted where nothing could come of it later."""
        return sum(1 for _ in self.bench.ledger.outbox(("sent",))) if self._time_matters() else 0

    def _time_matters(self) -> bool:
        """Whether a membership, a stage or a `when` may flip between events with a consequence."""
        causes = (t.cause for t in self.model.triggers.values())
        return (
            any(not isinstance(c, OnEvent | OnChange | Scheduled) for c in causes)
            or any(s.stages for s in self.model.scores.values())
            or bool(remembered(self.model))
        )

    def _falling_due(self) -> set[int]:
        """When what waits or is held is judged next; also what an earlier step of the test left open."""
        opened = self.bench.ledger.open_firings()
        return {f.not_before for f in opened if f.not_before is not None and f.not_before > self.ticked}

    def _setting(self, at: int, memory: Memory) -> Setting:
        return Setting(self.model, at, self.time_zone, self.schema, memory, self.bench.facts)

    def _scheduled(self) -> Iterator[int]:
        setting = self._setting(self.clock, Memory())
        for trigger in self.model.triggers.values():
            if isinstance(trigger.cause, Scheduled):
                for seen in scheduled_occurrences(trigger.cause, self.bench.facts, setting, self.start, None):
                    yield seen.at

    def _flips(self) -> Iterator[int]:
        """Instants after the last tick at which a membership or a stage differs from the one before."""
        causes = [t.cause for t in self.model.triggers.values()]
        becoming = [c.condition for c in causes if isinstance(c, OnWhen)]
        kept = remembered(self.model)
        lasting = durations(self.model) if kept else set()
        if not self._time_matters():
            return
        memory = memory_at(self.engine, self.bench.ledger, self.clock)
        for data in list(self.bench.facts.load(None, self.schema.events, self.clock)):
            key = data.contact.key
            stages = {name: dict(stood) for name, stood in memory.stages.items()}
            entered = {name: {key: held[key]} if key in held else {} for name, held in memory.entered.items()}
            before: tuple[object, ...] | None = None
            waiting = self._scanned(data)
            waiting += [
                shift(at, d, 1, self.zone) for held in entered.values() for at in held.values() for d in lasting
            ]
            heapify(waiting)
            while waiting:
                at = heappop(waiting)
                if not max(self.ticked, self.start) <= at <= self.clock:
                    continue
                visible = ContactData(
                    data.contact, {n: tuple(e for e in es if e.at <= at) for n, es in data.events.items()}
                )
                reader = Reader(self._setting(at, Memory(memory.consents, stages, entered)), visible)
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
                        for end in (shift(at, d, 1, self.zone) for d in lasting):
                            heappush(waiting, end)
                for name in self.model.scores:
                    stage = reader.stage(name)
                    stages.setdefault(name, {})
                    if stage is None:
                        stages[name].pop(key, None)
                    else:
                        stages[name][key] = stage

    def _scanned(self, data: ContactData) -> list[int]:
        """Where time alone could change something for this contact: a window's edge passes an event, a step of
        fading, a local midnight."""
        low = max(self.ticked, self.start)
        found: set[int] = {low} | {at for at in self.event_instants if at > low}
        instants = [e.at for events in data.events.values() for e in events]
        # calendars turn at the contact's midnight: ages, dates, local days
        place = zone(zones_of(data.contact, self.schema, self.time_zone).reckoning)
        day = local_date(low, place)
        while (midnight := day_start(day, place)) <= self.clock:
            found.add(midnight)
            day = next_day(day)
        # a field that is an instant: it passes, windows pass it, and it comes into windows of the future
        fields_at = [int(at) for name, at in data.contact.fields.items() if at is not None and self._is_instant(name)]
        found |= set(fields_at)
        for duration in durations(self.model):
            if not duration.local:
                found |= {shift(at, duration, 1, self.zone) for at in (*instants, *fields_at)}
                found |= {shift(at, duration, -1, self.zone) for at in fields_at}
        for score in self.model.scores.values():
            for fading in {f for f in (score.fading, *(getattr(r, "fading", None) for r in score.rules)) if f}:
                step, last = step_of(fading), len(weights(fading))
                for at in instants:
                    k = max(0, (low - at) // step)
                    while k <= last and at + k * step <= self.clock and len(found) < 4 * MOST_SCANNED:
                        found.add(at + k * step)
                        k += 1
        return sorted(at for at in found if low <= at <= self.clock)[-MOST_SCANNED:]

    def _is_instant(self, name: str) -> bool:
        return isinstance(self.schema.fields[name].type, DateTime)

    # ------------------------------------------------------------ expectations

    def _check(self, expected: Expectation) -> str | None:
        """None if it came true, else what was seen."""
        assert self.evaluation is not None, "the clock has ticked"
        match expected:
            case ExpectMember(contact=contact, segment=segment, inside=inside):
                is_in = contact in self.evaluation.segments[segment]
                return None if is_in == inside else f"{contact} is {'in' if is_in else 'not in'} `{segment}`"
            case ExpectScore(points=points) if points is not None:
                return self._check_points(expected, points)
            case ExpectScore():
                return self._check_stage(expected)
            case ExpectGets():
                return self._check_gets(expected)
            case ExpectCapped(contact=contact, cap=cap):
                gate = "budget" if self.model.caps[cap].total else "capped"
                return self._decision(contact, gate, f"cap `{cap}`", None)
            case ExpectHolds(contact=contact, offer=offer):
                return self._check_holds(contact, offer)
            case ExpectHeld(contact=contact, quiet=quiet, until=until):
                return self._decision(contact, "quiet", f"quiet `{quiet}`", until)
            case ExpectQuality(quality=name, holds=wanted):
                found = judged(self.model.qualities[name], self.evaluation)
                told = "; ".join(one.figure.told for one in found)
                return None if all(one.figure.holds for one in found) == wanted else f"quality `{name}`: {told}"
            case _:
                assert_never(expected)

    def _check_points(self, expected: ExpectScore, points: int) -> str | None:
        assert self.evaluation is not None, "the clock has ticked"
        seen = self.evaluation.scores[expected.score].get(expected.contact)
        if seen is None:
            return None if expected.op == "!=" else f"{expected.contact} has no `{expected.score}`"
        if _compares(expected.op, seen, points):
            return None
        exact = "" if seen % POINT_UNIT == 0 else " (rounded)"
        return f"`{expected.score}` of {expected.contact} is {points_shown(seen)}{exact}"

    def _check_stage(self, expected: ExpectScore) -> str | None:
        assert self.evaluation is not None, "the clock has ticked"
        names = [s.name for s in self.model.scores[expected.score].stages]
        seen = self.evaluation.stages[expected.score].get(expected.contact)
        if seen is not None and _compares(expected.op, names.index(seen), names.index(str(expected.stage))):
            return None
        if seen is None:
            return None if expected.op == "!=" else f"{expected.contact} is in no stage of `{expected.score}`"
        return f"{expected.contact} is in stage `{seen}`"

    def _messages(self, contact: str) -> list[OutboxRow]:
        return [row for row in self.bench.ledger.outbox(("queued", "sent")) if row.message.contact == contact]

    def _check_gets(self, expected: ExpectGets) -> str | None:
        rows = self._messages(expected.contact)
        if expected.channel is None:
            got = [row for row in rows if row.message.kind == "message"]
            return None if not got else f"{expected.contact} gets {self._listed(got)}"
        for row in rows:
            name = row.message.address if row.message.kind == "notice" else row.message.template
            on_time = expected.at is None or self._minutes(row.message.reserved_at) == expected.at
            if row.message.channel == expected.channel and name == expected.template and on_time:
                return None
        if rows:
            return f"{expected.contact} gets {self._listed(rows)}"
        return f"{expected.contact} gets nothing{self._reasons(expected.contact)}"

    def _check_holds(self, key: str, offer: str) -> str | None:
        contact = next(self.bench.facts.contacts([key]))
        today = local_date(self.clock, zone(zones_of(contact, self.schema, self.time_zone).reckoning))
        held = self.bench.ledger.held_offers([key])
        if holds(held, self.model.offers[offer].id, today):
            return None
        others = [name for name, one in self.model.offers.items() if holds(held, one.id, today)]
        return f"{key} holds {', '.join(f'`{name}`' for name in others) or 'no offer'}{self._reasons(key)}"

    def _listed(self, rows: Sequence[OutboxRow]) -> str:
        return ", ".join(
            f"{r.message.channel} {r.message.address if r.message.kind == 'notice' else r.message.template}"
            f" at {self._time(r.message.reserved_at)}"
            for r in rows
        )

    def _reasons(self, contact: str) -> str:
        decided = self.bench.ledger.judgements(contact)
        if not decided:
            return ": no trigger fired"
        last = {firing.trigger: judgement for firing, judgement in decided}
        return ": " + "; ".join(
            f"`{trigger}` {j.outcome} by {j.gate}{f' ({j.detail})' if j.detail else ''}" for trigger, j in last.items()
        )

    def _decision(self, contact: str, gate: str, detail: str, until: int | None) -> str | None:
        """Whether some judgement of the contact names this gate and block, and ends then."""
        found = [j for _, j in self.bench.ledger.judgements(contact) if j.gate == gate and detail in j.detail]
        if not found:
            return f"{contact} is not {'held' if gate == 'quiet' else 'capped'} by it{self._reasons(contact)}"
        ends = [j.until for j in found if j.until is not None]
        if until is None or any(self._minutes(at) == until for at in ends):
            return None
        return f"{contact} is held until {', '.join(self._time(at) for at in ends)}"

    def _minutes(self, instant: int) -> int:
        local = to_datetime(instant, self.zone)
        return local.hour * 60 + local.minute

    def _time(self, instant: int) -> str:
        return to_datetime(instant, self.zone).strftime("%Y-%m-%d %H:%M")


def durations(node: object) -> set[Duration]:
    """All durations written anywhere below a node of the model."""
    if isinstance(node, Duration):
        return {node}
    if isinstance(node, Scenario | GivenContact | Contact):
        return set()
    if isinstance(node, Mapping):
        return set().union(*(durations(item) for item in node.values()))
    if isinstance(node, tuple):
        return set().union(*(durations(item) for item in node))
    if is_dataclass(node) and not isinstance(node, type):
        return set().union(*(durations(getattr(node, f.name)) for f in fields(node)))
    return set()


def _compares(op: str, seen: int, expected: int) -> bool:
    match op:
        case "=":
            return seen == expected
        case "!=":
            return seen != expected
        case "<":
            return seen < expected
        case "<=":
            return seen <= expected
        case ">":
            return seen > expected
        case _:
            return seen >= expected
