"""The work inside the transaction: states, causes, judging."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from dsl.model import (
    Broadcast,
    Condition,
    OnChange,
    OnEvent,
    OnSegment,
    OnStage,
    OnWhen,
    Scheduled,
    Trigger,
)
from engine.before import members_of, named, populations
from engine.calendar import scheduled_occurrences
from engine.causes import causes_gone
from engine.changes import Changed, change_occurrences, record_changes
from engine.classes import last_midnight
from engine.decide import Decided, judge
from engine.evaluation import Evaluation, Memory, Run, Scope, depends_on_cause, remembered
from engine.fire import (
    Occurrence,
    entering,
    event_occurrences,
    firing_of,
    lateness_limit,
    leaving,
    settling,
    stage_occurrences,
)
from engine.interpret import Setting
from engine.protocols import LedgerWrite
from engine.quality import stops_of
from engine.reach import Reachings, reached
from engine.records import Firing, Judgement, StageMove, Tick
from engine.tick.counts import of_evaluation, of_ledger, quality_populations
from engine.tick.engine import Engine, activity, memory_at
from engine.tick.gather import gather
from engine.tick.report import Counts, TickReport
from engine.tick.seen import Seen
from engine.tick.visits import is_due
from engine.zones import zone


class Unseen(Exception):
    """A run is due whose contact was not evaluated: the tick has to begin anew."""


class Work:
    """The work inside the transaction."""

    def __init__(
        self,
        engine: Engine,
        ledger: LedgerWrite,
        as_of: int,
        last: Tick | None,
        seen: Seen,
    ) -> None:
        self.engine = engine
        self.model = engine.model
        self.ledger = ledger
        self.as_of = as_of
        self.last = last
        self.seen = seen
        self.visited = seen.visited
        self.now = seen.now
        self.before = seen.before
        memory = memory_at(engine, ledger, as_of, seen.visited)
        self.setting = Setting(
            self.model,
            as_of,
            engine.time_zone,
            engine.facts.schema,
            self._remembered(memory),
            engine.facts,
            self.now.classes,
        )
        self.triggers = {t.id: t for t in engine.model.triggers.values()}
        self.known = ledger.known_contacts(seen.visited)
        self.populations = populations(engine.model)
        self.kept = remembered(engine.model)
        self.changes: dict[str, Changed] = {}
        self.reachings = Reachings(ledger, as_of, zone(engine.time_zone))
        self.moved: set[str] = set()
        """Those whose membership is remembered and changed: the next tick reads another memory of them."""
        self._earlier: dict[int, Evaluation] = {}

    def _remembered(self, memory: Memory) -> Memory:
        if self.before is None:
            return memory
        return self.before.remembered(memory, last_midnight(self.as_of, zone(self.engine.time_zone)))

    def run(self) -> TickReport:
        """See `tick`. Raises Unseen."""
        begun = self.engine.stopwatch()
        activations = self.ledger.activations()
        active = {t.name: activity(self.engine, t, activations, self.as_of) for t in self.model.triggers.values()}
        members, stages = self._states_before()
        self._record_states(members, stages)
        self.changes = record_changes(
            self.model, self.engine.facts, self.ledger, self.known, self.last, self.as_of, self.visited
        )
        self._record_tick()
        counts = of_evaluation(self.model, self.now) if self.visited is None else of_ledger(self.model, self.ledger)
        compared = self.engine.stopwatch()
        fresh: list[Firing] = []
        missed: list[tuple[Firing, Judgement]] = []
        for trigger in self.model.triggers.values():
            start, _ = active[trigger.name]
            if start > self.as_of:
                continue
            newly = trigger.id not in activations
            if newly:
                self.ledger.record_activation(trigger.id, start)
            limit = lateness_limit(trigger, self.engine.time_zone, self.as_of)
            settle = settling(trigger, self.model, self.engine.settle)
            for seen in self._occurrences(trigger, active[trigger.name], members, stages, newly=newly):
                firing = firing_of(trigger, seen, self.as_of, self.engine.time_zone, settle)
                if self.as_of - seen.at > limit:
                    note = Judgement(firing.key, self.as_of, "missed", "late", "seen later than `late by` allows")
                    missed.append((_done(firing), note))
                else:
                    fresh.append(firing)
        existing = self.ledger.existing([f.key for f in fresh] + [f.key for f, _ in missed])
        fresh = [f for f in _once(fresh) if f.key not in existing]
        missed = [(f, j) for f, j in missed if f.key not in existing]
        fired = self.engine.stopwatch()
        decided, decisions = self._judge(fresh, active, counts)
        self.ledger.record_firings([f for f, _ in missed])
        self.ledger.record_judgements([j for _, j in missed])
        self._write(decided)
        self.ledger.record_quality((one for held in counts.quality.values() for one in held), self.as_of)
        self.ledger.record_reachings(self.reachings.all())
        ended = self.engine.stopwatch()
        return TickReport(
            self.as_of,
            self.last is None,
            self.now,
            _by_trigger([*fresh, *(f for f, _ in missed)]),
            _by_trigger(f for f, _ in missed),
            (*missed, *decisions),
            reserved=decided.reserved,
            counts=counts,
            choice=self.seen.choice,
            seconds={"compare": compared - begun, "fire": fired - compared, "judge": ended - fired},
        )

    def _record_tick(self) -> None:
        """Remember the tick, and what it leaves for the next one."""
        seen, ledger = self.seen, self.ledger
        ledger.record_definitions(self.engine.definition_hashes)
        ledger.record_tick(self.as_of, seen.seq, self.engine.plan_hash, self.now.contacts, self.visited, seen.mark)
        if seen.horizon is None or seen.facts is None:
            ledger.forget_reckoned()
            return
        instants = dict(self.now.flips or {})
        for contact, at in ledger.consents_ahead(self.as_of, self.visited).items():
            instants[contact] = min(at, instants.get(contact, at))
        instants |= dict.fromkeys(self.moved, self.as_of)
        instants = {contact: at for contact, at in instants.items() if at <= seen.horizon}
        if seen.edited:
            ledger.record_due(seen.flips, earlier=True)
        ledger.record_due(instants, None if self.visited is None else self.visited | self.moved)
        ledger.record_reckoned(seen.facts, seen.evidence, seen.horizon)

    # ------------------------------------------------------------ states

    def _at(self, instant: int) -> Evaluation:
        """The states reckoned as of an earlier instant with the present text and facts."""
        if instant == self.as_of:
            return self.now
        if instant not in self._earlier:
            stages = self.setting.memory.stages if self.last else {}
            memory = replace(memory_at(self.engine, self.ledger, instant, self.visited), stages=stages)
            self._earlier[instant] = self.engine.executor.evaluate(instant, memory, Scope(among=self.visited))
        return self._earlier[instant]

    def _states_before(self) -> tuple[dict[str, frozenset[str]], dict[str, Mapping[str, str]]]:
        """Members and stages at the tick before. Where a definition was edited since, the state is reckoned anew with
        the new text (and the ledger's intervals are set to it), so that an edit alone fires nothing."""
        members: dict[str, frozenset[str]] = {}
        stages: dict[str, Mapping[str, str]] = {}
        for name, (known_as, _) in self.populations.items():
            among = self.seen.among(named(self.model, name))
            inside = recorded = frozenset(self.ledger.members(known_as, None, among))
            if self.before is not None:
                inside = self._told(known_as, self.before.members(name, recorded), recorded)
                self._record_members(name, known_as, inside, recorded)
            members[name] = inside
        for name, score in self.model.scores.items():
            standing = stood = self.ledger.stages(score.id, None, self.seen.among(("score", name)))
            if self.before is not None:
                standing = self._stood(score.id, self.before.stages(name, stood), stood)
                self.ledger.record_stages(_moves(score.id, stood, standing), self.as_of)
            stages[name] = standing
        return members, stages

    def _told(self, known_as: str, reckoned: frozenset[str], recorded: frozenset[str]) -> frozenset[str]:
        """Members at the tick before, by the new text; of what a journal told since, as it is recorded."""
        assert self.last is not None, "there is no telling what was edited"
        told = self.ledger.moved_since("segment", known_as, self.last.as_of)
        return (reckoned - told) | (recorded & told)

    def _stood(self, score: str, reckoned: Mapping[str, str], recorded: Mapping[str, str]) -> Mapping[str, str]:
        """The same of stages."""
        assert self.last is not None, "there is no telling what was edited"
        told = self.ledger.moved_since("score", score, self.last.as_of)
        if not told:
            return reckoned
        return {c: s for c, s in reckoned.items() if c not in told} | {c: s for c, s in recorded.items() if c in told}

    def _record_states(self, members: Mapping[str, frozenset[str]], stages: Mapping[str, Mapping[str, str]]) -> None:
        for name, (known_as, _) in self.populations.items():
            self._record_members(name, known_as, members_of(self.now, name), members[name])
        for kept, inside in quality_populations(self.model, self.now).items():
            before = frozenset(self.ledger.members(kept, None, self.visited))
            self.ledger.record_members(kept, inside - before, before - inside, self.as_of)
        for name, standing in self.now.stages.items():
            score = self.model.scores[name]
            self.ledger.record_stages(_moves(score.id, stages[name], standing), self.as_of)
            for stage in score.stages if self.last is not None else ():  # before the first tick nobody stood anywhere
                self.reachings.counted(score, stage.name, reached(score, stage.name, stages[name], standing))

    def _record_members(self, name: str, known_as: str, inside: frozenset[str], before: frozenset[str]) -> None:
        self.ledger.record_members(known_as, inside - before, before - inside, self.as_of)
        if name in self.kept:
            self.moved |= inside ^ before

    # ------------------------------------------------------------ causes

    def _occurrences(
        self,
        trigger: Trigger,
        active: tuple[int, int | None],
        members: Mapping[str, frozenset[str]],
        stages: Mapping[str, Mapping[str, str]],
        *,
        newly: bool,
    ) -> Iterable[Occurrence]:
        start, end = active
        if end is not None and not isinstance(trigger.cause, OnEvent | Scheduled) and self.as_of > end:
            return ()
        # a trigger that begins after the tick before has its own baseline: the states as of its beginning
        own_baseline = self.last is None or start > self.last.as_of
        compares = isinstance(trigger.cause, OnSegment | OnStage | OnWhen)
        baseline = self._at(start) if own_baseline and compares else None
        match trigger.cause:
            case OnEvent() as cause:
                limit = lateness_limit(trigger, self.engine.time_zone, self.as_of)
                facts, ahead = self.engine.facts, self.seen.ahead
                present, new = self.now.contacts, self.newcomers
                return event_occurrences(
                    cause, facts, self.setting, self.last, active, limit, present=present, newcomers=new, ahead=ahead
                )
            case OnSegment(segment=name, edge=edge, including_present=including):
                before: Collection[str] = members[name] if baseline is None else self._seen(baseline.segments[name])
                if including and newly:
                    before = frozenset()
                inside = self.now.segments[name]
                segment_id = self.model.segments[name].id
                if edge == "entering":
                    ordinals = self.ledger.entries(segment_id, inside - frozenset(before))
                    return entering(segment_id, inside, before, ordinals, self.as_of)
                ordinals = self.ledger.exits(segment_id, frozenset(before) - inside)
                return leaving(segment_id, inside, before, self.now.contacts, ordinals, self.as_of)
            case OnWhen():
                name = f"trigger {trigger.name} when"
                before = members[name] if baseline is None else self._seen(members_of(baseline, name))
                holding = members_of(self.now, name)
                known_as = self.populations[name][0]
                ordinals = self.ledger.entries(known_as, holding - frozenset(before))
                return entering(known_as, holding, before, ordinals, self.as_of)
            case OnChange() as cause:
                # fields have no history: what they were as the trigger began is what they are now
                return () if own_baseline else change_occurrences(cause, self.changes[cause.watched], self.as_of)
            case OnStage(score=name) as cause:
                stood = stages[name]
                if baseline is not None:
                    seen = self._seen(baseline.stages[name])
                    stood = {contact: stage for contact, stage in baseline.stages[name].items() if contact in seen}
                standing = self.now.stages[name]
                moved = {c for c in {*stood, *standing} if stood.get(c) != standing.get(c)}
                ordinals = self.ledger.stage_moves(self.model.scores[name].id, moved)
                scored, score = self.now.scores[name].keys(), self.model.scores[name]
                seen_now = stage_occurrences(cause, score, standing, scored, stood, ordinals, self.as_of)
                if cause.edge == "falling below":
                    return seen_now
                counted = self.reachings.counted(score, cause.stage, reached(score, cause.stage, stood, standing))
                return (one for one in seen_now if one.contact in counted)
            case cause:
                after = start if self.last is None else max(start, self.last.as_of)
                if self.last is None:
                    # nothing was missed before the first tick: the engine was not there yet
                    tolerance = lateness_limit(trigger, self.engine.time_zone, self.as_of)
                    after = max(start, self.as_of - tolerance - 1)
                found: Iterable[Occurrence] | None = self.seen.scheduled.get(trigger.name)
                if found is None:
                    found = scheduled_occurrences(cause, self.engine.facts, self.setting, after, end)
                return self._addressed(trigger, found) if isinstance(cause, Broadcast) else found

    def _addressed(self, trigger: Trigger, found: Iterable[Occurrence]) -> Iterable[Occurrence]:
        """A broadcast goes to `where`: who does not satisfy it now gets no run, and no line in the ledger."""
        if trigger.where is None or depends_on_cause(trigger.where):
            return found
        satisfied = self.now.conditions[f"trigger {trigger.name} where"]
        return (seen for seen in found if seen.contact in satisfied)

    # ------------------------------------------------------------ judging

    def _judge(
        self, fresh: Sequence[Firing], active: Mapping[str, tuple[int, int | None]], counts: Counts
    ) -> tuple[Decided, list[tuple[Firing, Judgement]]]:
        """Judge what is due; test `where` of what only begins to wait: `where` at the tick that sees the cause and at
        every later judgement, `unless` from the end of `wait` on (LANGUAGE.md §5, trigger)."""
        opened = self.ledger.open_firings()
        due = [f for f in opened if is_due(f, self.as_of)]
        beginning = [f for f in fresh if not is_due(f, self.as_of)]
        due += [f for f in fresh if is_due(f, self.as_of)]
        if self.visited is not None and not self.visited.issuperset(f.contact for f in (*due, *beginning)):
            raise Unseen  # a hand-over gave a run back after it was looked whom to visit
        refused = self._conditions(beginning, ("where",))
        decisions: list[tuple[Firing, Judgement]] = []
        waiting: list[Firing] = []
        for firing in beginning:
            if firing.key in refused:
                judgement = Judgement(firing.key, self.as_of, "refused", "where", refused[firing.key])
                firing = _done(firing)  # noqa: PLW2901  # the same firing in its new state
            else:
                judgement = Judgement(firing.key, self.as_of, "waiting", "wait", "", firing.not_before)
            waiting.append(firing)
            decisions.append((firing, judgement))
        self.ledger.record_firings(waiting)
        self.ledger.record_judgements([j for _, j in decisions])
        gone = causes_gone([f for f in due if f.seen_at < self.as_of], self.triggers, self.engine.facts, self.setting)
        world = gather(
            self.engine,
            self.ledger,
            self.now,
            self.triggers,
            due,
            self._conditions(due, ("where", "unless")) | gone,
            active,
            stops_of(self.model, counts.quality),
        )
        decided = judge(due, world)
        by_key = {f.key: f for f in due}
        by_key |= {f.key: f for f in decided.firings}
        decisions += [(by_key[j.key], j) for j in decided.judgements]
        return decided, decisions

    def _conditions(self, firings: Sequence[Firing], words: Sequence[str]) -> dict[str, str]:
        """Decision key -> which clause refuses the firing."""
        by_trigger: dict[str, list[Firing]] = defaultdict(list)
        for firing in firings:
            by_trigger[firing.trigger].append(firing)
        refused: dict[str, str] = {}
        for name, group in by_trigger.items():
            trigger = self.triggers.get(name)
            if trigger is None:
                continue
            for word in words:
                condition = trigger.where if word == "where" else trigger.unless
                if condition is None:
                    continue
                holding = self._holding(f"trigger {trigger.name} {word}", condition, group)
                for firing in group:
                    if (firing.key in holding) == (word == "unless"):
                        note = "`where` does not hold" if word == "where" else "`unless` holds"
                        refused.setdefault(firing.key, note)
        return refused

    def _seen(self, contacts: Collection[str]) -> frozenset[str]:
        """Those of them that an earlier tick saw, or that were imported quietly: a contact that is new was outside
        everything. Before the first tick there is no telling, and nobody counts as new."""
        seen = self.known if self.before is None else self.known | self.before.quiet
        return frozenset(contacts) if self.last is None else frozenset(contacts) & seen

    @cached_property
    def newcomers(self) -> frozenset[str]:
        """Contacts that are here and that no earlier tick saw; none where nobody counts as new."""
        return frozenset(self.now.contacts) - self._seen(self.now.contacts)

    def _holding(self, name: str, condition: Condition, group: Sequence[Firing]) -> frozenset[str]:
        """Keys of the firings for which the condition holds now."""
        if not depends_on_cause(condition):
            satisfied = self.now.conditions[name]
            return frozenset(f.key for f in group if f.contact in satisfied)
        runs = [Run(f.key, f.contact, f.cause_at, f.event_type, f.properties, f.event) for f in group]
        return self.engine.executor.hold(condition, runs, self.as_of, self.setting.memory)

    def _write(self, decided: Decided) -> None:
        for key, state, why in decided.withdrawn:
            self.ledger.withdraw(key, state, self.as_of, why)
        self.ledger.record_firings(decided.firings)
        self.ledger.record_judgements(decided.judgements)
        self.ledger.reserve(decided.outgoing)
        self.ledger.record_ghosts(decided.ghosts, self.as_of)


def _moves(score: str, before: Mapping[str, str], now: Mapping[str, str]) -> list[StageMove]:
    return [
        StageMove(score, contact, now.get(contact))
        for contact in sorted({*before, *now})
        if before.get(contact) != now.get(contact)
    ]


def _done(firing: Firing) -> Firing:
    return replace(firing, state="done", not_before=None)


def _once(firings: Iterable[Firing]) -> list[Firing]:
    return list({f.key: f for f in firings}.values())


def _by_trigger(firings: Iterable[Firing]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for firing in firings:
        counts[firing.trigger] += 1
    return dict(counts)
