"""Systems of record of the facts for the tests, on each database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from adapters.stores.facts import SqliteFacts
from adapters.stores.facts_record import RecordFacts
from dsl.schema import Schema

Kind = Literal["sqlite", "postgres"]
Opening = Callable[[Schema], RecordFacts]
"""Opens the same store again, also while it is open."""

KINDS: tuple[Kind, ...] = ("sqlite", "postgres")


def new_place(kind: Kind, folder: Path) -> str:
    """A place for a new store: a file of a folder, or a schema on Postgres. Another process can open it too."""
    if kind == "sqlite":
        return str(folder / "facts.db")
    from tests.postgres import namespace, server

    return json.dumps([server(), namespace()])


def open_place(place: str, schema: Schema, now: int = 0) -> RecordFacts:
    """The store there, made if it is absent."""
    if not place.startswith("["):
        return SqliteFacts.open(place, schema, now=now)
    from adapters.stores.facts_record_postgres import PostgresRecord

    address, where = json.loads(place)
    return PostgresRecord.open(address, schema, now=now, namespace=where)


def opening(kind: Kind, folder: Path, now: int = 0) -> Opening:
    """One store, in a file of a folder or in a schema on Postgres."""
    place = new_place(kind, folder)
    return lambda schema: open_place(place, schema, now)


@pytest.fixture(params=KINDS)
def each_record(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opening]:
    """One store on each database in turn."""
    opened: list[RecordFacts] = []
    first = opening(request.param, tmp_path)

    def open_(schema: Schema) -> RecordFacts:
        opened.append(first(schema))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()
