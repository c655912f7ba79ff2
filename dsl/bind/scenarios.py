"""Tests: given contacts with consents and events, then what is expected, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from dsl import model, tree
from dsl.bind.context import Scope
from dsl.bind.expectations import expectation
from dsl.bind.given import given_value
from dsl.bind.lookup import channel_named, kind_of, list_named, purpose_or_implied, unknown
from dsl.bind.times import duration
from dsl.diagnostics import Label
from dsl.schema import Field


def scenario(scope: Scope, block: tree.Test) -> model.Scenario | None:
    """A test, or None after a finding; every clause is looked at in any case."""
    before = len(scope.project.found)
    story = _Story(scope)
    for clause in block.clauses:
        story.read(clause)
    if not any(isinstance(clause, get_args(tree.Expect)) for clause in block.clauses):
        scope.error("K0350", "this test expects nothing", block.title.span, "no `expect` follows", "add `expect ..`")
    if len(scope.project.found) > before:
        return None
    return model.Scenario(
        block.title.text,
        (block.date.value, block.time.minutes),
        tuple(one.bound() for one in story.first),
        tuple(story.facts),
        tuple(one.bound() if isinstance(one, _Given) else one for one in story.steps),
        span=block.span,
    )


class _Story:
    """A test while its clauses are read: what is there from the start, then steps."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.known: dict[str, _Given] = {}
        self.first: list[_Given] = []
        self.facts: list[model.GivenFact] = []
        self.steps: list[model.After | model.GivenFact | model.Expectation | _Given] = []
        self.latest: _Given | None = None
        self.begun = False
        self.here: dict[str, _Given] = {}
        """The contacts named since the last `expect` or `after`."""

    def read(self, clause: tree.TestClause) -> None:
        """Bind the next clause."""
        match clause:
            case tree.GivenContact():
                self._contact(clause)
            case tree.GivenList() | tree.GivenConsent() | tree.GivenWithdrawal() | tree.GivenEvent():
                self._of_a_contact(clause)
            case tree.GivenFact():
                bound = _fact(self.scope, clause)
                into = self.steps if self.begun else self.facts
                into += [] if bound is None else [bound]
            case tree.After(duration=node):
                self._step()
                how = duration(self.scope, node)
                self.steps += [] if how is None else [model.After(how, span=clause.span)]
            case tree.Owner():
                pass
            case _:
                self._step()
                expected = expectation(self.scope, clause, self.known)
                self.steps += [] if expected is None else [expected]

    def _step(self) -> None:
        self.begun, self.latest, self.here = True, None, {}

    def _contact(self, node: tree.GivenContact) -> None:
        self.latest = _contact(self.scope, node)
        first = self.here.setdefault(node.key.text, self.latest)
        if first is not self.latest:
            self.scope.error(
                "K0350",
                f"the contact `{node.key.text}` stands here twice",
                node.key.span,
                "named again here",
                secondary=(Label(first.node.key.span, "named first here"),),
            )
        self.known.setdefault(node.key.text, self.latest)
        (self.steps if self.begun else self.first).append(self.latest)

    def _of_a_contact(
        self, clause: tree.GivenList | tree.GivenConsent | tree.GivenWithdrawal | tree.GivenEvent
    ) -> None:
        if self.latest is None:
            self.scope.error(
                "K0350",
                "this does not say of whom it speaks",
                clause.span,
                "no contact stands before it in this step" if self.begun else "no contact stands before it",
                "say of whom: `contact anna`"
                if self.begun
                else "begin with the contact: `contact anna (country = CH)`",
            )
            return
        if isinstance(clause, tree.GivenList):
            name = list_named(self.scope, clause.name)
            self.latest.lists += [] if name is None else [name]
            return
        _add(self.scope, self.latest, clause)


class _Given:
    """A contact while its clauses are read."""

    def __init__(self, node: tree.GivenContact, fields: tuple[model.Assignment, ...]) -> None:
        self.node = node
        self.fields = fields
        self.consents: list[model.GivenConsent] = []
        self.events: list[model.GivenEvent] = []
        self.lists: list[str] = []

    def bound(self) -> model.GivenContact:
        """The finished contact."""
        return model.GivenContact(
            self.node.key.text,
            self.fields,
            tuple(dict.fromkeys(self.consents)),
            tuple(self.events),
            lists=tuple(dict.fromkeys(self.lists)),
            span=self.node.span,
        )


def _contact(scope: Scope, node: tree.GivenContact) -> _Given:
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
    return _Given(node, bound)


def _add(scope: Scope, to: _Given, node: tree.GivenConsent | tree.GivenWithdrawal | tree.GivenEvent) -> None:
    sound, when = _when(scope, node.when)
    if not isinstance(node, tree.GivenEvent):
        channel = channel_named(scope, node.channel)
        purpose = purpose_or_implied(scope, node.purpose, node.span)
        if channel is not None and purpose is not None and sound:
            granted = isinstance(node, tree.GivenConsent)
            to.consents.append(model.GivenConsent(channel, purpose, granted, when, span=node.span))
        return
    events = scope.project.schema.events
    event = events.get(node.event.text)
    if event is None:
        unknown(scope, "event", node.event, events)
        return
    properties = _assignments(scope, node.properties, event.properties, f"`{event.name}`", "property")
    if sound:
        to.events.append(model.GivenEvent(event.name, properties, when, span=node.span))


def _when(scope: Scope, node: tree.GivenWhen | None) -> tuple[bool, model.GivenWhen]:
    match node:
        case None:
            return True, None
        case tree.GivenAgo(duration=length):
            ago = duration(scope, length)
            return ago is not None, ago
        case tree.GivenAtTime(time=time):
            return True, model.Clock(None, time.minutes)
        case tree.GivenAtMoment(date=date, time=time):
            return True, model.Clock(date.value, time.minutes)


def _fact(scope: Scope, node: tree.GivenFact) -> model.GivenFact | None:
    tables = scope.project.schema.facts
    table = tables.get(node.table.text)
    if table is None:
        other = kind_of(scope, node.table.text)
        meant = scope.nearest(node.table.text, tables)
        scope.error(
            "K0350",
            f"`{node.table.text}` is {'no' if other is None else f'{other}, not a'} fact table",
            node.table.span,
            f"did you mean `{meant}`?" if meant else "no fact table has this name",
            "fact tables are declared in schema.yaml",
            instead=meant,
        )
        return None
    values = _assignments(scope, node.values, table.columns, f"`{table.name}`", "column")
    named = {one.name.text for one in node.values.items}
    for needed in (table.key, table.time):
        if needed is not None and needed not in named:
            scope.error(
                "K0350",
                f"this row of `{table.name}` has no `{needed}`",
                node.span,
                "the key finds it" if needed == table.key else "from when on does it hold?",
                f"give it: `{needed} = ..`",
            )
            return None
    return model.GivenFact(table.name, values, span=node.span)


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
                "K0215" if what == "property" else "K0202",
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
        stored = given_value(scope, one.value, field)
        if stored is not None:
            found[name] = model.Assignment(name, stored, span=one.span)
    return tuple(found.values())
