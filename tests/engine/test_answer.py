"""Answers by columns: what is packed comes out again, and is counted without being made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.stores.facts import SqliteFacts
from engine.answer import Lazy, NotWhole, count, gathered, stage_counts
from engine.evaluation import Evaluation, Memory
from engine.interpret import InterpreterExecutor
from engine.plan import make_plan
from engine.sql.executor import SqlExecutor
from engine.sql.packing import BITS
from tests.engine.engines import ENGINES, facts_on
from tests.engine.test_sql import NOON, SCHEMA, model_of, people

SEGMENTS = 2 * BITS + 3
"""So many that their flags take three words."""

TEXT = "".join(f"segment s{n}\n  where count >= {n}\n\n" for n in range(SEGMENTS)) + (
    "score warmth\n  where count is known\n  +1 per 1 of count\n"
    "  stage cold from 0\n  stage mild from 50\n  stage warm from 90\n"
)


@pytest.fixture
def store() -> Iterator[SqliteFacts]:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as opened:
        people(opened, **{f"c{n:03}": {"count": n} for n in range(0, SEGMENTS + 5, 7)}, nobody={})
        yield opened


def evaluated(store: SqliteFacts, engine: str) -> Evaluation:
    plan = make_plan(model_of(TEXT), SCHEMA, "UTC")
    return SqlExecutor(plan, facts_on(engine, store), "UTC").evaluate(NOON, Memory())


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_packed_comes_out_again(store: SqliteFacts, engine: str) -> None:
    assert evaluated(store, engine) == InterpreterExecutor(model_of(TEXT), store, "UTC").evaluate(NOON, Memory())


def test_counts_are_those_of_what_would_be_made(store: SqliteFacts) -> None:
    found = evaluated(store, "sqlite")
    counted = {name: count(found.segments, name) for name in found.segments}
    standing, scored = stage_counts(found.stages, "warmth"), count(found.scores, "warmth")
    plain = InterpreterExecutor(model_of(TEXT), store, "UTC").evaluate(NOON, Memory())
    assert counted == {name: count(plain.segments, name) for name in plain.segments}
    assert standing == stage_counts(plain.stages, "warmth") == {"cold": 8, "mild": 5, "warm": 6}
    assert scored == count(plain.scores, "warmth") == 19


def test_a_set_is_made_when_it_is_asked_for() -> None:
    made: list[str] = []

    def make(name: str) -> frozenset[str]:
        made.append(name)
        return frozenset({f"who is {name}"})

    held = Lazy(("a", "b"), make, lambda _: {"": 1})
    assert (count(held, "a"), list(held), made) == (1, ["a", "b"], [])
    assert held["b"] is held["b"]
    assert made == ["b"]
    with pytest.raises(KeyError):
        held["c"]
    assert held == {"a": {"who is a"}, "b": {"who is b"}}
    assert repr(held).startswith("{'a'")


def test_a_number_that_is_not_whole_is_told_by_its_column() -> None:
    assert gathered([("a", 1, -(2**63)), ("b", 2, 2**63 - 1)], 2).columns[1].tolist() == [-(2**63), 2**63 - 1]
    for wrong in (0.5, 2**63, None):
        with pytest.raises(NotWhole) as told:
            gathered([("a", 1, wrong)], 2)
        assert told.value.column == 1
