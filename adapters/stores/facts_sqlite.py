"""The database of the facts in one SQLite file: one connection of the standard library, one writer at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from adapters.stores import facts_sql, facts_tables_sqlite
from adapters.stores.facts_database import Bindings, Refused, Row, StoreError
from adapters.stores.facts_migrations import TableShape
from adapters.stores.ledger_dialects import for_sqlite
from dsl.types import Stored
from engine.layout import Kind


class SqliteFactsDatabase:
    """A connection; implements `adapters.stores.facts_database.FactsDatabase`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def keys(self, values: Collection[Stored]) -> object:
        """A collection as JSON; in order of the table: neighbours lie on one page."""
        return json.dumps(sorted(set(values), key=_in_order))

    def loose(self, value: Stored) -> object:
        """The value itself: a column of type `any` keeps them apart."""
        return value

    def rows(self, sql: str, bindings: Bindings = ()) -> list[Row]:
        """All rows of a statement."""
        return self._execute(sql, bindings).fetchall()

    def different(self, sql: str, bindings: Bindings, most: int) -> Iterable[Row]:  # noqa: ARG002  # nothing is held
        """The rows as they come: asked for different ones SQLite would read the whole table in the order of its key."""
        return self._execute(sql, bindings)

    def one(self, sql: str, bindings: Bindings = ()) -> Row | None:
        """The first row, or None."""
        found: Row | None = self._execute(sql, bindings).fetchone()
        return found

    def run(self, sql: str, bindings: Bindings = ()) -> int:
        """Run a statement; how many rows it changed."""
        return self._execute(sql, bindings).rowcount

    def _execute(self, sql: str, bindings: Bindings) -> sqlite3.Cursor:
        return self.connection.execute(for_sqlite(sql), bindings)

    def many(self, sql: str, bindings: Iterable[Sequence[object]]) -> None:
        """Run one statement for each of `bindings`."""
        try:
            self.connection.executemany(for_sqlite(sql), bindings)
        except (sqlite3.IntegrityError, OverflowError, UnicodeEncodeError) as error:
            raise Refused(str(error)) from error

    def put(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]], key: Sequence[str] = ()
    ) -> None:
        """Insert rows, or give those that are there new values."""
        self.many(facts_sql.insert(table, columns, key=key), rows)

    def mend(self, table: str, columns: Sequence[str], key: str, rows: Sequence[Sequence[object]]) -> None:
        """Update rows."""
        self.many(facts_sql.update(table, columns, key), rows)

    def in_transaction(self) -> bool:
        """Whether a transaction is open now."""
        return self.connection.in_transaction

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One write transaction, or a part of the one that is open: the lock is taken first, an error rolls back."""
        if self.in_transaction():
            yield
            return
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise StoreError(f"the facts store is busy or cannot be written: {error}") from error
        try:
            yield
        except BaseException:
            if self.in_transaction():
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def has_table(self, name: str) -> bool:
        """Whether there is such a table."""
        return self.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)) is not None

    def steps(self) -> Sequence[Callable[[], None]]:
        """The steps of our own tables."""
        return [partial(self._step, step) for step in facts_tables_sqlite.STEPS]

    def _step(self, step: facts_tables_sqlite.Step) -> None:
        step(facts_tables_sqlite.utils(self.connection))

    def create_table(self, shape: TableShape) -> None:
        """Make a table of the schema."""
        facts_tables_sqlite.create(facts_tables_sqlite.utils(self.connection), shape)

    def add_column(self, table: str, name: str, kind: Kind) -> None:
        """Add a column."""
        facts_tables_sqlite.utils(self.connection)[table].add_column(name, facts_tables_sqlite.python_type(kind))

    def drop_column(self, table: str, name: str) -> None:
        """Take a column out."""
        self.run(" ".join(("ALTER TABLE", facts_sql.quoted(table), "DROP COLUMN", facts_sql.quoted(name))))

    def scrub(self) -> None:
        """Write the file anew and empty the log.

        What is deleted stays in free parts of a file, and copies of cells stay where pages were split."""
        try:
            # by itself the new file would be made in memory first (`temp_store` of the store)
            self.connection.execute("PRAGMA temp_store = FILE")
            self.connection.execute("VACUUM")
            busy, _, _ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            raise StoreError(f"the rows are erased, but the file could not be written anew: {error}") from error
        finally:
            self.connection.execute("PRAGMA temp_store = MEMORY")
        if busy:
            raise StoreError("the rows are erased, but not yet their bytes: another process reads the facts store")


def _in_order(value: Stored) -> tuple[bool, int, str]:
    return (True, value, "") if isinstance(value, int) else (False, 0, value or "")
