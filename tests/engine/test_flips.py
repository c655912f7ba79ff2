"""Until when answers stay: nothing about a contact differs before its flip, on any engine, for random projects.

The interpreter evaluates the same facts with the same memory at instants between as_of and the horizon, right before
flips among them. The first flip of a contact may be too early, never too late.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.vendor.pretty import pretty

from engine.evaluation import Evaluation, Scope, uniques_of
from engine.instants import HOUR
from engine.interpret import InterpreterExecutor
from engine.plan import make_plan
from engine.sql.executor import SqlExecutor
from tests.engine.engines import ENGINES, facts_on
from tests.engine.generate import Choose, World, world_of, worlds
from tests.engine.test_equality import LONG, store_with

SHORT = {"sqlite": 20, "duckdb": 3, "postgres": 3}
FLIPS = Scope(flips=True)


def holds(world: World, choose: Choose, engine: str) -> int:
    """The assertion of this module; how many contacts stay up to the horizon."""
    store = store_with(world)
    plan = make_plan(world.model, world.schema, world.project_zone)
    plain = InterpreterExecutor(world.model, store, world.project_zone)
    sql = SqlExecutor(plan, facts_on(engine, store), world.project_zone)
    found = sql.evaluate(world.as_of, world.memory, FLIPS)
    flips, horizon = found.flips, found.horizon
    assert sql.evaluate(world.as_of, world.memory, Scope(found.contacts, flips=True)).flips == flips
    assert flips is not None
    assert horizon is not None
    assert horizon >= world.as_of
    assert all(world.as_of < at <= horizon for at in flips.values()), (flips, horizon)
    before = answers(world, plain.evaluate(world.as_of, world.memory))
    for at in instants(world, found, choose):
        staying = {c for c in found.contacts if flips.get(c, horizon + 1) > at}
        after = answers(world, plain.evaluate(at, world.memory, Scope(frozenset(staying)))) if staying else {}
        for contact in sorted(staying):
            assert before[contact] == after[contact], f"{contact} at {at}, flip {flips.get(contact)}, {horizon}"
    return len(found.contacts) - len(flips)


def instants(world: World, found: Evaluation, choose: Choose) -> Iterator[int]:
    """Instants to look at: the horizon, right before flips, and others in between."""
    assert found.flips is not None
    assert found.horizon is not None
    chosen = {found.horizon, *(at - 1 for at in found.flips.values())}
    ahead = found.horizon - world.as_of
    chosen |= {world.as_of + ahead * choose(range(1, 24)) // 24 for _ in range(3)}
    chosen |= {world.as_of + choose(range(1, 48)) * HOUR + choose((0, 1, -1)) for _ in range(2)}
    chosen |= {e.at + choose((0, 1, 0)) for e in world.events if e.at > world.as_of}
    yield from sorted(at for at in chosen if world.as_of < at <= found.horizon)


def answers(world: World, found: Evaluation) -> dict[str, list[object]]:
    """What is told of each contact and must stay: points are compared nowhere but in conditions."""
    alone = uniques_of(world.model)
    told: dict[str, list[object]] = {contact: [] for contact in found.contacts}
    for contact, mine in told.items():
        mine += [(n, contact in held) for n, held in found.segments.items()]
        mine += [(n, contact in held) for n, held in found.conditions.items() if n not in alone]
        mine += [(n, held.get(contact)) for n, held in found.stages.items()]
    return told


@settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_nothing_differs_before_its_flip(world: World) -> None:
    holds(world, Random(0).choice, "sqlite")


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_differs_before_its_flip_in_many_cases(engine: str) -> None:
    """Drawn evenly, without shrinking. A failure names its seed."""
    staying = 0
    for seed in range(SHORT[engine] if LONG is None else 5_000 if LONG == "1" else int(LONG)):
        choose = Random(seed).choice
        world = world_of(choose)
        try:
            staying += holds(world, choose, engine)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}\n{pretty(world)}") from error
    assert staying, "somebody stays"
