"""What a test expects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from dsl import model, tree
from dsl.bind.context import Scope
from dsl.bind.given import given_value
from dsl.bind.literals import no_member, number_of, whole
from dsl.bind.lookup import block_named, channel_named, unknown
from dsl.bind.values import class_type, stage_type
from dsl.names import listed
from dsl.types import POINT_UNIT


def expectation(scope: Scope, node: tree.Expect, given: Mapping[str, object]) -> model.Expectation | None:
    """An expectation, or None after a finding. `given`: the contacts that the test has introduced by then."""
    if isinstance(node, tree.ExpectQuality):
        known = block_named(scope, node.quality, "quality")
        holds = node.verdict.text == "holds"
        return None if known is None else model.ExpectQuality(node.quality.text, holds, span=node.span)
    who = node.contact.text
    if who not in given:
        if isinstance(node, tree.ExpectScore | tree.ExpectMissing) and _of(node).text in given:
            scope.error(
                "K0217",
                f"`{who}` is no contact of this test",
                node.contact.span,
                "the score or field stands first",
                f"write `expect {who} of {_of(node).text}`",
            )
            return None
        unknown(scope, "contact", node.contact, given, f"introduce them before: `contact {who} (..)`")
        return None
    match node:
        case tree.ExpectIn(segment=name) | tree.ExpectNotIn(segment=name):
            inside = isinstance(node, tree.ExpectIn)
            found = block_named(scope, name, "segment")
            return None if found is None else model.ExpectMember(who, name.text, inside, span=node.span)
        case tree.ExpectScore(score=name) | tree.ExpectMissing(field=name) if _is_field(scope, name):
            return _field(scope, node)
        case tree.ExpectScore():
            return _score(scope, node)
        case tree.ExpectMissing(field=name):
            unknown(scope, "field", name, scope.project.schema.fields, code="K0202")
            return None
        case tree.ExpectCall(hook=hook):
            if hook.text not in scope.project.schema.hooks:
                unknown(scope, "hook", hook, scope.project.schema.hooks)
                return None
            return model.ExpectGets(who, "call", hook.text, None, span=node.span)
        case tree.ExpectStage():
            kind = stage_type(scope, node.score)
            if kind is None:
                return None
            if node.stage.text not in kind.members:
                no_member(scope, node.stage.text, tree.Path(node.stage, None, span=node.stage.span), kind, ())
                return None
            return model.ExpectScore(who, node.score.text, _op(node.op), None, node.stage.text, span=node.span)
        case tree.ExpectClass(name=name, tier=tier):
            kind = class_type(scope, name)
            if kind is None:
                return None
            if tier.text not in kind.members:
                no_member(scope, tier.text, tree.Path(tier, None, span=tier.span), kind, ())
                return None
            return model.ExpectClass(who, name.text, _op(node.op), tier.text, span=node.span)
        case tree.ExpectNothing():
            return model.ExpectGets(who, None, None, None, span=node.span)
        case tree.ExpectNotify(team=team):
            if team.text not in scope.project.schema.teams:
                unknown(scope, "team", team, scope.project.schema.teams)
                return None
            return model.ExpectGets(who, "notify", team.text, None, span=node.span)
        case tree.ExpectGets():
            return _gets(scope, node)
        case tree.ExpectCount(number=number):
            count = whole(scope, number, "the number of messages", 1, 1000)
            return None if count is None else model.ExpectCount(who, count, span=node.span)
        case tree.ExpectNotGets():
            return _not_gets(scope, node)
        case tree.ExpectRefused():
            return _refused(scope, node)
        case tree.ExpectCapped(cap=name):
            found = block_named(scope, name, "cap")
            return None if found is None else model.ExpectCapped(who, name.text, span=node.span)
        case tree.ExpectHolds(offer=name):
            found = block_named(scope, name, "offer")
            return None if found is None else model.ExpectHolds(who, name.text, span=node.span)
        case tree.ExpectHeld(quiet=name, until=until):
            found = block_named(scope, name, "quiet")
            return None if found is None else model.ExpectHeld(who, name.text, until.minutes, span=node.span)


def _score(scope: Scope, node: tree.ExpectScore) -> model.ExpectScore | None:
    if block_named(scope, node.score, "score") is None:
        return None
    points = node.value
    if not isinstance(points, tree.Literal) or points.percent is not None:
        summary = f"`{scope.text(points.span)}` is no number of points"
        scope.error("K0203", summary, points.span, "a number is expected", "write for example `= 8`")
        return None
    exact = number_of(points) * POINT_UNIT
    if exact != exact.to_integral_value():
        scope.error(
            "K0223",
            f"no score is exactly `{scope.text(points.span)}`",
            points.span,
            "not a whole 2^-30",
            "compare with `>=` and `<=` and a number that a binary fraction holds, such as 7.5 or 7.25",
        )
        return None
    return model.ExpectScore(node.contact.text, node.score.text, _op(node.op), int(exact), None, span=node.span)


def _of(node: tree.ExpectScore | tree.ExpectMissing) -> tree.Name:
    return node.score if isinstance(node, tree.ExpectScore) else node.field


def _is_field(scope: Scope, name: tree.Name) -> bool:
    return name.text in scope.project.schema.fields and name.text not in scope.project.declared


def _field(scope: Scope, node: tree.ExpectScore | tree.ExpectMissing) -> model.ExpectField | None:
    """`expect FIELD of anna = VALUE`, `is missing`."""
    field = scope.project.schema.fields[_of(node).text]
    who = node.contact.text
    if isinstance(node, tree.ExpectMissing):
        return model.ExpectField(who, field.name, "=", None, span=node.span)
    if node.op.text not in ("=", "!="):
        scope.error("K0350", "a test expects a field to be a value, or not to be it", node.op.span, "`=` or `!=`")
        return None
    stored = given_value(scope, node.value, field)
    op: Literal["=", "!="] = "=" if node.op.text == "=" else "!="
    return None if stored is None else model.ExpectField(who, field.name, op, stored, span=node.span)


def _op(word: tree.Word) -> model.Comparison:
    match word.text:
        case "=" | "!=" | "<" | "<=" | ">" | ">=" as op:
            return op
    raise AssertionError(word.text)


REFUSALS = (
    "suppressed", "paused", "suppress", "quality", "consent", "reachable", "where", "again", "expired", "holdout",
    "offer",
)  # fmt: skip
"""The gates that refuse and have no expectation of their own (`engine.gates.GATES`)."""


def _refused(scope: Scope, node: tree.ExpectRefused) -> model.ExpectRefused | None:
    sound = node.trigger is None or block_named(scope, node.trigger, "trigger") is not None
    gate = node.gate.text
    if gate not in REFUSALS:
        own = {"capped": "is capped by CAP", "budget": "is capped by CAP", "quiet": "is held by QUIET until TIME"}
        kind = scope.project.declared[gate].kind if gate in scope.project.declared else gate
        own |= {"cap": own["capped"]}
        meant = scope.nearest(gate, REFUSALS)
        scope.error(
            "K0350",
            f"`{gate}` is nothing that refuses",
            node.gate.span,
            f"did you mean `{meant}`?" if meant else "no gate of this name",
            f"write `expect {node.contact.text} {own[kind]}`"
            if kind in own
            else f"a run is refused by {listed(REFUSALS)}",
            instead=meant,
        )
        return None
    trigger = None if node.trigger is None else node.trigger.text
    return model.ExpectRefused(node.contact.text, gate, trigger, span=node.span) if sound else None


def _not_gets(scope: Scope, node: tree.ExpectNotGets) -> model.ExpectNotGets | None:
    if node.channel.text == "notify":
        if node.template.text not in scope.project.schema.teams:
            unknown(scope, "team", node.template, scope.project.schema.teams)
            return None
        return model.ExpectNotGets(node.contact.text, "notify", node.template.text, span=node.span)
    as_got = tree.ExpectGets(node.contact, node.channel, node.template, None, span=node.span)
    got = _gets(scope, as_got)
    if got is None or got.channel is None or got.template is None:
        return None
    return model.ExpectNotGets(got.contact, got.channel, got.template, span=node.span)


NOTHING = frozenset({"no", "none", "not", "never", "neither", "any"})
"""What people write where `nothing` is meant."""


def _gets(scope: Scope, node: tree.ExpectGets) -> model.ExpectGets | None:
    if node.channel.text in NOTHING - set(scope.project.schema.channels):
        span = node.channel.span.to(node.template.span)
        summary = f"`gets {scope.text(span)}` is not how it is said that nothing is sent"
        scope.error("K0350", summary, span, "did you mean `nothing`?", "write `gets nothing`", instead="nothing")
        return None
    channel = channel_named(scope, node.channel)
    templates = scope.project.templates
    if node.template.text not in templates:
        unknown(
            scope, "template", node.template, [t for t, can in templates.items() if channel is None or channel in can]
        )
        return None
    if channel is None:
        return None
    at = node.at.minutes if node.at else None
    return model.ExpectGets(node.contact.text, channel, node.template.text, at, span=node.span)
