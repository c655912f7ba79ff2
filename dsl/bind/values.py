"""Expressions that are values: fields, properties, aggregates, scores, arithmetic."""

from __future__ import annotations

from math import lcm
from typing import Literal

from dsl import model, tree
from dsl.bind.context import Fits, Scope, anything, noun, origin
from dsl.bind.literals import natural
from dsl.bind.lookup import block_named, event_named, kind_of, not_yet, own_property, property_named
from dsl.bind.times import window
from dsl.bind.unknown import unknown_value
from dsl.diagnostics import Label
from dsl.schema import EventType, Field
from dsl.types import NUMBER, POINTS, Date, DateTime, Numeric, OneOf, Type

FINEST = 10**13
"""The smallest fraction in which arithmetic is reckoned exactly inside 64 bits."""

LONGEST_CHAIN = 64

AVERAGE = 10**6


def value(scope: Scope, node: tree.Expr, fits: Fits = anything) -> model.Value | None:
    """The bound value, or None after a finding. `fits` narrows what is suggested for an unknown name."""
    match node:
        case tree.Path():
            found = named(scope, node, fits)
            if isinstance(found, model.DefinedCondition):
                scope.error(
                    "K0224",
                    f"`{found.name}` is a condition, a value is wanted here",
                    node.span,
                    "yes or no",
                    f"use it alone: `where {found.name}`",
                )
                return None
            return found
        case tree.Literal() | tree.Text() | tree.Date() | tree.Time():
            return natural(scope, node)
        case tree.NumberOf():
            query = event_query(scope, node.event, node.window)
            return None if query is None else model.Aggregate("number", query, None, NUMBER, span=node.span)
        case tree.Aggregate():
            return _aggregate(scope, node)
        case tree.Nth():
            query = event_query(scope, tree.Event(node.event, node.where, span=node.span), None)
            if query is None:
                return None
            return model.Aggregate(
                "first" if node.kind.text == "first" else "last", query, None, DateTime(), span=node.span
            )
        case tree.NthProperty():
            return _nth_property(scope, node)
        case tree.Pick():
            return _pick(scope, node)
        case tree.StageOf():
            kind = stage_type(scope, node.score)
            return None if kind is None else model.StageOf(node.score.text, kind, span=node.span)
        case tree.ClassOf():
            return _class_of(scope, node)
        case tree.AgeOf():
            return _age(scope, node)
        case tree.Arithmetic():
            return _arithmetic(scope, node)
        case tree.Group(item=item):
            return value(scope, item, fits)
        case tree.Later():
            not_yet(scope, node)
            return None
    scope.error("K0224", f"`{scope.text(node.span)}` is a condition, a value is wanted here", node.span, "yes or no")
    return None


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
    for name in project.of_kind("define"):
        define = project.defines.get(name)
        if define is not None and (define.value is None or fits(define.value.type)):
            found.append(name)
    return found


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
            meant = scope.nearest(second.text, [n for n, f in project.schema.fields.items() if fits(f.type)])
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


def event_query(scope: Scope, node: tree.Event, window_node: tree.Window | None) -> model.EventQuery | None:
    """Which events are meant, or None after a finding."""
    from dsl.bind.conditions import condition

    event = event_named(scope, node.name, after_did=True)
    sound, bound = window(scope, window_node)
    if event is None:
        return None
    where = None if node.where is None else condition(scope.inside(event), node.where)
    if not sound or (where is None and node.where is not None):
        return None
    return model.EventQuery(event.name, where, bound, span=node.span)


def stage_type(scope: Scope, name: tree.Name) -> OneOf | None:
    """The ordered type of a score's stages, or None after a finding."""
    one = block_named(scope, name, "score")
    if one is None or not isinstance(one.block, tree.Score):
        return None
    stages = [clause.name.text for clause in one.block.clauses if isinstance(clause, tree.Stage)]
    if not stages:
        scope.error(
            "K0207",
            f"the score `{name.text}` has no stages",
            name.span,
            "no stages",
            "add some: `stage aware from 0`",
            secondary=(Label(one.name.span, "named here"),),
        )
        return None
    return OneOf(tuple(stages), ordered=True, name=f"stage of {name.text}")


def class_type(scope: Scope, name: tree.Name) -> OneOf | None:
    """The ordered type of a class's tiers, the first one the greatest, or None after a finding."""
    one = block_named(scope, name, "class")
    if one is None or not isinstance(one.block, tree.Class):
        return None
    tiers = [c.name.text for c in one.block.clauses if isinstance(c, tree.TierShare | tree.TierNumber | tree.TierRest)]
    return OneOf(tuple(reversed(tiers)), ordered=True, name=f"class of {name.text}")


def _class_of(scope: Scope, node: tree.ClassOf) -> model.Value | None:
    kind = class_type(scope, node.name)
    if scope.event is not None:
        scope.error(
            "K0242",
            "a class is the contact's, it has no place in a filter of events",
            node.span,
            f"the same for every `{scope.event.name}`",
            f"ask it beside the filter: `.. and {scope.text(node.span)} = ..`",
        )
        return None
    return None if kind is None else model.ClassOf(node.name.text, kind, span=node.span)


def _aggregate(scope: Scope, node: tree.Aggregate) -> model.Value | None:
    query = event_query(scope, tree.Event(node.event, node.where, span=node.span), node.window)
    event = scope.project.schema.events.get(node.event.text)
    if event is None:
        return None
    kind = node.kind.text
    numeric = kind in ("sum", "average")

    def fits(type_: Type) -> bool:
        if numeric:
            return isinstance(type_, Numeric)
        return kind == "distinct" or isinstance(type_, Numeric | Date | DateTime)

    found = property_named(scope, event, node.property, fits)
    if found is None or query is None:
        return None
    if not fits(found.type):
        _unfit_property(scope, node, event, found, numeric=numeric)
        return None
    match kind:
        case "sum" | "smallest" | "largest":
            return model.Aggregate(kind, query, found.name, found.type, span=node.span)
        case "average" if isinstance(found.type, Numeric):
            money = found.type.currency is not None
            type_ = Numeric("money" if money else "decimal", AVERAGE, found.type.currency)
            return model.Aggregate("average", query, found.name, type_, span=node.span)
    return model.Aggregate("distinct", query, found.name, NUMBER, span=node.span)


def _nth_property(scope: Scope, node: tree.NthProperty) -> model.Value | None:
    query = event_query(scope, tree.Event(node.event, node.where, span=node.span), None)
    event = scope.project.schema.events.get(node.event.text)
    if event is None:
        return None
    found = property_named(scope, event, node.property)
    if found is None or query is None:
        return None
    kind: Literal["first", "last"] = "first" if node.kind.text == "first" else "last"
    return model.Aggregate(kind, query, found.name, found.type, span=node.span)


def _unfit_property(scope: Scope, node: tree.Aggregate, event: EventType, found: Field, *, numeric: bool) -> None:
    others = [n for n, p in event.properties.items() if isinstance(p.type, Numeric)]
    help_ = [f"did you mean `{event.name}.{others[0]}`?"] if len(others) == 1 else []
    if isinstance(found.type, Date | DateTime) and numeric:
        help_.append("dates have a `smallest` and a `largest`")
    else:
        help_.append(f"different values are counted by `distinct of {event.name}.{found.name}`")
    scope.error(
        "K0228",
        f"the {node.kind.text} of `{found.name}` cannot be taken, it is {noun(found.type)}",
        node.property.span,
        noun(found.type),
        *help_,
    )


def _age(scope: Scope, node: tree.AgeOf) -> model.Value | None:
    found = value(scope, node.path, lambda t: isinstance(t, Date))
    if found is None:
        return None
    if not isinstance(found.type, Date):
        scope.error(
            "K0203",
            f"the age of `{scope.text(node.path.span)}` cannot be taken, it is {noun(found.type)}",
            node.path.span,
            origin(scope, found),
            "an age is reckoned from a date",
        )
        return None
    return model.AgeOf(found, span=node.span)


def _arithmetic(scope: Scope, node: tree.Arithmetic) -> model.Value | None:
    if len(node.parts) > 2 * LONGEST_CHAIN:
        scope.error("K0192", "this is too long a chain", node.span, "", "give a part a name: `define NAME = ...`")
        return None
    total: model.Value | None = None
    word: tree.Word | None = None
    sound = True
    for part in node.parts:
        if isinstance(part, tree.Word):
            word = part
            continue
        right = value(scope, part, lambda t: isinstance(t, Numeric))
        if right is not None and not isinstance(right.type, Numeric):
            says = word.text if word else node.parts[1].text if isinstance(node.parts[1], tree.Word) else "plus"
            scope.error(
                "K0203",
                f"`{says}` reckons with numbers, `{scope.text(part.span)}` is {noun(right.type)}",
                part.span,
                origin(scope, right),
            )
            right = None
        sound = sound and right is not None
        if total is None or word is None or right is None or not sound:
            total = right
            continue
        total = _combine(scope, total, word, right)
        sound = total is not None
    return total if sound else None


def _pick(scope: Scope, node: tree.Pick) -> model.Value | None:
    """All of one family; numbers of different fineness meet at their common denominator."""
    items = node.options.items
    bound = [value(scope, item, lambda kind: isinstance(kind, Numeric | Date | DateTime)) for item in items]
    if len(items) < 2:
        scope.error("K0302", "a choice needs at least two values", node.options.span, f"the {node.kind.text} of what?")
        return None
    found = [one for one in bound if one is not None]
    if len(found) < len(bound):
        return None
    first, type_ = found[0], found[0].type
    for one in found:
        if not isinstance(one.type, Numeric | Date | DateTime):
            scope.error(
                "K0203",
                f"`{node.kind.text} of` chooses among numbers or dates, `{scope.text(one.span)}` is {noun(one.type)}",
                one.span,
                origin(scope, one),
            )
            return None
        if isinstance(type_, Numeric) and isinstance(one.type, Numeric):
            common = _common(type_, one.type)
            if common is None or common.denominator > FINEST:
                scope.error(
                    "K0203" if common is None else "K0229",
                    "two currencies cannot meet" if common is None else "this would be too fine to reckon exactly",
                    one.span,
                    origin(scope, one),
                    secondary=(Label(first.span, origin(scope, first)),),
                )
                return None
            type_ = common
        elif type(type_) is not type(one.type):
            scope.error(
                "K0203",
                f"`{scope.text(first.span)}`, which is {noun(first.type)}, and `{scope.text(one.span)}`, "
                f"which is {noun(one.type)}, do not meet",
                one.span,
                origin(scope, one),
                secondary=(Label(first.span, origin(scope, first)),),
            )
            return None
    return model.Pick("greatest" if node.kind.text == "greatest" else "least", tuple(found), type_, span=node.span)


def _common(a: Numeric, b: Numeric) -> Numeric | None:
    """The type of either of two numbers; None for two currencies."""
    if a.currency and b.currency and a.currency != b.currency:
        return None
    denominator, currency = lcm(a.denominator, b.denominator), a.currency or b.currency
    points = "points" in (a.kind, b.kind)
    kind = "money" if currency else "points" if points else "decimal" if denominator > 1 else "number"
    return Numeric(kind, denominator, currency)


def _combine(scope: Scope, left: model.Value, word: tree.Word, right: model.Value) -> model.Value | None:
    if not isinstance(left.type, Numeric) or not isinstance(right.type, Numeric):
        return None
    a, b = left.type, right.type
    if a.currency and b.currency and (a.currency != b.currency or word.text == "times"):
        what = "money and money cannot be multiplied"
        if a.currency != b.currency:
            what = f"amounts in {a.currency} and in {b.currency} cannot be reckoned together"
        scope.error("K0203", what, word.span, "", secondary=_sides(scope, left, right))
        return None
    denominator = a.denominator * b.denominator if word.text == "times" else lcm(a.denominator, b.denominator)
    if denominator > FINEST:
        scope.error(
            "K0229",
            "this would be too fine to reckon exactly",
            word.span,
            "too many digits after the point",
            secondary=_sides(scope, left, right),
        )
        return None
    currency = a.currency or b.currency
    points = "points" in (a.kind, b.kind)
    kind = "money" if currency else "points" if points else "decimal" if denominator > 1 else "number"
    span = left.span.to(right.span)
    match word.text:
        case "plus" | "minus" | "times" as op:
            return model.Arithmetic(op, left, right, Numeric(kind, denominator, currency), span=span)
    raise AssertionError(word.text)


def _sides(scope: Scope, left: model.Value, right: model.Value) -> tuple[Label, ...]:
    return Label(left.span, origin(scope, left)), Label(right.span, origin(scope, right))
