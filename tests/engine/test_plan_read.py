"""A plan as JSON and back: the same plan with the same hash, or an error that says where."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.cli.common import open_workspace
from dsl.schema import Schema
from dsl.types import OneOf, Point, money
from engine.plan import Plan, make_plan
from engine.plan_read import plan_from_json, plan_from_text
from engine.plan_schema import PlanError, schema_from_json, schema_json
from engine.sql.executor import SqlExecutor
from tests.cases.folder import HERE, Case, folders
from tests.cases.schema import SCHEMA as CASES_SCHEMA
from tests.engine.generate import SCHEMAS, World, worlds
from tests.engine.test_equality import store_with
from tests.engine.test_graph import PROJECT, SCHEMA
from tests.engine.world import model_of

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"


def through_text(plan: Plan) -> Plan:
    return plan_from_text(json.dumps(plan.as_json(), ensure_ascii=False))


def same(plan: Plan) -> None:
    """The assertion of this module."""
    again = through_text(plan)
    assert again == plan
    assert again.hash == plan.hash
    assert list(again.definitions) == list(plan.definitions)
    assert again.definition_hashes == plan.definition_hashes


@pytest.mark.parametrize("path", folders(), ids=lambda path: str(path.relative_to(HERE)))
def test_the_plan_of_every_case_comes_back(path: Path) -> None:
    case = Case.read(path)
    for text in case.playbooks.values():
        same(make_plan(model_of(text, CASES_SCHEMA), CASES_SCHEMA, case.zone))


@pytest.mark.parametrize("name", ["start", "b2b", "shop", "retailer"])
def test_the_plan_of_every_ready_project_comes_back(name: str) -> None:
    same(open_workspace(PLAYBOOKS / name).plan)


@given(worlds())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_plans_come_back(world: World) -> None:
    same(make_plan(world.model, world.schema, world.project_zone))


@given(worlds())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_plan_that_was_read_is_carried_out_alike(world: World) -> None:
    plan = make_plan(world.model, world.schema, world.project_zone)
    store = store_with(world)
    before, after = (SqlExecutor(p, store, world.project_zone) for p in (plan, through_text(plan)))
    assert after.evaluate(world.as_of, world.memory) == before.evaluate(world.as_of, world.memory)
    arguments = (world.condition, world.runs, world.as_of, world.memory)
    assert after.hold(*arguments) == before.hold(*arguments)


@pytest.mark.parametrize("schema", [*SCHEMAS, SCHEMA, CASES_SCHEMA])
def test_schemas_come_back_whole(schema: Schema) -> None:
    again = schema_from_json(json.loads(json.dumps(schema_json(schema))))
    assert again == schema
    assert all(list(getattr(again, f.name) or ()) == list(getattr(schema, f.name) or ()) for f in fields(Schema))


def test_everything_about_a_schema_is_told() -> None:
    assert list(schema_json(SCHEMA)) == [f.name for f in fields(Schema)]


POINTS = """
define there = home
define here = there
define seat = last visit.place
segment near
  where here within 5 km of (47.4, 8.5) and home within 9 km of seat
"""


def test_named_points_come_back() -> None:
    plan = make_plan(model_of(POINTS, SCHEMA), SCHEMA, "UTC")
    same(plan)
    assert sorted(plan.points) == ["here", "seat", "there"]
    assert all(isinstance(value.type, Point) for value in plan.points.values())


def test_what_a_type_is_called_is_no_part_of_a_plan() -> None:
    plans = []
    for name in (None, "size", "format"):
        kind = OneOf(("small", "large"), ordered=True, name=name)
        field = replace(SCHEMA.fields["email"], name="size", type=kind)
        schema = replace(SCHEMA, fields={**SCHEMA.fields, "size": field})
        plans.append(make_plan(model_of("segment s\n  where size > small\n", schema), schema, "UTC"))
        same(plans[-1])
    assert len({plan.hash for plan in plans}) == 1
    assert plans[0].definitions == plans[1].definitions == plans[2].definitions


def test_money_without_minor_units_keeps_its_currency() -> None:
    hashes = set()
    for currency in ("JPY", "KRW"):
        field = replace(SCHEMA.fields["sales"], type=money(currency, 0))
        schema = replace(SCHEMA, fields={**SCHEMA.fields, "sales": field})
        plan = make_plan(model_of("segment s\n  where sales > 5\n", schema), schema, "UTC")
        same(plan)
        hashes.add(plan.hash)
    assert len(hashes) == 2


def test_names_of_files_do_not_matter() -> None:
    from dsl.check import check

    def plan_in(file: str) -> Plan:
        model = check([(file, "segment s\n  where vip\n")], SCHEMA, {}).model
        assert model is not None
        return make_plan(model, SCHEMA, "UTC")

    assert plan_in("a.play") == plan_in("deep/inside/b.play")
    assert plan_in("a.play").as_json() == plan_in("deep/inside/b.play").as_json()


# ---------------------------------------------------------------- what is no plan


def told() -> dict[str, Any]:
    plan = make_plan(model_of(PROJECT + POINTS, SCHEMA), SCHEMA, "Europe/Zurich")
    found = json.loads(json.dumps(plan.as_json()))
    assert isinstance(found, dict)
    return found


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    held = told()
    change(held)
    return held


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "this is no JSON"),
        ("[" * 100_000, "this is no JSON"),
        ("[]", "it has no `version`"),
        ("{}", "it has no `version`"),
        ('{"version": 2}', "version 2 of plans is unknown here; this program reads 1"),
        ('{"version": "1"}', 'version "1" of plans is unknown'),
        ('{"version": true}', "version true of plans is unknown"),
        ('{"version": 1}', "plan.schema is missing"),
    ],
)
def test_other_texts_are_no_plans(text: str, words: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan_from_text(text)
    assert words in str(caught.value)


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no leaves": (lambda p: p.pop("leaves"), "plan.leaves is missing"),
    "leaves as a list": (lambda p: p.update(leaves=[]), "leaves: names with values are meant here, not []"),
    "another hash": (lambda p: p.update(hash="0" * 64), "plan.hash: not as a plan says it"),
    "an unknown part": (lambda p: p.update(more=1), "plan.more"),
    "an unknown condition": (
        lambda p: p["definitions"]["segment buyers"].update(where={"xor": []}),
        'definitions.segment buyers: this is no condition: {"xor":[]}',
    ),
    "an unknown clause": (
        lambda p: p["definitions"]["segment buyers"].update({"colour": "red"}),
        "plan.definitions.segment buyers.colour",
    ),
    "another name": (
        lambda p: p["definitions"]["segment buyers"].update(segment="sellers"),
        "definitions.segment buyers: this is segment sellers",
    ),
    "other points": (
        lambda p: p["definitions"]["score warmth"]["rules"][1].update(points=True),
        "plan.hash: not as a plan says it, or changed",
    ),
    "a reference to nothing": (
        lambda p: p["definitions"]["segment watched"].update(where={"in segment": "gone"}),
        "something reads segment gone",
    ),
    "a leaf of nothing": (
        lambda p: p["definitions"]["define big"].update({"is": {"leaf": "gone"}}),
        "something reads gone, which is not among the leaves",
    ),
    "a segment inside itself": (
        lambda p: p["definitions"]["segment buyers"].update(where={"in segment": "watched"}),
        "reads itself in the end",
    ),
    "a define that is itself": (
        lambda p: p["definitions"]["define big"].update({"is": {"define": "big"}}),
        "define big is itself",
    ),
    "a cause without its trigger": (
        lambda p: p["blocks"].pop("trigger late"),
        "causes.late: there is no trigger of this name",
    ),
    "a type that is none": (
        lambda p: p["schema"]["fields"]["vip"].update(type="colour"),
        'schema: vip: this is no type: "colour"',
    ),
    "another schema": (
        lambda p: p["schema"]["fields"]["vip"].update(required=True),
        "plan.schema_hash: not as a plan says it, or changed",
    ),
    "a number for yes or no": (
        lambda p: p["schema"]["fields"]["vip"].update(required=0),
        "schema: vip: yes or no (true, false) is meant here, not 0",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_plan_that_was_changed_is_refused_and_the_place_is_named(name: str) -> None:
    change, words = CHANGES[name]
    with pytest.raises(PlanError) as caught:
        plan_from_json(changed(change))
    assert words in str(caught.value)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all parts of a JSON."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in inside for place in places(value, (*path, key)))]


WHOLE = told()


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_whatever_is_put_anywhere_is_refused_in_words(data: st.DataObject) -> None:
    held = json.loads(json.dumps(WHOLE))
    *way, last = data.draw(st.sampled_from([place for place in places(held) if place]))
    spot = held
    for key in way:
        spot = spot[key]
    others: list[Any] = [
        None,
        True,
        1,
        -5,
        2**70,
        "",
        "everyone",
        [],
        {},
        [[]],
        {"define": "big"},
        {"value": 1, "type": "number"},
    ]
    new = data.draw(st.sampled_from([other for other in others if json.dumps(other) != json.dumps(spot[last])]))
    spot[last] = new
    with pytest.raises(PlanError):
        plan_from_json(held)
