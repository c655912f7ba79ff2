"""The outbox of the ledger: `engine.handover.Outbox`, each step in a commit of its own.

The database itself refuses changes of state that the machine does not know (`outbox_arrows` in the migrations). Steps
of several runs may run beside each other where the database can do that: each locks the rows that it changes before it
reads them, and no lock outlives its step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import Literal

from adapters.stores.ledger import LedgerError, SqlLedger
from adapters.stores.ledger_gates import Refusal, refusal
from adapters.stores.ledger_notices import take_back
from adapters.stores.ledger_rows import outbox_row
from engine.handover import Recovered
from engine.protocols import Again, Receipt, Remembers
from engine.records import OutboxRow, OutboxState

SECOND = 1_000_000
RETRY_DELAYS: tuple[int, ...] = (60 * SECOND, 300 * SECOND, 900 * SECOND, 3600 * SECOND, 4 * 3600 * SECOND)
"""How long a row waits after each refusal for now; after as many refusals it is given up. Microseconds."""

# `indexed by`: without statistics SQLite prefers the index over all states and walks through the whole queue
_PAST = """
select id, key from outbox indexed by outbox_queued_expires where state = 'queued' and expires_at < ? order by id
"""

_STATES = """
select id, state, fence, repeatable from outbox where id in (select value from each_number(?)) order by id for update
"""

# a notice beside a message waits until it is known whether that one goes
_DUE_IDS = """
select id from outbox indexed by outbox_queued
where state = 'queued' and channel = ?1 and (not_before is null or not_before <= ?2)
  and trigger_id not in (select trigger_id from pause)
  and not (kind = 'notice' and exists (
    select 1 from outbox as main
    where main.trigger_id = outbox.trigger_id and main.contact = outbox.contact and main.cause_at = outbox.cause_at
      and main.event_type is not distinct from outbox.event_type and main.event is not distinct from outbox.event
      and main.kind = 'message' and main.state in ('held', 'queued', 'claimed', 'committing')))
order by id limit ?3 for update skip locked
"""

_BY_ID = """
select id, key, kind, trigger_id, contact, channel, template, offer, category, purpose, tags, address, cause_at,
  reserved_at, expires_at, local_date, text, event_type, event, properties, state, fence, owner, attempts, not_before,
  note, changed_at
from outbox
where id in (select value from each_number(?))
order by id
"""

_DUE_BY_CHANNEL = """
select channel, count(*) from outbox indexed by outbox_queued
where state = 'queued' and channel not in (select value from each(?2))
  and (not_before is null or not_before <= ?1) and expires_at >= ?1
  and trigger_id not in (select trigger_id from pause) and not exists (select 1 from pause where trigger_id = '*')
  and not (kind = 'notice' and exists (
    select 1 from outbox as main
    where main.trigger_id = outbox.trigger_id and main.contact = outbox.contact and main.cause_at = outbox.cause_at
      and main.event_type is not distinct from outbox.event_type and main.event is not distinct from outbox.event
      and main.kind = 'message' and main.state in ('held', 'queued', 'claimed', 'committing')))
group by channel order by channel
"""

_MARK = """
update outbox set state = 'committing', attempts = attempts + 1, repeatable = ?1, changed_at = ?2 where id = ?3
"""

_ATTEMPT = """
insert into attempt (outbox, n, fence, owner, marked_at) select id, attempts, fence, owner, ?1 from outbox where id = ?2
"""

_ATTEMPT_ENDED = """
update attempt set ended_at = ?1, outcome = ?2, note = ?3, provider_id = ?4
where outbox = ?5 and n = (select attempts from outbox where id = ?5) and fence = ?6
"""

_END = """
update outbox set state = ?1, note = ?2, changed_at = ?3, owner = null, not_before = null where id = ?4
"""

_AGAIN_LATER = """
update outbox set state = 'queued', note = ?1, changed_at = ?2, not_before = ?3, owner = null, refusals = refusals + 1
where id = ?4
"""

_BACK = """
update outbox set state = 'queued', owner = null, changed_at = ?1, note = ?2 where id = ?3
"""

NO_LONGER_COUNTS = """
update reservation set counting = 0 where key = (select key from outbox where id = ?1)
"""

# what may have left at an earlier try counts on, whatever became of the row (LANGUAGE.md §5, cap)
COUNTS_NO_MORE_UNLESS_IT_LEFT = """
update reservation set counting = 0 where key = (select key from outbox where id = ?1) and not exists (
  select 1 from attempt as a where a.outbox = ?1 and (a.ended_at is null or a.outcome = 'uncertain'))
"""

Locked = tuple[OutboxState, int, int]
"""State, fence and whether a repeat has no effect, of a row that this transaction holds."""

End = Literal["sent", "failed", "suppressed", "expired", "uncertain"]


class SqlOutbox:
    """The outbox side of a ledger; see `engine.handover.Outbox` for each contract. All calls may raise LedgerError."""

    def __init__(
        self,
        ledger: SqlLedger,
        *,
        clock: Callable[[], int],
        alive: Callable[[str], bool] | None = None,
        present: bool = False,
    ) -> None:
        """`clock` stamps recovery and release. `alive` says whether an owner still runs; by default the ledger knows
        (`SqlLedger.owner`). `present`: the clock is the world's, so that what is dated ahead of it was written before
        the clock ran back (`adapters.stores.ledger_gates`); a rehearsal of another time does not look ahead."""
        self._present = present
        self._ledger = ledger
        self._database = ledger.database
        self._clock = clock
        self._alive = alive or ledger.database.is_alive

    def recover(self, idempotent: Collection[str], remembering: Mapping[str, Remembers] | None = None) -> Recovered:
        """Rows of dead owners: claimed -> queued; committing -> sent where the channel knows that it left, else queued
        if a repeat has no effect, else uncertain."""
        counts = {"queued": 0, "uncertain": 0, "sent": 0}
        with self._ledger.transaction():
            now = self._clock()
            owned = self._database.rows(
                "select id, owner, state, channel, repeatable, attempts, key, fence from outbox"
                " where state in ('claimed', 'committing') order by id"
            )
            dead = {owner for owner in {row[1] for row in owned} if not self._alive(owner)}
            for number, owner, state, channel, repeatable, attempts, key, fence in owned:
                if owner not in dead:
                    continue
                memory = (remembering or {}).get(channel) if state == "committing" else None
                left = None if memory is None else memory.left(key)
                # a message that kills its run each time is not tried for ever
                again = repeatable and channel in idempotent and attempts <= len(RETRY_DELAYS)
                if left is not None:
                    self._database.run(_ATTEMPT_ENDED, (now, left.outcome, left.note, left.provider_id, number, fence))
                    self._end(number, "sent", left.note, now)
                    counts["sent"] += 1
                elif state == "claimed" or again:
                    self._database.run(_BACK, (now, "taken back from a run that died", number))
                    counts["queued"] += 1
                else:
                    self._end(number, "uncertain", "the run died after the marker: it may have left", now)
                    counts["uncertain"] += 1
        for owner in dead:
            self._database.forget(owner)
        return Recovered(**counts)

    def claim(self, owner: str, limit: int, now: int, channels: Collection[str]) -> Sequence[OutboxRow]:
        """Queued -> claimed for at most `limit` due rows, in order of id; what is past its time becomes expired."""
        self._expire(now)
        with self._ledger.transaction(shared=True):
            if self._database.one("select 1 from pause where trigger_id = '*'"):
                return []
            # one search by index for each channel, so that the rows of a channel that is away cost nothing
            found = (self._database.rows(_DUE_IDS, (channel, now, limit)) for channel in channels)
            ids = self._database.keys(list(islice(sorted(number for rows in found for (number,) in rows), limit)))
            self._database.run(
                "update outbox set state = 'claimed', fence = fence + 1, owner = ?1, changed_at = ?2"
                " where id in (select value from each_number(?3))",
                (owner, now, ids),
            )
            return [outbox_row(row) for row in self._database.rows(_BY_ID, (ids,))]

    def mark(self, row: OutboxRow, clock: Callable[[], int], *, repeatable: bool) -> bool:
        """Claimed -> committing if every gate still says yes. The clock is read behind the lock."""
        (granted,) = self.mark_all([row], clock, repeatable=repeatable)
        return granted

    def mark_all(self, rows: Sequence[OutboxRow], clock: Callable[[], int], *, repeatable: bool) -> Sequence[bool]:
        """`mark` for each of these rows, in one transaction."""
        with self._ledger.transaction(shared=True):
            found = self._locked(rows)
            now = clock()
            return [self._marked(row, found.get(row.id), now, repeatable=repeatable) for row in rows]

    def _marked(self, row: OutboxRow, found: Locked | None, now: int, *, repeatable: bool) -> bool:
        if found is None or found[:2] != ("claimed", row.fence):
            return False
        no = refusal(self._database, row.id, now, ahead=self._present)
        if no is not None and no.outcome == "held":
            self._database.run(_BACK, (now, no.detail, row.id))
            return False
        if no is not None:
            self._refuse(row.id, row.message.key, no, now)
            return False
        self._database.run(_MARK, (int(repeatable), now, row.id))
        self._database.run(_ATTEMPT, (now, row.id))
        return True

    def _locked(self, rows: Sequence[OutboxRow]) -> dict[int, Locked]:
        """Lock rows, all of them before anything else and in the order of their ids, so that two runs that share some
        wait for one another in one direction."""
        ids = self._database.keys([row.id for row in rows])
        return {number: (state, fence, again) for number, state, fence, again in self._database.rows(_STATES, (ids,))}

    def result(self, row: OutboxRow, receipt: Receipt, now: int) -> OutboxState:
        """Write what the channel said; the state that the row has then.

        That a message was sent reaches the disk with the next marker. A power cut before leaves the marker of this one,
        which is there: the row is uncertain then, or is repeated where that has no effect."""
        (state,) = self.results([(row, receipt)], now)
        return state

    def results(self, given: Sequence[tuple[OutboxRow, Receipt]], now: int) -> Sequence[OutboxState]:
        """`result` for each of these rows, in one transaction."""
        durable = any(receipt.outcome != "sent" for _, receipt in given)
        with self._ledger.transaction(shared=True, durable=durable):
            found = self._locked([row for row, _ in given])
            return [self._resulted(row, found.get(row.id), receipt, now) for row, receipt in given]

    def _resulted(self, row: OutboxRow, found: Locked | None, receipt: Receipt, now: int) -> OutboxState:
        if found is None:
            raise LedgerError("a message that is not in the outbox has a result; this is a mistake in Kadenz")
        state, fence, repeatable = found
        # `uncertain` with our fence: recovery took us for dead. The reply is the evidence it waits for
        if fence != row.fence or state not in ("claimed", "committing", "uncertain"):
            return self.state(row)
        if state == "claimed" and receipt.outcome in ("sent", "uncertain"):
            raise LedgerError("a message left without its marker; this is a mistake in its channel, please report it")
        self._database.run(_ATTEMPT_ENDED, (now, receipt.outcome, receipt.note, receipt.provider_id, row.id, row.fence))
        if state == "uncertain":
            # `later` says that nothing was taken; what stood as uncertain does not go back to queued by itself
            self._evidence(row.id, receipt, now)
        elif receipt.outcome == "later" or (receipt.outcome == "uncertain" and repeatable):
            self._later(row.id, "failed" if receipt.outcome == "later" else "uncertain", receipt, now)
        else:
            self._end(row.id, receipt.outcome, receipt.note, now)
        return self.state(row)

    def settle(self, key: str, outcome: Literal["sent", "failed"], note: str, now: int) -> bool:
        """Evidence for an uncertain row (a bounce, a log, an operator's word); False if the key is not uncertain."""
        with self._ledger.transaction():
            found = self._database.one("select id from outbox where key = ? and state = 'uncertain'", (key,))
            if found is not None:
                self._end(found[0], outcome, note, now)
            return found is not None

    def release(self, owner: str) -> int:
        """Claimed -> queued for all rows of this owner. All results are on the disk then."""
        self._ledger.flush()
        with self._ledger.transaction(shared=True):
            return self._database.run(
                "update outbox set state = 'queued', owner = null, changed_at = ?"
                " where state = 'claimed' and owner = ?",
                (self._clock(), owner),
            )

    def state(self, row: OutboxRow) -> OutboxState:
        """The state of the row now."""
        found = self._database.one("select state from outbox where id = ?", (row.id,))
        assert found is not None, "nothing leaves the outbox"
        state: OutboxState = found[0]
        return state

    def due(self, now: int, *, but: Collection[str] = ()) -> Mapping[str, int]:
        """Queued rows that could be claimed now, by channel, without those of the channels `but`."""
        return dict(self._database.rows(_DUE_BY_CHANNEL, (now, self._database.keys(but))))

    def _expire(self, now: int) -> None:
        """What is past its time leaves the queue, in a transaction that has the ledger to itself: it takes rows that
        lie apart, and two of them beside each other could wait for one another."""
        if not self._database.rows(_PAST, (now,)):
            return
        with self._ledger.transaction():
            for number, key in self._database.rows(_PAST, (now,)):
                self._refuse(number, key, Refusal("expired", "expired", "its time had passed"), now)

    def _evidence(self, number: int, receipt: Receipt, now: int) -> None:
        match receipt.outcome:
            case "sent":
                self._end(number, "sent", receipt.note, now)
            case "failed" | "later":
                self._end(number, "failed", receipt.note, now)
            case "uncertain":
                pass

    def _later(self, number: int, given_up: Literal["failed", "uncertain"], receipt: Receipt, now: int) -> None:
        note, again = receipt.note, receipt.again or Again()
        row = self._database.one("select refusals, expires_at from outbox where id = ?", (number,))
        assert row is not None, "nothing leaves the outbox"
        refusals, expires_at = row
        delay = RETRY_DELAYS[min(refusals, len(RETRY_DELAYS) - 1)]
        wait = max(delay + delay * again.spread // 1_000, again.after)
        if refusals >= len(RETRY_DELAYS) and not again.patient:
            self._end(number, given_up, f"given up after {refusals + 1} tries: {note}", now)
        elif (again_at := now + wait) > expires_at:
            self._end(number, given_up, f"given up, its time passes before the next try: {note}", now)
        else:
            self._database.run(_AGAIN_LATER, (note, now, again_at, number))

    def _refuse(self, number: int, key: str, no: Refusal, now: int) -> None:
        """A gate's no: the row ends, and the judgement says who said it."""
        self._end(number, "expired" if no.outcome == "expired" else "suppressed", no.detail, now)
        self._database.run(
            "insert into judgement (key, at, outcome, gate, detail) values (?, ?, ?, ?, ?)",
            (key, now, no.outcome, no.gate, no.detail),
        )

    def _end(self, number: int, state: End, note: str, now: int) -> None:
        """Give a row its last state. What definitively did not leave stops counting; uncertain counts on."""
        self._database.run(_END, (state, note, now, number))
        self._database.run(
            "update firing set state = 'done', not_before = null where key = (select key from outbox where id = ?)",
            (number,),
        )
        if state in ("failed", "suppressed", "expired"):
            # a definite refusal is the last word on a row; what only was not tried again may have left before
            self._database.run(NO_LONGER_COUNTS if state == "failed" else COUNTS_NO_MORE_UNLESS_IT_LEFT, (number,))
            ended = self._database.one("select key from outbox where id = ? and kind = 'message'", (number,))
            if ended is not None:
                also: Literal["expired", "suppressed"] = "expired" if state == "expired" else "suppressed"
                take_back(self._database, ended[0], also, now, "its message did not go out")
        if state == "sent":
            # `handed_over_events` is read from the highest number on that was seen before
            self._database.in_order()
            self._database.run("insert into sent (key, at) select key, ? from outbox where id = ?", (now, number))
