"""The instant at which each kind of condition turns: a microsecond before it nothing differs, then it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from adapters.stores.facts import SqliteFacts
from dsl.schema import FactTable
from dsl.types import DateTime, Stored
from engine.evaluation import Evaluation, Memory, Scope
from engine.horizon import always_full, horizon
from engine.instants import DAY, HOUR, MINUTE
from engine.interpret import InterpreterExecutor
from engine.plan import make_plan
from engine.sql.executor import SqlExecutor
from tests.engine.test_sql import NOON, fields, happened, model_of
from tests.engine.test_sql import SCHEMA as PLAIN

ZURICH = "Europe/Zurich"
SCHEMA = replace(
    PLAIN,
    fields={**PLAIN.fields, **fields(joined=DateTime())},
    facts={
        "weather": FactTable(
            "weather",
            "country",
            "country",
            {"country": PLAIN.fields["country"], **fields(at=DateTime(), mm=PLAIN.fields["count"].type)},
            "at",
        )
    },
)
MIDNIGHT = 11 * HOUR
"""From NOON to the next one in Zurich, where the day after begins: a Monday."""


@pytest.fixture
def store() -> Iterator[SqliteFacts]:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as opened:
        yield opened


def evaluated(store: SqliteFacts, text: str, memory: Memory) -> Evaluation:
    plan = make_plan(model_of(text, SCHEMA), SCHEMA, ZURICH)
    return SqlExecutor(plan, store, ZURICH).evaluate(NOON, memory, Scope(flips=True))


def at(store: SqliteFacts, text: str, memory: Memory, instant: int) -> tuple[object, object]:
    found = InterpreterExecutor(model_of(text, SCHEMA), store, ZURICH).evaluate(instant, memory)
    return found.segments, found.stages


Events = Mapping[str, int]
"""Type (and a number) -> how long ago."""

SCORE = "score heat\n  +10 on visit\n  halve every 30 days\n  stage cold from 0\n  stage warm from {}\n"


@pytest.mark.parametrize(
    ("text", "events", "known", "later"),
    [
        ("did visit in last 7 days", {"visit": 7 * DAY - 2 * HOUR}, {}, 2 * HOUR),
        ("did not visit in last 7 days", {"visit": 7 * DAY - 1}, {}, 1),
        ("number of visit in last 7 days >= 2", {"visit": 7 * DAY - 3 * HOUR, "visit 2": HOUR}, {}, 3 * HOUR),
        ("number of visit in last 7 days = 1", {"visit": 7 * DAY - 3 * HOUR, "visit 2": HOUR}, {}, 3 * HOUR),
        ("sum of purchase.amount in last 7 days > 5", {"purchase": 7 * DAY - HOUR}, {}, HOUR),
        ("did visit in last 1 month", {"visit": 31 * DAY}, {}, HOUR),  # the clock went back in between
        ("did visit 90 to 30 days ago", {"visit": 30 * DAY - 5 * HOUR}, {}, 5 * HOUR),
        ("did visit 90 to 30 days ago", {"visit": 90 * DAY - 5 * HOUR}, {}, 5 * HOUR),
        ("did visit", {"visit": -2 * HOUR}, {}, 2 * HOUR),
        ("did visit without purchase within 4 hours", {"visit": HOUR}, {}, 3 * HOUR),
        ("did visit then purchase within 4 hours", {"visit": HOUR, "purchase": -HOUR}, {}, HOUR),
        ("did visit on at least 1 different local days in last 2 days", {"visit": 2 * DAY - 1}, {}, 1),
        ("last visit older than 60 days", {"visit": 60 * DAY - 6 * HOUR}, {}, 6 * HOUR),
        ("joined in next 30 days", {}, {"joined": NOON + 30 * DAY + HOUR}, HOUR),
        ("joined in next 30 days", {}, {"joined": NOON + HOUR}, HOUR),
        ("joined in last 30 days", {}, {"joined": NOON + HOUR}, HOUR),
        ("joined in last 30 days", {}, {"joined": NOON - 30 * DAY + HOUR}, HOUR),
        ("joined in last 2 local days", {}, {"joined": NOON - DAY}, MIDNIGHT),
        ("joined today", {}, {"joined": NOON}, MIDNIGHT),
        ("age of birth_date >= 18", {}, {"birth_date": 2008_11_23}, MIDNIGHT),
        ("birth_date anniversary today", {}, {"birth_date": 1990_11_22}, MIDNIGHT),
        ("birth_date anniversary in next 7 days", {}, {"birth_date": 1990_11_30}, MIDNIGHT),
        ("birth_date in last 30 days", {}, {"birth_date": 2026_11_23}, MIDNIGHT),
        ("did visit today", {"visit": HOUR}, {}, MIDNIGHT),
        ("did visit yesterday", {"visit": HOUR}, {}, MIDNIGHT),
        ("did visit this week", {"visit": 5 * DAY}, {}, MIDNIGHT),
        ("did visit in last 7 local days", {"visit": 6 * DAY}, {}, MIDNIGHT),
        ("did visit today", {"visit": HOUR}, {"zone": "America/New_York", "country": "US"}, MIDNIGHT + 6 * HOUR),
        ("did visit in last 7 days and country = CH", {"visit": 7 * DAY - HOUR}, {"country": "CH"}, HOUR),
        ("did visit in last 7 days or country = CH", {"visit": 7 * DAY - HOUR}, {}, HOUR),
        ("did purchase with (amount > age of birth_date)", {"purchase": DAY}, {"birth_date": 2016_11_23}, MIDNIGHT),
        ("weather.mm > 5", {}, {"country": "US"}, 2 * HOUR),
    ],
)  # fmt: skip
def test_a_condition_turns_at_its_flip(
    store: SqliteFacts, text: str, events: Events, known: Mapping[str, Stored], later: int
) -> None:
    turns(store, f"segment s\n  where {text}\n", events, known, Memory(), later)


def turns(
    store: SqliteFacts, text: str, events: Events, known: Mapping[str, Stored], memory: Memory, later: int | None
) -> None:
    """The contact's flip lies `later` than NOON, and the answer is another one then (None: it has no flip)."""
    store.put_contacts([("anna", known)])
    store.put_facts("weather", [{"country": "US", "at": NOON + 2 * HOUR, "mm": 9}])
    for event, ago in events.items():
        type_ = event.split(" ", maxsplit=1)[0]
        happened(store, "anna", type_, ago, **({"amount": 1000} if type_ == "purchase" else {}))
    found = evaluated(store, text, memory)
    if later is None:
        assert found.flips == {}
        return
    assert found.flips == {"anna": NOON + later}
    now = found.segments, found.stages
    assert at(store, text, memory, NOON + later - 1) == now
    assert at(store, text, memory, NOON + later) != now


@pytest.mark.parametrize(
    ("text", "events", "later"),
    [
        (SCORE.format(10), {"visit": 20 * HOUR}, 4 * HOUR),  # a day old it has faded a little
        (SCORE.format(10) + "segment s where heat >= 10\n", {"visit": 20 * HOUR}, 4 * HOUR),
        ("score heat\n  +5 on visit\n  forget after 2 days\n  stage a from 0\n  stage b from 5\n", {"visit": DAY}, DAY),
        ("score heat\n  +5 on visit in last 2 days\n  stage a from 0\n  stage b from 5\n", {"visit": DAY}, DAY),
        ("score heat\n  +5 when did visit today\n  stage a from 0\n  stage b from 5\n", {"visit": HOUR}, MIDNIGHT),
    ],
)
def test_a_stage_turns_at_its_flip(store: SqliteFacts, text: str, events: Events, later: int) -> None:
    turns(store, text, events, {}, Memory(), later)


def test_being_inside_for_a_while_turns_at_its_flip(store: SqliteFacts) -> None:
    text = "segment a where everyone\nsegment s where in a for 3 days\n"
    turns(store, text, {}, {}, Memory(entered={"a": {"anna": NOON - 3 * DAY + HOUR}}), HOUR)


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("segment s where did visit in last 7 days\n", {"visit": 3 * DAY, "visit 2": 7 * DAY - MINUTE}),
        ("segment s where did visit in last 7 days and country = CH\n", {"visit": 7 * DAY - MINUTE}),
        ("segment s where did visit in last 7 days or country is missing\n", {"visit": 7 * DAY - MINUTE}),
        ("segment s where did visit before 2026-01-01\n", {"visit": DAY}),
        ("segment s where age of birth_date >= 18\n", {}),
        (SCORE.format(5), {"visit": 20 * HOUR}),
        (SCORE.format(11), {"visit": 20 * HOUR}),
    ],
)
def test_who_stays_has_no_flip(store: SqliteFacts, text: str, events: Events) -> None:
    """An event leaves a window, points fade, and nobody sees a difference."""
    turns(store, text, events, {"birth_date": 1990_01_01}, Memory(), None)


# ---------------------------------------------------------------- the horizon


def until(text: str, as_of: int, *zones: str) -> int:
    return horizon(make_plan(model_of(text, SCHEMA), SCHEMA, ZURICH), as_of, zones) + 1 - as_of


def test_the_horizon_is_right_before_the_second_midnight() -> None:
    days = "segment s where did visit in last 30 days\n"
    assert until(days, NOON) == MIDNIGHT + DAY
    assert until(days, NOON + MIDNIGHT) == 2 * DAY
    assert until(days, NOON + MIDNIGHT - 1) == DAY + 1
    assert until(days, NOON, "America/New_York", "Asia/Tokyo") == 3 * HOUR + DAY


def test_months_end_the_horizon_where_they_are_of_another_length() -> None:
    """A month before 28 March is 28 February, and so it is before the days that follow."""
    march = 1_774_695_600_000_000  # 2026-03-28 12:00 in Zurich
    assert until("segment s where did visit in last 1 month\n", march) == 12 * HOUR
    assert (
        until("segment s where did visit in last 30 days\n", march) == 12 * HOUR + 23 * HOUR
    )  # the clock goes forward
    # a month before 25 October it was summer, and so it is a month before the 24th
    october = 1_792_836_000_000_000  # 2026-10-24 12:00 in Zurich
    assert until("segment s where did visit in last 1 month\n", october) == 15 * HOUR


def test_contacts_that_are_compared_are_always_all_evaluated() -> None:
    def why(text: str) -> str | None:
        return always_full(make_plan(model_of(text, SCHEMA), SCHEMA, ZURICH))

    assert why("segment s where vip\n") is None
    ranked = "class value\n  by sum of purchase.amount\n  tier A first 80 % of total\n  tier B rest\n"
    assert why(ranked) == "class `value` ranks all contacts"
    assert why("quality own\n  expect email unique\n") == "quality `own` looks for contacts with the same values"
