"""A small world for tests of the engine: a schema, a store and a ledger in memory, playbooks as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from adapters.bench import Letterbox
from adapters.channels.setting import FieldSetter
from adapters.executors import executor as executor_named
from adapters.stores.facts import SqliteFacts
from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_outbox import SqlOutbox
from dsl.check import check
from dsl.model import Model
from dsl.schema import Channel, EventType, FactTable, Field, Schema, builtin_events
from dsl.types import Boolean, Date, DateTime, OneOf, Point, Stored, Text, Zone, decimal, money
from dsl.types import Numeric as Number
from engine.handover import hand_over
from engine.instants import from_datetime
from engine.plan import make_plan
from engine.protocols import ChannelAdapter, Rendered
from engine.records import Basis, ConsentRecord, Event, OutboxRow, Suppression
from engine.tick import Engine, TickReport, tick

ZURICH = "Europe/Zurich"


def at(text: str) -> int:
    """An instant from ISO text; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return from_datetime(
        moment if moment.tzinfo else moment.replace(tzinfo=datetime.fromisoformat("2026-01-01T00:00Z").tzinfo)
    )


def _fields(**types: object) -> dict[str, Field]:
    return {name: Field(name, kind) for name, kind in types.items()}  # type: ignore[arg-type]  # all are types


SCHEMA = Schema(
    key="contact_id",
    fields={
        "contact_id": Field("contact_id", Text(), required=True),
        **_fields(
            email=Text(),
            phone=Text(),
            first_name=Text(),
            country=OneOf(("CH", "DE", "US", "JP"), name="country"),
            gender=OneOf(("female", "male")),
            plan=OneOf(("basic", "plus", "pro"), ordered=True),
            birth_date=Date(),
            signed_up=DateTime(),
            zone=Zone(),
            active=Boolean(),
            visits=Number(),
            height=decimal(2),
            home=Point(),
            turnover=money("CHF"),
        ),
    },
    events={
        **builtin_events(),
        "purchase": EventType("purchase", _fields(amount=money("CHF"), product=Text(), cart_id=Text())),
        "cart_added": EventType("cart_added", _fields(product=Text(), cart_id=Text())),
        "visit": EventType("visit", _fields(page=Text(), seconds=Number())),
    },
    facts={
        "weather": FactTable("weather", "place", "country", _fields(place=Text(), rain_mm=Number())),
        "price": FactTable("price", "plan", "plan", _fields(plan=Text(), since=DateTime(), fee=Number()), "since"),
    },
    channels={"email": Channel("email", "email"), "sms": Channel("sms", "phone"), "letter": Channel("letter")},
    teams=("sales",),
    hooks=("crm",),
    zone_field="zone",
    country_field="country",
    purposes=("marketing", "newsletter"),
    lists={"press": "Journalists", "staff": None},
)

TEMPLATES = {
    name: frozenset({"email", "sms", "letter"})
    for name in ("hello", "welcome", "reminder", "birthday", "news", "promo")
}


def model_of(text: str, schema: Schema = SCHEMA) -> Model:
    """The model of a playbook; the test fails with the drawn findings if it does not check."""
    checked = check([("test.play", text)], schema, TEMPLATES)
    assert checked.model is not None, [d.summary for d in checked.diagnostics if d.severity == "error"]
    return checked.model


class World:
    """One project in memory. `instants` are given as ISO text in UTC."""

    def __init__(
        self,
        text: str,
        *,
        active_from: str | None = None,
        executor: str = "interpreter",
        settle: int = 0,
        time_zone: str = ZURICH,
    ) -> None:
        self.facts = SqliteFacts.open(":memory:", SCHEMA, now=0)
        self.ledger = SqliteLedger.open(":memory:", clock=lambda: 0)
        self.executor = executor
        self.time_zone = time_zone
        self.settle = settle
        self.active_from = None if active_from is None else at(active_from)
        self._numbers = 0
        self._records = 0
        self.play(text)

    def play(self, text: str) -> None:
        """Replace the playbooks."""
        self.model = model_of(text)

    def contact(self, key: str, *, consent: str | None = "email", **fields: Stored) -> None:
        """Put a contact (fields in stored form), with consent to a channel for marketing unless None."""
        self.facts.put_contacts([(key, {"email": f"{key}@example.ch", **fields})], at=0)
        if consent is not None:
            self.consent(key, consent)

    def consent(
        self,
        key: str,
        channel: str = "email",
        *,
        state: str = "granted",
        basis: Basis = "consent",
        when: str | None = None,
    ) -> None:
        """Add a consent record for marketing."""
        self._records += 1
        instant = 0 if when is None else at(when)
        kind = "granted" if state == "granted" else "withdrawn"
        record = ConsentRecord(f"c{self._records}", key, "marketing", channel, kind, basis, "test", instant)  # type: ignore[arg-type]
        self.ledger.add_consents([record])

    def suppress(self, *, contact: str | None = None, address: str | None = None, channel: str | None = None) -> None:
        """Add a suppression."""
        self._records += 1
        self.ledger.add_suppressions([Suppression(f"s{self._records}", contact, address, channel, "asked us to", 0)])

    def event(self, kind: str, key: str, when: str, *, id: str | None = None, **properties: Stored) -> None:
        """Put an event."""
        self._numbers += 1
        self.facts.put_events(kind, [Event(kind, id or f"e{self._numbers:04}", key, at(when), 0, properties)])

    def engine(self) -> Engine:
        """The engine over the present playbooks."""
        plan = make_plan(self.model, SCHEMA, self.time_zone)
        return Engine(
            self.model,
            plan.hash,
            plan.definition_hashes,
            executor_named(self.executor, self.model, plan, self.facts, self.time_zone),
            self.facts,
            self.ledger,
            self.time_zone,
            self.active_from,
            self.settle,
        )

    def tick(self, when: str, *, deliver: bool = True) -> TickReport:
        """One tick; then everything queued arrives, unless `deliver` is False."""
        report = tick(self.engine(), at(when))
        if deliver:
            self.deliver(when)
        return report

    def deliver(self, when: str) -> None:
        """Hand everything queued over to a letterbox."""
        outbox = SqlOutbox(self.ledger, clock=lambda: at(when), alive=lambda _owner: False)
        channels: dict[str, ChannelAdapter] = {n: Letterbox() for n in ("email", "sms", "letter", "notify")}
        channels |= {"call": Letterbox(), "set": FieldSetter(self.facts, lambda: at(when))}
        hand_over(outbox, channels, _rendered, lambda: at(when), "test")

    def sent(self) -> list[tuple[str, str]]:
        """(contact, template or team) of everything that was handed over, in order."""
        return [
            (row.message.contact, row.message.template or str(row.message.address))
            for row in self.ledger.outbox(("sent",))
        ]

    def outcomes(self, key: str) -> list[tuple[str, str]]:
        """(outcome, gate) of everything judged for a contact, in order."""
        return [(j.outcome, j.gate) for _, j in self.ledger.judgements(key)]

    def close(self) -> None:
        """Close the stores."""
        self.facts.close()
        self.ledger.close()


def outcomes_of(report: TickReport) -> Mapping[str, tuple[str, str]]:
    """Contact -> (outcome, gate), for ticks with one decision a contact."""
    return {firing.contact: (j.outcome, j.gate) for firing, j in report.decisions}


def _rendered(row: OutboxRow) -> Rendered:
    m = row.message
    return Rendered(
        key=m.key, contact=m.contact, channel=m.channel, address=m.address, subject=None, text=m.text,
        html=None, language=None, template=m.template, trigger=m.trigger,
    )  # fmt: skip
