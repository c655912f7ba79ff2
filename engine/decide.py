"""Judgement: one named outcome for each candidate, in one fixed order (LANGUAGE.md §6). Pure functions over data.

`judge` takes all candidates of a tick and everything they are judged by, sorts them into the total order, and lets
each in its turn pass the gates. A candidate that loses uses no room. The caller holds the lock of the ledger, has read
the clock and counted, and writes what comes back: lock, clock, count, reserve, in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from dsl.model import Cap, Send, Trigger
from engine.caps import Full, full, limits
from engine.instants import local_date, shift
from engine.interpret import zones_of
from engine.keys import bucket
from engine.offers import active, given_out, not_valid, second_one
from engine.outgoing import another_way, counted_of, counts_at_all, give_offers, outgoing_of, run_of, take
from engine.quiet import DELIVER, outside_of, quiet_until
from engine.records import (
    CountedMessage,
    Firing,
    HandedOver,
    HeldOffer,
    Judgement,
    Outgoing,
)
from engine.reentry import had_already
from engine.room import GivenOffers, Room
from engine.tally import budget_rank, shared_fields, with_units
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
class Decided:
    """What to write: judgements in the order they were made, the firings' new states, and what to reserve."""

    judgements: tuple[Judgement, ...]
    firings: tuple[Firing, ...]
    outgoing: tuple[Outgoing, ...]
    withdrawn: tuple[tuple[str, Literal["suppressed", "expired", "held"], str], ...]
    """Reserved before and refused now, or reserved anew: key, new state of the outbox row, why."""
    reserved: int = 0
    """How many candidates were reserved that were not before."""
    ghosts: tuple[HandedOver, ...] = ()
    """Runs that were held out: nothing leaves, but they count for re-entry."""


Place = tuple[int, tuple[int, int], int, int, str, str, str]


def order_of(
    triggers: Mapping[str, Trigger], rank: Callable[[Firing], tuple[int, int]] = lambda _: (1, 0)
) -> Callable[[Firing], Place]:
    """The total order of candidates: higher priority, `rank` (the score of their budget), earlier expiry, earlier
    cause, trigger name, contact key, occasion (texts by code point)."""

    def place(firing: Firing) -> Place:
        trigger = triggers.get(firing.trigger)
        priority = trigger.priority if trigger else 0
        return (
            -priority,
            rank(firing),
            firing.expires_at,
            firing.cause_at,
            trigger.name if trigger else firing.trigger,
            firing.contact,
            firing.occasion,
        )

    return place


def judge(candidates: Iterable[Firing], world: World) -> Decided:
    """Judge every candidate; see the module's head. A candidate in state `queued` is reserved already: these come
    first, for what an earlier tick gave out stays given. Each is judged without its own reservation, as if it left now
    beside those of them that passed before it; one that is refused gives its room back. Where a greater offer ended
    one that was given out a moment before, those who lacked room until then are judged again, in the same order: a
    candidate that loses uses no room."""
    ordered = sorted(candidates, key=order_of(world.triggers, _rank(world)))
    judging = _Judging(world, {f.key: f for f in ordered})
    for firing in (f for f in ordered if f.state == "queued"):
        judging.one(firing)
    judging.begin_new_ones()
    new = [f for f in ordered if f.state != "queued"]
    for firing in new:
        judging.one(firing)
    while judging.has_freed_room():
        for firing in new:
            if judging.lacked_room(firing.key):
                judging.one(firing)
    return judging.decided()


class _Judging:
    """The work of `judge`: what has been decided and given out so far."""

    def __init__(self, world: World, candidates: Mapping[str, Firing]) -> None:
        self.world = world
        self.candidates = candidates
        self.given_out = {key for key, f in candidates.items() if f.state == "queued"}
        self.room = Room(offers=GivenOffers(world.held_offers, world.offers_given))
        self.standing: dict[str, CountedMessage] = {}
        self.running: dict[str, HandedOver] = {}
        fields = shared_fields(world.model.caps.values())
        for counted in world.history.values():
            for message in (with_units(m, fields, world.contacts.get(m.contact)) for m in counted):
                if message.id in self.given_out:
                    self.standing[message.id] = message
                else:
                    self.room.counted.add(message)
        for key, runs in world.handed_over.items():
            self.room.handed_over[key].extend(r for r in runs if r.key not in self.given_out)
            self.running |= {r.key: r for r in runs if r.key in self.given_out}
        self.kept: dict[str, CountedMessage] | None = {}
        self.judgements: dict[str, Judgement] = {}
        self.firings: dict[str, Firing] = {}
        self.outgoing: dict[str, list[Outgoing]] = {}
        self.withdrawn: dict[str, tuple[Literal["suppressed", "expired", "held"], str]] = {}
        self.ghosts: dict[str, HandedOver] = {}
        self._freed = False

    def has_freed_room(self) -> bool:
        """Whether, since this was asked last, a candidate lost what it had been given."""
        freed, self._freed = self._freed, False
        return freed

    def lacked_room(self, key: str) -> bool:
        """Whether a candidate found no room beside those that were judged before it."""
        judgement = self.judgements[key]
        return judgement.outcome != "queued" and judgement.gate in ("again", "offer", "budget", "capped")

    def begin_new_ones(self) -> None:
        """Towards new candidates, what waits in the outbox counts from when it was reserved."""
        if self.kept:
            self.room.counted.put_back(self.kept.values())
        self.kept = None

    def one(self, firing: Firing) -> None:
        """Judge one candidate, and all whose offer it ends before they have left."""
        verdict = _verdict(firing, self.world, self.room)
        self.judgements.pop(firing.key, None)
        self.judgements[firing.key] = Judgement(
            firing.key, self.world.now, verdict.outcome, verdict.gate, verdict.detail, verdict.until
        )
        if firing.state == "queued" and verdict.outcome == "queued":
            self._stays(firing, verdict)
            return
        if firing.state == "queued":
            self.withdrawn[firing.key] = _withdrawn_state(verdict), verdict.detail or verdict.gate
            self.room.offers.take_back(firing.key, firing.contact)
        self.firings[firing.key] = _after(firing, verdict)
        if verdict.outcome == "queued":
            messages = self.outgoing[firing.key] = outgoing_of(firing, verdict.send, self.world)
            ended = self._ended_by(messages[0])
            take(messages, firing, self.room)
            self._judge_again(ended)
        if verdict.gate == "holdout":
            ghost = self.ghosts[firing.key] = run_of(firing)
            self.room.handed_over[firing.trigger, firing.contact].append(ghost)

    def _stays(self, firing: Firing, verdict: Verdict) -> None:
        """A candidate that was reserved and still may go, perhaps another way."""
        key = firing.key
        if key in self.running:
            self.room.handed_over[firing.trigger, firing.contact].append(self.running[key])
        another = another_way(firing, verdict.send, self.world)
        ended: HeldOffer | None = None
        if another:
            self.withdrawn[key] = "held", "goes another way now"
            self.firings[key] = _after(firing, verdict)
            self.outgoing[key] = another
            self.room.offers.take_back(key, firing.contact)
            ended = self._ended_by(another[0])
            give_offers(another, self.room)
        counted = counted_of(another[0]) if another and counts_at_all(another[0]) else self.standing.get(key)
        if counted is not None and (not another or counts_at_all(another[0])):
            if self.kept is not None:
                self.kept[key] = counted
            self.room.counted.add(replace(counted, at=self.world.now) if self.kept is not None else counted)
        self._judge_again(ended)

    def _ended_by(self, message: Outgoing) -> HeldOffer | None:
        """The offer of another candidate's message, not gone yet, that a new message puts an end to."""
        if message.holds is None or message.holds.group is None:
            return None
        holds = message.holds
        held = active(self.room.offers.of(message.contact, message.key), message.holds.group, message.local_date)
        reserved = (
            held is not None
            and held.offer != holds.offer
            and (held.key in self.outgoing or (held.key in self.given_out and held.key not in self.withdrawn))
        )
        return held if reserved else None

    def _judge_again(self, ended: HeldOffer | None) -> None:
        """A message that carries an ended offer does not leave: its run is judged anew, without what it had taken. The
        worth of what is held rises each time, so this comes to an end."""
        if ended is None:
            return
        firing = self.candidates[ended.key]
        self._freed = True
        self.outgoing.pop(ended.key, None)
        self.room.offers.take_back(ended.key, ended.contact)
        self.room.counted.remove(ended.key)
        runs = self.room.handed_over[firing.trigger, firing.contact]
        runs[:] = [run for run in runs if run.key != ended.key]
        self.one(firing)

    def decided(self) -> Decided:
        """Everything to write."""
        new = sum(f.state == "queued" and f.key not in self.given_out for f in self.firings.values())
        return Decided(
            tuple(self.judgements.values()),
            tuple(self.firings.values()),
            tuple(message for messages in self.outgoing.values() for message in messages),
            tuple((key, state, why) for key, (state, why) in self.withdrawn.items()),
            new,
            tuple(self.ghosts.values()),
        )


def _rank(world: World) -> Callable[[Firing], tuple[int, int]]:
    if not any(cap.ranked_by for cap in world.model.caps.values()):
        return lambda _: (1, 0)
    return lambda firing: budget_rank(firing, world.model, world.scores, world.cap_members)


def _withdrawn_state(verdict: Verdict) -> Literal["suppressed", "expired", "held"]:
    match verdict.outcome:
        case "held":
            return "held"
        case "expired":
            return "expired"
        case _:
            return "suppressed"


def _after(firing: Firing, verdict: Verdict) -> Firing:
    match verdict.outcome:
        case "queued":
            return _with(firing, "queued", None, verdict.send.channel if verdict.send else None)
        case "held" | "waiting":
            return _with(firing, "held", verdict.until, firing.channel)
        case "refused" | "expired" | "missed":
            return _with(firing, "done", None, firing.channel)
        case _:
            assert_never(verdict.outcome)


def _with(
    firing: Firing,
    state: Literal["waiting", "held", "queued", "done"],
    not_before: int | None,
    channel: str | None,
) -> Firing:
    return replace(firing, state=state, not_before=not_before, channel=channel)


# ---------------------------------------------------------------- the gates, in order


def _verdict(firing: Firing, world: World, room: Room) -> Verdict:
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
    if trigger.sends and not options and trigger.otherwise is None:
        assert missing is not None, "every send that is no option says why"
        return missing
    if firing.key in world.refused:
        return Verdict("refused", "where", world.refused[firing.key])
    zones = zones_of(contact, world.schema, world.time_zone)
    runs = room.handed_over[trigger.id, contact.key]
    if detail := had_already(trigger, firing, runs, zone(zones.reckoning), zone(world.time_zone)):
        return Verdict("refused", "again", detail)
    if world.now > firing.expires_at:
        return Verdict("expired", "expired", "its time had passed")
    if held := _quiet(trigger, options[0][0] if options else None, zones, firing, world):
        return held
    if firing.state != "queued" and held_out(trigger, contact.key):
        return Verdict("refused", "holdout", "held out, in the control group")
    if not options:
        # nothing to send, or no way open and a team to tell instead
        return Verdict("queued", "reserved", "" if missing is None else missing.detail)
    return _first_with_room(trigger, options, zones, firing, world, room)


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


def _quiet(trigger: Trigger, send: Send | None, zones: ContactZones, firing: Firing, world: World) -> Verdict | None:
    """Held until the first instant that is open for quiet hours and `deliver between` alike, for the first channel with
    address and consent. Quiet hours hold neither transactional messages nor notices alone, `deliver` holds all."""
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
    return Verdict("held", gate, what, until)


def _first_with_room(
    trigger: Trigger,
    options: Sequence[tuple[Send, str | None]],
    zones: ContactZones,
    firing: Firing,
    world: World,
    room: Room,
) -> Verdict:
    """The first option with a valid offer and room under every cap; else the first refusal."""
    refusals: list[tuple[Verdict, int | None]] = []
    for send, _ in options:
        if refused := _offer(send, firing, zones, world, room):
            refusals.append((refused, None))
            continue
        budgets, caps = _without_room(trigger, send, firing, zones, world, room)
        found = budgets or caps
        if not found:
            if (held := _quiet(trigger, send, zones, firing, world)) is not None:
                return held
            return Verdict("queued", "reserved", send=send)
        names = ", ".join(f"cap `{f.cap}` ({f.used} of {f.limit})" for f in found)
        gate = "budget" if budgets else "capped"
        free_at = max(f.free_at for f in (*budgets, *caps))
        refusals.append((Verdict("refused", gate, names), free_at))
    first, room_at = refusals[0]
    if trigger.otherwise is not None:
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


def _without_room(
    trigger: Trigger, send: Send, firing: Firing, zones: ContactZones, world: World, room: Room
) -> tuple[list[Full], list[Full]]:
    """The budgets and the caps that have no room for a message of this trigger."""
    budgets: list[Full] = []
    caps: list[Full] = []
    if trigger.category != "promotional":
        return budgets, caps
    project, own = zone(world.time_zone), zone(zones.reckoning)
    contact = world.contacts[firing.contact]
    # what was reserved has had its room on its channel, also beside room that is kept: it may only be too much in all
    before = world.reserved.get(firing.key)
    stays = firing.state == "queued" and (before is None or before.channel == send.channel)
    priority = 100 if stays else trigger.priority
    for cap in world.model.caps.values():
        if limits(cap, send.channel, trigger.tags) and _is_for(cap, firing.contact, world):
            history = room.counted.under(cap, contact, world.cap_members, firing.key)
            if (found := full(cap, history, world.now, own, project, priority)) is not None:
                (budgets if cap.total else caps).append(found)
    return budgets, caps


def _is_for(cap: Cap, contact: str, world: World) -> bool:
    return cap.where is None or contact in world.cap_members.get(cap.name, frozenset())
