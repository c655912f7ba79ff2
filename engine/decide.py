"""Judgement: one named outcome for each candidate, in one fixed order (LANGUAGE.md §6). Pure functions over data.

`judge` takes all candidates of a tick and everything they are judged by, sorts them into the total order, and lets
each in its turn pass the gates. A candidate that loses uses no room. The caller holds the lock of the ledger, has read
the clock and counted, and writes what comes back: lock, clock, count, reserve, in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, assert_never

from dsl.model import Trigger
from engine.gates import verdict_of
from engine.offers import active
from engine.outgoing import another_way, counted_of, counts_at_all, give_offers, outgoing_of, run_of, take
from engine.records import (
    CountedMessage,
    Firing,
    HandedOver,
    HeldOffer,
    Judgement,
    Outgoing,
)
from engine.room import GivenOffers, Room
from engine.tally import Tally, budget_rank, with_units
from engine.verdict import Verdict
from engine.world import World


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


LARGE = 2_000
"""From so many new candidates on their caps are counted in arrays (`engine.setwise`); for fewer the arrays do not pay
for their library."""


def judge(candidates: Iterable[Firing], world: World, *, large: int = LARGE) -> Decided:
    """Judge every candidate; see the module's head. A candidate in state `queued` is reserved already: these come
    first, for what an earlier tick gave out stays given. Each is judged without its own reservation, as if it left now
    beside those of them that passed before it; one that is refused gives its room back. Where a greater offer ended
    one that was given out a moment before, those who lacked room until then are judged again, in the same order: a
    candidate that loses uses no room.

    Where there are `large` new ones or more, stretches of them that long are judged at once, with the same answer."""
    ordered = sorted(candidates, key=order_of(world.triggers, _rank(world)))
    judging = _Judging(world, {f.key: f for f in ordered})
    for firing in (f for f in ordered if f.state == "queued"):
        judging.one(firing)
    judging.begin_new_ones()
    new = [f for f in ordered if f.state != "queued"]
    if len(new) < large:
        for firing in new:
            judging.one(firing)
    else:
        judging.many(new, large)
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
        self.room = Room(Tally(world.beside), GivenOffers(world.held_offers, world.offers_given))
        self.standing: dict[str, CountedMessage] = {}
        self.running: dict[str, HandedOver] = {}
        fields = world.shared_fields
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
        self._said(firing, verdict_of(firing, self.world, self.room))

    def many(self, new: Sequence[Firing], stretch: int) -> None:
        """Judge new candidates, those that meet the others in more than room under caps in their turn, the others in
        stretches between those; what is shorter than `stretch` one by one as well."""
        from engine.setwise import apart, verdicts

        is_apart = apart(new, self.world, self.room)
        for alone, group in groupby(new, is_apart):
            members = list(group)
            if alone or len(members) < stretch:
                for firing in members:
                    self.one(firing)
            else:
                for firing, verdict in zip(members, verdicts(members, self.world, self.room), strict=True):
                    self._said(firing, verdict)

    def _said(self, firing: Firing, verdict: Verdict) -> None:
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
