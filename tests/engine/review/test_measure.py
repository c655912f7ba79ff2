"""Who comes and who goes, counted on one store."""

from __future__ import annotations

from adapters.executors import executor
from adapters.stores.facts import SqliteFacts
from engine.evaluation import Memory
from engine.plan import make_plan
from engine.review import changes
from engine.review.measure import Measures, Moved, Side, measure
from tests.engine.world import SCHEMA, ZURICH, at, model_of

NOON = at("2026-11-20T12:00")


def measured(before: str, after: str, *, engine: str = "sql") -> Measures:
    facts = SqliteFacts.open(":memory:", SCHEMA, now=0)
    facts.put_contacts((f"c{n}", {"visits": n, "country": "CH" if n < 6 else "DE"}) for n in range(10))
    base, head = model_of(before), model_of(after)

    def side(text: str) -> Side:
        model = base if text == before else head
        return Side(model, executor(engine, model, make_plan(model, SCHEMA, ZURICH), facts, ZURICH), Memory())

    return measure(changes(base, head, SCHEMA), side(before), side(after), NOON)


def test_people_who_enter_and_leave_a_segment() -> None:
    for engine in ("sql", "interpreter"):
        found = measured(
            "segment s\n  where visits between 1 and 5", "segment s\n  where visits between 3 and 8", engine=engine
        )
        assert found.contacts == 10
        assert found.parts == {("segment", "s", "members"): Moved(5, 6, 3, 2)}


def test_a_segment_that_is_new_or_gone() -> None:
    assert measured("", "segment s\n  where visits > 6").parts == {("segment", "s", "members"): Moved(None, 3, 3, 0)}
    assert measured("segment s\n  where visits > 6", "").parts == {("segment", "s", "members"): Moved(3, None, 0, 3)}


def test_a_clause_that_was_not_there_held_for_everybody() -> None:
    trigger = "trigger hi\n  on visit\n  send email hello\n"
    found = measured(trigger, trigger.replace("on visit", "on visit\n  where country = DE"))
    assert found.parts == {("trigger", "hi", "where"): Moved(None, 4, 0, 6)}


def test_a_renamed_trigger_keeps_its_people() -> None:
    trigger = "trigger {}\n  on visit\n  where visits > {}\n  send email hello\n"
    found = measured(trigger.format("hi", 3), trigger.format("hello_you was hi", 2))
    assert found.parts == {("trigger", "hello_you", "where"): Moved(6, 7, 1, 0)}


def test_stages_move_as_a_matrix() -> None:
    score = "score keen\n  +1 per 1 of visits\n  stage cold from 0\n  stage hot from {}\n"
    found = measured(score.format(6), score.format(4))
    assert found.stages == {"keen": {("cold", "cold"): 4, ("cold", "hot"): 2, ("hot", "hot"): 4}}


def test_nothing_is_evaluated_where_nothing_changed() -> None:
    text = "segment s\n  where visits > 6"
    assert measured(text, "# the same\n" + text) == Measures()
