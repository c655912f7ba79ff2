"""The evaluation plan: one canonical form, shared leaves, hashes that see meaning only."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dsl.check import check
from dsl.schema import EventType, Field, Schema
from dsl.types import NUMBER, Boolean, Date, OneOf, Text, Type, money
from engine.plan import Plan, make_plan


def fields(**types: Type) -> dict[str, Field]:
    return {name: Field(name, type_) for name, type_ in types.items()}


SCHEMA = Schema(
    key="customer_id",
    fields=fields(
        customer_id=Text(), email=Text(), country=OneOf(("CH", "DE")), birth_date=Date(), vip=Boolean(), age=NUMBER
    ),
    events={
        "purchase": EventType("purchase", fields(amount=money("CHF"), product=Text())),
        "visit": EventType("visit", fields(page=Text())),
    },
)


def plan_of(*texts: str) -> Plan:
    checked = check([(f"{n}.play", text) for n, text in enumerate(texts)], SCHEMA, {"hello": frozenset({"email"})})
    assert checked.model is not None, [d.summary for d in checked.diagnostics]
    return make_plan(checked.model, SCHEMA, "Europe/Zurich")


BASE = """
segment customers "Bought at least once"
  where did purchase

segment swiss
  where in customers and country = CH

score warmth
  +3 on visit in last 30 days
  +1 when vip
  stage cold from 0
  stage hot from 10

trigger hello_again
  on entering swiss
  where country = CH
  notify sales "hi"
"""
SCHEMA = replace(SCHEMA, teams=("sales",))


def test_layout_comments_titles_owners_and_order_of_files_do_not_matter() -> None:
    first, *others = BASE.split("\n\n")
    moved = "# a comment\n" + "\n\n".join(reversed(others))
    titled = first.replace("Bought at least once", "Ever bought") + '\n  owner "CRM team"\n'
    assert plan_of(BASE).hash == plan_of(moved, titled).hash


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("where country = CH and vip", "where vip and country = CH"),
        ("where did visit in last 1 week", "where number of visit in last 7 days >= 1"),
        ("where age between 30 and 50", "where age <= 50 and age >= 30"),
        ("where (vip or country = CH) or age > 3", "where age > 3 or vip or country = CH"),
        ("where country = CH and country = CH", "where country = CH"),
        ("where not (not vip)", "where vip"),
        ("where country in (CH, DE)", "where country in (DE, CH)"),
        ("where did visit in last 24 hours", "where did visit in last 1 day"),
        ("where did visit in last 12 months", "where did visit in last 1 year"),
    ],
)
def test_one_meaning_has_one_form(before: str, after: str) -> None:
    assert plan_of(f"segment s\n  {before}\n").hash == plan_of(f"segment s\n  {after}\n").hash


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("in last 30 days", "in last 31 days"),
        ("+1 when vip", "+2 when vip"),
        ("did purchase", "did purchase with (amount > 10)"),
        ("stage hot from 10", "stage hot from 11"),
        ("country = CH\n\nscore", "country = DE\n\nscore"),
        ('"hi"', '"hello"'),
    ],
)
def test_another_meaning_has_another_hash(before: str, after: str) -> None:
    assert before in BASE
    assert plan_of(BASE).hash != plan_of(BASE.replace(before, after)).hash


def test_the_time_zone_is_part_of_the_meaning() -> None:
    plan = plan_of(BASE)
    assert replace(plan, time_zone="UTC").hash != plan.hash


def test_a_leaf_is_shared_by_all_who_ask() -> None:
    plan = plan_of(
        """
segment a
  where did visit at least 3 times in last 7 days

segment b
  where not in a and number of visit in last 1 week > 5

score s
  +1 per 2 of number of visit in last 7 days
"""
    )
    assert len(plan.leaves) == 1
    assert list(plan.shared.values()) == [("score s", "segment a", "segment b")]


def test_definitions_stand_after_what_they_read() -> None:
    plan = plan_of("segment a\n  where in z\n\nsegment m\n  where vip\n\nsegment z\n  where in m\n")
    assert [s.name for s in plan.segments] == ["m", "z", "a"]


def test_an_edit_of_a_used_segment_changes_all_that_read_it() -> None:
    before = plan_of(BASE).definition_hashes
    after = plan_of(BASE.replace("where did purchase", 'where did purchase with (product = "x")')).definition_hashes
    assert {name for name in before if before[name] != after[name]} == {
        "segment customers",
        "segment swiss",
        "cause hello_again",
    }


def test_an_edit_of_a_define_changes_what_reads_it() -> None:
    text = "define busy = number of visit in last 7 days\n\nsegment a\n  where busy > 3\n\nsegment b\n  where vip\n"
    before = plan_of(text).definition_hashes
    after = plan_of(text.replace("7 days", "8 days")).definition_hashes
    assert before["segment a"] != after["segment a"]
    assert before["segment b"] == after["segment b"]


def test_the_json_is_plain_data_and_readable() -> None:
    data = plan_of(BASE).as_json()
    assert json.loads(json.dumps(data)) == data
    (visits,) = [leaf for leaf in data["leaves"].values() if leaf["event"] == "visit"]
    assert visits["window"] == {"in last": "30 day"}
    assert visits["used by"] == ["score warmth"]
    assert data["definitions"]["segment swiss"]["where"] == {
        "all": [
            {
                "compare": [
                    {"field": "country", "type": {"one of": ["CH", "DE"]}},
                    "=",
                    {"value": "CH", "type": {"one of": ["CH", "DE"]}},
                ]
            },
            {"in segment": "customers"},
        ]
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("segment a where vip", "segment b was a where vip"),
        ("segment a where vip and did visit", "define keen = did visit and vip\nsegment a where keen"),
        ("segment a where vip and did visit", "segment keen where did visit\nsegment a where in keen and vip"),
        (
            "segment a where vip and did visit and did purchase",
            "define x = did visit and vip\nsegment a where did purchase and x",
        ),
        ("segment a where not (vip or did visit)", "define x = vip or did visit\nsegment a where not x"),
        ("segment a where vip", "define x = not vip\nsegment a where not x"),
        (
            "define n = number of visit\nsegment a where did purchase with (amount > contact.age) and n > 2",
            "segment a where number of visit > 2 and did purchase with (amount > contact.age)",
        ),
        (
            "score s +5 when vip +2 on visit with (page is known)\nsegment a where s > 3",
            "define x = vip\nscore t was s +2 on visit with (page is known) +5 when x\nsegment a where t > 3",
        ),
    ],
)
def test_a_refactoring_changes_no_meaning(before: str, after: str) -> None:
    first, second = plan_of(before).definition_hashes, plan_of(after).definition_hashes
    assert {name: second[name] for name in first} == first


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("segment a where vip and did visit", "segment a where vip or did visit"),
        ("segment a where vip", "segment a where not vip"),
        ("define x = did visit\nsegment a where x", "define x = did visit today\nsegment a where x"),
        ("score s +5 when vip\nsegment a where s > 3", "score s +4 when vip\nsegment a where s > 3"),
        ("segment a where did visit with (page is known)", "segment a where did visit with (page is missing)"),
    ],
)
def test_an_edit_changes_the_meaning(before: str, after: str) -> None:
    assert plan_of(before).definition_hashes["segment a"] != plan_of(after).definition_hashes["segment a"]
