"""What ticks leave for the next one, so that it need not look at everybody: whose answers may differ by time alone and
when, and how far facts and evidence were read.

A consent that is dated ahead is due as well: it changes what is granted without anything new coming in.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from adapters.stores.ledger_database import Database
from engine.records import Evidence, Position, Reckoned, Touched

_RECKONED = """
select tick, last, mark, line, line_mark, latest, consents, lists, horizon from reckoned where id = 1
"""

_RECORD = """
insert into reckoned (id, tick, last, mark, line, line_mark, latest, consents, lists, horizon)
values (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (id) do update set tick = excluded.tick, last = excluded.last, mark = excluded.mark, line = excluded.line,
  line_mark = excluded.line_mark, latest = excluded.latest,
  consents = excluded.consents, lists = excluded.lists, horizon = excluded.horizon
"""

_DUE = "insert into due (contact, at) values (?, ?) on conflict (contact) do update set at = excluded.at"

_DUE_EARLIER = f"{_DUE} where excluded.at < due.at"

_MOVED = """
select distinct e.contact from list_entry as e
join list_version as v on v.list = e.list and (v.at = e.added_at or v.at = e.removed_at)
where e.list = ? and v.number > ?
"""


def reckoned(database: Database) -> Reckoned | None:
    """What the last tick that looked ahead left."""
    row = database.one(_RECKONED)
    if row is None:
        return None
    tick, last, mark, line, line_mark, latest, consents, lists, horizon = row
    return Reckoned(tick, Position(last, mark, line, line_mark, latest), Evidence(consents, json.loads(lists)), horizon)


def record_reckoned(database: Database, facts: Position, evidence: Evidence, horizon: int) -> None:
    """Remember what the newest tick leaves."""
    newest = database.one("select max(id) from tick")
    assert newest is not None, "an aggregate has a row"
    lists = json.dumps(dict(evidence.lists), ensure_ascii=False, sort_keys=True)
    read = (facts.last, facts.mark, facts.line, facts.line_mark, facts.latest, evidence.consents, lists)
    database.run(_RECORD, (newest[0], *read, horizon))


def forget_reckoned(database: Database) -> None:
    """The newest tick leaves nothing."""
    database.run("delete from reckoned")
    database.run("delete from due")


def due(database: Database, until: int) -> frozenset[str]:
    """Contacts that are due at or before `until`."""
    return frozenset(key for (key,) in database.rows("select contact from due where at <= ?", (until,)))


def record_due(
    database: Database, instants: Mapping[str, int], among: Collection[str] | None, *, earlier: bool
) -> None:
    """Replace the due instants of some contacts, or of all."""
    if earlier:
        database.many(_DUE_EARLIER, instants.items())
        return
    if among is None:
        database.run("delete from due")
    else:
        gone = database.keys([contact for contact in among if contact not in instants])
        database.run("delete from due where contact in (select value from each(?))", (gone,))
    database.many(_DUE, instants.items())


def evidence(database: Database) -> Evidence:
    """How far the evidence goes."""
    row = database.one("select coalesce(max(seq), 0) from consent")
    lists = database.rows("select list, max(number) from list_version group by list order by list")
    return Evidence(0 if row is None else row[0], dict(lists))


def stirred(database: Database, since: Evidence, lists: Collection[str], most: int) -> Touched:
    """Whose evidence changed since."""
    now = evidence(database)
    if now.consents < since.consents or any(now.lists.get(name, 0) < since.lists.get(name, 0) for name in lists):
        return Touched(everybody="the ledger's evidence has another history than the tick before read")
    select = "select distinct contact from consent where seq > ? limit ?"
    found = {contact for (contact,) in database.rows(select, (since.consents, most + 1))}
    for name in sorted(lists):
        seen = since.lists.get(name, 0)
        if now.lists.get(name, 0) > seen:
            found |= {contact for (contact,) in database.rows(_MOVED, (name, seen))}
    if len(found) > most:
        return Touched(everybody=f"more than {most:,} contacts have new consents, or came to lists or left them")
    return Touched(frozenset(found))


def consents_ahead(database: Database, after: int, contacts: Collection[str] | None) -> Mapping[str, int]:
    """Contact -> the first instant later than `after` at which a consent record of it begins to speak."""
    if contacts is None:
        select = "select contact, min(at) from consent where at > ? group by contact"
        return dict(database.rows(select, (after,)))
    select = (
        "select contact, min(at) from consent where at > ? and contact in (select value from each(?)) group by contact"
    )
    return dict(database.rows(select, (after, database.keys(contacts))))
