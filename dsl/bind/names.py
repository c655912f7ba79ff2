"""What a name in an expression means, and what to say where it means nothing."""

from __future__ import annotations

from dsl import model, tree
from dsl.bind.context import Fits, Scope, anything
from dsl.bind.lookup import kind_of, own_property, property_named
from dsl.bind.unknown import unknown_value
from dsl.diagnostics import Label
from dsl.learned import LEARNED, learned_channel, learned_type
from dsl.types import POINTS, Numeric


def named(scope: Scope, path: tree.Path, fits: Fits = anything) -> model.Value | model.DefinedCondition | None:
    """What a name in an expression means, or None after a finding."""
    name = path.first.text
    if path.second is not None:
        return _dotted(scope, path, path.second, fits)
    if scope.event is not None and (own := own_property(scope.event, name)) is not None:
        return model.EventValue(name, own.type, "this", span=path.span)
    field = scope.project.schema.fields.get(name)
    if field is not None:
        return model.FieldValue(name, field.type, span=path.span)
    one = scope.project.declared.get(name)
    if one is not None and one.kind == "define":
        scope.reads(name, path.span)
        return _defined(scope, name, path)
    if one is not None and one.kind == "score":
        scope.reads(name, path.span)
        return model.ScoreValue(name, span=path.span)
    if one is None and name == LEARNED and (channels := learned_type(scope.project.schema)) is not None:
        return learned_channel(channels, path.span)
    _not_a_value(scope, path, fits)
    return None


def _defined(scope: Scope, name: str, path: tree.Path) -> model.Value | model.DefinedCondition | None:
    scope.bind_define(scope.project, name)
    define = scope.project.defines.get(name)
    if define is None:
        return None  # reported where it stands, or a cycle
    if define.value is not None:
        return model.DefinedValue(name, define.value.type, span=path.span)
    return model.DefinedCondition(name, span=path.span)


def candidates(scope: Scope, fits: Fits) -> list[str]:
    """Names that mean a value of a fitting type at this place."""
    project = scope.project
    own = {n: f.type for n, f in scope.event.properties.items()} if scope.event else {}
    found = [n for n, kind in own.items() if fits(kind)]
    found += [n for n, f in project.schema.fields.items() if fits(f.type)]
    found += [n for n in project.of_kind("score") if fits(POINTS)]
    found += _learnable(scope, fits)
    for name in project.of_kind("define"):
        define = project.defines.get(name)
        if define is not None and (define.value is None or fits(define.value.type)):
            found.append(name)
    return found


def _learnable(scope: Scope, fits: Fits) -> list[str]:
    """`learned_channel`, where it is a value of a fitting type."""
    channels = learned_type(scope.project.schema)
    return [LEARNED] if channels is not None and fits(channels) else []


def _not_a_value(scope: Scope, path: tree.Path, fits: Fits) -> None:
    """Report a name that is no value: an event, a segment, or unknown."""
    name = path.first.text
    match kind_of(scope, name):
        case "an event":
            scope.error(
                "K0218",
                f"`{name}` is an event, not a condition or a value",
                path.span,
                "an event",
                f"ask whether it happened: `did {name}`",
                f"or count it: `number of {name} in last 30 days >= 3`",
                instead=f"did {name}",
            )
        case "a segment":
            declared = scope.project.declared[name]
            scope.error(
                "K0219",
                f"`{name}` is a segment, not a condition or a value",
                path.span,
                "a segment",
                f"ask for membership: `in {name}`",
                secondary=(Label(declared.name.span, "named here"),),
                instead=f"in {name}",
            )
        case "a class":
            meant = f"class of {name}"
            help_ = f"ask for the tier of a contact: `{meant} = ..`"
            summary = f"`{name}` is a class, not a condition or a value"
            scope.error("K0220", summary, path.span, "a class", help_, instead=meant)
        case str(other):
            scope.error("K0220", f"`{name}` is {other}, not a condition or a value", path.span, other)
        case None:
            unknown_value(scope, path, candidates(scope, fits), fits)


def _dotted(scope: Scope, path: tree.Path, second: tree.Name, fits: Fits) -> model.Value | None:
    project = scope.project
    match path.first.text:
        case "contact":
            field = project.schema.fields.get(second.text)
            if field is not None:
                return model.FieldValue(second.text, field.type, span=path.span)
            if second.text == LEARNED and (channels := learned_type(project.schema)) is not None:
                return learned_channel(channels, path.span)
            known = [n for n, f in project.schema.fields.items() if fits(f.type)]
            meant = scope.nearest(second.text, [*known, *_learnable(scope, fits)])
            label = f"did you mean `{meant}`?" if meant else "no such field"
            scope.error("K0202", f"a contact has no field `{second.text}`", second.span, label, instead=meant)
            return None
        case "event" if "event" not in project.schema.events:
            return cause_value(scope, second, path, fits)
    name = path.first.text
    if name in project.schema.facts:
        columns = project.schema.facts[name].columns
        if second.text in columns:
            return model.FactValue(name, second.text, columns[second.text].type, span=path.span)
        meant = scope.nearest(second.text, [n for n, f in columns.items() if fits(f.type)])
        label = f"did you mean `{meant}`?" if meant else "no such column"
        summary = f"the fact table `{name}` has no column `{second.text}`"
        scope.error("K0202", summary, second.span, label, instead=meant)
    elif name in project.schema.events:
        scope.error(
            "K0218",
            f"`{scope.text(path.span)}` does not say which `{name}` is meant",
            path.span,
            "there may be many",
            _which_event(scope, name, second.text),
        )
    elif name in project.of_kind("score"):
        scope.error(
            "K0220",
            f"the score `{name}` has no part `{second.text}`",
            second.span,
            "",
            f"for the stage say `stage of {name}`",
        )
    else:
        meant = scope.nearest(name, [*project.schema.facts, *project.schema.events, "contact", "event"])
        label = f"did you mean `{meant}`?" if meant else "only `contact.` and `event.` stand before a point"
        scope.error("K0202", f"nothing here is called `{name}`", path.first.span, label, instead=meant)
    return None


def _which_event(scope: Scope, event: str, name: str) -> str:
    """How to speak of a property of events: by a filter, and of a number by what it amounts to."""
    known = scope.project.schema.events[event].properties.get(name)
    did = f"`did {event} with ({name if known else '..'} = ..)`".replace("(.. = ..)", "(..)")
    if known is None or isinstance(known.type, Numeric):
        return f"say `sum of {event}.{name}`, `largest of {event}.{name}`, or ask {did.replace(' = ', ' >= ')}"
    return f"ask {did}, or for the newest one alone `last {event}.{name} = ..`"


def cause_value(scope: Scope, name: tree.Name, path: tree.Path, fits: Fits) -> model.Value | None:
    """`event.NAME`: a property of the event that caused the run."""
    if scope.cause is None:
        if any(one.code in ("K0204", "K0219") and one.block == scope.block for one in scope.project.found):
            return None  # the cause is an event that does not exist, which has been said
        scope.error(
            "K0225",
            f"`event.{name.text}` has no meaning here",
            path.span,
            "no event caused this",
            "`event` is what caused a run: in `where` and `unless` of a trigger whose cause is `on EVENT`",
        )
        return None
    own = own_property(scope.cause, name.text)
    if own is None:
        own = property_named(scope, scope.cause, name, fits)
    return None if own is None else model.EventValue(name.text, own.type, "cause", span=path.span)
