"""Many candidates at once are judged as one after the other: the same judgements, order and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.model import Model
from engine.decide import judge
from engine.instants import DAY, HOUR, local_date
from engine.keys import decision_key
from engine.offers import held_by
from engine.outgoing import counted_of, counts_at_all, outgoing_of
from engine.records import ConsentRecord, Contact, CountedMessage, Firing, HandedOver, HeldOffer, Outgoing
from engine.world import Suppressed, World
from engine.zones import zone
from tests.engine.world import SCHEMA, ZURICH, at, model_of

NOW = at("2026-05-04T10:00")
CAPS = (
    "cap weekly at most 2 messages per 7 days",
    "cap monthly at most 3 emails per 1 month",
    "cap daily at most 1 email per local day",
    "cap week at most 2 sms per local week",
    "cap house at most 2 messages per 10 days per phone",
    "cap house_daily at most 1 email per local day per phone",
    "cap project_month at most 4 messages per calendar month",
    "cap kept at most 2 messages per 5 days keeping 1 for priority >= 60",
    "cap gap at least 20 hours between messages",
    "cap long_gap at least 1 month between sms",
    "cap sale at most 1 message tagged sale per 20 days",
    "cap swiss at most 1 message per 3 days where country = CH",
    "cap swiss_house at most 1 message per 3 days per phone where country = CH",
    "cap total at most 3 messages per calendar month in total",
    "cap total_swiss at most 1 email per 9 days in total where country = CH",
    "cap ever at most 5 sms in total",
    "cap ever_swiss at most 2 messages in total where country = CH",
    "cap ranked at most 4 messages per 30 days in total by warm",
)
TRIGGERS = """
score warm +1 on purchase
offer ten discount 10 % at most 2 in total group gifts keep best
offer twenty discount 20 % group gifts keep best
trigger plain
  on visit
  send email hello
trigger ways
  on visit
  send email hello else send sms hello else send letter hello
  priority 60
trigger told
  on visit
  send sms hello else notify sales "no way"
trigger patient
  on visit
  send email hello
  tags sale
  if capped wait up to 3 days
  expires after 9 days
trigger service
  on visit
  send email hello
  category service
trigger once
  on visit
  send sms hello
  again after 2 days
trigger receipt
  on visit
  send email hello
  category transactional
  because "a receipt"
trigger gift
  on visit
  send email hello with offer ten else send sms hello with offer twenty
trigger bigger
  on visit
  send email hello with offer twenty
  priority 40
trigger half
  on visit
  send letter hello
  holdout 50 %
"""
QUIET = ("", "quiet sms_rest from 11:00 to 13:00 for sms", "quiet rest from 11:00 to 13:00")
ALL = ("email", "sms", "letter")
PEOPLE = tuple("abcdefg")
NAMES = ("plain", "ways", "told", "patient", "service", "once", "receipt", "gift", "bigger", "half")


@cache
def model(caps: frozenset[str], quiet: str) -> Model:
    return model_of("\n".join((*(cap for cap in CAPS if cap in caps), quiet, TRIGGERS)))


@st.composite
def messages(draw: st.DrawFn, contact: str, number: int) -> CountedMessage:
    moment = NOW - draw(st.integers(0, 40)) * 6 * HOUR - draw(st.sampled_from((0, 1)))
    channel = draw(st.sampled_from(("email", "sms", "letter")))
    tags = draw(st.sampled_from(((), ("sale",))))
    day = local_date(moment, zone(draw(st.sampled_from((ZURICH, "Asia/Tokyo")))))
    units = draw(st.sampled_from(({}, {"phone": "=2"}, {"phone": "=1", "in total total_swiss": "yes"})))
    category = draw(st.sampled_from(("promotional", "service")))
    return CountedMessage(f"old {number}", contact, moment, channel, category, tags, day, units)  # type: ignore[arg-type]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Firing], World]:
    """Up to forty candidates of a few contacts, under some of all kinds of caps, with what went before."""
    text = model(draw(st.frozensets(st.sampled_from(CAPS), min_size=2, max_size=7)), draw(st.sampled_from(QUIET)))
    contacts: dict[str, Contact] = {}
    consents: dict[tuple[str, str, str], ConsentRecord] = {}
    history: dict[str, list[CountedMessage]] = {}
    for number, key in enumerate(PEOPLE):
        fields = {
            "contact_id": key,
            "email": f"{key}@example.ch",
            "phone": draw(st.sampled_from(("1", "2", None))),
            "country": draw(st.sampled_from(("CH", "DE", None))),
            "zone": draw(st.sampled_from(("Asia/Tokyo", "America/New_York", None))),
        }
        contacts[key] = Contact(key, {name: value for name, value in fields.items() if value is not None})
        for channel in draw(st.sampled_from((ALL, ALL, ("sms",), ("email", "letter"), ()))):
            record = ConsentRecord(f"{key} {channel}", key, "marketing", channel, "granted", "consent", "test", 0)
            consents[key, channel, "marketing"] = record
        history[key] = [draw(messages(key, number * 10 + n)) for n in range(draw(st.integers(0, 2)))]
    firings: list[Firing] = []
    for number in range(draw(st.integers(0, 30)) + draw(st.integers(0, 10))):
        name, key = draw(st.sampled_from(NAMES)), draw(st.sampled_from(PEOPLE))
        cause = NOW - draw(st.integers(0, 60)) * HOUR
        firings.append(
            Firing(
                decision_key(name, key, f"{number}"), name, key, f"{number}", cause, NOW, cause,
                cause + draw(st.sampled_from((30, 90, 200))) * HOUR, "visit", f"{number}",
                state=draw(st.sampled_from(("waiting", "waiting", "waiting", "held"))),
            )
        )  # fmt: skip
    runs = {(name, key): draw(_runs(name, key)) for name in ("once",) for key in PEOPLE[:2]}
    offers = [HeldOffer(f"h{n}", key, "ten", NOW - DAY, "gifts", 10_000_000, "%") for n, key in enumerate("ab")]
    members = {key for key in PEOPLE if contacts[key].fields.get("country") == "CH"}
    swiss = {cap.name: frozenset(members) for cap in text.caps.values() if cap.where is not None}
    world = World(
        now=NOW, model=text, triggers={t.id: t for t in text.triggers.values()}, schema=SCHEMA, time_zone=ZURICH,
        contacts=contacts, consents=consents, suppressed=Suppressed(), paused={}, active={}, refused={},
        cap_members=swiss, history=history, handed_over=runs,
        scores={"warm": {key: draw(st.integers(0, 3)) for key in PEOPLE[:5]}},
        held_offers=held_by(draw(st.sampled_from((offers, [])))), offers_given={"ten": 1},
    )  # fmt: skip
    return _with_leftovers(draw, firings, world)


@st.composite
def _runs(draw: st.DrawFn, name: str, key: str) -> Sequence[HandedOver]:
    return [HandedOver(name, key, NOW - n * DAY, f"run {n}", {}) for n in draw(st.sampled_from(((), (1,), (5,))))]


def _with_leftovers(draw: st.DrawFn, firings: list[Firing], world: World) -> tuple[list[Firing], World]:
    """Some of them wait in the outbox since an hour."""
    reserved: dict[str, Outgoing] = {}
    history: dict[str, list[CountedMessage]] = {key: list(found) for key, found in world.history.items()}
    handed: Mapping[tuple[str, str], Sequence[HandedOver]] = world.handed_over
    number = draw(st.integers(0, min(4, len(firings))))
    for place, firing in enumerate(firings[:number]):
        trigger = world.triggers[firing.trigger]
        message = outgoing_of(firing, trigger.sends[0], world)[0]
        message = replace(message, reserved_at=NOW - HOUR, holds=None)
        reserved[firing.key] = message
        if counts_at_all(message):
            history[firing.contact].append(counted_of(message))
        firings[place] = replace(firing, state="queued", channel=message.channel)
    return firings, replace(world, reserved=reserved, history=history, handed_over=handed)


@settings(max_examples=150, deadline=None)
@given(worlds(), st.integers(1, 5), st.randoms(use_true_random=False))
def test_at_once_and_in_turn_give_the_same(given: tuple[list[Firing], World], large: int, chance: object) -> None:
    candidates, world = given
    in_turn = judge(candidates, world, large=10**9)
    shuffled = list(candidates)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a Random
    assert judge(shuffled, world, large=large) == in_turn
