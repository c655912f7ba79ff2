"""Classes in a test: they turn at the project's midnights, and a tick is due where somebody notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from dsl.model import (
    ClassOf,
    DefinedCondition,
    DefinedValue,
    InSegment,
    InSegmentFor,
    Model,
    ScoreValue,
    StageOf,
)
from dsl.spans import Span
from engine.classes import Tiers, last_midnight, tiers_of
from engine.evaluation import Memory
from engine.instants import day_start, local_date, next_day
from engine.interpret import InterpreterExecutor
from engine.protocols import Facts
from engine.zones import zone


class Midnights:
    """The tiers at any instant, reckoned once a midnight. `memory`: what is remembered now stands for what will be."""

    def __init__(self, model: Model, facts: Facts, time_zone: str, memory: Memory) -> None:
        asking = [*model.segments.values(), *model.scores.values(), *model.triggers.values()]
        self._matter = bool(model.classes) and any(isinstance(n, ClassOf) for n in reached(model, asking))
        self.unforeseeable = self._matter and any(_recorded(model, n) for n in reached(model, model.classes.values()))
        """Whether a class reads what only ticks will have recorded, so that every midnight has to be a tick."""
        self._executor = InterpreterExecutor(model, facts, time_zone)
        self._zone = zone(time_zone)
        self._memory = Memory(midnight=memory)
        self._kept: dict[int, Tiers] = {}

    def tiers(self, at: int) -> Tiers:
        """The tiers that an evaluation at this instant reads; none where nothing reads any."""
        if not self._matter:
            return {}
        midnight = last_midnight(at, self._zone)
        if midnight not in self._kept:
            self._kept[midnight] = tiers_of(self._executor.standings(midnight, self._memory))
        return self._kept[midnight]

    def within(self, first: int, last: int) -> Iterator[int]:
        """The midnights between two instants, both inside, at which classes may turn."""
        day = local_date(first, self._zone)
        while self._matter and (midnight := day_start(day, self._zone)) <= last:
            if midnight >= first:
                yield midnight
            day = next_day(day)


def reached(model: Model, blocks: Iterable[object]) -> Iterator[object]:
    """All nodes of these blocks and of the definitions that they read, directly or not, each definition once."""
    waiting: list[object] = list(blocks)
    seen: set[tuple[str, str]] = set()
    kinds: Mapping[str, Mapping[str, object]] = {
        "define": model.defines, "segment": model.segments, "score": model.scores, "class": model.classes,
    }  # fmt: skip
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(node)
        elif is_dataclass(node) and not isinstance(node, Span | type):
            yield node
            waiting.extend(getattr(node, f.name) for f in fields(node))
            read = _read_by(node)
            if read is not None and read not in seen:
                seen.add(read)
                waiting.append(kinds[read[0]][read[1]])


def _read_by(node: object) -> tuple[str, str] | None:
    match node:
        case DefinedCondition(name=name) | DefinedValue(name=name):
            return "define", name
        case InSegment(segment=name) | InSegmentFor(segment=name):
            return "segment", name
        case ScoreValue(score=name) | StageOf(score=name):
            return "score", name
        case ClassOf(name=name):
            return "class", name
    return None


def _recorded(model: Model, node: object) -> bool:
    """Whether a node reads what ticks record: intervals of membership, stages that are left lower than entered."""
    match node:
        case InSegmentFor():
            return True
        case StageOf(score=name):
            return any(step.leave != step.start for step in model.scores[name].stages)
    return False
