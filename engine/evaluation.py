"""What every executor takes and gives: the contract that keeps interpreter and SQL equal to the last digit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, Protocol

from dsl.model import (
    And,
    Condition,
    Consents,
    EventQuery,
    EventValue,
    ExpectedShare,
    ExpectedUnique,
    FactValue,
    InSegmentFor,
    IsKnown,
    Model,
    OnList,
    OnWhen,
    Quality,
    SinceThen,
    Value,
)
from dsl.schema import Schema
from dsl.spans import Span
from dsl.types import Stored
from engine.classes import Standings, Tiers, last_midnight
from engine.sphere import PARTS, vector
from engine.zones import zone

if TYPE_CHECKING:
    from engine.protocols import LedgerRead


@dataclass(frozen=True, slots=True)
class Memory:
    """What an evaluation reads besides facts: consents granted at as_of as (contact, channel, purpose), and for each
    score the stage of each contact at the tick before (LANGUAGE.md §5: all the memory there is)."""

    consents: frozenset[tuple[str, str, str]] = frozenset()
    stages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    entered: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """For each segment of `remembered`: contact inside at as_of, as far as ticks saw -> start of the interval."""
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each list that some segment asks for: who is on it. Like fields, lists are read as they are now."""
    midnight: Memory | None = None
    """What was remembered at the last midnight, which is what classes read; None: nothing."""


Named = tuple[Literal["segment", "score", "condition"], str]
"""Something an evaluation answers: a segment, a score with its stage, or a condition of `conditions_of`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How much of an evaluation is asked for."""

    among: frozenset[str] | None = None
    """These contacts alone (those of them that exist); None: all."""
    only: frozenset[Named] | None = None
    """These answers alone, with what they read reckoned but not told; None: all."""
    flips: bool = False
    """Whether to tell until when the answers stay as they are."""

    def wants(self, named: Named) -> bool:
        """Whether an answer is asked for."""
        return self.only is None or named in self.only


EVERYTHING = Scope()
"""All answers about all contacts, and nothing about later."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer for one instant. Contacts without a score are left out of `scores`, without a stage out of `stages`.

    `scores` are in units of 2^-30. `conditions` holds who satisfies each contact-level condition of triggers and
    caps, under the names of `conditions_of`. `classes` are as of the last midnight; contacts without one are left out.

    With `Scope.among` everything holds those contacts alone. What compares contacts with each other (the expectations
    of `uniques_of`) is then left out; classes are reckoned over everybody, and told of those contacts. With
    `Scope.only` nothing but the answers asked for is there, and no class.
    """

    as_of: int
    contacts: frozenset[str]
    segments: Mapping[str, frozenset[str]]
    scores: Mapping[str, Mapping[str, int]]
    stages: Mapping[str, Mapping[str, str]]
    conditions: Mapping[str, frozenset[str]]
    classes: Tiers = field(default_factory=dict)
    flips: Mapping[str, int] | None = None
    """Contact -> the earliest instant in (as_of, horizon] at which, with the same facts and the same memory, any answer
    about it may differ: whether it is in a segment or satisfies a condition, its stages, its points where something
    compares them. May is meant: nothing need happen then, but nothing happens before. Contacts that are left out stay
    as they are up to the horizon. None: not asked for. What compares contacts with each other (`uniques_of`) is no
    matter of one contact, and has no flips.

    Consents are part of the memory, so one that is dated ahead is no flip: whoever keeps consents looks at their
    instants. So do imports: an event that arrives later is another fact."""
    horizon: int | None = None
    """Beyond it nothing is said (`engine.horizon`). None: not asked for."""


@dataclass(frozen=True, slots=True)
class Run:
    """A firing as conditions see it: `since then` and `event.NAME` refer to its cause."""

    key: str
    contact: str
    cause_at: int
    event_type: str | None = None
    properties: Mapping[str, Stored] = field(default_factory=dict)
    event: str | None = None
    """The id of the causing event."""


def cause_value(run: Run, name: str, schema: Schema) -> Stored:
    """A property of a run's cause; None is missing. `at` and `id` are the cause's own instant and id unless the event
    type declares properties of these names; `NAME.x` is a part of a point (`engine.sphere`)."""
    whole, _, part = name.partition(".")
    if part:  # of a point; no name of a schema has a dot
        point = run.properties.get(whole)
        return None if point is None else vector(str(point))[PARTS.index(part)]
    event = None if run.event_type is None else schema.events.get(run.event_type)
    if event is None or name not in event.properties:
        match name:
            case "at":
                return run.cause_at
            case "id":
                return run.event
    return run.properties.get(name)


def memory_of(
    model: Model, ledger: LedgerRead, as_of: int, time_zone: str, contacts: Collection[str] | None = None
) -> Memory:
    """What the ledger remembers: consents granted at `as_of`, the stages of the tick before, and since when contacts
    are inside the segments for which that is asked; for classes the same at the last midnight in the project's zone.
    `contacts`: of these alone (at the last midnight of all)."""
    midnight = None
    if model.classes:
        start = last_midnight(as_of, zone(time_zone))
        midnight = _remembered_at(model, ledger, start, None, start)
    return replace(_remembered_at(model, ledger, as_of, contacts, None), midnight=midnight)


def _remembered_at(
    model: Model, ledger: LedgerRead, as_of: int, contacts: Collection[str] | None, stages_at: int | None
) -> Memory:
    """`stages_at` None: the stages that the ledger holds last."""
    granted = frozenset(
        (contact, channel, purpose)
        for channel, purpose in sorted(consents_of(model))
        for contact in ledger.granted(as_of, channel, purpose, contacts)
    )
    stages = {name: ledger.stages(score.id, stages_at, contacts) for name, score in model.scores.items()}
    entered = {name: ledger.members(model.segments[name].id, as_of, contacts) for name in sorted(remembered(model))}
    lists = {name: frozenset(ledger.listed(name, contacts)) for name in sorted(lists_of(model))}
    return Memory(granted, stages, entered, lists)


def remembered(model: Model) -> frozenset[str]:
    """The segments of which some block asks since when somebody is inside (`in SEGMENT for D`)."""
    return _asked(_Same(model)).remembered


def lists_of(model: Model) -> frozenset[str]:
    """The lists that some segment asks for."""
    return _asked(_Same(model)).lists


def consents_of(model: Model) -> frozenset[tuple[str, str]]:
    """The consents that some condition asks for: channel and purpose. Whether a message may leave is asked apart."""
    return _asked(_Same(model)).consents


def events_of(model: Model) -> frozenset[str]:
    """The event types that some block asks for."""
    return _asked(_Same(model)).events


def tables_of(model: Model) -> frozenset[str]:
    """The fact tables that some block asks for."""
    return _asked(_Same(model)).tables


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the blocks of a model ask for."""

    remembered: frozenset[str]
    lists: frozenset[str]
    consents: frozenset[tuple[str, str]]
    events: frozenset[str]
    tables: frozenset[str]


class _Same:
    """A model by identity: it is never changed, and has no hash of its own."""

    __slots__ = ("model",)

    def __init__(self, model: Model) -> None:
        self.model = model

    def __hash__(self) -> int:
        return id(self.model)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.model is other.model


@lru_cache(maxsize=16)  # a tick asks many times, and a model has thousands of parts
def _asked(same: _Same) -> _Asked:
    parts = list(_everything(same.model))
    return _Asked(
        frozenset(node.segment for node in parts if isinstance(node, InSegmentFor)),
        frozenset(node.list for node in parts if isinstance(node, OnList)),
        frozenset((node.channel, node.purpose) for node in parts if isinstance(node, Consents)),
        frozenset(node.event for node in parts if isinstance(node, EventQuery)),
        frozenset(node.table for node in parts if isinstance(node, FactValue)),
    )


def _everything(model: Model) -> Iterator[object]:
    """All parts of all blocks that hold conditions."""
    blocks: list[Mapping[str, object]] = [model.defines, model.segments, model.scores, model.triggers]
    blocks += [model.suppresses, model.caps, model.qualities, model.classes]
    waiting: list[object] = [block for held in blocks for block in held.values()]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(node)
        elif is_dataclass(node) and not isinstance(node, Span):
            yield node
            waiting.extend(getattr(node, f.name) for f in fields(node))


class Executor(Protocol):
    """One of the executors. All give the same answers."""

    def standings(self, as_of: int, memory: Memory) -> Standings:
        """The standings in all classes of the model, as of the last midnight in the project's zone."""
        ...

    def evaluate(self, as_of: int, memory: Memory, scope: Scope = EVERYTHING) -> Evaluation:
        """All segments, scores, stages, classes and contact-level conditions of the model, for all contacts, or as much
        of it as `scope` asks for."""
        ...

    def values(self, define: str, as_of: int, memory: Memory) -> Iterator[tuple[str, Stored]]:
        """Each contact with the value that a definition has for it (None: missing), in no order. That of a named
        condition is 1 for those for whom it holds, and anything else for others."""
        ...

    def hold(self, condition: Condition, runs: Sequence[Run], as_of: int, memory: Memory) -> frozenset[str]:
        """Keys of the runs for which a condition (any condition of the model) holds at `as_of`. Runs whose contact
        does not exist are left out."""
        ...


def nodes(node: Condition | Value) -> Iterator[object]:
    """The node and everything below it within one expression (references to other blocks are not followed)."""
    yield node
    for f in fields(node):
        held = getattr(node, f.name)
        for item in held if isinstance(held, tuple) else (held,):
            if is_dataclass(item) and not isinstance(item, type):
                yield from nodes(item)  # type: ignore[arg-type]  # parts of expressions only


def depends_on_cause(condition: Condition) -> bool:
    """Whether the condition speaks of the run's cause (`since then`, `event.NAME`), so that it differs by run."""
    return any(isinstance(n, SinceThen) or (isinstance(n, EventValue) and n.of == "cause") for n in nodes(condition))


def conditions_of(model: Model) -> dict[str, Condition]:
    """The contact-level conditions besides segments and scores: "trigger NAME when" (its cause), "trigger NAME where",
    "trigger NAME unless", "suppress NAME where", "cap NAME where", and of quality blocks the population,
    each share, and for whom all fields are known that should be unique. What depends on a run's cause is left out."""
    found: dict[str, Condition] = {}
    for trigger in model.triggers.values():
        if isinstance(trigger.cause, OnWhen):
            found[f"trigger {trigger.name} when"] = trigger.cause.condition
        for word, condition in (("where", trigger.where), ("unless", trigger.unless)):
            if condition is not None and not depends_on_cause(condition):
                found[f"trigger {trigger.name} {word}"] = condition
    for suppress in model.suppresses.values():
        found[f"suppress {suppress.name} where"] = suppress.where
    for cap in model.caps.values():
        if cap.where is not None:
            found[f"cap {cap.name} where"] = cap.where
    for quality in model.qualities.values():
        if quality.where is not None:
            found[quality_label(quality)] = quality.where
        for number, expected in enumerate(quality.expects, start=1):
            match expected:
                case ExpectedShare(where=where):
                    found[quality_label(quality, number)] = where
                case ExpectedUnique(fields=held, span=span):
                    known = tuple(IsKnown(one, span=one.span) for one in held)
                    inside = () if quality.where is None else (quality.where,)
                    found[f"{quality_label(quality, number)} known"] = And((*inside, *known), span=span)
    return found


def uniques_of(model: Model) -> dict[str, ExpectedUnique]:
    """The expectations that fields are unique, under the names of their answers in `Evaluation.conditions`: the
    contacts among those of "NAME known" that are alone with their values."""
    return {
        quality_label(quality, number): expected
        for quality in model.qualities.values()
        for number, expected in enumerate(quality.expects, start=1)
        if isinstance(expected, ExpectedUnique)
    }


def quality_label(block: Quality, number: int | None = None) -> str:
    """The name of the condition of a quality block's population, or of one of its expectations (from 1)."""
    return f"quality {block.name} {'where' if number is None else number}"
