"""`learned_channel`: one rule in the interpreter, in SQL and in judgements, and a name like a field's."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from random import Random

import pytest

from adapters.stores.facts import SqliteFacts
from dsl.check import check
from dsl.schema import Field, Schema
from dsl.types import OneOf, Text
from engine.evaluation import Memory, Scope
from engine.instants import DAY, HOUR
from engine.interpret import InterpreterExecutor
from engine.plan import make_plan
from engine.plan_read import plan_from_json
from engine.records import Event
from engine.sql.executor import SqlExecutor
from engine.ways import taught_by
from tests.engine.engines import ENGINES, facts_on
from tests.engine.world import SCHEMA, TEMPLATES, at, model_of

ZURICH = "Europe/Zurich"
NOW = at("2026-05-04T10:00")
TEXT = """
define liked = learned_channel

segment texters
  where learned_channel = sms

segment known
  where contact.learned_channel is known
"""
CHANNELS = tuple(SCHEMA.channels)


def responses(seed: int) -> list[Event]:
    """Clicks and openings at and beside the edges of the window, many at one instant."""
    one = Random(seed).choice
    edges = (NOW, NOW - 1, NOW + 1, NOW - 180 * DAY, NOW - 180 * DAY + 1, NOW - 180 * DAY + 3 * HOUR, NOW - DAY)
    found = []
    for number in range(40):
        kind = one(("message_clicked", "message_opened", "message_opened"))
        channel = one((*CHANNELS, "fax", None))
        held = {} if channel is None else {"channel": channel}
        found.append(Event(kind, f"{one('abc')}{number}", f"c{one(range(12))}", one(edges), 0, held))
    return found


def store_of(events: list[Event]) -> SqliteFacts:
    store = SqliteFacts.open(":memory:", SCHEMA, now=0)
    store.put_contacts([(f"c{n}", {}) for n in range(13)], at=0)
    for kind in ("message_clicked", "message_opened"):
        store.put_events(kind, [event for event in events if event.type == kind])
    return store


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_and_every_judgement_learns_the_same(engine: str) -> None:
    model, known = model_of(TEXT), 0
    plan = make_plan(model, SCHEMA, ZURICH)
    for seed in range(8 if engine == "sqlite" else 3):
        events = responses(seed)
        with store_of(events) as store:
            sql = SqlExecutor(plan_from_json(plan.as_json()), facts_on(engine, store), ZURICH)
            plain = InterpreterExecutor(model, store, ZURICH)
            values = dict(plain.values("liked", NOW, Memory()))
            assert dict(sql.values("liked", NOW, Memory())) == values
            held: dict[str, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
            for event in events:
                if event.at <= NOW:
                    held[event.contact][event.type].append(event)
            assert values == {key: taught_by(held[key], CHANNELS, NOW) for key in values}
            evaluation = sql.evaluate(NOW, Memory())
            assert evaluation.segments["texters"] == {key for key, channel in values.items() if channel == "sms"}
            assert evaluation.segments["known"] == {key for key, channel in values.items() if channel}
            known += len(evaluation.segments["known"])
    assert known > 10


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_learns_or_forgets_before_the_flip(engine: str) -> None:
    model, flipped = model_of(TEXT), 0
    plan = make_plan(model, SCHEMA, ZURICH)
    for seed in range(4 if engine == "sqlite" else 2):
        with store_of(responses(seed)) as store:
            sql = SqlExecutor(plan, facts_on(engine, store), ZURICH)
            before = sql.evaluate(NOW, Memory(), Scope(flips=True))
            flips, horizon = before.flips or {}, before.horizon or 0
            for moment in sorted({NOW + 1, NOW + 3 * HOUR - 1, NOW + 3 * HOUR, NOW + 4 * HOUR}):
                assert moment <= horizon
                after = InterpreterExecutor(model, store, ZURICH).evaluate(moment, Memory())
                for name, members in before.segments.items():
                    changed = members ^ after.segments[name]
                    assert all(flips.get(key, horizon + 1) <= moment for key in changed), (seed, name, changed)
                    flipped += len(changed)
    assert flipped


def test_a_field_of_the_name_comes_first_and_the_members_are_the_channels_that_can_be_preferred() -> None:
    own = replace(SCHEMA, fields={**SCHEMA.fields, "learned_channel": Field("learned_channel", Text())})
    assert messages('segment s where learned_channel = "pigeon"', own) == []
    role = replace(SCHEMA, fields={**SCHEMA.fields, "way": Field("way", OneOf(("sms", "post")))}, preferred_field="way")
    assert messages("segment s where learned_channel = sms", role) == []
    assert len(messages("segment s where learned_channel = email", role)) == 1
    assert len(messages("segment s where learned_channel = sms", replace(SCHEMA, channels={}))) == 1


def test_a_near_name_is_suggested() -> None:
    told = check([("test.play", "segment s where learnt_channel = sms")], SCHEMA, TEMPLATES).diagnostics
    assert [fix.replacement for one in told for fix in one.fixes] == ["learned_channel"]


def messages(text: str, schema: Schema) -> list[str]:
    return [d.summary for d in check([("test.play", text)], schema, TEMPLATES).diagnostics if d.severity == "error"]
