"""Whose facts changed since the store was read last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.stores.facts import SqliteFacts
from adapters.stores.facts_record import RecordFacts
from dsl.types import Stored
from engine.records import Event, Touched
from tests.engine.engines import ENGINES, facts_on
from tests.engine.world import SCHEMA, at
from tests.facts_stores import KINDS, opening

NOW = at("2026-05-04T12:00")
LATER = at("2026-05-04T13:00")


def purchase(id_: str, contact: str, instant: int = NOW - 1, **properties: Stored) -> Event:
    return Event("purchase", id_, contact, instant, 0, properties)


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RecordFacts]:
    with opening(request.param, tmp_path)(SCHEMA) as held:
        held.put_contacts([(key, {"country": "CH" if key < "c" else "DE", "plan": "pro"}) for key in "abcd"])
        held.put_events("purchase", [purchase("1", "a"), purchase("2", "b"), purchase("ahead", "c", LATER)])
        held.put_events("visit", [Event("visit", "v", "d", NOW - 1)])
        held.put_facts("weather", [{"place": "CH", "rain_mm": 1}, {"place": "DE", "rain_mm": 1}])
        held.put_facts("price", [{"plan": "pro", "since": NOW - 1, "fee": 1}])
        yield held


def touched(store: RecordFacts, act: Callable[[], object], until: int = NOW, most: int = 100) -> Touched:
    since = store.position()
    act()
    return store.touched(since, ["purchase"], ["weather", "price"], (NOW, until), most)


def test_nothing_touches_nobody(store: RecordFacts) -> None:
    assert touched(store, lambda: store.put_events("purchase", [purchase("1", "a")])) == Touched()


def test_contacts_that_are_new_changed_or_gone(store: RecordFacts) -> None:
    assert touched(store, lambda: store.put_contacts([("e", {}), ("a", {"plan": "plus"}), ("b", {})])).contacts == {
        "a",
        "e",
    }
    gone = touched(store, lambda: store.database.run("DELETE FROM contacts WHERE _key = 'd'"))
    assert gone.contacts == {"d"}


def test_events_that_are_new_corrected_or_gone_of_the_types_that_are_asked_for(store: RecordFacts) -> None:
    assert touched(store, lambda: store.put_events("purchase", [purchase("3", "d")])).contacts == {"d"}
    assert touched(store, lambda: store.put_events("visit", [Event("visit", "w", "d", NOW)])).contacts == set()
    assert touched(store, lambda: store.put_events("purchase", [purchase("1", "a", amount=5)])).contacts == {"a"}
    moved = touched(store, lambda: store.put_events("purchase", [purchase("1", "b", amount=5)]))
    assert moved.contacts == {"a", "b"}
    gone = touched(store, lambda: store.database.run("DELETE FROM event_purchase WHERE _id = '2'"))
    assert gone.contacts == {"b"}


def test_events_and_rows_that_were_dated_ahead_come_to_be(store: RecordFacts) -> None:
    assert touched(store, lambda: None, until=LATER - 1).contacts == set()
    assert touched(store, lambda: None, until=LATER).contacts == {"c"}
    store.put_facts("price", [{"plan": "pro", "since": LATER, "fee": 2}])
    store.database.run("DELETE FROM event_purchase WHERE _id = 'ahead'")
    assert touched(store, lambda: None, until=LATER - 1).contacts == set()
    assert touched(store, lambda: None, until=LATER).contacts == {"a", "b", "c", "d"}


def test_rows_of_fact_tables_touch_those_who_look_at_them(store: RecordFacts) -> None:
    changed = touched(store, lambda: store.put_facts("weather", [{"place": "CH", "rain_mm": 2}]))
    assert changed.contacts == {"a", "b"}
    gone = touched(store, lambda: store.database.run("DELETE FROM fact_weather WHERE place = 'DE'"))
    assert gone.contacts == {"c", "d"}


def test_too_many_are_everybody(store: RecordFacts) -> None:
    found = touched(store, lambda: store.put_contacts([(key, {"visits": 1}) for key in "abc"]), most=2)
    assert found == Touched(everybody="more than 2 contacts have new data")


def test_a_store_with_another_history_touches_everybody(tmp_path: Path) -> None:
    with SqliteFacts.open(tmp_path / "f.db", SCHEMA, now=0) as held:
        held.put_contacts([("a", {})])
        since = held.position()
    with SqliteFacts.open(tmp_path / "g.db", SCHEMA, now=0) as other:
        other.put_contacts([("a", {})])
        assert other.touched(since, [], [], (NOW, NOW), 9).everybody is not None


def test_a_journal_from_before_is_brought_along(tmp_path: Path) -> None:
    with SqliteFacts.open(tmp_path / "old.db", SCHEMA, now=0) as held:
        held.put_contacts([("a", {})])
        held.put_events("purchase", [purchase("1", "a"), purchase("2", "a")])
        for (name,) in held.connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            held.connection.execute(f'DROP TRIGGER "{name}"')
        held.connection.execute("ALTER TABLE _journal DROP COLUMN about")
        held.connection.execute("ALTER TABLE _journal DROP COLUMN seq")
        held.connection.execute("DROP TABLE _imports")
        held.connection.execute("DROP TABLE _set_by")
        held.connection.execute("CREATE TABLE _set_by (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT")
        held.connection.execute(
            'CREATE TRIGGER "journal delete event_purchase" AFTER DELETE ON event_purchase BEGIN '
            "INSERT INTO _journal (\"table\", id) VALUES ('event_purchase', OLD._id); END"
        )
        start = held.position()
        held.connection.execute("DELETE FROM event_purchase WHERE _id = '1'")
        held.connection.execute("UPDATE _meta SET value = 3 WHERE name = 'version'")
    with SqliteFacts.open(tmp_path / "old.db", SCHEMA, now=0) as held:
        assert held.touched(start, ["purchase"], [], (NOW, NOW), 9).everybody is not None
        gone = touched(held, lambda: held.connection.execute("DELETE FROM event_purchase WHERE _id = '2'"))
        assert gone == Touched(frozenset("a"))


@pytest.mark.parametrize("engine", ENGINES)
def test_who_has_some_value_in_a_field(store: RecordFacts, engine: str) -> None:
    store.put_contacts([("a", {"birth_date": 1990_05_04}), ("b", {"birth_date": 1991_05_04}), ("c", {"visits": 504})])
    facts = facts_on(engine, store)
    assert sorted(facts.bearers("birth_date", [1991_05_04, 1])) == ["b"]
    assert sorted(facts.bearers("birth_date", [504], 10_000)) == ["a", "b"]
    assert sorted(facts.bearers("birth_date", [])) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_who_lives_where(store: RecordFacts, engine: str) -> None:
    store.put_contacts([("a", {"zone": "Asia/Tokyo"}), ("b", {"country": None}), ("c", {"zone": "Asia/Tokyo"})])
    facts = facts_on(engine, store)
    places = list(facts.places())
    assert len(places) == 4
    assert set(places) == {(None, "DE"), (None, None), ("Asia/Tokyo", "CH"), ("Asia/Tokyo", "DE")}
    assert sorted(facts.residents([("Asia/Tokyo", "CH"), (None, None)])) == ["a", "b"]
    assert sorted(facts.residents([("Asia/Tokyo", "DE")])) == ["c"]
    assert sorted(facts.residents([])) == []
