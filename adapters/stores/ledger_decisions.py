"""Who got what and who did not, and why: the last word on each run, page by page or counted.

A run (one trigger for one contact on one occasion) may be judged many times. What became of it is the state of its
message where that has left or may have, else its last judgement. Rows are read from the newest judgement back, so that
a page costs what it shows; counting goes through the judgements of the time asked for, inside the database.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from adapters.stores.ledger_database import Database

State = Literal[
    "sent", "failed", "uncertain", "claimed", "committing", "queued", "held", "waiting", "refused", "expired", "missed"
]
"""What became of a run."""

STATES: tuple[State, ...] = get_args(State)

DISORDER = 86_400_000_000
"""Judgements are written in the order of commits: a tick's lie a little behind those of a hand-over that ran beside it.
Never by more than these microseconds."""

_RUNS = """
select j.seq, f.key, f.trigger_id, f.contact, f.cause_at, j.at, j.gate, j.detail, j.until, o.channel, o.template,
  o.note, o.changed_at,
  case when o.state in ('sent', 'failed', 'uncertain', 'claimed', 'committing') and o.changed_at <= ? then o.state
    else j.outcome end as state
from judgement as j join firing as f on f.key = j.key left join outbox as o on o.key = j.key
where j.seq >= ? and j.at >= ? and j.at <= ?
  and not exists (select 1 from judgement as later where later.key = j.key and later.seq > j.seq and later.at <= ?)
"""

_COUNTS = "select trigger_id, state, gate, detail, count(*) from ("
_GROUPED = ") as run where state in (select value from each(?)) group by trigger_id, state, gate, detail"

_PAGE = "select * from ("
_PAGED = ") as run where state in (select value from each(?)) and seq < ? order by seq desc limit ?"

_COUNTED_AT = "select j.outcome, j.gate, count(*)"
_DECIDED_AT = "select f.contact, j.outcome, j.gate, j.detail"
_AT = """
from judgement as j join firing as f on f.key = j.key
where j.seq >= ? and j.at >= ? and j.at <= ? and f.trigger_id = ?
"""
_BY_GATE = "group by j.outcome, j.gate order by j.outcome, j.gate"

_NEXT = "select seq, at from judgement where seq >= ? order by seq limit 1"

LAST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """Which runs: of a trigger id, of a contact, whose last word was said in [since, until] (microseconds)."""

    trigger: str | None = None
    contact: str | None = None
    since: int = 0
    until: int = LAST
    states: Collection[State] = STATES


@dataclass(frozen=True, slots=True)
class Run:
    """The last word on a run. `channel`, `template`, `note` and `changed_at` are of its message, where there is one."""

    seq: int
    key: str
    trigger: str
    contact: str
    cause_at: int
    at: int
    gate: str
    detail: str
    until: int | None
    channel: str | None
    template: str | None
    note: str | None
    changed_at: int | None
    state: State

    @property
    def why(self) -> str:
        """Who said so, in words: the message's note where it left or may have, else gate and detail."""
        if self.state in ("sent", "failed", "uncertain", "claimed", "committing"):
            return self.note or ""
        return told(self.state, self.gate, self.detail)


@dataclass(frozen=True, slots=True)
class Reason:
    """So many runs of a trigger ended so, for this reason."""

    trigger: str
    state: State
    why: str
    count: int


def counted(database: Database, asked: Asked) -> list[Reason]:
    """How many runs for each trigger, state and reason, without the notes of single messages. Raises LedgerError."""
    runs, bound = _runs(database, asked)
    found: dict[tuple[str, State, str], int] = {}
    for trigger, state, gate, detail, count in database.rows(
        " ".join((_COUNTS, runs, _GROUPED)), (*bound, database.keys(list(asked.states)))
    ):
        key = (trigger, state, told(state, gate, detail))
        found[key] = found.get(key, 0) + count
    order = {state: place for place, state in enumerate(STATES)}
    return [
        Reason(*key, count)
        for key, count in sorted(found.items(), key=lambda i: (i[0][0], order[i[0][1]], -i[1], i[0]))
    ]


def page(database: Database, asked: Asked, before: int | None, most: int) -> Sequence[Run]:
    """At most so many runs, the newest word first; `before`: the `seq` of the last one of the page before. Raises
    LedgerError."""
    runs, bound = _runs(database, asked)
    states = database.keys(list(asked.states))
    found = database.rows(" ".join((_PAGE, runs, _PAGED)), (*bound, states, LAST if before is None else before, most))
    return [Run(*row) for row in found]


def counted_at(database: Database, asked: Asked) -> list[tuple[str, str, int]]:
    """Outcome, gate and count of all judgements of a trigger at those instants, whatever was said later. Raises
    LedgerError."""
    bound = (_from(database, asked.since), asked.since, asked.until, asked.trigger)
    return [tuple(row) for row in database.rows(" ".join((_COUNTED_AT, _AT, _BY_GATE)), bound)]


def decided_at(database: Database, asked: Asked) -> list[tuple[str, str, str, str]]:
    """Contact, outcome, gate and detail of the same, in order. Raises LedgerError."""
    bound = (_from(database, asked.since), asked.since, asked.until, asked.trigger)
    return [tuple(row) for row in database.rows(" ".join((_DECIDED_AT, _AT, "order by j.seq")), bound)]


def _runs(database: Database, asked: Asked) -> tuple[str, tuple[object, ...]]:
    text = _RUNS
    parts: list[object] = [asked.until, _from(database, asked.since), asked.since, asked.until, asked.until]
    for column, value in (("f.trigger_id", asked.trigger), ("f.contact", asked.contact)):
        if value is not None:
            text = f"{text} and {column} = ?"
            parts.append(value)
    return text, tuple(parts)


def told(state: State, gate: str, detail: str) -> str:
    """Who said so, in words, of a state that a judgement gave; "" of one that a hand-over gave."""
    match state:
        case "sent" | "failed" | "uncertain" | "claimed" | "committing":
            return ""
        case "queued" | "waiting":
            return detail
        case "held" | "refused" | "expired" | "missed":
            return f"{gate}: {detail}" if detail and not detail.startswith(gate) else detail or gate


def _from(database: Database, since: int) -> int:
    """A `seq` before which every judgement is older than that: found by halves, the numbers rise with time."""
    if since <= 0:
        return 0
    low, high = 0, (database.one("select max(seq) from judgement") or (None,))[0] or 0
    while low < high:
        middle = (low + high) // 2
        row = database.one(_NEXT, (middle,))
        if row is None or row[1] >= since - DISORDER:
            high = middle
        else:
            low = row[0] + 1
    return low
