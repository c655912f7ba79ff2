"""What counts for several contacts is read sparely, and counts as if everything had been read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from random import Random
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.stores.facts import SqliteFacts
from adapters.stores.ledger import SqliteLedger
from dsl.model import Cap, Model, Trigger
from engine.caps import limits, longest_reach
from engine.instants import DAY, HOUR, local_date
from engine.plan import make_plan
from engine.records import Contact, CountedMessage, Firing, Outgoing
from engine.sql.executor import SqlExecutor
from engine.tally import Clock, Tally, shared_caps, shared_fields, with_units
from engine.tick import Engine
from engine.tick import others as module
from engine.tick.others import counted_for_others
from engine.zones import zone
from tests.engine.test_setwise import CAPS, NAMES, NOW, PEOPLE, TRIGGERS
from tests.engine.world import SCHEMA, ZURICH, model_of

SHARED = frozenset(cap for cap in CAPS if " in total" in cap or " per phone" in cap)
MORE = (
    *SHARED,
    "cap total_sale at most 2 messages tagged sale per 1 month in total",
)


def message(chance: Random, number: int) -> CountedMessage:
    moment = NOW - chance.randrange(60) * 11 * HOUR + chance.choice((0, 1))
    day = local_date(moment, zone(chance.choice((ZURICH, "Asia/Tokyo"))))
    units = chance.choice(({}, {"phone": "=2"}, {"phone": "=1", "in total total_swiss": "yes"}, {"phone": "@a"}))
    return CountedMessage(
        f"m{number}",
        chance.choice((*PEOPLE, "nobody")),
        moment,
        chance.choice(("email", "sms", "letter")),
        cast("Any", chance.choice(("promotional", "service", "transactional"))),
        chance.choice(((), ("sale",))),
        day,
        units,
    )


def reserved(m: CountedMessage) -> Outgoing:
    return Outgoing(
        key=m.id,
        kind="message",
        trigger="t",
        contact=m.contact,
        channel=m.channel,
        template="hello",
        offer=None,
        category=m.category,
        purpose="marketing",
        tags=m.tags,
        address=None,
        cause_at=0,
        reserved_at=m.at,
        expires_at=NOW + DAY,
        local_date=m.local_date,
        units=m.units,
    )


def engine(chance: Random, caps: frozenset[str]) -> Engine:
    """A store and a ledger with contacts and messages: half of them our own, half sent elsewhere, some both."""
    facts = SqliteFacts.open(":memory:", SCHEMA, now=0)
    phones, places = ("1", "2", None), ("CH", "DE", None)
    facts.put_contacts(
        (key, {"phone": chance.choice(phones), "country": chance.choice(places), "zone": "Asia/Tokyo"})
        for key in PEOPLE
    )
    ledger = SqliteLedger.open(":memory:", clock=lambda: NOW)
    sent = [message(chance, n) for n in range(chance.choice((0, 5, 30)))]
    ledger.add_messages(m for m in sent if chance.random() < 0.6)
    with ledger.write() as write:
        write.reserve(reserved(m) for m in sent if chance.random() < 0.6)
    text = _model(caps)
    plan = make_plan(text, SCHEMA, ZURICH)
    return Engine(text, plan.hash, plan.definition_hashes, SqlExecutor(plan, facts, ZURICH), facts, ledger, ZURICH)


@cache
def _model(caps: frozenset[str]) -> Model:
    return model_of("\n".join((*sorted(caps), TRIGGERS)))


def tally(fields: list[str], found: Iterable[CountedMessage], contacts: Mapping[str, Contact], **more: Any) -> Tally:
    counted = Tally(**more)
    for one in found:
        counted.add(with_units(one, fields, contacts.get(one.contact)))
    return counted


@pytest.mark.parametrize("many", [0, 500])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1_000_000))
def test_what_is_read_sparely_counts_alike(many: int, seed: int) -> None:
    chance = Random(seed)
    held = engine(chance, frozenset(chance.sample(sorted(MORE), chance.choice((1, 2, 4)))))
    caps, fields = list(held.model.caps.values()), shared_fields(held.model.caps.values())
    keys = frozenset(chance.sample(PEOPLE, 3))
    named = chance.sample(NAMES, chance.choice((1, 2, 4)))
    triggers = {t.id: t for t in held.model.triggers.values()}
    due = [Firing(f"{n} {c}", n, c, "", NOW, NOW, NOW, NOW + DAY) for n in named for c in sorted(keys)]
    contacts = {c.key: c for c in held.facts.contacts()}
    judged = {key: contact for key, contact in contacts.items() if key in keys}
    since = longest_reach(caps, NOW, zone(ZURICH)) - DAY
    known = held.ledger.counted(keys, since)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MANY", many)
        found = counted_for_others(held, held.ledger, judged, due, triggers, known, NOW)
    spare = tally(fields, [*known, *found.messages], contacts, beside=found.beside)
    whole = tally(fields, held.ledger.counted(None, since), contacts)
    members = {cap.name: frozenset(k for k, c in contacts.items() if c.fields.get("country") == "CH") for cap in caps}
    asked = 0
    for cap in shared_caps(caps):
        for contact in judged.values():
            clock = Clock(NOW, zone("Asia/Tokyo"), zone(ZURICH))
            if any(asks(cap, triggers[name]) for name in named):
                asked += 1
                there = list(whole.inside(cap, contact, members, "", clock))
                assert list(spare.inside(cap, contact, members, "", clock)) == there
    if not asked:
        assert not found.messages
        assert not found.beside


def asks(cap: Cap, trigger: Trigger) -> bool:
    return trigger.category == "promotional" and any(limits(cap, s.channel, trigger.tags) for s in trigger.sends)
