"""Make a project of any size with its store filled: `kadenz` works in the folder at once.

    .venv/bin/python -m benchmarks.project FOLDER --contacts 100_000 --events 2_000_000

The project is `benchmarks/project_files`: 30 aggregates over events, ten segments, three fading scores, 20 triggers and
six caps. The same numbers give the same facts. Half of the contacts have 6 events or fewer, one in a hundred 213 or
more. Events lie in the two years before `AS_OF`; one in 128 arrived up to three days late.

Filling by `put_events` in batches would look up each id and write the indexes row by row. Here rows come in the order
of their tables, and the indexes are made when all rows are in: the tables hold what imports would have left, with one
mark for each table instead of one for each batch.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter
from typing import TypeVar

from adapters.cli.common import open_workspace
from adapters.stores import facts_sql
from adapters.stores.facts import SqliteFacts
from adapters.stores.facts_sql import quoted
from adapters.stores.facts_writing import take_numbers
from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_evidence import add_messages
from benchmarks import happenings, people
from dsl.types import Stored
from engine import layout
from engine.instants import DAY
from engine.records import CountedMessage

T = TypeVar("T")

AS_OF = 1_795_348_800_000_000
"""2026-11-22 12:00 UTC: the instant at which the benchmarks look."""

FILES = Path(__file__).parent / "project_files"
CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much to make, and from which seed."""

    contacts: int
    events: int
    seed: int = 2026


def make(folder: Path, size: Size) -> None:
    """Write the project's files and fill its stores. The folder may hold no store yet."""
    shutil.copytree(FILES, folder, dirs_exist_ok=True)
    workspace = open_workspace(folder)
    store = workspace.project.facts_path
    if store.exists():
        raise SystemExit(f"there is a store in {store.parent} already")
    store.parent.mkdir(parents=True, exist_ok=True)
    with SqliteFacts.open(store, workspace.project.schema, now=AS_OF) as facts:
        fill(facts, size)
    with SqliteLedger.open(workspace.project.ledger_path, clock=lambda: AS_OF) as ledger:
        for records in chunks(people.consents(size.contacts, AS_OF)):
            ledger.add_consents(records)
        for messages in chunks(sent_elsewhere(size)):
            add_messages(ledger.database, messages)


def chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    """The rows in lists of at most `CHUNK`."""
    source = iter(rows)
    while held := list(islice(source, CHUNK)):
        yield held


def sent_elsewhere(size: Size) -> Iterator[CountedMessage]:
    """Messages that caps find: every third contact got one or two in the month before."""
    chance = Random(f"sent to {size.contacts}")
    for number in range(0, size.contacts, 3):
        for again in range(1 + int(chance.random() * 2)):
            days = int(chance.random() * 30)
            channel = ("email", "email", "sms", "letter")[int(chance.random() * 4)]
            tags = ("sale",) if chance.random() < 0.3 else ()
            at = AS_OF - days * DAY - 3 * DAY // 24
            yield CountedMessage(
                f"old {number} {again}", people.key(number), at, channel, "promotional", tags, local_date(at)
            )


def local_date(at: int) -> int:
    """The date of an instant in the project's zone, in the weeks before `AS_OF` (an hour ahead, in winter)."""
    day = datetime.fromtimestamp((at + DAY // 24) // 1_000_000, UTC)
    return day.year * 10_000 + day.month * 100 + day.day


# ---------------------------------------------------------------- facts


def fill(facts: SqliteFacts, size: Size) -> None:
    """Fill an empty store with contacts, events and weather."""
    connection = facts.connection
    chance = Random(size.seed)
    with without_journal(connection), indexes_later(connection):
        with facts.transaction():
            first = take_numbers(facts.database, size.contacts)
            columns = (layout.KEY, *people.FIELDS)
            write(connection, layout.CONTACTS, columns, first, people.rows(chance, size.contacts))
            keys = ((people.key(n), layout.KEY, people.key(n), AS_OF) for n in range(size.contacts))
            connection.executemany("INSERT INTO _field_changes (contact, field, new, at) VALUES (?, ?, ?, ?)", keys)
        with facts.transaction():
            first = take_numbers(facts.database, size.events)
            fill_events(connection, first, happenings.happenings(chance, size.contacts, size.events, AS_OF))
        facts.put_facts("weather", weather(chance))


def write(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], first: int, rows: Iterable[Sequence[Stored]]
) -> None:
    """Insert rows in the order of the table's key, numbered from `first` on."""
    insert = facts_sql.insert(table, (layout.SEQ, *columns))
    connection.executemany(insert, ((n, *row) for n, row in enumerate(rows, start=first)))


def fill_events(
    connection: sqlite3.Connection, first: int, events: Iterable[tuple[str, int, tuple[Stored, ...]]]
) -> None:
    """Insert events into the tables of their types, each numbered by its arrival; `_latest` as imports leave it."""
    own = (layout.SEQ, layout.EVENT_CONTACT, layout.EVENT_AT, layout.EVENT_ID)
    inserts = {
        name: facts_sql.insert(layout.event_table(name), (*own, *columns))
        for name, columns in happenings.COLUMNS.items()
    }
    latest = dict.fromkeys(inserts, 0)
    held: dict[str, list[tuple[Stored, ...]]] = {name: [] for name in inserts}
    for name, place, row in events:
        rows = held[name]
        rows.append((first + place, *row))
        if len(rows) == CHUNK:
            connection.executemany(inserts[name], rows)
            latest[name] = max(latest[name], *(int(one[2] or 0) for one in rows))
            rows.clear()
    for name, rows in held.items():
        connection.executemany(inserts[name], rows)
        latest[name] = max([latest[name], *(int(one[2] or 0) for one in rows)])
    connection.executemany("INSERT INTO _latest VALUES (?, ?)", [(name, at) for name, at in latest.items() if at])


def weather(chance: Random) -> Iterator[dict[str, Stored]]:
    """Rain by region, every six hours of the last ten days."""
    for hours in range(240, -1, -6):
        for region in range(people.REGIONS):
            rain = max(0, int(chance.random() * 20) - 10)
            yield {"region": f"r{region:02}", "at": AS_OF - hours * DAY // 24, "rain_mm": rain}


@contextmanager
def without_journal(connection: sqlite3.Connection) -> Iterator[None]:
    """A crash while the file is made would spoil it, and nothing else: it is made anew then."""
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -500000")
    yield
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


@contextmanager
def indexes_later(connection: sqlite3.Connection) -> Iterator[None]:
    """Take the indexes off the tables of contacts and events, and make the same ones when the rows are in."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND (tbl_name = 'contacts' OR tbl_name GLOB 'event_*')"
    ).fetchall()
    for name, _ in found:
        connection.execute(" ".join(("DROP INDEX", quoted(name))))
    yield
    for _, sql in found:
        connection.execute(sql)


def main() -> None:
    """Make a project in a folder."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--contacts", type=int, default=100_000)
    options.add_argument("--events", type=int, default=2_000_000)
    options.add_argument("--seed", type=int, default=2026)
    chosen = options.parse_args()
    start = perf_counter()
    make(chosen.folder, Size(chosen.contacts, chosen.events, chosen.seed))
    print(f"{chosen.contacts:,} contacts, {chosen.events:,} events in {perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
