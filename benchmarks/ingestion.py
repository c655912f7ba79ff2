"""How many events a second come into the store from a CSV file, beside what one would write by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.figures import Figure, Options, Target
from benchmarks.timing import own_process

KADENZ = "name: shop\ntime_zone: Europe/Zurich\n"
SCHEMA = """\
contacts:
  key: customer_id
  fields:
    country: text
events:
  purchase:
    properties:
      product: text
      quantity: number
      amount: {type: money CHF, required: true}
      channel: "one of [web, shop, app]"
"""


def events(file: Path, count: int, contacts: int) -> None:
    """A clean file in order of time, as logs are; its ids rise."""
    chance = Random(7)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    with file.open("w", encoding="utf-8") as out:
        out.write("id,contact,at,product,quantity,amount,channel\n")
        for n in range(count):
            at = (start + timedelta(seconds=n * 60_000_000 // count)).strftime("%Y-%m-%dT%H:%M:%SZ")
            amount, channel = chance.randrange(100, 99_999), ("web", "shop", "app")[chance.randrange(3)]
            out.write(
                f"o{n:09d},c{chance.randrange(contacts):07d},{at},Kaffee {chance.randrange(300)},"
                f"{chance.randrange(1, 9)},{amount // 100}.{amount % 100:02d},{channel}\n"
            )


def project(folder: Path, contacts: int) -> None:
    """A project with so many contacts and no events."""
    from adapters.cli.common import open_project
    from adapters.stores.facts import SqliteFacts

    folder.mkdir(parents=True)
    (folder / "kadenz.yaml").write_text(KADENZ, encoding="utf-8")
    (folder / "schema.yaml").write_text(SCHEMA, encoding="utf-8")
    (folder / ".kadenz").mkdir()
    opened = open_project(folder)
    with SqliteFacts.open(opened.facts_path, opened.schema, now=0) as store:
        store.put_contacts((f"c{n:07d}", {"country": "CH"}) for n in range(contacts))


def _measured(
    ways: list[str], rounds: int, empty: Path, file: Path, options: Options
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for count in range(1, rounds + 1):
        for way in ways:
            options.say(f"{way}, round {count} of {rounds}")
            folder = options.scratch / "into"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(empty, folder)
            found[way].append(own_process("benchmarks.ingestion_work", way, str(folder), str(file)))
    return found


def figures(options: Options) -> Iterator[Figure]:
    """Rows a second of an import into SQLite, and of one that DuckDB follows; memory by the number of rows."""
    contacts, rows = (5_000, 30_000) if options.quick else (100_000, 1_000_000)
    empty, file = options.scratch / "empty", options.scratch / "events.csv"
    project(empty, contacts)
    options.say(f"writing {rows:,} rows")
    events(file, rows, contacts)
    ways = ["kadenz", "plain", "duckdb rows", "kadenz, followed", "duckdb table", "kadenz, dry run"]
    found = _measured(ways, options.rounds, empty, file, options)
    pace = {way: rows / median(one["seconds"] for one in found[way]) for way in ways}
    spent = {way: median(one["processor"] for one in found[way]) for way in ways}
    held = {way: found[way][0]["held"] for way in ways}
    yield Figure(
        f"import of {rows:,} events",
        pace["kadenz"],
        "rows/s",
        pace["plain"],
        "csv.reader and executemany into the same tables, transactions of the same size, no checks",
        Target("at least", 0.8),
        equal=held["kadenz"] == held["plain"],
        note=f"in seconds of processors, those of the process that reads among them: {spent['kadenz']:.1f} beside"
        f" {spent['plain']:.1f}, ratio {spent['plain'] / spent['kadenz']:.2f}",
    )
    yield Figure(
        "import, beside DuckDB's reader into the same SQLite tables",
        pace["kadenz"],
        "rows/s",
        pace["duckdb rows"],
        "DuckDB reads and converts, executemany into the same SQLite tables",
        Target("at least", 0.6),
        equal=held["kadenz"] == held["duckdb rows"],
    )
    yield Figure(
        "import that the copy on DuckDB follows",
        pace["kadenz, followed"],
        "rows/s",
        pace["duckdb table"],
        "DuckDB's reader into a DuckDB table with its id as key",
        Target("at least", 0.6),
        note="SQLite is the system of record: every row goes there first, with three trees to keep in order; the copy"
        " reads it from there. DuckDB alone writes columns, with two threads, and checks the types only.",
    )
    yield Figure(
        "reading and judging alone",
        pace["kadenz, dry run"],
        "rows/s",
        pace["duckdb table"],
        "DuckDB's reader into a DuckDB table with its id as key",
        note="a dry run: the file is read twice (keys that come twice), each row checked and converted, nothing stored",
    )
    few = float(max(one["peak"] + one["reader"] for one in found["kadenz"]))
    yield Figure(f"memory of an import of {rows:,} rows", few, "MB", note="both processes, where two work")
    _, more = (contacts, 150_000) if options.quick else options.size(1_000_000, 20_000_000)
    options.say(f"writing {more:,} rows")
    events(file, more, contacts)
    (large,) = _measured(["kadenz"], 1, empty, file, options)["kadenz"]
    yield Figure(
        f"memory of an import of {more:,} rows",
        float(large["peak"] + large["reader"]),
        "MB",
        few,
        f"the import of {rows:,} rows",
        Target("at most", 1.5),
        note="up to 64 MB of pages are kept and up to 300,000 rows wait to be stored together, which few rows do not"
        f" fill; {more / large['seconds']:,.0f} rows/s",
    )
