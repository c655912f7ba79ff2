"""What binding carries along: the project's names, where findings go, and what is in reach at this place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from dsl import model, tree
from dsl.diagnostics import Diagnostic, Fix, Label
from dsl.names import nearest
from dsl.schema import EventType, Field, Schema
from dsl.spans import Span
from dsl.types import Date, DateTime, MonthDay, Numeric, Point, SetOf, Type, Zone, describe

MOST_SUGGESTIONS = 60

Fits = Callable[[Type], bool]
"""Which types would make sense at a place; narrows suggestions."""


def anything(kind: Type) -> bool:
    """Every type fits."""
    return kind is not None


@dataclass(frozen=True, slots=True)
class Declared:
    """A block's name: `kind` is its keyword, `block` its tree (`Broken` where it did not parse)."""

    kind: str
    name: tree.Name
    block: tree.Block


@dataclass(frozen=True, slots=True)
class Project:
    """Everything all blocks share. `found`, `defines`, `busy` and `reads` grow while binding goes on.

    `reads`: block -> the segments, scores, classes and defines that it refers to -> where it first does.
    """

    schema: Schema
    templates: Mapping[str, frozenset[str]]
    purpose: str
    zone: str
    sources: Mapping[str, str]
    declared: Mapping[str, Declared]
    found: list[Diagnostic] = field(default_factory=list)
    defines: dict[str, model.Define | None] = field(default_factory=dict)
    busy: list[str] = field(default_factory=list)
    reads: dict[str, dict[str, Span]] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> list[str]:
        """Names of the blocks of these kinds, in order of the text."""
        return [name for name, one in self.declared.items() if one.kind in kinds]


@dataclass(frozen=True, slots=True)
class Scope:
    """One place in one block. `event`: inside `with (..)`; `cause`: `event.NAME` is this event; `since_then`: the
    place knows the cause of a run; `bind_define` binds a define that is needed now."""

    project: Project
    block: str
    name: str | None
    bind_define: Callable[[Project, str], None]
    event: EventType | None = None
    cause: EventType | None = None
    since_then: bool = False

    def inside(self, event: EventType) -> Scope:
        """The scope of `with (..)` on this event."""
        return replace(self, event=event)

    def text(self, span: Span) -> str:
        """What was typed, on one line."""
        return " ".join(span.text(self.project.sources[span.file]).split())

    def nearest(self, word: str, candidates: Iterable[str]) -> str | None:
        """`dsl.names.nearest`, while the project has few findings: text may be hostile, and looking costs time."""
        return nearest(word, candidates) if len(self.project.found) < MOST_SUGGESTIONS else None

    def reads(self, name: str, span: Span) -> None:
        """Remember that this block refers to another one."""
        if self.name is not None:
            self.project.reads.setdefault(self.name, {}).setdefault(name, span)

    def error(
        self,
        code: str,
        summary: str,
        span: Span,
        label: str = "",
        *help_: str,
        secondary: tuple[Label, ...] = (),
        instead: str | None = None,
    ) -> None:
        """Report a finding of this block. `instead`: the text that would mend it."""
        fixes = () if instead is None else (Fix(f"write `{instead}`", span, instead),)
        self.project.found.append(
            Diagnostic(
                code, summary, Label(span, label), secondary=secondary, help=help_, fixes=fixes, block=self.block
            )
        )


def noun(kind: Type) -> str:
    """The type as it stands in a sentence: "a number", "text", "one of [..]"."""
    match kind:
        case Numeric(kind="number" | "decimal") | Date() | MonthDay() | DateTime() | SetOf() | Point() | Zone():
            return f"a {describe(kind)}"
    return describe(kind)


def declared_at(one: Field) -> str:
    """`text, declared in schema.yaml:8`."""
    place = f", declared in {one.span.file}:{one.span.line}" if one.span else ""
    return f"{describe(one.type)}{place}"


def origin(scope: Scope, value: model.Value) -> str:
    """The type of a value and where it was declared, for a label."""
    schema = scope.project.schema
    match value:
        case model.FieldValue(name=name) if name in schema.fields:
            return declared_at(schema.fields[name])
        case model.EventValue(name=name, of=of):
            event = scope.event if of == "this" else scope.cause
            if event is not None and name in event.properties:
                return declared_at(event.properties[name])
        case model.Aggregate(kind="first" | "last", query=query, property=str() as name):
            return declared_at(schema.events[query.event].properties[name])
        case model.DefinedValue(name=name):
            at = scope.project.declared[name].name.span
            return f"{describe(value.type)}, defined in {at.file}:{at.line}"
    return describe(value.type)
