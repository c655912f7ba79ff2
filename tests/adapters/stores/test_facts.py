"""The facts store: tables, upserts with exact counts, reading in order, snapshots, migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlglot import exp, parse_one

from adapters.stores.facts import Counts, SqliteFacts, StoreError
from adapters.stores.facts_record import RecordFacts
from dsl.schema import EventType, FactTable, Field, Schema, builtin_events
from dsl.types import NUMBER, Date, DateTime, OneOf, SetOf, Text, Type, money
from engine.protocols import SqlFacts
from engine.records import Contact, ContactData, Event
from tests.facts_stores import KINDS, Opening, opening


def fields(**types: Type) -> dict[str, Field]:
    return {name: Field(name, kind) for name, kind in types.items()}


SCHEMA = Schema(
    key="customer_id",
    fields=fields(customer_id=Text(), email=Text(), plan=OneOf(("basic", "plus")), birth=Date(), select=NUMBER),
    events={
        "purchase": EventType("purchase", fields(amount=money("CHF"), product=Text())),
        "visit": EventType("visit", {}),
        **builtin_events(),
    },
    facts={
        "weather": FactTable("weather", "region", "city", fields(region=Text(), day=DateTime(), rain=NUMBER), "day"),
        "rates": FactTable("rates", "currency", "email", fields(currency=Text(), rate=NUMBER)),
    },
)


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RecordFacts]:
    with opening(request.param, tmp_path, now=1000)(SCHEMA) as opened:
        yield opened


def sql(text: str) -> exp.Expression:
    tree = parse_one(text, dialect="sqlite")
    assert isinstance(tree, exp.Expression)
    return tree


def purchase(id_: str, contact: str, at: int, **properties: str | int) -> Event:
    return Event("purchase", id_, contact, at, properties=properties)


def test_it_is_what_the_engine_asks_for(store: RecordFacts) -> None:
    facts: SqlFacts = store
    assert facts.dialect in {"sqlite", "postgres"}
    assert facts.schema is SCHEMA
    assert facts.last_seq() == 0
    assert facts.count() == 0


def test_contacts_change_only_in_the_fields_present(store: RecordFacts) -> None:
    assert store.put_contacts([("b", {"email": "b@x.ch", "select": 1}), ("a", {"email": "a@x.ch"})]) == Counts(new=2)
    again = store.put_contacts([("b", {"plan": "plus"}), ("a", {"email": "a@x.ch"}), ("c", {})])
    assert again == Counts(new=1, changed=1, same=1)
    assert list(store.contacts()) == [
        Contact("a", {"customer_id": "a", "email": "a@x.ch"}),
        Contact("b", {"customer_id": "b", "email": "b@x.ch", "plan": "plus", "select": 1}),
        Contact("c", {"customer_id": "c"}),
    ]
    assert [c.key for c in store.contacts(["c", "nobody", "a"])] == ["a", "c"]


def test_none_sets_a_field_to_missing_and_every_change_is_kept(store: RecordFacts) -> None:
    store.put_contacts([("a", {"email": "old", "birth": 19801231})], at=1)
    store.put_contacts([("a", {"email": "new"})], at=2)
    store.put_contacts([("a", {"email": None, "birth": 19801231})], at=3)
    assert store.field_changes("a") == [
        ("_key", None, "a", 1),
        ("email", "old", "new", 2),
        ("email", "new", None, 3),
    ]
    assert list(store.contacts()) == [Contact("a", {"customer_id": "a", "birth": 19801231})]


def test_the_same_key_twice_in_a_batch(store: RecordFacts) -> None:
    assert store.put_contacts([("a", {"email": "1"}), ("a", {"email": "2"}), ("a", {"email": "2"})]) == Counts(1, 1, 1)
    assert [c.fields["email"] for c in store.contacts()] == ["2"]
    assert store.put_events("visit", [Event("visit", "v", "a", 1), Event("visit", "v", "a", 2)]) == Counts(1, 1, 0)
    (data,) = store.load(None, ["visit"], 10)
    assert [e.at for e in data.events["visit"]] == [2]


def test_an_event_imported_again_changes_nothing(store: RecordFacts) -> None:
    events = [purchase("1", "a", 10, amount=500), purchase("2", "a", 10), Event("purchase", "3", "b", 5)]
    assert store.put_events("purchase", events) == Counts(new=3)
    seq = store.last_seq()
    assert store.put_events("purchase", events) == Counts(same=3)
    assert store.last_seq() == seq == 3


def test_a_corrected_event_keeps_its_number_and_moves(store: RecordFacts) -> None:
    store.put_contacts([("a", {}), ("b", {})])
    store.put_events("purchase", [purchase("1", "a", 10, amount=500, product="X")])
    before = next(store.new_events("purchase", 0, 0, 100)).seq
    assert store.put_events("purchase", [purchase("1", "b", 20, amount=600)]) == Counts(changed=1)
    assert list(store.load(None, ["purchase"], 100)) == [
        ContactData(Contact("a", {"customer_id": "a"}), {"purchase": ()}),
        ContactData(
            Contact("b", {"customer_id": "b"}),
            {"purchase": (Event("purchase", "1", "b", 20, before, {"amount": 600}),)},
        ),
    ]


def test_load_orders_by_instant_then_id_and_skips_unknown_contacts(store: RecordFacts) -> None:
    store.put_contacts([(key, {}) for key in ("ä", "z", "B", "a")])
    store.put_events(
        "purchase",
        [
            purchase("9", "a", 5),
            purchase("10", "a", 5),
            purchase("1", "0", 1),
            purchase("2", "k", 1),
            purchase("x", "ä", 7),
        ],
    )
    store.put_events("visit", [Event("visit", "v", "z", 6), Event("visit", "late", "z", 8)])
    loaded = list(store.load(None, ["purchase", "visit"], 7))
    assert [d.contact.key for d in loaded] == ["B", "a", "z", "ä"]
    assert [[e.id for e in d.events["purchase"]] for d in loaded] == [[], ["10", "9"], [], ["x"]]
    assert [[e.id for e in d.events["visit"]] for d in loaded] == [[], [], ["v"], []]
    assert [d.contact.key for d in store.load(["z", "a", "k"], ["visit"], 100)] == ["a", "z"]
    assert list(store.load([], ["visit"], 100)) == []
    assert store.unknown_contacts({"a", "k", "0"}) == {"k", "0"}


def test_new_events_are_those_that_arrived_or_came_due(store: RecordFacts) -> None:
    store.put_events("visit", [Event("visit", "past", "a", 5), Event("visit", "ahead", "a", 50)])
    assert [e.id for e in store.new_events("visit", 0, 0, 10)] == ["past"]
    seen = store.last_seq()
    store.put_events("visit", [Event("visit", "late", "a", 3), Event("visit", "further", "a", 99)])
    assert [e.id for e in store.new_events("visit", seen, 10, 60)] == ["late", "ahead"]
    assert [e.id for e in store.new_events("visit", store.last_seq(), 60, 98)] == []
    assert [e.id for e in store.new_events("visit", store.last_seq(), 60, 99)] == ["further"]


def test_facts_by_key_and_time(store: RecordFacts) -> None:
    rows: list[dict[str, str | int | None]] = [{"region": "ZH", "day": 1, "rain": 5}, {"region": "ZH", "day": 2}]
    assert store.put_facts("weather", rows) == Counts(new=2)
    assert store.put_facts("weather", [*rows, {"region": "ZH", "day": 2, "rain": 7}]) == Counts(0, 1, 2)
    assert store.put_facts("rates", [{"currency": "EUR", "rate": 95}]) == Counts(new=1)
    assert store.put_facts("rates", [{"currency": "EUR", "rate": 96}]) == Counts(changed=1)
    found = store.query(sql('SELECT "day", "rain" FROM "fact_weather" ORDER BY "day"'), {})
    assert list(found) == [(1, 5), (2, 7)]


def test_query_takes_named_parameters_and_temporary_tables(store: RecordFacts) -> None:
    store.put_contacts([("a", {"select": 3}), ("b", {"select": 4})])
    store.temporary("zones", {"key": "text", "shift": "integer"}, [("a", 60), ("b", 120)], key=["key"])
    store.temporary("zones", {"key": "text", "shift": "integer"}, iter([("b", 7)]), key=["key"])
    tree = sql('SELECT c._key, z.shift FROM contacts AS c JOIN zones AS z ON z.key = c._key WHERE c."select" >= :n')
    assert list(store.query(tree, {"n": 1})) == [("b", 7)]


def test_a_temporary_table_is_filled_anew_while_an_answer_is_half_read(store: RecordFacts) -> None:
    store.put_contacts([("a", {}), ("b", {}), ("c", {})])
    store.temporary("seen", {"n": "integer"}, [(1,)])
    half = store.query(sql("SELECT _key FROM contacts ORDER BY _key"), {})
    next(half)
    store.temporary("seen", {"n": "integer"}, [(2,), (3,)])
    assert list(half) == [("b",), ("c",)]
    assert list(store.query(sql("SELECT n FROM seen"), {})) == [(2,), (3,)]
    store.temporary("seen", {"n": "text"}, [("x",)])
    assert list(store.query(sql("SELECT n FROM seen"), {})) == [("x",)]


def test_a_rollback_gives_a_temporary_table_its_columns_back(store: RecordFacts) -> None:
    store.temporary("_runs", {"n": "integer"}, [(1,)])

    def fail() -> None:
        with store.snapshot():
            store.temporary("_runs", {"n": "integer", "cause day": "text"}, [(1, "x")], ["n"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(store.query(sql("SELECT * FROM _runs"), {})) == [(1,)]
    store.temporary("_runs", {"n": "integer", "cause day": "text"}, [(2, "y")], ["n"])
    assert list(store.query(sql("SELECT * FROM _runs"), {})) == [(2, "y")]
    store.temporary("_runs", {"n": "integer", "cause day": "text"}, [(2, "y"), (2, "z")])  # without a key now
    assert list(store.query(sql("SELECT * FROM _runs"), {})) == [(2, "y"), (2, "z")]


def test_a_snapshot_sees_one_state_while_imports_run(each_record: Opening) -> None:
    with each_record(SCHEMA) as reader, each_record(SCHEMA) as writer:
        writer.put_contacts([("a", {})])
        with reader.snapshot():
            writer.put_contacts([("b", {})])
            writer.put_events("visit", [Event("visit", "v", "a", 1)])
            assert reader.count() == 1
            assert reader.last_seq() == 1
            assert [d.events["visit"] for d in reader.load(None, ["visit"], 9)] == [()]
            reader.temporary("kept", {"n": "integer"}, [(1,)])
        assert reader.count() == 2
        assert list(reader.query(sql("SELECT n FROM kept"), {})) == [(1,)]

        def fail() -> None:
            with reader.snapshot():
                reader.temporary("lost", {"n": "integer"}, [(1,)])
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        reader.temporary("lost", {"n": "integer"}, [(2,)])
        assert list(reader.query(sql("SELECT n FROM lost"), {})) == [(2,)]
        assert reader.count() == 2


def test_load_is_consistent_while_another_writes(each_record: Opening) -> None:
    with each_record(SCHEMA) as reader, each_record(SCHEMA) as writer:
        writer.put_contacts([(f"c{n}", {}) for n in range(3)])
        loading = reader.load(None, ["visit"], 9)
        next(loading)
        writer.put_events("visit", [Event("visit", "v", "c2", 1)])
        assert [d.events["visit"] for d in loading] == [(), ()]


def test_an_error_rolls_the_whole_transaction_back(store: RecordFacts) -> None:
    def two_steps() -> None:
        with store.transaction():
            store.put_contacts([("a", {})])
            store.put_contacts([("b", {"nonsense": 1})])

    with pytest.raises(StoreError, match="no column `nonsense`"):
        two_steps()
    assert store.count() == 0
    with pytest.raises(StoreError, match="does not fit"):
        store.put_contacts([("a", {"select": "many"})])
    with pytest.raises(StoreError, match="does not fit"):
        store.put_contacts([("a", {"select": 2**63})])
    with pytest.raises(StoreError, match="no event type"):
        store.put_events("nothing", [])
    with pytest.raises(StoreError, match="no fact table"):
        store.put_facts("nothing", [])
    assert store.count() == 0


def test_tables_are_strict_and_events_lie_by_contact() -> None:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as store:
        made = dict(store.connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        assert all("STRICT" in sql for sql in made.values())
        assert made["event_purchase"].endswith("STRICT, WITHOUT ROWID")
        assert {f"event_{name}" for name in builtin_events()} < set(made)
        with pytest.raises(sqlite3.IntegrityError):
            store.connection.execute("INSERT INTO event_visit VALUES ('a', 'soon', 'x', 1)")


def with_field(schema: Schema, name: str, kind: Type) -> Schema:
    return replace(schema, fields={**schema.fields, name: Field(name, kind)})


def test_a_schema_that_grew_is_migrated_and_keeps_the_data(each_record: Opening) -> None:
    with each_record(SCHEMA) as store:
        store.put_contacts([("a", {"email": "a@x.ch"})])
    grown = replace(with_field(SCHEMA, "city", Text()), events={**SCHEMA.events, "click": EventType("click", {})})
    with each_record(grown) as store:
        store.put_contacts([("a", {"city": "Bern"})])
        store.put_events("click", [Event("click", "1", "a", 1)])
        assert list(store.contacts()) == [Contact("a", {"customer_id": "a", "email": "a@x.ch", "city": "Bern"})]
    with each_record(SCHEMA) as store:  # a column taken out of the schema rests
        store.put_contacts([("a", {"email": "new"})])
    with each_record(grown) as store:
        assert list(store.contacts()) == [Contact("a", {"customer_id": "a", "email": "new", "city": "Bern"})]


def test_a_changed_type_is_refused_only_where_data_would_lose_its_meaning(each_record: Opening) -> None:
    kinds = SetOf(("bike", "ski"))
    with each_record(with_field(SCHEMA, "hobbies", kinds)) as store:
        store.put_contacts([("a", {"email": "a@x.ch", "plan": "basic", "hobbies": "|ski|"})])
    each_record(with_field(SCHEMA, "select", money("CHF"))).close()  # still empty: any change will do
    each_record(with_field(SCHEMA, "birth", Text())).close()
    each_record(with_field(SCHEMA, "plan", OneOf(("basic", "pro")))).close()
    each_record(with_field(SCHEMA, "plan", Text())).close()
    each_record(with_field(SCHEMA, "hobbies", SetOf(("ski", "golf")))).close()
    with pytest.raises(StoreError, match="`email` in `contacts` holds data as text"):
        each_record(with_field(SCHEMA, "email", NUMBER))
    with pytest.raises(StoreError, match=r"holds `a@x\.ch`, which is no member"):
        each_record(with_field(SCHEMA, "email", OneOf(("x",))))
    with pytest.raises(StoreError, match="holds `ski`, which is no member"):
        each_record(with_field(SCHEMA, "hobbies", SetOf(("golf",))))
    other_key = replace(SCHEMA, facts={"rates": replace(SCHEMA.facts["rates"], key="rate")})
    with pytest.raises(StoreError, match="the key of `fact_rates` was currency"):
        each_record(other_key)
    with pytest.raises(StoreError, match="`email` and `Email` differ in case alone"):
        each_record(with_field(SCHEMA, "Email", Text()))


def test_files_that_are_no_store_are_refused_in_words(tmp_path: Path) -> None:
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"this is not a database, it only has a name like one" * 20)
    with pytest.raises(StoreError, match="cannot be used"):
        SqliteFacts.open(junk, SCHEMA, now=0)
    with pytest.raises(StoreError, match="cannot be opened"):
        SqliteFacts.open(tmp_path / "no" / "folder.db", SCHEMA, now=0)
    newer = tmp_path / "newer.db"
    with SqliteFacts.open(newer, SCHEMA, now=0) as store:
        store.connection.execute("UPDATE _meta SET value = 999 WHERE name = 'version'")
    with pytest.raises(StoreError, match="version 999"):
        SqliteFacts.open(newer, SCHEMA, now=0)
