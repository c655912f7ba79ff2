"""The database below a ledger, as the ledger's own modules see it.

There is one body of statements. They are written in what SQLite and Postgres both speak (`is not distinct from`,
`on conflict (key) do ...`), with numbered or named parameters as SQLite has them, and with a few words of our own that
each database turns into its own (`adapters.stores.ledger_dialects` says which and why):

| written | means |
|---|---|
| `each(:keys)`, `each_number(:ids)` | a table of one column `value`: the texts, or numbers, of `Database.keys` |
| `for update`, `... skip locked` at the end | rows are locked as they are read, where others may write meanwhile |
| `indexed by NAME` | which index; Postgres has statistics and needs no telling |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from dsl.types import Stored

Row = tuple[Any, ...]
Bindings = Sequence[object] | Mapping[str, object]
"""Texts, integers, None, and what `Database.keys` and `Database.loose` give."""


class LedgerError(Exception):
    """The ledger cannot be opened, read or written, or was asked for what it must refuse. The text is for people."""


class NoLedger(LedgerError):
    """There is none, and none was to be made."""


class Database(Protocol):
    """A connection with its statements. Whatever the driver raises leaves as `LedgerError`."""

    @property
    def name(self) -> str:
        """Which ledger this is, for messages to people."""
        ...

    def keys(self, values: Collection[str] | Collection[int]) -> object:
        """A collection as one bound value, for `each` or `each_number`."""
        ...

    def loose(self, value: Stored) -> object:
        """A bound value for a column of type `any`, which keeps texts and numbers apart."""
        ...

    def rows(self, sql: str, bindings: Bindings = ()) -> list[Row]:
        """All rows of a statement. Read at once, so that no reader stays open behind a write."""
        ...

    def one(self, sql: str, bindings: Bindings = ()) -> Row | None:
        """The first row, or None."""
        ...

    def run(self, sql: str, bindings: Bindings = ()) -> int:
        """Run a statement; how many rows it changed."""
        ...

    def many(self, sql: str, bindings: Iterable[Bindings]) -> int:
        """Run one statement for each of `bindings`; how many rows were changed."""
        ...

    def script(self, sql: str) -> None:
        """Run the statements of a migration, written for SQLite."""
        ...

    def tables(self) -> frozenset[str]:
        """The names of the tables that are there."""
        ...

    def transaction(self, *, shared: bool = False, durable: bool = True) -> AbstractContextManager[None]:
        """One write transaction: the lock of the ledger first, commit at the end, rollback on any error.

        `shared`: other shared ones may run beside it, and it locks the rows that it changes before it reads them (the
        steps of a hand-over); one that is not shared has the ledger to itself. On SQLite every write has the file to
        itself. Raises LedgerError also where one is open already: transactions do not nest.

        `durable`: what is committed is on the disk when the block has ended. One that is not is there for everybody at
        once and outlives the process, and reaches the disk with the next durable one of anybody; a power cut until then
        takes it back, and whatever was committed after it."""
        ...

    def flush(self) -> None:
        """Everything that is committed is on the disk when this returns, whoever committed it. Outside of a
        transaction."""
        ...

    def in_order(self) -> None:
        """From here to the commit no other transaction passes this place: numbers that are given out after it become
        visible in their order, so that a reader may remember the highest one it saw."""
        ...

    def unguarded(self) -> AbstractContextManager[None]:
        """Inside of a transaction: what is append-only for everybody may be changed in the block. For erasing alone."""
        ...

    def rewrite(self) -> bool:
        """Write the tables anew, so that nothing of what was deleted is left in their files. Outside of a transaction.
        False where others who read keep older bytes: to be done again later."""
        ...

    def owner(self) -> AbstractContextManager[str]:
        """A new owner name for a run, alive until the block ends, or the process, or the connection."""
        ...

    def is_alive(self, owner: str) -> bool:
        """Whether the run of that name still goes on."""
        ...

    def forget(self, owner: str) -> None:
        """Clear away what is left of a dead owner."""
        ...

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        ...
