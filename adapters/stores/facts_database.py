"""The database below the system of record of the facts, as the modules that write and follow it see it.

There is one body of statements, written in what SQLite and Postgres both speak, with numbered or named parameters as
SQLite has them, and with the words of the ledger's statements (`adapters.stores.ledger_dialects`): `each(:keys)` and
`each_number(:keys)` are a table of one column `value`, the texts or numbers of `FactsDatabase.keys`. `loose(x)` is a
value as a column keeps it that holds texts and numbers alike, `bytes_of(x)` how many bytes a text has in UTF-8.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from dsl.types import Stored
from engine.layout import Kind

if TYPE_CHECKING:
    from adapters.stores.facts_migrations import TableShape

Row = tuple[Any, ...]
Bindings = Sequence[object] | Mapping[str, object]
"""Texts, integers, None, and what `FactsDatabase.keys` and `FactsDatabase.loose` give."""

OUT_OF_RANGE = "a number that the playbooks reckon leaves 64 bits: look for absurdly large values"
"""What every engine's error says then."""


class StoreError(Exception):
    """The facts store cannot be used as asked. The text is for people: lower case, one sentence."""


class Refused(StoreError):
    """A row does not go into its table: another one has its key, or a value does not fit."""


class FactsDatabase(Protocol):
    """A connection with its statements."""

    def keys(self, values: Collection[Stored]) -> object:
        """A collection as one bound value, for `each` (texts) or `each_number` (numbers)."""
        ...

    def loose(self, value: Stored) -> object:
        """A bound value for a column that keeps texts and numbers apart."""
        ...

    def rows(self, sql: str, bindings: Bindings = ()) -> list[Row]:
        """All rows of a statement."""
        ...

    def different(self, sql: str, bindings: Bindings, most: int) -> Iterable[Row]:
        """The rows of a select, each of them at least once, up to `most` different ones; not all at once in memory."""
        ...

    def one(self, sql: str, bindings: Bindings = ()) -> Row | None:
        """The first row, or None."""
        ...

    def run(self, sql: str, bindings: Bindings = ()) -> int:
        """Run a statement; how many rows it changed."""
        ...

    def many(self, sql: str, bindings: Iterable[Sequence[object]]) -> None:
        """Run one statement for each of `bindings`. Raises Refused."""
        ...

    def put(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]], key: Sequence[str] = ()
    ) -> None:
        """Insert rows, in bulk; with `key`, a row that is there takes the new values (columns not named stay), and no
        key comes twice among `rows`. Raises Refused, and then the transaction must be rolled back."""
        ...

    def mend(self, table: str, columns: Sequence[str], key: str, rows: Sequence[Sequence[object]]) -> None:
        """Update these columns of the rows whose `key` is the last value of a row. Raises Refused."""
        ...

    def in_transaction(self) -> bool:
        """Whether a transaction is open now, of reading or of writing."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """One write transaction, or a part of the one that is open: the lock is taken first, an error rolls back.

        One writer at a time. So arrival numbers and lines of the journal become visible in their order, and whoever
        remembers the highest one that was seen misses nothing."""
        ...

    def has_table(self, name: str) -> bool:
        """Whether there is such a table."""
        ...

    def steps(self) -> Sequence[Callable[[], None]]:
        """Step n brings our own tables from version n to n + 1. Steps are never edited, only appended."""
        ...

    def create_table(self, shape: TableShape) -> None:
        """Make a table of the schema, with its keys and what writes the journal."""
        ...

    def add_column(self, table: str, name: str, kind: Kind) -> None:
        """Add a column."""
        ...

    def drop_column(self, table: str, name: str) -> None:
        """Take a column out."""
        ...

    def scrub(self) -> None:
        """Write everything anew, so that no byte of what was deleted stays in the tables. Not inside a transaction.
        Raises StoreError while others use the store."""
        ...
