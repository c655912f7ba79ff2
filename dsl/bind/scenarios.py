"""Tests: given contacts with consents and events, then what is expected, step by step."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from dsl import model, tree
from dsl.bind.context import Scope, declared_at, noun
from dsl.bind.literals import YES_NO, constant, no_member, number_of
from dsl.bind.lookup import block_named, channel_named, not_yet, purpose_or_implied, unknown
from dsl.bind.sets import members_of, stored_set
from dsl.bind.times import duration
from dsl.bind.values import stage_type
from dsl.diagnostics import Label
from dsl.schema import Field
from dsl.types import POINT_UNIT, Boolean, Date, DateTime, OneOf, SetOf


def scenario(scope: Scope, block: tree.Test) -> model.Scenario | None:
    """A test, or None after a finding; every clause is looked at in any case."""
    before = len(scope.project.found)
    given: dict[str, _Given] = {}
    steps: list[model.After | model.Expectation] = []
    latest: _Given | None = None
    for clause in block.clauses:
        if steps and isinstance(clause, tree.GivenContact | tree.GivenConsent | tree.GivenEvent):
            not_yet(scope, tree.Later("later_late_given", span=clause.span))
            continue
        match clause:
            case tree.GivenContact():
                latest = _contact(scope, clause, given)
            case tree.GivenConsent() | tree.GivenEvent():
                if latest is None:
                    scope.error(
                        "K0350",
                        "this does not say of whom it speaks",
                        clause.span,
                        "no contact stands before it",
                        "begin with the contact: `contact anna (country = CH)`",
                    )
                    continue
                _add(scope, latest, clause)
            case tree.After(duration=node):
                how = duration(scope, node)
                if how is not None:
                    steps.append(model.After(how, span=clause.span))
            case tree.Owner():
                pass
            case tree.Later():
                not_yet(scope, clause)
            case _:
                expected = _expect(scope, clause, given)
                if expected is not None:
                    steps.append(expected)
    if not any(not isinstance(c, tree.GivenContact | tree.GivenConsent | tree.GivenEvent | tree.After | tree.Owner)
               for c in block.clauses):  # fmt: skip
        scope.error("K0350", "this test expects nothing", block.title.span, "no `expect` follows", "add `expect ..`")
    if len(scope.project.found) > before:
        return None
    return model.Scenario(
        block.title.text,
        (block.date.value, block.time.minutes),
        tuple(one.bound() for one in given.values()),
        tuple(steps),
        span=block.span,
    )


class _Given:
    """A contact while its clauses are read."""

    def __init__(self, node: tree.GivenContact, fields: tuple[model.Assignment, ...]) -> None:
        self.node = node
        self.fields = fields
        self.consents: list[tuple[str, str]] = []
        self.events: list[model.GivenEvent] = []

    def bound(self) -> model.GivenContact:
        """The finished contact."""
        return model.GivenContact(
            self.node.key.text,
            self.fields,
            tuple(dict.fromkeys(self.consents)),
            tuple(self.events),
            span=self.node.span,
        )


def _contact(scope: Scope, node: tree.GivenContact, given: dict[str, _Given]) -> _Given:
    schema = scope.project.schema
    fields = {n: f for n, f in schema.fields.items() if n != schema.key}
    bound = _assignments(scope, node.fields, fields, "a contact", "field")
    for one in node.fields.items if node.fields else ():
        if one.name.text == schema.key:
            scope.error(
                "K0350",
                f"`{schema.key}` is the key of a contact, here `{node.key.text}`",
                one.span,
                "set by the name",
                f"leave it out; the contact's key is `{node.key.text}`",
            )
    latest = _Given(node, bound)
    first = given.setdefault(node.key.text, latest)
    if first is not latest:
        scope.error(
            "K0350",
            f"the contact `{node.key.text}` stands here twice",
            node.key.span,
            "named again here",
            secondary=(Label(first.node.key.span, "named first here"),),
        )
    return latest


def _add(scope: Scope, to: _Given, node: tree.GivenConsent | tree.GivenEvent) -> None:
    if isinstance(node, tree.GivenConsent):
        channel = channel_named(scope, node.channel)
        purpose = purpose_or_implied(scope, node.purpose, node.span)
        if channel is not None and purpose is not None:
            to.consents.append((channel, purpose))
        return
    events = scope.project.schema.events
    event = events.get(node.event.text)
    ago = duration(scope, node.ago)
    if event is None:
        unknown(scope, "event", node.event, events)
        return
    properties = _assignments(scope, node.properties, event.properties, f"`{event.name}`", "property")
    if ago is not None:
        to.events.append(model.GivenEvent(event.name, properties, ago, span=node.span))


def _assignments(
    scope: Scope, node: tree.Assignments | None, fields: Mapping[str, Field], of: str, what: str
) -> tuple[model.Assignment, ...]:
    found: dict[str, model.Assignment] = {}
    for one in node.items if node else ():
        name = one.name.text
        field = fields.get(name)
        if field is None:
            if name == scope.project.schema.key and what == "field":
                continue  # the caller says more about it
            meant = scope.nearest(name, fields)
            scope.error(
                "K0202" if what == "field" else "K0215",
                f"{of} has no {what} `{name}`",
                one.name.span,
                f"did you mean `{meant}`?" if meant else f"no such {what}",
                instead=meant,
            )
            continue
        if name in found:
            scope.error(
                "K0350",
                f"`{name}` is given twice",
                one.span,
                "given again here",
                secondary=(Label(found[name].span, "given first here"),),
            )
            continue
        stored = _stored(scope, one.value, field)
        if stored is not None:
            found[name] = model.Assignment(name, stored, span=one.span)
    return tuple(found.values())


def _stored(scope: Scope, node: tree.Given, field: Field) -> str | int | None:
    """The value in stored form for the field, or None after a finding."""
    match node, field.type:
        case tree.Path(first=word, second=None), OneOf(members=members) as kind:
            if word.text in members:
                return word.text
            no_member(scope, word.text, node, kind, ())
            return None
        case tree.Path(first=word, second=None), Boolean() if word.text in YES_NO:
            return YES_NO[word.text]
        case ((tree.Moment() | tree.Date()), DateTime()):
            return _instant(scope, node)
        case tree.Path(), _:
            typed = scope.text(node.span)
            scope.error(
                "K0203",
                f"`{typed}` is no value for `{field.name}`, which is {noun(field.type)}",
                node.span,
                declared_at(field),
                f'a text stands in quotes: `"{typed}"`',
            )
            return None
        case tree.Moment(), Date():
            scope.error("K0203", f"`{field.name}` is a date, it knows no time", node.span, declared_at(field))
            return None
        case tree.Options(), SetOf() as kind if node.items:
            named = members_of(scope, node, kind)
            return None if named is None else stored_set(named)
        case (_, SetOf()) | (tree.Options(), _):
            scope.error(
                "K0203",
                f"`{scope.text(node.span)}` is no value for `{field.name}`, which is {noun(field.type)}",
                node.span,
                declared_at(field),
                "a set is given as `(ski, bike)`, any other value without parentheses",
            )
            return None
    if isinstance(node, tree.Path | tree.Options):
        return None
    const = constant(scope, node, field.type)
    return None if const is None else const.value


def _instant(scope: Scope, node: tree.Moment | tree.Date) -> int:
    """Microseconds of a wall clock time in the project's zone; a date alone is its midnight."""
    date, minutes = (node.date.value, node.time.minutes) if isinstance(node, tree.Moment) else (node.value, 0)
    local = datetime.datetime(
        date // 10_000, date // 100 % 100, date % 100, minutes // 60, minutes % 60, tzinfo=ZoneInfo(scope.project.zone)
    )
    return (local - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(microseconds=1)


# ---------------------------------------------------------------- expectations


def _expect(scope: Scope, node: tree.Expect, given: Mapping[str, _Given]) -> model.Expectation | None:
    if isinstance(node, tree.ExpectQuality):
        known = block_named(scope, node.quality, "quality")
        holds = node.verdict.text == "holds"
        return None if known is None else model.ExpectQuality(node.quality.text, holds, span=node.span)
    who = node.contact.text
    if who not in given:
        if isinstance(node, tree.ExpectScore) and node.score.text in given:
            scope.error(
                "K0217",
                f"`{who}` is no contact of this test",
                node.contact.span,
                "the score stands first",
                f"write `expect {who} of {node.score.text}`",
            )
            return None
        unknown(scope, "contact", node.contact, given, f"introduce them before: `contact {who} (..)`")
        return None
    match node:
        case tree.ExpectIn(segment=name) | tree.ExpectNotIn(segment=name):
            inside = isinstance(node, tree.ExpectIn)
            found = block_named(scope, name, "segment")
            return None if found is None else model.ExpectMember(who, name.text, inside, span=node.span)
        case tree.ExpectScore():
            return _score(scope, node)
        case tree.ExpectStage():
            kind = stage_type(scope, node.score)
            if kind is None:
                return None
            if node.stage.text not in kind.members:
                no_member(scope, node.stage.text, tree.Path(node.stage, None, span=node.stage.span), kind, ())
                return None
            return model.ExpectScore(who, node.score.text, _op(node.op), None, node.stage.text, span=node.span)
        case tree.ExpectNothing():
            return model.ExpectGets(who, None, None, None, span=node.span)
        case tree.ExpectNotify(team=team):
            if team.text not in scope.project.schema.teams:
                unknown(scope, "team", team, scope.project.schema.teams)
                return None
            return model.ExpectGets(who, "notify", team.text, None, span=node.span)
        case tree.ExpectGets():
            return _gets(scope, node)
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
    exact = number_of(node.points) * POINT_UNIT
    if exact != exact.to_integral_value():
        scope.error(
            "K0223",
            f"no score is exactly `{scope.text(node.points.span)}`",
            node.points.span,
            "not a whole 2^-30",
            "compare with `>=` and `<=` and a number that a binary fraction holds, such as 7.5 or 7.25",
        )
        return None
    return model.ExpectScore(node.contact.text, node.score.text, _op(node.op), int(exact), None, span=node.span)


def _op(word: tree.Word) -> model.Comparison:
    match word.text:
        case "=" | "!=" | "<" | "<=" | ">" | ">=" as op:
            return op
    raise AssertionError(word.text)


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
