"""Triggers that are gone while another sends the same: whoever has had the message may get it again, because the ledger
knows the new one under another name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dsl.model import Trigger
from engine.evaluation import Named, Scope, conditions_of
from engine.review.change import Change
from engine.review.measure import Side


@dataclass(frozen=True, slots=True)
class Again:
    """`gone` and `new`: the names of two triggers; `people`: how many have had a message of the one and meet the
    conditions of the other. `was`: the name that a `was` in the new one would say."""

    gone: str
    new: str
    people: int
    was: str


def pairs(changes: Sequence[Change]) -> Iterator[tuple[Trigger, Trigger]]:
    """Each trigger that is gone with each new one that sends a template of its by the same channel, or starts by the
    same cause."""
    gone = [one.base for one in changes if isinstance(one.base, Trigger) and one.head is None]
    new = [one.head for one in changes if isinstance(one.head, Trigger) and one.base is None]
    for old in gone:
        for now in new:
            sent = [{(send.channel, send.template) for send in trigger.sends} for trigger in (old, now)]
            if sent[0] & sent[1] or (all(sent) and old.cause == now.cause):
                yield old, now


def mailed_again(
    changes: Sequence[Change], head: Side, mailed: Mapping[str, frozenset[str]], as_of: int
) -> tuple[Again, ...]:
    """How many of those who had a message of a trigger that is gone (`mailed`, by its name in the ledger) meet the
    conditions of the new one at `as_of`. Pairs without anybody are left out."""
    found = [(old, now) for old, now in pairs(changes) if mailed.get(old.id)]
    if not found:
        return ()
    known = conditions_of(head.model)
    asked: dict[str, list[Named]] = {
        now.name: [
            ("condition", label) for word in ("when", "where") if (label := f"trigger {now.name} {word}") in known
        ]
        for _, now in found
    }
    only = frozenset(one for named in asked.values() for one in named)
    evaluation = head.executor.evaluate(as_of, head.memory, Scope(only=only))
    counted: list[Again] = []
    for old, now in found:
        people = mailed[old.id] & evaluation.contacts
        for _, label in asked[now.name]:
            people &= evaluation.conditions[label]
        if people:
            counted.append(Again(old.name, now.name, len(people), old.id))
    return tuple(counted)
