"""The ledger of a project: everything decided, and everything known from outside about consent.

`SqlLedger` implements `engine.protocols.Ledger`; the outbox side of it is `adapters.stores.ledger_outbox`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.stores import ledger_copying, ledger_lists
from adapters.stores import ledger_evidence as evidence
from adapters.stores.ledger_database import Database, LedgerError
from adapters.stores.ledger_migrations import check_version, migrate
from adapters.stores.ledger_read import LedgerReading
from adapters.stores.ledger_rows import tags_text
from adapters.stores.ledger_sqlite import BUSY_MILLISECONDS, Place, SqliteDatabase
from adapters.stores.ledger_write import LedgerWriting
from engine.records import (
    ConsentRecord,
    CountedMessage,
    Event,
    HandedOver,
    ListChange,
    ListMode,
    ListVersion,
    Suppression,
)

__all__ = ["LedgerError", "SqlLedger", "SqliteLedger"]

# trigger and offer under the oldest name that `was` gives, so that conditions about them outlive a new name
_SENT = """
select s.seq, s.key, s.at, o.contact, o.trigger_id, o.channel, o.template, coalesce(h.offer, o.offer), o.tags
from sent as s join outbox as o on o.key = s.key left join held_offer as h on h.key = o.key
where s.seq > ? and o.kind = 'message'
order by s.seq
"""

_PAUSES = "select trigger_id, why, at from pause order by trigger_id"


_RUNS_UNTIL = """
select * from (
  select trigger_id, contact, cause_at, key, properties from outbox
  where reserved_at <= ?1 and state in ('queued', 'claimed', 'committing', 'sent', 'uncertain')
    and key in (select key from firing)
  union all
  select trigger_id, contact, cause_at, key, properties from ghost where at <= ?1
) as run where key > ?2 order by key limit 10000
"""


class SqlLedger(LedgerReading):
    """The ledger of one project, on any database. Close it, or use it as a context manager."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        """Take a connection over and bring its ledger forward. `clock`: microseconds since 1970 UTC.

        Raises LedgerError if it is no ledger, or was written by a newer program; the connection is closed then."""
        super().__init__(database)
        self._clock = clock
        try:
            migrate(database, clock())
        except BaseException:
            database.close()
            raise

    @property
    def database(self) -> Database:
        """The connection, for the other modules of the ledger."""
        return self._database

    @property
    def clock(self) -> Callable[[], int]:
        """The clock of this ledger, microseconds since 1970 UTC: one for all who write to it."""
        return self._clock

    @property
    def identity(self) -> int:
        """What tells this ledger from another one: when it was made, to the microsecond."""
        row = self._database.one("select created_at from meta")
        assert row is not None, "`migrate` has written it"
        return int(row[0])

    def owner(self) -> AbstractContextManager[str]:
        """A name for a run that hands over; while the block lasts, no other run takes its rows back."""
        return self._database.owner()

    @contextmanager
    def write(self) -> Iterator[LedgerWriting]:
        """One transaction: the lock first, committed at the end, rolled back on an error. Raises LedgerError."""
        with self.transaction():
            yield LedgerWriting(self._database)

    @contextmanager
    def transaction(self, *, shared: bool = False, durable: bool = True) -> Iterator[None]:
        """A bare write transaction, the schema version checked behind the lock; `shared` and `durable` as in
        `Database.transaction`. Raises LedgerError."""
        with self._database.transaction(shared=shared, durable=durable):
            check_version(self._database)
            yield

    def flush(self) -> None:
        """Whatever can be read of the ledger is on the disk when this returns. Raises LedgerError."""
        self._database.flush()

    def add_consents(self, records: Iterable[ConsentRecord]) -> tuple[int, int]:
        """Append consent records in a transaction of their own, idempotent by id: (new, same)."""
        with self.transaction():
            return evidence.add_consents(self._database, records)

    def add_suppressions(self, entries: Iterable[Suppression]) -> tuple[int, int]:
        """Add suppressions in a transaction of their own, idempotent by id: (new, same)."""
        with self.transaction():
            return evidence.add_suppressions(self._database, entries)

    def add_messages(self, messages: Iterable[CountedMessage]) -> tuple[int, int]:
        """Add messages sent elsewhere, which caps then count; idempotent by id: (new, same)."""
        with self.transaction():
            return evidence.add_messages(self._database, messages)

    def put_list(self, name: str, contacts: Collection[str], mode: ListMode = "replace") -> ListChange:
        """Change a list that is kept by hand, in a transaction of its own."""
        with self.transaction():
            return ledger_lists.put(self._database, name, contacts, mode, self._clock())

    def mark_quiet(self, contacts: Collection[str]) -> None:
        """Remember that these contacts are imported quietly, in a transaction of its own."""
        with self.transaction():
            evidence.mark_quiet(self._database, contacts)

    def quiet_arrived(self, contacts: Collection[str]) -> None:
        """Those of them that were marked as quiet are in the store now, in a transaction of its own."""
        with self.transaction():
            evidence.quiet_arrived(self._database, contacts)

    def list_versions(self, name: str) -> Sequence[ListVersion]:
        """The versions of a list, oldest first."""
        return ledger_lists.versions(self._database, name)

    def sync_evidence(self, source: SqlLedger, contacts: Collection[str] | None = None) -> None:
        """Copy consent, suppressions, imported messages, pauses and lists that this ledger lacks from `source`, who was
        imported quietly, and what `source` has sent; in ranges, from where the last copy ended. `contacts`: what
        concerns these is enough, for whoever looks at them alone."""
        if contacts is None:
            ledger_copying.copy(self._database, source.database, self.transaction)
        else:
            ledger_copying.copy_of_contacts(self._database, source.database, contacts, self.transaction)

    def rewind_evidence(self, at: int) -> None:
        """Forget, in a ledger that replays the past, what was sent after `at`, what is paused, and what was imported
        quietly: the replay makes its own. Consents and suppressions bear their time, and stay."""
        with self.transaction():
            evidence.rewind(self._database, at)

    def runs_until(self, at: int) -> Iterator[Sequence[HandedOver]]:
        """The runs that were reserved up to `at` and did not definitively fail, or were held out, some at a time."""
        last = ""
        while found := self._database.rows(_RUNS_UNTIL, (at, last)):
            last = found[-1][3]
            yield [HandedOver(of, contact, cause, key, json.loads(text)) for of, contact, cause, key, text in found]

    def ticks(self, after: int, until: int) -> Sequence[int]:
        """The instants of the ticks in (after, until], each once, in order."""
        found = self._database.rows(
            "select distinct as_of from tick where as_of > ? and as_of <= ? order by as_of", (after, until)
        )
        return [int(at) for (at,) in found]

    def behind(self, source: SqlLedger) -> int:
        """How many consents of `source` the next `sync_evidence` will take over, about."""
        return ledger_copying.behind(self._database, source.database)

    def pause(self, trigger: str, why: str) -> None:
        """Let nothing more leave for a trigger id, or for all with "*"; effective at the next marker."""
        with self.transaction():
            evidence.pause(self._database, trigger, why, self._clock())

    def pauses(self) -> Sequence[tuple[str, str, int]]:
        """What is paused: trigger id or "*", why, since when."""
        return [(name, why, at) for name, why, at in self._database.rows(_PAUSES)]

    def resume(self, trigger: str, at: int | None = None) -> bool:
        """Take a pause away; whether there was one. Its rates are counted anew from `at` on (None: from now on)."""
        with self.transaction():
            return evidence.resume(self._database, trigger, self._clock() if at is None else at)

    def handed_over_events(self, after_seq: int = 0) -> Iterator[Event]:
        """Messages that were sent, as facts events `message_sent`, in the order of their results.

        The id is the decision key, `at` the instant of the result; `seq` counts results in this ledger: give the
        highest one seen as `after_seq` to read on. Notices are no messages to a contact and are left out."""
        found = self._database.rows(_SENT, (after_seq,))
        if found:
            self.flush()  # a number that a power cut takes back would be given out again, and be taken for one seen
        for seq, key, at, contact, trigger, channel, template, offer, tags in found:
            known = {
                "trigger": trigger,
                "channel": channel,
                "template": template,
                "offer": offer,
                "tags": tags_text(tags),
            }
            properties = {name: value for name, value in known.items() if value}
            yield Event("message_sent", key, contact, at, seq, properties)

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class SqliteLedger(SqlLedger):
    """A ledger in one SQLite file."""

    _database: SqliteDatabase

    @classmethod
    def open(
        cls,
        path: Place,
        *,
        clock: Callable[[], int],
        create: bool = True,
        busy_milliseconds: int = BUSY_MILLISECONDS,
    ) -> Self:
        """Open (and create, and bring forward) the ledger at `path`. `clock`: microseconds since 1970 UTC.

        `busy_milliseconds`: how long a write waits for another process. Raises LedgerError if the file cannot be
        used, is missing and `create` is False, is no ledger, or was written by a newer program."""
        return cls(SqliteDatabase(path, create=create, busy=busy_milliseconds), clock)

    @property
    def folder(self) -> Path | None:
        """The folder the file lies in; None in memory."""
        return self._database.folder
