"""Judging many new candidates at once: the gates that look at one candidate alone first, then the caps in arrays.

The answer is that of `engine.gates.verdict_of` for one after the other, as long as nothing but room under caps stands
between the candidates: `apart` names those that meet the others in another way, which are judged in their turn. A way
of sending is a row; the ways of one run follow one another, and "one for each run" is a limit like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dsl.model import Cap, OnDay, Send, Trigger, Yearly
from engine.arbitration import UNLIMITED, Flags, Limit, Numbers, arbitrate, taken_before
from engine.caps import Full, counts, is_local, limit_for, limits, window_of, without_room
from engine.gates import Passing, before_room, is_for, no_room, refused_by
from engine.records import CountedMessage, Firing
from engine.room import Room
from engine.tally import Clock, Unit, unit_under
from engine.verdict import Verdict
from engine.world import World
from engine.zones import zone


def apart(candidates: Collection[Firing], world: World, room: Room) -> Callable[[Firing], bool]:
    """Which candidates have to be judged in their turn: runs that count for each other's `again`, those with an offer
    (a greater one ends what an earlier one was given), those with several ways where quiet hours may hold a later way
    alone, and those whose own message counts already."""
    by_run = Counter((f.trigger, f.contact) for f in candidates)
    by_channel = any(quiet.channels for quiet in world.model.quiets.values())
    offering = {t.id for t in world.triggers.values() if any(send.offer is not None for send in t.sends)}
    several = {t.id for t in world.triggers.values() if by_channel and len(t.sends) > 1}
    returning = {
        t.id for t in world.triggers.values() if t.again.kind != "every time" or isinstance(t.cause, Yearly | OnDay)
    }

    def is_apart(firing: Firing) -> bool:
        name = firing.trigger
        return (
            name in offering
            or name in several
            or (name in returning and by_run[name, firing.contact] > 1)
            or room.counted.holds(firing.key)
        )

    return is_apart


def verdicts(candidates: Sequence[Firing], world: World, room: Room) -> list[Verdict]:
    """What the gates say of candidates that are not `apart`, in their order, beside what was given out before them."""
    found: list[Verdict | Passing] = [
        before_room(f, world, room.handed_over.get((f.trigger, f.contact), ())) for f in candidates
    ]
    rows = _Rows.of(found, world, room)
    caps = [(cap, limit) for cap in world.model.caps.values() if (limit := rows.limit(cap, room)) is not None]
    accepted = arbitrate([*(limit for _, limit in caps), *rows.one_way_each()], rows.size)
    said: list[Verdict] = [one if isinstance(one, Verdict) else Verdict("queued", "reserved") for one in found]
    for row in np.flatnonzero(accepted).tolist():
        said[rows.candidate[row]] = Verdict("queued", "reserved", send=rows.sends[row])
    for candidate, full in rows.refused(accepted, caps, room):
        passing = found[candidate]
        assert isinstance(passing, Passing), "it has rows"
        said[candidate] = refused_by(*no_room(full, world), passing.trigger, candidates[candidate], world)
    return said


@dataclass(frozen=True)
class _Rows:
    """The open ways of candidates, one a row, in the order of the candidates and of their ways."""

    world: World
    passing: Sequence[Passing]
    """By contact: one that passed, for its contact and zones."""
    sends: Sequence[Send]
    candidate: Sequence[int]
    """By row: the place of its candidate."""
    contact: Numbers
    """By row: the place of its contact among `passing`."""
    kinds: Sequence[tuple[Trigger, str]]
    """The kinds of messages: trigger and channel. What a cap says of a message, it says of its kind."""
    kind: Numbers
    """By row: its kind."""
    before: _Before
    """What counted for the contacts before."""

    @classmethod
    def of(cls, found: Sequence[Verdict | Passing], world: World, room: Room) -> _Rows:
        """The rows of all that passed."""
        contacts: dict[str, int] = {}
        kinds: dict[tuple[str, str], int] = {}
        passing: list[Passing] = []
        named: list[tuple[Trigger, str]] = []
        sends: list[Send] = []
        rows: list[tuple[int, int, int]] = []
        for place, one in enumerate(found):
            if isinstance(one, Verdict):
                continue
            contact = contacts.setdefault(one.contact.key, len(contacts))
            if contact == len(passing):
                passing.append(one)
            for send in one.options:
                kind = kinds.setdefault((one.trigger.id, send.channel), len(kinds))
                if kind == len(named):
                    named.append((one.trigger, send.channel))
                sends.append(send)
                rows.append((place, contact, kind))
        table = np.array(rows, dtype=np.intp).reshape(len(rows), 3)
        before = _Before(passing, room)
        return cls(world, passing, sends, table[:, 0].tolist(), table[:, 1].copy(), named, table[:, 2].copy(), before)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.sends)

    def limit(self, cap: Cap, room: Room) -> Limit | None:
        """A cap as a limit over the rows; None if it stops none of them."""
        counting = self._by_kind(cap, lambda trigger: trigger.category != "transactional")
        stopping = self._by_kind(cap, lambda trigger: trigger.category == "promotional")
        if cap.where is not None:
            members = self._by_contact(lambda one: is_for(cap, one.contact.key, self.world))[self.contact]
            stopping &= members
            if cap.total:
                counting &= members
        if not stopping.any():
            return None
        unit, units = self._units(cap)
        most = np.array([limit_for(cap, trigger.priority) for trigger, _ in self.kinds], dtype=np.intp)[self.kind]
        free = most - self._used(cap, room)[self.contact]
        return Limit(np.where(counting, unit, units), np.where(stopping, free, UNLIMITED), units)

    def one_way_each(self) -> list[Limit]:
        """Of several ways of one run one is taken."""
        candidate = np.array(self.candidate, dtype=np.intp)
        if not (candidate[1:] == candidate[:-1]).any():
            return []
        return [Limit(candidate, np.ones(self.size, dtype=np.intp), int(candidate[-1]) + 1)]

    def refused(
        self, accepted: Flags, caps: Sequence[tuple[Cap, Limit]], room: Room
    ) -> Iterable[tuple[int, list[Full]]]:
        """The candidates without an accepted row, with the caps that were full for their first way."""
        candidate = np.array(self.candidate, dtype=np.intp)
        first: Flags = np.concatenate(([True], candidate[1:] != candidate[:-1]))[: self.size]
        first &= ~np.isin(candidate, candidate[accepted])
        rows = np.flatnonzero(first)
        taken = [taken_before(limit, accepted, rows) for _, limit in caps]
        full = [used >= limit.places[rows] for used, (_, limit) in zip(taken, caps, strict=True)]
        for place, row in enumerate(rows.tolist()):
            passing = self.passing[int(self.contact[row])]
            trigger, _ = self.kinds[int(self.kind[row])]
            clock = self._clock(passing)
            found: list[Full] = []
            for number, (cap, _) in enumerate(caps):
                if full[number][place]:
                    now = [clock.now] * int(taken[number][place])
                    used = [*room.counted.inside(cap, passing.contact, self.world.cap_members, "", clock), *now]
                    why = without_room(cap, used, clock.now, clock.own, clock.project, trigger.priority)
                    assert why is not None, "arrays and caps count alike"
                    found.append(why)
            yield self.candidate[row], found

    def _by_kind(self, cap: Cap, asked: Callable[[Trigger], bool]) -> Flags:
        """The rows of kinds that the cap speaks of."""
        speaks_of = [asked(trigger) and limits(cap, channel, trigger.tags) for trigger, channel in self.kinds]
        rows: Flags = np.array(speaks_of, dtype=np.bool_)[self.kind]
        return rows

    def _by_contact(self, asked: Callable[[Passing], bool]) -> Flags:
        return np.fromiter(map(asked, self.passing), dtype=np.bool_, count=len(self.passing))

    def _units(self, cap: Cap) -> tuple[Numbers, int]:
        """The unit of each row under a cap, and how many there are."""
        if cap.total:
            return np.zeros(self.size, dtype=np.intp), 1
        if cap.shared_by is None:
            return self.contact, len(self.passing)
        numbers: dict[Unit, int] = {}
        by_contact = [numbers.setdefault(unit_under(cap, one.contact), len(numbers)) for one in self.passing]
        return np.array(by_contact, dtype=np.intp)[self.contact], len(numbers)

    # ------------------------------------------------------------ what was used before

    def _used(self, cap: Cap, room: Room) -> Numbers:
        """By contact how much of its unit is used, for its own window."""
        if cap.total or cap.shared_by is not None:
            return self._used_by_several(cap, room)
        used: Numbers = np.zeros(len(self.passing), dtype=np.intp)
        before = self.before
        if not before.kinds:
            return used
        counted = np.array([counts(cap, message) for message in before.kinds], dtype=np.bool_)[before.kind]
        for place, contacts in self._zones.items() if is_local(cap) else [(self.world.time_zone, None)]:
            window = window_of(cap, self.world.now, zone(place), zone(self.world.time_zone))
            if window is None:
                return self._used_by_several(cap, room)
            inside = counted & (before.at <= self.world.now) & window.holds(before.at, before.local_date)
            if contacts is not None:
                inside &= contacts[before.contact]
            used += np.bincount(before.contact[inside], minlength=len(self.passing))
        return used

    def _used_by_several(self, cap: Cap, room: Room) -> Numbers:
        """The same where messages of others count, one contact after the other."""
        members = self.world.cap_members
        if cap.total:
            everybody = room.counted.inside(cap, self.passing[0].contact, members, "", self._clock(self.passing[0]))
            return np.full(len(self.passing), len(everybody), dtype=np.intp)

        def used(one: Passing) -> int:
            if not room.counted.used_by(unit_under(cap, one.contact)):
                return 0
            return len(room.counted.inside(cap, one.contact, members, "", self._clock(one)))

        return np.fromiter(map(used, self.passing), dtype=np.intp, count=len(self.passing))

    def _clock(self, one: Passing) -> Clock:
        return Clock(self.world.now, zone(one.zones.reckoning), zone(self.world.time_zone))

    @cached_property
    def _zones(self) -> Mapping[str, Flags]:
        """Zone -> which contacts have their calendar there."""
        names: dict[str, int] = {}
        numbers = [names.setdefault(one.zones.reckoning, len(names)) for one in self.passing]
        by_contact = np.array(numbers, dtype=np.intp)
        return {name: by_contact == number for name, number in names.items()}


class _Before:
    """What counted for contacts before, in arrays."""

    def __init__(self, passing: Sequence[Passing], room: Room) -> None:
        kinds: dict[tuple[str, str, tuple[str, ...]], int] = {}
        self.kinds: list[CountedMessage] = []
        """One message of each kind: what a cap says of a message, it says of its channel, category and tags."""
        rows: list[tuple[int, int, int, int]] = []
        for place, one in enumerate(passing):
            for message in room.counted.of_contact(one.contact.key):
                kind = kinds.setdefault((message.channel, message.category, message.tags), len(kinds))
                if kind == len(self.kinds):
                    self.kinds.append(message)
                rows.append((place, kind, message.at, message.local_date))
        table = np.array(rows, dtype=np.int64).reshape(len(rows), 4)
        self.contact: Numbers = table[:, 0].astype(np.intp)
        self.kind: Numbers = table[:, 1].astype(np.intp)
        self.at, self.local_date = table[:, 2].copy(), table[:, 3].copy()
