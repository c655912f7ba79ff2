"""Interpreter and SQL on every engine give the same answer, to the last digit, for random projects and stores."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.vendor.pretty import pretty

from adapters.stores.facts import SqliteFacts
from engine.interpret import InterpreterExecutor
from engine.layout import CONTACTS, event_table, fact_table
from engine.plan import make_plan
from engine.sql.executor import SqlExecutor
from tests.engine.engines import ENGINES, facts_on
from tests.engine.generate import SCHEMAS, World, world_of, worlds

LONG = os.environ.get("KADENZ_LONG")
"""Set it to a number of cases (1: some thousands) for a long search; `KADENZ_SEED` says where it begins."""


def seeds(short: int, long: int) -> range:
    """The seeds of a search: so many in a short run, and in a long one if that names no number of its own."""
    first = int(os.environ.get("KADENZ_SEED", "0"))
    return range(first, first + (short if LONG is None else long if LONG == "1" else int(LONG)))


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


def agree(world: World, engines: Sequence[str] = ENGINES) -> None:
    """The assertion of this module."""
    store = store_with(world)
    plan = make_plan(world.model, world.schema, world.project_zone)
    plain = InterpreterExecutor(world.model, store, world.project_zone)
    expected = plain.evaluate(world.as_of, world.memory)
    standing = plain.standings(world.as_of, world.memory)
    arguments = (world.condition, world.runs, world.as_of, world.memory)
    held = plain.hold(*arguments)
    for engine in engines:
        sql = SqlExecutor(plan, facts_on(engine, store), world.project_zone)
        found = sql.evaluate(world.as_of, world.memory)
        assert found.segments == expected.segments, engine
        assert found.scores == expected.scores, engine
        assert found.stages == expected.stages, engine
        assert found.conditions == expected.conditions, engine
        assert found.classes == expected.classes, engine
        assert found == expected, engine
        assert sql.standings(world.as_of, world.memory) == standing, engine
        assert sql.hold(*arguments) == held, engine


@settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_interpreter_and_sql_agree(world: World) -> None:
    agree(world)


SHORT = {"sqlite": 200, "duckdb": 60, "postgres": 60}
"""Cases of the short run: DuckDB and Postgres take 40 ms to plan what SQLite runs in one."""


@pytest.mark.parametrize("engine", ENGINES)
def test_interpreter_and_sql_agree_on_many_cases(engine: str) -> None:
    """Drawn evenly, without shrinking: richer cases, ten times quicker. A failure names its seed."""
    for seed in seeds(SHORT[engine], 20_000):
        world = world_of(Random(seed).choice)
        try:
            agree(world, [engine])
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}\n{pretty(world)}") from error
