"""The gates of a judgement, in their one order (LANGUAGE.md §6): what each says of one candidate.

Up to the control group a candidate is judged by itself (`before_room`); from there on by what others have been given
before it (`first_with_room`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dsl.model import Cap, Send, Trigger
from engine.caps import Full, limits, without_room
from engine.fire import spread_by
from engine.instants import local_date, shift
from engine.interpret import zones_of
from engine.keys import bucket
from engine.offers import given_out, not_valid, second_one
from engine.quiet import DELIVER, open_until, outside_of, quiet_until
from engine.records import Contact, Firing, HandedOver
from engine.reentry import had_already
from engine.room import Room
from engine.tally import Clock
from engine.verdict import Verdict
from engine.ways import options_of
from engine.world import World
from engine.zones import ContactZones, zone

GATES: tuple[str, ...] = (
    "suppressed",  # erased or suppressed
    "paused",  # paused or not active
    "suppress",  # a suppress block
    "quality",  # a quality block that stops sending fails
    "consent",
    "reachable",
    "where",  # `where` and `unless` still hold, the cause still stands
    "again",  # re-entry: belongs to the trigger's own conditions, so it stands beside them
    "expired",
    "quiet",
    "deliver",  # outside of the trigger's own `deliver between`
    "holdout",  # in the control group: a ghost that uses no room and counts for `again`
    "offer",
    "budget",  # a budget over all contacts (`in total`)
    "capped",
    "reserved",
)
"""The order of judgement."""


@dataclass(frozen=True, slots=True)
class Passing:
    """A candidate that passed every gate up to the control group: the ways that are open to it (never none), and the
    zones of its contact."""

    trigger: Trigger
    contact: Contact
    options: Sequence[Send]
    zones: ContactZones


def verdict_of(firing: Firing, world: World, room: Room) -> Verdict:
    """What all gates together say of a candidate."""
    found = before_room(firing, world, room.handed_over.get((firing.trigger, firing.contact), ()))
    return found if isinstance(found, Verdict) else first_with_room(found, firing, world, room)


def before_room(firing: Firing, world: World, runs: Sequence[HandedOver]) -> Verdict | Passing:
    """The gates up to the control group. `runs`: the earlier ones of its trigger for its contact; nothing else that was
    given out is asked for."""
    trigger = world.triggers.get(firing.trigger)
    if trigger is None:
        return Verdict("refused", "paused", f"trigger `{firing.trigger}` is no longer in the playbooks")
    contact = world.contacts.get(firing.contact)
    if contact is None:
        return Verdict("refused", "suppressed", "no such contact in the store")
    if (reason := world.suppressed.person(contact.key)) is not None:
        return Verdict("refused", "suppressed", f"suppressed: {reason}")
    if stopped := _inactive(trigger, firing, world):
        return stopped
    if (block := _never(trigger, contact.key, world)) is not None:
        return Verdict("refused", "suppress", f"suppress `{block}`")
    if (stop := next((s for s in world.stops if s.stops(trigger)), None)) is not None:
        return Verdict("refused", "quality", stop.why)
    options, missing = options_of(trigger, contact, world)
    left = world.left.get(firing.key)
    if left is not None:
        # what is written again under its key on its own channel takes the place of what lies there, whatever it says
        options = [(send, address) for send, address in options if send.channel == left.channel]
        if left.kind == "message" and not options:
            return missing or Verdict("refused", "reachable", f"it may have left by {left.channel}, now closed to it")
    if trigger.sends and not options and trigger.otherwise is None:
        assert missing is not None, "every send that is no option says why"
        return missing
    if firing.key in world.refused:
        return Verdict("refused", "where", world.refused[firing.key])
    zones = zones_of(contact, world.schema, world.time_zone)
    if detail := had_already(trigger, firing, runs, zone(zones.reckoning), zone(world.time_zone)):
        return Verdict("refused", "again", detail)
    if world.now > firing.expires_at:
        return Verdict("expired", "expired", "its time had passed")
    if held := quiet_for(trigger, options[0][0] if options else None, zones, firing, world):
        return held
    if firing.state != "queued" and held_out(trigger, contact.key):
        return Verdict("refused", "holdout", "held out, in the control group")
    if not options:
        # nothing to send, or no way open and a team to tell instead
        return Verdict("queued", "reserved", "" if missing is None else missing.detail)
    return Passing(trigger, contact, [send for send, _ in options], zones)


def _inactive(trigger: Trigger, firing: Firing, world: World) -> Verdict | None:
    if trigger.paused is not None:
        return Verdict("refused", "paused", f"paused: {trigger.paused}")
    for name in ("*", trigger.id):
        if name in world.paused:
            # the switch keeps what it meets, unlike the clause: somebody will look, and let it go on
            return Verdict("held", "paused", f"paused: {world.paused[name]}")
    start, end = world.active.get(trigger.name, (firing.cause_at, None))
    if firing.cause_at < start or (end is not None and firing.cause_at > end):
        return Verdict("refused", "paused", "not active at its cause")
    return None


def _never(trigger: Trigger, contact: str, world: World) -> str | None:
    """The first suppress block that speaks of the contact. A category is one of messages: a block that names one lets
    runs pass that only notify."""
    for block in world.model.suppresses.values():
        speaks_of = block.category is None or (bool(trigger.sends) and block.category == trigger.category)
        if speaks_of and contact in world.suppress_members.get(block.name, frozenset()):
            return block.name
    return None


def held_out(trigger: Trigger, contact: str) -> bool:
    """Whether the contact is in the trigger's control group: by hash, the same at each run (LANGUAGE.md §8.7)."""
    return trigger.holdout is not None and bucket(trigger.id, contact) < trigger.holdout


def quiet_for(trigger: Trigger, send: Send | None, zones: ContactZones, firing: Firing, world: World) -> Verdict | None:
    """Held until the first instant that is open for quiet hours and `deliver between` alike, for the first channel with
    address and consent. Quiet hours hold neither transactional messages nor notices alone, `deliver` holds all. What is
    spread is spread again from that instant on, within its time and what is open."""
    quiets = () if send is None or trigger.category == "transactional" else world.model.quiets.values()
    window = () if trigger.deliver is None else outside_of(trigger.deliver)
    found = quiet_until(world.now, send.channel if send else "", (*quiets, *window), zones.all)
    if found is None:
        return None
    name, until = found
    gate, what = ("deliver", "`deliver between`") if name == DELIVER else ("quiet", f"quiet `{name}`")
    if until > firing.expires_at:
        told = "opens after its time" if gate == "deliver" else "ends after its time"
        return Verdict("expired", gate, f"{what} {told}", until)
    if trigger.spread is not None:
        closes = open_until(until, firing.expires_at, send.channel if send else "", (*quiets, *window), zones.all)
        until += spread_by(trigger, firing.contact, closes - until)
    return Verdict("held", gate, what, until)


def first_with_room(passing: Passing, firing: Firing, world: World, room: Room) -> Verdict:
    """The first option with a valid offer and room under every cap; else the first refusal."""
    trigger, zones = passing.trigger, passing.zones
    refusals: list[tuple[Verdict, int | None]] = []
    for send in passing.options:
        if refused := _offer(send, firing, zones, world, room):
            refusals.append((refused, None))
            continue
        found = _without_room(passing, send, firing, world, room)
        if not found:
            if (held := quiet_for(trigger, send, zones, firing, world)) is not None:
                return held
            return Verdict("queued", "reserved", send=send)
        refusals.append(no_room(found, world))
    return refused_by(*refusals[0], passing.trigger, firing, world)


def no_room(found: Sequence[Full], world: World) -> tuple[Verdict, int]:
    """The refusal by budgets, else by caps that are full, and the instant at which all have room."""
    totals = {cap.name for cap in world.model.caps.values() if cap.total}
    budgets = [f for f in found if f.cap in totals]
    names = ", ".join(f"cap `{f.cap}` ({f.used} of {f.limit})" for f in budgets or found)
    return Verdict("refused", "budget" if budgets else "capped", names), max(f.free_at for f in found)


def refused_by(first: Verdict, room_at: int | None, trigger: Trigger, firing: Firing, world: World) -> Verdict:
    """What becomes of a candidate whose ways are all closed, by the refusal of the first one; `room_at`: when there
    should be room, None where waiting helps nothing."""
    if trigger.otherwise is not None and firing.key not in world.left:
        return Verdict("queued", "reserved", first.detail)
    if trigger.capped_wait is None or room_at is None:
        return first
    project = zone(world.time_zone)
    last = min(firing.expires_at, shift(firing.due_at, trigger.capped_wait, 1, project))
    if room_at > last:
        return Verdict("refused", first.gate, f"{first.detail}; room returns after its time", room_at)
    return Verdict("held", first.gate, first.detail, room_at)


def _offer(send: Send, firing: Firing, zones: ContactZones, world: World, room: Room) -> Verdict | None:
    """Why the offer of a way of sending refuses it. What was reserved with an offer keeps its place in the offer's
    number and its group; only its days are asked again."""
    if send.offer is None:
        return None
    offer = world.model.offers[send.offer]
    today = local_date(world.now, zone(zones.reckoning))
    carried = room.offers.carried_by(firing.key, firing.contact) if firing.state == "queued" else None
    why = not_valid(offer, today)
    if why is None and (carried is None or carried.offer != offer.id):
        held = room.offers.of(firing.contact, firing.key)
        names = {one.id: one.name for one in world.model.offers.values()}
        why = given_out(offer, room.offers.counts) or second_one(offer, held, today, names)
    return None if why is None else Verdict("refused", "offer", why)


def _without_room(passing: Passing, send: Send, firing: Firing, world: World, room: Room) -> list[Full]:
    """The budgets and the caps that have no room for a message of this trigger."""
    trigger = passing.trigger
    if trigger.category != "promotional":
        return []
    clock = Clock(world.now, zone(passing.zones.reckoning), zone(world.time_zone))
    # what was reserved has had its room on its channel, also beside room that is kept: it may only be too much in all
    before = world.reserved.get(firing.key)
    stays = firing.state == "queued" and (before is None or before.channel == send.channel)
    priority = 100 if stays else trigger.priority
    found: list[Full] = []
    for cap in world.model.caps.values():
        if limits(cap, send.channel, trigger.tags) and is_for(cap, firing.contact, world):
            used = room.counted.inside(cap, passing.contact, world.cap_members, firing.key, clock)
            if (full := without_room(cap, used, clock.now, clock.own, clock.project, priority)) is not None:
                found.append(full)
    return found


def is_for(cap: Cap, contact: str, world: World) -> bool:
    """Whether a cap limits messages to a contact."""
    return cap.where is None or contact in world.cap_members.get(cap.name, frozenset())
