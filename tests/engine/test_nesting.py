"""Conditions as deep as the language lets them be are carried out alike on every engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from adapters.stores.facts import SqliteFacts
from dsl.model import Condition
from engine.evaluation import Memory, Run, Scope
from engine.instants import DAY, HOUR
from engine.interpret import InterpreterExecutor
from engine.plan import make_plan
from engine.sql.compiling import compile_plan
from engine.sql.executor import SqlExecutor
from tests.engine.engines import ENGINES, facts_on
from tests.engine.test_sql import NOON, SCHEMA, happened, model_of, people

ZURICH = "Europe/Zurich"
CONTACT = ("vip", "country = CH", "count >= 4", "did visit in last 3 days", "not vip")
VISIT = ('page = "x"', "page is known", "contact.vip", 'page contains "y"', 'page = "z"')
PURCHASE = ('product = "x"', "amount > 3", "contact.vip", 'product contains "y"')


def nested(parts: Sequence[str], levels: int) -> str:
    """A condition of so many levels, with `and`s and `or`s by turns, some of both on one level."""
    text = parts[0]
    for n in range(levels):
        one, other = parts[(2 * n) % len(parts)], parts[(2 * n + 1) % len(parts)]
        text = (f"{one} and ({text})", f"{one} or {other} and ({text})", f"{one} or ({text})")[n % 3]
    return text


@pytest.fixture
def store() -> Iterator[SqliteFacts]:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as opened:
        people(opened, anna={"country": "CH", "vip": 1, "count": 3}, ben={"country": "US", "count": 9}, cora={"vip": 1})
        for number, key in enumerate(("anna", "ben", "cora")):
            for day in (1, 3, 5, 40):
                happened(opened, key, "visit", day * DAY + number, page="xyz"[day % 3])
                happened(opened, key, "purchase", (day - number) * DAY + HOUR, amount=100 * day, product="xyz"[day % 2])
        yield opened


DEEP = "\n".join(
    [
        "segment asked\n  where " + nested(CONTACT, 64),
        "segment denied\n  where " + "not " * 64 + "vip",
        f"segment seen\n  where did visit with ({nested(VISIT, 63)}) in last 7 days",
        f"segment followed\n  where did visit with ({nested(VISIT, 63)})"
        f" then purchase with ({nested(PURCHASE, 63)}) within 2 days",
        f'segment last_seen\n  where last visit.page = "x" and number of visit with ({nested(VISIT, 63)}) >= 2',
        f"score warmth\n  where {nested(CONTACT, 64)}\n  +3 on visit with ({nested(VISIT, 63)}) at most 2 times\n"
        f"  +1 when {nested(CONTACT[1:], 64)}\n  halve every 3 days\n  stage cold from 0\n  stage warm from 4",
    ]
)
"""Every place in which a condition may stand."""


def held(text: str) -> Condition:
    where = model_of(f"segment s\n  where {text}").segments["s"].where
    assert where is not None
    return where


@pytest.mark.parametrize("engine", ENGINES)
def test_sixty_four_levels_are_carried_out_as_they_read(store: SqliteFacts, engine: str) -> None:
    model = model_of(DEEP)
    sql = SqlExecutor(make_plan(model, SCHEMA, ZURICH), facts_on(engine, store), ZURICH)
    plain = InterpreterExecutor(model, store, ZURICH)
    expected = plain.evaluate(NOON, Memory())
    assert sql.evaluate(NOON, Memory()) == expected
    assert sum(map(len, expected.segments.values())) > 4
    runs = [Run(key, key, NOON - HOUR, "visit", {"page": "x"}) for key in ("anna", "ben", "cora")]
    for text in (nested(CONTACT, 64), f"did visit with ({nested(VISIT, 63)}) in last 4 days"):
        arguments = (held(text), runs, NOON, Memory())
        assert sql.hold(*arguments) == plain.hold(*arguments)


def test_what_is_deep_has_flips(store: SqliteFacts) -> None:
    text = "segment asked\n  where " + nested(CONTACT, 64)
    text += f"\nscore warmth\n  where {nested(CONTACT, 34)}\n  +3 on visit in last 7 days\n"
    model = model_of(text + "  stage cold from 0\n  stage warm from 4\n")
    sql = SqlExecutor(make_plan(model, SCHEMA, ZURICH), store, ZURICH)
    found = sql.evaluate(NOON, Memory(), Scope(flips=True))
    plain = InterpreterExecutor(model, store, ZURICH)
    before = plain.evaluate(NOON, Memory())
    assert (found.segments, found.scores, found.stages) == (before.segments, before.scores, before.stages)
    assert found.flips is not None
    assert found.horizon is not None
    for at in {found.horizon, *(flip - 1 for flip in found.flips.values())}:
        staying = {contact for contact in found.contacts if found.flips.get(contact, found.horizon + 1) > at}
        after = plain.evaluate(at, Memory())
        assert before.segments["asked"] & staying == after.segments["asked"] & staying
        assert all(before.stages["warmth"].get(c) == after.stages["warmth"].get(c) for c in staying)


def test_what_is_not_too_deep_is_not_cut() -> None:
    for levels, cut in ((6, False), (64, True)):
        plan = make_plan(model_of("segment s\n  where " + nested(CONTACT, levels)), SCHEMA, ZURICH)
        assert ("deep_1" in compile_plan(plan, "sqlite").select.sql("sqlite")) == cut
        assert "deep_1" not in compile_plan(plan, "duckdb").select.sql("duckdb")


def test_long_chains_of_sums_are_read_on_sqlite(store: SqliteFacts) -> None:
    for chain in (
        " plus count" * 63 + " > 200",
        " minus count" * 63 + " < -200",
        " plus price minus 1" * 31 + " < 100",
    ):
        model = model_of(f"segment s\n  where count{chain}")
        found = SqlExecutor(make_plan(model, SCHEMA, ZURICH), store, ZURICH).evaluate(NOON, Memory())
        assert found == InterpreterExecutor(model, store, ZURICH).evaluate(NOON, Memory())


NUMBERS = ("count", "number of visit in last 4 days", "count plus price", "sum of purchase.amount", "2.5", "4")
DATES = ("birth_date", "2001-02-03", "2024-02-29")
AMOUNTS = ("amount", "contact.count", "amount minus 1", "3", "contact.price")


def value_of(parts: Sequence[str], levels: int, *, reckoned: bool = True) -> str:
    """A value of so many levels: choices, some of what is reckoned."""
    text = parts[0]
    for n in range(levels):
        one, other = parts[n % len(parts)], parts[(n + 2) % len(parts)]
        kinds = [f"greatest of ({one}, {text})", f"least of ({text}, {one}, {other})"]
        if reckoned:
            kinds += [
                f"greatest of ({other}, 1 times {text} minus 1)",
                f"least of ({one} minus {text}, {other})" if n < 8 else f"least of ({text} plus 1, 900)",
            ]
        text = kinds[n % len(kinds)]
    return text


def around(value: str, levels: int) -> str:
    """The same as the value, with so many levels around it that change nothing."""
    for n in range(levels):
        value = f"greatest of (1 times {value}, -5000)" if n % 2 else f"least of (5000, {value} plus 1 minus 1)"
    return value


DEEP_VALUES = "\n".join(
    [
        f"segment reckoned\n  where {value_of(NUMBERS, 64)} > 2",
        f"segment differing\n  where {value_of(NUMBERS, 20)} != {value_of(NUMBERS[2:], 20)}",
        f"segment timed\n  where {value_of(DATES, 20, reckoned=False)} < last visit",
        f"segment of_events\n  where number of purchase with ({value_of(AMOUNTS, 20)} > -9000) >= 2",
        f"segment followed\n  where did visit then purchase with (2 > {around('amount', 63)}) within 2 days",
        "segment beneath\n  where " + nested((f"{value_of(NUMBERS, 16)} > 2", *CONTACT), 48),
        f"segment beside\n  where did purchase with ({nested((around('amount', 16) + ' > 2', *PURCHASE), 47)})",
        f"define far = {value_of(NUMBERS, 20)}",
        f"segment defined\n  where {value_of(('far', *NUMBERS), 20)} > far",
        f"score counted\n  +1 per 1 of {around('count', 64)}",
        "segment multiplied\n  where count" + " times 1" * 63 + " > 2",
        f"segment many\n  where greatest of ({', '.join(f'count minus {n}' for n in range(130))}) > 2",
    ]
)
"""Values wherever they may stand, alone and with each other's depth around them."""


@pytest.mark.parametrize("engine", ENGINES)
def test_values_of_sixty_four_levels_are_carried_out_as_they_read(store: SqliteFacts, engine: str) -> None:
    model = model_of(DEEP_VALUES)
    sql = SqlExecutor(make_plan(model, SCHEMA, ZURICH), facts_on(engine, store), ZURICH)
    plain = InterpreterExecutor(model, store, ZURICH)
    expected = plain.evaluate(NOON, Memory())
    assert sql.evaluate(NOON, Memory()) == expected
    assert sum(map(len, expected.segments.values())) > 12
    assert expected.scores["counted"] == {"anna": 3 << 30, "ben": 9 << 30, "cora": 5000 << 30}
    runs = [Run(key, key, NOON - HOUR, "visit", {"page": "x"}) for key in ("anna", "ben", "cora")]
    for text in (f"{value_of(NUMBERS, 20)} > 2", f"did purchase with ({around('amount', 20)} > 2) in last 9 days"):
        arguments = (held(text), runs, NOON, Memory())
        assert sql.hold(*arguments) == plain.hold(*arguments)
