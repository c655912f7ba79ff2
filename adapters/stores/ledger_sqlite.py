"""A ledger in one SQLite file: opened through apsw alone, in force what we rely on, errors in people's words.

INVARIANT: no other SQLite library of this process opens the file; closing it there would drop our locks
(ARCHITECTURE.md §3).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Literal, cast

import apsw

from adapters.stores import runners
from adapters.stores.ledger_database import Bindings, LedgerError, NoLedger, Row
from adapters.stores.ledger_dialects import for_sqlite
from dsl.types import Stored

MEMORY: Literal[":memory:"] = ":memory:"
SCRATCH: Literal[""] = ""
"""A nameless file of SQLite's own, for this connection alone: larger than memory where it must be, never flushed, gone
when it is closed."""
Place = Path | Literal[":memory:", ""]
_PRIVATE = (MEMORY, SCRATCH)
BUSY_MILLISECONDS = 60_000
"""How long a write waits for another one: a tick over many contacts holds the lock for some seconds."""

_JOURNALS = {MEMORY: {"memory"}, SCRATCH: {"delete"}}
_FULL = 2
_WAL_TRIES = 50


class SqliteDatabase:
    """A connection to a file, or to one in memory; implements `adapters.stores.ledger_database.Database`."""

    def __init__(self, path: Place, *, create: bool, busy: int = BUSY_MILLISECONDS) -> None:
        """Open `path` and put the safety settings in force; raises LedgerError if one of them is not."""
        self.path = path
        self._busy = busy
        if path not in _PRIVATE and not create and not Path(path).is_file():
            raise NoLedger(f"there is no ledger at `{path}`")
        flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
        with self._errors():
            self._connection = apsw.Connection(str(path), flags=flags)
        try:
            with self._errors():
                self._settings()
        except BaseException:
            self._connection.close(True)
            raise

    def _settings(self) -> None:
        connection = self._connection
        connection.set_busy_timeout(self._busy)
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
        connection.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        if self.path not in _PRIVATE:
            self._wal()
        connection.pragma("synchronous", "full")
        connection.pragma("foreign_keys", "on")
        # so that the append-only triggers also see a row deleted by REPLACE
        connection.pragma("recursive_triggers", "on")
        connection.pragma("secure_delete", "on")
        found = {
            "journal_mode": connection.pragma("journal_mode") in _JOURNALS.get(str(self.path), {"wal"}),
            "synchronous": connection.pragma("synchronous") == _FULL,
            "foreign_keys": connection.pragma("foreign_keys") == 1,
            "recursive_triggers": connection.pragma("recursive_triggers") == 1,
            "secure_delete": connection.pragma("secure_delete") == 1,
            "trusted_schema": connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, -1) == 0,
            "defensive": connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, -1) == 1,
            "double-quoted strings": connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, -1) == 0
            and connection.config(apsw.SQLITE_DBCONFIG_DQS_DDL, -1) == 0,
            "busy_timeout": connection.pragma("busy_timeout") == self._busy,
        }
        if missing := [name for name, in_force in found.items() if not in_force]:
            raise LedgerError(f"the ledger {self.name} refuses the safe setting {', '.join(missing)}")

    def _wal(self) -> None:
        """Switch to WAL. Two processes that open a new file together may refuse each other without waiting."""
        for tries_left in reversed(range(_WAL_TRIES)):
            try:
                self._connection.pragma("journal_mode", "wal")
            except apsw.BusyError:
                if not tries_left:
                    raise
                apsw.sleep(20)
            else:
                return

    @property
    def name(self) -> str:
        """The path, or that it is in memory."""
        return "in memory" if self.path in _PRIVATE else f"`{self.path}`"

    @property
    def folder(self) -> Path | None:
        """The folder the file lies in; None in memory."""
        return None if self.path in _PRIVATE else Path(self.path).parent

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn apsw's errors into text for people; the technical text stays in brackets."""
        try:
            yield
        except apsw.Error as error:
            raise LedgerError(f"{self._explain(error)} ({type(error).__name__}: {error})") from error

    def _explain(self, error: apsw.Error) -> str:
        name = f"the ledger {self.name}"
        match error:
            case apsw.BusyError() | apsw.LockedError():
                return (
                    f"{name} is in use: another run has been writing for {self._busy // 1000} seconds; try again later"
                )
            case apsw.FullError():
                return (
                    f"there is no room left on the disk of {name}; nothing was written, free some space and run again"
                )
            case apsw.CorruptError() | apsw.NotADBError():
                return f"{name} is damaged or no ledger at all; restore it from a backup before anything is sent"
            case apsw.ReadOnlyError() | apsw.PermissionsError():
                return f"{name} cannot be written; check the rights on the file and its folder"
            case apsw.CantOpenError():
                return f"{name} cannot be opened; check that its folder exists and may be written"
            case apsw.IOError():
                return f"the disk failed while {name} was used; nothing more was written, check the disk"
            case apsw.ConstraintError():
                return f"{name} refuses a change that would break it; this is a mistake in Kadenz, please report it"
            case _:
                return f"{name} cannot be used"

    def keys(self, values: Collection[str] | Collection[int]) -> str:
        """A collection as one bound value."""
        return json.dumps(list(values))

    def loose(self, value: Stored) -> Stored:
        """A value as it is: the column takes any."""
        return value

    def rows(self, sql: str, bindings: Bindings = ()) -> list[Row]:
        """All rows of a statement."""
        with self._errors():
            return self._connection.execute(for_sqlite(sql), cast("Any", bindings)).fetchall()

    def one(self, sql: str, bindings: Bindings = ()) -> Row | None:
        """The first row, or None."""
        return next(iter(self.rows(sql, bindings)), None)

    def run(self, sql: str, bindings: Bindings = ()) -> int:
        """Run statements; how many rows they changed, triggers left out of the last one."""
        with self._errors():
            before = self._connection.total_changes()
            self._connection.execute(for_sqlite(sql), cast("Any", bindings)).fetchall()
            return self._connection.total_changes() - before

    def many(self, sql: str, bindings: Iterable[Bindings]) -> int:
        """Run one statement for each of `bindings`; how many rows were changed."""
        with self._errors():
            before = self._connection.total_changes()
            self._connection.executemany(for_sqlite(sql), cast("Any", bindings)).fetchall()
            return self._connection.total_changes() - before

    def script(self, sql: str) -> None:
        """Run the statements of a migration."""
        with self._errors():
            self._connection.execute(sql).fetchall()

    def tables(self) -> frozenset[str]:
        """The names of the tables that are there."""
        return frozenset(name for (name,) in self.rows("select name from sqlite_schema where type = 'table'"))

    @contextmanager
    def transaction(
        self,
        *,
        shared: bool = False,  # noqa: ARG002 - every write has the file to itself
        durable: bool = True,
    ) -> Iterator[None]:
        """One write transaction: the lock first (BEGIN IMMEDIATE), commit at the end, rollback on any error."""
        if self._connection.in_transaction:
            raise LedgerError("a write to the ledger was begun inside another one; this is a mistake in Kadenz")
        with self._errors():
            if not durable:
                # a commit then only writes to the log, which the next full one flushes as a whole, in its order
                self._connection.execute("pragma synchronous = normal")
            try:
                self._connection.execute("begin immediate").fetchall()
            except BaseException:
                self._connection.execute("pragma synchronous = full")
                raise
        try:
            yield
            with self._errors():
                self._connection.execute("commit").fetchall()
        except BaseException:
            self._rollback()
            raise
        finally:
            if not durable:
                with self._errors():
                    self._connection.execute("pragma synchronous = full")

    def _rollback(self) -> None:
        if self._connection.in_transaction:  # SQLite has rolled back by itself where the disk is full
            with self._errors():
                self._connection.execute("rollback").fetchall()

    def flush(self) -> None:
        """One more full commit."""
        with self.transaction(), self._errors():
            # a commit that changes nothing writes nothing, and a value that is set to itself is no change
            self._connection.pragma("user_version", (self._connection.pragma("user_version") + 1) % 2**31)

    def in_order(self) -> None:
        """Nothing to do: no other transaction is open."""

    @contextmanager
    def unguarded(self) -> Iterator[None]:
        """The triggers are taken away and made again as they were; both belong to the transaction."""
        guards = self.rows("select name, sql from sqlite_schema where type = 'trigger' order by name")
        for name, _ in guards:
            self.run(f"drop trigger {name}")
        yield
        for _, made in guards:
            self.run(made)

    def rewrite(self) -> bool:
        """A new file in the place of the old one, and an empty log."""
        if self.path in _PRIVATE:
            return True
        with self._errors():
            self._connection.execute("vacuum").fetchall()
            told = self._connection.execute("pragma wal_checkpoint(truncate)").fetchone()
        return told is not None and not told[0]

    def owner(self) -> AbstractContextManager[str]:
        """A new owner name, alive while this process holds the lock of its file (`adapters.stores.runners`)."""
        return runners.runner(self.folder)

    def is_alive(self, owner: str) -> bool:
        """Whether the owner's process holds its lock."""
        return runners.is_alive(self.folder, owner)

    def forget(self, owner: str) -> None:
        """Remove the file of a dead owner."""
        runners.forget(self.folder, owner)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        with self._errors():
            self._connection.close()
