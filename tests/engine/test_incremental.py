"""An incremental tick equals a full pass: after every step of a random history the ledgers hold the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.stores.facts import SqliteFacts
from dsl import model as m
from dsl.types import Stored
from engine.evaluation import uniques_of
from engine.instants import DAY, HOUR, MINUTE
from engine.layout import CONTACTS, event_table, fact_table
from engine.records import ConsentRecord, Event, Suppression
from tests.engine.generate import NOWHERE, World, world_of
from tests.engine.test_equality import seeds, store_with
from tests.engine.twins import Twins
from tests.engine.world import SCHEMA, ZURICH, at, model_of

Choose = Callable[[Sequence[Any]], Any]

START = at("2026-03-27T09:00")
"""Two days before the clock goes forward."""

BLOCKS: dict[str, tuple[str, ...]] = {
    "buyers": (
        "segment buyers where did purchase in last 3 days",
        "segment buyers where did purchase in last 30 hours",
        "segment buyers where number of purchase in last 1 week >= 2",
        "segment buyers where sum of purchase.amount > 30",
    ),
    "lookers": (
        "segment lookers where did visit at least 2 times in last 2 days and not in buyers",
        "segment lookers where did visit today",
        "segment lookers where last visit older than 2 days and consents to email for marketing",
    ),
    "left_cart": (
        "segment left_cart where did cart_added without purchase within 4 hours in last 5 days",
        "segment left_cart where did cart_added then purchase within 1 day",
    ),
    "wet": ("segment wet where weather.rain_mm > 5", "segment wet where price.fee > 10 or weather.rain_mm > 7"),
    "listed": (
        "segment listed\n  where active\n  include list press\n  exclude list staff",
        "segment listed\n  include list press",
    ),
    "lasting": ("segment lasting where in buyers for 1 day", "segment lasting where in lookers for 5 hours"),
    "dated": (
        "segment dated where birth_date anniversary in next 7 days or age of birth_date < 30",
        "segment dated where signed_up in last 2 local days or did visit this week",
    ),
    "warm": ("segment warm where heat >= 8 or stage of heat >= hot", "segment warm where stage of heat >= mild"),
    "heat": (
        "score heat\n  +5 on visit in last 3 days\n  +10 when in buyers\n  halve every 1 day\n"
        "  stage cold from 0\n  stage mild from 4\n  stage hot from 12 leave below 6",
        "score heat\n  +4 on visit at most 3 times per local day\n  +3 on cart_added\n"
        "  lose 10 % of the original every 1 day\n"
        "  stage cold from 0\n  stage mild from 5\n  stage hot from 11 leave below 7 rest 2 days",
    ),
    "a_cart": (
        "trigger a_cart on cart_added\n  wait 4 hours unless did purchase since then\n  where not in wet\n"
        "  send email reminder",
        'trigger a_cart on cart_added with (product = "a")\n  wait 2 hours\n'
        "  send email reminder\n    else send sms hello",
    ),
    "a_buyer": (
        "trigger a_buyer on entering buyers\n  where consents to email for marketing\n  send email hello\n"
        "  again after 2 days\n  if capped wait up to 1 day",
        "trigger a_buyer on entering buyers including those already in\n  send email hello",
        "trigger a_buyer on leaving buyers\n  send email hello",
    ),
    "a_looker": ("trigger a_looker on leaving lookers\n  send sms news\n  tags sale", ""),
    "a_hot": (
        "trigger a_hot on heat reaching hot\n  send email promo\n  priority 70",
        "trigger a_hot on heat falling below mild\n  send email promo",
    ),
    "a_plan": (
        "trigger a_plan on plan changing to pro\n  send email welcome",
        "trigger a_plan on plan changing\n  set active to yes",
    ),
    "a_rain": ("trigger a_rain on weather.rain_mm changing\n  where in lookers\n  send letter news", ""),
    "a_rich": ("trigger a_rich when sum of purchase.amount in last 2 days > 20\n  send email promo\n  holdout 30 %",),
    "a_birthday": ("trigger a_birthday every year on birth_date at 09:00\n  send email birthday\n  priority 60",),
    "a_week": ("", "trigger a_week every sunday at 08:00\n  where in lookers\n  send email news"),
    "a_start": (
        "trigger a_start 10_600 days after birth_date at 10:00\n  send email welcome\n  spread over 2 hours",
        "",
    ),
    "weekly": ("cap weekly at most 2 messages per 2 days", "cap weekly at least 20 hours between promotional messages"),
    "some": ("", "cap some at most 3 messages per 1 week where in lookers"),
    "all": ("", "cap all at most 6 messages per calendar month in total by heat"),
    "nights": ("quiet nights from 20:00 to 08:00", ""),
    "never": ("suppress never where in wet", "suppress never from promotional where country is missing"),
    "data": ("", "quality data\n  where country is known\n  expect 60 % where active\n  stop sending when it fails"),
}

KEYS = tuple("abcdefghijkl")
CONSENTS = ("granted", "granted", "withdrawn")


@dataclass
class History:
    """A random history: every step changes something, moves the clock on and ticks both twins."""

    choose: Choose
    facts: SqliteFacts
    numbers: int = 0
    stored: dict[str, Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.variant = {name: self.one(range(len(texts))) for name, texts in BLOCKS.items()}
        self.left_out = {name for name in BLOCKS if name.startswith(("a_", "weekly", "some", "all")) and self.chance(3)}
        self.now = START
        self.twins = Twins(self.facts, ZURICH, self.model(), self.one((0, 5 * MINUTE)))
        for key in KEYS:
            self.contact(key)
        for _ in range(20):
            self.event()
        for name, places in (("weather", ("CH", "DE")), ("price", ("basic", "pro"))):
            for place in places:
                self.fact(name, place)
        for _ in range(10):
            self.consent()

    def one(self, options: Sequence[Any]) -> Any:
        return self.choose(options)

    def chance(self, of: int = 2) -> bool:
        return bool(self.choose(range(of)) == 0)

    def model(self) -> m.Model:
        texts = (texts[self.variant[name]] for name, texts in BLOCKS.items() if name not in self.left_out)
        return model_of("\n\n".join(text for text in texts if text))

    def run(self, steps: int) -> None:
        for _ in range(steps):
            for _ in range(self.one((0, 1, 1, 2, 4))):
                self.one(self.acts())()
            self.now += self.one((0, 1, MINUTE, 17 * MINUTE, HOUR, HOUR, 5 * HOUR, 11 * HOUR, DAY, 3 * DAY))
            self.twins.tick(self.now)

    def acts(self) -> Sequence[Callable[[], None]]:
        events = (self.event, self.event, self.event, self.correct, self.delete)
        people = (self.contact_anew, self.erase, self.quiet_import, self.consent, self.consent, self.listing)
        return (*events, *people, self.any_fact, self.any_fact, self.fact_gone, self.suppression, self.edit, self.edit)

    # ------------------------------------------------------------ what may happen

    def instant(self) -> int:
        before = (0, 1, MINUTE, HOUR, 4 * HOUR, 7 * HOUR, DAY, 2 * DAY, 3 * DAY, 8 * DAY)
        ahead = (-1, -MINUTE, -HOUR, -4 * HOUR, -2 * DAY)
        return int(self.now - self.one((*before, *before, *ahead)))

    def values(self, kind: str) -> dict[str, Stored]:
        if kind == "purchase":
            return {"amount": self.one((500, 1_500, 2_500)), "product": self.one(("a", "b"))}
        return {"product": self.one(("a", "b"))} if kind == "cart_added" else {}

    def put(self, event: Event) -> None:
        self.stored[event.id] = event
        self.facts.put_events(event.type, [event])

    def event(self) -> None:
        self.numbers += 1
        kind = self.one(("purchase", "cart_added", "visit", "visit"))
        self.put(Event(kind, f"e{self.numbers}", self.one((*KEYS, "nobody")), self.instant(), 0, self.values(kind)))

    def correct(self) -> None:
        if self.stored:
            event = self.stored[self.one(sorted(self.stored))]
            contact = self.one((event.contact, event.contact, self.one(KEYS)))
            moved = replace(event, contact=contact, at=self.one((event.at, self.instant())))
            self.put(replace(moved, properties=self.values(event.type)))

    def delete(self) -> None:
        if self.stored:
            event = self.stored.pop(self.one(sorted(self.stored)))
            self.facts.connection.execute(f'DELETE FROM "{event_table(event.type)}" WHERE _id = ?', (event.id,))

    def contact(self, key: str) -> None:
        fields: dict[str, Stored] = {
            "email": f"{key}@example.ch",
            "phone": self.one((None, "+41790000000")),
            "country": self.one((None, "CH", "CH", "DE", "US")),
            "plan": self.one((None, "basic", "plus", "pro")),
            "birth_date": self.one((None, 1996_03_28, 1997_03_29, 2000_02_29, 1990_04_02)),
            "signed_up": self.one((None, self.now, self.now - DAY, self.now - 2 * DAY)),
            "zone": self.one((None, None, None, "Asia/Tokyo", "America/New_York")),
            "active": self.one((None, 0, 1, 1)),
        }
        self.facts.put_contacts([(key, fields)], at=self.now)

    def contact_anew(self) -> None:
        self.contact(self.one(KEYS))

    def erase(self) -> None:
        self.facts.connection.execute(f"DELETE FROM {CONTACTS} WHERE _key = ?", (self.one(KEYS),))

    def quiet_import(self) -> None:
        key = self.one(KEYS)
        self.twins.mark_quiet(self.facts.unknown_contacts({key}))
        self.contact(key)

    def consent(self) -> None:
        self.numbers += 1
        key, state, when = self.one(KEYS), self.one(CONSENTS), self.instant()
        channel = self.one(("email", "email", "sms"))
        record = ConsentRecord(f"c{self.numbers}", key, "marketing", channel, state, "consent", "test", when)
        self.twins.consents([record])

    def suppression(self) -> None:
        self.numbers += 1
        self.twins.suppress(
            [Suppression(f"s{self.numbers}", self.one(KEYS), None, None, "asked us to", self.instant())]
        )

    def listing(self) -> None:
        self.twins.now += 1  # versions of a list are told apart by their instants
        self.twins.put_list(self.one(("press", "staff")), [key for key in KEYS if self.chance(4)])

    def fact(self, table: str, key: str) -> None:
        if table == "weather":
            self.facts.put_facts(table, [{"place": key, "rain_mm": self.one((0, 6, 8))}])
        else:
            self.facts.put_facts(table, [{"plan": key, "since": self.instant(), "fee": self.one((5, 15, 20))}])

    def any_fact(self) -> None:
        table = self.one(("weather", "price"))
        self.fact(table, self.one(("CH", "DE") if table == "weather" else ("basic", "pro")))

    def fact_gone(self) -> None:
        if self.chance(3):
            self.facts.connection.execute(f"DELETE FROM {fact_table(self.one(('weather', 'price')))}")

    def edit(self) -> None:
        name = self.one(tuple(BLOCKS))
        if self.chance(3) and name.startswith(("a_", "weekly", "some", "all")):
            self.left_out ^= {name}
        else:
            self.variant[name] = self.one(range(len(BLOCKS[name])))
        self.twins.play(self.model())


@cache
def store() -> SqliteFacts:
    return SqliteFacts.open(":memory:", SCHEMA, now=0)


def emptied(facts: SqliteFacts) -> SqliteFacts:
    tables = (CONTACTS, *map(event_table, facts.schema.events), *map(fact_table, facts.schema.facts))
    for table in (*tables, "_set_by"):
        facts.connection.execute(f'DELETE FROM "{table}"')
    return facts


def history(choose: Choose, steps: int) -> Twins:
    found = History(choose, emptied(store()))
    try:
        found.run(steps)
    finally:
        found.twins.close()
    return found.twins


@settings(max_examples=3, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_history_that_shrinks(data: st.DataObject) -> None:
    history(lambda options: data.draw(st.sampled_from(options)), 4)


def test_histories_drawn_evenly() -> None:
    """A failure names its seed. Most ticks must be incremental, and visit few: else the law says nothing."""
    ways: Counter[str] = Counter()
    visited = contacts = 0
    for seed in seeds(8, 2_000):
        try:
            twins = history(Random(seed).choice, 8)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        for choice in twins.choices:
            ways["full" if choice.full else "incremental"] += 1
            ways[choice.why] += 1
            if not choice.full:
                visited, contacts = visited + choice.visited, contacts + choice.contacts
    assert ways["incremental"] > ways["full"], ways
    assert visited * 2 < contacts, (visited, contacts)


def plain_world(choose: Choose, like: World | None = None) -> World:
    """A random world in which no contact is compared with others; `like`: with the schema and the zone of another."""
    while True:
        found = world_of(choose)
        comparing = found.model.classes or uniques_of(found.model)
        if not comparing and (like is None or (found.schema, found.project_zone) == (like.schema, like.project_zone)):
            return found


def speaking(model: m.Model) -> m.Model:
    """The model with triggers for what it reckons: each fires a notice."""
    causes: dict[str, m.Cause] = {}
    for name in sorted(model.segments):
        edge: Any = "entering" if len(causes) % 2 else "leaving"
        causes[f"at {name}"] = m.OnSegment(name, edge, including_present=False, span=NOWHERE)
    for name, score in sorted(model.scores.items()):
        if score.stages:
            causes[f"up {name}"] = m.OnStage(name, score.stages[-1].name, "reaching", NOWHERE)
    causes["when"] = m.OnWhen(model.triggers["t"].where, NOWHERE) if model.triggers["t"].where else causes["at edge_0"]
    causes["visit"] = model.triggers["t"].cause
    notice = (m.Notify("sales", "look", NOWHERE),)
    triggers = {
        name: m.Trigger(name, NOWHERE, cause=cause, where=model.triggers["t"].where, notifies=notice)
        for name, cause in causes.items()
    }
    return replace(model, triggers=triggers)


def other_histories(choose: Choose, steps: int) -> Twins:
    """A random world that another one flows into, piece by piece, while the clock moves on; in the end its text too."""
    world = plain_world(choose)
    other = plain_world(choose, world)
    facts, now = store_with(world), world.as_of
    twins = Twins(facts, world.project_zone, speaking(world.model))
    memory = world.memory
    records = [
        ConsentRecord(f"{n}", contact, purpose, channel, "granted", "consent", "test", now - HOUR)
        for n, (contact, channel, purpose) in enumerate(sorted(memory.consents))
    ]
    coming: list[Callable[[], object]] = [
        *(lambda e=event: facts.put_events(e.type, [e]) for event in other.events),
        *(lambda c=contact: facts.put_contacts([(c.key, c.fields)]) for contact in other.contacts),
        *(lambda r=row: facts.put_facts("rain", [r]) for row in other.rain),
        *(lambda r=row: facts.put_facts("tariff", [r]) for row in other.tariffs),
        *(lambda r=record: twins.consents([r]) for record in records),
        *(lambda n=name: twins.put_list(n, memory.lists.get(n, ())) for name in sorted(memory.lists)),
    ]
    try:
        for step in range(steps):
            for _ in range(choose((0, 1, 2, 5))):
                if coming:
                    coming.pop(choose(range(len(coming))))()
            if step == steps - 2:
                twins.play(speaking(replace(world.model, segments={**world.model.segments, **edges(other.model)})))
            now += choose((0, 1, MINUTE, HOUR, HOUR, 7 * HOUR, 13 * HOUR, DAY))
            twins.tick(now)
    finally:
        twins.close()
    return twins


def edges(model: m.Model) -> dict[str, m.Segment]:
    """The segments that read no other block."""
    return {name: segment for name, segment in model.segments.items() if name.startswith("edge_")}


def test_histories_of_random_projects() -> None:
    ways: Counter[str] = Counter()
    for seed in seeds(5, 2_000):
        try:
            twins = other_histories(Random(seed).choice, 6)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        ways.update("full" if choice.full else "incremental" for choice in twins.choices)
    assert ways["incremental"] > ways["full"], ways
