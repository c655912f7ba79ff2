"""The system of record of the facts: what is written into it, what it remembers of changes, whom they touch.

Wherever it lies: the statements are the same on SQLite (`adapters.stores.facts`) and on Postgres
(`adapters.stores.facts_record_postgres`), over a small protocol (`adapters.stores.facts_database`). How contacts and
events are read in bulk is each one's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from adapters.stores import facts_erasing, facts_journal, facts_sql, facts_writing
from adapters.stores.facts_database import FactsDatabase, StoreError
from adapters.stores.facts_erasing import Erased
from adapters.stores.facts_writing import AlreadyStored, Counts
from dsl.schema import Schema
from dsl.types import Stored
from engine import layout
from engine.protocols import SqlFacts
from engine.records import Event, Position, Touched
from engine.sql.text import SqlText

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["AlreadyStored", "Counts", "RecordFacts", "StoreError"]


class RecordFacts(SqlFacts, ABC):
    """A facts store that is written to; implements `engine.protocols.SqlFacts` with whoever reads in bulk."""

    database: FactsDatabase
    """The connection, for the parts of this package that share its transactions."""

    _schema: Schema
    _now: int
    _places: tuple[Position, tuple[tuple[str | None, str | None], ...]] | None = None
    """The places of all contacts, and where the store stood then."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it lies, for people; without user and password."""

    @abstractmethod
    def every(self, table: str, columns: Sequence[str]) -> Iterator[Sequence[Stored]]:
        """Some columns of all rows, in no order, one row at a time; nothing else is asked until the last one."""

    def stream(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored]) -> Iterator[tuple[Stored, ...]]:
        """As `query`, but one row at a time, from the first one on; nothing else can be asked until the last one."""
        yield from self.query(sql, parameters)

    @abstractmethod
    def many_writes(self) -> AbstractContextManager[None]:
        """Room for what writes much."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection; temporary tables go with it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------ reading

    def last_seq(self) -> int:
        """The highest arrival number given out; 0 if the store is empty."""
        found = self.database.one("SELECT last FROM _sequence")
        return 0 if found is None else int(found[0])

    def has_been_at(self, seq: int, mark: int | None) -> bool:
        """Whether this was the highest arrival number once."""
        return facts_journal.has_been_at(self.database, seq, mark)

    def position(self) -> Position:
        """Where the store stands."""
        return facts_journal.position(self.database)

    def touched(
        self,
        since: Position,
        events: Collection[str],
        tables: Collection[str],
        span: tuple[int, int],
        most: int,
    ) -> Touched:
        """See `engine.protocols.Facts`."""
        from adapters.stores import facts_touched

        return facts_touched.touched(self.database, self._schema, since, events, tables, span, most)

    def event_instants(self, event_types: Iterable[str], after: int, until: int) -> Iterator[int]:
        """The instants in (after, until] at which some event of these types lies, each once, in order."""
        one = [
            facts_sql.select(
                layout.event_table(name),
                (layout.EVENT_AT,),
                where=[facts_sql.after(layout.EVENT_AT, "after"), facts_sql.at_most(layout.EVENT_AT, "until")],
            )
            for name in event_types
        ]
        found: set[int] = set()
        for sql in one:
            span = {"after": after, "until": until}
            found.update(at for (at,) in self.database.different(sql, span, 2**62))
        yield from sorted(found)

    def bearing(
        self, fields: Sequence[str], text: str, *, folded: bool = False
    ) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The contacts with a text in one of these fields, with what they have in all of them, in no order. `folded`:
        those who have it in other letters, large for small, and perhaps some others."""
        sought = text.lower() if folded else text
        select = facts_sql.bearers(layout.CONTACTS, layout.KEY, tuple(fields), folded=folded)
        for key, *values in self.database.different(select, {"text": sought}, 2**62) if fields else ():
            yield str(key), {name: str(v) for name, v in zip(fields, values, strict=True) if v is not None}

    def bearers(self, field: str, values: Collection[str | int], modulo: int | None = None) -> Iterator[str]:
        """See `engine.protocols.Facts`."""
        from adapters.stores import facts_touched

        return facts_touched.bearers(self, field, values, modulo)

    def places(self) -> Iterator[tuple[str | None, str | None]]:
        """See `engine.protocols.Facts`."""
        from adapters.stores import facts_touched

        # a pass over all contacts; a tick asks once for every trigger of the calendar
        stands = self.position()
        if self._places is None or self._places[0] != stands:
            self._places = stands, tuple(facts_touched.places(self))
        yield from self._places[1]

    def residents(self, places: Collection[tuple[str | None, str | None]]) -> Iterator[str]:
        """See `engine.protocols.Facts`."""
        from adapters.stores import facts_touched

        return facts_touched.residents(self, places)

    def unknown_contacts(self, keys: Collection[str]) -> frozenset[str]:
        """Those of `keys` that are no contacts (yet)."""
        rows = self.database.rows(facts_sql.lacking(layout.CONTACTS, layout.KEY), {"keys": self.database.keys(keys)})
        return frozenset(str(key) for (key,) in rows)

    def holds_events(self, name: str) -> bool:
        """Whether there is any event of a type."""
        return self.database.one(facts_sql.any_row(layout.event_table(name))) is not None

    # ------------------------------------------------------------ writing

    def transaction(self) -> AbstractContextManager[None]:
        """One write transaction around several puts; an error rolls all of them back."""
        return self.database.transaction()

    def put_contacts(self, rows: Iterable[tuple[str, Mapping[str, Stored]]], *, at: int | None = None) -> Counts:
        """Insert or update contacts: (key, fields in stored form). Only fields present change, None means missing.

        Every change is kept in `_field_changes` with `at` (default: `now` of `open`). Batches of 5,000 rows are one
        transaction each, unless one is open.
        """
        return facts_writing.put_contacts(self.database, self._schema, rows, self._now if at is None else at)

    def set_field(self, key: str, contact: str, field: str, value: Stored, *, at: int, source: str) -> bool:
        """Set a field, once for a decision key, and keep the change with `source` (a trigger); False if there is no
        such contact. Raises StoreError."""
        row = (contact, {field: value})
        return facts_writing.set_field(self.database, self._schema, key, row, at, source)

    def put_events(self, name: str, rows: Iterable[Event]) -> Counts:
        """Insert events of type `name`, or correct those whose id is there; `seq` of the given events is ignored."""
        event = self._schema.events.get(name)
        if event is None:
            raise StoreError(f"there is no event type `{name}` in schema.yaml")
        return facts_writing.put_events(self.database, event, rows)

    def put_event_columns(
        self,
        name: str,
        ids: Sequence[str],
        contacts: Sequence[str],
        ats: Sequence[int],
        properties: Mapping[str, Sequence[Stored]],
        *,
        likely_new: bool = True,
    ) -> Counts:
        """The same for events given as columns of one length, all in one transaction; a property without a column is
        missing. `likely_new`: quicker; raises AlreadyStored where one of them is stored, and then the transaction must
        be rolled back."""
        event = self._schema.events.get(name)
        if event is None:
            raise StoreError(f"there is no event type `{name}` in schema.yaml")
        return facts_writing.put_event_columns(
            self.database, event, ids, contacts, ats, properties, likely_new=likely_new
        )

    def put_facts(self, name: str, rows: Iterable[Mapping[str, Stored]]) -> Counts:
        """Insert or update rows of fact table `name` by its key (and time); only columns present change."""
        fact = self._schema.facts.get(name)
        if fact is None:
            raise StoreError(f"there is no fact table `{name}` in schema.yaml")
        return facts_writing.put_facts(self.database, fact, rows)

    def erase(self, contacts: Collection[str], marks: Collection[str] = ()) -> Erased:
        """Take people out, rows and bytes; see `facts_erasing.erase`. Copies follow. Raises StoreError."""
        return facts_erasing.erase(self.database, self._schema, contacts, marks)

    def unfinished_erasing(self) -> bool:
        """Whether bytes of somebody who was erased may still lie in the file; see `finish_erasing`."""
        return facts_erasing.unfinished(self.database)

    def finish_erasing(self) -> None:
        """What an erasure that was cut off left to do; see `facts_erasing.finish`. Raises StoreError."""
        facts_erasing.finish(self.database)

    def sources(self, contact: str) -> Sequence[tuple[str, str | None]]:
        """The changes of a contact in order of arrival: field, and the trigger that made it (None: an import)."""
        return self.database.rows(
            "SELECT field, source FROM _field_changes WHERE contact = ? ORDER BY rowid", (contact,)
        )

    def field_changes(self, contact: str) -> Sequence[tuple[str, Stored, Stored, int]]:
        """The changes of a contact in order of arrival: field, old, new, at. The first is of `_key`: its arrival."""
        return self.database.rows(
            "SELECT field, old, new, at FROM _field_changes WHERE contact = ? ORDER BY rowid", (contact,)
        )

    def changed_after(self, at: int) -> Mapping[str, int]:
        """The fields that changed after an instant, with for how many contacts; those that arrived after it under the
        empty text."""
        rows = self.database.rows(
            "SELECT field, count(DISTINCT contact) FROM _field_changes WHERE at > ? GROUP BY field", (at,)
        )
        return {"" if field == layout.KEY else field: number for field, number in rows}
