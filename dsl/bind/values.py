"""Expressions that are values: fields, properties, aggregates, scores, arithmetic."""

from __future__ import annotations

from dsl import model, tree
from dsl.bind.aggregates import aggregate, event_query, nth_property
from dsl.bind.context import Fits, Scope, anything, noun, origin
from dsl.bind.literals import natural
from dsl.bind.lookup import block_named
from dsl.bind.names import named
from dsl.bind.reckoning import FINEST, combine, common_type
from dsl.diagnostics import Label
from dsl.types import NUMBER, Date, DateTime, Numeric, OneOf

LONGEST_CHAIN = 64


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
            return aggregate(scope, node)
        case tree.Nth():
            query = event_query(scope, tree.Event(node.event, node.where, span=node.span), None)
            if query is None:
                return None
            return model.Aggregate(
                "first" if node.kind.text == "first" else "last", query, None, DateTime(), span=node.span
            )
        case tree.NthProperty():
            return nth_property(scope, node)
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
    scope.error("K0224", f"`{scope.text(node.span)}` is a condition, a value is wanted here", node.span, "yes or no")
    return None


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
        total = combine(scope, total, word, right)
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
            common = common_type(type_, one.type)
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
