"""The value that a definition has for each contact is the same on every engine."""

from __future__ import annotations

from random import Random

import pytest

from adapters.stores.facts import SqliteFacts
from engine.evaluation import Executor, Memory
from engine.interpret import InterpreterExecutor
from engine.plan import make_plan
from engine.sql.executor import SqlExecutor
from tests.engine.engines import ENGINES, facts_on
from tests.engine.generate import World, world_of
from tests.engine.test_equality import store_with
from tests.engine.test_sql import NOON, SCHEMA, model_of

ZURICH = "Europe/Zurich"

MANY = {"sqlite": 30, "duckdb": 10, "postgres": 10}


def told(executor: Executor, world: World, name: str) -> dict[str, object]:
    found = dict(executor.values(name, world.as_of, world.memory))
    condition = world.model.defines[name].condition is not None
    return {key: value == 1 if condition else value for key, value in found.items()}


@pytest.mark.parametrize("engine", ENGINES)
def test_interpreter_and_sql_agree_on_definitions(engine: str) -> None:
    compared = 0
    for seed in range(MANY[engine]):
        world = world_of(Random(seed).choice)
        store = store_with(world)
        plan = make_plan(world.model, world.schema, world.project_zone)
        plain = InterpreterExecutor(world.model, store, world.project_zone)
        sql = SqlExecutor(plan, facts_on(engine, store), world.project_zone)
        for name in list(world.model.defines)[:2]:
            assert told(sql, world, name) == told(plain, world, name), (seed, name)
            compared += 1
    assert compared > MANY[engine] // 3


@pytest.mark.parametrize("engine", ENGINES)
def test_definitions_that_are_put_where_their_name_stands(engine: str) -> None:
    model = model_of("define much = 40\ndefine long_ago = 2026-01-01\nsegment s\n  where count > much")
    store = SqliteFacts.open(":memory:", SCHEMA, now=0)
    store.put_contacts([("anna", {}), ("ben", {})])
    sql = SqlExecutor(make_plan(model, SCHEMA, ZURICH), facts_on(engine, store), ZURICH)
    plain = InterpreterExecutor(model, store, ZURICH)
    for name in model.defines:
        values = dict(sql.values(name, NOON, Memory()))
        assert values == dict(plain.values(name, NOON, Memory()))
        assert len(values) == 2
        assert None not in values.values()
