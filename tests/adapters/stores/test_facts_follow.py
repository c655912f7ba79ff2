"""Copies on DuckDB and Postgres follow the facts: what is new, changed or gone travels, and nothing else does."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from sqlglot import exp

from adapters.stores.facts import SqliteFacts, StoreError
from adapters.stores.facts_duckdb import DuckFacts
from adapters.stores.facts_engine import Carried, EngineFacts
from adapters.stores.facts_migrations import shapes
from adapters.stores.facts_parquet import ParquetFacts
from adapters.stores.facts_postgres import PostgresFacts
from dsl.types import Stored
from engine.protocols import SqlFacts
from engine.records import Event
from tests import postgres
from tests.adapters.stores.test_facts import SCHEMA, purchase

TABLES = {shape.name: (*shape.own, *shape.columns) for shape in shapes(SCHEMA)}


@pytest.fixture(params=["duckdb", "parquet", "postgres"])
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EngineFacts]:
    if request.param == "duckdb":
        store: EngineFacts = DuckFacts.open(":memory:", SCHEMA)
    elif request.param == "parquet":
        store = ParquetFacts.open(tmp_path / "parquet", SCHEMA)
    else:
        store = PostgresFacts.open(postgres.server(), SCHEMA, namespace=postgres.namespace())
    with store:
        yield store


@pytest.fixture
def source() -> Iterator[SqliteFacts]:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as store:
        yield store


def contents(store: SqlFacts) -> dict[str, list[tuple[Stored, ...]]]:
    """All rows of all tables, each once."""
    found = {}
    for name, columns in TABLES.items():
        text = exp.select(*(exp.column(c, quoted=True) for c in columns)).from_(exp.to_table(f'"{name}"'))
        found[name] = sorted(store.query(text, {}), key=repr)
    return found


def test_it_carries_what_is_new_and_nothing_twice(source: SqliteFacts, copy: EngineFacts) -> None:
    assert copy.follow(source) == Carried(0, anew=True)
    source.put_contacts([("a", {"email": "a@x"}), ("b", {})])
    source.put_events("purchase", [purchase("1", "a", 10, amount=5)])
    assert copy.follow(source) == Carried(3, anew=False)
    assert copy.follow(source) == Carried(0, anew=False)
    source.put_contacts([("a", {"email": "new@x"}), ("b", {})])
    source.put_events("purchase", [purchase("1", "a", 10, amount=5), purchase("2", "c", 11)])
    assert copy.follow(source) == Carried(2, anew=False)
    assert contents(copy) == contents(source)
    assert copy.last_seq() == source.last_seq()


def test_corrections_and_deletions_travel(source: SqliteFacts, copy: EngineFacts) -> None:
    source.put_contacts([(key, {"email": key}) for key in "abc"])
    source.put_events("purchase", [purchase(f"{n}", "a", n, amount=n) for n in range(5)])
    source.put_facts("weather", [{"region": "n", "day": d, "rain": d} for d in range(4)])
    source.put_facts("rates", [{"currency": "CHF", "rate": 1}, {"currency": "EUR", "rate": 2}])
    copy.follow(source)
    source.put_events("purchase", [purchase("1", "b", 100, product="X")])
    source.connection.execute("DELETE FROM event_purchase WHERE _id = '2'")
    source.connection.execute("DELETE FROM contacts WHERE _key = 'c'")
    source.connection.execute("DELETE FROM fact_weather WHERE day = 1")
    source.put_facts("rates", [{"currency": "EUR", "rate": 3}])
    # 1 event corrected, 3 rows of weather carried over as a whole, 1 rate
    assert copy.follow(source) == Carried(5, anew=False)
    assert contents(copy) == contents(source)
    source.put_events("purchase", [purchase("2", "a", 2, amount=2)])
    source.put_contacts([("c", {"plan": "plus"})])
    assert copy.follow(source) == Carried(2, anew=False)
    assert contents(copy) == contents(source)


@pytest.mark.parametrize("seed", range(3))
def test_after_anything_it_holds_what_the_source_holds(seed: int, source: SqliteFacts, copy: EngineFacts) -> None:
    """Random imports, edits and deletions, several between two times of following."""
    random = Random(seed)
    for _ in range(25):
        for _ in range(random.randrange(4)):
            _anything(random, source)
        copy.follow(source)
        assert contents(copy) == contents(source)
        assert list(copy.load(None, SCHEMA.events, 50)) == list(source.load(None, SCHEMA.events, 50))


def _anything(random: Random, source: SqliteFacts) -> None:
    def some(n: int) -> list[int]:
        return [random.randrange(12) for _ in range(random.randrange(n))]

    keys = [f"k{n}" for n in some(6)]
    acts: list[Callable[[], object]] = [
        lambda: source.put_contacts([(k, {"email": random.choice((None, "x", "y"))}) for k in keys]),
        lambda: source.put_events(
            "purchase", [purchase(f"p{n}", f"k{n % 4}", random.randrange(60), amount=n) for n in some(9)]
        ),
        lambda: source.put_events("visit", [Event("visit", f"v{n}", "k1", random.randrange(3)) for n in some(4)]),
        lambda: source.put_facts("weather", [{"region": "n", "day": n, "rain": random.randrange(3)} for n in some(4)]),
        lambda: source.put_facts("rates", [{"currency": f"c{n}", "rate": random.randrange(3)} for n in some(4)]),
        *(
            lambda table=table, key=key: source.connection.execute(
                f"DELETE FROM {table} WHERE {key} = ?", (random.choice((f"k{random.randrange(12)}", "p1", "v1", 1)),)
            )
            for table, key in (
                ("contacts", "_key"),
                ("event_purchase", "_id"),
                ("event_visit", "_contact"),
                ("fact_weather", "day"),
            )
        ),
    ]

    def broken() -> None:
        with source.transaction():
            random.choice(acts)()
            raise ZeroDivisionError

    if random.random() < 0.2:
        with pytest.raises(ZeroDivisionError):  # an import that is rolled back
            broken()
    else:
        random.choice(acts)()


def test_a_backup_put_back_is_noticed(tmp_path: Path, copy: EngineFacts) -> None:
    """Even where the numbers have gone on past those that the copy saw."""
    live, backup = tmp_path / "live.db", tmp_path / "backup.db"

    def opened() -> SqliteFacts:
        return SqliteFacts.open(live, SCHEMA, now=0)

    with opened() as store:
        store.put_events("purchase", [purchase("1", "a", 1)])
        store.put_events("purchase", [purchase("1", "a", 2)])
        assert copy.follow(store).anew
    shutil.copy(live, backup)
    with opened() as store:
        store.put_events("purchase", [purchase("2", "a", 3)])
        assert copy.follow(store) == Carried(1, anew=False)
    shutil.copy(backup, live)
    with opened() as store:
        store.put_events("purchase", [purchase("3", "a", 4), purchase("4", "a", 5)])
        assert copy.follow(store) == Carried(3, anew=True)
        assert contents(copy) == contents(store)
        store.put_events("purchase", [purchase("4", "a", 6)])
        assert copy.follow(store) == Carried(1, anew=False)
    shutil.copy(backup, live)
    with opened() as store:
        store.put_events("purchase", [purchase("3", "b", 4), purchase("4", "a", 5)])
        store.put_events("purchase", [purchase("1", "a", 7)])
        assert copy.follow(store).anew
        assert contents(copy) == contents(store)


def test_what_cannot_go_over_leaves_the_copy_as_it_was(source: SqliteFacts) -> None:
    with PostgresFacts.open(postgres.server(), SCHEMA, namespace=postgres.namespace()) as copy:
        source.put_contacts([("a", {"email": "a"}), ("b", {"email": "b"})])
        copy.follow(source)
        before = contents(copy)
        source.put_contacts([("a", {"email": "new"}), ("z", {"email": "a\0b"})])
        with pytest.raises(StoreError, match="does not fit into `contacts`"):
            copy.follow(source)
        assert contents(copy) == before
        source.put_contacts([("z", {"email": "clean"})])
        assert copy.follow(source) == Carried(2, anew=False)
        assert contents(copy) == contents(source)


def test_a_store_from_before_the_journal_is_brought_along(tmp_path: Path, copy: EngineFacts) -> None:
    path = tmp_path / "old.db"
    with SqliteFacts.open(path, SCHEMA, now=0) as store:
        store.put_events("purchase", [purchase("1", "a", 1), purchase("2", "a", 2)])
        for (name,) in store.connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            store.connection.execute(f'DROP TRIGGER "{name}"')
        store.connection.execute("DROP TABLE _journal")
        store.connection.execute("DROP TABLE _marks")
        store.connection.execute("DROP TABLE _set_by")
        store.connection.execute("DROP TABLE _imports")
        store.connection.execute("ALTER TABLE _field_changes DROP COLUMN source")
        store.connection.execute("UPDATE _meta SET value = 1 WHERE name = 'version'")
    with SqliteFacts.open(path, SCHEMA, now=0) as store:
        assert copy.follow(store) == Carried(2, anew=True)
        store.connection.execute("DELETE FROM event_purchase WHERE _id = '1'")
        store.put_events("purchase", [purchase("2", "a", 3), purchase("3", "a", 3)])
        assert copy.follow(store) == Carried(2, anew=False)
        assert contents(copy) == contents(store)


def test_a_file_remembers_how_far_it_has_read(tmp_path: Path, source: SqliteFacts) -> None:
    source.put_contacts([("a", {})])
    with DuckFacts.open(tmp_path / "f.duckdb", SCHEMA) as copy:
        assert copy.follow(source) == Carried(1, anew=True)
    source.put_contacts([("b", {})])
    with DuckFacts.open(tmp_path / "f.duckdb", SCHEMA) as copy:
        assert copy.follow(source) == Carried(1, anew=False)
        assert contents(copy) == contents(source)
