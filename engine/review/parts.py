"""What all kinds of blocks are compared with: conditions, and plain values of clauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from dsl.lint.walk import walk
from dsl.model import (
    And,
    ClassOf,
    Condition,
    DefinedCondition,
    DefinedValue,
    Duration,
    Everyone,
    InSegment,
    InSegmentFor,
    ScoreValue,
    StageOf,
)
from dsl.spans import Span
from engine.review.change import Kind, Reason
from engine.review.relation import relation
from engine.review.versions import BEFORE, Versions


@dataclass(frozen=True, slots=True)
class Parts:
    """Compares parts of blocks of two versions."""

    versions: Versions

    def alike(self, before: object, after: object) -> bool:
        """Whether a part of the base means what a part of the head means."""
        return self.versions.alike(self.versions.of_base(before), after)

    def audience(
        self,
        clause: str,
        before: Condition | None,
        after: Condition | None,
        blocks: tuple[Span, Span],
        *,
        keeps_out: bool = False,
        wider: Kind = "widening",
        narrower: Kind = "narrowing",
    ) -> Iterator[Reason]:
        """A condition that decides whom a block is for; None holds for everyone (`keeps_out`: for nobody).

        `keeps_out`: those for whom it holds are left out. `wider`, `narrower`: what it is called where more (fewer)
        people are in. `blocks`: the blocks before and now, for where a condition is missing."""
        here = after.span if after is not None else blocks[1]
        there = before.span if before is not None else blocks[0]
        if before is None and after is None:
            return
        kind: Kind
        if before is None or after is None:
            kind = narrower if (after is not None) != keeps_out else wider
            if keeps_out:
                kind = narrower if after is not None else wider
            added = after if after is not None else before
            if isinstance(added, Everyone):
                return
        else:
            found = relation(self.versions, self.versions.of_base(before), after)
            match found:
                case "same":
                    return
                case "narrower":
                    kind = wider if keeps_out else narrower
                case "wider":
                    kind = narrower if keeps_out else wider
                case "moved":
                    kind = "moved"
                case "unknown":
                    kind = "undecidable"
                case _:
                    assert_never(found)
        through = self.through(after) if before == after else None
        if through is None and isinstance(before, And) and isinstance(after, And):
            there, here = self._apart(before, after)
        yield Reason(kind, clause, here, there, through=through)

    def _apart(self, before: And, after: And) -> tuple[Span, Span]:
        """Where two conjunctions differ, if that is in one item of each; else the whole of both."""
        versions = self.versions
        old = [(item, versions.of_base(item)) for item in before.items]
        left = [item for item, here in old if not any(versions.alike(here, item) for item in after.items)]
        new = [item for item in after.items if not any(versions.alike(here, item) for _, here in old)]
        if len(left) == len(new) == 1:
            return left[0].span, new[0].span
        return before.span, after.span

    def through(self, node: object) -> str | None:
        """The block that a part reads and that has changed, where its own words are as they were."""
        for one in walk(node):
            name = _reference(one)
            if name is not None and self.versions.names.get(name, name).endswith(BEFORE):
                return name
        return None


def _reference(node: object) -> str | None:
    match node:
        case InSegment(segment=name) | InSegmentFor(segment=name):
            return name
        case ScoreValue(score=name) | StageOf(score=name):
            return name
        case ClassOf(name=name) | DefinedCondition(name=name) | DefinedValue(name=name):
            return name
    return None


def longer(before: Duration, after: Duration) -> bool | None:
    """Whether a duration grew; None where only a calendar knows.

    >>> longer(Duration(1, "week"), Duration(8, "day")), longer(Duration(1, "month"), Duration(30, "day"))
    (True, None)
    """
    if before.unit == after.unit and before.local == after.local:
        return after.amount > before.amount
    old, new = before.micros(), after.micros()
    return None if old is None or new is None else new > old


def lasting(duration: Duration | None) -> str:
    """A duration as people write it.

    >>> lasting(Duration(3, "day")), lasting(Duration(1, "day", local=True)), lasting(None)
    ('3 days', '1 local day', 'none')
    """
    if duration is None:
        return "none"
    local = "local " if duration.local else ""
    return f"{duration.amount} {local}{duration.unit}{'' if duration.amount == 1 else 's'}"


def clock(minutes: int) -> str:
    """Minutes after midnight as a time of day.

    >>> clock(570), clock(1440)
    ('09:30', '24:00')
    """
    return f"{minutes // 60:02}:{minutes % 60:02}"


def percent(millionths: int) -> str:
    """A share as people write it.

    >>> percent(125_000), percent(100_000)
    ('12.5 %', '10 %')
    """
    whole, rest = divmod(millionths, 10_000)
    decimals = f"{rest:04}".rstrip("0")
    return f"{whole}.{decimals} %" if decimals else f"{whole} %"
