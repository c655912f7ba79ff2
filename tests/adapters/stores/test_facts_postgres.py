"""What Postgres alone can meet: other tables, somebody else at work, a server that goes away."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from adapters.stores.facts import SqliteFacts, StoreError
from adapters.stores.facts_postgres import PostgresFacts
from adapters.stores.turns import Busy
from tests import postgres
from tests.adapters.stores.test_facts import SCHEMA


@pytest.fixture
def source() -> Iterator[SqliteFacts]:
    with SqliteFacts.open(":memory:", SCHEMA, now=0) as store:
        store.put_contacts([("a", {})])
        yield store


def test_tables_of_somebody_else_are_left_alone() -> None:
    name = postgres.namespace()
    with psycopg.connect(postgres.server(), autocommit=True) as other:
        other.execute(f"CREATE SCHEMA {name}".encode())
        other.execute(f"CREATE TABLE {name}.contacts (id int)".encode())
        with pytest.raises(StoreError, match="a table `contacts` that is not ours"):
            PostgresFacts.open(postgres.server(), SCHEMA, namespace=name)
        assert other.execute(f"SELECT count(*) FROM {name}.contacts".encode()).fetchone() == (0,)


def test_one_connection_at_a_time(source: SqliteFacts) -> None:
    name, heard = postgres.namespace(), list[bool]()

    def opened(patience: float) -> PostgresFacts:
        return PostgresFacts.open(
            postgres.server(), SCHEMA, namespace=name, patience=patience, waiting=lambda: heard.append(True)
        )

    with opened(0) as first:
        first.follow(source)
        with pytest.raises(Busy):
            opened(0.1)
        assert heard == [True]
    with opened(30) as second:
        assert second.count() == 1


def test_a_server_that_goes_away_is_said(source: SqliteFacts) -> None:
    with PostgresFacts.open(postgres.server(), SCHEMA, namespace=postgres.namespace()) as copy:
        copy.follow(source)
        source.put_contacts([("b", {})])
        with psycopg.connect(postgres.server()) as other:
            pid = copy.connection.info.backend_pid
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        with pytest.raises(StoreError, match="cannot be used any more"):
            copy.follow(source)
        with pytest.raises(StoreError, match="cannot be used any more"), copy.snapshot():
            copy.count()
