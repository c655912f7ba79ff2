"""What is claimed of two conditions holds for everybody: random ones, changed at random, asked of the interpreter."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass, replace
from random import Random
from typing import Any

from hypothesis.vendor.pretty import pretty

from dsl import model as m
from engine.interpret import InterpreterExecutor
from engine.review.relation import relation
from engine.review.versions import Versions
from tests.engine.generate import NOWHERE, Maker, World, world_of
from tests.engine.test_equality import LONG, store_with

CASES = 150 if LONG is None else 20_000 if LONG == "1" else int(LONG)


def varied(node: Any, random: Random, maker: Maker) -> Any:
    """A condition with one or two of its parts made otherwise."""
    if isinstance(node, m.And | m.Or):
        kind = random.random()
        if kind < 0.2 and len(node.items) > 2:
            return replace(node, items=node.items[1:])
        if kind < 0.4:
            return replace(node, items=(*node.items, maker.condition(2)))
    if isinstance(node, m.Did) and random.random() < 0.5:
        return replace(node, count=max(node.count + random.choice((-1, 1)), 1))
    if isinstance(node, m.Duration) and random.random() < 0.7:
        return replace(node, amount=max(node.amount + random.choice((-1, 1)), 1))
    if isinstance(node, m.Const) and isinstance(node.value, int) and random.random() < 0.6:
        return replace(node, value=maker.constant(node.type).value)
    if isinstance(node, m.EventQuery) and node.where is not None and random.random() < 0.3:
        return replace(node, where=None)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    changed = {}
    for one in fields(node):
        value = getattr(node, one.name)
        if not one.compare or not one.init or one.name == "type":
            continue
        new = (
            tuple(varied(v, random, maker) for v in value) if isinstance(value, tuple) else varied(value, random, maker)
        )
        if new is not value:
            changed[one.name] = new
    return replace(node, **changed) if changed else node


def another(world: World, random: Random) -> m.Model:
    """The project of a case with its segments varied."""
    maker = Maker(random.choice, world.as_of, world.project_zone)
    segments = {}
    for name, one in world.model.segments.items():
        where = varied(one.where, random, maker)
        if random.random() < 0.2:
            where = m.And((where, maker.condition(2)), span=NOWHERE)
        segments[name] = replace(one, where=where)
    return replace(world.model, segments=segments)


def test_claims_hold_for_every_contact() -> None:
    claims: Counter[str] = Counter()
    for seed in range(CASES):
        world = world_of(Random(seed).choice)
        head = another(world, Random(seed + 1_000_000))
        versions = Versions(world.model, head, world.schema)
        store = store_with(world)
        old, new = (
            InterpreterExecutor(model, store, world.project_zone).evaluate(world.as_of, world.memory).segments
            for model in (world.model, head)
        )
        for name, one in head.segments.items():
            claim = relation(versions, versions.of_base(world.model.segments[name].where), one.where)
            claims[claim] += 1
            was, now = set(old[name]), set(new[name])
            true = {
                "same": was == now,
                "narrower": now <= was,
                "wider": was <= now,
                "moved": not was & now,
                "unknown": True,
            }[claim]
            assert true, f"seed {seed}: {name} {claim}\n{pretty(world.model)}\n{pretty(head)}"
    # the claims are there to be tested
    assert min(claims[claim] for claim in ("same", "narrower", "wider", "moved")) >= 3, claims
