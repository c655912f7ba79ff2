"""Stage 3: the evaluation plan, made of a bound model and a schema. Pure data with a content hash.

Whatever is asked about events is a shared leaf, computed once for all segments, scores, triggers and caps that use it;
definitions stand in dependency order and speak of each other by name. The hash covers everything that decides what
happens, and nothing that does not: layout, comments, titles, owners, places in files and `test` blocks are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TypeVar

from dsl import model as m
from dsl.model import Model
from dsl.schema import Schema
from dsl.types import OneOf, Point
from engine.evaluation import conditions_of, uniques_of
from engine.plan_dump import VALUES, Json, body_json, clauses_json, condition_json, definition_json, digest, leaf_json
from engine.plan_lower import Lowering
from engine.plan_meaning import Meanings
from engine.plan_schema import schema_json
from engine.plan_types import (
    ClassPlan,
    ClassRef,
    Condition,
    ConditionRef,
    Constant,
    DefinePlan,
    Definition,
    Inside,
    InsideFor,
    Leaf,
    LeafRef,
    PointsRef,
    ScorePlan,
    SegmentPlan,
    StageRef,
    Value,
    ValueRef,
)
from engine.plan_types import EarnedRule as _EarnedRule

T = TypeVar("T")

VERSION = 1
"""Of the JSON of a plan. It rises when the JSON of an old plan would be read wrongly, or no longer."""

Name = tuple[str, str]
"""A node of the plan: ("leaf", id), ("define", name), ("segment", name), ("score", name) or
("class", name)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The evaluation plan of one project.

    `definitions` stand after what they read. `conditions` are the contact-level conditions of triggers and caps under
    the names of `engine.evaluation.conditions_of`; `run_conditions` those that depend on a run's cause. `blocks` holds
    the clauses of triggers, caps, quiet times and offers that no executor evaluates, as data. `constants` are
    defines that are plain literals, `points` those that name a place. `uniques`: the fields of which contacts should be
    alone with their values, under the names of `engine.evaluation.uniques_of`.
    """

    schema: Schema = field(repr=False)
    time_zone: str
    leaves: Mapping[str, Leaf]
    definitions: Mapping[Name, Definition]
    conditions: Mapping[str, Condition]
    run_conditions: Mapping[str, Condition]
    causes: Mapping[str, Json]
    blocks: Mapping[str, Json]
    constants: Mapping[str, Constant]
    points: Mapping[str, Value]
    uniques: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def segments(self) -> tuple[SegmentPlan, ...]:
        """The segments, in dependency order."""
        return tuple(d for d in self.definitions.values() if isinstance(d, SegmentPlan))

    @property
    def scores(self) -> tuple[ScorePlan, ...]:
        """The scores, in dependency order."""
        return tuple(d for d in self.definitions.values() if isinstance(d, ScorePlan))

    @property
    def classes(self) -> tuple[ClassPlan, ...]:
        """The classes, in dependency order."""
        return tuple(d for d in self.definitions.values() if isinstance(d, ClassPlan))

    @property
    def hash(self) -> str:
        """The definition hash: SHA-256 over the canonical JSON, hexadecimal."""
        return digest(self._content())

    @property
    def shared(self) -> Mapping[str, tuple[str, ...]]:
        """For each leaf the blocks that use it directly ("segment NAME", "trigger NAME where", ..), sorted."""
        users: dict[str, set[str]] = {name: set() for name in self.leaves}
        asking: dict[str, object] = {f"{kind} {name}": d for (kind, name), d in self.definitions.items()}
        for label, node in {**asking, **self.conditions, **self.run_conditions}.items():
            for kind, name in references(node):
                if kind == "leaf":
                    users[name].add(label)
        for leaf_id, leaf in self.leaves.items():
            for kind, name in references(leaf):
                if kind == "leaf":
                    users[name].add(f"leaf {leaf_id}")
        return {name: tuple(sorted(found)) for name, found in sorted(users.items())}

    @property
    def calendar(self) -> tuple[str | None, ...]:
        """What tells every contact's calendar: the project's zone, and the fields of zone and country."""
        return self.time_zone, self.schema.zone_field, self.schema.country_field

    @property
    def definition_hashes(self) -> Mapping[str, str]:
        """A hash for each "segment ID", "score ID", "class ID" and "cause TRIGGER ID", over the meaning of the
        definition with everything that it depends on: an edit of a segment changes all that read it, a new name changes
        nothing."""
        found: dict[str, str] = {}
        meanings = Meanings(self.definitions, self.leaves)
        for (kind, name), definition in self.definitions.items():
            meant = meanings.of(kind, name)
            if not isinstance(definition, DefinePlan):
                found[f"{kind} {definition.id}"] = digest([*self.calendar, meant])
        for cause in self.causes.values():
            reads = [meanings.of(kind, name) for kind, name in cause["reads"]]
            found[f"cause {cause['id']}"] = digest([*self.calendar, meanings.node(cause["is"]), reads])
        return found

    def as_json(self) -> Json:
        """The plan as plain data, in dependency order, with its hash and who shares each leaf;
        `engine.plan_read.plan_from_json` reads it."""
        content = self._content()
        shared, schema = self.shared, schema_json(self.schema)
        return {
            "version": VERSION,
            "hash": self.hash,
            **content,
            "leaves": {name: {**held, "used by": list(shared[name])} for name, held in content["leaves"].items()},
            "order": [f"{kind} {name}" for kind, name in self.definitions],
            "definition_hashes": dict(self.definition_hashes),
            "schema": schema,
            "schema_hash": digest(schema),
        }

    def lower(self, condition: m.Condition) -> tuple[Condition, Mapping[str, Leaf]]:
        """A condition of the model in the plan's form, with the leaves it reads (the plan's own ones included)."""
        lowering = Lowering(self.schema, self.constants, self.points, self.leaves)
        return lowering.condition(condition), lowering.leaves

    def _content(self) -> dict[str, Json]:
        return {
            "time_zone": self.time_zone,
            "contact": {
                "key": self.schema.key,
                "zone": self.schema.zone_field,
                "country": self.schema.country_field,
            },
            "leaves": {name: leaf_json(self.leaves[name]) for name in sorted(self.leaves)},
            "definitions": {f"{k} {n}": definition_json(self.definitions[k, n]) for k, n in sorted(self.definitions)},
            **({"uniques": dict(sorted(self.uniques.items()))} if self.uniques else {}),
            "conditions": {name: condition_json(c) for name, c in sorted(self.conditions.items())},
            "run_conditions": {name: condition_json(c) for name, c in sorted(self.run_conditions.items())},
            "causes": {name: cause["is"] for name, cause in sorted(self.causes.items())},
            "blocks": dict(sorted(self.blocks.items())),
        }


def make_plan(model: Model, schema: Schema, time_zone: str) -> Plan:
    """The evaluation plan of a bound model. `time_zone`: the project's, an IANA name."""
    constants = {d.name: c for d in model.defines.values() if (c := _constant(d, model)) is not None}
    named = {d.name: v for d in model.defines.values() if (v := _named_value(d, model)) is not None}
    first = Lowering(schema, constants)
    points = {name: first.value(value) for name, value in named.items() if isinstance(value.type, Point)}
    lowering = Lowering(schema, constants, points, first.leaves)
    definitions: dict[Name, Definition] = {}
    for define in model.defines.values():
        body: Condition | Value
        if define.condition is not None:
            body = lowering.condition(define.condition)
        else:
            assert define.value is not None, "a define has a condition or a value"
            body = lowering.value(define.value)
        definitions["define", define.name] = DefinePlan(define.name, body)
    for segment in model.segments.values():
        where = lowering.condition(segment.where)
        definitions["segment", segment.name] = SegmentPlan(segment.name, segment.id, where)
    for score in model.scores.values():
        definitions["score", score.name] = lowering.score(score)
    for class_ in model.classes.values():
        definitions["class", class_.name] = lowering.class_(class_)
    contact_level = conditions_of(model)
    conditions = {name: lowering.condition(c) for name, c in contact_level.items()}
    run_conditions = {
        name: lowering.condition(c) for name, c in trigger_conditions(model).items() if name not in contact_level
    }
    causes = {t.name: {**_cause(t, lowering), "id": t.id} for t in model.triggers.values()}
    leaves = {name: nameless(lowering.leaves[name]) for name in sorted(lowering.leaves)}
    plain = {name: nameless(definition) for name, definition in definitions.items()}
    return Plan(
        schema,
        time_zone,
        leaves,
        in_dependency_order(plain, leaves),
        {name: nameless(c) for name, c in conditions.items()},
        {name: nameless(c) for name, c in run_conditions.items()},
        causes,
        _blocks(model, Lowering(schema, constants, points, first.leaves)),
        *named_values(plain),
        {name: tuple(sorted(one.name for one in found.fields)) for name, found in uniques_of(model).items()},
    )


def nameless(node: T) -> T:
    """A part of a plan without the names of one-of types: what a type is called means nothing."""
    match node:
        case OneOf():
            return replace(node, name=None)
        case tuple():
            return type(node)(map(nameless, node))
        case _ if is_dataclass(node) and not isinstance(node, type):
            held = {f.name: getattr(node, f.name) for f in fields(node) if f.init}
            changed = {k: new for k, old in held.items() if (new := nameless(old)) != old}
            return replace(node, **changed) if changed else node
        case _:
            return node


def named_values(definitions: Mapping[Name, Definition]) -> tuple[dict[str, Constant], dict[str, Value]]:
    """The defines that are plain literals, and those that name a point, through other defines."""
    constants: dict[str, Constant] = {}
    points: dict[str, Value] = {}
    for (_, name), definition in definitions.items():
        body = definition.body if isinstance(definition, DefinePlan) else None
        while isinstance(body, ValueRef):
            meant = definitions["define", body.name]
            body = meant.body if isinstance(meant, DefinePlan) else None
        if isinstance(body, Constant):
            constants[name] = body
        if isinstance(body, VALUES) and isinstance(body.type, Point):
            points[name] = body
    return constants, points


def trigger_conditions(model: Model) -> dict[str, m.Condition]:
    """All `where` and `unless` of triggers, under the names of `conditions_of`."""
    return {
        f"trigger {t.name} {word}": c
        for t in model.triggers.values()
        for word, c in (("where", t.where), ("unless", t.unless))
        if c is not None
    }


def references(node: object) -> Iterator[Name]:
    """What a part of the plan reads: leaves and definitions, in order, with repeats."""
    match node:
        case LeafRef(leaf=name) | _EarnedRule(leaf=name):
            yield "leaf", name
        case Inside(segment=name) | InsideFor(segment=name):
            yield "segment", name
        case ConditionRef(name=name) | ValueRef(name=name):
            yield "define", name
        case PointsRef(score=name) | StageRef(score=name):
            yield "score", name
        case ClassRef(name=name):
            yield "class", name
        case tuple():
            for item in node:
                yield from references(item)
        case _ if is_dataclass(node):
            for f in fields(node):
                yield from references(getattr(node, f.name))


def in_dependency_order(definitions: Mapping[Name, Definition], leaves: Mapping[str, Leaf]) -> dict[Name, Definition]:
    """Each after what it reads, by name where that leaves a choice. References form no cycle (checked before)."""
    found: dict[Name, Definition] = {}
    seen: set[Name] = set()

    def visit(name: Name) -> None:
        if name in seen:
            return
        seen.add(name)
        node: object = leaves[name[1]] if name[0] == "leaf" else definitions[name]
        for other in sorted(set(references(node))):
            visit(other)
        if name[0] != "leaf":
            found[name] = definitions[name]

    for name in sorted(definitions):
        visit(name)
    return found


def _named_value(define: m.Define, model: Model) -> m.Value | None:
    """The value that a define stands for, through other defines; None for a condition."""
    value = define.value
    while isinstance(value, m.DefinedValue):
        value = model.defines[value.name].value
    return value


def _constant(define: m.Define, model: Model) -> Constant | None:
    """The literal that a define stands for."""
    value = _named_value(define, model)
    return Constant(value.value, value.type) if isinstance(value, m.Const) else None


def _cause(trigger: m.Trigger, lowering: Lowering) -> Json:
    """A cause as data: `is` what it says, `reads` the definitions it names beside. What the conditions in it read is
    part of their meaning, under whatever names."""
    match trigger.cause:
        case m.OnEvent(query=query):
            where = None if query.where is None else lowering.condition(query.where, query.event)
            told = {"event": query.event, "with": None if where is None else condition_json(where)}
            return {"is": told, "reads": []}
        case m.OnSegment(segment=segment):
            return {"is": clauses_json(trigger.cause), "reads": [("segment", segment)]}
        case m.OnStage(score=score):
            return {"is": clauses_json(trigger.cause), "reads": [("score", score)]}
        case m.OnWhen(condition=condition):
            lowered = lowering.condition(condition)
            return {"is": {"when": condition_json(lowered)}, "reads": []}
        case m.OnChange():
            return {"is": clauses_json(trigger.cause), "reads": []}
        case m.Yearly() | m.OnDay() | m.Repeated() | m.OnDate():
            return {"is": clauses_json(trigger.cause), "reads": []}


def _blocks(model: Model, lowering: Lowering) -> dict[str, Json]:
    """The clauses that decisions read, without conditions and causes (they stand elsewhere in the plan)."""
    found: dict[str, Json] = {}
    for kind, blocks in (
        ("trigger", model.triggers),
        ("cap", model.caps),
        ("quiet", model.quiets),
        ("suppress", model.suppresses),
        ("quality", model.qualities),
        ("offer", model.offers),
    ):
        for block in blocks.values():
            left_out = {"where", "unless", "cause", "goal", "expects"}
            held = {
                f.name: clauses_json(getattr(block, f.name))
                for f in fields(block)
                if f.compare and f.name not in left_out
            }
            found[f"{kind} {block.name}"] = {k: v for k, v in held.items() if v not in (None, [], {})}
    for quality in model.qualities.values():
        shares = [one.share if isinstance(one, m.ExpectedShare) else "unique" for one in quality.expects]
        stops = None if quality.stops is None else sorted(model.triggers[name].id for name in quality.stops)
        found[f"quality {quality.name}"] |= {"expects": shares, "stops": stops}
    for trigger in model.triggers.values():
        if trigger.goal is not None:
            query = trigger.goal.query
            where = None if query.where is None else condition_json(lowering.condition(query.where, query.event))
            told = {"event": query.event, "with": where, "within": clauses_json(trigger.goal.within)}
            found[f"trigger {trigger.name}"]["goal"] = told
    return found


__all__ = [
    "VERSION",
    "Name",
    "Plan",
    "body_json",
    "in_dependency_order",
    "make_plan",
    "named_values",
    "references",
    "trigger_conditions",
]
