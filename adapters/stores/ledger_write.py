"""Writing the ledger inside one transaction: `engine.protocols.LedgerWrite`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from adapters.stores import ledger_counts, ledger_due
from adapters.stores import ledger_rows as rows
from adapters.stores.ledger_database import LedgerError, Row
from adapters.stores.ledger_notices import take_back
from adapters.stores.ledger_read import LedgerReading
from dsl.types import Stored
from engine.records import Evidence, Figure, Firing, HandedOver, Judgement, Outgoing, Position, Reaching, StageMove

_FIRING = """
insert into firing (key, trigger_id, contact, occasion, cause_at, seen_at, due_at, expires_at, event_type, event,
  properties, state, not_before, channel)
values (:key, :trigger, :contact, :occasion, :cause_at, :seen_at, :due_at, :expires_at, :event_type, :event,
  :properties, :state, :not_before, :channel)
on conflict (key) do update set trigger_id = excluded.trigger_id, contact = excluded.contact,
  occasion = excluded.occasion, cause_at = excluded.cause_at, seen_at = excluded.seen_at, due_at = excluded.due_at,
  expires_at = excluded.expires_at, event_type = excluded.event_type, event = excluded.event,
  properties = excluded.properties, state = excluded.state, not_before = excluded.not_before,
  channel = excluded.channel
"""

_LAST_JUDGEMENTS = """
select key, outcome, gate, detail, until from judgement
where seq in (select max(seq) from judgement where key in (select value from each(?)) group by key)
"""

_JUDGEMENT = """
insert into judgement (key, at, outcome, gate, detail, until) values (?, ?, ?, ?, ?, ?)
"""

# the first reservation of a key stands; only a row that was taken back as `held` may be reserved again
_OUTBOX = """
insert into outbox (key, kind, trigger_id, contact, channel, template, offer, category, purpose, tags, address,
  cause_at, reserved_at, expires_at, local_date, text, event_type, event, properties, state, changed_at)
values (:key, :kind, :trigger, :contact, :channel, :template, :offer, :category, :purpose, :tags, :address,
  :cause_at, :reserved_at, :expires_at, :local_date, :text, :event_type, :event, :properties, 'queued', :reserved_at)
on conflict (key) do update set kind = excluded.kind, trigger_id = excluded.trigger_id, contact = excluded.contact,
  channel = excluded.channel, template = excluded.template, offer = excluded.offer, category = excluded.category,
  purpose = excluded.purpose, tags = excluded.tags, address = excluded.address, cause_at = excluded.cause_at,
  reserved_at = excluded.reserved_at, expires_at = excluded.expires_at, local_date = excluded.local_date,
  text = excluded.text, event_type = excluded.event_type, event = excluded.event, properties = excluded.properties,
  state = 'queued', changed_at = excluded.changed_at, note = '', not_before = null, owner = null
where outbox.state = 'held'
"""

_STANDING = """
select key, state from outbox where key in (select value from each(?))
"""

_RESERVATION = """
insert into reservation (key, contact, at, channel, category, tags, local_date, counting, units)
values (:key, :contact, :reserved_at, :channel, :category, :tags, :local_date, 1, :units)
on conflict (key) do update set contact = excluded.contact, at = excluded.at, channel = excluded.channel,
  category = excluded.category, tags = excluded.tags, local_date = excluded.local_date, counting = 1,
  units = excluded.units
where reservation.counting = 0 and exists (
  select 1 from outbox where outbox.key = reservation.key and outbox.state = 'queued')
"""

_STOOD = """
select stage, count(*) from stage where score = ? and to_at is null and contact in (select value from each(?))
group by stage
"""

_HELD_OFFER = """
insert into held_offer (key, contact, offer, at, offer_group, worth, unit, last_day) values (?, ?, ?, ?, ?, ?, ?, ?)
"""

_AMONG = "contact in (select value from each(?))"
_NOT_AMONG = "contact not in (select value from each(?))"


# what may have left at an earlier try counts on, whatever became of the row (LANGUAGE.md §5, cap)
_COUNTS_NO_MORE = """
update reservation set counting = 0 where key = ?1 and not exists (
  select 1 from attempt as a join outbox as o on o.id = a.outbox
  where o.key = ?1 and (a.ended_at is null or a.outcome = 'uncertain'))
"""


class LedgerWriting(LedgerReading):
    """The ledger inside one write transaction; see `engine.protocols.LedgerWrite` for each contract."""

    def record_tick(
        self,
        as_of: int,
        seq: int,
        plan: str,
        contacts: Collection[str],
        among: Collection[str] | None = None,
        mark: int | None = None,
    ) -> None:
        """Remember the tick and which contacts it saw."""
        self._database.run("insert into tick (as_of, seq, plan, mark) values (?, ?, ?, ?)", (as_of, seq, plan, mark))
        seen = self._database.keys(contacts)
        gone, bound = _NOT_AMONG, (seen,)
        if among is not None:
            missing = frozenset(among).difference(contacts)
            gone, bound = _AMONG, (self._database.keys(missing),)
        # who has been there and is gone begins anew, should he ever come back
        been = "(arrived = 1 or contact in (select contact from known_contact))"
        self._database.run(" ".join(("delete from quiet_contact where", been, "and", gone)), bound)
        fewer = self._database.run(" ".join(("delete from known_contact where", gone)), bound)
        more = self._database.run(
            "insert into known_contact (contact) select value from each(?) where true on conflict do nothing", (seen,)
        )
        ledger_counts.moved_known(self._database, more - fewer)

    def record_due(
        self, instants: Mapping[str, int], among: Collection[str] | None = None, *, earlier: bool = False
    ) -> None:
        """Replace the due instants of some contacts, or of all."""
        ledger_due.record_due(self._database, instants, among, earlier=earlier)

    def record_reckoned(self, facts: Position, evidence: Evidence, horizon: int) -> None:
        """Remember what the newest tick leaves for the next one."""
        ledger_due.record_reckoned(self._database, facts, evidence, horizon)

    def forget_reckoned(self) -> None:
        """The newest tick leaves nothing."""
        ledger_due.forget_reckoned(self._database)

    def record_definitions(self, hashes: Mapping[str, str]) -> None:
        """Replace the hashes of all definitions."""
        self._database.run("delete from definition")
        self._database.many("insert into definition (name, hash) values (?, ?)", hashes.items())

    def record_activation(self, trigger: str, active_from: int) -> None:
        """Remember from when a trigger is active; what was recorded first stays."""
        self._database.run(
            "insert into activation (trigger_id, active_from) values (?, ?) on conflict do nothing",
            (trigger, active_from),
        )

    def record_members(self, segment: str, entered: Collection[str], left: Collection[str], at: int) -> None:
        """End the open intervals of `left`, begin one for each of `entered` that has none open."""
        if not entered and not left:
            return
        fewer = self._database.run(
            "update member set to_at = ?1 where segment = ?2 and to_at is null"
            " and contact in (select value from each(?3))",
            (at, segment, self._database.keys(left)),
        )
        more = self._database.run(
            "insert into member (segment, contact, from_at) select ?1, value, ?2 from each(?3) where true"
            " on conflict do nothing",
            (segment, at, self._database.keys(entered)),
        )
        ledger_counts.moved_members(self._database, segment, more - fewer)

    def record_stages(self, moves: Iterable[StageMove], at: int) -> None:
        """End open stage records and begin the new ones."""
        given = list(moves)
        by_score: dict[str, list[StageMove]] = defaultdict(list)
        for move in given:
            by_score[move.score].append(move)
        for score, held in by_score.items():
            more = Counter(move.stage for move in held if move.stage is not None)
            more.subtract(dict(self._database.rows(_STOOD, (score, self._database.keys([m.contact for m in held])))))
            ledger_counts.moved_stages(self._database, score, more)
        self._database.many(
            "update stage set to_at = ? where score = ? and contact = ? and to_at is null",
            ((at, move.score, move.contact) for move in given),
        )
        self._database.many(
            "insert into stage (score, contact, stage, from_at) values (?, ?, ?, ?)",
            ((move.score, move.contact, move.stage, at) for move in given if move.stage is not None),
        )

    def record_reachings(self, reachings: Iterable[Reaching]) -> None:
        """Remember who reached a stage, once an instant."""
        self._database.many(
            "insert into reaching (score, stage, contact, at, counted) values (?, ?, ?, ?, ?) on conflict do nothing",
            ((r.score, r.stage, r.contact, r.at, int(r.counted)) for r in reachings),
        )

    def record_field_values(self, name: str, values: Mapping[str, Stored], changed: Collection[str], at: int) -> None:
        """Remember values of a watched field, and one change more for each of `changed`."""
        self._database.run(
            "insert into watched_field (name, at) values (?1, ?2) on conflict (name) do update set at = excluded.at",
            (name, at),
        )
        self._database.many(
            "insert into field_value (name, contact, value) values (?, ?, ?)"
            " on conflict (name, contact) do update set value = excluded.value, unknown = 0",
            ((name, contact, self._database.loose(value)) for contact, value in values.items()),
        )
        self._database.run(
            "update field_value set changes = changes + 1 where name = ? and contact in (select value from each(?))",
            (name, self._database.keys(changed)),
        )

    def record_firings(self, firings: Iterable[Firing]) -> None:
        """Insert or replace firings by key."""
        self._database.many(_FIRING, map(rows.firing_values, firings))

    def record_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Append judgements; a repeat of the key's last one is left out."""
        given = list(judgements)
        last = {
            key: said
            for key, *said in self._database.rows(_LAST_JUDGEMENTS, (self._database.keys({j.key for j in given}),))
        }
        fresh: list[Row] = []
        for j in given:
            said = [j.outcome, j.gate, j.detail, j.until]
            if last.get(j.key) != said:
                last[j.key] = said
                fresh.append((j.key, j.at, *said))
        self._database.many(_JUDGEMENT, fresh)

    def reserve(self, messages: Iterable[Outgoing]) -> None:
        """Write reservation and outbox row for each message.

        A key that stands already is ignored: the first reservation stands, whatever became of it. Only a row that
        `withdraw` took back as held is reserved anew, with the new values. Notices have no reservation."""
        given: dict[str, Outgoing] = {}
        for message in messages:
            given.setdefault(message.key, message)
        standing: dict[str, str] = dict(self._database.rows(_STANDING, (self._database.keys(given.keys()),)))
        written = [m for key, m in given.items() if standing.get(key, "held") == "held"]
        values = [rows.outgoing_values(message) for message in written]
        self._database.many(_OUTBOX, values)
        self._database.many(_RESERVATION, (bound for bound in values if bound["kind"] == "message"))
        # of a message that goes another way now, what it carried before is forgotten
        self._database.run(
            "delete from held_offer where key in (select value from each(?))",
            (self._database.keys([m.key for m in written]),),
        )
        self._database.many(_HELD_OFFER, (rows.held_offer_values(m.holds) for m in written if m.holds is not None))

    def record_ghosts(self, runs: Iterable[HandedOver], at: int) -> None:
        """Remember runs that were held out."""
        self._database.many(
            "insert into ghost (key, trigger_id, contact, cause_at, properties, at) values (?, ?, ?, ?, ?, ?)"
            " on conflict do nothing",
            (
                (run.key, run.trigger, run.contact, run.cause_at, rows.properties_text(run.properties), at)
                for run in runs
            ),
        )

    def record_quality(self, figures: Iterable[Figure], at: int) -> None:
        """Keep how the expectations of quality blocks stood at a tick."""
        self._database.many(
            'insert into quality (block, at, number, met, "of", wanted) values (?, ?, ?, ?, ?, ?)'
            ' on conflict (block, at, number) do update set met = excluded.met, "of" = excluded."of",'
            " wanted = excluded.wanted",
            ((one.block, at, one.number, one.met, one.of, one.wanted) for one in figures),
        )

    def withdraw(self, key: str, state: Literal["suppressed", "expired", "held"], at: int, note: str) -> None:
        """Take a queued (or claimed, not yet marked) message back, and the notices of its run with it; its reservation
        stops counting.

        Raises LedgerError where it is too late: the row is being handed over or has ended."""
        changed = self._database.run(
            "update outbox set state = ?1, note = ?2, changed_at = ?3, owner = null, not_before = null"
            " where key = ?4 and state in ('queued', 'claimed', 'held')",
            (state, note, at, key),
        )
        if not changed:
            raise LedgerError("a message cannot be taken back any more: it is being handed over or has ended")
        take_back(self._database, key, state, at, note)
        self._database.run(_COUNTS_NO_MORE, (key,))
        if state != "held":
            self._database.run("update firing set state = 'done', not_before = null where key = ?", (key,))
