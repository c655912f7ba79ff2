"""From the bound model to the parts of the plan: one canonical form, everything about events collected as leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import assert_never

from dsl import model as m
from dsl.schema import Schema
from dsl.types import NUMBER, Boolean, Numeric, Type
from engine.layout import EVENT_AT, EVENT_ID, vector_part
from engine.plan_dump import canonical, condition_json, digest, leaf_json, rule_json, value_json
from engine.plan_types import (
    Age,
    Aggregated,
    AllOf,
    Always,
    Among,
    AnyOf,
    Calculation,
    CauseRef,
    Choice,
    ClassPlan,
    ClassRef,
    Close,
    Comparison,
    Complement,
    Condition,
    ConditionRef,
    Constant,
    Days,
    During,
    Earned,
    EarnedRule,
    FactRef,
    FieldRef,
    FirstOf,
    Followed,
    Granted,
    Inside,
    InsideFor,
    Known,
    Leaf,
    LeafRef,
    Measure,
    Membership,
    Nearby,
    OnList,
    PointsRef,
    PropertyRef,
    Recurs,
    Rule,
    Sampled,
    ScorePlan,
    ShareRule,
    Soon,
    Spot,
    StageRef,
    Step,
    TextMatch,
    TierPlan,
    Value,
    ValueRef,
    WhileRule,
)
from engine.sphere import most_squared, vector

TURNED: Mapping[str, m.Comparison] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
"""The same comparison with its sides exchanged."""


class Lowering:
    """Lowers expressions of one project; collects the leaves it meets in `leaves`, by id.

    `constants` are the defines that are plain literals: they are put where their name stands, since a date literal
    means more than its value (a whole local day). `points` are the defines that name a point, with what they name:
    the parts of a point have no name of their own. `leaves`: those that the points read.
    """

    def __init__(
        self,
        schema: Schema,
        constants: Mapping[str, Constant],
        points: Mapping[str, Value] | None = None,
        leaves: Mapping[str, Leaf] | None = None,
    ) -> None:
        self.schema = schema
        self.constants = constants
        self.points = points or {}
        self.leaves: dict[str, Leaf] = dict(leaves or {})

    # ------------------------------------------------------------ conditions

    def condition(self, node: m.Condition, event: str | None = None) -> Condition:
        """The canonical form; `event` is the type of the event at hand inside `with (..)`."""
        match node:
            case m.Everyone():
                return Always()
            case m.And(items=items):
                return all_of(self.condition(i, event) for i in items)
            case m.Or(items=items):
                return any_of(self.condition(i, event) for i in items)
            case m.Not(item=item):
                return complement(self.condition(item, event))
            case m.Compare(op=op, left=left, right=right):
                return comparison(op, self.value(left, event), self.value(right, event))
            case m.Between(value=value, low=low, high=high):
                held = self.value(value, event)
                return all_of(
                    (comparison(">=", held, self.value(low, event)), comparison("<=", held, self.value(high, event)))
                )
            case m.InList(value=value, options=options):
                return among(self.value(value, event), options)
            case m.IsKnown(value=value):
                return Known(self.value(value, event))
            case m.TextTest(kind=kind, value=value, text=text):
                return TextMatch(kind, self.value(value, event), text)
            case m.SetTest(kind=kind, value=value, members=members):
                return Membership("any" if len(members) == 1 else kind, self.value(value, event), members)
            case m.Truth(value=value):
                return comparison("=", self.value(value, event), Constant(1, Boolean()))
            case m.DateWithin(kind=kind, value=value, duration=duration):
                return Nearby(kind, self.value(value, event), largest_unit(duration))
            case m.InPeriod(value=value, period=period):
                return During(self.value(value, event), period)
            case m.WithinDistance(value=value, within=within, place=place):
                ends = sorted((self.spot(v, event) for v in (value, place)), key=lambda s: canonical(spot_json(s)))
                return Close(ends[0], ends[1], most_squared(within))
            case m.Anniversary(value=value, duration=duration):
                return Recurs(self.value(value, event), None if duration is None else largest_unit(duration))
            case m.InSegment(segment=name):
                return Inside(name)
            case m.InSegmentFor(segment=name, duration=duration):
                return InsideFor(name, largest_unit(duration))
            case m.Sample(share=share, name=name):
                return Sampled(share, name)
            case m.OnList(list=name):
                return OnList(name)
            case m.Consents(channel=channel, purpose=purpose):
                return Granted(channel, purpose)
            case m.Did(query=query, op=op, count=count):
                counted = self.leaf(query, Aggregated("number", None, None, NUMBER))
                return Comparison(op, LeafRef(counted, NUMBER), Constant(count, NUMBER))
            case m.DidOnDays(query=query, op=op, count=count):
                return Comparison(op, LeafRef(self.leaf(query, Days()), NUMBER), Constant(count, NUMBER))
            case m.WithinOf(anchor=anchor, within=within):
                length = within.micros()
                assert length is not None, "bound as elapsed time"
                return Soon(self.value(anchor, event), length)
            case m.Followed(first=first):
                return Comparison(">=", LeafRef(self.leaf(first, self._followed(node)), NUMBER), Constant(1, NUMBER))
            case m.DefinedCondition(name=name):
                return ConditionRef(name)
            case _:
                assert_never(node)

    # ------------------------------------------------------------ values

    def value(self, node: m.Value, event: str | None = None) -> Value:
        """A value; `event` as in `condition`."""
        match node:
            case m.Const(value=value, type=type_):
                return Constant(value, type_)
            case m.FieldValue(name=name, type=type_):
                return FieldRef(name, type_)
            case m.FactValue(table=table, column=column, type=type_):
                fact = self.schema.facts[table]
                return FactRef(table, column, fact.key, fact.matches, fact.time, type_)
            case m.EventValue(name=name, type=type_, of="this"):
                assert event is not None, "only inside `with (..)`"
                return PropertyRef(self.property(event, name), type_)
            case m.EventValue(name=name, type=type_):
                return CauseRef(name, type_)
            case m.Aggregate(kind=kind, query=query, property=name, type=type_):
                return LeafRef(self.leaf(query, self._aggregated(kind, query.event, name, type_)), type_)
            case m.AgeOf(date=date):
                return Age(self.value(date, event))
            case m.ScoreValue(score=score):
                return PointsRef(score)
            case m.StageOf(score=score, type=type_):
                return StageRef(score, type_)
            case m.ClassOf(name=name, type=type_):
                return ClassRef(name, type_)
            case m.Arithmetic(op=op, left=left, right=right, type=type_):
                a, b = self.value(left, event), self.value(right, event)
                if op != "minus":
                    a, b = sorted((a, b), key=lambda v: canonical(value_json(v)))
                return Calculation(op, a, b, type_)
            case m.Pick(kind=kind, items=items, type=type_):
                held = {canonical(value_json(v)): v for v in (self.value(i, event) for i in items)}
                return Choice(kind, tuple(held[t] for t in sorted(held)), type_)
            case m.FirstKnown(items=items, type=type_):
                return FirstOf(tuple(self.value(i, event) for i in items), type_)
            case m.DefinedValue(name=name, type=type_):
                return self.constants.get(name) or ValueRef(name, type_)
            case _:
                assert_never(node)

    def spot(self, node: m.Value, event: str | None = None) -> Spot:
        """The parts of a point: each stands in a column beside it, wherever it comes from."""
        match node:
            case m.DefinedValue(name=name) if name in self.points:
                held = self.points[name]
            case m.Aggregate(kind="first" | "last" as kind, query=query, property=str() as name):
                # not by way of the leaf of the point itself, which nobody may need
                one = Aggregated(kind, self.property(query.event, name), node.type, node.type)
                return self._leaf_spot(self._made(query, one))
            case _:
                held = self.value(node, event)
        if isinstance(held, Constant):
            x, y, z = vector(str(held.value))
            return Constant(x, NUMBER), Constant(y, NUMBER), Constant(z, NUMBER)
        if isinstance(held, LeafRef):
            return self._leaf_spot(self.leaves[held.leaf])
        return _part(held, "x"), _part(held, "y"), _part(held, "z")

    def _leaf_spot(self, leaf: Leaf) -> Spot:
        """The last event that has the point has its parts as well."""
        x, y, z = (LeafRef(self._known(_part_leaf(leaf, part)), NUMBER) for part in "xyz")
        return x, y, z

    def property(self, event: str, name: str) -> str:
        """The column of a property: `at` and `id` are the event's own unless the schema declares them."""
        if name not in self.schema.events[event].properties:
            return {"at": EVENT_AT, "id": EVENT_ID}[name]
        return name

    def _aggregated(self, kind: str, event: str, name: str | None, type_: Type) -> Aggregated:
        if name is None or kind == "number":
            return Aggregated(kind, None, None, type_)  # type: ignore[arg-type]  # the model's own kinds
        declared = self.schema.events[event].properties.get(name)
        of = declared.type if declared is not None else type_
        return Aggregated(kind, self.property(event, name), of, type_)  # type: ignore[arg-type]  # as above

    def _followed(self, node: m.Followed) -> Followed:
        second, within = node.second, node.within.micros()
        assert within is not None, "bound as elapsed time"
        where = None if second.where is None else self.condition(second.where, second.event)
        same = None if node.same is None else self.property(second.event, node.same)
        return Followed(node.kind, second.event, None if where == Always() else where, within, same)

    # ------------------------------------------------------------ leaves and scores

    def leaf(self, query: m.EventQuery, measure: Measure) -> str:
        """The id of the leaf, which stands in `leaves` from now on."""
        return self._known(self._made(query, measure))

    def _made(self, query: m.EventQuery, measure: Measure) -> Leaf:
        where = None if query.where is None else self.condition(query.where, query.event)
        return Leaf(query.event, None if where == Always() else where, plain_window(query.window), measure)

    def _known(self, leaf: Leaf) -> str:
        kind = "points" if isinstance(leaf.measure, Earned) else leaf.measure.kind
        name = f"{kind} {leaf.event} {digest(leaf_json(leaf))[:12]}"
        self.leaves[name] = leaf
        return name

    def score(self, score: m.Score) -> ScorePlan:
        """A score with its rules in canonical order (their sum does not depend on it)."""
        rules = sorted((r for r in map(self._rule(score), score.rules)), key=lambda r: canonical(rule_json(r)))
        return ScorePlan(
            score.name,
            score.id,
            None if score.where is None else self.condition(score.where),
            tuple(rules),
            score.floor,
            score.ceiling,
            tuple(Step(s.name, s.start, s.leave, s.rest and largest_unit(s.rest)) for s in score.stages),
        )

    def class_(self, class_: m.Class) -> ClassPlan:
        """A class; a `where` that holds for everyone is none."""
        where = None if class_.where is None else self.condition(class_.where)
        tiers = tuple(TierPlan(t.name, t.edge) for t in class_.tiers)
        by = self.value(class_.by)
        return ClassPlan(class_.name, class_.id, by, None if where == Always() else where, class_.share, tiers)

    def _rule(self, score: m.Score) -> Callable[[m.ScoreRule], Rule]:
        def lowered(rule: m.ScoreRule) -> Rule:
            match rule:
                case m.OnRule(points=points, query=query, limit=limit, fading=own):
                    fading = own or score.fading
                    if fading is not None:
                        fading = replace(fading, duration=largest_unit(fading.duration))
                    if limit is not None and limit.per is not None:
                        limit = replace(limit, per=self.property(query.event, limit.per))
                    return EarnedRule(self.leaf(query, Earned(points, limit, fading)))
                case m.WhenRule(points=points, when=when):
                    return WhileRule(points, self.condition(when))
                case m.PerRule(points=points, every=every, of=of, limit=limit):
                    denominator = of.type.denominator if isinstance(of.type, Numeric) else 1
                    return ShareRule(points, every * denominator, self.value(of), limit)
                case _:
                    assert_never(rule)

        return lowered


def _part(held: Value, part: str) -> Value:
    match held:
        case FieldRef(name=name):
            return FieldRef(vector_part(name, part), NUMBER)
        case FactRef(column=name):
            return replace(held, column=vector_part(name, part), type=NUMBER)
        case PropertyRef(name=name):
            return PropertyRef(vector_part(name, part), NUMBER)
        case CauseRef(name=name):
            return CauseRef(vector_part(name, part), NUMBER)
        case _:
            raise AssertionError(held)  # nothing else is a point


def _part_leaf(leaf: Leaf, part: str) -> Leaf:
    measure = leaf.measure
    assert isinstance(measure, Aggregated), "the first or last of a property"
    assert measure.property is not None, "the first or last of a property"
    return replace(leaf, measure=Aggregated(measure.kind, vector_part(measure.property, part), NUMBER, NUMBER))


# ---------------------------------------------------------------- canonical form


def all_of(items: Iterable[Condition]) -> Condition:
    """`and`, flat, sorted and without repeats; what is always true adds nothing."""
    flat = [i for item in items for i in (item.items if isinstance(item, AllOf) else (item,)) if i != Always()]
    unique = in_order(flat)
    return Always() if not unique else unique[0] if len(unique) == 1 else AllOf(unique)


def any_of(items: Iterable[Condition]) -> Condition:
    """`or`, flat, sorted and without repeats."""
    flat = [i for item in items for i in (item.items if isinstance(item, AnyOf) else (item,))]
    unique = in_order(flat)
    return Always() if Always() in unique else unique[0] if len(unique) == 1 else AnyOf(unique)


def in_order(items: Iterable[Condition]) -> tuple[Condition, ...]:
    """Sorted by canonical text, without repeats."""
    by_text = {canonical(condition_json(i)): i for i in items}
    return tuple(by_text[t] for t in sorted(by_text))


def complement(item: Condition) -> Condition:
    """`not`, never twice."""
    return item.item if isinstance(item, Complement) else Complement(item)


def comparison(op: m.Comparison, left: Value, right: Value) -> Comparison:
    """With a constant on the right; `!=` does not occur in bound models."""
    assert op != "!=", "bound as the complement of `=`"
    if isinstance(left, Constant) and not isinstance(right, Constant):
        left, right, op = right, left, TURNED[op]
        assert op != "!="
    return Comparison(op, left, right)


def among(value: Value, options: Iterable[m.Const]) -> Condition:
    """A test against constants; one alone is a comparison."""
    by_text = {canonical(value_json(c)): c for c in (Constant(o.value, o.type) for o in options)}
    found = tuple(by_text[t] for t in sorted(by_text))
    return Comparison("=", value, found[0]) if len(found) == 1 else Among(value, found)


def spot_json(spot: Spot) -> list[object]:
    """The parts of a point as JSON."""
    return [value_json(part) for part in spot]


def largest_unit(duration: m.Duration) -> m.Duration:
    """The same duration in the largest unit up to days, or in years instead of months, that fits."""
    amount, unit = duration.amount, duration.unit
    if duration.local or amount == 0:
        return duration
    if unit == "week":
        return m.Duration(amount * 7, "day")
    if unit == "minute" and amount % 60 == 0:
        amount, unit = amount // 60, "hour"
    if unit == "hour" and amount % 24 == 0:
        amount, unit = amount // 24, "day"
    if unit == "month" and amount % 12 == 0:
        amount, unit = amount // 12, "year"
    return m.Duration(amount, unit)


def plain_window(window: m.Window | None) -> m.Window | None:
    """A window with its durations in largest units."""
    match window:
        case m.InLast(duration=duration):
            return m.InLast(largest_unit(duration))
        case m.Ago(far=far, near=near):
            return m.Ago(largest_unit(far), largest_unit(near))
        case _:
            return window
