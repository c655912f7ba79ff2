"""What came back of a trigger's messages, beside how many were sent: read from ledger and facts.

Bounces and complaints are events of the facts (`message_bounced`, `message_complained`), with a contact, a time, and
perhaps a trigger and a channel. Each belongs to one message: the last one that had been queued for the contact by then,
of that trigger and channel where it says so. A message that is reported twice counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from adapters.stores import facts_sql
from adapters.stores.facts_record import RecordFacts
from adapters.stores.facts_writing import batches
from adapters.stores.ledger_database import Database
from engine import layout
from engine.rates import Feedback

EVENTS: Mapping[Feedback, str] = {"bounced": "message_bounced", "complained": "message_complained"}
"""The event type of each feedback."""

SKEW = 60_000_000
"""Clocks of others: a report may bear a time that lies so much (microseconds) before the message was queued."""

_CHUNK = 500

_SENT_TO = """
select o.contact, o.key, o.trigger_id, o.channel, r.at, o.changed_at
from reservation as r join outbox as o on o.key = r.key
where r.contact in (select value from each(?1)) and o.state = 'sent' and o.kind = 'message' and o.changed_at > ?2
order by o.contact, o.changed_at desc, o.id desc
"""

# a row that is sent does not change any more: since then it is sent
_HOW_MANY = """
select count(*) from outbox indexed by outbox_sent
where trigger_id = ?1 and changed_at > ?2 and state = 'sent' and kind = 'message'
"""


@dataclass(frozen=True, slots=True)
class Report:
    """One bounce or complaint, as it came in; the trigger by any of its names."""

    contact: str
    at: int
    trigger: str | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class _Sent:
    key: str
    trigger: str
    channel: str
    queued_at: int
    sent_at: int


def reports(facts: RecordFacts, feedback: Feedback, after: int, up_to: int) -> list[Report]:
    """Those of the time (after, up_to], microseconds, in no order."""
    columns = (layout.EVENT_CONTACT, layout.EVENT_AT, "trigger", "channel")
    where = [facts_sql.after(layout.EVENT_AT, "after"), facts_sql.at_most(layout.EVENT_AT, "up_to")]
    select = facts_sql.select(layout.event_table(EVENTS[feedback]), columns, where=where)
    return [Report(*row) for row in facts.database.rows(select, {"after": after, "up_to": up_to})]


def arrived(facts: RecordFacts, since: int) -> bool:
    """Whether a bounce or a complaint has come in with an arrival number above `since`; by index."""
    for name in EVENTS.values():
        where = [facts_sql.after(layout.SEQ, "since")]
        select = facts_sql.select(layout.event_table(name), (layout.EVENT_CONTACT,), where=where)
        if facts.database.one(select, {"since": since}) is not None:
            return True
    return False


def reported(
    database: Database, found: Iterable[Report], since: int, anew: Mapping[str, int], names: Mapping[str, str]
) -> Mapping[str, int]:
    """Trigger id -> how many of its messages that were sent after `since` (and after the trigger began to count anew)
    the reports are about. `names`: any name of a trigger -> its id. Raises LedgerError."""
    keys: dict[str, set[str]] = defaultdict(set)
    for chunk in batches(found, _CHUNK):
        sent = _sent_to(database, {report.contact for report in chunk}, since)
        for report in chunk:
            about = _about(report, sent.get(report.contact, ()), names)
            if about is not None and about.sent_at > anew.get(about.trigger, since):
                keys[about.trigger].add(about.key)
    return {trigger: len(messages) for trigger, messages in keys.items()}


def _sent_to(database: Database, contacts: Collection[str], since: int) -> Mapping[str, Sequence[_Sent]]:
    """What was sent to contacts since then, the last one first."""
    sent: dict[str, list[_Sent]] = defaultdict(list)
    for contact, *rest in database.rows(_SENT_TO, (database.keys(sorted(contacts)), since)):
        sent[contact].append(_Sent(*rest))
    return sent


def _about(report: Report, sent: Sequence[_Sent], names: Mapping[str, str]) -> _Sent | None:
    trigger = None if report.trigger is None else names.get(report.trigger, report.trigger)
    return next(
        (
            one
            for one in sent
            if one.queued_at <= report.at + SKEW
            and trigger in (None, one.trigger)
            and report.channel in (None, one.channel)
        ),
        None,
    )


def how_many_sent(database: Database, trigger: str, since: int) -> int:
    """How many messages of a trigger were sent after that instant; by index. Raises LedgerError."""
    row = database.one(_HOW_MANY, (trigger, since))
    assert row is not None, "a count has a row"
    return int(row[0])


def counted_anew(database: Database) -> Mapping[str, int]:
    """Trigger id -> when somebody let it go on: what was sent up to then is not counted. Raises LedgerError."""
    return dict(database.rows("select trigger_id, at from counted_anew"))
