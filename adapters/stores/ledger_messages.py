"""What is in the outbox and what never came to be in it: messages, notices and held or refused runs.

Two sources that do not overlap: rows of the outbox, and runs (firings) without a row, which wait, are held or were
refused before anything was reserved. Both are counted inside the database, and read newest first, so many as are asked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from adapters.stores.ledger_database import Database
from adapters.stores.ledger_decisions import STATES, State, told
from adapters.stores.ledger_rows import firing, outbox_row
from engine.records import Firing, OutboxRow, Outgoing

_SAME = "case o.state when 'suppressed' then 'refused' else o.state end"
"""The states of the outbox in the words of `ledger_decisions`."""

_LAST = "(select max(seq) from judgement where judgement.key = {}.key)"

# what a server said of a single message is no reason to count by; a failure is
_COUNT_ROWS = f"""
select o.channel, o.trigger_id, {_SAME},
  case when o.state in ('suppressed', 'held') then coalesce(j.gate, '') else '' end,
  case when o.state in ('suppressed', 'held') then coalesce(j.detail, o.note)
    when o.state in ('failed', 'uncertain', 'expired') then o.note else '' end, count(*)
from outbox as o left join judgement as j on j.seq = {_LAST.format("o")}
where {_SAME} in (select value from each(?))
"""  # noqa: S608  # constants

_COUNT_RUNS = f"""
select f.channel, f.trigger_id, j.outcome, j.gate, j.detail, count(*)
from firing as f join judgement as j on j.seq = {_LAST.format("f")}
where j.outcome in (select value from each(?)) and not exists (select 1 from outbox where outbox.key = f.key)
"""  # noqa: S608  # constants

_ROWS = f"""
select o.id, o.key, o.kind, o.trigger_id, o.contact, o.channel, o.template, o.offer, o.category, o.purpose, o.tags,
  o.address, o.cause_at, o.reserved_at, o.expires_at, o.local_date, o.text, o.event_type, o.event, o.properties,
  o.state, o.fence, o.owner, o.attempts, o.not_before, o.note, o.changed_at, j.gate, j.detail, j.until
from outbox as o left join judgement as j on j.seq = {_LAST.format("o")}
where {_SAME} in (select value from each(?))
"""  # noqa: S608  # constants

_RUNS = f"""
select f.key, f.trigger_id, f.contact, f.occasion, f.cause_at, f.seen_at, f.due_at, f.expires_at, f.event_type,
  f.event, f.properties, f.state, f.not_before, f.channel, j.outcome, j.gate, j.detail, j.until, j.at
from judgement as j join firing as f on f.key = j.key
where j.outcome in (select value from each(?)) and not exists (select 1 from outbox where outbox.key = f.key)
  and j.seq = {_LAST.format("f")}
"""  # noqa: S608  # constants

_FIRING_WIDTH, _ROW_WIDTH = 14, 27


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them: of a trigger id, a contact, a channel, in these states.

    A run without a row may have no channel yet. It counts for the channel that its trigger tries first: `first` are the
    trigger ids for which that is `channel`."""

    trigger: str | None = None
    contact: str | None = None
    channel: str | None = None
    first: Collection[str] = ()
    states: Collection[State] = STATES


@dataclass(frozen=True, slots=True)
class Group:
    """So many of a trigger on a channel (None: none chosen yet) are in this state for this reason."""

    channel: str | None
    trigger: str
    state: State
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One of them: a row of the outbox, or a run without one. `at`: when it came to this state; `until`: when it is
    judged again, or handed over at the earliest."""

    found: OutboxRow | Firing
    state: State
    why: str
    at: int
    until: int | None

    @property
    def about(self) -> Outgoing | Firing:
        """What both have in common: key, trigger, contact, cause, event."""
        return self.found.message if isinstance(self.found, OutboxRow) else self.found


def counted(database: Database, wanted: Wanted) -> list[Group]:
    """How many, by channel, trigger, state and reason; the largest groups first within a state. Raises LedgerError."""
    sums: dict[tuple[str | None, str, State, str], int] = {}
    for text, table in ((_COUNT_ROWS, "o"), (_COUNT_RUNS, "f")):
        where, bound = _where(database, wanted, table)
        for channel, trigger, state, gate, detail, count in database.rows(
            f"{text} {where} group by 1, 2, 3, 4, 5", bound
        ):
            key = (channel, trigger, state, told(state, gate, detail) or detail)
            sums[key] = sums.get(key, 0) + count
    order = {state: place for place, state in enumerate(STATES)}
    found = [Group(*key, count) for key, count in sums.items()]
    return sorted(found, key=lambda g: (g.channel or "", g.trigger, order[g.state], -g.count, g.why))


def newest(database: Database, wanted: Wanted, most: int) -> list[Entry]:
    """At most so many, the newest first. Raises LedgerError."""
    where, bound = _where(database, wanted, "o")
    rows = database.rows(f"{_ROWS} {where} order by o.id desc limit ?", (*bound, most))
    found = [_of_row(outbox_row(row[:_ROW_WIDTH]), *row[_ROW_WIDTH:]) for row in rows]
    where, bound = _where(database, wanted, "f")
    for row in database.rows(f"{_RUNS} {where} order by j.seq desc limit ?", (*bound, most)):
        outcome, gate, detail, until, at = row[_FIRING_WIDTH:]
        found.append(Entry(firing(row[:_FIRING_WIDTH]), outcome, told(outcome, gate, detail), at, until))
    return sorted(found, key=lambda entry: -entry.at)[:most]


def _of_row(row: OutboxRow, gate: str | None, detail: str | None, until: int | None) -> Entry:
    state: State = "refused" if row.state == "suppressed" else row.state
    why = row.note
    if row.state in ("held", "suppressed") and gate is not None:
        why = told(state, gate, detail or "")
    return Entry(row, state, why, row.changed_at, until if state == "held" else row.not_before)


def _where(database: Database, wanted: Wanted, table: str) -> tuple[str, tuple[object, ...]]:
    """The conditions behind the states, with what they are bound to."""
    text, bound = "", [database.keys(list(wanted.states))]
    for column, value in (("trigger_id", wanted.trigger), ("contact", wanted.contact)):
        if value is not None:
            text += f" and {table}.{column} = ?"
            bound.append(value)
    if wanted.channel is not None and table == "o":
        text += " and o.channel = ?"
        bound.append(wanted.channel)
    elif wanted.channel is not None:
        text += " and (f.channel = ? or (f.channel is null and f.trigger_id in (select value from each(?))))"
        bound += [wanted.channel, database.keys(sorted(wanted.first))]
    return text, tuple(bound)
