"""Everything that can be looked at from outside while nothing runs: is this installation fit to send?

Each look is one line: what was looked at, how it is, and what to do where it is not well.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from adapters.channel_config import secrets_of
from adapters.stores.facts_migrations import StoreError
from adapters.stores.ledger_database import LedgerError, NoLedger
from adapters.stores.ledger_figures import outbox_figures
from adapters.stores.ledger_invariants import INVARIANTS, broken
from adapters.stores.ledger_sqlite import SqliteDatabase
from adapters.wording import counted

if TYPE_CHECKING:
    from adapters.project import Project
    from adapters.store_config import PostgresConfig
    from adapters.stores.handover_journal import HandoverJournal
    from adapters.stores.ledger import SqlLedger

WAL_SAFE = (3, 51, 3)
"""From this version on SQLite has no race between a checkpoint and several writers in WAL."""

LEAST_FREE = 5
"""Percent of the disk below which results might not fit any more (reliability.md §3.4)."""


@dataclass(frozen=True, slots=True)
class Look:
    """One thing looked at. `bad`: somebody must act. `note`: worth knowing."""

    what: str
    state: Literal["ok", "note", "bad"]
    found: str
    help: str = ""


def looks(
    project: Project,
    ledger: Callable[[], SqlLedger],
    journal: Callable[[SqlLedger], HandoverJournal],
    password: Callable[[PostgresConfig], str | None],
    environment: Mapping[str, str],
    definition: Callable[[], str | None],
) -> Iterator[Look]:
    """Look at everything. `ledger` opens the one that is there (NoLedger where there is none). Errors of a store are
    looks, too. `environment` holds the secrets of channels; `definition`: the definition hash of the playbooks, None
    where they do not check."""
    yield from _disk(project)
    yield from _secrets(project, environment)
    try:
        with ledger() as opened:
            try:
                yield from _ledger(opened, opened.clock())
                yield from _applied(project, opened, definition)
            except LedgerError as error:
                yield Look("ledger", "bad", str(error))
            yield from _journal(journal(opened))
            yield from _forgotten(project, opened)
    except NoLedger as error:
        if project.journal_path.exists():
            told = f"{error}, and the journal of hand-overs tells of one"
            yield Look("ledger", "bad", told, "restore it from a backup, then `kadenz resume --after-restore`")
        else:
            yield Look("ledger", "note", "there is none yet", "the first `kadenz run` makes it")
    except LedgerError as error:
        yield Look("ledger", "bad", str(error))
    if project.facts_record is None:
        yield from _facts(project.facts_path)
    else:
        yield from _facts_on_server(project.facts_record, password)


def _disk(project: Project) -> Iterator[Look]:
    for what, folder in (("disk of the store", project.store), ("disk of the journal", project.journal)):
        there = next(f for f in (folder, *folder.parents) if f.exists())
        usage = shutil.disk_usage(there)
        percent = usage.free * 100 // usage.total
        told = f"{usage.free // 2**20:,} MB free, {percent} %"
        bad = percent < LEAST_FREE
        yield Look(what, "bad" if bad else "ok", told, "make room before results no longer fit" if bad else "")


def _secrets(project: Project, environment: Mapping[str, str]) -> Iterator[Look]:
    """Secrets that a channel needs and that are not there: nothing leaves by it then."""
    named = [(f"channel {n}", one) for n, one in project.channels.items()]
    named += [(f"team {n}", one) for n, one in project.teams.items()]
    named += [(f"hook {n}", one) for n, one in project.hooks.items()]
    for what, config in named:
        for variable in secrets_of(config):
            if not environment.get(variable):
                told = f"the secret `{variable}` is not set: nothing leaves here"
                yield Look(what, "bad", told, f"`export {variable}=..` for whatever runs `kadenz run`")


def _ledger(ledger: SqlLedger, now: int) -> Iterator[Look]:
    database = ledger.database
    if isinstance(database, SqliteDatabase):
        import apsw

        version = apsw.sqlite_lib_version()
        safe = tuple(map(int, version.split("."))) >= WAL_SAFE
        help_ = "" if safe else "install the locked `apsw`: before 3.51.3 several writers may lose a commit"
        yield Look(
            "ledger: SQLite", "ok" if safe else "bad", f"{version}, WAL, every commit on disk (read back)", help_
        )
        wrong = [text for (text,) in database.rows("pragma integrity_check") if text != "ok"]
        wrong += [f"a row of {row[0]} points nowhere" for row in database.rows("pragma foreign_key_check")]
        yield Look(
            "ledger: file",
            "bad" if wrong else "ok",
            wrong[0] if wrong else "whole",
            "restore it from a backup, then `kadenz resume --after-restore`" if wrong else "",
        )
    else:
        yield Look("ledger: Postgres", "ok", "every commit on disk, isolation and locks as needed (read back)")
    found = list(broken(database))
    for one in found:
        told = f"does not hold for {one.rows:,} rows, such as {one.example}"
        yield Look(
            f"ledger: {one.invariant}", "bad", told, "this is a mistake in Kadenz, please report it; nothing is lost"
        )
    if not found:
        yield Look("ledger: invariants", "ok", f"all {len(INVARIANTS)} hold")
    figures = outbox_figures(database)
    uncertain = figures.rows["uncertain"]
    if uncertain:
        help_ = "they count under caps and are never sent again by themselves; `kadenz settle` takes what you know"
        yield Look("outbox: uncertain", "note", f"{uncertain:,} may or may not have left", help_)
    for state in ("held", "queued", "claimed", "committing"):
        if figures.rows[state]:
            hours = (now - figures.oldest[state]) // 3_600_000_000
            yield Look(f"outbox: {state}", "ok", f"{figures.rows[state]:,}, the oldest for {hours:,} hours")
    if figures.runs["held"]:
        yield Look(
            "runs: held", "ok", f"{figures.runs['held']:,} without a message yet; `kadenz decisions --state held`"
        )
    for name, why, _ in ledger.pauses():
        yield Look("pause", "note", f"{'everything' if name == '*' else name}: {why}", "`kadenz resume` takes it back")
    last = ledger.last_tick()
    if last is not None and last.as_of > now:
        minutes = (last.as_of - now) // 60_000_000
        yield Look("clock", "bad", f"the last tick lies {minutes:,} minutes ahead of this clock", "set the clock right")


def _applied(project: Project, ledger: SqlLedger, definition: Callable[[], str | None]) -> Iterator[Look]:
    from adapters.activation import is_required, not_applied
    from adapters.cli.workspace import instant_shown
    from adapters.stores.ledger_applied import active

    standing = active(ledger.database)
    required = is_required(project.review.apply, standing)
    if standing is not None:
        since = instant_shown(standing.at, project.time_zone)
        told = f"{standing.hash[:12]}, commit {standing.commit[:12]}, by {standing.who} since {since}"
        yield Look("applied", "ok", told)
    if not required:
        return
    hash_ = definition()
    why = (
        "these playbooks do not check"
        if hash_ is None
        else not_applied(ledger.database, hash_, project.time_zone, here=project.review.apply)
    )
    if why is not None:
        help_ = "`kadenz plan --out FILE`, then `kadenz apply FILE`; until then no run decides or sends anything"
        yield Look("applied", "bad", f"only applied playbooks run here, and {why}", help_)


def _journal(journal: HandoverJournal) -> Iterator[Look]:
    try:
        journal.standing().must_allow(journal.path)
    except LedgerError as error:
        yield Look("journal of hand-overs", "bad", str(error))
    else:
        yield Look("journal of hand-overs", "ok", "the ledger knows everything that it tells")


def _facts_on_server(server: PostgresConfig, password: Callable[[PostgresConfig], str | None]) -> Iterator[Look]:
    from adapters.stores.facts_record_postgres import NAMESPACE, is_there

    try:
        if is_there(server.address, namespace=server.schema or NAMESPACE, password=password(server)):
            yield Look("facts: Postgres", "ok", "every commit on disk, isolation and locks as needed (read back)")
        else:
            yield Look("facts", "note", "there are none yet", "`kadenz import`")
    except StoreError as error:
        yield Look("facts: Postgres", "bad", str(error))


def _forgotten(project: Project, ledger: SqlLedger) -> Iterator[Look]:
    from adapters.rights.secret import RightsError
    from adapters.rights.tombstones import Tombstones
    from adapters.stores import ledger_erasing

    what = "forgotten"
    try:
        known = Tombstones(project.forgotten_path).read()
    except RightsError as error:
        yield Look(what, "bad", str(error), "put the file back from where the journal's folder is kept")
        return
    held = ledger_erasing.remembered(ledger.database)
    if behind := [one for one in known.forgotten if one.id not in held]:
        told = f"the ledger knows {counted(len(behind), 'person', 'people')} who should be forgotten"
        yield Look(what, "bad", told, "nothing leaves until `kadenz resume --after-restore`")
    elif ledger_erasing.unfinished(ledger.database):
        told = "bytes of somebody who was forgotten may still lie in the ledger"
        yield Look(what, "bad", told, "`kadenz store --follow`, while nothing else runs")
    elif known.forgotten or held:
        yield Look(what, "ok", f"the ledger has carried out {counted(len(known.forgotten), 'order')}")


def _facts(path: Path) -> Iterator[Look]:
    if not path.exists():
        yield Look("facts", "note", "there are none yet", "`kadenz import`")
        return
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    except sqlite3.Error as error:
        yield Look("facts: file", "bad", str(error))
        return
    try:
        wrong = [text for (text,) in connection.execute("PRAGMA quick_check(1)") if text != "ok"]
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        if mode != "wal":
            wrong.append(f"its journal mode is {mode}, not WAL")
    except (sqlite3.Error, StoreError) as error:
        wrong = [str(error)]
    finally:
        connection.close()
    help_ = "restore it from a backup, or import everything again into a new one" if wrong else ""
    yield Look("facts: file", "bad" if wrong else "ok", wrong[0] if wrong else "whole", help_)
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < WAL_SAFE:
        told = (
            f"SQLite {version} of this Python: before 3.51.3 several imports at once might, very rarely, lose a batch"
        )
        yield Look("facts: SQLite", "note", told, "run imports one after the other; the ledger does not use this one")
    else:
        yield Look("facts: SQLite", "ok", version)
