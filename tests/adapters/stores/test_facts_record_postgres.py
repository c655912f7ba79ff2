"""What is special about facts whose system of record is Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import psycopg
import pytest

from adapters.stores import facts_database_postgres
from adapters.stores.facts import Counts, SqliteFacts, StoreError
from adapters.stores.facts_erasing import Erased
from adapters.stores.facts_record_postgres import NoStore, PostgresRecord, is_there
from adapters.stores.ledger_postgres import PostgresLedger
from adapters.stores.quarantine import Quarantine
from engine.records import Event
from tests.adapters.stores.test_facts import purchase
from tests.adapters.stores.test_facts_erasing import GERDA, HERS, SCHEMA, lived, others
from tests.adapters.stores.test_facts_follow import contents
from tests.postgres import namespace, server


def record(where: str, busy_milliseconds: int = 60_000) -> PostgresRecord:
    return PostgresRecord.open(server(), SCHEMA, now=0, namespace=where, busy_milliseconds=busy_milliseconds)


@pytest.fixture
def where() -> str:
    return namespace()


@pytest.fixture
def store(where: str) -> Iterator[PostgresRecord]:
    with record(where) as opened:
        yield opened


def test_its_own_tables_are_those_on_sqlite(store: PostgresRecord, where: str) -> None:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as other:
        tables = other.database.rows(
            "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
        )
    asked = "select table_name, column_name from information_schema.columns where table_schema = ?"
    assert set(store.database.rows(asked, (where,))) == {*tables, ("_field_changes", "rowid")}


def test_many_rows_go_in_as_few_do(store: PostgresRecord) -> None:
    """Rows by `COPY` and an upsert, against one statement a row on SQLite."""
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as other:
        for each in (store, other):
            others(each, 0, 300)
            each.put_contacts((f"c{n}", {"email": f"new{n}", "select": 7}) for n in range(100, 400))
            events = [purchase(f"p{n}", f"c{n + 1}", n, product="x") for n in range(150, 450)]
            assert each.put_events("purchase", events) == Counts(new=150, changed=150)
            each.put_facts("rates", [{"currency": f"x{n}", "rate": n} for n in range(200)])
            each.put_facts("rates", [{"currency": f"x{n}", "rate": 2 * n} for n in range(200)])
        assert contents(store) == contents(other)
        assert [store.field_changes(f"c{n}") for n in (1, 150, 399)] == [
            other.field_changes(f"c{n}") for n in (1, 150, 399)
        ]
        stands, there = store.position(), other.position()
        assert (stands.last, stands.line, stands.latest) == (there.last, there.line, there.latest)


def test_numbers_become_visible_in_their_order_whoever_writes(store: PostgresRecord, where: str) -> None:
    """A reader that remembers how far it read misses nobody, however long a write takes."""
    store.put_contacts([("a", {})])
    with record(where) as second:
        later = Thread(target=lambda: second.put_contacts([("c", {})]))
        with store.transaction():
            store.put_contacts([("b", {})])
            later.start()
            with record(where) as reader:
                seen = reader.position()
                later.join(0.3)
                assert later.is_alive(), "the second writer waits for the first"
                assert reader.position() == seen
        later.join(60)
        assert [c.key for c in second.contacts()] == ["a", "b", "c"]
        assert second.touched(seen, [], [], (0, 0), 9).contacts == {"b", "c"}
        numbers: dict[str, int] = dict(second.database.rows('SELECT "_key", "_seq" FROM contacts'))
        assert numbers["b"] < numbers["c"]


def test_a_writer_that_waits_too_long_is_told(store: PostgresRecord, where: str) -> None:
    told = pytest.raises(StoreError, match="is in use: another run has been writing")
    with record(where, busy_milliseconds=50) as second, store.transaction(), told:
        second.put_contacts([("c", {})])
    store.put_contacts([("c", {})])


def test_a_write_inside_a_snapshot_is_refused(store: PostgresRecord) -> None:
    with store.snapshot(), pytest.raises(StoreError, match="inside a snapshot"):
        store.put_contacts([("a", {})])
    assert store.count() == 0


def test_who_is_erased_is_gone_from_every_table_and_from_what_the_planner_noted(
    store: PostgresRecord, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> set[str]:
        with psycopg.connect(server()) as connection:
            names = [n for (n,) in connection.execute("select tablename from pg_tables where schemaname = %s", [where])]
            texts = [f'select t::text from "{where}"."{name}" t' for name in names]
            texts.append(f"select s::text from pg_stats s where schemaname = '{where}'")
            told = [row for text in texts for (row,) in connection.execute(text.encode())]
        return {mark for mark in HERS if any(mark in row for row in told)}

    lived(store)
    corrected_by_hand(store)
    store.database.run("analyze")
    assert found() == set(HERS)
    monkeypatch.setattr(facts_database_postgres, "PATIENCE", 0)
    told = pytest.raises(StoreError, match="the rows are erased, but not yet their bytes")
    with record(where) as reader, reader.snapshot(), told:
        store.erase([GERDA, "nobody"])
    assert store.unfinished_erasing()
    store.finish_erasing()
    assert found() == set()
    assert store.erase([GERDA]) == Erased(0, 0, 0, 0)
    assert store.count() == 600
    assert [e.line for e in Quarantine(store).entries()] == [3]
    store.put_contacts([(GERDA, {})])
    store.put_events("visit", [Event("visit", "v", GERDA, 1)])


def corrected_by_hand(store: PostgresRecord) -> None:
    store.put_events("purchase", [purchase(f"gerda-event-{n}", GERDA, n + 1, product=HERS[3]) for n in range(9)])
    store.database.run("DELETE FROM event_purchase WHERE _id = 'gerda-event-2'")


def test_a_schema_of_somebody_elses_is_left_alone(where: str) -> None:
    PostgresLedger.open(server(), namespace=where).close()
    with pytest.raises(StoreError, match="that is not of a facts store"):
        record(where)
    absent = namespace()
    assert not is_there(server(), namespace=absent)
    with pytest.raises(NoStore):
        PostgresRecord.open(server(), SCHEMA, now=0, namespace=absent, create=False)
    record(absent).close()
    assert is_there(server(), namespace=absent)


def test_a_server_that_goes_says_what_was_kept(store: PostgresRecord, where: str) -> None:
    store.put_contacts([("a", {})])
    pid = store.connection.info.backend_pid

    def cut() -> None:
        with store.transaction():
            store.put_contacts([("b", {})])
            with psycopg.connect(server()) as other:
                other.execute("select pg_terminate_backend(%s, 20000)", [pid])
            store.put_contacts([("c", {})])

    with pytest.raises(StoreError, match="was lost, nothing of the last step was kept; run again"):
        cut()
    with record(where) as again:
        assert [c.key for c in again.contacts()] == ["a"]
