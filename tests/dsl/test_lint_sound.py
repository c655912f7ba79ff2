"""The linter never claims too much: what it calls never or always true is so for every contact of random stores."""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest

from dsl import model as m
from dsl.lint.reason import Reasoner
from dsl.lint.walk import joined
from engine.interpret import InterpreterExecutor, Reader
from tests.engine.generate import NOWHERE, World, world_of
from tests.engine.test_equality import store_with

MOST = 14
"""Conditions of one world that are joined in pairs."""


def parts(node: m.Condition) -> list[m.Condition]:
    return [node, *(inner for part in joined(node) for inner in parts(part))]


def mixed(world: World) -> list[m.Condition]:
    """All conditions of a world, their parts, and pairs of these joined every way."""
    wholes = [segment.where for segment in world.model.segments.values()]
    wholes += [one.condition for one in world.model.defines.values() if one.condition is not None]
    single = [part for whole in wholes for part in parts(whole)]
    single += [m.InSegment(name, NOWHERE) for name in world.model.segments]
    pairs = list(permutations(single[:MOST], 2))
    both = [m.And((a, b), NOWHERE) for a, b in pairs]
    either = [m.Or((a, b), NOWHERE) for a, b in pairs]
    crossed = [m.And((a, m.Not(b, NOWHERE)), NOWHERE) for a, b in pairs]
    return [*single, *both, *either, *crossed]


def claims(world: World) -> int:
    """Check every claim about a world; how many there were."""
    executor = InterpreterExecutor(world.model, store_with(world), world.project_zone)
    setting = executor.setting(world.as_of, world.memory)
    keys = {contact.key for contact in world.contacts}
    loaded = list(executor._facts.load(keys, world.schema.events, world.as_of))
    reasoner = Reasoner(world.model, world.schema)
    count = 0
    for condition in mixed(world):
        for holds in (True, False):
            if reasoner.never(condition, holds=holds):
                count += 1
                for one in loaded:
                    assert Reader(setting, one, None).holds(condition) is not holds, condition
    return count


@pytest.mark.parametrize("seed", range(4))
def test_claims_hold_for_random_stores(seed: int) -> None:
    random = Random(seed)
    assert sum(claims(world_of(random.choice)) for _ in range(12)) > 20
