"""What most verbs do first, without the command-line library: opening a project with its stores, reading `--at`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.cli.plain import BAD_INPUT, Stop, bad_input, check_project, drawn, open_project
from adapters.clock import now
from adapters.engine_choice import MANY, Asked, Choice, NotThere, choose

if TYPE_CHECKING:
    from adapters.evaluating import Evaluating
    from adapters.project import Project
    from adapters.store_config import PostgresConfig
    from adapters.stores.facts_engine import Carried, EngineFacts
    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.handover_journal import HandoverJournal
    from adapters.stores.ledger import SqlLedger
    from dsl.model import Model
    from engine.evaluation import Executor
    from engine.plan import Plan
    from engine.sql.statements import Statements


def say_json(data: Any) -> None:
    """Plain data on standard output, keys in their own order, text as it is."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def note(text: str) -> None:
    """A line on standard error: what happens, not what was asked for. It stands behind what was said before, also where
    both go into one file."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")


def table(rows: Iterable[Sequence[object]], indent: str = "  ", right: Sequence[int] = ()) -> str:
    """Aligned columns; the columns of `right` are aligned to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    if not cells:
        return ""
    widths = [max(len(row[i]) for row in cells if i < len(row)) for i in range(max(map(len, cells)))]
    lines = []
    for row in cells:
        parts = [c.rjust(widths[i]) if i in right else c.ljust(widths[i]) for i, c in enumerate(row)]
        lines.append((indent + "  ".join(parts)).rstrip())
    return "\n".join(lines)


def make_folder(folder: Path) -> None:
    """Make the store's folder; Stop(3) where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # personal data lies there
    except FileExistsError as error:
        raise bad_input(f"the store's folder cannot be made: {folder} is a file") from error
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise bad_input(f"the store's folder cannot be made: {folder}: {why}") from error


def open_ledger(project: Project, path: Path | None = None) -> SqlLedger:
    """Open the live ledger, or another one of this project; Stop(3) if it cannot be used."""
    from adapters.stores.ledger import LedgerError

    try:
        make_folder((project.ledger_path if path is None else path).parent)
        return reach_ledger(project, path, create=True)
    except (OSError, LedgerError) as error:
        raise bad_input(str(error)) from error


def reach_ledger(project: Project, path: Path | None = None, *, create: bool) -> SqlLedger:
    """The same, for who tells by himself what is wrong. Raises LedgerError, also where there is none and none is to be
    made; Stop(3) where a package or a password is missing."""
    from adapters.stores.ledger import SqliteLedger

    server = project.ledger_server if path is None else None
    if server is not None:
        return _on_postgres(server, create=create)
    return SqliteLedger.open(project.ledger_path if path is None else path, clock=now, create=create)


def _on_postgres(server: PostgresConfig, *, create: bool) -> SqlLedger:
    try:
        from adapters.stores.ledger_postgres import NAMESPACE, PostgresLedger
    except ImportError as error:
        raise bad_input("a ledger on Postgres needs the package `psycopg` (pip install -e '.[postgres]')") from error
    password = password_of(server, "ledger")
    return PostgresLedger.open(server.address, password=password, namespace=server.schema or NAMESPACE, create=create)


def journal_of(project: Project, ledger: SqlLedger) -> HandoverJournal:
    """The journal of hand-overs of a project, for its live ledger."""
    from platform import node

    from adapters.stores.handover_journal import HandoverJournal

    return HandoverJournal(project.journal_path, ledger, node())


def open_facts(project: Project, *, create: bool = True) -> RecordFacts:
    """Open the facts store, wherever it lies. Raises StoreError (NoStore, where there is none on the server and none is
    to be made) and OSError; Stop(3) where a package or a password is missing."""
    server = project.facts_record
    if server is None:
        from adapters.stores.facts import SqliteFacts

        make_folder(project.facts_path.parent)
        return SqliteFacts.open(project.facts_path, project.schema, now=now())
    try:
        from adapters.stores.facts_record_postgres import NAMESPACE, PostgresRecord
    except ImportError as error:
        raise bad_input("facts on Postgres need the package `psycopg` (pip install -e '.[postgres]')") from error
    return PostgresRecord.open(
        server.address,
        project.schema,
        now=now(),
        namespace=server.schema or NAMESPACE,
        password=password_of(server, "facts"),
        create=create,
    )


def password_of(server: PostgresConfig, what: str) -> str | None:
    """The password of a server, if one is named; Stop(3) where it is not set."""
    try:
        return server.password(os.environ)
    except KeyError as error:
        raise bad_input(f"the password of the {what} is missing: set `{server.password_env}`") from error


@dataclass(frozen=True)
class Workspace:
    """A project that checks, with its model."""

    project: Project
    model: Model

    @cached_property
    def plan(self) -> Plan:
        """The evaluation plan, made when it is first asked for: not every verb does."""
        from engine.plan import make_plan

        return make_plan(self.model, self.project.schema, self.project.time_zone)

    @cached_property
    def statements(self) -> Statements:
        """The statements of the plan, those of earlier runs among them."""
        from adapters.stores.statement_files import StatementFiles
        from engine.sql.statements import Statements

        return Statements(self.plan, StatementFiles(self.project.statements_path))

    def facts(self) -> RecordFacts:
        """Open the facts store; Stop(3) if it cannot be used."""
        from adapters.stores.facts_database import StoreError

        try:
            return open_facts(self.project)
        except (OSError, StoreError) as error:
            raise bad_input(str(error)) from error

    def ledger(self, path: Path | None = None) -> SqlLedger:
        """Open the live ledger, or another one of this project; Stop(3) if it cannot be used."""
        return open_ledger(self.project, path)

    def journal(self, ledger: SqlLedger) -> HandoverJournal:
        """The journal of hand-overs for the live ledger."""
        return journal_of(self.project, ledger)

    def executor(self, facts: RecordFacts, engine: str) -> Executor:
        """The executor of that name, `sql` or `interpreter`, on the facts themselves."""
        from adapters.executors import executor

        return executor(engine, self.model, self.plan, facts, self.project.time_zone, self.statements)

    def choice(self, facts: RecordFacts, asked: Asked) -> Choice:
        """Which engine evaluates, and why."""
        from importlib.util import find_spec

        on_postgres, duckdb = self.project.facts_record is not None, find_spec("duckdb") is not None
        try:
            return choose(asked, self.project.engine, facts.last_seq(), duckdb=duckdb, on_postgres=on_postgres)
        except NotThere as error:
            raise bad_input(str(error)) from error

    def evaluating(self, facts: RecordFacts, asked: Asked) -> Evaluating:
        """The executor that was asked for, over the facts or over a copy of them; close it when all is answered."""
        from adapters.copy_opening import open_copy
        from adapters.evaluating import Evaluating
        from adapters.stores import turns

        def opened(choice: Choice) -> AbstractContextManager[EngineFacts]:
            patience = 0 if choice.free else turns.PATIENCE
            return open_copy(self.project, choice.engine, patience=patience, waiting=waiting_told)

        def begins(changes: int | None) -> None:
            if (facts.last_seq() if changes is None else changes) > MANY:
                note("kadenz: copying the facts; this takes a while the first time")

        def told(engine: str, carried: Carried) -> None:
            if carried.anew:
                note(f"kadenz: {carried.rows:,} rows copied to {engine}; later runs carry over what changed")

        choice = self.choice(facts, asked)
        return Evaluating(
            self.model, self.plan, facts, self.project.time_zone, choice, opened, begins, told, self.statements
        )


def waiting_told(who: str) -> None:
    """Say for whom we wait."""
    note(f"kadenz: waiting for {who}, which uses the copy of the facts")


def tell_choice(choice: Choice, *, verbose: bool) -> None:
    """One line on what evaluated, and why, where that is no matter of course."""
    if verbose or choice.notable:
        note(f"kadenz: evaluated on {choice.engine}: {choice.why}")


def open_workspace(directory: Path) -> Workspace:
    """Open a project for any verb but `check`: one that does not check is bad input (exit 3), findings drawn."""
    from dsl.diagnostics import has_errors

    project = open_project(directory)
    checked, found = check_project(project)
    if checked.model is None or has_errors(found):
        text = drawn(project, [d for d in found if d.severity == "error"])
        raise Stop(BAD_INPUT, text + "\nkadenz: the project does not check; `kadenz check` shows everything")
    return Workspace(project, checked.model)


def open_what_checks(directory: Path) -> tuple[Workspace, tuple[str, ...]]:
    """A project for a verb that only looks at what was decided: playbooks with errors are left out, and those that need
    them, and errors of templates do not matter. With the names of what is left out. Stop(3) where `kadenz.yaml` or the
    schema is wrong."""
    project = open_project(directory)
    left_out: set[str] = set()
    while True:
        checked, found = check_project(project)
        wrong = {d.primary.span.file for d in found if d.severity == "error"}
        if checked.model is not None and all(name.startswith("templates/") for name in wrong):
            return Workspace(project, checked.model), (*sorted(left_out | wrong),)
        bad = {name for name, _ in project.sources} & wrong
        if not bad:
            return open_workspace(directory), ()  # says what is wrong
        left_out |= bad
        kept = tuple(d for d in project.diagnostics if d.primary.span.file not in bad)
        sources = tuple(source for source in project.sources if source[0] not in bad)
        project = replace(project, sources=sources, diagnostics=kept)


def instant_of(text: str | None, time_zone: str) -> int:
    """Microseconds of `--at`; now without it. Stop(3) if it is no instant."""
    from engine.instants import from_datetime
    from engine.zones import zone

    if text is None:
        return now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        example = "2026-11-22T12:00Z or 2026-11-22T12:00"
        raise bad_input(f"`{text}` is no instant; write it like {example}") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone(time_zone))
    instant = from_datetime(moment)
    if not 1900 <= moment.year <= 2200:
        raise bad_input(f"`{text}` lies outside the years 1900 to 2200")
    return instant


def instant_shown(instant: int, time_zone: str) -> str:
    """An instant in the project's zone, with its offset."""
    from engine.instants import to_datetime
    from engine.zones import zone

    return to_datetime(instant, zone(time_zone)).isoformat(sep=" ", timespec="minutes")
