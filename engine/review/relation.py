"""How the people for whom a condition held relate to those for whom it holds now, as far as the text tells.

Sound, not complete: what is claimed holds for every contact, at every instant, whatever the data. The grounds are those
of `dsl.lint.reason`; this module takes conditions apart until those can decide.
"""

from __future__ import annotations

from typing import Literal

from dsl.lint.windows import Count, contains
from dsl.model import And, Condition, DefinedCondition, Did, Everyone, InSegment, Not, Or
from engine.review.versions import Versions

Relation = Literal["same", "narrower", "wider", "moved", "unknown"]
"""Of the new to the old: nobody comes, nobody leaves, no one stays, or the text alone does not say."""

MOST_STEPS = 4_000
"""So many comparisons of parts are made for one pair of conditions; behind them nothing is claimed."""

MOST_DEPTH = 150
"""So deep are names followed into each other."""


def relation(versions: Versions, before: Condition, now: Condition) -> Relation:
    """Compare a condition of the base, as `Versions.of_base` gives it, with one of the head."""
    if versions.alike(before, now):
        return "same"
    search = _Search(versions)
    narrower, wider = search.implies(now, before), search.implies(before, now)
    if narrower and wider:
        return "same"
    if narrower or wider:
        return "narrower" if narrower else "wider"
    both = And((before, now), span=now.span)
    return "moved" if versions.reasoner.never(both) else "unknown"


def implies(versions: Versions, one: Condition, other: Condition) -> bool:
    """Whether whoever meets `one` surely meets `other`; conditions of the base as `Versions.of_base` gives them."""
    return _Search(versions).implies(one, other)


class _Search:
    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._known: dict[tuple[int, int], bool] = {}
        self._kept: list[object] = []  # so that no id is given twice
        self._steps = 0
        self._depth = 0

    def implies(self, one: Condition, other: Condition) -> bool:
        """Whether whoever meets `one` surely meets `other`."""
        key = (id(one), id(other))
        if key not in self._known:
            self._steps += 1
            if self._steps > MOST_STEPS or self._depth > MOST_DEPTH:
                return False
            self._kept += (one, other)
            self._depth += 1
            self._known[key] = self._implies(one, other)
            self._depth -= 1
        return self._known[key]

    def _implies(self, one: Condition, other: Condition) -> bool:
        if isinstance(other, Everyone) or self._versions.alike(one, other):
            return True
        # what must be shown for each part
        match other:
            case And(items=items):
                return all(self.implies(one, item) for item in items)
            case Not(item=Or(items=items)):
                return all(self.implies(one, Not(item, span=item.span)) for item in items)
            case Not(item=Not(item=item)):
                return self.implies(one, item)
        match one:
            case Or(items=items):
                return all(self.implies(item, other) for item in items)
            case Not(item=And(items=items)):
                return all(self.implies(Not(item, span=item.span), other) for item in items)
            case Not(item=Not(item=item)):
                return self.implies(item, other)
        opened = self._opened(other)
        if opened is not None:
            return self.implies(one, opened) or self._some_part(one, other)
        if isinstance(other, Not) and (inner := self._opened(other.item)) is not None:
            return self.implies(one, Not(inner, span=other.span)) or self._some_part(one, other)
        return self._some_part(one, other)

    def _some_part(self, one: Condition, other: Condition) -> bool:
        """Where it is enough that one part is shown."""
        if self._versions.reasoner.never(And((one, Not(other, span=other.span)), span=one.span)):
            return True
        match one, other:
            case Not(item=left), Not(item=right) if self.implies(right, left):
                return True
            case Did(), Did() if self._fewer(one, other):
                return True
        match other:
            case Or(items=items) if any(self.implies(one, item) for item in items):
                return True
            case Not(item=And(items=items)) if any(self.implies(one, Not(i, span=i.span)) for i in items):
                return True
        match one:
            case And(items=items):
                return any(self.implies(item, other) for item in items)
            case Not(item=Or(items=items)):
                return any(self.implies(Not(item, span=item.span), other) for item in items)
        opened = self._opened(one)
        if opened is not None:
            return self.implies(opened, other)
        if isinstance(one, Not) and (inner := self._opened(one.item)) is not None:
            return self.implies(Not(inner, span=one.span), other)
        return False

    def _fewer(self, one: Did, other: Did) -> bool:
        """`did E with (narrow)` implies `did E with (wide)`: the windows must hold each other as well."""
        if one.query.event != other.query.event or {one.op, other.op} & {"="}:
            return False
        less, more = (one, other) if one.op == ">=" else (other, one)
        if one.op != other.op or (one.count < other.count if one.op == ">=" else one.count > other.count):
            return False
        return self._inside(less, more)

    def _inside(self, less: Did, more: Did) -> bool:
        event = less.query.event
        if not contains(Count(event, None, more.query.window), Count(event, None, less.query.window)):
            return False
        if more.query.where is None:
            return True
        return less.query.where is not None and self.implies(less.query.where, more.query.where)

    def _opened(self, node: Condition) -> Condition | None:
        """What a name stands for."""
        model = self._versions.model
        match node:
            case DefinedCondition(name=name):
                return model.defines[name].condition
            case InSegment(segment=name):
                return model.segments[name].where
        return None
