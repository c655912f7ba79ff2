"""A contact as it was: fields walked back through the record of changes, and which clauses that does not reach.

The record is kept by the store: each change of a field with the instant at which it was stored, and the contact's
arrival. So what an instant before the arrival would have seen cannot be told, nor what a fact table without a time
column held then. Events carry their own instants, lists and consents are kept with theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from dsl.model import Condition, DefinedValue, FactValue, FieldValue, Model, OnRule, PerRule, WhenRule
from dsl.schema import Schema
from dsl.types import Stored
from engine.clauses import Leaf, leaves
from engine.evaluation import nodes
from engine.records import Contact

Change = tuple[str, Stored, Stored, int]
"""Field, old, new, at; the first of a contact is of its key: its arrival."""


@dataclass(frozen=True, slots=True)
class Past:
    """A contact at an instant. `as_now`: the fields and fact tables of which the record does not tell how they were;
    `arrived`: the instant of arrival where that is later."""

    contact: Contact
    as_now: frozenset[str] = field(default_factory=frozenset)
    arrived: int | None = None


def as_it_was(contact: Contact, changes: Sequence[Change], schema: Schema, as_of: int) -> Past:
    """The contact as the store had it at an instant; as it is now where it was not there yet."""
    timeless = frozenset(name for name, table in schema.facts.items() if table.time is None)
    arrivals = [at for name, _, _, at in changes if name == schema.key or name.startswith("_")]
    if arrivals and arrivals[-1] > as_of:
        return Past(contact, timeless | frozenset(schema.fields) - {schema.key}, arrivals[-1])
    fields = dict(contact.fields)
    for name, old, _, at in reversed(changes):
        if at > as_of and name in schema.fields and name != schema.key:
            if old is None:
                fields.pop(name, None)
            else:
                fields[name] = old
    return Past(replace(contact, fields=fields), timeless)


def clauses_as_now(model: Model, as_now: frozenset[str]) -> Iterator[tuple[str, Leaf]]:
    """The clauses (with their block) that read something of `as_now`, in order of the blocks."""
    for block, condition in _conditions(model):
        for leaf in leaves(condition):
            if as_now & _read(model, leaf.condition):
                yield block, leaf


def _conditions(model: Model) -> Iterator[tuple[str, Condition]]:
    for define in model.defines.values():
        if define.condition is not None:
            yield f"define {define.name}", define.condition
    for segment in model.segments.values():
        yield f"segment {segment.name}", segment.where
    for score in model.scores.values():
        if score.where is not None:
            yield f"score {score.name}", score.where
        for rule in score.rules:
            match rule:
                case WhenRule(when=when):
                    yield f"score {score.name}", when
                case OnRule() | PerRule():
                    pass
    for trigger in model.triggers.values():
        for clause in (trigger.where, trigger.unless):
            if clause is not None:
                yield f"trigger {trigger.name}", clause


def _read(model: Model, condition: Condition) -> frozenset[str]:
    """The fields and fact tables of a clause, those of values that it names included."""
    found: set[str] = set()
    waiting: list[object] = list(nodes(condition))
    while waiting:
        match waiting.pop():
            case FieldValue(name=name):
                found.add(name)
            case FactValue(table=table):
                found.add(table)
            case DefinedValue(name=name):
                named = model.defines[name].value
                waiting += [] if named is None else nodes(named)
            case _:
                pass
    return frozenset(found)


def lists_then(held: Sequence[tuple[str, int, int | None]], as_of: int) -> frozenset[str]:
    """The lists that a contact was on at an instant, of those it is or was on."""
    return frozenset(name for name, added, gone in held if added <= as_of and (gone is None or as_of < gone))
