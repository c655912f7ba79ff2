"""Whom a change moves, counted: both versions evaluated at one instant on one snapshot of the facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dsl.model import Model
from engine.evaluation import Evaluation, Executor, Memory, Named, Scope, conditions_of
from engine.review.change import Change

Part = str
"""Which part of a block is counted: "members" of a segment, "score" (who has it), or a clause ("where", "when", ..)."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How many people a part of a block holds before and after, and how many come and go. None: the block is not
    there, or (of a clause) holds for everybody."""

    before: int | None
    after: int | None
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Measures:
    """The counts for all changes. `parts`: (kind of block, its name now, part) -> who moved. `stages`: of each score
    that changed, (stage before, stage after) -> how many, "" for none."""

    contacts: int = 0
    parts: Mapping[tuple[str, str, Part], Moved] = field(default_factory=dict)
    stages: Mapping[str, Mapping[tuple[str, str], int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Side:
    """One version: what evaluates it, and what it remembers."""

    model: Model
    executor: Executor
    memory: Memory


@dataclass(frozen=True, slots=True)
class _Asked:
    what: str
    name: str
    part: Part
    before: Named | None
    after: Named | None


def measure(changes: Sequence[Change], base: Side, head: Side, as_of: int) -> Measures:
    """Count what `changes` move at `as_of`. Only what changed is evaluated."""
    asked = [one for change in changes for one in _asked(change, base.model, head.model)]
    if not asked:
        return Measures()
    old = _evaluated(base, as_of, {one.before for one in asked})
    new = _evaluated(head, as_of, {one.after for one in asked})
    parts: dict[tuple[str, str, Part], Moved] = {}
    stages: dict[str, Mapping[tuple[str, str], int]] = {}
    for one in asked:
        parts[one.what, one.name, one.part] = _moved(old, new, one)
        if one.part == "score" and one.before is not None and one.after is not None:
            stages[one.name] = _stages(old, new, one.before[1], one.after[1])
    return Measures(len(new.contacts), parts, stages)


def _evaluated(side: Side, as_of: int, named: set[Named | None]) -> Evaluation:
    only = frozenset(one for one in named if one is not None)
    return side.executor.evaluate(as_of, side.memory, Scope(only=only))


def _asked(change: Change, base: Model, head: Model) -> Iterator[_Asked]:
    old, new = change.base, change.head
    match change.what:
        case "segment" | "score":
            kind = "segment" if change.what == "segment" else "score"
            before, after = (None if block is None else (kind, block.name) for block in (old, new))
            part = "members" if kind == "segment" else "score"
            yield _Asked(change.what, change.name, part, before, after)  # type: ignore[arg-type]  # the kinds of Named
        case "trigger" | "suppress" | "cap":
            labels = [conditions_of(model) for model in (base, head)]
            for part in ("when", "where", "unless"):
                found: list[Named | None] = []
                for block, known in zip((old, new), labels, strict=True):
                    label = "" if block is None else f"{change.what} {block.name} {part}"
                    found.append(("condition", label) if label in known else None)
                if found != [None, None]:
                    yield _Asked(change.what, change.name, part, found[0], found[1])


def _held(evaluation: Evaluation, named: Named) -> frozenset[str]:
    kind, name = named
    match kind:
        case "segment":
            return evaluation.segments[name]
        case "score":
            return frozenset(evaluation.scores[name])
        case "condition":
            return evaluation.conditions[name]


def _moved(old: Evaluation, new: Evaluation, asked: _Asked) -> Moved:
    before = None if asked.before is None else _held(old, asked.before)
    after = None if asked.after is None else _held(new, asked.after)
    # where only one version has the clause, the other holds for everybody; where it has no block, for nobody
    everybody = asked.part not in ("members", "score")
    was = before if before is not None else new.contacts if everybody else frozenset()
    now = after if after is not None else new.contacts if everybody else frozenset()
    return Moved(
        None if before is None else len(before), None if after is None else len(after), len(now - was), len(was - now)
    )


def _stages(old: Evaluation, new: Evaluation, before: str, after: str) -> Mapping[tuple[str, str], int]:
    was, now = old.stages.get(before, {}), new.stages.get(after, {})
    return Counter((was.get(contact, ""), now.get(contact, "")) for contact in {*was, *now})
