"""A plan read back from its JSON (`Plan.as_json`): the same plan, with the same hash, or an error that says where.

Each function is the other direction of its namesake in `engine.plan_dump`. What the JSON leaves out because it stands
elsewhere in it is found there: the type of a reference is that of what it refers to. A plan that was read is written
again and compared, so that nothing is taken for something else, and nothing that is not understood is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar, cast, get_args

from dsl.types import NUMBER, OneOf, Type
from engine.plan import VERSION, Name, Plan, in_dependency_order, named_values, references
from engine.plan_dump import VALUE_KEYS, Json, canonical
from engine.plan_parts import (
    items_of,
    mapping,
    read_duration,
    read_fading,
    read_limit,
    read_period,
    read_step,
    read_tier,
    read_window,
    short,
    text_of,
    type_from_json,
)
from engine.plan_schema import PlanError, at, schema_from_json
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
    DefinePlan,
    Definition,
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
    SegmentPlan,
    ShareRule,
    Soon,
    Spot,
    StageRef,
    TextMatch,
    Value,
    ValueRef,
    WhileRule,
)

T = TypeVar("T")
AggregateKind = Literal["number", "sum", "average", "smallest", "largest", "distinct", "first", "last"]
AGGREGATES = get_args(AggregateKind)


def plan_from_text(text: str) -> Plan:
    """The plan that `kadenz compile --stage plan` printed; `PlanError` for any other text."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"this is no JSON: {error}") from error
    return plan_from_json(told)


def plan_from_json(told: Json) -> Plan:
    """The plan of `Plan.as_json`; `PlanError` for anything else, also for a plan that was changed by hand."""
    if not isinstance(told, dict) or "version" not in told:
        raise PlanError("this is no plan: it has no `version`")
    if told["version"] != VERSION or isinstance(told["version"], bool):
        raise PlanError(f"version {json.dumps(told['version'])} of plans is unknown here; this program reads {VERSION}")
    try:
        plan = Reader(told).plan()
        place = _differs(told, plan.as_json())
    except RecursionError as error:
        raise PlanError("conditions are nested too deeply, or read themselves") from error
    if place is not None:
        raise PlanError(f"{place}: not as a plan says it, or changed after the plan was written")
    return plan


def _differs(told: Json, again: Json, place: str = "plan") -> str | None:
    """Where two JSONs differ first."""
    if canonical(told) == canonical(again):
        return None
    if isinstance(told, dict) and isinstance(again, dict):
        # the hashes last: they differ wherever anything does
        for key in sorted(told.keys() | again.keys(), key=lambda k: ("hash" in k, k != "hash", k)):
            if key not in told or key not in again:
                return f"{place}.{key}"
            if (found := _differs(told[key], again[key], f"{place}.{key}")) is not None:
                return found
    return place


class Reader:
    """Reads one plan; `told` is all of it, for what a part refers to. `PlanError` for what is none."""

    def __init__(self, told: Mapping[str, Json]) -> None:
        self._told = told

    def plan(self) -> Plan:
        """The plan."""
        schema = at("schema", schema_from_json, self._part("schema"))
        leaves = self._each("leaves", self.leaf)
        written = self._each("definitions", self.definition)
        definitions: dict[Name, Definition] = {}
        for label, definition in written.items():
            kind, _, name = label.partition(" ")
            if kind != _kind(definition) or name != definition.name:
                raise PlanError(f"definitions.{label}: this is {_kind(definition)} {definition.name}")
            definitions[kind, name] = definition
        conditions, run_conditions = (self._each(part, self.condition) for part in ("conditions", "run_conditions"))
        blocks = self._each("blocks", mapping)
        causes = {name: self._cause(name, held, blocks) for name, held in self._each("causes", mapping).items()}
        everything = (*leaves.values(), *definitions.values(), *conditions.values(), *run_conditions.values())
        known = {("leaf", name) for name in leaves} | definitions.keys()
        named = [read for cause in causes.values() for read in cause["reads"]]
        for read in (*references((everything, *(c["refers"] for c in causes.values()))), *named):
            if read not in known:
                raise PlanError(f"something reads {' '.join(read)}, which the plan does not have")
        ordered = _ordered(definitions, leaves)
        constants, points = named_values(ordered)
        return Plan(
            schema,
            text_of(self._part("time_zone")),
            dict(sorted(leaves.items())),
            ordered,
            conditions,
            run_conditions,
            {name: {k: v for k, v in cause.items() if k != "refers"} for name, cause in causes.items()},
            blocks,
            constants,
            points,
            self._each("uniques", lambda names: tuple(map(text_of, items_of(names))))
            if "uniques" in self._told
            else {},
        )

    def _part(self, name: str) -> Json:
        if name not in self._told:
            raise PlanError(f"plan.{name} is missing")
        return self._told[name]

    def _each(self, part: str, read: Callable[[Json], T]) -> dict[str, T]:
        held = at(part, mapping, self._part(part))
        return {name: at(f"{part}.{name}", read, one) for name, one in held.items()}

    def _cause(self, name: str, told: Json, blocks: Mapping[str, Json]) -> Json:
        """A cause with what it reads, and under which id the ledger knows its trigger."""
        if f"trigger {name}" not in blocks:
            raise PlanError(f"causes.{name}: there is no trigger of this name among the blocks")
        block, refers = blocks[f"trigger {name}"], None
        reads: list[Name] = []
        match told:
            case {"event": _, "with": None}:
                pass
            case {"event": _, "with": condition} | {"when": condition}:
                refers = at(f"causes.{name}", self.condition, condition)
            case {"onsegment": {"segment": str(segment)}}:
                reads = [("segment", segment)]
            case {"onstage": {"score": str(score)}}:
                reads = [("score", score)]
        return {"is": told, "reads": reads, "id": block.get("was", name), "refers": refers}

    # ------------------------------------------------------------ conditions and values

    def condition(self, told: Json) -> Condition:
        """A condition."""
        match told:
            case "everyone":
                return Always()
            case {"all": [*items]}:
                return AllOf(tuple(map(self.condition, items)))
            case {"any": [*items]}:
                return AnyOf(tuple(map(self.condition, items)))
            case {"not": item}:
                return Complement(self.condition(item))
            case {"compare": [left, ("=" | "<" | "<=" | ">" | ">=") as op, right]}:
                return Comparison(op, self.value(left), self.value(right))
            case {"among": [value, [*options]]}:
                return Among(self.value(value), tuple(_constant(self.value(o)) for o in options))
            case {"known": value}:
                return Known(self.value(value))
            case {"text": [value, ("contains" | "starts with" | "ends with") as kind, str(text)]}:
                return TextMatch(kind, self.value(value), text)
            case {"set": [value, ("any" | "all") as kind, [*members]]}:
                return Membership(kind, self.value(value), tuple(map(text_of, members)))
            case {"date": [value, "in", str(period)]}:
                return During(self.value(value), read_period(period))
            case {"date": [value, ("in last" | "in next" | "older than") as kind, duration]}:
                return Nearby(kind, self.value(value), read_duration(duration))
            case {"squared chord": [one, other], "at most": int(most)}:
                return Close(self._spot(one), self._spot(other), most)
            case {"anniversary": [value, duration]}:
                return Recurs(self.value(value), None if duration == "today" else read_duration(duration))
            case {"within": [int(within), anchor]}:
                return Soon(self.value(anchor), within)
            case {"in segment": str(name), "for": duration}:
                return InsideFor(name, read_duration(duration))
            case {"in segment": str(name)}:
                return Inside(name)
            case {"sample": [int(share), str(name)]}:
                return Sampled(share, name)
            case {"on list": str(name)}:
                return OnList(name)
            case {"consents": [str(channel), str(purpose)]}:
                return Granted(channel, purpose)
            case {"define": str(name)}:
                return ConditionRef(name)
            case _:
                raise PlanError(f"this is no condition: {short(told)}")

    def value(self, told: Json) -> Value:
        """A value."""
        match told:
            case {"value": (str() | int()) as value, "type": type_}:
                return Constant(value, type_from_json(type_))
            case {"field": str(name), "type": type_}:
                return FieldRef(name, type_from_json(type_))
            case {"fact": [str(table), str(column), str(key), str(matches), (str() | None) as time], "type": type_}:
                return FactRef(table, column, key, matches, time, type_from_json(type_))
            case {"property": str(name), "type": type_}:
                return PropertyRef(name, type_from_json(type_))
            case {"cause": str(name), "type": type_}:
                return CauseRef(name, type_from_json(type_))
            case {"leaf": str(name)}:
                return LeafRef(name, _measure_type(self._referred("leaves", name)))
            case {"age of": date}:
                return Age(self.value(date))
            case {"points of": str(name)}:
                return PointsRef(name)
            case {"stage of": str(name)}:
                return StageRef(name, _members(self._referred("definitions", f"score {name}"), "stages", "stage"))
            case {"class of": str(name)}:
                return ClassRef(name, _members(self._referred("definitions", f"class {name}"), "tiers", "tier"))
            case {"define": str(name)}:
                return ValueRef(name, self._define_type(name))
            case {"type": type_, **rest} if len(rest) == 1:
                ((op, items),) = rest.items()
                return self._reckoned(str(op), items, type_from_json(type_))
            case _:
                raise PlanError(f"this is no value: {short(told)}")

    def _reckoned(self, op: str, items: Json, type_: Type) -> Value:
        match op, items:
            case ("plus" | "minus" | "times") as kind, [left, right]:
                return Calculation(kind, self.value(left), self.value(right), type_)
            case ("greatest" | "least") as kind, [*held]:
                return Choice(kind, tuple(map(self.value, held)), type_)
            case "first known", [*held]:
                return FirstOf(tuple(map(self.value, held)), type_)
            case _:
                raise PlanError(f"this is no value: {short({op: items})}")

    def _referred(self, part: str, name: str) -> Mapping[str, Json]:
        held = mapping(self._part(part))
        if name not in held:
            raise PlanError(f"something reads {name}, which is not among the {part}")
        return mapping(held[name])

    def _define_type(self, name: str) -> Type:
        body, passed = self._referred("definitions", f"define {name}").get("is"), {name}
        while isinstance(body, dict) and isinstance(inner := body.get("define"), str):
            if inner in passed:
                raise PlanError(f"define {name} is itself")
            passed.add(inner)
            body = self._referred("definitions", f"define {inner}").get("is")
        return self.value(body).type

    def _is_value(self, body: Json) -> bool:
        """Whether the body of a define is a value: of a reference, what it refers to in the end."""
        passed: set[str] = set()
        while isinstance(body, dict) and isinstance(name := body.get("define"), str) and name not in passed:
            passed.add(name)
            body = self._referred("definitions", f"define {name}").get("is")
        return isinstance(body, dict) and not VALUE_KEYS.isdisjoint(body)

    def _spot(self, told: Json) -> Spot:
        match told:
            case [x, y, z]:
                return self.value(x), self.value(y), self.value(z)
            case _:
                raise PlanError(f"these are not the parts of a point: {short(told)}")

    # ------------------------------------------------------------ leaves and definitions

    def leaf(self, told: Json) -> Leaf:
        """A leaf."""
        held = mapping(told)
        where = self.condition(held["with"]) if "with" in held else None
        window = read_window(held["window"]) if "window" in held else None
        return Leaf(text_of(held.get("event")), where, window, self._measure(held))

    def _measure(self, told: Mapping[str, Json]) -> Measure:
        match told:
            case {"reckon": "points", "points": int(points)}:
                limit = read_limit(told["limit"]) if "limit" in told else None
                return Earned(points, limit, read_fading(told["fading"]) if "fading" in told else None)
            case {"reckon": "different local days"}:
                return Days()
            case {
                "reckon": ("then" | "without") as kind,
                "second": str(second),
                "second with": condition,
                "within": int(within),
                "same": (str() | None) as same,
            }:
                where = None if condition is None else self.condition(condition)
                return Followed(kind, second, where, within, same)
            case {"reckon": str(kind), "type": type_} if kind in AGGREGATES:
                name = text_of(told["property"]) if "property" in told else None
                of = type_from_json(told["of"]) if "of" in told else None
                return Aggregated(cast(AggregateKind, kind), name, of, type_from_json(type_))
            case _:
                raise PlanError(f"nothing that can be reckoned: {short(dict(told))}")

    def definition(self, told: Json) -> Definition:
        """A segment, define, score or class."""
        match told:
            case {"segment": str(name), "id": str(id_), "where": where}:
                return SegmentPlan(name, id_, self.condition(where))
            case {"define": str(name), "is": body}:
                return DefinePlan(name, self.value(body) if self._is_value(body) else self.condition(body))
            case {
                "score": str(name),
                "id": str(id_),
                "where": where,
                "rules": [*rules],
                "floor": int(floor),
                "ceiling": (int() | None) as ceiling,
                "stages": [*stages],
            }:
                who = None if where is None else self.condition(where)
                found, steps = tuple(map(self._rule, rules)), tuple(map(read_step, stages))
                return ScorePlan(name, id_, who, found, floor, ceiling, steps)
            case {
                "class": str(name),
                "id": str(id_),
                "by": by,
                "where": where,
                "share": ("total" | "members" | "number") as share,
                "tiers": [*tiers],
            }:
                who = None if where is None else self.condition(where)
                return ClassPlan(name, id_, self.value(by), who, share, tuple(map(read_tier, tiers)))
            case _:
                raise PlanError(f"this is no definition: {short(told)}")

    def _rule(self, told: Json) -> Rule:
        match told:
            case {"leaf": str(name)}:
                return EarnedRule(name)
            case {"points": int(points), "when": condition}:
                return WhileRule(points, self.condition(condition))
            case {"points": int(points), "per": int(every), "of": of}:
                return ShareRule(points, every, self.value(of), read_limit(told["limit"]) if "limit" in told else None)
            case _:
                raise PlanError(f"this is no rule of a score: {short(told)}")


def _measure_type(told: Mapping[str, Json]) -> Type:
    match told.get("reckon"):
        case "points":
            return Earned(0, None, None).type
        case "then" | "without" | "different local days":
            return NUMBER
        case _:
            return type_from_json(told.get("type"))


def _members(told: Mapping[str, Json], part: str, key: str) -> OneOf:
    """The type of a stage (rising) or a tier (from the top)."""
    names = [text_of(mapping(one).get(key)) for one in items_of(told.get(part))]
    return OneOf(tuple(names if part == "stages" else reversed(names)), ordered=True)


def _kind(definition: Definition) -> str:
    match definition:
        case SegmentPlan():
            return "segment"
        case DefinePlan():
            return "define"
        case ScorePlan():
            return "score"
        case ClassPlan():
            return "class"


def _ordered(definitions: Mapping[Name, Definition], leaves: Mapping[str, Leaf]) -> dict[Name, Definition]:
    found = in_dependency_order(definitions, leaves)
    for number, name in enumerate(found):
        later = list(found)[number:]
        if any(read in later for read in references(found[name])):
            raise PlanError(f"definitions.{' '.join(name)} reads itself in the end")
    return found


def _constant(value: Value) -> Constant:
    if not isinstance(value, Constant):
        raise PlanError("only literals stand in a list")
    return value
