"""The SQL executor against truths written by hand; `test_equality` compares it with the interpreter at random."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count

import pytest
from sqlglot import exp

from adapters.stores.facts import SqliteFacts
from dsl.check import check
from dsl.model import Model
from dsl.schema import Channel, EventType, FactTable, Field, Schema
from dsl.types import (
    NUMBER,
    POINT_UNIT,
    Boolean,
    Date,
    DateTime,
    OneOf,
    SetOf,
    Stored,
    Text,
    Type,
    Zone,
    decimal,
    money,
)
from engine.evaluation import Evaluation, Memory, Run
from engine.instants import DAY, HOUR
from engine.plan import make_plan
from engine.records import Event
from engine.sql.compiling import compile_plan
from engine.sql.executor import SqlExecutor
from engine.sql.show import parameters, to_sql

NOON = 1_795_348_800_000_000
"""2026-11-22 12:00 UTC, a Sunday."""


def fields(**types: Type) -> dict[str, Field]:
    return {name: Field(name, type_) for name, type_ in types.items()}


SCHEMA = Schema(
    key="customer_id",
    fields=fields(
        customer_id=Text(),
        email=Text(),
        country=OneOf(("CH", "US", "DE")),
        zone=Zone(),
        birth_date=Date(),
        vip=Boolean(),
        count=NUMBER,
        price=decimal(2),
        size=OneOf(("small", "large", "huge"), ordered=True),
    ),
    events={
        "purchase": EventType("purchase", fields(amount=money("CHF"), product=Text())),
        "visit": EventType("visit", fields(page=Text())),
    },
    zone_field="zone",
    country_field="country",
    teams=("sales",),
    channels={"email": Channel("email", "email")},
)


@pytest.fixture
def store() -> Iterator[SqliteFacts]:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as opened:
        yield opened


def model_of(text: str, schema: Schema = SCHEMA) -> Model:
    checked = check([("a.play", text)], schema, {})
    assert checked.model is not None, [d.summary for d in checked.diagnostics]
    return checked.model


_numbers = count()


def happened(store: SqliteFacts, contact: str, type_: str, ago: int = HOUR, **properties: Stored) -> None:
    event = Event(type_, f"e{next(_numbers):06}", contact, NOON - ago, properties=properties)
    store.put_events(type_, [event])


def evaluated(store: SqliteFacts, text: str, memory: Memory | None = None) -> Evaluation:
    plan = make_plan(model_of(text, store.schema), store.schema, "Europe/Zurich")
    return SqlExecutor(plan, store, "Europe/Zurich").evaluate(NOON, memory or Memory())


def members(store: SqliteFacts, where: str) -> set[str]:
    return set(evaluated(store, f"segment s\n  where {where}\n").segments["s"])


def people(store: SqliteFacts, **contacts: Mapping[str, Stored]) -> None:
    store.put_contacts(contacts.items())


# ---------------------------------------------------------------- members


def test_nobody_and_nothing(store: SqliteFacts) -> None:
    found = evaluated(store, "segment s\n  where vip\n\nscore w\n  +1 when vip\n  stage a from 0\n")
    assert found == Evaluation(NOON, frozenset(), {"s": frozenset()}, {"w": {}}, {"w": {}}, {})


def test_a_playbook_without_anything_to_evaluate_still_counts_contacts(store: SqliteFacts) -> None:
    people(store, anna={}, ben={})
    assert evaluated(store, "").contacts == {"anna", "ben"}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("country = CH", {"anna"}),
        ("country != CH", {"ben", "cora"}),
        ("country in (US, DE)", {"ben"}),
        ("country not in (US, DE)", {"anna", "cora"}),
        ("not vip", {"ben", "cora"}),
        ("price >= 2.99", {"ben"}),
        ("price < 2.99", {"anna"}),
        ("price = 2", {"anna"}),
        ("price = count", {"anna"}),
        ("price > count", set()),
        ("size >= large", {"ben"}),
        ("size < large", {"anna"}),
        ('email contains "%"', {"ben"}),
        ('email starts with "A"', set()),
        ('email ends with "@x.ch"', {"anna"}),
        ("email is missing", {"cora"}),
        ("count plus price > 3.99", {"anna", "ben"}),
        ("count times price = 4", {"anna"}),
    ],
)
def test_fields(store: SqliteFacts, where: str, expected: set[str]) -> None:
    people(
        store,
        anna={"country": "CH", "vip": 1, "count": 2, "price": 200, "size": "small", "email": "anna@x.ch"},
        ben={"country": "US", "vip": 0, "count": 3, "price": 299, "size": "huge", "email": "b%n@x.com"},
        cora={},
    )
    assert members(store, where) == expected


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), 2**53 + 1])
def test_large_numbers_compare_exactly(store: SqliteFacts, value: int) -> None:
    people(store, anna={"count": value, "price": 1}, ben={"count": 5, "price": value})
    assert members(store, f"count = {value}" if value > 0 else "count < 0 and count < -5") == {"anna"}
    assert members(store, "price > count") == ({"ben"} if value > 5 else {"anna"})


def test_events_after_as_of_and_of_strangers_do_not_exist(store: SqliteFacts) -> None:
    people(store, anna={}, ben={})
    happened(store, "anna", "visit", ago=-1)
    happened(store, "ben", "visit", ago=0)
    happened(store, "nobody", "visit")
    assert members(store, "did visit") == {"ben"}


def test_the_old_end_of_a_window_is_outside(store: SqliteFacts) -> None:
    people(store, anna={}, ben={})
    happened(store, "anna", "visit", ago=7 * DAY)
    happened(store, "ben", "visit", ago=7 * DAY - 1)
    assert members(store, "did visit in last 7 days") == {"ben"}


def test_days_are_those_of_the_contact(store: SqliteFacts) -> None:
    people(store, anna={"zone": "Europe/Zurich"}, joe={"country": "US"}, kim={"zone": "Pacific/Kiritimati"})
    for contact in ("anna", "joe", "kim"):
        happened(
            store, contact, "visit", ago=12 * HOUR
        )  # midnight UTC: today in Zurich, yesterday in Adak, the first zone of the US
        happened(store, contact, "purchase", ago=3 * HOUR)  # 09:00 UTC: 23:00 in Kiritimati, where it is the 23rd now
    assert members(store, "did visit today") == {"anna"}
    assert members(store, "did visit yesterday") == {"joe", "kim"}
    assert members(store, "did purchase today") == {"anna"}
    assert members(store, "did purchase in last 2 local days") == {"anna", "joe", "kim"}


def test_a_member_of_a_set_is_not_found_inside_another() -> None:
    schema = replace(SCHEMA, fields={**SCHEMA.fields, **fields(likes=SetOf(("ski", "skiing", "bike")))})
    with SqliteFacts.open(":memory:", schema, now=0) as store:
        people(store, anna={"likes": "|skiing|"}, ben={"likes": "|bike|ski|"}, cora={})
        assert members(store, "likes has any (ski)") == {"ben"}
        assert members(store, "likes has all (ski, bike)") == {"ben"}
        assert members(store, "likes has any (skiing, bike)") == {"anna", "ben"}
        assert members(store, "likes has none (ski)") == {"anna", "cora"}


def test_averages_are_cut_toward_zero_after_six_decimals(store: SqliteFacts) -> None:
    people(store, anna={}, ben={}, cora={})
    for cents in (1, 1, 0):
        happened(store, "anna", "purchase", amount=cents)
        happened(store, "ben", "purchase", amount=-cents)
    average = "average of purchase.amount"
    assert members(store, f"{average} > 0.006665 and {average} <= 0.006666") == {"anna"}
    assert members(store, f"{average} < 0 minus 0.006665 and {average} >= 0 minus 0.006666") == {"ben"}
    assert members(store, f"{average} is missing") == {"cora"}


def test_born_on_a_leap_day() -> None:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as store:
        people(store, anna={"birth_date": 20000229}, ben={"birth_date": 20000301}, cora={"birth_date": 20270301})
        model = model_of(
            "segment s\n  where age of birth_date >= 26\n\nsegment b\n  where birth_date anniversary today\n"
        )
        sql = SqlExecutor(make_plan(model, SCHEMA, "UTC"), store, "UTC")
        eve = 1_772_236_800_000_000  # 2026-02-28 00:00 UTC
        assert sql.evaluate(eve - 1, Memory()).segments == {"s": frozenset(), "b": frozenset()}
        assert sql.evaluate(eve, Memory()).segments == {"s": {"anna"}, "b": {"anna"}}
        assert sql.evaluate(eve + DAY, Memory()).segments == {"s": {"anna", "ben"}, "b": {"ben", "cora"}}


def test_segments_that_differ_in_case_alone(store: SqliteFacts) -> None:
    people(store, anna={"vip": 1}, ben={"vip": 0})
    found = evaluated(store, "segment Vips\n  where vip\n\nsegment vips\n  where not in Vips\n")
    assert found.segments == {"Vips": {"anna"}, "vips": {"ben"}}


def test_names_with_letters_of_any_script(store: SqliteFacts) -> None:
    people(store, anna={"vip": 1})
    assert evaluated(store, "segment Stammgäste\n  where vip\n").segments == {"Stammgäste": {"anna"}}


def test_many_alternatives_do_not_nest_too_deep(store: SqliteFacts) -> None:
    people(store, anna={"count": 199}, ben={"count": 200})
    text = "".join(f"segment s{n}\n  where count = {n}\n\n" for n in range(200))
    text += "segment any_of_them\n  where " + " or ".join(f"in s{n}" for n in range(200)) + "\n"
    assert evaluated(store, text).segments["any_of_them"] == {"anna"}


def test_a_long_chain_of_segments_is_read_not_expanded(store: SqliteFacts) -> None:
    people(store, anna={"vip": 1})
    text = "segment s0\n  where vip\n\n"
    text += "".join(f"segment s{n}\n  where in s{n - 1} or not in s{n - 1}\n\n" for n in range(1, 30))
    assert evaluated(store, text).segments["s29"] == {"anna"}


# ---------------------------------------------------------------- scores


def points(store: SqliteFacts, *rules: str, contact: str = "anna") -> float:
    text = "score s\n" + "".join(f"  {r}\n" for r in rules)
    return evaluated(store, text).scores["s"][contact] / POINT_UNIT


def test_the_event_that_reaches_a_limit_of_points_counts_in_part(store: SqliteFacts) -> None:
    people(store, anna={})
    for n in range(9):
        happened(store, "anna", "visit", ago=n * HOUR)
    assert points(store, "+3 on visit at most 20 points") == 20
    assert points(store, "+3 on visit at most 2 times") == 6
    assert points(store, "-3 on visit at most 20 points", "keep between -50 and 100") == -20


def test_a_limit_is_spent_on_the_newest_before_fading(store: SqliteFacts) -> None:
    people(store, anna={})
    happened(store, "anna", "visit", ago=30 * DAY)
    happened(store, "anna", "visit", ago=60 * DAY)
    assert points(store, "+8 on visit once", "halve every 30 days") == 4
    assert points(store, "+8 on visit", "halve every 30 days") == 6
    assert points(store, "+8 on visit forgotten after 31 days", "halve every 30 days") == 8


def test_the_newest_is_the_newest_even_if_sqlite_takes_the_rows_for_sorted() -> None:
    with SqliteFacts.open(":memory:", replace(SCHEMA, zone_field=None, country_field=None), now=0) as store:
        people(store, anna={})
        happened(store, "anna", "visit", ago=2 * HOUR)
        happened(store, "anna", "visit", ago=3 * HOUR)
        stages = ("stage cold from 0", "stage warm from 5", "stage hot from 10 leave below 8")  # they bring a LEFT JOIN
        assert points(store, "+4 on visit this month once", "halve every 1 hour", *stages) == 1


def test_a_limit_per_property_counts_each_value_and_missing_apart(store: SqliteFacts) -> None:
    people(store, anna={})
    for product in ("x", "x", "y", None, None):
        happened(store, "anna", "purchase", product=product)
    assert points(store, "+1 on purchase once per product") == 3


def test_whole_hundreds_are_of_francs_and_none_below_zero(store: SqliteFacts) -> None:
    people(store, anna={}, ben={})
    for amount in (19_999, 10_000):
        happened(store, "anna", "purchase", amount=amount)
    happened(store, "ben", "purchase", amount=-50_000)
    rule = "+2 per 100 of sum of purchase.amount"
    assert points(store, rule) == 4
    assert points(store, rule, contact="ben") == 0
    assert points(store, rule + " at most 3 points") == 3


def test_a_contact_outside_where_has_no_score(store: SqliteFacts) -> None:
    people(store, anna={"vip": 1}, ben={"vip": 0})
    assert evaluated(store, "score s\n  where vip\n  +5 when vip\n").scores == {"s": {"anna": 5 * POINT_UNIT}}


STAGES = "score s\n  +1 per 1 of count\n  stage cold from 0\n  stage warm from 11\n  stage hot from 40 leave below 35\n"


def test_a_stage_is_kept_down_to_its_leaving_threshold(store: SqliteFacts) -> None:
    people(store, anna={"count": 36}, ben={"count": 36}, cora={"count": 34}, dan={"count": 40})
    stood = Memory(stages={"s": {"anna": "hot", "cora": "hot", "dan": "no more"}})
    assert evaluated(store, STAGES, stood).stages["s"] == {"anna": "hot", "ben": "warm", "cora": "warm", "dan": "hot"}


def test_points_of_one_rule_stay_inside_64_bits(store: SqliteFacts) -> None:
    people(store, anna={"count": 2**40})
    assert points(store, "+1 per 1 of count") == 100_000_000


def test_an_event_that_another_one_follows_or_does_not(store: SqliteFacts) -> None:
    people(store, anna={}, ben={}, cora={}, dan={}, eve={})
    for who, ago in {"anna": 2 * DAY, "ben": 2 * DAY - 1, "cora": 3 * DAY, "dan": DAY}.items():
        happened(store, who, "visit", ago=3 * DAY)
        happened(store, who, "purchase", ago=ago)
    happened(store, "eve", "visit", ago=DAY - 1)
    assert members(store, "did visit then purchase within 1 day") == {"anna"}, "from after A to exactly a day later"
    assert members(store, "did visit without purchase within 1 day") == {"ben", "cora", "dan"}
    assert members(store, "did visit without purchase within 3 days") == {"cora"}, "over at this very instant"
    assert members(store, "did not visit then purchase within 1 day") == {"ben", "cora", "dan", "eve"}
    assert members(store, "did visit then purchase within 1 day in last 2 days") == set(), "the window binds A"


def test_different_days_are_those_of_the_contact(store: SqliteFacts) -> None:
    people(store, anna={}, kim={"zone": "Pacific/Kiritimati"}, joe={"country": "DE"})
    for who in ("anna", "kim", "joe"):
        for hours in (1, 3, 27):  # 11:00, 9:00 and 9:00 of the day before, UTC
            happened(store, who, "visit", ago=hours * HOUR)
    assert members(store, "did visit on at least 3 different local days") == {"kim"}, "midnight is at 10:00 UTC"
    assert members(store, "did visit on exactly 2 different local days") == {"anna", "joe"}
    assert members(store, "did visit on at most 0 different local days in last 30 minutes") == {"anna", "kim", "joe"}


def test_days_when_the_clock_changes() -> None:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as store:
        people(store, anna={"country": "CH"})
        change = 1_774_746_000_000_000  # 2026-03-29 01:00 UTC, when 02:00 becomes 03:00
        for n, at in enumerate((change - 2 * HOUR - 1, change - 2 * HOUR, change + 21 * HOUR - 1, change + 21 * HOUR)):
            store.put_events("visit", [Event("visit", f"v{n}", "anna", at)])
        model = model_of("segment s\n  where did visit on exactly 3 different local days\n")
        sql = SqlExecutor(make_plan(model, SCHEMA, "UTC"), store, "UTC")
        assert sql.evaluate(change + 30 * DAY, Memory()).segments == {"s": {"anna"}}


def test_the_newest_fact_not_after_the_instant_counts() -> None:
    columns = fields(place=Text(), at=DateTime(), rain_mm=NUMBER)
    schema = replace(SCHEMA, facts={"weather": FactTable("weather", "place", "email", columns, "at")})
    with SqliteFacts.open(":memory:", schema, now=0) as store:
        people(store, anna={"email": "bern"}, ben={"email": "chur"}, cora={"email": "genf"}, dan={})
        rows = [("bern", NOON, 9), ("bern", NOON - 1, 2), ("bern", NOON + 1, 1), ("chur", NOON - DAY, 9)]
        rows += [("chur", NOON - HOUR, 3), ("genf", NOON + 1, 9)]
        store.put_facts("weather", [{"place": p, "at": at, "rain_mm": mm} for p, at, mm in rows])
        assert members(store, "weather.rain_mm > 5") == {"anna"}
        assert members(store, "weather.rain_mm is missing") == {"cora", "dan"}
        assert members(store, "weather.at in last 2 hours") == {"anna", "ben"}
        assert members(store, "weather.rain_mm <= 3") == {"ben"}


def test_a_sample_reads_no_contacts_unless_it_is_asked_for(store: SqliteFacts) -> None:
    people(store, **{f"p{n}": {} for n in range(200)})
    text = "segment small where sample 10 % as spring\nsegment big where sample 20 % as spring\n"
    found = evaluated(store, text + "segment other where sample 20 % as autumn\n").segments
    assert found["small"] < found["big"] != found["other"]
    assert 5 < len(found["small"]) < 40
    assert len(members(store, "sample 100 % as spring")) == 200
    assert not compile_plan(make_plan(model_of("segment s\n  where vip\n"), SCHEMA, "UTC"), "sqlite").needs("bucket")
    trigger = 'trigger t\n  on visit\n  where sample 10 % as spring and event.page = "x"\n  notify sales "hi"\n'
    condition = model_of(trigger).triggers["t"].where
    assert condition is not None
    runs = [Run(key, key, NOON, "visit", {"page": "x"}) for key in ("p0", "p1", "p2", *sorted(found["small"]))]
    sql = SqlExecutor(make_plan(model_of(trigger), SCHEMA, "UTC"), store, "UTC")
    assert sql.hold(condition, runs, NOON, Memory()) == found["small"]


# ---------------------------------------------------------------- runs

TRIGGER = """
trigger rescue
  on purchase
  wait 1 hour unless did visit since then
  where event.amount > 100 and did purchase with (product = event.product) at least 2 times
  notify sales "hi"
"""


def test_runs_of_one_contact_are_told_apart_by_their_cause(store: SqliteFacts) -> None:
    people(store, anna={})
    happened(store, "anna", "visit", ago=5 * HOUR)
    trigger = model_of(TRIGGER).triggers["rescue"]
    assert trigger.unless is not None
    assert trigger.where is not None
    sql = SqlExecutor(make_plan(model_of(TRIGGER), SCHEMA, "UTC"), store, "UTC")
    runs = [
        Run("before", "anna", NOON - 6 * HOUR, "purchase", {"amount": 10_001, "product": "x"}),
        Run("same", "anna", NOON - 5 * HOUR, "purchase", {"amount": 10_000, "product": "x"}),
        Run("stranger", "nobody", NOON - 6 * HOUR, "purchase", {"amount": 10_001, "product": "x"}),
    ]
    assert sql.hold(trigger.unless, runs, NOON, Memory()) == {"before"}
    for product in ("x", "x", "y"):
        happened(store, "anna", "purchase", product=product)
    assert sql.hold(trigger.where, runs, NOON, Memory()) == {"before"}
    other = [replace(runs[0], properties={"amount": 10_001, "product": "y"})]
    assert sql.hold(trigger.where, other, NOON, Memory()) == frozenset()
    assert sql.hold(trigger.where, [], NOON, Memory()) == frozenset()


def test_contact_level_conditions_of_triggers(store: SqliteFacts) -> None:
    people(store, anna={"vip": 1}, ben={})
    text = 'trigger t\n  on visit\n  where vip\n  notify sales "hi"\n'
    assert evaluated(store, text).conditions == {"trigger t where": {"anna"}}


def test_consents(store: SqliteFacts) -> None:
    people(store, anna={}, ben={})
    memory = Memory(consents=frozenset({("anna", "email", "marketing"), ("ben", "email", "other")}))
    found = evaluated(store, "segment s\n  where consents to email for marketing\n", memory)
    assert found.segments == {"s": {"anna"}}


# ---------------------------------------------------------------- the SQL itself


def test_the_text_has_no_like_no_cast_no_value_of_a_user(store: SqliteFacts) -> None:
    text = 'segment s\n  where email contains "Robert\'); DROP" and did visit in last 7 days\n'
    compiled = compile_plan(make_plan(model_of(text), SCHEMA, "UTC"), "sqlite")
    assert not list(compiled.select.find_all(exp.Like, exp.Cast, exp.IntDiv))
    assert "DROP" not in compiled.select.sql("sqlite")
    assert {"as_of", "before_7_day"} <= set(parameters(compiled))


def test_the_statements_can_be_shown(store: SqliteFacts) -> None:
    text = STAGES + "  halve every 30 days\n  +1 on visit today\n"
    shown = to_sql(make_plan(model_of(text), SCHEMA, "UTC"))
    assert [title for title, _ in shown] == [
        "zones and countries of the contacts",
        "temporary table _weights halve every 30 day",
        "temporary table _zones",
        "temporary table _stages",
        "evaluation",
    ]
    assert shown == to_sql(make_plan(model_of(text), SCHEMA, "UTC"))
