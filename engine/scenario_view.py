"""What a test can look at where it expects something: readers of its contacts at the instants of their decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dsl.model import (
    Expectation,
    ExpectCapped,
    ExpectClass,
    ExpectField,
    ExpectGets,
    ExpectHeld,
    ExpectHolds,
    ExpectMember,
    ExpectNotGets,
    ExpectQuality,
    ExpectRefused,
    ExpectScore,
    Model,
    Trigger,
)
from engine.evaluation import Evaluation, Run, memory_of
from engine.interpret import Reader, Setting
from engine.outgoing import CALL, SET
from engine.protocols import Facts, LedgerRead
from engine.records import Firing, Judgement


@dataclass(frozen=True, slots=True)
class View:
    """The store and the ledger of a test at the instant of its last tick. `sources`: text by playbook file.

    Fields and lists are read as they stand now, also for a decision of an earlier step of the story."""

    model: Model
    facts: Facts
    ledger: LedgerRead
    time_zone: str
    evaluation: Evaluation
    sources: Mapping[str, str]

    def reader(self, contact: str, at: int | None = None, run: Run | None = None) -> Reader | None:
        """The contact at an instant (None: that of the last tick); None where there is no such contact."""
        at = self.evaluation.as_of if at is None else at
        data = next(self.facts.load([contact], self.facts.schema.events, at), None)
        if data is None:
            return None
        memory = memory_of(self.model, self.ledger, at, self.time_zone, [contact])
        tiers = self.evaluation.classes
        return Reader(Setting(self.model, at, self.time_zone, self.facts.schema, memory, self.facts, tiers), data, run)

    def of_run(self, firing: Firing, judgement: Judgement) -> Reader | None:
        """The contact of a run as its trigger's conditions saw it when it was judged."""
        run = Run(firing.key, firing.contact, firing.cause_at, firing.event_type, dict(firing.properties), firing.event)
        return self.reader(firing.contact, judgement.at, run)

    def decided(self, trigger: Trigger, contact: str) -> Iterator[tuple[Firing, Judgement]]:
        """What was decided about the runs of a trigger for a contact so far."""
        return (pair for pair in self.ledger.judgements(contact) if pair[0].trigger == trigger.id)


def concerned(expected: Expectation, model: Model) -> list[Trigger]:
    """The triggers of which an expectation speaks: by name, by what they send or do, or all."""
    match expected:
        case ExpectMember() | ExpectScore() | ExpectClass() | ExpectQuality():
            return []
        case ExpectRefused(trigger=name) if name is not None:
            return [model.triggers[name]]
        case ExpectGets(channel=channel, template=template) if channel is not None:
            return [t for t in model.triggers.values() if (channel, template) in does(t)]
        case ExpectNotGets(channel=channel, template=template):
            return [t for t in model.triggers.values() if (channel, template) in does(t)]
        case ExpectField(name=name):
            return [t for t in model.triggers.values() if (SET, name) in does(t)]
        case ExpectHolds(offer=offer):
            return [t for t in model.triggers.values() if any(send.offer == offer for send in t.sends)]
        case _:
            return list(model.triggers.values())


def does(trigger: Trigger) -> frozenset[tuple[str, str]]:
    """What a run of a trigger may bring about: (channel, template), (notify, team), (call, hook), (set, field)."""
    return frozenset(
        [(send.channel, send.template) for send in trigger.sends]
        + [("notify", notice.team) for notice in trigger.notices]
        + [(CALL, call.hook) for call in trigger.calls]
        + [(SET, one.name) for one in trigger.sets]
    )


def contact_of(expected: Expectation) -> str | None:
    """Whom an expectation is about; None: no one contact."""
    return None if isinstance(expected, ExpectQuality) else expected.contact


def limit_of(expected: Expectation) -> tuple[str, str] | None:
    """The cap or quiet block of which an expectation says that it held something back."""
    match expected:
        case ExpectCapped(cap=cap):
            return "cap", cap
        case ExpectHeld(quiet=quiet):
            return "quiet", quiet
        case _:
            return None
