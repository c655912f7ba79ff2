"""What a condition says about single values, so that contradictions are seen. Sound: it never claims too much.

For every condition, and for its complement, the states that each value may be in while it holds are over-estimated;
a condition for which nothing is left is never true, and one whose complement is never true is always true. What is
not understood is a yes-or-no of its own, so that at least `X and not X` is seen.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import reduce
from itertools import islice, permutations

from dsl import model
from dsl.lint.canon import Forms
from dsl.lint.states import ANY, NONE, Known, Listed, Ranges, States, any_of, others, ranged
from dsl.lint.walk import holds_only, joined, value_meant
from dsl.lint.windows import Count, contains, elapsed
from dsl.model import Condition, Value
from dsl.schema import Schema
from dsl.types import POINT_UNIT, Boolean, Date, DateTime, MonthDay, Numeric, OneOf, SetOf, Type

Bounds = Mapping[Hashable, States]
"""The states that are left, by value (`Reasoner.subject`)."""

MOST_COUNTS = 100
"""More counts of events in one condition are not compared with each other."""

_OWN = tuple(one.name for one in fields(model.Block))
MOST_NAMED = 50
"""Of a named condition so many values are followed to where it is used."""

MOST_PARTS = 100
"""More parts of one sum are not looked at."""

ALL = Listed(frozenset(), without=True)
_BUCKETS = 1_000_000
YES = States(False, Listed(frozenset({1})))
NO = States(False, Listed(frozenset({0})))


@dataclass(slots=True)
class Reasoner:
    """Answers for one project; what named blocks say is reckoned once."""

    project: model.Model
    schema: Schema
    forms: Forms = field(init=False)
    _named: dict[tuple[str, bool], Bounds | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.forms = Forms(self.project)
        for name in self.project.order:  # each after what it reads, so that long chains stay shallow
            said: Condition | None = None
            if name in self.project.defines:
                said = self.project.defines[name].condition
            elif name in self.project.segments:
                said = self.project.segments[name].where
            if said is not None:
                for holds in (True, False):
                    self._by_name(name, said, holds=holds)

    def never(self, node: Condition, *, holds: bool = True) -> bool:
        """Whether the condition is never true (or, with `holds=False`, never false). False if it is not known."""
        return self.bounds(node, holds=holds) is None

    def bounds(self, node: Condition, *, holds: bool) -> Bounds | None:
        """What is left for each value while the condition holds (or does not); None if that cannot be."""
        match node:
            case model.Not(item=item):
                return self.bounds(item, holds=not holds)
            case model.And() | model.Or():
                parts = [self.bounds(item, holds=holds) for item in joined(node)]
                return self.together(parts) if isinstance(node, model.And) == holds else _one_of(parts)
            case model.DefinedCondition(name=name):
                defined = self.project.defines[name].condition
                return {} if defined is None else self._by_name(name, defined, holds=holds)
            case model.InSegment(segment=name):
                said = self._opaque(node, holds=holds)
                segment = self.project.segments[name]
                if not holds_only(segment, *_OWN, "where"):
                    return said
                return self.together([said, self._by_name(name, segment.where, holds=holds)])
            case model.InSegmentFor(segment=name) if holds:
                inside = self.bounds(model.InSegment(name, span=node.span), holds=True)
                return self.together([self._opaque(node, holds=True), inside])
        return self.together([{subject: states} for subject, states in self._atom(node, holds=holds)])

    def together(self, parts: Iterable[Bounds | None]) -> Bounds | None:
        """What is left while all of them hold; None if they cannot."""
        merged: dict[Hashable, States] = {}
        for part in parts:
            if part is None:
                return None
            for subject, states in part.items():
                left = states.both(merged[subject]) if subject in merged else states
                if left.empty:
                    return None
                merged[subject] = left
        return None if _too_few(merged) else merged

    def subject(self, value: Value) -> Hashable:
        """What stands for a value in `Bounds`."""
        value = value_meant(value, self.project)
        if isinstance(value, model.Aggregate) and value.kind == "number":
            return self._count(value.query)
        return ("value", self.forms.of(value))

    def domain(self, value: Value) -> States:
        """All states that a value can be in, by its type and the schema."""
        value = value_meant(value, self.project)
        match value:
            case model.Const():
                exact = Fraction(value.value) if isinstance(value.value, int) else None
                listed = Listed(frozenset({value.value}))
                return States(False, ranged("=", exact) if exact is not None and _counts(value.type) else listed)
            case model.FieldValue(name=name, type=kind):
                declared = self.schema.fields.get(name)
                return States(declared is None or not declared.required, _every(kind))
            case model.Aggregate(kind="number"):
                return States(False, ranged(">=", Fraction(0)))
            case model.Aggregate(kind="distinct"):
                return States(True, ranged(">=", Fraction(0)))
            case model.Aggregate(kind="sum"):
                return States(False, ANY)
            case model.AgeOf():
                return States(True, ranged(">=", Fraction(0)))  # a date in the future gives none
            case model.ScoreValue(score=name):
                score = self.project.scores[name]
                top = None if score.ceiling is None else score.ceiling * POINT_UNIT
                return States(score.where is not None, Ranges(((score.floor * POINT_UNIT, top),)))
            case model.StageOf(score=name, type=kind):
                return States(self.project.scores[name].where is not None, _every(kind))
        return States(True, _every(value.type))

    def known_when(self, node: Condition, *, holds: bool) -> frozenset[Hashable]:
        """The values that are surely known while the condition holds (or does not)."""
        return frozenset(s for s, left in (self.bounds(node, holds=holds) or {}).items() if not left.missing)

    # ------------------------------------------------------------ single tests

    def _atom(self, node: Condition, *, holds: bool) -> list[tuple[Hashable, States]]:
        match node:
            case model.Everyone():
                return [(("everyone",), YES if holds else States(False, Listed(frozenset())))]
            case model.IsKnown(value=value):
                states = self.domain(value)
                return self._about(value, States(not holds and states.missing, states.known if holds else _none(value)))
            case model.Truth(value=value):
                return self._test(value, Listed(frozenset({1})), holds=holds)
            case model.Compare(op=op, left=left, right=right):
                return self._compare(node, op, left, right, holds=holds)
            case model.Between(value=value, low=low, high=high):
                ends = [self._meeting(value, op, end) for op, end in ((">=", low), ("<=", high))]
                if ends[0] is not None and ends[1] is not None:
                    return self._test(value, States(False, ends[0]).both(States(False, ends[1])).known, holds=holds)
            case model.InList(value=value, options=options):
                sets = [self._meeting(value, "=", option) for option in options]
                if all(one is not None for one in sets):
                    return self._test(value, any_of([one for one in sets if one is not None]), holds=holds)
            case model.SetTest(kind="any", value=value, members=members):
                kind = value_meant(value, self.project).type
                if isinstance(kind, SetOf) and set(kind.members) <= set(members):
                    return self._test(value, ALL, holds=holds)  # a set is never empty
            case model.Sample(share=share, name=name):
                known = Ranges(
                    ((0, share - 1) if holds else (share, _BUCKETS - 1),) if share < _BUCKETS or holds else ()
                )
                return [(("bucket", name), States(False, known))]
            case model.Followed(kind=kind, first=first, second=second) if holds:
                some = States(False, ranged(">=", Fraction(1)))
                follows = [(self._count(first), some)] + ([(self._count(second), some)] if kind == "then" else [])
                return [*self._opaque(node, holds=True).items(), *follows]
            case model.Did(query=query, op=op, count=count) if holds_only(node, "query", "op", "count"):
                allowed = ranged(op, Fraction(count))
                known = (allowed if holds else allowed.others()).both(ranged(">=", Fraction(0)))
                return [(self._count(query), States(False, known))]
            case model.DateWithin():
                return self._date_within(node, holds=holds)
            case model.WithinDistance():
                return self._distance(node, holds=holds)
        return list(self._opaque(node, holds=holds).items()) + self._tested(node, holds=holds)

    def _compare(
        self, node: Condition, op: str, left: Value, right: Value, *, holds: bool
    ) -> list[tuple[Hashable, States]]:
        left, right = value_meant(left, self.project), value_meant(right, self.project)
        if isinstance(left, model.Const) and not isinstance(right, model.Const):
            left, right = right, left
            op = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
        if self.forms.of(left) == self.forms.of(right):
            states = self.domain(left)
            return self._test(left, states.known if op in ("=", "<=", ">=") else _none(left), holds=holds)
        allowed = self._meeting(left, op, right)
        if allowed is None:
            return list(self._opaque(node, holds=holds).items()) + self._tested(node, holds=holds)
        return self._test(left, allowed, holds=holds)

    def _meeting(self, value: Value, op: str, end: Value) -> Known | None:
        """The values that stand in `op` to a constant; None if that is not known."""
        value, end = value_meant(value, self.project), value_meant(end, self.project)
        if not isinstance(end, model.Const):
            return None
        match value.type, end.type:
            case Numeric(denominator=mine), Numeric(denominator=its) if isinstance(end.value, int):
                return ranged(op, Fraction(end.value * mine, its))
            case (Date(), Date()) | (DateTime(), DateTime()) | (MonthDay(), MonthDay()) if isinstance(end.value, int):
                return ranged(op, Fraction(end.value))
            case OneOf(members=members), OneOf() if op != "=":
                if end.value not in members:
                    return None
                at = members.index(str(end.value))
                chosen = {"<": members[:at], "<=": members[: at + 1], ">": members[at + 1 :], ">=": members[at:]}
                return Listed(frozenset(chosen[op]))
        if op == "=" and type(value.type) is type(end.type):
            return Listed(frozenset({end.value}))
        return None

    def _test(self, value: Value, allowed: Known, *, holds: bool) -> list[tuple[Hashable, States]]:
        """A positive test that holds exactly for these known values, or its complement."""
        states = self.domain(value)
        left = States(False, allowed) if holds else States(True, others(allowed))
        return self._about(value, states.both(left))

    def _about(self, value: Value, states: States) -> list[tuple[Hashable, States]]:
        """States of a value, and what follows for the values that it is made from."""
        found: list[tuple[Hashable, States]] = []
        todo = [(value_meant(value, self.project), states)]
        seen: set[Hashable] = set()
        while todo:
            value, states = todo.pop()
            subject = self.subject(value)
            if subject in seen:
                continue
            seen.add(subject)
            found.append((subject, states))
            if isinstance(value, model.Aggregate) and value.kind in ("first", "last") and value.property is None:
                if not states.missing:
                    found.append((self._count(value.query), States(False, ranged(">=", Fraction(1)))))
                elif states.known.empty:
                    found.append((self._count(value.query), States(False, ranged("=", Fraction(0)))))
            inner: tuple[Value, ...] = ()
            match value:
                case model.AgeOf(date=date):
                    inner = (date,)
                case model.Arithmetic(left=left, right=right) if len(seen) < MOST_PARTS:
                    inner = (left, right)
            if not states.missing:
                spelled = (value_meant(one, self.project) for one in inner)
                todo += [(one, States(False, self.domain(one).known)) for one in spelled]
        return found

    def _tested(self, node: Condition, *, holds: bool) -> list[tuple[Hashable, States]]:
        """A positive test of any kind says that what it tests is known."""
        if not holds:
            return []
        tested: tuple[Value, ...] = ()
        match node:
            case model.Compare(left=left, right=right):
                tested = (left, right)
            case model.Between(value=value, low=low, high=high):
                tested = (value, low, high)
            case (
                model.TextTest(value=value)
                | model.SetTest(value=value)
                | model.Anniversary(value=value)
                | model.InList(value=value)
                | model.DateWithin(value=value)
                | model.InPeriod(value=value)
            ):
                tested = (value,)
        return [pair for one in tested for pair in self._known(one)]

    def _date_within(self, node: model.DateWithin, *, holds: bool) -> list[tuple[Hashable, States]]:
        """A date tested against now: how long ago it is, in microseconds (whole days of a date)."""
        found = self._tested(node, holds=holds)
        value = value_meant(node.value, self.project)
        size = elapsed(node.duration, of_date=isinstance(value.type, Date))
        if size is None:
            return [*self._opaque(node, holds=holds).items(), *found]
        least, most = size
        sure = {"in last": (0, least - 1), "in next": (-least, -1), "older than": (most, None)}[node.kind]
        perhaps = {"in last": (0, most - 1), "in next": (-most, -1), "older than": (least, None)}[node.kind]
        known = Ranges((perhaps,)) if holds else Ranges((sure,)).others()
        missing = not holds and self.domain(value).missing
        return [(("ago", self.forms.of(value)), States(missing, known)), *found]

    def _distance(self, node: model.WithinDistance, *, holds: bool) -> list[tuple[Hashable, States]]:
        """How far two points lie apart, in millimetres; one and the same point lies nowhere else."""
        ends = {self.forms.of(value_meant(one, self.project)) for one in (node.value, node.place)}
        tested = [pair for one in (node.value, node.place) for pair in self._known(one)] if holds else []
        if len(ends) == 1:
            return tested or self._test(node.value, self.domain(node.value).known, holds=False)
        known = Ranges(((0, node.within) if holds else (node.within + 1, None),))
        missing = not holds and any(self.domain(one).missing for one in (node.value, node.place))
        return [(("apart", frozenset(ends)), States(missing, known)), *tested]

    def _known(self, value: Value) -> list[tuple[Hashable, States]]:
        return self._about(value, States(False, self.domain(value).known))

    def _opaque(self, node: Condition, *, holds: bool) -> dict[Hashable, States]:
        return {("holds", self.forms.of(node)): YES if holds else NO}

    def _count(self, query: model.EventQuery) -> Count:
        where: Hashable = None if query.where is None else self.forms.of(query.where)
        if not holds_only(query, "event", "where", "window"):
            where = ("more", self.forms.of(query))
        return Count(query.event, where, query.window)

    def _by_name(self, name: str, node: Condition, *, holds: bool) -> Bounds | None:
        if (name, holds) not in self._named:
            said = self.bounds(node, holds=holds)
            # less said is still sound, and keeps long chains of segments cheap
            self._named[name, holds] = said if said is None else dict(islice(said.items(), MOST_NAMED))
        return self._named[name, holds]


def _one_of(parts: list[Bounds | None]) -> Bounds | None:
    """What is left while at least one of them holds."""
    possible = [part for part in parts if part is not None]
    if not possible:
        return None
    shared = set(possible[0]).intersection(*possible[1:])
    return {subject: reduce(States.either, (part[subject] for part in possible)) for subject in shared}


def _too_few(bounds: Bounds) -> bool:
    """Whether fewer events are allowed in a window than are wanted in a part of it."""
    counts = [(one, states.known) for one, states in bounds.items() if isinstance(one, Count)]
    if len(counts) > MOST_COUNTS:
        return False
    for (inner, wanted), (outer, allowed) in permutations(counts, 2):
        if isinstance(wanted, Ranges) and isinstance(allowed, Ranges):
            least, most = wanted.least, allowed.most
            if least is not None and most is not None and least > most and contains(outer, inner):
                return True
    return False


def _every(kind: Type) -> Known:
    match kind:
        case OneOf(members=members):
            return Listed(frozenset(members))
        case Boolean():
            return Listed(frozenset({0, 1}))
    return ANY if _counts(kind) else ALL


def _counts(kind: Type) -> bool:
    return isinstance(kind, Numeric | Date | DateTime | MonthDay)


def _none(value: Value) -> Known:
    return NONE if _counts(value.type) else Listed(frozenset())
