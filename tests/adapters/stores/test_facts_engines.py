"""Facts on DuckDB and Postgres: they read what SQLite reads, keep their word on snapshots, and refuse what does not
fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlglot import exp

from adapters.stores.facts import SqliteFacts, StoreError
from adapters.stores.facts_duckdb import DuckFacts
from adapters.stores.facts_engine import EngineFacts
from adapters.stores.facts_parquet import ParquetFacts
from adapters.stores.facts_postgres import PostgresFacts
from adapters.stores.facts_reading import PAGE
from dsl.schema import Field, Schema
from dsl.types import NUMBER, Text
from engine.layout import CONTACTS, KEY
from engine.protocols import SqlFacts
from engine.records import Event
from tests import postgres
from tests.adapters.stores.test_facts import SCHEMA, purchase
from tests.engine.engines import facts_on

Open = Callable[[Schema], EngineFacts]
KEYS = ("z", "Z", "ä", "a", "e\u0301", "é", "Straße", "\U0001f600", "\uffff", "a b", "'\"%_|$1", "\t")
"""Keys that other orders than that of code points would put elsewhere."""


@pytest.fixture(params=["duckdb", "parquet", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same store again and again, each time as after a new start."""
    namespace = postgres.namespace()
    stores: list[EngineFacts] = []

    def open_(schema: Schema) -> EngineFacts:
        for old in stores:
            old.close()
        stores.clear()
        if request.param == "duckdb":
            stores.append(DuckFacts.open(tmp_path / "facts.duckdb", schema))
        elif request.param == "parquet":
            stores.append(ParquetFacts.open(tmp_path / "parquet", schema))
        else:
            stores.append(PostgresFacts.open(postgres.server(), schema, namespace=namespace))
        return stores[0]

    yield open_
    for store in stores:
        store.close()


@pytest.fixture
def source() -> Iterator[SqliteFacts]:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as store:
        store.put_contacts((key, {"email": f"{n}@x", "select": -n}) for n, key in enumerate(KEYS))
        store.put_events("purchase", [purchase(f"{n}{key}", key, n % 3, amount=n) for n, key in enumerate(KEYS * 3)])
        store.put_events("purchase", [purchase("none", "nobody", 1), purchase("late", "a", 100, amount=2**63 - 1)])
        store.put_events("visit", [Event("visit", "v", "a", 7)])
        store.put_facts("weather", [{"region": "north", "day": day, "rain": day or None} for day in (0, 10, 20)])
        store.put_facts("rates", [{"currency": "CHF", "rate": 1}])
        yield store


def test_it_is_what_the_engine_asks_for(opened: Open) -> None:
    store = opened(SCHEMA)
    facts: SqlFacts = store
    assert facts.schema is SCHEMA
    assert facts.last_seq() == 0
    assert facts.count() == 0
    assert list(facts.contacts()) == []
    assert list(facts.load(None, ["purchase"], 100)) == []


def test_it_reads_what_sqlite_reads(opened: Open, source: SqliteFacts) -> None:
    store = opened(SCHEMA)
    store.fill(source)
    types = ("purchase", "visit")
    assert list(store.contacts()) == list(source.contacts())
    assert [c.key for c in store.contacts()] == sorted(KEYS)
    for keys in (None, ["a", "nobody", "é", "e\u0301"], []):
        assert list(store.contacts(keys)) == list(source.contacts(keys))
        assert list(store.load(keys, types, 50)) == list(source.load(keys, types, 50))
    for arguments in ((0, 0, 200), (source.last_seq(), 1, 200), (5, 2, 3), (source.last_seq(), 200, 200)):
        assert list(store.new_events("purchase", *arguments)) == list(source.new_events("purchase", *arguments))
    for at in (-1, 0, 9, 10, 11, 20, 99):
        assert store.fact_row("weather", "north", at) == source.fact_row("weather", "north", at)
    assert store.fact_row("rates", "CHF", 0) == source.fact_row("rates", "CHF", 0) == {"currency": "CHF", "rate": 1}
    assert store.fact_row("rates", "XXX", 0) is None
    assert (store.last_seq(), store.count()) == (source.last_seq(), len(KEYS))


def test_pages_leave_nobody_out(opened: Open, source: SqliteFacts) -> None:
    many = [f"k{n}" for n in range(2 * PAGE + 3)]
    source.put_contacts((key, {}) for key in many)
    source.put_events("visit", [Event("visit", f"v{key}", key, 1) for key in many])
    store = opened(SCHEMA)
    store.fill(source)
    assert list(store.load(None, ["visit"], 9)) == list(source.load(None, ["visit"], 9))
    assert list(store.load(many, ["visit"], 9)) == list(source.load(many, ["visit"], 9))


def test_filled_again_it_forgets_what_is_gone(opened: Open, source: SqliteFacts) -> None:
    store = opened(SCHEMA)
    store.fill(source)
    source.connection.execute('DELETE FROM "event_visit"')
    source.put_contacts([("a", {"email": None})])
    store.fill(source)
    assert list(store.load(["a"], ["visit"], 9)) == list(source.load(["a"], ["visit"], 9))


def test_it_is_kept_and_made_anew_where_the_schema_changed(opened: Open, source: SqliteFacts) -> None:
    opened(SCHEMA).fill(source)
    assert opened(SCHEMA).count() == len(KEYS)
    more = replace(SCHEMA, fields={**SCHEMA.fields, "height": Field("height", NUMBER)})
    changed = opened(more)
    assert changed.count() == 0
    assert list(changed.load(None, ["purchase"], 9)) == []


def test_a_snapshot_that_fails_takes_its_temporary_tables_along(opened: Open, source: SqliteFacts) -> None:
    store = opened(SCHEMA)
    store.fill(source)
    columns = {"a b": "text", "n": "integer"}
    text = exp.select(exp.column("n", quoted=True)).from_(exp.to_table('"_t"'))

    def temporary(n: int) -> list[tuple[object, ...]]:
        store.temporary("_t", columns, [("x", n), (None, None)], ("n",) if n > 9 else ())  # type: ignore[arg-type]  # words of the protocol
        return list(store.query(text, {}))

    assert temporary(1) == [(1,), (None,)]

    def fails() -> None:
        with store.snapshot():
            assert temporary(2) == [(2,), (None,)]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert temporary(3) == [(3,), (None,)]
    with store.snapshot():
        with store.snapshot():
            assert temporary(4) == [(4,), (None,)]
        assert list(store.contacts(["a"])) == list(source.contacts(["a"]))
    assert list(store.query(text, {})) == [(4,), (None,)]


def test_rows_of_a_temporary_table_may_come_from_a_question_to_the_store(opened: Open, source: SqliteFacts) -> None:
    store = opened(SCHEMA)
    store.fill(source)
    keys = exp.select(exp.column(KEY, quoted=True)).from_(exp.to_table(CONTACTS))

    def rows() -> Iterator[tuple[str]]:
        for (key,) in store.query(keys, {}):
            yield (str(key),)

    store.temporary("_copied", {"key": "text"}, rows(), ("key",))
    copied = exp.select(exp.column("key", quoted=True)).from_(exp.to_table('"_copied"'))
    assert {key for (key,) in store.query(copied, {})} == set(KEYS)


def test_a_value_that_does_not_fit_is_refused_and_nothing_changes(opened: Open, source: SqliteFacts) -> None:
    store = opened(SCHEMA)
    store.fill(source)
    with pytest.raises(StoreError, match="does not fit into `_t`"):
        store.temporary("_t", {"n": "integer"}, [(2**63,)])
    assert store.count() == len(KEYS)


def test_text_with_a_zero_byte_is_refused_by_postgres_alone(source: SqliteFacts) -> None:
    source.put_contacts([("a\0b", {"email": "zero"})])
    assert list(facts_on("duckdb", source).contacts()) == list(source.contacts())
    with pytest.raises(StoreError, match="does not fit into `contacts`"):
        facts_on("postgres", source)


def test_names_that_postgres_would_cut_are_refused() -> None:
    long = "x" * 64
    schema = Schema("key", {"key": Field("key", Text()), long: Field(long, Text())}, {}, {})
    with pytest.raises(StoreError, match="63 bytes"):
        PostgresFacts.open("host=/nowhere", schema)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        PostgresFacts.open(f"host={tmp_path}", SCHEMA)
    (tmp_path / "facts.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="cannot be opened"):
        DuckFacts.open(tmp_path / "facts.duckdb", SCHEMA)
