"""Every engine for the tests: stores that are copies of a SQLite store, kept open and filled again for each case."""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.stores.facts_duckdb import DuckFacts
from adapters.stores.facts_engine import EngineFacts
from adapters.stores.facts_parquet import ParquetFacts
from adapters.stores.facts_postgres import PostgresFacts
from adapters.stores.facts_record import RecordFacts
from dsl.schema import Schema
from engine.protocols import SqlFacts
from tests import postgres

ENGINES = ("sqlite", "duckdb", "postgres")

PARQUET = "parquet"
"""The statements and the engine of `duckdb`, over other files: not every test needs to run on it as well."""


class _Same:
    """A schema by identity: opening a store makes its tables, which takes longer than a case."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def __hash__(self) -> int:
        return id(self.schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.schema is other.schema


def facts_on(engine: str, source: RecordFacts) -> SqlFacts:
    """A store on `engine` with the contents of `source`, until the next call for the same schema."""
    if engine == "sqlite":
        return source
    store = _store(engine, _Same(source.schema))
    store.fill(source)
    return store


@cache
def _store(engine: str, schema: _Same) -> EngineFacts:
    if engine == "duckdb":
        return DuckFacts.open(":memory:", schema.schema)
    if engine == PARQUET:
        folder = TemporaryDirectory(prefix="kadenz-parquet-")
        atexit.register(folder.cleanup)
        return ParquetFacts.open(Path(folder.name), schema.schema)
    return PostgresFacts.open(postgres.server(), schema.schema, namespace=postgres.namespace())
