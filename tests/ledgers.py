"""Ledgers for the tests on each database: in memory, in a file, on a real Postgres.

A test asks for one by a path; whether that is a file, or stands for a schema on Postgres, is said around it (`on`, and
the fixture `each_ledger`). A schema takes longer to make than most tests take: used ones are emptied and used again.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from adapters.stores.ledger import SqliteLedger, SqlLedger
from adapters.stores.ledger_sqlite import BUSY_MILLISECONDS

if TYPE_CHECKING:
    import psycopg

Kind = Literal["sqlite", "postgres"]


@dataclass(frozen=True, slots=True)
class OnServer:
    """A ledger on Postgres, that another process can open too."""

    address: str
    namespace: str


Place = Path | OnServer | Literal[":memory:"]

_free: list[OnServer] = []


@dataclass(eq=False)
class _Test:
    """What one test uses."""

    kind: Kind
    schemas: dict[Path, OnServer] = field(default_factory=dict)
    used: list[OnServer] = field(default_factory=list)
    opened: list[SqlLedger] = field(default_factory=list)


_tests = [_Test("sqlite")]


def kind() -> Kind:
    """Where the ledgers of this test lie."""
    return _tests[-1].kind


def place(path: Path | Literal[":memory:"]) -> Place:
    """Where the ledger of this path lies in this test; in memory it is a new one each time."""
    test = _tests[-1]
    if test.kind == "sqlite":
        return path
    if path == ":memory:":
        return _empty_schema(test)
    assert isinstance(path, Path)
    if path not in test.schemas:
        test.schemas[path] = _empty_schema(test)
    return test.schemas[path]


def open_at(where: Place, clock: Callable[[], int], busy_milliseconds: int = BUSY_MILLISECONDS) -> SqlLedger:
    """The ledger there. `busy_milliseconds`: how long a write waits for others."""
    if not isinstance(where, OnServer):
        return SqliteLedger.open(where, clock=clock, busy_milliseconds=busy_milliseconds)
    from adapters.stores.ledger_postgres import PostgresLedger

    opened = PostgresLedger.open(
        where.address, clock=clock, namespace=where.namespace, busy_milliseconds=busy_milliseconds
    )
    _tests[-1].opened.append(opened)
    return opened


@contextmanager
def on(kind: Kind) -> Iterator[None]:
    """Inside, ledgers lie there; at the end those on Postgres are closed and emptied."""
    test = _Test(kind)
    _tests.append(test)
    try:
        yield
    finally:
        _tests.remove(test)
        for opened in test.opened:
            opened.close()
        for used in test.used:
            _empty(used)
            _free.append(used)


def _empty_schema(test: _Test) -> OnServer:
    from tests.postgres import namespace, server

    found = _free.pop() if _free else OnServer(server(), namespace())
    test.used.append(found)
    return found


def _empty(schema: OnServer) -> None:
    """Everything out, whatever the ledger itself would refuse."""
    _cleaner(schema.address).execute(_emptying(schema))


@cache
def _cleaner(address: str) -> psycopg.Connection[tuple[object, ...]]:
    import psycopg

    connection = psycopg.connect(address, autocommit=True)
    connection.execute("set session_replication_role = replica")
    atexit.register(connection.close)
    return connection


@cache
def _emptying(schema: OnServer) -> bytes:
    own = _cleaner(schema.address)
    named = "select tablename from pg_tables where schemaname = %s and tablename <> 'meta'"
    tables = [name for (name,) in own.execute(named, [schema.namespace])]
    counting = "select sequencename from pg_sequences where schemaname = %s"
    sequences = [name for (name,) in own.execute(counting, [schema.namespace])]
    text = "".join(f"delete from {schema.namespace}.{name};" for name in tables)
    text += "".join(f"alter sequence {schema.namespace}.{name} restart;" for name in sequences)
    return text.encode()
