"""`set FIELD to VALUE` and `call HOOK`: what a trigger changes in the facts, and whom it tells outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from dsl import model, tree
from dsl.bind.conditions import beside
from dsl.bind.context import Scope, declared_at, noun, origin
from dsl.bind.lookup import unknown
from dsl.bind.values import value
from dsl.diagnostics import Diagnostic, Label
from dsl.schema import Field, Schema
from dsl.spans import Span
from dsl.types import Numeric, OneOf, Point, SetOf, Type


def set_field(scope: Scope, node: tree.SetField) -> model.SetField | None:
    """`set FIELD to VALUE`, or None after a finding. The scope knows the cause of the run."""
    schema = scope.project.schema
    of = value(scope, node.of, lambda _: True)
    if of is None:
        return None
    typed = scope.text(node.of.span)
    if not isinstance(of, model.FieldValue):
        scope.error(
            "K0220", f"`{typed}` is no field of the contact", node.of.span, origin(scope, of), "only fields are set"
        )
        return None
    if (why := _protected(schema, of.name)) is not None:
        scope.error("K0380", f"no trigger sets `{of.name}`", node.of.span, why, "it changes by import alone")
        return None
    field = schema.fields[of.name]
    if isinstance(node.value, tree.Path) and node.value.second is None and _means_missing(node.value, field.type):
        return _may_be_missing(scope, node, field, model.SetField(of.name, None, span=node.span))
    found = (
        value(scope, node.value, lambda kind: _scale(kind, field.type) is not None)
        if isinstance(field.type, SetOf | Point)
        else beside(scope, node.value, of)
    )
    if found is None:
        return None
    if not isinstance(found, model.Const | model.FieldValue) and not (
        isinstance(found, model.EventValue) and found.of == "cause"
    ):
        scope.error(
            "K0203",
            f"`{scope.text(node.value.span)}` is nothing that a field is set to",
            node.value.span,
            origin(scope, found),
            "a fixed value, a field, a property of the event (`event.NAME`) or `missing` is expected",
        )
        return None
    scale = _scale(found.type, field.type)
    if scale is None or not _as_normalised(scope, found, field):
        scope.error(
            "K0203",
            f"`{field.name}` does not hold all that `{scope.text(node.value.span)}` can be",
            node.value.span,
            origin(scope, found) if not isinstance(found, model.Const) else noun(found.type),
            "a value of the same type is expected, normalised in the same way",
            secondary=(Label(of.span, declared_at(field)),),
        )
        return None
    made = model.SetField(of.name, found, span=node.span, scale=scale)
    return made if isinstance(found, model.Const) else _may_be_missing(scope, node, field, made)


def _protected(schema: Schema, name: str) -> str | None:
    """Why no trigger sets a field, or None: what decides who a person is, where they are reached, and when."""
    if name == schema.key:
        return "the key of the contact"
    for channel in schema.channels.values():
        if channel.address == name:
            return f"the address for {channel.name}"
    if name == schema.zone_field:
        return "it decides which time it is for the contact"
    if name == schema.country_field:
        return "it decides which time it is for the contact"
    return None


def _means_missing(path: tree.Path, kind: Type) -> bool:
    return path.first.text == "missing" and not (isinstance(kind, OneOf) and "missing" in kind.members)


def _may_be_missing(scope: Scope, node: tree.SetField, field: Field, made: model.SetField) -> model.SetField | None:
    if not field.required:
        return made
    scope.error(
        "K0380",
        f"`{field.name}` is required, and this may be missing",
        node.value.span,
        "nothing, for some contacts",
        "set it to a fixed value, or take `required` out of schema.yaml",
    )
    return None


def _scale(given: Type, wanted: Type) -> int | None:
    """By what a stored value is multiplied to be one of the wanted type; None if the type does not hold all of it."""
    match given, wanted:
        case Numeric(denominator=mine, currency=c), Numeric(denominator=its, currency=d):
            return its // mine if its % mine == 0 and (c == d or c is None) else None
        case (OneOf(members=some), OneOf(members=all_)) | (SetOf(members=some), SetOf(members=all_)):
            return 1 if set(some) <= set(all_) else None
    return 1 if type(given) is type(wanted) else None


def _as_normalised(scope: Scope, found: model.Value, field: Field) -> bool:
    """Whether the value is normalised as the field is; a fixed text is taken as it is only where nothing is asked."""
    mine: tuple[str, ...] = ()
    match found:
        case model.FieldValue(name=name):
            mine = scope.project.schema.fields[name].normalise
        case model.EventValue(name=name) if scope.cause is not None and name in scope.cause.properties:
            mine = scope.cause.properties[name].normalise
    return set(field.normalise) <= set(mine)


def call(scope: Scope, node: tree.Call) -> model.Call | None:
    """`call HOOK`, or None after a finding."""
    hooks = scope.project.schema.hooks
    if node.hook.text not in hooks:
        unknown(scope, "hook", node.hook, hooks, "hooks are declared in kadenz.yaml")
        return None
    return model.Call(node.hook.text, span=node.span)


# ---------------------------------------------------------------- triggers that set themselves off


def self_feeding(
    schema: Schema,
    triggers: Mapping[str, model.Trigger],
    defines: Mapping[str, model.Define | None],
    segments: Mapping[str, model.Segment],
    scores: Mapping[str, model.Score],
    classes: Mapping[str, model.Class],
) -> Iterator[Diagnostic]:
    """A finding for each trigger that sets a field its own cause reads, directly or through segments, scores,
    classes and defines, where `again` does not bound it (LANGUAGE.md §8.15)."""
    for trigger in triggers.values():
        if not trigger.sets or trigger.again.kind != "every time":
            continue
        read = _Reading(schema, defines, segments, scores, classes).of(trigger.cause)
        for one in trigger.sets:
            if one.name in read:
                yield Diagnostic(
                    "K0381",
                    f"`{trigger.name}` sets `{one.name}`, which its own cause reads",
                    Label(one.span, "may set it off again, without end"),
                    secondary=(
                        Label(trigger.cause.span, "the cause")
                        if isinstance(trigger.cause, HAS_SPAN)
                        else Label(trigger.span, "the trigger"),
                    ),
                    help=("bound it: `again never`, `again after 1 day`, `again once per local day`",),
                    block=f"trigger `{trigger.name}`",
                )


HAS_SPAN = model.OnSegment | model.OnStage | model.OnChange | model.OnWhen | model.Scheduled


class _Reading:
    """The contact fields that a part of the model reads, by way of other blocks too."""

    def __init__(
        self,
        schema: Schema,
        defines: Mapping[str, model.Define | None],
        segments: Mapping[str, model.Segment],
        scores: Mapping[str, model.Score],
        classes: Mapping[str, model.Class],
    ) -> None:
        self._schema = schema
        self._blocks: tuple[Mapping[str, object], ...] = (defines, segments, scores, classes)

    def of(self, node: object) -> frozenset[str]:
        """All fields, by name."""
        found: set[str] = set()
        seen: set[tuple[int, str]] = set()
        waiting: list[object] = [node]
        while waiting:
            one = waiting.pop()
            reference: tuple[int, str] | None = None
            match one:
                case model.FieldValue(name=name):
                    found.add(name)
                case model.FactValue(table=table):
                    found.add(self._schema.facts[table].matches)
                case model.DefinedCondition(name=name) | model.DefinedValue(name=name):
                    reference = 0, name
                case model.InSegment(segment=name) | model.InSegmentFor(segment=name) | model.OnSegment(segment=name):
                    reference = 1, name
                case model.ScoreValue(score=name) | model.StageOf(score=name) | model.OnStage(score=name):
                    reference = 2, name
                case model.ClassOf(name=name):
                    reference = 3, name
                case tuple():
                    waiting.extend(one)
            if reference is not None and reference not in seen:
                seen.add(reference)
                waiting.append(self._blocks[reference[0]].get(reference[1]))
            if is_dataclass(one) and not isinstance(one, Span | type):
                waiting.extend(getattr(one, f.name) for f in fields(one))
        return frozenset(found)
