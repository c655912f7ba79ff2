"""Until when answers stay: nothing about a contact differs before its flip, on any engine, for random projects.

The interpreter evaluates the same facts with the same memory at instants between as_of and the horizon, right before
flips among them. The first flip of a contact may be too early, never too late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.vendor.pretty import pretty

from dsl import model as m
from dsl.types import NUMBER
from engine.evaluation import Evaluation, Executor, Memory, Named, Scope, uniques_of
from engine.instants import DAY, HOUR
from engine.interpret import InterpreterExecutor
from engine.plan import make_plan
from engine.sql.executor import SqlExecutor
from tests.engine.engines import ENGINES, facts_on
from tests.engine.generate import EVENTS, FADINGS, NOWHERE, Choose, Maker, World, world_of, worlds
from tests.engine.test_equality import seeds, store_with

SHORT = {"sqlite": 20, "duckdb": 3, "postgres": 3}
FLIPS = Scope(flips=True)


def holds(world: World, choose: Choose, engine: str) -> int:
    """The assertion of this module; how many contacts stay up to the horizon. It looks from some hours before the
    instant around which a case has its edges, at all answers and at single ones, which have flips of their own."""
    store = store_with(world)
    plan = make_plan(world.model, world.schema, world.project_zone)
    sql = SqlExecutor(plan, facts_on(engine, store), world.project_zone)
    plain = InterpreterExecutor(world.model, store, world.project_zone)
    edge = world.as_of
    world = replace(world, as_of=edge - choose((0, 1, 5, 13, 23)) * HOUR)
    found = sql.evaluate(world.as_of, world.memory, FLIPS)
    assert sql.evaluate(world.as_of, world.memory, Scope(found.contacts, flips=True)).flips == found.flips
    staying = stays(world, plain, found, None, instants(world, found, edge, choose))
    names: list[Named] = [("segment", n) for n in found.segments] + [("score", n) for n in found.scores]
    names += [("condition", n) for n in found.conditions if n not in uniques_of(world.model)]
    for name in {choose(names) for _ in range(3)}:
        only = frozenset({name})
        alone = sql.evaluate(world.as_of, world.memory, Scope(only=only, flips=True))
        staying += stays(world, plain, alone, only, instants(world, alone, edge, choose))
    return staying


def stays(
    world: World, plain: Executor, found: Evaluation, only: frozenset[Named] | None, looked: Sequence[int]
) -> int:
    """Nothing differs before its flip; how many contacts stay up to the horizon."""
    flips, horizon = found.flips, found.horizon
    assert flips is not None
    assert horizon is not None
    assert horizon >= world.as_of
    assert all(world.as_of < at <= horizon for at in flips.values()), (flips, horizon)
    before = answers(world, plain.evaluate(world.as_of, world.memory, Scope(only=only)))
    for at in looked:
        staying = frozenset(c for c in found.contacts if flips.get(c, horizon + 1) > at)
        after = answers(world, plain.evaluate(at, world.memory, Scope(staying, only))) if staying else {}
        for contact in sorted(staying):
            told = f"{only}, {contact} at {at}, flip {flips.get(contact)}, {world.as_of} to {horizon}"
            assert before[contact] == after[contact], told
    return len(found.contacts) - len(flips)


def instants(world: World, found: Evaluation, edge: int, choose: Choose) -> list[int]:
    """Instants to look at: the horizon, right before flips, beside the edge, and others in between."""
    assert found.flips is not None
    assert found.horizon is not None
    chosen = {found.horizon, edge - 1, edge, edge + 1, edge + DAY, *(at - 1 for at in found.flips.values())}
    chosen |= {world.as_of + (found.horizon - world.as_of) * choose(range(1, 24)) // 24 for _ in range(2)}
    chosen.add(world.as_of + choose(range(1, 48)) * HOUR + choose((0, 1, -1)))
    chosen |= {e.at + choose((0, 1, 0)) for e in world.events if e.at > edge}
    return sorted(at for at in chosen if world.as_of < at <= found.horizon)


def answers(world: World, found: Evaluation) -> dict[str, list[object]]:
    """What is told of each contact and must stay: points are compared nowhere but in conditions."""
    alone = uniques_of(world.model)
    told: dict[str, list[object]] = {contact: [] for contact in found.contacts}
    for contact, mine in told.items():
        mine += [(n, contact in held) for n, held in found.segments.items()]
        mine += [(n, contact in held) for n, held in found.conditions.items() if n not in alone]
        mine += [(n, held.get(contact)) for n, held in found.stages.items()]
    return told


def plain_of(choose: Choose) -> World:
    """A random store with three plain questions about events and one score, so that most flips are seen as changes."""
    world = world_of(choose)
    maker = Maker(choose, world.as_of, world.project_zone)
    asked: list[m.Condition] = []
    for _ in range(3):
        query = m.EventQuery(maker.one(tuple(EVENTS)), None, maker.window(), NOWHERE)
        count = m.Aggregate("number", query, None, NUMBER, NOWHERE)
        options: tuple[m.Condition, ...] = (
            m.Did(query, maker.one((">=", "<=", "=")), maker.one((1, 2, 3)), NOWHERE),
            m.Compare("=", m.Arithmetic("plus", count, count, NUMBER, NOWHERE), m.Const(4, NUMBER, NOWHERE), NOWHERE),
        )
        asked.append(maker.one(options))
    segments = {f"s{n}": m.Segment(f"s{n}", NOWHERE, where=where) for n, where in enumerate(asked)}
    query = m.EventQuery(maker.one(tuple(EVENTS)), None, maker.window() if maker.chance() else None, NOWHERE)
    rule = m.OnRule(maker.one((1, 3, 11)), query, None, None, NOWHERE)
    start = maker.one((1, 3, 6, 11, 22))
    stages = (m.Stage("cold", 0, 0, NOWHERE), m.Stage("warm", start, start, NOWHERE))
    score = m.Score(
        "heat",
        NOWHERE,
        where=None,
        rules=(rule,),
        fading=maker.one((None, *FADINGS)),
        floor=0,
        ceiling=None,
        stages=stages,
    )
    model = m.Model(segments=segments, scores={"heat": score}, order=(*segments, "heat"))
    return replace(world, model=model, memory=Memory())


@settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_nothing_differs_before_its_flip(world: World) -> None:
    holds(world, Random(0).choice, "sqlite")


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_differs_before_its_flip_in_many_cases(engine: str) -> None:
    """Drawn evenly, without shrinking. A failure names its seed."""
    staying = 0
    for seed in seeds(SHORT[engine], 5_000):
        choose = Random(seed).choice
        world = (world_of if seed % 3 == 0 else plain_of)(choose)
        try:
            staying += holds(world, choose, engine)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}\n{pretty(world)}") from error
    assert staying, "somebody stays"
