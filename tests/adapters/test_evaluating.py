"""The executor of a verb: where the size chose a copy, it is opened for questions about everybody alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from adapters.engine_choice import Asked, Choice, Pinned, choose
from adapters.evaluating import Evaluating
from adapters.stores.facts import SqliteFacts, StoreError
from adapters.stores.facts_duckdb import DuckFacts
from adapters.stores.facts_engine import EngineFacts
from engine.evaluation import Memory, Scope
from engine.plan import make_plan
from tests.adapters.stores.test_facts import SCHEMA
from tests.engine.world import model_of

MODEL = model_of('segment basic\n  where plan = "basic"\n', SCHEMA)
BY_SIZE = Choice("duckdb", "many rows", free=True)
NAMED = Choice("duckdb", "as `--engine` says")


class Opening:
    """Opens a copy in memory, or cannot, and counts."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.opened = 0
        self.closed = 0

    @contextmanager
    def __call__(self, choice: Choice) -> Iterator[EngineFacts]:
        if self.fails:
            raise StoreError("no room")
        self.opened += 1
        with DuckFacts.open(":memory:", SCHEMA) as copy:
            yield copy
        self.closed += 1


@pytest.fixture
def facts() -> Iterator[SqliteFacts]:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as store:
        store.put_contacts([("a", {"plan": "basic"}), ("b", {"plan": "plus"}), ("c", {"plan": "basic"})])
        yield store


def evaluating(facts: SqliteFacts, choice: Choice, opening: Opening) -> Evaluating:
    return Evaluating(MODEL, make_plan(MODEL, SCHEMA, "UTC"), facts, "UTC", choice, opening)


def members(executor: Evaluating, *among: str) -> list[str]:
    scope = Scope(among=frozenset(among)) if among else Scope()
    return sorted(executor.evaluate(10, Memory(), scope).segments["basic"])


def test_by_size_a_copy_is_for_questions_about_everybody(facts: SqliteFacts) -> None:
    opening = Opening()
    with evaluating(facts, BY_SIZE, opening) as executor:
        assert members(executor, "a", "b") == ["a"]
        assert (opening.opened, executor.choice.engine) == (0, "sqlite")
        assert members(executor) == ["a", "c"]
        assert members(executor, "c") == ["c"]
        assert (opening.opened, executor.choice) == (1, BY_SIZE)
    assert opening.closed == 1


def test_by_name_it_is_for_every_question(facts: SqliteFacts) -> None:
    opening = Opening()
    with evaluating(facts, NAMED, opening) as executor:
        assert members(executor, "a", "b") == ["a"]
        assert (opening.opened, executor.choice) == (1, NAMED)
        executor.close()
        assert members(executor) == ["a", "c"]
    assert (opening.opened, opening.closed) == (2, 2)


def test_what_cannot_be_opened_is_an_error_by_name_alone(facts: SqliteFacts) -> None:
    with evaluating(facts, BY_SIZE, Opening(fails=True)) as executor:
        assert members(executor) == ["a", "c"]
        assert executor.choice.engine == "sqlite"
        assert executor.choice.notable
        assert "no room" in executor.choice.why
    with evaluating(facts, NAMED, Opening(fails=True)) as executor, pytest.raises(StoreError, match="no room"):
        members(executor)


@pytest.mark.parametrize(
    ("asked", "pinned", "rows", "here", "engine"),
    [
        ("auto", "auto", 500_000, True, "sqlite"),
        ("auto", "auto", 500_001, True, "duckdb"),
        ("auto", "auto", 500_001, False, "sqlite"),
        ("auto", "parquet", 0, True, "parquet"),
        ("interpreter", "parquet", 900_000, True, "interpreter"),
        ("sql", "parquet", 900_000, True, "sqlite"),
    ],
)
def test_names_come_before_the_size(asked: Asked, pinned: Pinned, rows: int, here: bool, engine: str) -> None:
    choice = choose(asked, pinned, rows, duckdb=here)
    assert choice.engine == engine
    assert choice.free == (asked == "auto" == pinned)
