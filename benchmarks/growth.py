"""Suite: how time and memory of a full evaluation grow with the number of contacts, 20 events for each.

Each size is evaluated once in a process of its own, which then tells the most memory that it held. Beyond a million
contacts the store is the one of a million, so many times over under other keys; it is on DuckDB alone, because SQLite's
file would take more disk than a benchmark may. Consents and stages are left out (they are the ledger's, and Python's).
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from adapters.cli.common import open_workspace
from adapters.stores.facts_duckdb import DuckFacts
from benchmarks.figures import Figure, Options
from benchmarks.full import duckdb_copy
from benchmarks.happenings import COLUMNS
from benchmarks.project import AS_OF
from benchmarks.timing import own_process, timed
from engine.evaluation import Memory
from engine.layout import event_table
from engine.sql.executor import SqlExecutor

SIZES = {True: (1_000, 5_000), False: (100_000, 300_000, 1_000_000)}
"""Contacts; True: the quick ones."""

MULTIPLES: dict[bool, tuple[int, ...]] = {True: (2,), False: (3, 10)}
"""Of the greatest size, on DuckDB."""

PER_CONTACT = 20


def figures(options: Options) -> Iterator[Figure]:
    """See `benchmarks.figures`."""
    places: dict[str, dict[int, tuple[Path, Path]]] = {"SQLite": {}, "DuckDB": {}}
    allowed = [n for n in SIZES[options.quick] if options.contacts is None or n <= options.contacts]
    for contacts in allowed:
        folder = options.project(contacts, contacts * PER_CONTACT)
        places["SQLite"][contacts] = folder, open_workspace(folder).project.facts_path
        places["DuckDB"][contacts] = folder, duckdb_copy(folder, options.say)
    for times in MULTIPLES[options.quick] if allowed else ():
        largest = allowed[-1]
        folder, path = places["DuckDB"][largest]
        places["DuckDB"][largest * times] = folder, multiplied(path, times, options)
    for engine, sizes in ((name, sizes) for name, sizes in places.items() if options.wants(name)):
        yield from _of_engine(engine, sizes, options)


def _of_engine(engine: str, sizes: dict[int, tuple[Path, Path]], options: Options) -> Iterator[Figure]:
    first: dict[str, float] | None = None
    start = min(sizes, default=0)
    for contacts, (folder, path) in sorted(sizes.items()):
        options.say(f"{engine}, {contacts:,} contacts")
        try:
            found = own_process("benchmarks.growth", engine, str(folder), str(path))
        except subprocess.CalledProcessError as error:
            note = f"did not end: code {error.returncode}, {(error.stderr or '').strip()[-200:]}"
            yield Figure(f"{engine}, {contacts:,} contacts", None, "s", note=note)
            continue
        first = first or found
        for what, unit in (("seconds", "s"), ("peak", "MB")):
            yield Figure(
                f"{engine}, {contacts:,} contacts: {'time' if unit == 's' else 'memory'}",
                found[what], unit, first[what] * contacts / start if contacts > start else None,
                f"growth in a straight line from {start:,} contacts" if contacts > start else "",
                line=(engine, contacts),
            )  # fmt: skip


def multiplied(path: Path, times: int, options: Options) -> Path:
    """A DuckDB store so many times over, kept beside the first one."""
    found = path.with_name(f"{path.stem}-times-{times}.duckdb")
    if found.exists():
        return found
    import duckdb

    options.say(f"{path.stem}, {times} times over")
    half = found.with_suffix(".half")
    shutil.copyfile(path, half)
    tables = {"contacts": "_key", **{event_table(name): "_contact" for name in COLUMNS}}
    with closing(duckdb.connect(str(half))) as connection:
        connection.execute("SET memory_limit = '1GB'")
        # one copy after the other in the order in which the rows lie there: to sort them all would take several times
        # the store's size on the disk
        connection.execute(f"ATTACH '{path}' AS first (READ_ONLY)")
        for table, key in tables.items():
            for n in range(1, times):
                changed = f"'d{n}' || {key} AS {key}" + ("" if key == "_key" else f", 'd{n}' || _id AS _id")
                connection.execute(f"INSERT INTO {table} SELECT * REPLACE ({changed}) FROM first.{table}")
        connection.execute("DETACH first")
    half.rename(found)
    return found


def answer(engine: str, folder: str, path: str) -> dict[str, float]:
    """For `benchmarks.peak`: evaluate once."""
    workspace = open_workspace(Path(folder))
    schema = workspace.project.schema
    opened = workspace.facts() if engine == "SQLite" else DuckFacts.open(Path(path), schema)
    with closing(opened) as facts:
        executor = SqlExecutor(workspace.plan, facts, workspace.project.time_zone)
        return {"seconds": timed(lambda: executor.evaluate(AS_OF, Memory()))}
