"""What only a ledger on Postgres has: settings, locks, a server that is away, and errors that people can act on."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from adapters.stores import ledger_migrations, postgres_server
from adapters.stores.ledger import LedgerError, SqliteLedger
from adapters.stores.ledger_outbox import SqlOutbox
from adapters.stores.ledger_postgres import PostgresDatabase, PostgresLedger
from engine.handover import hand_over
from engine.protocols import ChannelAdapter, Commit, Guarantee, Receipt, Rendered
from engine.records import Event
from tests.adapters.ledger_samples import MESSAGE, NOW, consent, fill, fixed, ledger, message, render
from tests.ledgers import OnServer, on, place
from tests.postgres import namespace, server


@pytest.fixture(autouse=True)
def on_postgres() -> Iterator[None]:
    with on("postgres"):
        yield


@pytest.fixture
def where() -> OnServer:
    found = place(":memory:")
    assert isinstance(found, OnServer)
    return found


def database(store: object) -> PostgresDatabase:
    assert isinstance(store, PostgresLedger)
    assert isinstance(store.database, PostgresDatabase)
    return store.database


# ---------------------------------------------------------------- opening


def test_what_we_rely_on_is_in_force() -> None:
    read = ledger().database.one
    assert read("show synchronous_commit") == ("on",), "the server of the tests says off"
    assert read("show transaction_isolation") == ("read committed",)
    assert read("show session_replication_role") == ("origin",)
    assert read("show lock_timeout") == ("1min",)


@pytest.mark.parametrize("setting", ["synchronous_commit", "fsync", "transaction_isolation"])
def test_a_setting_that_is_not_in_force_is_refused(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setitem(postgres_server.SAFE, setting, ("something else",))
    with pytest.raises(LedgerError, match=f"refuses the safe setting {setting}"):
        ledger()


def test_text_is_compared_by_code_point_and_numbers_have_64_bits(where: OnServer) -> None:
    found = ledger(where).database.rows(
        "select data_type, collation_name from information_schema.columns where table_schema = ?", (where.namespace,)
    )
    assert set(found) == {("text", "C"), ("bigint", None), ("jsonb", None)}


def test_a_name_of_any_kind_is_a_schema() -> None:
    name = f'{namespace()} "of" Ünal'
    with PostgresLedger.open(server(), clock=fixed, namespace=name) as store:
        store.pause("t", "why")
    with PostgresLedger.open(server(), clock=fixed, namespace=name, create=False) as store:
        assert store.paused() == {"t": "why"}
        quoted = '"' + name.replace('"', '""') + '"'
        store.database.run(f"drop schema {quoted} cascade")


def test_a_missing_ledger_is_not_made_by_accident() -> None:
    with pytest.raises(LedgerError, match="there is no ledger on Postgres"):
        PostgresLedger.open(server(), clock=fixed, namespace="nowhere", create=False)


def test_another_schema_is_no_ledger() -> None:
    name = namespace()
    with psycopg.connect(server()) as connection:
        connection.execute(f"create schema {name}; create table {name}.shop (a int)".encode())
    with pytest.raises(LedgerError, match="no Kadenz ledger"):
        PostgresLedger.open(server(), clock=fixed, namespace=name)


def test_a_newer_ledger_is_refused_at_opening_and_at_the_next_write() -> None:
    found = OnServer(server(), namespace())
    old = ledger(found)
    ledger(found).database.run("update meta set schema = ?", (ledger_migrations.SCHEMA + 1,))
    with pytest.raises(LedgerError, match="newer Kadenz"), old.write():
        pass
    with pytest.raises(LedgerError, match="newer Kadenz"):
        old.add_consents([consent("ana")])
    with pytest.raises(LedgerError, match="newer Kadenz"):
        ledger(found)


def test_an_older_ledger_is_brought_forward_and_a_migration_that_fails_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = OnServer(server(), namespace())
    fill(ledger(found), [MESSAGE])
    good = "create table extra (a integer not null) strict; insert into extra values (7);"
    with monkeypatch.context() as patch:
        more = (*ledger_migrations.MIGRATIONS, good + " select no_such_function();")
        patch.setattr(ledger_migrations, "MIGRATIONS", more)
        patch.setattr(ledger_migrations, "SCHEMA", len(more))
        with pytest.raises(LedgerError, match="no_such_function"):
            ledger(found)
    assert "extra" not in ledger(found).database.tables()
    more = (*ledger_migrations.MIGRATIONS, good)
    monkeypatch.setattr(ledger_migrations, "MIGRATIONS", more)
    monkeypatch.setattr(ledger_migrations, "SCHEMA", len(more))
    for _ in range(2):
        store = ledger(found)
        assert store.database.rows("select a from extra") == [(7,)]
        assert len(list(store.outbox())) == 1


def test_processes_that_open_a_new_ledger_together_agree() -> None:
    program = (
        "import sys; from adapters.stores.ledger_postgres import PostgresLedger\n"
        "with PostgresLedger.open(sys.argv[1], namespace=sys.argv[2]) as l: l.pause(sys.argv[3], 'x')"
    )
    found = OnServer(server(), namespace())
    given = [sys.executable, "-c", program, found.address, found.namespace]
    runs = [subprocess.Popen([*given, f"t{n}"]) for n in range(3)]
    assert [run.wait(timeout=60) for run in runs] == [0] * 3
    assert len(ledger(found).paused()) == 3


def test_the_clock_is_the_servers_by_default(where: OnServer) -> None:
    with PostgresLedger.open(where.address, namespace=where.namespace) as store:
        store.pause("t", "why")
        ((_, _, at),) = store.pauses()
        found = store.database.one("select (extract(epoch from clock_timestamp()) * 1000000)::bigint")
        assert found is not None
        assert 0 < at < found[0]


# ---------------------------------------------------------------- a server that is away


def test_a_server_that_cannot_be_reached_is_named() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"postgresql://kadenz@127.0.0.1:{held.getsockname()[1]}/shop"
        with pytest.raises(LedgerError, match=r"on Postgres `127.0.0.1/shop` cannot be reached; nothing was done"):
            PostgresLedger.open(address)


def test_a_database_that_is_missing_is_named() -> None:
    with pytest.raises(LedgerError, match="there is no such database"):
        PostgresLedger.open(f"{server()} dbname=nowhere")


def test_a_missing_password_says_where_it_comes_from() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def ask() -> None:
            taken, _ = listening.accept()
            with taken:
                taken.recv(1000)
                taken.sendall(b"R\0\0\0\x08\0\0\0\x03")  # a password, please
                taken.recv(1000)

        thread = threading.Thread(target=ask)
        thread.start()
        port = listening.getsockname()[1]
        with pytest.raises(LedgerError, match=r"from PGPASSWORD or from the file ~/.pgpass, never from kadenz.yaml"):
            PostgresLedger.open(
                f"host=127.0.0.1 port={port} user=kadenz dbname=shop sslmode=disable gssencmode=disable"
            )
        thread.join()


def test_an_address_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(LedgerError, match="cannot be read") as caught:
        PostgresLedger.open("host=db pasword=geheim")
    assert "geheim" not in str(caught.value)


def cut(store: object) -> None:
    """The server ends the connection, as when it goes down."""
    found = database(store).one("select pg_backend_pid()")
    assert found is not None
    with psycopg.connect(server()) as other:
        other.execute("select pg_terminate_backend(%s, 20000)", found)


def test_a_server_that_goes_in_the_middle_of_a_tick_leaves_nothing_of_it(where: OnServer) -> None:
    store = ledger(where)

    def tick() -> None:
        with store.write() as writing:
            writing.record_tick(10, 3, "plan", ["ana"])
            cut(store)
            writing.record_members("s", ["ana"], [], 10)

    with pytest.raises(LedgerError, match="was lost, nothing of the last step was kept; run again"):
        tick()
    with pytest.raises(LedgerError, match="was lost"):
        store.last_tick()
    again = ledger(where)
    assert (again.last_tick(), again.known_contacts()) == (None, frozenset())


def test_a_server_that_goes_at_the_commit_leaves_a_doubt_that_is_said(where: OnServer) -> None:
    store = ledger(where)

    def tick() -> None:
        with store.write() as writing:
            writing.record_tick(10, 3, "plan", ["ana"])
            cut(store)

    with pytest.raises(LedgerError, match="it is not known whether the last step was kept"):
        tick()


class Scripted:
    guarantee = Guarantee(idempotent=False, retry_after_refusal=True, about="a test")

    def __init__(self, store: object) -> None:
        self.store = store
        self.accepted: list[str] = []

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        if not commit():
            return Receipt("failed")
        self.accepted.append(message.key)
        if len(self.accepted) == 2:
            cut(self.store)
        return Receipt("sent")

    def close(self) -> None: ...


def test_a_server_that_goes_behind_the_marker_leaves_a_message_uncertain(where: OnServer) -> None:
    store = ledger(where)
    fill(store, [message(number) for number in range(4)])
    channel = Scripted(store)
    email: dict[str, ChannelAdapter] = {"email": channel}

    def run() -> None:
        with store.owner() as owner:
            hand_over(SqlOutbox(store, clock=fixed), email, render, fixed, owner)

    with pytest.raises(LedgerError, match="a message that may have left stands as uncertain"):
        run()
    again = ledger(where)
    outbox, after = SqlOutbox(again, clock=fixed), Scripted(again)
    after.accepted = ["none", "none"]
    with again.owner() as owner:
        summary = hand_over(outbox, {"email": after}, render, fixed, owner)
    assert (summary.recovered.queued, summary.recovered.uncertain) == (2, 1)
    assert channel.accepted + after.accepted[2:] == ["k0", "k1", "k2", "k3"]
    assert [row.state for row in again.outbox()] == ["sent", "uncertain", "sent", "sent"]


# ---------------------------------------------------------------- locks


@contextmanager
def beside(work: object) -> Iterator[threading.Event]:
    """Work in another thread; the event is set when it is done."""
    done = threading.Event()

    def run() -> None:
        assert callable(work)
        work()
        done.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield done
    finally:
        thread.join(30)
    assert done.is_set()


def waits(where: OnServer) -> bool:
    """Whether somebody waits for a lock now, or within a short while."""
    with psycopg.connect(where.address, autocommit=True) as connection:
        for _ in range(500):
            asked = "select count(*) from pg_locks where not granted and locktype = 'advisory'"
            found = connection.execute(asked).fetchone()
            if found != (0,):
                return True
            connection.execute("select pg_sleep(0.01)")
    return False


def test_a_withdrawal_waits_for_a_marker_under_way_and_the_next_marker_knows_it(where: OnServer) -> None:
    store, other = ledger(where), ledger(where)
    fill(store, [message(1), message(2)])
    for number in (1, 2):
        other.add_consents([consent(f"c{number}")])
    outbox = SqlOutbox(store, clock=fixed)
    rows = outbox.claim("me", 9, NOW, ["email"])
    order: list[str] = []

    def withdraw() -> None:
        other.add_consents([consent(f"c{number}", "withdrawn", at=NOW) for number in (1, 2)])
        order.append("withdrawn")

    def clock() -> int:
        started.start()
        assert waits(where)
        order.append("marked")
        return NOW

    started = threading.Thread(target=withdraw)
    assert outbox.mark(rows[0], clock, repeatable=False)
    started.join(30)
    assert order == ["marked", "withdrawn"]
    assert not outbox.mark(rows[1], fixed, repeatable=False)


def test_claims_take_what_is_free_and_do_not_wait_for_each_other(where: OnServer) -> None:
    store, other = ledger(where), ledger(where)
    fill(store, [message(number) for number in range(4)])
    with store.transaction(shared=True):
        store.database.rows("select id from outbox where id <= 2 order by id for update")
        assert [r.id for r in SqlOutbox(other, clock=fixed).claim("you", 9, NOW, ["email"])] == [3, 4]


def test_a_tick_has_the_ledger_to_itself(where: OnServer) -> None:
    store, other = ledger(where), ledger(where)
    fill(store, [message(1)])
    got: list[int] = []

    def claim() -> None:
        got.extend(row.id for row in SqlOutbox(other, clock=fixed).claim("you", 9, NOW, ["email"]))

    with store.write() as writing, beside(claim) as done:
        assert waits(where)
        assert not done.is_set()
        writing.withdraw("k1", "held", NOW, "why")
        store.database.run("commit")  # the lock goes with it
        store.database.run("begin")
    assert got == []


def test_a_busy_ledger_says_who_has_it(where: OnServer) -> None:
    one = ledger(where)
    other = PostgresLedger.open(where.address, clock=fixed, namespace=where.namespace, busy_milliseconds=1000)
    with other, one.write(), pytest.raises(LedgerError, match="another run has been writing for 1 seconds"):
        other.pause("t", "why")


def test_results_become_visible_in_the_order_of_their_numbers(where: OnServer) -> None:
    """Whoever reads on from the highest number that he saw must not miss one that is committed late."""
    store, other = ledger(where), ledger(where)
    fill(store, [message(1), message(2)])
    outbox, second = SqlOutbox(store, clock=fixed), SqlOutbox(other, clock=fixed)
    rows = outbox.claim("me", 9, NOW, ["email"])
    for row in rows:
        assert outbox.mark(row, fixed, repeatable=False)
    with store.transaction(shared=True):
        store.database.in_order()
        with beside(lambda: second.result(rows[1], Receipt("sent"), NOW)) as done:
            assert waits(where)
            assert not done.is_set()
            store.database.run("insert into sent (key, at) values ('k1', 1)")
            assert [event.id for event in other_reader(where)] == []
            store.database.run("commit")
            store.database.run("begin")
    assert [event.id for event in other_reader(where)] == ["k1", "k2"]


def other_reader(where: OnServer) -> list[Event]:
    with PostgresLedger.open(where.address, clock=fixed, namespace=where.namespace) as reader:
        return list(reader.handed_over_events())


def test_an_owner_lives_as_long_as_its_session(where: OnServer) -> None:
    one, other = ledger(where), ledger(where)
    with one.owner() as owner, other.owner() as second:
        assert owner != second
        assert one.database.is_alive(owner)
        assert other.database.is_alive(owner)
    assert not other.database.is_alive(owner)
    with one.owner() as owner:
        cut(one)
        assert not other.database.is_alive(owner)


# ---------------------------------------------------------------- with others


def test_a_rehearsal_in_a_file_takes_over_what_the_live_ledger_knows(where: OnServer, tmp_path: Path) -> None:
    live = ledger(where)
    fill(live, [MESSAGE])
    live.put_list("press", ["ana", "ben"])
    live.pause("t", "why")
    outbox = SqlOutbox(live, clock=fixed)
    (row,) = outbox.claim("me", 9, NOW, ["email"])
    assert outbox.mark(row, fixed, repeatable=False)
    outbox.result(row, Receipt("sent"), NOW)
    with SqliteLedger.open(tmp_path / "rehearsal.db", clock=fixed) as rehearsal:
        for _ in range(2):
            rehearsal.sync_evidence(live)
        assert list(rehearsal.consents(NOW)) == list(live.consents(NOW))
        assert rehearsal.listed("press") == live.listed("press")
        assert rehearsal.paused() == {"t": "why"}
        assert [m.id for m in rehearsal.counted(["ana"], 0)] == ["k1"]


def test_an_error_names_nobody() -> None:
    store = ledger()
    twice = "insert into known_contact (contact) values ('anna@example.ch'), ('anna@example.ch')"
    with pytest.raises(LedgerError, match="known_contact_pkey") as caught:
        store.database.run(twice)
    assert "anna" not in str(caught.value)


def test_a_step_that_failed_is_not_committed_without_a_word() -> None:
    store = ledger()

    def step() -> None:
        with store.transaction():
            store.database.run("insert into pause (trigger_id, why, at) values ('t', 'why', 1)")
            with pytest.raises(LedgerError):
                store.database.run("select no_such_column")

    with pytest.raises(LedgerError, match="nothing of it was kept"):
        step()
    assert store.paused() == {}
