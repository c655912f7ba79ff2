"""Suite: a full evaluation, beside the same playbook as one statement by hand on the same engine, and beside one query
for each answer. All answers are compared.

Entries of one engine are measured in turns. Both start with what the ledger remembers (consents, stages of the tick
before) in Python's hands, as a tick does, and end with all rows read. On SQLite and DuckDB; on Postgres, in smaller
size, where a server can be started.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from adapters.cli.common import Workspace, open_workspace
from adapters.stores.facts_record import RecordFacts
from benchmarks import by_hand
from benchmarks.figures import Figure, Options, Target
from benchmarks.peak import peak
from benchmarks.project import AS_OF
from benchmarks.timing import in_turns, own_process, timed, took_in_turns
from dsl.types import Stored
from engine.evaluation import Evaluation, Memory, Scope, memory_of
from engine.protocols import SqlFacts
from engine.sql.executor import SqlExecutor

SIZES = {True: (5_000, 100_000), False: (1_000_000, 20_000_000)}
"""Contacts and events; True: the quick ones."""

SMALLER = {True: (5_000, 100_000), False: (100_000, 2_000_000)}
"""For Postgres, which is filled row by row, and for the naive baseline on SQLite."""

AT_MOST_BY_HAND = Target("at most", 1.3)
MEMORY = Target("at most", 1_500, "figure")


@dataclass(frozen=True, slots=True)
class Setting:
    """A store on some engine, and what a tick has in its hands when it evaluates."""

    workspace: Workspace
    facts: SqlFacts
    memory: Memory
    executor: SqlExecutor

    def ours(self) -> Evaluation:
        """The product's evaluation."""
        return self.executor.evaluate(AS_OF, self.memory)

    def hand(self) -> list[tuple[Stored, ...]]:
        """The rows of the statement by hand."""
        by_hand.prepare(self.workspace.plan, self.facts, AS_OF, self._zone, self.memory)
        told = by_hand.text(self.facts.dialect, AS_OF, self._zone)
        connection = self.facts.connection  # type: ignore[attr-defined]  # each of the three has one
        rows: list[tuple[Stored, ...]] = connection.execute(told).fetchall()
        return rows

    def counted(self) -> dict[str, int]:
        """The product's evaluation, and how many each answer names."""
        whole = self.ours()
        return {
            f"{kind} {name}": by_hand.count(whole, kind, name) for kind, name in by_hand.answers(self.workspace.plan)
        }

    def naive(self) -> dict[str, int]:
        """One query for each segment, score and condition, everything reckoned anew: how many each answers."""
        found: dict[str, int] = {}
        for kind, name in by_hand.answers(self.workspace.plan):
            told = self.executor.evaluate(AS_OF, self.memory, Scope(only=frozenset({(kind, name)})))
            found[f"{kind} {name}"] = by_hand.count(told, kind, name)
        return found

    @property
    def _zone(self) -> str:
        return self.workspace.project.time_zone


def setting(workspace: Workspace, facts: SqlFacts) -> Setting:
    """Evaluate once: that warms the caches, and its stages are those of the tick before."""
    with closing(workspace.ledger()) as ledger:
        memory = memory_of(workspace.model, ledger, AS_OF, workspace.project.time_zone)
    executor = SqlExecutor(workspace.plan, facts, workspace.project.time_zone)
    stages = executor.evaluate(AS_OF, memory).stages
    return Setting(workspace, facts, replace(memory, stages=stages), executor)


def duckdb_copy(folder: Path, say: Callable[[str], None]) -> Path:
    """The facts of a project on DuckDB, kept beside its folder."""
    from adapters.stores.facts_duckdb import DuckFacts

    path = folder.with_name(f"{folder.name}.duckdb")
    if not path.exists():
        say(f"copying {folder.name} to DuckDB")
        half = path.with_suffix(".half")
        half.unlink(missing_ok=True)
        workspace = open_workspace(folder)
        with workspace.facts() as source, closing(DuckFacts.open(half, workspace.project.schema)) as copy:
            copy.follow(source)
        half.rename(path)
    return path


def measured(name: str, given: Setting, size: str, options: Options) -> Iterator[Figure]:
    """An engine's evaluation beside the statement by hand."""
    works: dict[str, Callable[[], object]] = {f"{name} executor": given.ours, f"{name} by hand": given.hand}
    ours, hand = took_in_turns(options.rounds, works, options.say).values()
    same = by_hand.equal(by_hand.answer(AS_OF, given.hand()), given.ours())
    note = f"seconds of processors in our process: {ours.processor:.3g} and {hand.processor:.3g}"
    yield Figure(
        f"{name}, full evaluation, {size}", ours.seconds, "s", hand.seconds, "one statement by hand on the same engine",
        AT_MOST_BY_HAND, equal=same, note=note,
    )  # fmt: skip


def beside_naive(name: str, given: Setting, size: str, options: Options) -> Iterator[Figure]:
    """An engine's evaluation beside one query for each answer."""
    seconds = in_turns(min(options.rounds, 2), {"all at once": given.counted, "one by one": given.naive}, options.say)
    ours, naive = seconds.values()
    counts = given.counted()
    yield Figure(
        f"{name}, full evaluation, {size}: times cheaper than naive", ours, "s", naive,
        f"{len(counts)} queries, one for each segment, score and condition",
        inverted=True, equal=counts == given.naive(),
    )  # fmt: skip


def figures(options: Options) -> Iterator[Figure]:
    """See `benchmarks.figures`."""
    contacts, events = options.size(*SIZES[options.quick])
    size = f"{contacts:,} contacts"
    folder = options.project(contacts, events)
    workspace = open_workspace(folder)
    if options.wants("SQLite"):
        with workspace.facts() as facts:
            yield from measured("SQLite", setting(workspace, facts), size, options)
    if options.wants("DuckDB"):
        yield from _on_duckdb(folder, size, options)
    contacts, events = options.size(*SMALLER[options.quick])
    workspace, size = open_workspace(options.project(contacts, events)), f"{contacts:,} contacts"
    with workspace.facts() as facts:
        if options.wants("SQLite"):
            yield from beside_naive("SQLite", setting(workspace, facts), size, options)
        if options.wants("Postgres"):
            yield from _on_postgres(workspace, facts, size, options)


def _on_duckdb(folder: Path, size: str, options: Options) -> Iterator[Figure]:
    try:
        from adapters.stores.facts_duckdb import DuckFacts
    except ImportError:
        yield Figure("DuckDB, full evaluation", None, "s", note="DuckDB is not installed")
        return
    path = duckdb_copy(folder, options.say)
    workspace = open_workspace(folder)
    with closing(DuckFacts.open(path, workspace.project.schema)) as facts:
        given = setting(workspace, facts)
        yield from measured("DuckDB", given, size, options)
        yield from beside_naive("DuckDB", given, size, options)
    options.say("DuckDB, in a process of its own")
    found = own_process("benchmarks.full", str(folder))
    yield Figure(
        f"DuckDB, memory of a full evaluation, {size}", found["peak"], "MB", target=MEMORY,
        note=f"the process's peak; {found['before']} MB before the evaluation began (Python, consents)",
    )  # fmt: skip


def answer(folder: str) -> dict[str, float]:
    """For `benchmarks.peak`: open a project and its copy, evaluate once on DuckDB."""
    from adapters.stores.facts_duckdb import DuckFacts

    workspace = open_workspace(Path(folder))
    with closing(workspace.ledger()) as ledger:
        memory = memory_of(workspace.model, ledger, AS_OF, workspace.project.time_zone)
    before = peak()
    path = duckdb_copy(Path(folder), lambda words: print(words, file=sys.stderr))
    with closing(DuckFacts.open(path, workspace.project.schema)) as facts:
        executor = SqlExecutor(workspace.plan, facts, workspace.project.time_zone)
        seconds = timed(partial(executor.evaluate, AS_OF, memory))
    return {"seconds": seconds, "before": before}


def _on_postgres(workspace: Workspace, source: RecordFacts, size: str, options: Options) -> Iterator[Figure]:
    try:
        from adapters.stores.facts_postgres import PostgresFacts
        from tests import postgres

        address = postgres.server()
    except (ImportError, OSError, AssertionError, RuntimeError) as error:
        yield Figure("Postgres, full evaluation", None, "s", note=f"no server could be started: {error}")
        return
    options.say("copying to Postgres")
    with closing(PostgresFacts.open(address, workspace.project.schema, namespace=postgres.namespace())) as facts:
        facts.follow(source)
        facts.connection.execute("ANALYZE")
        yield from measured("Postgres", setting(workspace, facts), size, options)
