"""Classes against truths written by hand: edges, ties, the midnight, what they remember, ticks and tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from adapters.bench import benches
from dsl.model import Class, Const, Tier
from dsl.types import NUMBER, Stored
from engine.classes import Standing, Standings, last_midnight, ranked
from engine.evaluation import memory_of
from engine.explain import Explainer
from engine.explain_classes import classes_explained
from engine.interpret import InterpreterExecutor, Reader
from engine.plan import make_plan
from engine.scenario import run_scenario
from engine.zones import zone
from tests.engine.generate import NOWHERE
from tests.engine.world import SCHEMA, ZURICH, World, at, model_of

NOON = "2026-05-04T10:00"
"""12:00 in Zurich; the last midnight is 2026-05-03T22:00 UTC."""


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def worlds() -> Iterator[list[World]]:
    held: list[World] = []
    yield held
    for world in held:
        world.close()


def world_of(worlds: list[World], text: str, executor: str, **contacts: Mapping[str, Stored]) -> World:
    world = World(text, executor=executor)
    worlds.append(world)
    for key, fields in contacts.items():
        world.facts.put_contacts([(key, {"email": f"{key}@example.ch", **fields})], at=0)
        world.consent(key)
    return world


def standings(world: World, when: str = NOON) -> Standings:
    memory = memory_of(world.model, world.ledger, at(when), world.time_zone)
    return world.engine().executor.standings(at(when), memory)


def tiers(world: World, name: str, when: str = NOON) -> dict[str, str]:
    return {contact: one.tier for contact, one in standings(world, when)[name].items()}


# ---------------------------------------------------------------- ranking


def cut(share: str, *edges: int) -> Class:
    names = ("A", "B", "C", "D")
    named = [Tier(name, edge, NOWHERE) for name, edge in zip(names, edges, strict=False)]
    by = Const(1, NUMBER, NOWHERE)
    return Class("c", NOWHERE, by=by, where=None, share=share, tiers=(*named, Tier("R", None, NOWHERE)))  # type: ignore[arg-type]  # words of the test


@pytest.mark.parametrize(
    ("class_", "values", "expected"),
    [
        # 50 before the third of 100: not under the edge of 50
        (cut("total", 500_000), (25, 25, 25, 25), "AARR"),
        (cut("total", 500_001), (25, 25, 25, 25), "AAAR"),
        # the one that crosses is inside, also when it is everything
        (cut("total", 1), (97, 2, 1), "ARR"),
        (cut("total", 800_000, 950_000), (79, 14, 5, 2), "AABR"),
        (cut("total", 1_000_000), (3, 2, 1, 0, -5), "AAARR"),
        # values of zero and less add nothing: 10 of 15, not of 5
        (cut("total", 700_000), (10, 5, 0, -10), "AARR"),
        (cut("total", 666_666), (10, 5, 0, -10), "ARRR"),
        (cut("members", 100_000), (5, 4, 3), "ARR"),
        (cut("members", 333_333), (5, 4, 3), "ARR"),
        (cut("members", 333_334), (5, 4, 3), "AAR"),
        (cut("members", 100_000, 300_000), (9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 1), "AABBRRRRRRR"),
        # those with zero and less are members, and still the rest
        (cut("members", 500_000), (5, 0, -1, 0), "ARRR"),
        (cut("members", 1_000_000), (5, 0, -1), "ARR"),
        (cut("number", 2, 3), (5, 5, 5, 5), "AABR"),
        (cut("number", 5), (1, 0), "AR"),
        (cut("number", 5), (), ""),
        (cut("total", 500_000), (0, -1), "RR"),
    ],
)
def test_tiers_by_place(class_: Class, values: tuple[int, ...], expected: str) -> None:
    found = ranked(class_, {f"{n:02}": value for n, value in enumerate(values)})
    assert "".join(found[f"{n:02}"].tier for n in range(len(values))) == expected


def test_ties_go_by_key_in_code_point_order() -> None:
    found = ranked(cut("number", 2), dict.fromkeys(("ä", "b", "Z", "𝒜", "ﬀ"), 7))
    assert sorted(found, key=lambda c: found[c].place) == ["Z", "b", "ä", "ﬀ", "𝒜"]
    assert [c for c in found if found[c].tier == "A"] == ["Z", "b"]


TOTAL = "class value\n  by {}\n  tier A first 80 % of total\n  tier B next 15 % of total\n  tier C rest\n"


def test_a_standing_tells_value_place_and_what_is_ahead(worlds: list[World], executor: str) -> None:
    text = TOTAL.format("turnover")
    people: dict[str, dict[str, Stored]] = {"a": {"turnover": 500}, "b": {"turnover": 300}, "c": {"turnover": 300}}
    world = world_of(worlds, text, executor, **people, d={"turnover": -100}, e={})
    assert standings(world)["value"] == {
        "a": Standing("A", 500, 1, 0, 1100),
        "b": Standing("A", 300, 2, 500, 1100),
        "c": Standing("A", 300, 3, 800, 1100),
        "d": Standing("C", -100, 4, 1100, 1100),
    }


def test_totals_close_to_64_bits(worlds: list[World], executor: str) -> None:
    world = world_of(worlds, TOTAL.format("visits"), executor, a={"visits": 2**62}, b={"visits": 2**62 - 1})
    assert standings(world)["value"] == {
        "a": Standing("A", 2**62, 1, 0, 2**63 - 1),
        "b": Standing("A", 2**62 - 1, 2, 2**62, 2**63 - 1),
    }
    world.contact("c", visits=1)
    with pytest.raises(OverflowError, match="`value`"):
        standings(world)
    with pytest.raises(OverflowError, match="`value`"):
        world.tick(NOON)


def test_places_need_no_sum(worlds: list[World], executor: str) -> None:
    text = "class value\n  by visits\n  tier A top 1\n  tier B rest\n"
    people: dict[str, dict[str, Stored]] = {key: {"visits": 2**63 - 1} for key in ("a", "b", "c")}
    world = world_of(worlds, text, executor, **people)
    assert tiers(world, "value") == {"a": "A", "b": "B", "c": "B"}


# ---------------------------------------------------------------- the midnight

BUSY = "class busy\n  by number of visit in last 1 day\n  tier A top 1\n  tier B rest\n"


def test_a_class_is_of_the_last_midnight(worlds: list[World], executor: str) -> None:
    world = world_of(worlds, BUSY, executor, anna={}, ben={})
    world.event("visit", "ben", "2026-05-03T22:00")  # exactly at midnight
    world.event("visit", "anna", "2026-05-03T22:01")
    world.event("visit", "anna", "2026-05-03T22:02")
    assert tiers(world, "busy", "2026-05-03T21:59:59") == {"anna": "B", "ben": "B"}
    assert tiers(world, "busy", "2026-05-03T22:00") == {"anna": "B", "ben": "A"}
    assert tiers(world, "busy", "2026-05-04T21:59:59") == {"anna": "B", "ben": "A"}
    assert tiers(world, "busy", "2026-05-04T22:00") == {"anna": "A", "ben": "B"}


@pytest.mark.parametrize(
    ("when", "place", "expected"),
    [
        ("2026-03-29T12:00", "Europe/Zurich", "2026-03-28T23:00"),
        ("2026-10-25T12:00", "Europe/Zurich", "2026-10-24T22:00"),
        ("2024-03-10T05:30", "America/Havana", "2024-03-10T05:00"),  # midnight does not exist: 01:00 is the first
        ("2024-11-03T05:30", "America/Havana", "2024-11-03T04:00"),  # midnight twice: the first
        ("2024-03-10T04:59", "America/Havana", "2024-03-09T05:00"),
    ],
)
def test_midnights_at_clock_changes(when: str, place: str, expected: str) -> None:
    assert last_midnight(at(when), zone(place)) == at(expected)


def test_what_a_class_reads_is_of_its_midnight_too(worlds: list[World], executor: str) -> None:
    """A score, a segment and another class; and inside of a class that one is of the same midnight."""
    text = (
        "score warm\n  +1 on visit\n  forget after 1 day\n"
        "segment here where did visit in last 1 day\n"
        "class first_one\n  by warm\n  where in here\n  tier A top 1\n  tier B rest\n"
        "class others\n  by warm\n  where class of first_one != A\n  tier A top 1\n  tier B rest\n"
        "segment now where class of others = A\n"
    )
    world = world_of(worlds, text, executor, a={}, b={}, c={})
    for key, hour in (("a", 10), ("a", 11), ("b", 10)):
        world.event("visit", key, f"2026-05-03T{hour}:00")
    for _ in range(3):
        world.event("visit", "c", "2026-05-04T09:00")
    found = standings(world)
    assert {c: (s.tier, s.value >> 30) for c, s in found["first_one"].items()} == {"a": ("A", 2), "b": ("B", 1)}
    assert {c: s.tier for c, s in found["others"].items()} == {"b": "A", "c": "B"}
    assert world.tick(NOON).evaluation.segments["now"] == {"b"}
    assert world.tick("2026-05-04T22:00").evaluation.segments["now"] == frozenset()


def test_memory_is_of_the_midnight(worlds: list[World], executor: str) -> None:
    """Consents, stages that hold on, and memberships are those of the midnight, as ticks saw them."""
    text = (
        "score warm\n  +1 on visit in last 10 days\n  stage cold from 0\n  stage hot from 3 leave below 1\n"
        "segment fans where did visit in last 30 days\n"
        "class asked\n  by visits\n  where consents to email for marketing\n  tier A top 1\n  tier B rest\n"
        "class hot_ones\n  by visits\n  where stage of warm = hot\n  tier A top 1\n  tier B rest\n"
        "class old_fans\n  by visits\n  where in fans for 2 days\n  tier A top 1\n  tier B rest\n"
    )
    world = world_of(worlds, text, executor, a={"visits": 5}, b={"visits": 4})
    for _ in range(3):
        world.event("visit", "a", "2026-05-01T08:00")
    world.tick("2026-05-01T12:00")
    world.consent("a", state="withdrawn", when="2026-05-04T09:00")
    assert tiers(world, "asked") == {"a": "A", "b": "B"}
    assert tiers(world, "asked", "2026-05-05T09:00") == {"b": "A"}
    # one visit is too few for `hot` and enough to stay in it, as the tick of the 1st saw
    world.facts.connection.execute("DELETE FROM event_visit")
    world.event("visit", "a", "2026-05-03T08:00")
    world.tick("2026-05-04T10:00")
    assert tiers(world, "hot_ones", "2026-05-04T10:00") == {"a": "A"}
    assert tiers(world, "old_fans", "2026-05-03T10:00") == {}
    assert tiers(world, "old_fans", "2026-05-04T10:00") == {"a": "A"}


# ---------------------------------------------------------------- ticks

PROMOTED = BUSY + "segment best where class of busy = A\ntrigger t on entering best\n  send email hello\n"


def test_a_class_that_turns_at_midnight_fires_at_the_next_tick(worlds: list[World], executor: str) -> None:
    world = world_of(worlds, PROMOTED, executor, anna={}, ben={})
    world.tick("2026-05-04T08:00")
    world.event("visit", "anna", "2026-05-04T09:00")
    world.tick("2026-05-04T21:59")
    assert world.sent() == []
    world.tick("2026-05-04T22:00")
    assert world.sent() == [("anna", "hello")]


def test_an_edit_of_a_class_fires_nothing(worlds: list[World], executor: str) -> None:
    world = world_of(worlds, PROMOTED, executor, anna={}, ben={}, carl={})
    for key in ("anna", "ben", "ben"):
        world.event("visit", key, "2026-05-03T10:00")
    world.tick("2026-05-04T08:00")
    world.play(PROMOTED.replace("top 1", "top 2"))
    report = world.tick("2026-05-04T09:00")
    assert report.evaluation.segments["best"] == {"anna", "ben"}
    assert world.sent() == []
    world.event("visit", "carl", "2026-05-04T10:00")
    world.tick("2026-05-05T08:00")
    assert world.sent() == [("carl", "hello")]


def test_the_baseline_of_a_later_start_is_of_its_own_midnight(worlds: list[World], executor: str) -> None:
    """At 12:00 on the 5th, from when the trigger is active, ben was the first; anna is on the 6th."""
    world = world_of(worlds, BUSY + "segment other where everyone\n", executor, anna={}, ben={})
    world.event("visit", "ben", "2026-05-04T10:00")
    world.event("visit", "anna", "2026-05-05T10:30")
    world.tick("2026-05-04T08:00")
    world.play(PROMOTED.replace("send email", "active from 2026-05-05 12:00\n  send email"))
    world.tick("2026-05-06T08:00")
    assert world.sent() == [("anna", "hello")]


def test_a_condition_of_a_run_may_read_a_class(worlds: list[World], executor: str) -> None:
    text = BUSY + "trigger t on visit\n  where event.seconds > 5 and class of busy = A\n  send email hello\n"
    world = world_of(worlds, text, executor, anna={}, ben={})
    world.event("visit", "anna", "2026-05-03T10:00", seconds=1)
    world.tick("2026-05-04T08:00")
    for key in ("anna", "ben"):
        world.event("visit", key, "2026-05-04T09:00", seconds=10)
    world.tick("2026-05-04T09:01")
    assert world.sent() == [("anna", "hello")]


# ---------------------------------------------------------------- hashes


def hashes(text: str) -> Mapping[str, str]:
    return make_plan(model_of(text), SCHEMA, ZURICH).definition_hashes


def test_an_edit_of_a_class_changes_all_that_read_it_and_a_new_name_nothing() -> None:
    before = hashes(PROMOTED)
    after = hashes(PROMOTED.replace("top 1", "top 2"))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"class busy", "segment best", "cause t"}
    renamed = PROMOTED.replace("class busy", "class active_ones was busy").replace(
        "class of busy", "class of active_ones"
    )
    assert hashes(renamed) == before
    pulled = PROMOTED.replace("by number of visit in last 1 day", "by times")
    assert hashes(f"define times = number of visit in last 1 day\n{pulled}") == before


# ---------------------------------------------------------------- tests in playbooks


def unmet(text: str, executor: str) -> list[str]:
    model = model_of(text)
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    return [u.seen for u in result.unmet]


ANNA_AND_BEN = (
    'test "a class turns at midnight"\n  at 2026-05-04 12:00\n'
    '  contact anna (email = "a@example.ch") consents to email for marketing\n    did visit 1 hour ago\n'
    '  contact ben (email = "b@example.ch") consents to email for marketing\n    did visit 1 day ago\n'
)


def test_a_test_sees_a_class_turn_at_midnight(executor: str) -> None:
    said = (
        "  expect class of busy of ben = A\n  expect class of busy of anna != A\n  expect class of busy of anna < A\n"
        "  expect ben gets email hello at 00:00\n  expect anna gets nothing\n"
        "  after 11 hours\n  expect anna gets nothing\n"
        "  after 3 hours\n  expect class of busy of anna >= A\n  expect anna gets email hello at 00:00\n"
    )
    assert unmet(PROMOTED + ANNA_AND_BEN + said, executor) == []


def test_what_a_test_says_when_a_class_is_another(executor: str) -> None:
    text = BUSY.replace("  tier A", "  where email is known\n  tier A") + 'test "t"\n  at 2026-05-04 12:00\n'
    text += '  contact anna (email = "a@example.ch")\n  contact ben\n'
    text += (
        "  expect class of busy of anna = A\n  expect class of busy of ben = B\n  expect class of busy of ben != B\n"
    )
    assert unmet(text, executor) == ["anna is `B` in `busy`", "ben has no class in `busy`"]


def test_a_test_ticks_at_midnights_where_a_class_reads_what_ticks_record(executor: str) -> None:
    """`in regulars for 2 days` in a class is known only once the ticks have been."""
    text = (
        "segment regulars where did visit in last 10 days\n"
        "class kept\n  by number of visit\n  where in regulars for 2 days\n  tier A top 1\n  tier B rest\n"
        "segment best where class of kept = A\ntrigger t on entering best\n  send email hello\n"
        'test "t"\n  at 2026-05-04 12:00\n'
        '  contact anna (email = "a@example.ch") consents to email for marketing\n    did visit 3 days ago\n'
        "  expect anna gets email hello at 00:00\n"
    )
    assert unmet(text, executor) == []


# ---------------------------------------------------------------- explanations


def test_why_a_contact_stands_where_it_stands(worlds: list[World]) -> None:
    text = (
        "class value\n  by turnover\n  tier A first 60 % of total\n  tier B next 12.5 % of total\n  tier C rest\n"
        "class share\n  by visits\n  where active\n  tier A first 33.3333 %\n  tier B rest\n"
        "class best\n  by visits\n  tier A top 1\n  tier B rest\n"
    )
    world = world_of(
        worlds,
        text,
        "interpreter",
        a={"turnover": 60_000, "visits": 3, "active": 1},
        b={"turnover": 30_050, "visits": 2, "active": 0},
        c={"turnover": -100},
    )
    memory = memory_of(world.model, world.ledger, at(NOON), ZURICH)
    executor = InterpreterExecutor(world.model, world.facts, ZURICH)
    setting, held = executor.setting(at(NOON), memory), executor.standings(at(NOON), memory)
    told: dict[str, list[tuple[str | None, str]]] = {}
    for data in world.facts.load(None, SCHEMA.events, at(NOON)):
        found = classes_explained(Explainer(Reader(setting, data), {"test.play": text}), data, held)
        assert {one.as_of for one in found} == {"2026-05-04 00:00"}
        told[data.contact.key] = [(one.tier, one.why) for one in found]
    assert told == {
        "a": [
            ("A", "place 1 of 3, 600.00 CHF; 0.00 CHF ahead of 900.50 CHF in all; A ends at 60 %"),
            ("A", "place 1 of 1, 3; A ends at 33.3333 %"),
            ("A", "place 1 of 2, 3; A ends at place 1"),
        ],
        "b": [
            ("B", "place 2 of 3, 300.50 CHF; 600.00 CHF ahead of 900.50 CHF in all; B ends at 72.5 %"),
            (None, "outside of `where`"),
            ("B", "place 2 of 2, 2; after place 1"),
        ],
        "c": [
            ("C", "place 3 of 3, -1.00 CHF; zero and less is the rest"),
            (None, "outside of `where`"),
            (None, "`visits` is missing"),
        ],
    }
