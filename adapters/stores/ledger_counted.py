"""The messages that count under caps: our own, and those that were sent elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from adapters.stores import ledger_rows as rows
from adapters.stores.ledger_database import Database
from engine.records import CountedMessage

_COUNTED = """
select key, contact, at, channel, category, tags, local_date, units from reservation
where counting = 1 and category <> 'transactional'
  and contact in (select value from each(?1)) and (at > ?2 or local_date >= ?3)
union all
select id, contact, at, channel, category, tags, local_date, '{}' from history
where category <> 'transactional'
  and contact in (select value from each(?1)) and (at > ?2 or local_date >= ?3)
  -- a rehearsal of what the live ledger has sent is one message
  and not exists (select 1 from reservation as own where own.key = history.id and own.counting = 1)
order by at, key
"""

_COUNTED_OF_ALL = """
select key, contact, at, channel, category, tags, local_date, units from reservation
where counting = 1 and category <> 'transactional' and (at > ?1 or local_date >= ?2)
  and (?3 = 0 or channel in (select value from each(?4)))
union all
select id, contact, at, channel, category, tags, local_date, '{}' from history
where category <> 'transactional' and (at > ?1 or local_date >= ?2)
  and (?3 = 0 or channel in (select value from each(?4)))
  -- a rehearsal of what the live ledger has sent is one message
  and not exists (select 1 from reservation as own where own.key = history.id and own.counting = 1)
order by at, key
"""

_RECORDED = """
select key, contact, at, channel, category, tags, local_date, units from reservation
where counting = 1 and category <> 'transactional' and units <> '{}' and (at > ?1 or local_date >= ?2)
  and (?3 = 0 or channel in (select value from each(?4)))
order by at, key
"""

_BETWEEN = """
select key, at, tags from reservation
where counting = 1 and category <> 'transactional' and at > ?1 and at < ?2 and (?3 = 0 or channel = ?4)
union all
select id, at, tags from history
where category <> 'transactional' and at > ?1 and at < ?2 and (?3 = 0 or channel = ?4)
  and not exists (select 1 from reservation as own where own.key = history.id and own.counting = 1)
"""


def counted(
    database: Database, contacts: Collection[str] | None, since: int, channels: Collection[str] | None
) -> Sequence[CountedMessage]:
    """Messages that count, later than `since` or with a local date from the day before `since` on."""
    if contacts is None:
        found = database.rows(
            _COUNTED_OF_ALL, (since, _day_before(since), int(channels is not None), database.keys(channels or ()))
        )
    else:
        found = database.rows(_COUNTED, (database.keys(contacts), since, _day_before(since)))
    messages = (rows.counted_message(row) for row in found)
    return [m for m in messages if channels is None or m.channel in channels]


def counted_for(
    database: Database, units: Collection[tuple[str, str]], since: int, channels: Collection[str] | None
) -> Sequence[CountedMessage]:
    """The same, of those that were recorded for one of these units."""
    asked = (since, _day_before(since), int(channels is not None), database.keys(channels or ()))
    messages = map(rows.counted_message, database.rows(_RECORDED, asked))
    wanted = frozenset(units)
    return [m for m in messages if not wanted.isdisjoint(m.units.items())]


def counted_between(
    database: Database, channel: str | None, after: int, before: int
) -> Sequence[tuple[str, int, tuple[str, ...]]]:
    """Id, instant and tags of all messages that count, after < at < before."""
    found = database.rows(_BETWEEN, (after, before, int(channel is not None), channel or ""))
    return [(key, at, rows.tags_of(text)) for key, at, text in found]


def _day_before(since: int) -> int:
    # a local date is at most one day away from the date of its instant in UTC
    return int((datetime.fromtimestamp(max(since, 0) // 1_000_000, UTC) - timedelta(days=1)).strftime("%Y%m%d"))
