"""Causes become firings: a trigger fires on a change, never on a state (LANGUAGE.md §5, trigger).

Each function looks at one kind of cause and answers who fires now; occasions are event ids, local dates of
occurrences, or ordinals of changes, so that the same change never makes a second decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dsl.model import (
    Aggregate,
    Condition,
    DefinedCondition,
    DefinedValue,
    Did,
    DidOnDays,
    Followed,
    InSegment,
    InSegmentFor,
    Model,
    OnEvent,
    OnStage,
    Score,
    ScoreValue,
    StageOf,
    Trigger,
    Value,
)
from engine.evaluation import nodes
from engine.instants import SECOND, shift
from engine.interpret import Reader, Setting
from engine.keys import BUCKETS, bucket, decision_key
from engine.protocols import Facts
from engine.records import Event, Firing, Tick
from engine.zones import zone


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A cause that was seen: who, which occasion, when; `event` for `on EVENT`."""

    contact: str
    occasion: str
    at: int
    event: Event | None = None


def hangs_on_absence(trigger: Trigger, model: Model) -> bool:
    """Whether a run waits for late data: it has `unless`, or its `where` asks that something did not follow
    (LANGUAGE.md §8.2), itself or through segments and definitions: a name never changes meaning (§1.4)."""
    if trigger.unless is not None:
        return True
    waiting: list[Condition | Value] = [] if trigger.where is None else [trigger.where]
    followed: set[str] = set()
    while waiting:
        for node in nodes(waiting.pop()):
            match node:
                case Followed(kind="without"):
                    return True
                case DefinedCondition(name=name) | DefinedValue(name=name) if name not in followed:
                    define = model.defines[name]
                    waiting += [part for part in (define.condition, define.value) if part is not None]
                case InSegment(segment=name) | InSegmentFor(segment=name) if name not in followed:
                    waiting.append(model.segments[name].where)
                case _:
                    continue
            followed.add(name)
    return False


def firing_of(trigger: Trigger, seen: Occurrence, as_of: int, time_zone: str, settle: int) -> Firing:
    """The firing of an occurrence: due at cause plus `wait` and its place in `spread`, expiring after its time; it is
    judged `settle` microseconds after its due instant (`settling`)."""
    project = zone(time_zone)
    due = seen.at if trigger.wait is None else shift(seen.at, trigger.wait, 1, project)
    due += spread_by(trigger, seen.contact)
    event = seen.event
    return Firing(
        key=decision_key(trigger.id, seen.contact, seen.occasion),
        trigger=trigger.id,
        contact=seen.contact,
        occasion=seen.occasion,
        cause_at=seen.at,
        seen_at=as_of,
        due_at=due,
        expires_at=shift(due, trigger.expires, 1, project),
        event_type=event.type if event else None,
        event=event.id if event else None,
        properties=event.properties if event else {},
        not_before=due + settle,
    )


def settling(trigger: Trigger, model: Model, settle: int) -> int:
    """How long after its due instant a run of a trigger is judged: `settle` microseconds where it hangs on absence, so
    that late data is in."""
    return settle if hangs_on_absence(trigger, model) else 0


def spread_by(trigger: Trigger, contact: str, most: int | None = None) -> int:
    """How much later a contact's run is due, in microseconds: whole seconds, by hash, the same at each run. `most`: the
    stretch is no longer than that."""
    length = None if trigger.spread is None else trigger.spread.micros()
    if length is None:
        return 0
    length = length if most is None else min(length, most)
    return bucket(f"spread {trigger.id}", contact) * length // BUCKETS // SECOND * SECOND


def event_occurrences(
    cause: OnEvent,
    facts: Facts,
    setting: Setting,
    last: Tick | None,
    active: tuple[int, int | None],
    tolerance: int,
    *,
    present: Collection[str],
    newcomers: Collection[str],
    ahead: bool = True,
) -> Iterator[Occurrence]:
    """`on EVENT`: each event that the tick before did not see, later than the start of the trigger.

    An event is seen with its contact: one whose contact is not in the store yet is left for the tick that finds both.
    `newcomers`: contacts that the tick before did not see; all their events are new. `present`: contacts that are
    known to be there; of others the facts are asked.

    Without a tick before, only events within the tolerance for lateness are looked at: the engine was not down, it
    was not there yet. So it is where the facts were put back from a backup since that tick: their numbers do not tell
    what is new, and what had its run has a decision key. `ahead`: the tick before may have known of events later than
    itself.
    """
    as_of = setting.as_of
    start, end = active
    if last is None or not facts.has_been_at(last.seq, last.mark):
        found = facts.new_events(cause.query.event, facts.last_seq(), max(start, as_of - tolerance - 1), as_of)
    else:
        found = facts.new_events(cause.query.event, last.seq, last.as_of, as_of, ahead=ahead)
    events = {event.id: event for event in found}
    for data in facts.load(newcomers, [cause.query.event], as_of) if newcomers else ():
        events |= {event.id: event for event in data.events[cause.query.event]}
    fresh = [e for e in events.values() if e.at > start and (end is None or e.at <= end)]
    asked = {e.contact for e in fresh}.difference(present)
    absent = asked.difference(c.key for c in facts.contacts(asked)) if asked else asked
    fresh = sorted((e for e in fresh if e.contact not in absent), key=lambda event: (event.at, event.id))
    for event in matching_events(cause, facts, setting, fresh):
        yield Occurrence(event.contact, event.id, event.at, event)


def matching_events(cause: OnEvent, facts: Facts, setting: Setting, events: Sequence[Event]) -> list[Event]:
    """Those of some events of the cause's type that its `with (..)` lets through; contacts as they are now."""
    where = cause.query.where
    if where is None:
        return list(events)
    single = (Did, DidOnDays, Followed, Aggregate)
    reads = (*single, InSegment, InSegmentFor, ScoreValue, StageOf, DefinedCondition, DefinedValue)
    types = tuple(facts.schema.events) if any(isinstance(n, reads) for n in nodes(where)) else ()
    loaded = {d.contact.key: d for d in facts.load({e.contact for e in events}, types, setting.as_of)}
    readers: dict[str, Reader] = {}
    matching: list[Event] = []
    for event in events:
        reader = readers.get(event.contact)
        if reader is None:
            data = loaded.get(event.contact)
            if data is None:
                continue
            reader = readers[event.contact] = Reader(setting, data)
        if reader.holds(where, event):
            matching.append(event)
    return matching


def entering(
    segment: str, now: Collection[str], before: Collection[str], ordinals: Mapping[str, int], as_of: int
) -> Iterator[Occurrence]:
    """`on entering SEGMENT`: inside now and not at the tick before; at this tick's as_of.

    The occasion names the segment by its id: where the cause is edited to another one, the first entry there is a new
    occasion."""
    for contact in sorted(frozenset(now) - frozenset(before)):
        yield Occurrence(contact, f"entry {segment} {ordinals.get(contact, 0)}", as_of)


def leaving(
    segment: str,
    now: Collection[str],
    before: Collection[str],
    present: Collection[str],
    ordinals: Mapping[str, int],
    as_of: int,
) -> Iterator[Occurrence]:
    """`on leaving SEGMENT`: inside at the tick before and not now; contacts that are gone leave without a word."""
    for contact in sorted((frozenset(before) - frozenset(now)) & frozenset(present)):
        yield Occurrence(contact, f"exit {segment} {ordinals.get(contact, 0)}", as_of)


def stage_occurrences(
    cause: OnStage,
    score: Score,
    now: Mapping[str, str],
    scored: Collection[str],
    before: Mapping[str, str],
    ordinals: Mapping[str, int],
    as_of: int,
) -> Iterator[Occurrence]:
    """`on SCORE reaching STAGE`, `falling below STAGE`. Rising two stages at once reaches both; losing the score is no
    falling. `scored`: contacts that have the score now."""
    rank = {stage.name: index for index, stage in enumerate(score.stages)}
    goal = rank[cause.stage]
    for contact in sorted({*now, *before}):
        is_at = rank.get(now.get(contact, ""), -1)
        was_at = rank.get(before.get(contact, ""), -1)
        moved = was_at < goal <= is_at if cause.edge == "reaching" else is_at < goal <= was_at and contact in scored
        if moved:
            yield Occurrence(contact, f"{cause.edge} {score.id} {cause.stage} {ordinals.get(contact, 0)}", as_of)


def lateness_limit(trigger: Trigger, time_zone: str, as_of: int) -> int:
    """The tolerance for lateness (`late by up to`) in microseconds, reckoned back from `as_of`."""
    return as_of - shift(as_of, trigger.late_by, -1, zone(time_zone))
