"""Names of things: events, properties, segments, scores, channels, ..; each unknown one with the nearest that fits."""

from __future__ import annotations

from collections.abc import Iterable

from dsl import tree
from dsl.bind.context import Declared, Fits, Scope, anything
from dsl.diagnostics import Label
from dsl.names import listed
from dsl.schema import EventType, Field
from dsl.spans import Span
from dsl.types import Date, DateTime, MonthDay, Text

CODES = {
    "event": "K0204",
    "segment": "K0205",
    "score": "K0206",
    "class": "K0240",
    "channel": "K0209",
    "template": "K0210",
    "team": "K0212",
    "hook": "K0250",
    "offer": "K0213",
    "purpose": "K0214",
    "cap": "K0216",
    "quiet": "K0216",
    "quality": "K0216",
    "trigger": "K0216",
    "contact": "K0217",
    "list": "K0233",
}


def unknown(scope: Scope, what: str, name: tree.Name, candidates: Iterable[str], *help_: str, code: str = "") -> None:
    """Report a name that means nothing here, with the nearest candidate."""
    events = scope.project.schema.events
    known = sorted(set(candidates), key=lambda one: (what == "event" and events[one].builtin, one))
    meant = scope.nearest(name.text, known)
    label = f"did you mean `{meant}`?" if meant else f"no {what} has this name"
    extra = list(help_)
    if what == "template" and meant is None and scope.block.startswith("trigger"):
        one_of = f", or send one of those that there are: {listed(known)}" if known else ""
        extra = [f"write `templates/{name.text}.j2`, its channel in the head{one_of}"]
    elif what == "segment" and name.text in scope.project.schema.lists:
        extra.append(f"`{name.text}` is a list: write `include list {name.text}` as a clause of a segment")
    elif what == "channel" and name.text in scope.project.schema.purposes and known:
        extra.append(f"`{name.text}` is a purpose, the channel stands before it: `{known[0]} for {name.text}`")
    elif meant is None and known:
        extra.append(f"there {'is' if len(known) == 1 else 'are'} {listed(known, last='and')}")
    elif meant is None and not help_:
        extra.append(f"there is no {what} yet")
    a = "an" if what[0] in "aeiou" else "a"
    whose = "test" if what == "contact" else "project"
    scope.error(
        code or CODES[what], f"`{name.text}` is not {a} {what} of this {whose}", name.span, label, *extra, instead=meant
    )


def kind_of(scope: Scope, name: str) -> str | None:
    """What a name is, in words: "a segment", "an event", "a field", None if nothing has it."""
    project = scope.project
    if name in project.declared:
        kind = project.declared[name].kind
        return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
    if name in project.schema.events:
        return "an event"
    if name in project.schema.fields:
        return "a field"
    if name in project.schema.facts:
        return "a fact table"
    return None


def block_named(scope: Scope, name: tree.Name, kind: str, *, say: str = "") -> Declared | None:
    """The block of this kind and name; a finding if there is none. Segments, scores and classes count as
    references."""
    one = scope.project.declared.get(name.text)
    if one is not None and one.kind == kind:
        if kind in ("segment", "score", "class"):
            scope.reads(name.text, name.span)
        return one
    other = kind_of(scope, name.text)
    if other is None:
        unknown(scope, kind, name, scope.project.of_kind(kind))
        return None
    code = "K0218" if other == "an event" else "K0220"
    help_ = [say] if say else []
    if not say and other == "an event" and kind == "segment":
        help_ = [f"an event is asked for with `did {name.text}`"]
    elif other == "a define" and kind == "segment":
        help_ = [f"a define is named without `in`: `{name.text}`"]
    elif other == "a class" and kind == "score" and not help_:
        help_ = [f"the tier of a contact is `class of {name.text}`"]
    elif other == "a define" and kind == "score" and scope.block.startswith("test") and not help_:
        help_ = [f"a test looks at segments, scores and classes: put it into one, `segment .. where {name.text} ..`"]
    elif not help_ and (meant := scope.nearest(name.text, scope.project.of_kind(kind))):
        help_ = [f"did you mean `{meant}`?"]
    label = () if one is None else (Label(one.name.span, "named here"),)
    scope.error(
        code,
        f"`{name.text}` is {other}, not {'an' if kind[0] in 'aeiou' else 'a'} {kind}",
        name.span,
        other,
        *help_,
        secondary=label,
    )
    return None


def event_named(scope: Scope, name: tree.Name, *, after_did: bool = False) -> EventType | None:
    """The event type of this name; a finding if there is none."""
    schema = scope.project.schema
    event = schema.events.get(name.text)
    if event is not None:
        return event
    other = kind_of(scope, name.text)
    if other is None:
        unknown(scope, "event", name, schema.events)
        return None
    one = scope.project.declared.get(name.text)
    if one is not None and one.kind == "segment":
        help_, instead = _membership(scope, name, after_did=after_did)
        scope.error(
            "K0219",
            f"`{name.text}` is a segment, not an event",
            name.span,
            "a segment",
            help_,
            secondary=(Label(one.name.span, "named here"),),
            instead=instead,
        )
        return None
    meant = scope.nearest(name.text, schema.events)
    own = sorted(schema.events, key=lambda one: (schema.events[one].builtin, one))
    help_ = f"did you mean `{meant}`?" if meant else f"events are {listed(own, last='and')}"
    if other == "a field" and scope.block.startswith("trigger") and _behind_on(scope, name):
        help_ = f"to react to a change of it: `on {name.text} changing`"
        if isinstance(schema.fields[name.text].type, Date | MonthDay):
            help_ += f"; to its day each year: `every year on {name.text} at 09:00`"
    scope.error("K0220", f"`{name.text}` is {other}, not an event", name.span, other, help_)
    return None


def _membership(scope: Scope, name: tree.Name, *, after_did: bool) -> tuple[str, str | None]:
    """How to say what a segment after `on` or `did` was to say, and the text that would mend it."""
    if not after_did or _behind_on(scope, name):
        if scope.block.startswith("score"):
            return f"points for membership: `when in {name.text}`", None
        return f"to react to it: `on entering {name.text}`", f"entering {name.text}"
    return f"membership is asked for with `in {name.text}`", None


def _behind_on(scope: Scope, name: tree.Name) -> bool:
    """Whether `on` stands directly before the name."""
    return scope.project.sources[name.span.file][: name.span.start].split()[-1:] == ["on"]


def property_named(scope: Scope, event: EventType, name: tree.Name, fits: Fits = anything) -> Field | None:
    """The property of an event; a finding with the nearest of a fitting type if there is none."""
    if name.text in event.properties:
        return event.properties[name.text]
    fitting = [n for n, one in event.properties.items() if fits(one.type)]
    meant = scope.nearest(name.text, fitting)
    label = f"did you mean `{meant}`?" if meant else "no such property"
    help_ = [f"`{event.name}` has {listed(sorted(event.properties), last='and')}"] if event.properties else []
    scope.error(
        "K0215", f"the event `{event.name}` has no property `{name.text}`", name.span, label, *help_, instead=meant
    )
    return None


def own_property(event: EventType, name: str) -> Field | None:
    """A property as `with (..)` sees it: those of the schema, then `at` and `id`."""
    if name in event.properties:
        return event.properties[name]
    return {"at": Field("at", DateTime()), "id": Field("id", Text())}.get(name)


def channel_named(scope: Scope, name: tree.Name, *, plural: bool = False) -> str | None:
    """The channel of this name (or, where `plural`, of this name without its `s`)."""
    channels = scope.project.schema.channels
    if name.text in channels:
        return name.text
    if plural and name.text.endswith("s") and name.text[:-1] in channels:
        return name.text[:-1]
    if plural and name.text.endswith("s") and (meant := scope.nearest(name.text[:-1], channels)):
        summary = f"`{name.text}` is not a channel of this project"
        scope.error("K0209", summary, name.span, f"did you mean `{meant}`?", instead=meant)
        return None
    unknown(scope, "channel", name, channels)
    return None


def list_named(scope: Scope, name: tree.Name) -> str | None:
    """The list of this name."""
    if name.text in scope.project.schema.lists:
        return name.text
    unknown(scope, "list", name, scope.project.schema.lists, "lists are declared below `lists:` in schema.yaml")
    return None


def purpose_named(scope: Scope, name: tree.Name) -> str | None:
    """The purpose of this name."""
    if name.text in scope.project.schema.purposes:
        return name.text
    unknown(scope, "purpose", name, scope.project.schema.purposes, "purposes are declared in kadenz.yaml")
    return None


def purpose_or_implied(scope: Scope, name: tree.Name | None, span: Span) -> str | None:
    """The purpose of this name; without one the project's, which must be declared as well (`span`: what lacks it)."""
    if name is not None:
        return purpose_named(scope, name)
    implied, declared = scope.project.purpose, scope.project.schema.purposes
    if implied in declared:
        return implied
    for last in scope.project.found[-1:]:
        at = last.primary.span
        if last.code == "K0209" and span.start <= at.start < span.end and scope.text(at) in declared:
            return None  # the purpose stands where the channel belongs, which has been said
    scope.error(
        "K0214",
        f"no purpose is said here, and `{implied}` is not one of this project",
        span,
        f"means `{implied}`",
        f"say for which purpose: {listed(declared)}",
    )
    return None
