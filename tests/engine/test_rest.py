"""The rest after a stage: what is told about it, and tests in playbooks."""

from __future__ import annotations

import pytest

from adapters.bench import benches
from engine.evaluation import memory_of
from engine.interpret import Reader, Setting
from engine.scenario import run_scenario
from engine.unfired import rests_of, why_not_fired
from tests.engine.world import SCHEMA, ZURICH, World, at, model_of

PLAYBOOK = """
score lead
  +40 on visit in last 1 day
  stage cold from 0
  stage hot  from 40 rest 30 days

segment written_twice where did message_sent at least 2 times

trigger heat
  on lead reaching hot
  send email hello
"""
LATER = PLAYBOOK + "\ntrigger heat_too\n  on lead reaching hot\n  send email news\n"


def told(world: World, when: str) -> tuple[list[str], str]:
    """(the rests of Anna, why the second trigger has not fired for her)."""
    memory = memory_of(world.model, world.ledger, at(when), ZURICH)
    setting = Setting(world.model, at(when), ZURICH, SCHEMA, memory, world.facts)
    (data,) = world.facts.load(["anna"], SCHEMA.events, at(when))
    reader = Reader(setting, data)
    trigger = world.model.triggers["heat_too"]
    return rests_of(world.model.scores["lead"], reader, world.ledger), why_not_fired(trigger, reader, world.ledger)


def test_a_rest_is_told() -> None:
    world = World(PLAYBOOK)
    world.contact("anna")
    world.tick("2026-05-01T10:00")
    world.event("visit", "anna", "2026-05-02T09:00")
    world.tick("2026-05-02T10:00")
    world.tick("2026-05-04T10:00")
    world.play(LATER)
    world.tick("2026-05-05T10:00")
    rest = "`hot` was reached on 2026-05-02 12:00 and rests until 2026-06-01 12:00"
    assert told(world, "2026-05-05T10:00") == ([rest], rest)
    world.event("visit", "anna", "2026-05-06T09:00")
    world.tick("2026-05-06T10:00")
    again = f"{rest}: reaching it again on 2026-05-06 12:00 did not count"
    assert told(world, "2026-05-06T10:00") == ([again], again)
    assert told(world, "2026-05-05T10:00") == ([rest], rest)  # looked at from before
    assert world.sent() == [("anna", "hello")]
    world.tick("2026-06-01T10:00")
    assert told(world, "2026-06-01T10:00") == ([], "is in stage `cold` of `lead`, and was not seen reaching `hot`")
    world.event("visit", "anna", "2026-06-01T11:00")
    world.tick("2026-06-01T12:00")
    assert world.sent() == [("anna", "hello"), ("anna", "hello"), ("anna", "news")]
    world.close()


@pytest.mark.parametrize("executor", ["interpreter", "sql"])
@pytest.mark.parametrize(("rest", "twice"), [("30 days", True), ("31 days", False)])
def test_tests_in_playbooks_rest_too(executor: str, rest: str, twice: bool) -> None:
    body = f"""
test "the rest"
  at 2026-11-20 12:00
  contact anna (email = "anna@example.ch") consents to email
    did visit 31 days ago
    did visit 10 hours ago
  expect anna gets email hello
  expect anna {"" if twice else "not "}in written_twice
"""
    model = model_of(PLAYBOOK.replace("30 days", rest) + body)
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == []
