"""Opening a ledger: the settings in force, versions, and errors that people can act on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from adapters.stores import ledger_migrations, ledger_sqlite
from adapters.stores.ledger import LedgerError, SqliteLedger
from tests.adapters.ledger_samples import MESSAGE, consent, fill, fixed, ledger


def test_every_safety_setting_is_in_force(tmp_path: Path) -> None:
    store = ledger(tmp_path / "ledger.db")
    read = store.database.one
    assert read("pragma journal_mode") == ("wal",)
    assert read("pragma synchronous") == (2,)
    assert read("pragma foreign_keys") == (1,)
    assert read("pragma trusted_schema") == (0,)
    assert read("pragma secure_delete") == (1,)
    assert read("pragma busy_timeout") == (60_000,)
    with pytest.raises(LedgerError, match="no such column"):
        read('select "no column"')
    # defensive: the schema cannot be written by hand
    store.database.run("pragma writable_schema = on")
    with pytest.raises(LedgerError), store.transaction():
        store.database.run("delete from sqlite_schema")


def test_a_setting_that_is_not_in_force_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_sqlite, "_FULL", 3)
    with pytest.raises(LedgerError, match="refuses the safe setting synchronous"):
        ledger(tmp_path / "ledger.db")


def test_all_tables_are_strict(tmp_path: Path) -> None:
    store = ledger()
    found = store.database.rows(
        "select name, strict from pragma_table_list where type = 'table' and name not like 'sqlite%'"
    )
    assert {"tick", "outbox", "consent"} <= {name for name, _ in found}
    assert {strict for _, strict in found} == {1}


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with ledger(path) as store:
        fill(store, [MESSAGE])
    with SqliteLedger.open(path, clock=fixed, create=False) as store:
        assert [row.message for row in store.outbox()] == [MESSAGE]
        assert store.folder == tmp_path


def test_a_missing_ledger_is_not_made_by_accident(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with pytest.raises(LedgerError, match="there is no ledger at"):
        SqliteLedger.open(path, clock=fixed, create=False)
    assert not path.exists()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="check that its folder exists"):
        ledger(tmp_path / "nowhere" / "ledger.db")


def test_a_newer_ledger_is_refused_at_opening_and_at_the_next_write(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    old = ledger(path)
    with ledger(path) as newer:
        newer.database.run("update meta set schema = ?", (ledger_migrations.SCHEMA + 1,))
    with pytest.raises(LedgerError, match="newer Kadenz"), old.write():
        pass
    with pytest.raises(LedgerError, match="newer Kadenz"):
        old.add_consents([consent("ana")])
    with pytest.raises(LedgerError, match="newer Kadenz"):
        ledger(path)


def test_an_older_ledger_is_brought_forward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    with ledger(path) as store:
        fill(store, [MESSAGE])
    more = (
        *ledger_migrations.MIGRATIONS,
        "create table extra (a integer not null) strict; insert into extra values (7);",
    )
    monkeypatch.setattr(ledger_migrations, "MIGRATIONS", more)
    monkeypatch.setattr(ledger_migrations, "SCHEMA", len(more))
    with ledger(path) as store:
        assert store.database.rows("select a from extra") == [(7,)]
        assert len(list(store.outbox())) == 1
    with ledger(path) as store:
        assert store.database.rows("select a from extra") == [(7,)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    ledger(path).close()
    with monkeypatch.context() as patch:
        more = (*ledger_migrations.MIGRATIONS, "create table extra (a integer) strict; select no_such_function();")
        patch.setattr(ledger_migrations, "MIGRATIONS", more)
        patch.setattr(ledger_migrations, "SCHEMA", len(more))
        with pytest.raises(LedgerError):
            ledger(path)
    with ledger(path) as store:
        assert not store.database.rows("select 1 from sqlite_schema where name = 'extra'")


def test_another_database_is_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = apsw.Connection(str(path))
    other.execute("create table shop (a)").fetchall()
    other.close()
    with pytest.raises(LedgerError, match="no Kadenz ledger"):
        ledger(path)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"no database at all, but long enough to have a header" * 100)
    with pytest.raises(LedgerError, match="damaged or no ledger"):
        ledger(path)


def test_a_busy_ledger_says_who_has_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    one = ledger(path)
    other = SqliteLedger.open(path, clock=fixed, busy_milliseconds=1000)
    with one.write(), pytest.raises(LedgerError, match="another run has been writing for 1 seconds"), other.write():
        pass


def test_a_full_disk_leaves_the_ledger_readable_and_writable_again(tmp_path: Path) -> None:
    store = ledger(tmp_path / "ledger.db")
    fill(store, [MESSAGE])
    (pages,) = store.database.rows("pragma page_count")[0]
    store.database.run("pragma max_page_count = " + str(pages))
    with pytest.raises(LedgerError, match="no room left"):
        store.add_consents(consent(f"c{n}") for n in range(5000))
    assert [row.message for row in store.outbox()] == [MESSAGE]
    assert store.database.one("pragma integrity_check") == ("ok",)
    store.database.run("pragma max_page_count = 1000000")
    assert store.add_consents([consent("ben")]) == (1, 0)


def test_processes_that_open_a_new_ledger_together_agree(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from adapters.stores.ledger import SqliteLedger\n"
        "with SqliteLedger.open(Path(sys.argv[1]), clock=lambda: 1) as l: l.pause(sys.argv[2], 'x')"
    )
    path = tmp_path / "ledger.db"
    runs = [subprocess.Popen([sys.executable, "-c", program, str(path), f"t{n}"]) for n in range(6)]
    assert [run.wait(timeout=60) for run in runs] == [0] * 6
    with ledger(path) as store:
        assert len(store.paused()) == 6
