"""An evaluation of some contacts, or of some answers, is the whole evaluation restricted to them: on every executor."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from random import Random
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.vendor.pretty import pretty

from adapters.stores.facts import SqliteFacts
from engine.evaluation import Evaluation, Executor, Named, Scope, uniques_of
from engine.interpret import InterpreterExecutor
from engine.plan import make_plan
from engine.sql.executor import SqlExecutor
from tests.engine.engines import ENGINES, facts_on
from tests.engine.generate import KEYS, Choose, World, world_of, worlds
from tests.engine.test_equality import seeds, store_with

T = TypeVar("T")

SHORT = {"sqlite": 40, "duckdb": 6, "postgres": 6}


def restricted(found: Evaluation, world: World, scope: Scope) -> Evaluation:
    """The plain reading of `Scope`."""
    if scope.among is not None:
        among = scope.among
        alone = uniques_of(world.model)
        found = replace(
            found,
            contacts=found.contacts & among,
            segments={n: held & among for n, held in found.segments.items()},
            scores={n: _of(held, among) for n, held in found.scores.items()},
            stages={n: _of(held, among) for n, held in found.stages.items()},
            conditions={n: held & among for n, held in found.conditions.items() if n not in alone},
            classes={n: _of(held, among) for n, held in found.classes.items()},
        )
    if scope.only is not None:
        found = replace(
            found,
            segments={n: held for n, held in found.segments.items() if ("segment", n) in scope.only},
            scores={n: held for n, held in found.scores.items() if ("score", n) in scope.only},
            stages={n: held for n, held in found.stages.items() if ("score", n) in scope.only},
            conditions={n: held for n, held in found.conditions.items() if ("condition", n) in scope.only},
            classes={},
        )
    return found


def _of(held: Mapping[str, T], among: Collection[str]) -> dict[str, T]:
    return {contact: value for contact, value in held.items() if contact in among}


def scope_of(choose: Choose, found: Evaluation) -> Scope:
    """A random scope; contacts that do not exist are among those asked for."""
    names: list[Named] = [("segment", n) for n in found.segments]
    names += [("score", n) for n in found.scores]
    names += [("condition", n) for n in found.conditions]
    among = frozenset(key for key in (*KEYS, "nobody") if choose((True, False)))
    only = frozenset(name for name in names if choose((True, False, False)))
    options = (Scope(among), Scope(None, only), Scope(among, only))
    return options[choose((0, 1, 2))]


def agree(world: World, choose: Choose, engine: str) -> None:
    """The assertion of this module."""
    store = store_with(world)
    plain = InterpreterExecutor(world.model, store, world.project_zone)
    whole = plain.evaluate(world.as_of, world.memory)
    scope = scope_of(choose, whole)
    expected = restricted(whole, world, scope)
    for executor in (plain, sql(world, store, engine)):
        assert executor.evaluate(world.as_of, world.memory, scope) == expected, scope


def sql(world: World, store: SqliteFacts, engine: str) -> Executor:
    """The SQL executor of a case."""
    plan = make_plan(world.model, world.schema, world.project_zone)
    return SqlExecutor(plan, facts_on(engine, store), world.project_zone)


@settings(max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_a_part_is_the_whole_restricted(world: World) -> None:
    agree(world, Random(0).choice, "sqlite")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_part_is_the_whole_restricted_in_many_cases(engine: str) -> None:
    for seed in seeds(SHORT[engine], 5_000):
        choose = Random(seed).choice
        world = world_of(choose)
        try:
            agree(world, choose, engine)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}\n{pretty(world)}") from error
