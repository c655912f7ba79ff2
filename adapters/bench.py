"""Benches for `test` blocks: an empty store and ledger in memory, one of the executors, messages that simply arrive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from adapters.channels.setting import FieldSetter
from adapters.executors import executor as executor_named
from adapters.stores.facts import SqliteFacts
from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_outbox import SqlOutbox
from dsl.model import Model
from dsl.schema import Schema
from dsl.types import Stored
from engine.evaluation import Executor
from engine.handover import hand_over
from engine.outgoing import CALL, SET
from engine.plan import Plan, make_plan
from engine.protocols import ChannelAdapter, Commit, Guarantee, Receipt, Rendered
from engine.records import ConsentRecord, Event, OutboxRow
from engine.scenario import Bench, Benches
from engine.sql.statements import Statements


class Letterbox:
    """A channel where everything arrives at once; the mark is asked for as everywhere."""

    @property
    def guarantee(self) -> Guarantee:
        """Nothing leaves the test."""
        return Guarantee(idempotent=True, retry_after_refusal=False, about="a test's letterbox")

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        """Sent, if the marker allows it."""
        del message
        commit()
        return Receipt("sent")

    def close(self) -> None:
        """Nothing to release."""


class MemoryBench:
    """See `engine.scenario.Bench`."""

    def __init__(self, facts: SqliteFacts, ledger: SqliteLedger, executor: Executor) -> None:
        self.facts = facts
        self.ledger = ledger
        self.executor = executor
        self._copied = 0

    def add_contacts(self, contacts: Iterable[tuple[str, Mapping[str, Stored]]]) -> None:
        """Put contacts into the store."""
        self.facts.put_contacts(contacts, at=0)

    def add_events(self, events: Iterable[Event]) -> None:
        """Put events into the store."""
        by_type: dict[str, list[Event]] = {}
        for event in events:
            by_type.setdefault(event.type, []).append(event)
        for name, group in by_type.items():
            self.facts.put_events(name, group)

    def add_facts(self, table: str, rows: Iterable[Mapping[str, Stored]]) -> None:
        """Put rows of a fact table into the store."""
        self.facts.put_facts(table, rows)

    def add_consents(self, records: Sequence[ConsentRecord]) -> None:
        """Put consent records into the ledger."""
        self.ledger.add_consents(records)

    def add_to_list(self, name: str, contact: str) -> None:
        """Put a contact on a list that is kept by hand."""
        self.ledger.put_list(name, [contact], "add")

    def deliver(self, now: int) -> None:
        """Hand everything queued to the letterbox; bring it back as `message_sent` events."""
        outbox = SqlOutbox(self.ledger, clock=lambda: now, alive=lambda _owner: False)
        names = [*self.facts.schema.channels, "notify"]
        channels: dict[str, ChannelAdapter] = {name: Letterbox() for name in names}
        channels |= {CALL: Letterbox(), SET: FieldSetter(self.facts, lambda: now)}
        hand_over(outbox, channels, unrendered, lambda: now, "the test")
        sent = list(self.ledger.handed_over_events(self._copied))
        if sent:
            self.facts.put_events("message_sent", sent)
            self._copied = sent[-1].seq


def benches(executor: str, schema: Schema, time_zone: str) -> Benches:
    """Benches with the executor of that name. The plan and its statements are made once for a model."""
    kept: dict[int, tuple[Model, Plan, Statements]] = {}

    @contextmanager
    def bench(model: Model) -> Iterator[Bench]:
        if id(model) not in kept:
            made = make_plan(model, schema, time_zone)
            kept[id(model)] = (model, made, Statements(made))
        _, plan, statements = kept[id(model)]
        with (
            SqliteFacts.open(":memory:", schema, now=0) as facts,
            SqliteLedger.open(":memory:", clock=lambda: 0) as ledger,
        ):
            running = executor_named(executor, model, plan, facts, time_zone, statements)
            yield MemoryBench(facts, ledger, running)

    return bench


def unrendered(row: OutboxRow) -> Rendered:
    """A message as it stands in the outbox, without its template: for channels from which nothing leaves."""
    m = row.message
    return Rendered(
        key=m.key,
        contact=m.contact,
        channel=m.channel,
        address=m.address,
        subject=None,
        text=m.text,
        html=None,
        language=None,
        template=m.template,
        trigger=m.trigger,
    )
