"""What a tick has evaluated before it takes the ledger's lock: everything about everybody, or what may differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.before import Anew, anew, anew_apart, members_of
from engine.classes import last_midnight
from engine.evaluation import Evaluation, Memory, Named, Scope
from engine.fire import Occurrence
from engine.records import Evidence, Position, Tick
from engine.tick.choice import Choice
from engine.tick.engine import Engine, memory_at
from engine.tick.visits import Everybody, Visits, visits
from engine.zones import zone


@dataclass(frozen=True, slots=True)
class Seen:
    """What was evaluated, and how far facts and evidence were read for it.

    `visited`: the contacts of which `now` tells everything; None: all. What `edited` names it tells of all contacts.
    """

    now: Evaluation
    before: Anew | None
    choice: Choice
    seq: int
    facts: Position | None
    evidence: Evidence
    visited: frozenset[str] | None = None
    edited: frozenset[Named] = frozenset()
    scheduled: Mapping[str, tuple[Occurrence, ...]] = field(default_factory=dict)
    """Trigger -> its occurrences of the calendar, where they were looked for already."""
    flips: Mapping[str, int] = field(default_factory=dict)
    """When answers to what was edited may differ, of all contacts."""
    mark: int | None = None
    """That of the facts at `seq`; a copy of them has none to give."""
    ahead: bool = True
    """Whether the tick before may have known of events later than itself."""
    horizon: int | None = None
    """Up to when the tick can tell the next one whom to look at; None: it cannot."""

    def among(self, named: Named) -> frozenset[str] | None:
        """The contacts of which an answer is told; None: all."""
        return None if named in self.edited else self.visited


def see(engine: Engine, last: Tick | None, as_of: int) -> Seen:
    """Choose how to go, and evaluate. Inside a snapshot of the facts."""
    # before anything else of it is read: what comes in meanwhile is new to the next tick
    evidence = engine.ledger.evidence()
    contacts = engine.facts.count()
    most = engine.costs.most(contacts)
    if engine.passes == "full":
        choice = Choice(full=True, why="asked for", contacts=contacts, visited=contacts)
        return _full(engine, last, as_of, choice, evidence)
    try:
        if engine.passes == "chosen" and most < 0:
            raise Everybody(f"{contacts:,} contacts are few")
        found = visits(engine, last, as_of, most if engine.passes == "chosen" else contacts)
        assert last is not None, "the first tick looks at everybody"
        return _some(engine, last, as_of, found, contacts, evidence)
    except Everybody as reason:
        choice = Choice(full=True, why=str(reason), contacts=contacts, visited=contacts)
        return _full(engine, last, as_of, choice, evidence, ahead=engine.passes == "incremental" or most >= 0)


def _full(
    engine: Engine, last: Tick | None, as_of: int, choice: Choice, evidence: Evidence, *, ahead: bool = False
) -> Seen:
    """Everybody; `ahead`: with the instants at which answers may differ, if the next tick can use them."""
    position = engine.facts.position()
    read = engine.facts.last_seq(), position, evidence
    ahead = ahead and position is not None and engine.always_full is None
    memory = memory_at(engine, engine.ledger, as_of)
    before = None if last is None else _anew(engine, last, memory)
    now = engine.executor.evaluate(as_of, _remembered(engine, before, memory, as_of), Scope(flips=ahead))
    return Seen(now, before, choice, *read, mark=_mark(position), horizon=now.horizon)


def _mark(position: Position | None) -> int | None:
    return None if position is None else position.mark


def _anew(engine: Engine, last: Tick, memory: Memory) -> Anew | None:
    then = replace(memory_at(engine, engine.ledger, last.as_of), stages=memory.stages)
    return anew(engine.model, engine.definition_hashes, engine.executor, engine.facts, engine.ledger, last, then)


def _remembered(engine: Engine, before: Anew | None, memory: Memory, as_of: int) -> Memory:
    return memory if before is None else before.remembered(memory, last_midnight(as_of, zone(engine.time_zone)))


def _some(engine: Engine, last: Tick, as_of: int, found: Visits, contacts: int, evidence: Evidence) -> Seen:
    """Those who have to be looked at, and what was edited for all."""
    position = engine.facts.position()
    read = engine.facts.last_seq(), position, evidence
    causes, visited = dict(found.causes), found.contacts
    read_of = None if found.edited else visited
    memory = memory_at(engine, engine.ledger, as_of, read_of)
    then = replace(memory_at(engine, engine.ledger, last.as_of, read_of), stages=memory.stages)
    before = anew_apart(found.edited, engine.executor, engine.facts, engine.ledger, last, then)
    memory = _remembered(engine, before, memory, as_of)
    horizon, whole = found.reckoned.horizon, None
    if found.edited:
        whole = engine.executor.evaluate(as_of, memory, Scope(only=found.edited, flips=True))
        horizon = min(horizon, whole.horizon or as_of)
        causes["edited definition"] = _differing(found.edited, before, whole)
        visited |= causes["edited definition"]
    now = engine.executor.evaluate(as_of, memory, Scope(among=visited, flips=True))
    horizon = min(horizon, now.horizon or as_of)
    choice = Choice(
        full=False,
        why="cheaper" if engine.passes == "chosen" else "asked for",
        contacts=contacts,
        visited=len(visited),
        causes={cause: len(those) for cause, those in causes.items() if those},
        estimated=engine.costs.incremental(len(visited)),
    )
    return Seen(
        now if whole is None else _joined(now, whole),
        before,
        choice,
        *read,
        visited=visited,
        edited=found.edited,
        scheduled=found.scheduled,
        mark=_mark(position),
        flips={} if whole is None else whole.flips or {},
        ahead=found.reckoned.facts.latest > last.as_of,
        horizon=horizon,
    )


def _differing(edited: frozenset[Named], before: Anew | None, whole: Evaluation) -> frozenset[str]:
    """Those for whom the answers to what was edited differ from those at the tick before, or from what is recorded."""
    assert before is not None, "what was edited is reckoned anew"
    found: set[str] = set()
    for kind, name in edited:
        if kind == "score":
            stood, standing = before.stages(name, {}), whole.stages[name]
            found |= {c for c in {*stood, *standing} if stood.get(c) != standing.get(c)}
        else:
            found |= members_of(whole, name) ^ before.members(name, frozenset())
    return frozenset(found)


def _joined(now: Evaluation, whole: Evaluation) -> Evaluation:
    """The one evaluation, with the answers of the other in place of its own."""
    return replace(
        now,
        segments={**now.segments, **whole.segments},
        scores={**now.scores, **whole.scores},
        stages={**now.stages, **whole.stages},
        conditions={**now.conditions, **whole.conditions},
    )
