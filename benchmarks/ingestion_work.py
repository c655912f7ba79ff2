"""One way to bring a CSV file of events into a store, in a process of its own: seconds, and what it holds then."""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from adapters.cli.common import open_project
from adapters.importing import Options, Target, read_target, run_import
from adapters.sources.files import open_source
from adapters.stores.facts import SqliteFacts
from benchmarks.peak import children

NOW = 1_795_348_800_000_000
PLAIN_BATCH = 50_000
"""Rows of a transaction, as many as an import has: with fewer the plain loop is slower."""

_INSERT = (
    'INSERT INTO event_purchase (_contact, _at, _id, _seq, "product", "quantity", "amount", "channel")'
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_DUCK_TABLE = (
    "CREATE TABLE event_purchase (_id VARCHAR PRIMARY KEY, _contact VARCHAR NOT NULL, _at BIGINT NOT NULL,"
    " product VARCHAR, quantity BIGINT, amount BIGINT, channel VARCHAR)"
)
_DUCK_ROWS = (
    'SELECT id, contact, epoch_us("at"), product, quantity, CAST(amount * 100 AS BIGINT), channel'
    " FROM read_csv(?, columns = {id: 'VARCHAR', contact: 'VARCHAR', 'at': 'TIMESTAMP', product: 'VARCHAR',"
    " quantity: 'BIGINT', amount: 'DECIMAL(18, 2)', channel: 'VARCHAR'}, header = true)"
)


def kadenz(folder: Path, file: Path, *, dry_run: bool = False) -> None:
    """`kadenz import`, all checks on the way."""
    project = open_project(folder)
    target = read_target("event:purchase", project.schema)
    assert isinstance(target, Target)
    with SqliteFacts.open(project.facts_path, project.schema, now=NOW) as store:
        source, options = open_source(file), Options(project.time_zone)
        run_import(source, target, project.schema, store, None, options, now=NOW, resume=True, dry_run=dry_run)


def kadenz_and_follow(folder: Path, file: Path) -> None:
    """The same, and carried over into the copy on DuckDB."""
    from adapters.stores.facts_duckdb import DuckFacts

    kadenz(folder, file)
    project = open_project(folder)
    with (
        SqliteFacts.open(project.facts_path, project.schema, now=NOW) as store,
        DuckFacts.open(folder / "copy.duckdb", project.schema) as copy,
    ):
        copy.follow(store)


def _store(folder: Path) -> tuple[sqlite3.Connection, int]:
    connection = sqlite3.connect(folder / ".kadenz" / "facts.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -65536")
    return connection, int(connection.execute("SELECT last FROM _sequence").fetchone()[0])


def _into(connection: sqlite3.Connection, rows: Iterator[tuple[Any, ...]], last: Callable[[], int]) -> None:
    while some := list(islice(rows, PLAIN_BATCH)):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_INSERT, some)
        connection.execute("UPDATE _sequence SET last = ?", (last(),))
        connection.execute("COMMIT")
    connection.close()


def plain(folder: Path, file: Path) -> None:
    """`csv.reader`, the conversions that the types need, `executemany` into the same tables with their indexes and
    triggers: what one would write by hand for this one file, without any check."""
    connection, number = _store(folder)

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal number
        with file.open(newline="", encoding="utf-8") as text:
            reader = csv.reader(text)
            next(reader)
            for id_, contact, at, product, quantity, amount, channel in reader:
                number += 1
                moment = int(datetime.fromisoformat(at).timestamp()) * 1_000_000
                yield contact, moment, id_, number, product, int(quantity), int(amount.replace(".", "")), channel

    _into(connection, rows(), lambda: number)


def duckdb_rows(folder: Path, file: Path) -> None:
    """DuckDB reads and converts, `executemany` into the same SQLite tables."""
    import duckdb

    connection, number = _store(folder)

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal number
        with duckdb.connect() as reader:
            reader.execute("SET enable_progress_bar = false")
            asked = reader.execute(_DUCK_ROWS, [str(file)])
            while some := asked.fetchmany(10_000):
                for id_, contact, *values in some:
                    number += 1
                    yield contact, values[0], id_, number, *values[1:]

    _into(connection, rows(), lambda: number)


def duckdb_table(folder: Path, file: Path) -> None:
    """DuckDB's reader into a table of its own, told apart by id."""
    import duckdb

    with duckdb.connect(str(folder / "plain.duckdb")) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(_DUCK_TABLE)
        connection.execute(f"INSERT INTO event_purchase {_DUCK_ROWS}", [str(file)])


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "kadenz": kadenz,
    "plain": plain,
    "duckdb rows": duckdb_rows,
    "kadenz, followed": kadenz_and_follow,
    "duckdb table": duckdb_table,
    "kadenz, dry run": lambda folder, file: kadenz(folder, file, dry_run=True),
}


def answer(way: str, folder: str, file: str) -> dict[str, Any]:
    """Seconds of one way, those of the processors, the memory of a process that read for it, and sums over what the
    SQLite store holds then."""
    start = perf_counter()
    WAYS[way](Path(folder), Path(file))
    spent = os.times()
    seconds, processor = perf_counter() - start, process_time() + spent.children_user + spent.children_system
    connection = sqlite3.connect(Path(folder) / ".kadenz" / "facts.db")
    held = connection.execute(
        "SELECT count(*), sum(_at / 1000000), sum(amount), sum(quantity), sum(_seq), max(_id) FROM event_purchase"
    ).fetchone()
    connection.close()
    return {"seconds": seconds, "processor": processor, "reader": children(), "held": list(held)}
