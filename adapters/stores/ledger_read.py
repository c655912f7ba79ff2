"""Reading the ledger: `engine.protocols.LedgerRead`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal, get_args

from adapters.stores import ledger_counted, ledger_counts, ledger_due, ledger_lists
from adapters.stores import ledger_rows as rows
from adapters.stores.ledger_database import Database, Row
from dsl.types import Stored
from engine.records import (
    ConsentRecord,
    CountedMessage,
    Evidence,
    Figure,
    Firing,
    HandedOver,
    HeldOffer,
    Judgement,
    OutboxRow,
    OutboxState,
    Outgoing,
    Reaching,
    Reckoned,
    Suppression,
    Tick,
    Touched,
)

_CONSENTS = """
select id, contact, purpose, channel, state, basis, evidence, at from consent as c
where at <= ?1
  and not exists (
    select 1 from consent as later
    where later.contact = c.contact and later.purpose = c.purpose and later.channel = c.channel
      and later.at <= ?1 and (later.at, later.seq) > (c.at, c.seq))
order by contact, purpose, channel
"""

_GRANTED = """
select contact from consent as c
where at <= ? and channel = ? and purpose = ? and state = 'granted'
  and not exists (
    select 1 from consent as later
    where later.contact = c.contact and later.purpose = c.purpose and later.channel = c.channel
      and later.at <= ? and (later.at, later.seq) > (c.at, c.seq))
"""

_CONSENTS_OF = """
select id, contact, purpose, channel, state, basis, evidence, at from consent as c
where at <= ?1 and contact in (select value from each(?2))
  and not exists (
    select 1 from consent as later
    where later.contact = c.contact and later.purpose = c.purpose and later.channel = c.channel
      and later.at <= ?1 and (later.at, later.seq) > (c.at, c.seq))
order by contact, purpose, channel
"""

_SUPPRESSIONS_OF = """
select seq, id, contact, address, channel, reason, at from suppression where at <= ? and contact = ?
union
select seq, id, contact, address, channel, reason, at from suppression
where at <= ? and address in (select value from each(?))
order by seq
"""

_FIRINGS_OPEN = """
select key, trigger_id, contact, occasion, cause_at, seen_at, due_at, expires_at, event_type, event, properties,
  state, not_before, channel
from firing indexed by firing_open
where state <> 'done' and (state <> 'queued' or exists (
  select 1 from outbox where outbox.key = firing.key and outbox.state in ('held', 'queued', 'claimed')))
order by key
"""

_HANDED_OVER = """
select trigger_id, contact, cause_at, key, properties from outbox
where trigger_id = ?1 and contact in (select value from each(?2))
  and state in ('queued', 'claimed', 'committing', 'sent', 'uncertain')
  and key in (select key from firing)
union all
select trigger_id, contact, cause_at, key, properties from ghost
where trigger_id = ?1 and contact in (select value from each(?2))
order by contact, cause_at, key
"""

# without a reservation of its own the message is another ledger's (a rehearsal knows what the live one has sent)
_HELD_OFFERS = """
select key, contact, offer, at, offer_group, worth, unit, last_day from held_offer as held
where contact in (select value from each(?))
  and not exists (select 1 from reservation where reservation.key = held.key and counting = 0)
order by seq
"""

_ALL_HELD_OFFERS = """
select key, contact, offer, at, offer_group, worth, unit, last_day from held_offer as held
where not exists (select 1 from reservation where reservation.key = held.key and counting = 0)
order by seq
"""

_OFFERS_GIVEN = """
select offer, count(*) from held_offer as held
where not exists (select 1 from reservation where reservation.key = held.key and counting = 0)
group by offer
"""

_JUDGEMENTS = """
select f.key, f.trigger_id, f.contact, f.occasion, f.cause_at, f.seen_at, f.due_at, f.expires_at, f.event_type,
  f.event, f.properties, f.state, f.not_before, f.channel, j.key, j.at, j.outcome, j.gate, j.detail, j.until
from firing as f join judgement as j on j.key = f.key
where f.contact = ?
order by j.at, j.seq
"""

_OUTBOX = """
select id, key, kind, trigger_id, contact, channel, template, offer, category, purpose, tags, address, cause_at,
  reserved_at, expires_at, local_date, text, event_type, event, properties, state, fence, owner, attempts, not_before,
  note, changed_at
from outbox
where state in (select value from each(?))
"""

_MOVED_SINCE = {
    "segment": "select distinct contact from member where segment = ? and (from_at > ? or to_at > ?)",
    "score": "select distinct contact from stage where score = ? and (from_at > ? or to_at > ?)",
}

_BY_KEY = """
and attempts > 0 and key in (select value from each(?)) and exists (
  select 1 from attempt as a where a.outbox = outbox.id and (a.ended_at is null or a.outcome = 'uncertain'))
"""

_FIRING_WIDTH = 14

_STANDING = {True: "to_at is null", False: "from_at <= ? and (to_at is null or to_at > ?)"}
"""The records that are open, or were at an instant."""


class LedgerReading:
    """What can be read, inside or outside a write transaction; see `engine.protocols.LedgerRead` for each contract.

    Answers are read whole, so that a caller may write while it goes through them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_tick(self) -> Tick | None:
        """The newest tick, if there was one."""
        row = self._database.one("select id, as_of, seq, plan, mark from tick order by id desc limit 1")
        return None if row is None else Tick(*row)

    def first_tick(self) -> Tick | None:
        """The oldest tick, if there was one."""
        row = self._database.one("select id, as_of, seq, plan, mark from tick order by id limit 1")
        return None if row is None else Tick(*row)

    def definitions(self) -> Mapping[str, str]:
        """Hash of each definition at the last tick."""
        return dict(self._database.rows("select name, hash from definition order by name"))

    def activations(self) -> Mapping[str, int]:
        """Trigger id -> the instant from which it is active."""
        return dict(self._database.rows("select trigger_id, active_from from activation order by trigger_id"))

    def members(
        self, segment: str, at: int | None = None, contacts: Collection[str] | None = None
    ) -> Mapping[str, int]:
        """Contacts inside -> start of their interval."""
        select = " ".join(("select contact, from_at from member where segment = ? and", _STANDING[at is None]))
        return dict(self._of(select, (segment,) if at is None else (segment, at, at), contacts))

    def member_counts(self, segment: str | None = None) -> Mapping[str, int]:
        """Segment -> how many contacts are inside; of one segment, or of all."""
        return ledger_counts.members(self._database, segment)

    def entries(self, segment: str, contacts: Collection[str]) -> Mapping[str, int]:
        """How many intervals of the segment began for each contact."""
        return dict(
            self._database.rows(
                "select contact, count(*) from member"
                " where segment = ? and contact in (select value from each(?)) group by contact",
                (segment, self._database.keys(contacts)),
            )
        )

    def exits(self, segment: str, contacts: Collection[str]) -> Mapping[str, int]:
        """How many intervals of the segment ended for each contact."""
        return dict(
            self._database.rows(
                "select contact, count(*) from member where segment = ? and to_at is not null"
                " and contact in (select value from each(?)) group by contact",
                (segment, self._database.keys(contacts)),
            )
        )

    def stages(self, score: str, at: int | None = None, contacts: Collection[str] | None = None) -> Mapping[str, str]:
        """Contact -> stage."""
        select = " ".join(("select contact, stage from stage where score = ? and", _STANDING[at is None]))
        return dict(self._of(select, (score,) if at is None else (score, at, at), contacts))

    def stage_counts(self, score: str | None = None) -> Mapping[tuple[str, str], int]:
        """(score, stage) -> how many contacts stand there; of one score, or of all."""
        return ledger_counts.stages(self._database, score)

    def _of(self, select: str, bound: Sequence[object], contacts: Collection[str] | None) -> list[Row]:
        """The rows of a select, or those of some contacts."""
        if contacts is None:
            return self._database.rows(select, bound)
        among = " ".join((select, "and contact in (select value from each(?))"))
        return self._database.rows(among, (*bound, self._database.keys(contacts)))

    def stage_moves(self, score: str, contacts: Collection[str]) -> Mapping[str, int]:
        """How many stage records of the score were made for each contact."""
        return dict(
            self._database.rows(
                "select contact, count(*) from stage"
                " where score = ? and contact in (select value from each(?)) group by contact",
                (score, self._database.keys(contacts)),
            )
        )

    def moved_since(self, kind: Literal["segment", "score"], name: str, at: int) -> frozenset[str]:
        """Contacts whose interval of the segment, or stage of the score, began or ended after an instant."""
        found = self._database.rows(_MOVED_SINCE[kind], (name, at, at))
        return frozenset(contact for (contact,) in found)

    def listed(self, name: str, contacts: Collection[str] | None = None) -> Mapping[str, int]:
        """Who is on a list, now -> since when."""
        return ledger_lists.listed(self._database, name, contacts)

    def lists_of(self, contact: str) -> Sequence[tuple[str, int, int | None]]:
        """The lists that a contact is or was on: name, added, removed (None: is on it), in order."""
        return ledger_lists.history(self._database, contact)

    def last_reached(self, score: str, stage: str, contacts: Collection[str]) -> Mapping[str, int]:
        """When each contact was last counted as reaching a stage."""
        return dict(
            self._database.rows(
                "select contact, max(at) from reaching where score = ? and stage = ? and counted = 1"
                " and contact in (select value from each(?)) group by contact",
                (score, stage, self._database.keys(contacts)),
            )
        )

    def reachings(self, score: str, contact: str) -> Sequence[Reaching]:
        """Every time a contact reached a stage of a score, in order."""
        return [
            Reaching(score, stage, contact, at, bool(counted))
            for stage, at, counted in self._database.rows(
                "select stage, at, counted from reaching where score = ? and contact = ? order by at, stage",
                (score, contact),
            )
        ]

    def watched_fields(self) -> Mapping[str, int]:
        """Contact field -> the instant of the last tick that watched it."""
        return dict(self._database.rows("select name, at from watched_field order by name"))

    def field_values(self, name: str, contacts: Collection[str] | None = None) -> Mapping[str, Stored]:
        """Contact -> value of a watched field as last recorded."""
        return dict(
            self._of("select contact, value from field_value where name = ? and value is not null", (name,), contacts)
        )

    def unknown_values(self, name: str) -> frozenset[str]:
        """Contacts whose value of a watched field changed to one that the ledger does not know."""
        found = self._database.rows("select contact from field_value where name = ? and unknown = 1", (name,))
        return frozenset(contact for (contact,) in found)

    def field_changes(self, name: str, contacts: Collection[str]) -> Mapping[str, int]:
        """How often a watched field changed for each contact."""
        return dict(
            self._database.rows(
                "select contact, changes from field_value"
                " where name = ? and changes > 0 and contact in (select value from each(?))",
                (name, self._database.keys(contacts)),
            )
        )

    def known_contacts(self, contacts: Collection[str] | None = None) -> frozenset[str]:
        """Contacts that the last tick saw."""
        return frozenset(key for (key,) in self._of("select contact from known_contact where true", (), contacts))

    def known_count(self) -> int:
        """How many contacts the last tick saw."""
        return ledger_counts.known(self._database)

    def reckoned(self) -> Reckoned | None:
        """What the last tick that looked ahead left."""
        return ledger_due.reckoned(self._database)

    def due(self, until: int) -> frozenset[str]:
        """Contacts whose answers may differ by time alone at or before `until`."""
        return ledger_due.due(self._database, until)

    def evidence(self) -> Evidence:
        """How far the evidence goes."""
        return ledger_due.evidence(self._database)

    def stirred(self, since: Evidence, lists: Collection[str], most: int) -> Touched:
        """Whose evidence changed since."""
        return ledger_due.stirred(self._database, since, lists, most)

    def consents_ahead(self, after: int, contacts: Collection[str] | None = None) -> Mapping[str, int]:
        """Contact -> the first instant later than `after` at which a consent record begins to speak."""
        return ledger_due.consents_ahead(self._database, after, contacts)

    def quiet_contacts(self) -> frozenset[str]:
        """Contacts that were imported quietly."""
        return frozenset(key for (key,) in self._database.rows("select contact from quiet_contact"))

    def consents(self, as_of: int, contacts: Collection[str] | None = None) -> Iterator[ConsentRecord]:
        """The ruling record for each (contact, purpose, channel), in that order."""
        if contacts is None:
            return map(rows.consent_record, self._database.rows(_CONSENTS, (as_of,)))
        return map(rows.consent_record, self._database.rows(_CONSENTS_OF, (as_of, self._database.keys(contacts))))

    def granted(
        self, as_of: int, channel: str, purpose: str, contacts: Collection[str] | None = None
    ) -> Collection[str]:
        """Who consents: keys alone, for there may be as many as contacts."""
        return [contact for (contact,) in self._of(_GRANTED, (as_of, channel, purpose, as_of), contacts)]

    def suppressions(self, as_of: int) -> Sequence[Suppression]:
        """All suppressions at or before `as_of`, in order of arrival."""
        found = self._database.rows(
            "select id, contact, address, channel, reason, at from suppression where at <= ? order by seq", (as_of,)
        )
        return [rows.suppression(row) for row in found]

    def suppressions_of(self, contact: str, addresses: Collection[str], as_of: int) -> Sequence[Suppression]:
        """The suppressions of a contact and of some addresses."""
        found = self._database.rows(_SUPPRESSIONS_OF, (as_of, contact, as_of, self._database.keys(addresses)))
        return [rows.suppression(row[1:]) for row in found]

    def existing(self, keys: Collection[str]) -> frozenset[str]:
        """Which of these decision keys the ledger has, as a firing or in the outbox."""
        found = self._database.rows(
            "select value from each(?) where value in (select key from firing)"
            " or exists (select 1 from outbox where outbox.key = value)",
            (self._database.keys(keys),),
        )
        return frozenset(key for (key,) in found)

    def open_firings(self) -> Sequence[Firing]:
        """Firings in state waiting, held or queued (not yet being handed over), in order of key."""
        return [rows.firing(row) for row in self._database.rows(_FIRINGS_OPEN)]

    def handed_over(self, trigger: str, contacts: Collection[str]) -> Sequence[HandedOver]:
        """Runs of the trigger that were reserved and did not definitively fail, or were held out.

        A run is the outbox row that bears the firing's key; further notices of the same run are not runs."""
        found = self._database.rows(_HANDED_OVER, (trigger, self._database.keys(contacts)))
        return [HandedOver(trigger, contact, at, key, json.loads(text)) for trigger, contact, at, key, text in found]

    def counted(
        self, contacts: Collection[str] | None, since: int, channels: Collection[str] | None = None
    ) -> Sequence[CountedMessage]:
        """Messages that count, later than `since` or with a local date from the day before `since` on."""
        return ledger_counted.counted(self._database, contacts, since, channels)

    def counted_for(
        self, units: Collection[tuple[str, str]], since: int, channels: Collection[str] | None = None
    ) -> Sequence[CountedMessage]:
        """The same, of those that were recorded for one of these units."""
        return ledger_counted.counted_for(self._database, units, since, channels)

    def counted_between(
        self, channel: str | None, after: int, before: int
    ) -> Sequence[tuple[str, int, tuple[str, ...]]]:
        """Id, instant and tags of all messages that count, after < at < before."""
        return ledger_counted.counted_between(self._database, channel, after, before)

    def held_offers(self, contacts: Collection[str]) -> Sequence[HeldOffer]:
        """The offers of the messages to these contacts that count, in the order in which they were reserved."""
        return [HeldOffer(*row) for row in self._database.rows(_HELD_OFFERS, (self._database.keys(contacts),))]

    def all_held_offers(self) -> Iterator[HeldOffer]:
        """The same, of everybody."""
        return (HeldOffer(*row) for row in self._database.rows(_ALL_HELD_OFFERS))

    def offers_given(self) -> Mapping[str, int]:
        """Id of an offer -> how many messages that count carry it."""
        return dict(self._database.rows(_OFFERS_GIVEN))

    def may_have_left(self, keys: Collection[str]) -> Sequence[Outgoing]:
        """What waits and was marked before, by a try of which it is not known that nothing left."""
        if not keys:
            return []
        select = " ".join((_OUTBOX, _BY_KEY))
        waiting = self._database.keys(["held", "queued", "claimed"])
        return [
            rows.outbox_row(row).message for row in self._database.rows(select, (waiting, self._database.keys(keys)))
        ]

    def judgements(self, contact: str) -> Sequence[tuple[Firing, Judgement]]:
        """Everything decided for a contact, in order of time."""
        found = self._database.rows(_JUDGEMENTS, (contact,))
        return [(rows.firing(row[:_FIRING_WIDTH]), Judgement(*row[_FIRING_WIDTH:])) for row in found]

    def outbox(
        self, states: Collection[str] | None = None, *, contact: str | None = None, offer: str | None = None
    ) -> Iterator[OutboxRow]:
        """Outbox rows in order of id."""
        bound = self._database.keys(get_args(OutboxState) if states is None else states)
        given = {"contact": contact, "offer": offer}
        asked = {name: value for name, value in given.items() if value is not None}
        select = " ".join((_OUTBOX, *(f"and {name} = ?" for name in asked), "order by id"))
        return map(rows.outbox_row, self._database.rows(select, (bound, *asked.values())))

    def messages_with(self, offer: str, until: int) -> Sequence[tuple[str, str, str]]:
        """The messages with an offer that were reserved at or before `until`, as they came: contact, channel, state."""
        return ledger_counts.messages_with(self._database, offer, until)

    def quality(self, block: str) -> Sequence[tuple[int, Figure]]:
        """How the expectations of a quality block stood at each tick."""
        found = self._database.rows(
            'select at, number, met, "of", wanted from quality where block = ? order by at, number', (block,)
        )
        return [(at, Figure(block, *numbers)) for at, *numbers in found]

    def paused(self) -> Mapping[str, str]:
        """Trigger id, or "*" for all -> why."""
        return dict(self._database.rows("select trigger_id, why from pause order by trigger_id"))
