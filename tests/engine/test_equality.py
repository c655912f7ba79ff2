"""Interpreter and SQL give the same answer, to the last digit, for random projects over random stores."""

from __future__ import annotations

import os
from functools import cache
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis.vendor.pretty import pretty

from adapters.stores.facts import SqliteFacts
from engine.interpret import InterpreterExecutor
from engine.layout import CONTACTS, event_table, fact_table
from engine.plan import make_plan
from engine.sql.executor import SqlExecutor
from tests.engine.generate import SCHEMAS, World, world_of, worlds

LONG = os.environ.get("KADENZ_LONG")
"""Set it to a number of cases (1: 20,000) for a long search; `KADENZ_SEED` says where it begins."""


@cache
def _store(number: int) -> SqliteFacts:
    return SqliteFacts.open(":memory:", SCHEMAS[number], now=0)


def store_with(world: World) -> SqliteFacts:
    """A store with the data of a case; one store per schema is emptied and filled again."""
    store = _store(next(n for n, s in enumerate(SCHEMAS) if s is world.schema))
    for table in (CONTACTS, *map(event_table, world.schema.events), *map(fact_table, world.schema.facts)):
        store.connection.execute(f'DELETE FROM "{table}"')
    store.put_contacts((c.key, c.fields) for c in world.contacts)
    for name in world.schema.events:
        store.put_events(name, [e for e in world.events if e.type == name])
    store.put_facts("rain", world.rain)
    store.put_facts("tariff", world.tariffs)
    return store


def agree(world: World) -> None:
    """The assertion of this module."""
    store = store_with(world)
    plan = make_plan(world.model, world.schema, world.project_zone)
    plain = InterpreterExecutor(world.model, store, world.project_zone)
    sql = SqlExecutor(plan, store, world.project_zone)
    expected, found = plain.evaluate(world.as_of, world.memory), sql.evaluate(world.as_of, world.memory)
    assert found.segments == expected.segments
    assert found.scores == expected.scores
    assert found.stages == expected.stages
    assert found.conditions == expected.conditions
    assert found == expected
    arguments = (world.condition, world.runs, world.as_of, world.memory)
    assert sql.hold(*arguments) == plain.hold(*arguments)


@settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_interpreter_and_sql_agree(world: World) -> None:
    agree(world)


def test_interpreter_and_sql_agree_on_many_cases() -> None:
    """Drawn evenly, without shrinking: richer cases, ten times quicker. A failure names its seed."""
    first = int(os.environ.get("KADENZ_SEED", "0"))
    cases = 200 if LONG is None else 20_000 if LONG == "1" else int(LONG)
    for seed in range(first, first + cases):
        world = world_of(Random(seed).choice)
        try:
            agree(world)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}\n{pretty(world)}") from error
