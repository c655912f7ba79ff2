"""Statements are made once and kept, in memory and for other processes, and are never those of anything else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.evaluation import Scope
from engine.plan import Plan, make_plan
from engine.sql.compiling import compile_plan
from engine.sql.dialects import DIALECTS
from engine.sql.statements import Statements
from engine.sql.stating import stated
from engine.sql.stored import read, written
from tests.engine.generate import world_of
from tests.engine.test_incremental import BLOCKS
from tests.engine.world import SCHEMA, ZURICH, model_of

EVERY = tuple(Scope(among=among, flips=flips) for among in (None, frozenset("a")) for flips in (False, True))


@dataclass
class Shelf:
    """Implements `engine.sql.statements.Kept` in memory."""

    program: str = "this one"
    texts: dict[str, str] = field(default_factory=dict)
    put_back: int = 0

    def get(self, key: str) -> str | None:
        return self.texts.get(key)

    def put(self, key: str, text: str) -> None:
        self.texts[key] = text
        self.put_back += 1


def plan_of(text: str) -> Plan:
    return make_plan(model_of(text), SCHEMA, ZURICH)


BUYERS = "segment buyers where did purchase in last 3 days"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_statement_is_read_as_it_was_written(dialect: str) -> None:
    for number in range(2):
        plan = plan_of("\n\n".join(texts[number % len(texts)] for texts in BLOCKS.values()))
        for scope in EVERY:
            statement = stated(compile_plan(plan, dialect, scope))
            assert read(written(statement)) == statement


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), scope=st.sampled_from(EVERY))
def test_statements_of_random_plans_are_read_as_they_were_written(seed: int, scope: Scope) -> None:
    world = world_of(Random(seed).choice)
    statement = stated(compile_plan(make_plan(world.model, world.schema, ZURICH), "sqlite", scope))
    assert read(written(statement)) == statement


def test_another_process_finds_what_was_kept() -> None:
    shelf, plan = Shelf(), plan_of(BUYERS)
    first = [Statements(plan, shelf).whole("sqlite", scope) for scope in EVERY]
    assert shelf.put_back == len(EVERY)
    again = Statements(plan_of(BUYERS), shelf)
    assert [again.whole("sqlite", scope) for scope in EVERY] == first
    assert shelf.put_back == len(EVERY), "nothing was made anew"


def test_an_edit_another_engine_and_another_program_make_their_own() -> None:
    shelf, plan = Shelf(), plan_of(BUYERS)
    Statements(plan, shelf).whole("sqlite")
    wider = replace(SCHEMA, events={**SCHEMA.events, "more": replace(SCHEMA.events["visit"], name="more")})
    asked = [
        (shelf, plan_of(BUYERS.replace("3 days", "4 days")), "sqlite"),
        (shelf, plan, "duckdb"),
        (replace(shelf, program="another one"), plan, "sqlite"),
        (shelf, replace(plan, schema=wider), "sqlite"),
    ]
    for place, edited, dialect in asked:
        before = len(shelf.texts)
        found = Statements(edited, place).whole(dialect)
        assert len(shelf.texts) == before + 1
        assert found == stated(compile_plan(edited, dialect))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"Statement":[]}', '{"Plan":[1]}', '{"a":1,"b":2}', "null"])
def test_what_is_no_statement_is_made_anew(text: str) -> None:
    shelf, plan = Shelf(), plan_of(BUYERS)
    made = Statements(plan, shelf).whole("sqlite")
    (key,) = shelf.texts
    shelf.texts[key] = text
    assert Statements(plan, shelf).whole("sqlite") == made
    assert read(shelf.texts[key]) == made


def test_a_condition_of_runs_is_kept_too() -> None:
    text = "trigger a on cart_added\n  wait 4 hours unless did purchase since then\n  send email reminder"
    shelf, plan = Shelf(), plan_of(text)
    unless = model_of(text).triggers["a"].unless
    assert unless is not None
    made = Statements(plan, shelf).of(unless, "sqlite")
    moved = model_of("\n\n" + text).triggers["a"].unless
    assert moved is not None
    assert Statements(plan, shelf).of(moved, "sqlite") == made
    assert shelf.put_back == 1, "where it stands in the file is no matter"
