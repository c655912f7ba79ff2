"""Two ledgers over one store, one ticked in full and one incrementally: after every step they hold the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.bench import Letterbox
from adapters.channels.setting import FieldSetter
from adapters.stores.facts import SqliteFacts
from adapters.stores.ledger import SqliteLedger, SqlLedger
from adapters.stores.ledger_outbox import SqlOutbox
from dsl.model import Model
from engine.handover import hand_over
from engine.horizon import always_full
from engine.plan import Plan, make_plan
from engine.protocols import ChannelAdapter, Rendered
from engine.records import ConsentRecord, OutboxRow, Suppression
from engine.sql.executor import SqlExecutor
from engine.sql.statements import Statements
from engine.tick import Choice, Engine, Passes, TickReport, tick

KEPT: Mapping[str, str] = {
    "definition": "*",
    "activation": "*",
    "member": "segment, contact, from_at, to_at",
    "stage": "score, contact, stage, from_at, to_at",
    "known_contact": "*",
    "standing where number <> 0": "*",
    "quiet_contact": "*",
    "reaching": "*",
    "watched_field": "*",
    "field_value": "*",
    "firing": "*",
    "judgement": "key, at, outcome, gate, detail, until",
    "ghost": "*",
    "outbox": "key, kind, channel, template, offer, address, reserved_at, expires_at, state, not_before, note",
    "reservation": "*",
    "held_offer": "key, contact, offer, at, last_day",
    "quality": "*",
    "sent": "key, at",
}
"""What a ledger keeps of ticks, but for numbers that only count rows, and what a tick leaves for the next one."""


def kept(ledger: SqlLedger) -> dict[str, list[tuple[object, ...]]]:
    """The content of a ledger, in an order of its own."""
    found = {}
    for table, columns in KEPT.items():
        rows = ledger.database.rows(f"select {columns} from {table}")  # names of this module
        found[table] = sorted(rows, key=repr)
    return found


@dataclass
class Twins:
    """One project, ticked twice. `choices`: how the incremental one went each time."""

    facts: SqliteFacts
    time_zone: str
    model: Model
    settle: int = 0
    active_from: int | None = None
    choices: list[Choice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = 0
        self.ledgers: dict[Passes, SqliteLedger] = {
            "full": SqliteLedger.open(":memory:", clock=lambda: self.now),
            "incremental": SqliteLedger.open(":memory:", clock=lambda: self.now),
        }
        self.play(self.model)

    def play(self, model: Model) -> None:
        """Replace the playbooks."""
        self.model = model
        self.plan: Plan = make_plan(model, self.facts.schema, self.time_zone)
        self.statements = Statements(self.plan)

    def close(self) -> None:
        for ledger in self.ledgers.values():
            ledger.close()

    def consents(self, records: Sequence[ConsentRecord]) -> None:
        for ledger in self.ledgers.values():
            ledger.add_consents(records)

    def suppress(self, entries: Sequence[Suppression]) -> None:
        for ledger in self.ledgers.values():
            ledger.add_suppressions(entries)

    def put_list(self, name: str, contacts: Collection[str]) -> None:
        for ledger in self.ledgers.values():
            ledger.put_list(name, contacts)

    def mark_quiet(self, contacts: Collection[str]) -> None:
        for ledger in self.ledgers.values():
            ledger.mark_quiet(contacts)

    def tick(self, at: int) -> TickReport:
        """Tick both, and compare what they did and what they hold; then everything queued arrives."""
        self.now = at
        full, part = (self._tick(passes, at) for passes in ("full", "incremental"))
        self.choices.append(part.choice)
        told = f"{part.choice}"
        assert part.counts == full.counts, told
        assert dict(part.fired) == dict(full.fired), told
        assert dict(part.missed) == dict(full.missed), told
        assert dict(part.outcomes) == dict(full.outcomes), told
        assert (part.as_of, part.first, part.reserved) == (full.as_of, full.first, full.reserved), told
        assert [f.key for f, _ in part.decisions] == [f.key for f, _ in full.decisions], told
        self._compare(told)
        for passes in self.ledgers:
            self._deliver(passes, at)
        self._compare(told)
        sent = list(self.ledgers["full"].handed_over_events())
        if "message_sent" in self.facts.schema.events:
            self.facts.put_events("message_sent", sent)
        return part

    def _compare(self, told: str) -> None:
        full, part = (kept(ledger) for ledger in self.ledgers.values())
        for table in KEPT:
            assert part[table] == full[table], f"{table}: {told}"

    def _tick(self, passes: Passes, at: int) -> TickReport:
        engine = Engine(
            self.model,
            self.plan.hash,
            self.plan.definition_hashes,
            SqlExecutor(self.plan, self.facts, self.time_zone, self.statements),
            self.facts,
            self.ledgers[passes],
            self.time_zone,
            self.active_from,
            self.settle,
            always_full=always_full(self.plan),
            passes=passes,
        )
        return tick(engine, at)

    def _deliver(self, passes: Passes, at: int) -> None:
        outbox = SqlOutbox(self.ledgers[passes], clock=lambda: at, alive=lambda _owner: False)
        channels: dict[str, ChannelAdapter] = {n: Letterbox() for n in ("email", "sms", "letter", "notify")}
        channels |= {"call": Letterbox(), "set": FieldSetter(self.facts, lambda: at)}
        hand_over(outbox, channels, _rendered, lambda: at, "test")


def _rendered(row: OutboxRow) -> Rendered:
    m = row.message
    return Rendered(
        key=m.key, contact=m.contact, channel=m.channel, address=m.address, subject=None, text=m.text,
        html=None, language=None, template=m.template, trigger=m.trigger,
    )  # fmt: skip
