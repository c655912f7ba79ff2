"""Which tests a change of the playbooks can concern: what they expect, and what that reads, compared by meaning."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dsl.model import (
    After,
    ClassOf,
    EventQuery,
    ExpectClass,
    ExpectMember,
    ExpectScore,
    GivenContact,
    GivenFact,
    InSegmentFor,
    Model,
    Scenario,
    Score,
    StageOf,
)
from dsl.schema import Schema, builtin_events
from engine.scenario_classes import reached


@dataclass(frozen=True, slots=True)
class Concern:
    """Everything on which a test's outcome depends. Equal concerns, equal outcomes: places in the text, titles and
    layout are no part of equality."""

    scenario: Scenario
    read: object
    schema: Schema
    time_zone: str


def concern_of(scenario: Scenario, model: Model, schema: Schema, time_zone: str) -> Concern:
    """A test that speaks of memberships, points and classes alone concerns what these read; any other, and any whose
    answer depends on what ticks did, the whole of the playbooks."""
    expected = [step for step in scenario.steps if isinstance(step, ExpectMember | ExpectScore | ExpectClass)]
    plain = all(
        isinstance(step, ExpectMember | ExpectScore | ExpectClass | GivenContact | GivenFact | After)
        for step in scenario.steps
    )
    blocks: list[object] = []
    for step in expected:
        match step:
            case ExpectMember(segment=name):
                blocks.append(model.segments[name])
            case ExpectScore(score=name):
                blocks.append(model.scores[name])
            case ExpectClass(name=name):
                blocks.append(model.classes[name])
    nodes = list(reached(model, blocks))
    if not plain or any(t.sets for t in model.triggers.values()) or any(map(_of_ticks, nodes)):
        return Concern(scenario, replace(model, scenarios=()), schema, time_zone)
    return Concern(scenario, tuple(nodes), schema, time_zone)


def _of_ticks(node: object) -> bool:
    """Whether it reads what ticks left: intervals, stages that are kept, messages."""
    match node:
        case InSegmentFor() | StageOf() | ClassOf():
            return True
        case EventQuery(event=event):
            return event in builtin_events()
        case Score(stages=stages):
            return any(stage.leave != stage.start for stage in stages)
        case _:
            return False
