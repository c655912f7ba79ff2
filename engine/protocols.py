"""How the engine talks to the world. Adapters implement these; the engine never imports an adapter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from dsl.schema import Schema
from dsl.types import Stored
from engine.records import (
    ConsentRecord,
    Contact,
    ContactData,
    CountedMessage,
    Event,
    Evidence,
    Figure,
    Firing,
    HandedOver,
    HeldOffer,
    Judgement,
    OutboxRow,
    Outgoing,
    Position,
    Reaching,
    Reckoned,
    StageMove,
    Suppression,
    Tick,
    Touched,
)

if TYPE_CHECKING:
    from sqlglot import exp

    from engine.answer import Table
    from engine.sql.text import SqlText


class Facts(Protocol):
    """Read access to contacts and events."""

    @property
    def schema(self) -> Schema:
        """The schema whose tables these are."""
        ...

    def contacts(self, keys: Collection[str] | None = None) -> Iterator[Contact]:
        """All contacts, or those of `keys` that exist, in order of key (code point)."""
        ...

    def load(self, keys: Collection[str] | None, event_types: Collection[str], up_to: int) -> Iterator[ContactData]:
        """Contacts with their events of these types at or before `up_to`, in order of key."""
        ...

    def new_events(
        self, event_type: str, after_seq: int, before: int, as_of: int, *, ahead: bool = True
    ) -> Iterator[Event]:
        """Events that a tick at `as_of` sees and the tick at `before` (with `after_seq`) did not:
        at <= as_of and (seq > after_seq or at > before). In order of (at, id). Not `ahead`: the tick at `before` knew
        of no event later than itself."""
        ...

    def fact_row(self, table: str, key: Stored, as_of: int) -> Mapping[str, Stored] | None:
        """The known values of the row of a fact table with this key, with a time column of the newest row not after
        `as_of`; None if there is none."""
        ...

    def last_seq(self) -> int:
        """The highest arrival sequence in the store; 0 if it is empty."""
        ...

    def has_been_at(self, seq: int, mark: int | None) -> bool:
        """Whether `seq` was the highest arrival sequence once, with this mark (`Position.mark`; None: it was not
        kept). False: the store was put back from a backup since, and gives numbers out again."""
        ...

    def count(self) -> int:
        """How many contacts there are."""
        ...

    def position(self) -> Position | None:
        """Where the store stands, for `touched`; None if it cannot tell later what changed."""
        ...

    def touched(
        self,
        since: Position,
        events: Collection[str],
        tables: Collection[str],
        span: tuple[int, int],
        most: int,
    ) -> Touched:
        """Whose facts changed since a position: contacts that are new, changed or gone; the contacts of events of these
        types that are new, corrected (the old one and the new one) or gone; those who look at rows of these fact tables
        that are new, changed or gone. And what came to be by the clock alone within `span` (later than the first
        instant, at or before the second): events and fact rows that were dated ahead.

        More contacts than `most`, or a store that cannot tell: everybody, with the reason."""
        ...

    def bearers(self, field: str, values: Collection[str | int], modulo: int | None = None) -> Iterator[str]:
        """Keys of the contacts whose field has one of these values (its remainder by `modulo`, where that is given)."""
        ...

    def places(self) -> Iterator[tuple[str | None, str | None]]:
        """The zones and countries of all contacts, as they are stored, each pair once; None where missing."""
        ...

    def residents(self, places: Collection[tuple[str | None, str | None]]) -> Iterator[str]:
        """Keys of the contacts at some of `places`."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """All reads inside see one state, whatever imports commit meanwhile; temporary tables may be made inside."""
        ...


class SqlFacts(Facts, Protocol):
    """Facts that also run SQL. Table and column names: `engine.layout`."""

    @property
    def dialect(self) -> str:
        """The sqlglot dialect: "sqlite", "duckdb" or "postgres"."""
        ...

    def query(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored]) -> Iterator[tuple[Stored, ...]]:
        """Run one select; parameters are the named placeholders of the tree, or those that its text names."""
        ...

    def columns(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored], width: int) -> Table:
        """Run one select whose first column is text and whose `width` others are integers, none of them missing: the
        answer by columns. Raises NotWhole where a number is none of 64 bits."""
        ...

    def temporary(
        self,
        name: str,
        columns: Mapping[str, Literal["text", "integer"]],
        rows: Iterable[Sequence[Stored]],
        key: Sequence[str] = (),
    ) -> None:
        """(Re)make a temporary table with these rows, gone when the connection closes; `key`: its primary key, where
        the engine gains by one."""
        ...


class LedgerRead(Protocol):
    """What can be read of the ledger, inside or outside a transaction."""

    def last_tick(self) -> Tick | None:
        """The newest tick, if there was one."""
        ...

    def first_tick(self) -> Tick | None:
        """The oldest tick, if there was one."""
        ...

    def definitions(self) -> Mapping[str, str]:
        """Hash of each segment's and score's definition ("segment ID", "score ID") and of each trigger's cause
        ("cause ID") at the last tick; ids are the oldest names."""
        ...

    def activations(self) -> Mapping[str, int]:
        """For each trigger id: the instant from which it is active, as first recorded."""
        ...

    def members(
        self, segment: str, at: int | None = None, contacts: Collection[str] | None = None
    ) -> Mapping[str, int]:
        """Contacts inside (at the last tick, or at instant `at`: from <= at < to) -> start of their interval.
        `contacts`: of these alone, here and below."""
        ...

    def member_counts(self) -> Mapping[str, int]:
        """Segment -> how many contacts are inside at the last tick; segments without any are left out."""
        ...

    def entries(self, segment: str, contacts: Collection[str]) -> Mapping[str, int]:
        """How many intervals of the segment began for each contact so far (those with none are left out)."""
        ...

    def exits(self, segment: str, contacts: Collection[str]) -> Mapping[str, int]:
        """How many intervals of the segment ended for each contact so far (those with none are left out)."""
        ...

    def stages(self, score: str, at: int | None = None, contacts: Collection[str] | None = None) -> Mapping[str, str]:
        """Contact -> stage at the last tick, or at instant `at`; contacts without a stage are left out."""
        ...

    def stage_counts(self) -> Mapping[tuple[str, str], int]:
        """(score, stage) -> how many contacts stand there at the last tick; where nobody stands it is left out."""
        ...

    def stage_moves(self, score: str, contacts: Collection[str]) -> Mapping[str, int]:
        """How many stage records of the score were made for each contact so far."""
        ...

    def moved_since(self, kind: Literal["segment", "score"], name: str, at: int) -> frozenset[str]:
        """Contacts whose interval of the segment, or stage of the score, began or ended after an instant. After that of
        the last tick: a journal of hand-overs told it to a ledger from a backup."""
        ...

    def listed(self, name: str, contacts: Collection[str] | None = None) -> Mapping[str, int]:
        """Who is on a list that is kept by hand, now -> since when; empty for one that was never filled."""
        ...

    def lists_of(self, contact: str) -> Sequence[tuple[str, int, int | None]]:
        """The lists that a contact is or was on: name, added, removed (None: is on it), in order."""
        ...

    def last_reached(self, score: str, stage: str, contacts: Collection[str]) -> Mapping[str, int]:
        """When each contact was last counted as reaching a stage; contacts who never were are left out."""
        ...

    def reachings(self, score: str, contact: str) -> Sequence[Reaching]:
        """Every time a contact reached a stage of a score, in order."""
        ...

    def watched_fields(self) -> Mapping[str, int]:
        """Contact field, or `TABLE.COLUMN` of a fact table -> the instant of the last tick that watched it."""
        ...

    def field_values(self, name: str, contacts: Collection[str] | None = None) -> Mapping[str, Stored]:
        """Contact -> value of a watched field as last recorded; contacts whose value was missing are left out."""
        ...

    def unknown_values(self, name: str) -> frozenset[str]:
        """Contacts whose value of a watched field changed to one that is not recorded (a journal of hand-overs told of
        the change to a ledger from a backup): the next one that is seen is the one it changed to."""
        ...

    def field_changes(self, name: str, contacts: Collection[str]) -> Mapping[str, int]:
        """How often a watched field changed for each contact so far (those with none are left out)."""
        ...

    def known_contacts(self, contacts: Collection[str] | None = None) -> frozenset[str]:
        """Contacts that the last tick saw."""
        ...

    def known_count(self) -> int:
        """How many they are."""
        ...

    def reckoned(self) -> Reckoned | None:
        """What the last tick that looked ahead left for the next one; None if none ever did."""
        ...

    def due(self, until: int) -> frozenset[str]:
        """Contacts whose answers may differ by time alone at or before `until`, as the ticks reckoned."""
        ...

    def evidence(self) -> Evidence:
        """How far the evidence goes now."""
        ...

    def stirred(self, since: Evidence, lists: Collection[str], most: int) -> Touched:
        """Whose evidence changed since: those with new consent records, of whatever instant, and those who came to one
        of these lists or left it. More contacts than `most`, or evidence with another history: everybody."""
        ...

    def consents_ahead(self, after: int, contacts: Collection[str] | None = None) -> Mapping[str, int]:
        """Contact -> the first instant after `after` at which a consent record of it begins to speak."""
        ...

    def quiet_contacts(self) -> frozenset[str]:
        """Contacts that were imported quietly: to the first tick that sees them they are as if the tick before had."""
        ...

    def consents(self, as_of: int, contacts: Collection[str] | None = None) -> Iterator[ConsentRecord]:
        """The ruling record for each (contact, purpose, channel): the latest at or before `as_of`."""
        ...

    def suppressions_of(self, contact: str, addresses: Collection[str], as_of: int) -> Sequence[Suppression]:
        """Those of the contact and of exactly these addresses at or before `as_of`, in order of arrival."""
        ...

    def suppressions(self, as_of: int) -> Sequence[Suppression]:
        """All suppressions at or before `as_of`."""
        ...

    def existing(self, keys: Collection[str]) -> frozenset[str]:
        """Which of these decision keys the ledger has."""
        ...

    def open_firings(self) -> Sequence[Firing]:
        """Firings in state waiting, held or queued (queued: the outbox row is not terminal and not committing)."""
        ...

    def may_have_left(self, keys: Collection[str]) -> Sequence[Outgoing]:
        """What waits in the outbox under these decision keys and was marked before, by a try of which it is not known
        that nothing left."""
        ...

    def handed_over(self, trigger: str, contacts: Collection[str]) -> Sequence[HandedOver]:
        """Runs of the trigger that were reserved and did not definitively fail, or were held out."""
        ...

    def counted(
        self, contacts: Collection[str] | None, since: int, channels: Collection[str] | None = None
    ) -> Sequence[CountedMessage]:
        """Messages of these contacts (None: of all), by these channels (None: by any), that count, at > `since` or with
        local_date in the last days before it (callers filter exactly); in order of (at, id)."""
        ...

    def counted_for(
        self, units: Collection[tuple[str, str]], since: int, channels: Collection[str] | None = None
    ) -> Sequence[CountedMessage]:
        """The same, of the messages that were recorded for one of these units (field, unit) when they were reserved."""
        ...

    def counted_between(
        self, channel: str | None, after: int, before: int
    ) -> Sequence[tuple[str, int, tuple[str, ...]]]:
        """Id, instant and tags of all messages by a channel (None: by any) that count, with after < at < before, in no
        order."""
        ...

    def held_offers(self, contacts: Collection[str]) -> Sequence[HeldOffer]:
        """The offers of all messages to these contacts that count, over or not, in the order in which they were
        reserved."""
        ...

    def offers_given(self) -> Mapping[str, int]:
        """Id of an offer -> how many messages that count carry it."""
        ...

    def judgements(self, contact: str) -> Sequence[tuple[Firing, Judgement]]:
        """Everything decided for a contact, in order of time."""
        ...

    def granted(
        self, as_of: int, channel: str, purpose: str, contacts: Collection[str] | None = None
    ) -> Collection[str]:
        """Who consents at `as_of` to a channel for a purpose: all contacts, or these alone."""
        ...

    def outbox(
        self, states: Collection[str] | None = None, *, contact: str | None = None, offer: str | None = None
    ) -> Iterator[OutboxRow]:
        """Outbox rows in order of id; those to a contact, or with an offer, alone."""
        ...

    def quality(self, block: str) -> Sequence[tuple[int, Figure]]:
        """How the expectations of a quality block stood at each tick: (its instant, figure), in order of time."""
        ...

    def paused(self) -> Mapping[str, str]:
        """Trigger id, or "*" for all -> why."""
        ...


class LedgerWrite(LedgerRead, Protocol):
    """The ledger inside one write transaction (it holds the lock of all units)."""

    def record_tick(
        self,
        as_of: int,
        seq: int,
        plan: str,
        contacts: Collection[str],
        among: Collection[str] | None = None,
        mark: int | None = None,
    ) -> None:
        """Remember the tick, and which contacts it saw (new ones are added, vanished ones removed). `among`: it looked
        for these alone, and saw the others where they were. `mark`: that of the facts at `seq`."""
        ...

    def record_due(
        self, instants: Mapping[str, int], among: Collection[str] | None = None, *, earlier: bool = False
    ) -> None:
        """Replace the due instants of these contacts (None: of all) by new ones; those without one have none any more.
        `earlier`: instants that stand stay, where they are earlier."""
        ...

    def record_reckoned(self, facts: Position, evidence: Evidence, horizon: int) -> None:
        """Remember what the tick that was just recorded leaves for the next one."""
        ...

    def forget_reckoned(self) -> None:
        """The tick leaves nothing: the next one has to look at everybody."""
        ...

    def record_definitions(self, hashes: Mapping[str, str]) -> None:
        """Replace the hashes of all definitions."""
        ...

    def record_activation(self, trigger: str, active_from: int) -> None:
        """Remember from when a trigger is active, once."""
        ...

    def record_members(self, segment: str, entered: Collection[str], left: Collection[str], at: int) -> None:
        """Begin and end intervals at `at`."""
        ...

    def record_stages(self, moves: Iterable[StageMove], at: int) -> None:
        """End the open stage record of each contact and score, and begin the new one (none if stage is None)."""
        ...

    def record_reachings(self, reachings: Iterable[Reaching]) -> None:
        """Remember who reached a stage; a second record of the same instant changes nothing."""
        ...

    def record_field_values(self, name: str, values: Mapping[str, Stored], changed: Collection[str], at: int) -> None:
        """Remember values of a watched field (those that differ from the record; None: missing), that it was watched
        at `at`, and one change more for each of `changed`."""
        ...

    def record_firings(self, firings: Iterable[Firing]) -> None:
        """Insert or replace firings by key."""
        ...

    def record_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Append judgements; a repeat of the last one for the key (same outcome, gate, detail, until) is left out."""
        ...

    def reserve(self, messages: Iterable[Outgoing]) -> None:
        """Write reservation and outbox row (state queued) for each; the key is unique."""
        ...

    def record_ghosts(self, runs: Iterable[HandedOver], at: int) -> None:
        """Remember runs that were held out; they count for re-entry."""
        ...

    def record_quality(self, figures: Iterable[Figure], at: int) -> None:
        """Keep how the expectations of quality blocks stood at a tick."""
        ...

    def withdraw(self, key: str, state: Literal["suppressed", "expired", "held"], at: int, note: str) -> None:
        """Take a queued message back: its reservation stops counting (state held: it may be reserved again)."""
        ...


class Ledger(LedgerRead, Protocol):
    """The ledger of one project."""

    def write(self) -> AbstractContextManager[LedgerWrite]:
        """One transaction: the lock is taken first (BEGIN IMMEDIATE), committed at the end, rolled back on an error."""
        ...


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What a channel promises. `idempotent`: handing the same message over again has no second effect, so that a
    row left in `committing` goes back to `queued`; otherwise it becomes `uncertain`."""

    idempotent: bool
    retry_after_refusal: bool
    about: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A message as a row of a table. `cells`: column -> text, or lines that belong together. Rows with a greater `rank`
    stand first; `day` is the contact's local date (yyyymmdd) on which the message was reserved."""

    cells: Mapping[str, str | tuple[str, ...] | None]
    rank: int
    day: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to leave. `text` is the plain body, `html` the HTML part if the template gives one;
    `headers` are further headers from a fixed set. Nothing in `address` or `subject` has control characters."""

    key: str
    contact: str
    channel: str
    address: str | None
    subject: str | None
    text: str | None
    html: str | None
    language: str | None
    template: str
    trigger: str
    sender: str | None = None
    """A mail address to send from instead of the channel's."""
    reply_to: str | None = None
    purpose: str | None = None
    """What the contact may withdraw consent to; None for transactional messages and for what is no message to them."""
    table: TableRow | None = None
    """Set for a channel that hands over tables."""


@dataclass(frozen=True, slots=True)
class Again:
    """How a channel asks for its next try. `after`: no sooner than after so many microseconds. `spread`: thousandths by
    which the usual wait is longer, so that what failed together does not come back together. `patient`: as long as the
    message has time, instead of a few tries."""

    after: int = 0
    spread: int = 0
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The reply of a channel. `sent`: accepted. `failed`: definitively refused. `later`: refused for now (4xx), nothing
    was taken. `uncertain`: the outcome is unknown. `again`: what the channel asks for where it is tried again."""

    outcome: Literal["sent", "failed", "later", "uncertain"]
    note: str = ""
    provider_id: str | None = None
    again: Again | None = None


class Unreachable(Exception):
    """A channel cannot be reached at all; nothing was handed over. The text is for people."""


class NotYet(Exception):
    """A channel takes this message only later, to keep to a rate of its own; nobody refused it and nothing was handed
    over. Messages of one `lane` wait for one another; `until` (microseconds) is when to ask again."""

    def __init__(self, lane: str, until: int) -> None:
        super().__init__("over the rate")
        self.lane = lane
        self.until = until


class ChannelAdapter(Protocol):
    """Hands messages over. The last step before the point of no return calls `commit`, which writes the marker
    and answers whether the message may still leave."""

    @property
    def guarantee(self) -> Guarantee:
        """What this channel promises."""
        ...

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        """Hand one message over. Calls `commit()` once, right before the point of no return; if that is False nothing
        leaves and the receipt is ignored. Raises Unreachable before `commit` if the other side is away, NotYet before
        `commit` if the message must wait for the channel's own rate."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


@runtime_checkable
class Remembers(Protocol):
    """A channel adapter that knows afterwards what it handed over, whatever became of the run that did."""

    def left(self, key: str) -> Receipt | None:
        """The receipt of a message that was handed over; None for one that was not. Raises nothing."""
        ...


class Commit(Protocol):
    """Writes the marker in the ledger (a commit of its own) and says whether the message may leave."""

    def __call__(self) -> bool:
        """True: marked, go. False: refused (consent withdrawn, suppressed, paused, fence passed)."""
        ...
