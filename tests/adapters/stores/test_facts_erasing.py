"""Who is erased is gone from the facts and from every copy: rows, history, and every byte of every file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from adapters.stores.facts import SqliteFacts, StoreError
from adapters.stores.facts_duckdb import DuckFacts
from adapters.stores.facts_engine import Carried, EngineFacts
from adapters.stores.facts_erasing import Erased
from adapters.stores.facts_parquet import ParquetFacts
from adapters.stores.facts_postgres import PostgresFacts
from adapters.stores.facts_record import RecordFacts
from adapters.stores.import_marks import ImportMarks, Mark
from adapters.stores.quarantine import Quarantine, Quarantined
from dsl.schema import Field
from dsl.types import Text
from engine.records import Event
from tests import postgres
from tests.adapters.stores.test_facts import SCHEMA as PLAIN
from tests.adapters.stores.test_facts import purchase
from tests.adapters.stores.test_facts_follow import contents

EMAIL = Field("email", Text(), normalise=("email",))
SCHEMA = replace(PLAIN, fields={**PLAIN.fields, "email": EMAIL, "phone": Field("phone", Text(), normalise=("phone",))})
GERDA = "gerda-4711-zyx"
HERS = (
    GERDA,
    "gerda.first@mail.example",
    "gerda.second@mail.example",
    "gerda-bought-a-bell",
    "gerda-event-",
    "+4144909",
)
"""What is hers in what follows, each recognisable."""

Reopen = Callable[[], EngineFacts]


def others(source: RecordFacts, first: int, last: int) -> None:
    source.put_contacts((f"c{n}", {"email": f"c{n}@x.example", "select": n}) for n in range(first, last))
    source.put_events("purchase", [purchase(f"p{n}", f"c{n}", n, product=f"thing {n}") for n in range(first, last)])


def lived(source: RecordFacts) -> None:
    """Her life among others: fields that change, events that are corrected and deleted, rows that could not be read."""
    others(source, 0, 300)
    source.put_contacts([(GERDA, {"email": HERS[1], "phone": HERS[5]})])
    source.put_events("purchase", [purchase(f"gerda-event-{n}", GERDA, n, product=HERS[3]) for n in range(40)])
    source.put_events("visit", [Event("visit", "gerda-event-v", GERDA, 7)])
    source.put_contacts([(GERDA, {"email": HERS[2]})])
    assert source.set_field("gerda-key", GERDA, "select", 3, at=5, source="shop")
    entries = [
        Quarantined("f.csv", "contacts", n, None, "r", f"`{cell}` is wrong", json.dumps(row), 1)
        for n, (cell, row) in enumerate(
            [
                (GERDA, {"Kunde": f" {GERDA.upper()} "}),
                (HERS[1], {"Mail": HERS[1], "Kunde": "?"}),
                (HERS[5], {"line": f'x;"{HERS[5]}";y'}),
                ("c1", {"Kunde": "c1"}),
            ]
        )
    ]
    with source.transaction():
        Quarantine(source).replace("f.csv", "contacts", 0, None, entries)
    ImportMarks(source).put("f.csv", "contacts", Mark("x", 1, 0, 1, json.dumps({"said": HERS[1]})))
    others(source, 300, 600)


def corrected(source: SqliteFacts) -> None:
    source.put_events("purchase", [purchase(f"gerda-event-{n}", GERDA, n + 1, product=HERS[3]) for n in range(9)])
    source.connection.execute("DELETE FROM event_purchase WHERE _id = 'gerda-event-2'")


def found_in(folder: Path) -> set[str]:
    """What of hers stands in any file of a folder, in whatever form text takes there."""
    held = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    return {mark for mark in HERS for form in ("utf-8", "utf-16-le") if any(mark.encode(form) in h for h in held)}


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[SqliteFacts]:
    (tmp_path / "facts").mkdir()
    with SqliteFacts.open(tmp_path / "facts" / "facts.db", SCHEMA, now=0) as store:
        # some builds of SQLite wipe what is deleted without being asked
        store.connection.execute("PRAGMA secure_delete = OFF")
        yield store


@pytest.fixture(params=["duckdb", "parquet", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Copy:
    """A copy that is opened anew for each time of following, as by verb after verb, and where its bytes lie."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.namespace = postgres.namespace() if engine == "postgres" else ""
        folder.mkdir()

    def open(self) -> EngineFacts:
        if self.engine == "duckdb":
            return DuckFacts.open(self.folder / "facts.duckdb", SCHEMA)
        if self.engine == "parquet":
            return ParquetFacts.open(self.folder, SCHEMA)
        return PostgresFacts.open(postgres.server(), SCHEMA, namespace=self.namespace)

    def follow(self, source: SqliteFacts) -> Carried:
        with self.open() as store:
            carried = store.follow(source)
            assert contents(store) == contents(source)
            return carried

    def found(self) -> set[str]:
        """What of hers it holds: bytes of files, or what the server tells of its tables."""
        if self.engine != "postgres":
            return found_in(self.folder)
        with psycopg.connect(postgres.server()) as connection:
            own = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
            names = [name for (name,) in connection.execute(own, [self.namespace])]
            texts = [f'SELECT t::text FROM "{self.namespace}"."{name}" t' for name in names]
            texts.append(f"SELECT s::text FROM pg_stats s WHERE schemaname = '{self.namespace}'")
            told = [row for text in texts for (row,) in connection.execute(text.encode())]
        return {mark for mark in HERS if any(mark in row for row in told)}


@pytest.fixture
def copy(engine: str, tmp_path: Path) -> Copy:
    return Copy(engine, tmp_path / "copy")


def test_she_is_gone_from_the_store_and_nobody_else_is(facts: SqliteFacts, tmp_path: Path) -> None:
    lived(facts)
    corrected(facts)
    assert found_in(tmp_path) == set(HERS)
    assert facts.erase([GERDA, "nobody"]) == Erased(1, 40, 3, 3)
    assert found_in(tmp_path) == set()
    assert facts.count() == 600
    assert len(facts.field_changes("c1")) == 1
    assert [e.line for e in Quarantine(facts).entries()] == [3]
    assert facts.erase([GERDA]) == Erased(0, 0, 0, 0)


def test_she_may_come_again(facts: SqliteFacts, copy: Copy) -> None:
    lived(facts)
    copy.follow(facts)
    facts.erase([GERDA])
    facts.put_contacts([(GERDA, {})])
    facts.put_events("purchase", [purchase("gerda-event-1", GERDA, 1)])
    copy.follow(facts)
    assert copy.found() == {GERDA, "gerda-event-"}
    assert facts.set_field("gerda-key", GERDA, "select", 4, at=6, source="shop")


def test_no_byte_of_her_stays_in_a_copy(facts: SqliteFacts, copy: Copy, tmp_path: Path) -> None:
    lived(facts)
    copy.follow(facts)
    corrected(facts)
    copy.follow(facts)
    assert copy.found() >= set(HERS) - {HERS[1]}, "else the search proves nothing"
    facts.erase([GERDA])
    carried = copy.follow(facts)
    assert (carried.anew, carried.erased) == (False, True)
    assert copy.found() == set()
    assert found_in(tmp_path) == set()
    others(facts, 600, 610)
    assert copy.follow(facts) == Carried(20, anew=False)


@pytest.mark.parametrize("corrected_first", [True, False])
def test_a_copy_that_was_behind_finds_her_too(facts: SqliteFacts, copy: Copy, *, corrected_first: bool) -> None:
    """The journal names her no more, and her number has changed since."""
    lived(facts)
    copy.follow(facts)
    if corrected_first:
        corrected(facts)
        facts.put_contacts([(GERDA, {"select": 99})])
    facts.erase([GERDA])
    facts.erase(["c5", "c6"])
    others(facts, 600, 700)
    assert copy.follow(facts).erased
    assert copy.found() == set()


def test_an_erasure_that_was_cut_off_is_finished(facts: SqliteFacts, tmp_path: Path) -> None:
    lived(facts)
    with sqlite3.connect(tmp_path / "facts" / "facts.db") as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM contacts").fetchone()
        facts.connection.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(StoreError, match="the rows are erased, but"):
            facts.erase([GERDA])
        assert next(facts.contacts([GERDA]), None) is None
        reader.execute("ROLLBACK")
    reader.close()
    facts.finish_erasing()
    assert found_in(tmp_path) == set()


def test_a_copy_that_was_cut_off_is_written_anew_later(
    facts: SqliteFacts, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(facts)
    copy.follow(facts)
    facts.erase([GERDA])

    def killed(self: EngineFacts) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        for kind in (DuckFacts, ParquetFacts, PostgresFacts):
            patched.setattr(kind, "_write_anew", killed)
        with copy.open() as store, pytest.raises(KeyboardInterrupt):
            store.follow(facts)
    assert copy.follow(facts) == Carried(0, anew=False, erased=True)
    assert copy.found() == set()
    assert copy.follow(facts) == Carried(0, anew=False)


def test_a_copy_that_starts_over_leaves_nothing_either(facts: SqliteFacts, copy: Copy, tmp_path: Path) -> None:
    """It followed another store before, or another schema."""
    lived(facts)
    copy.follow(facts)
    facts.erase([GERDA])
    with SqliteFacts.open(tmp_path / "other.db", SCHEMA, now=0) as other:
        others(other, 0, 10)
        with copy.open() as store:
            assert store.follow(other).anew
    assert copy.found() == set()
