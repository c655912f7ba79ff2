"""The plain records that pass between engine and stores. Instants are microseconds since 1970 UTC everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dsl.model import Category
from dsl.types import Stored

# ---------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `seq` is the order of arrival in the store (rises by import), never a business fact.
    `properties` holds known values only, in stored form."""

    type: str
    id: str
    contact: str
    at: int
    seq: int = 0
    properties: Mapping[str, Stored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact; `fields` holds known values only, in stored form, the key field included."""

    key: str
    fields: Mapping[str, Stored]


@dataclass(frozen=True, slots=True)
class ContactData:
    """A contact with its events by type, each list in order of (at, id)."""

    contact: Contact
    events: Mapping[str, tuple[Event, ...]]


@dataclass(frozen=True, slots=True)
class Position:
    """How far somebody has read the facts: the last arrival number and the last line of the journal of what changed
    without a new number, each with its random mark. A store that does not know a mark has another history. `latest`:
    no event that was there then is of a later instant."""

    last: int
    mark: int
    line: int
    line_mark: int
    latest: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Touched:
    """The contacts whose facts changed since a position (some may be gone); `everybody`: why it may be all of them, and
    `contacts` says nothing then."""

    contacts: frozenset[str] = frozenset()
    everybody: str | None = None


# ---------------------------------------------------------------- consent and suppression

Basis = Literal["consent", "request", "contract", "legitimate_interest"]


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One line of the append-only consent record. The latest (at, then seq) for a contact, purpose and channel rules.

    `id` makes the import idempotent. `evidence` says how we know."""

    id: str
    contact: str
    purpose: str
    channel: str
    state: Literal["granted", "withdrawn"]
    basis: Basis
    evidence: str
    at: int


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address or a contact that must not be reached. Exactly one of `contact` and `address` is set.

    `address` is normalised as its field normalises it; `channel` None: every channel."""

    id: str
    contact: str | None
    address: str | None
    channel: str | None
    reason: str
    at: int


# ---------------------------------------------------------------- decisions

FiringState = Literal["waiting", "held", "queued", "done"]


@dataclass(frozen=True, slots=True)
class Firing:
    """One firing of a trigger for a contact: the unit of decision.

    `trigger` is the trigger's id (the oldest name that `was` gives); `key` = hash(trigger, contact, occasion);
    `cause_at` the instant of the change; `due_at` = cause + wait;
    `expires_at` = due + expires. `event` is the causing event's id (`on EVENT` only), `properties` its values then.
    `not_before`: while held, the instant of the next judgement. State `queued`: reserved, in the outbox.
    """

    key: str
    trigger: str
    contact: str
    occasion: str
    cause_at: int
    seen_at: int
    due_at: int
    expires_at: int
    event_type: str | None = None
    event: str | None = None
    properties: Mapping[str, Stored] = field(default_factory=dict)
    state: FiringState = "waiting"
    not_before: int | None = None
    channel: str | None = None


Outcome = Literal["waiting", "queued", "held", "refused", "expired", "missed"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was decided for a firing at one instant.

    `gate` names who said it (see `engine.gates.GATES`), `detail` the block or rule in people's words (cap `weekly`,
    quiet `nights`). `until`: the next judgement, when held or waiting.
    """

    key: str
    at: int
    outcome: Outcome
    gate: str
    detail: str = ""
    until: int | None = None


@dataclass(frozen=True, slots=True)
class HeldOffer:
    """An offer that a contact holds since `at`, by the message with the decision key. `offer` is the block's id.

    `group`, `worth` (millionths of `unit`, "%" or a currency) and `last_day` (yyyymmdd of the contact's calendar,
    inside) are as they were when the message was reserved."""

    key: str
    contact: str
    offer: str
    at: int
    group: str | None = None
    worth: int | None = None
    unit: str | None = None
    last_day: int | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be reserved and put into the outbox. `kind` message: to the contact, counts as `category` and
    `tags` say. `kind` notice: whatever is no message to the contact, and never counts: to a team (`channel` "notify",
    `address` the team), a field to be set, a call (see `engine.outgoing`)."""

    key: str
    kind: Literal["message", "notice"]
    trigger: str
    contact: str
    channel: str
    template: str
    offer: str | None
    category: Category
    purpose: str
    tags: tuple[str, ...]
    address: str | None
    cause_at: int
    reserved_at: int
    expires_at: int
    local_date: int
    text: str | None = None
    event_type: str | None = None
    event: str | None = None
    properties: Mapping[str, Stored] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    holds: HeldOffer | None = None
    """What the contact holds by it; set where the message is made, None where it is read from the outbox."""


MILLIONTHS = 1_000_000
"""Parts in which shares are reckoned."""


@dataclass(frozen=True, slots=True)
class Figure:
    """How one expectation of a `quality` block stands: `met` of `of` contacts meet it, `wanted` millionths of them
    should. `block` is the block's name in the ledger, `number` counts its expectations from 1."""

    block: str
    number: int
    met: int
    of: int
    wanted: int

    @property
    def holds(self) -> bool:
        """Whether enough do; over nobody it holds."""
        return self.met * MILLIONTHS >= self.wanted * self.of

    @property
    def told(self) -> str:
        """The numbers for people: "18 of 20 (90 %), 95 % expected". The share is cut, never rounded up."""
        if self.of == 0:
            return f"0 of 0, {_percent(self.wanted)} expected"
        return (
            f"{self.met} of {self.of} ({_percent(self.met * MILLIONTHS // self.of)}), {_percent(self.wanted)} expected"
        )


def _percent(millionths: int) -> str:
    whole, part = divmod(millionths, MILLIONTHS // 100)
    return f"{whole}.{part:04}".rstrip("0").rstrip(".") + " %"


OutboxState = Literal["held", "queued", "claimed", "committing", "sent", "failed", "suppressed", "expired", "uncertain"]


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row of the outbox: the message with its state. `fence` rises with every claim; `attempts` counts markers."""

    id: int
    message: Outgoing
    state: OutboxState
    fence: int
    owner: str | None
    attempts: int
    not_before: int | None
    note: str
    changed_at: int


@dataclass(frozen=True, slots=True)
class CountedMessage:
    """A message as caps see it: reserved or sent by us (not failed, suppressed or expired), or imported.

    `id` is the decision key of ours, or the import's id. `category` promotional or service. `units`: field -> the unit
    for which it was reserved (see `engine.tally`), for the fields that caps asked for then."""

    id: str
    contact: str
    at: int
    channel: str
    category: Category
    tags: tuple[str, ...]
    local_date: int
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """For re-entry: the cause of a run of a trigger that was queued or handed over (refused runs do not count)."""

    trigger: str
    contact: str
    cause_at: int
    key: str
    properties: Mapping[str, Stored]


@dataclass(frozen=True, slots=True)
class Tick:
    """What the ledger remembers of one tick: its instant, the highest event sequence seen, the definition hash."""

    id: int
    as_of: int
    seq: int
    plan: str
    mark: int | None = None
    """That of the facts at `seq` (`Position.mark`); None where the store had none to give."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How far somebody has read what comes into the ledger from outside: the highest number of a consent record, and
    for each list that is kept by hand the number of its version."""

    consents: int
    lists: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a tick leaves for the next one, so that it need not look at everybody: how far it has read facts and
    evidence, and up to when (`horizon`) the ledger's due instants tell whose answers may differ by time alone."""

    tick: int
    facts: Position
    evidence: Evidence
    horizon: int


@dataclass(frozen=True, slots=True)
class Reaching:
    """A contact reached a stage of a score at a tick; `counted`: not within the stage's rest."""

    score: str
    stage: str
    contact: str
    at: int
    counted: bool


@dataclass(frozen=True, slots=True)
class StageMove:
    """A contact's stage of a score from this tick on; `stage` None: no stage (score missing or below the first)."""

    score: str
    contact: str
    stage: str | None


ListMode = Literal["replace", "add", "remove"]


@dataclass(frozen=True, slots=True)
class ListChange:
    """What became of a list that is kept by hand: who came, who left, how many are on it now."""

    added: int
    removed: int
    total: int


@dataclass(frozen=True, slots=True)
class ListVersion:
    """One version of such a list, numbered from 1, and when it was made."""

    list: str
    number: int
    at: int
    added: int
    removed: int
    total: int
