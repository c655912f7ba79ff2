"""Points of one column and of two, and what is no place on the earth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.importing import Problem
from adapters.stores.facts import SqliteFacts
from dsl.schema import EventType, Field, Schema
from dsl.types import NUMBER, Point, Text
from engine.records import Event
from engine.sphere import vector
from tests.adapters.importing.shop import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ("47.37,8.54", "47.37,8.54"),
        ("47.37 8.54", "47.37,8.54"),
        ("(47.3700, -8.540)", "47.37,-8.54"),
        ("47.37; 8.54", "47.37,8.54"),
        ("47,37; 8,54", "47.37,8.54"),
        ("47,37 8,54", "47.37,8.54"),
        ("-0.0, 180", "0,180"),
        ("47.37690000049, 8.5417000006", "47.3769,8.541700001"),
    ],
)
def test_one_column(desk: Desk, cell: str, stored: str) -> None:
    desk.load(f'customer_id,home\na,"{cell}"\n')
    assert desk.contact("a") == {"home": stored}


@pytest.mark.parametrize("cell", ["91, 8", "47, 181", "Zurich", "47.37", "47,37,8,54", "1,2,3", "nan, 8", "1e400, 8"])
def test_what_is_no_place_goes_to_the_quarantine(desk: Desk, cell: str) -> None:
    result = desk.load(f'customer_id,home\na,"{cell}"\n')
    assert result.quarantined == 1
    assert [q.column for q in desk.quarantine()] == ["home"]


def test_two_columns_by_map(desk: Desk) -> None:
    text = "customer_id;B;L\na;47,37;8,54\nb;;\nc;47,5;\nd;95,25;8,5\n"
    result = desk.load(text, maps=[("B", "home.latitude"), ("L", "home.longitude")])
    assert desk.contact("a") == {"home": "47.37,8.54"}
    assert desk.contact("b") == {}
    assert [(q.line, q.column, q.detail) for q in desk.quarantine()] == [
        (4, "L", "`home.longitude`: has a latitude and no longitude"),
        (5, "L", "`home.longitude` lies outside the earth: latitude up to 90, longitude up to 180"),
    ]
    assert result.counts.new == 2
    # an empty pair makes it missing, a file without the columns leaves it
    desk.load("customer_id;name\na;Anna\n")
    assert desk.contact("a") == {"home": "47.37,8.54", "name": "Anna"}
    desk.load(text.replace("47,37;8,54", ";"), maps=[("B", "home.latitude"), ("L", "home.longitude")])
    assert desk.contact("a") == {"name": "Anna"}


@pytest.mark.parametrize("header", ["lat,lng", "home_latitude,home_longitude", "Breitengrad,Längengrad"])
def test_two_columns_by_their_names(desk: Desk, header: str) -> None:
    desk.load(f"customer_id,{header}\na,47.376886999999996,8.541694000000001\n")
    assert desk.contact("a") == {"home": "47.376887,8.541694"}


def test_one_of_the_two_alone_is_left_out_and_a_column_of_its_own_goes_first(desk: Desk) -> None:
    assert desk.load("customer_id,lat\na,47\n").recognition.unmapped == ("lat",)
    result = desk.load('customer_id,lat,lon,home\na,1.5,2.5,"47.37,8.54"\n')
    assert result.recognition.unmapped == ("lat", "lon")
    assert desk.contact("a") == {"home": "47.37,8.54"}


def test_what_is_said_must_fit_together(desk: Desk) -> None:
    result = desk.load("customer_id,x,y\na,47.25,8.25\n", maps=[("x", "home.latitude")])
    assert result.recognition.problems == (
        Problem(
            "`home.latitude` needs `home.longitude` beside it", "name one column, or both of latitude and longitude"
        ),
    )


def test_points_of_events_and_corrections_bring_their_parts(tmp_path: Path) -> None:
    place = {"place": Field("place", Point()), "page": Field("page", Text())}
    schema = Schema("key", {"key": Field("key", Text()), "home": Field("home", Point())}, {"v": EventType("v", place)})
    with SqliteFacts.open(":memory:", schema, now=0) as store:
        for point in ("47.37,8.54", "0,0", None):
            store.put_contacts([("a", {"home": point})])
            store.put_events("v", [Event("v", "e", "a", 1, 0, {} if point is None else {"place": point})])
            wanted = (None, None, None) if point is None else vector(point)
            for table, name in (("contacts", "home"), ("event_v", "place")):
                parts = f'SELECT "{name}.x", "{name}.y", "{name}.z" FROM {table}'
                assert store.connection.execute(parts).fetchone() == wanted


def test_a_store_from_before_gets_the_parts(tmp_path: Path) -> None:
    path = tmp_path / "facts.db"
    old = Schema("key", {"key": Field("key", Text()), "home": Field("home", Point()), "n": Field("n", NUMBER)}, {})
    with SqliteFacts.open(path, old, now=0) as store:
        store.put_contacts([("a", {"home": "47.37,8.54"}), ("b", {})])
        for part in "xyz":
            store.connection.execute(f'ALTER TABLE contacts DROP COLUMN "home.{part}"')
        store.connection.execute("DELETE FROM _columns WHERE name LIKE 'home.%'")
    with SqliteFacts.open(path, old, now=0) as store:
        found = store.connection.execute('SELECT _key, "home.x", "home.y", "home.z" FROM contacts ORDER BY _key')
        assert found.fetchall() == [("a", *vector("47.37,8.54")), ("b", None, None, None)]
