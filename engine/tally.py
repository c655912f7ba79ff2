"""What counts under caps, by the unit that a cap speaks of: a contact, those who share a value, everybody.

A household member who moves: rows count for the household they were reserved for (LANGUAGE.md §8.10). Rows that were
imported, or reserved before any cap asked for the field, count for the household that their contact is in now.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from dsl.model import Cap, Model
from engine.caps import counts, inside, is_inside, is_local, limits, window_of
from engine.records import Contact, CountedMessage, Firing

Unit = tuple[str, str]
"""("", contact), (field, unit of its value) or EVERYBODY."""

EVERYBODY: Unit = ("*", "")

_IN_TOTAL = "in total "  # no field has a name with spaces


def shared_fields(caps: Iterable[Cap]) -> list[str]:
    """The fields whose values make units, sorted."""
    return sorted({cap.shared_by for cap in caps if cap.shared_by is not None})


def shared_caps(caps: Iterable[Cap]) -> list[Cap]:
    """The caps that count messages of several contacts."""
    return [cap for cap in caps if cap.shared_by is not None or cap.total]


def unit_in(field: str, key: str, contact: Contact | None) -> str:
    """The unit of a contact by a field: those with the same value; a contact without one is its own."""
    value = None if contact is None else contact.fields.get(field)
    return f"@{key}" if value is None else f"={value}"


def units_of(fields: Iterable[str], key: str, contact: Contact | None) -> dict[str, str]:
    """The units of a contact now."""
    return {field: unit_in(field, key, contact) for field in fields}


def with_units(message: CountedMessage, fields: Sequence[str], contact: Contact | None) -> CountedMessage:
    """The message with a unit for every field: the recorded one, else its contact's present one."""
    if all(field in message.units for field in fields):
        return message
    return replace(message, units={**units_of(fields, message.contact, contact), **message.units})


class Tally:
    """The messages that count at one instant, by unit. `beside`: id of a budget -> the instants of what is inside of it
    besides, of contacts of whom nothing else is asked."""

    def __init__(self, beside: Mapping[str, Sequence[int]] | None = None) -> None:
        self._beside = beside or {}
        self._keys: set[str] = set()
        self._by_unit: dict[Unit, list[CountedMessage]] = defaultdict(list)
        self._kept: dict[Unit, dict[tuple[str, str], _Inside]] = defaultdict(dict)
        """Unit of several contacts -> (id of a cap, zone where it matters) -> what is inside."""

    def add(self, message: CountedMessage) -> None:
        """Count one message more."""
        self._keys.add(message.id)
        for unit in _units(message):
            self._by_unit[unit].append(message)
            for kept in self._kept[unit].values() if unit in self._kept else ():
                kept.add(message)

    def put_back(self, messages: Iterable[CountedMessage]) -> None:
        """Replace messages by id."""
        by_key = {m.id: m for m in messages}
        for unit in {unit for m in by_key.values() for unit in _units(m)}:
            self._by_unit[unit] = [by_key.get(m.id, m) for m in self._by_unit[unit]]
            self._kept.pop(unit, None)

    def remove(self, key: str) -> None:
        """Count the message with this id no longer."""
        self._keys.discard(key)
        for messages in self._by_unit.values():
            messages[:] = [m for m in messages if m.id != key]
        self._kept.clear()

    def under(
        self, cap: Cap, contact: Contact, members: Mapping[str, frozenset[str]], without: str
    ) -> list[CountedMessage]:
        """What counts under a cap beside one contact's message, leaving the one with the key `without` out. A budget
        with `where` counts messages that were reserved for contacts for whom it held then; those of which that is not
        recorded (imported ones) if it holds now (`members`: by name of the cap)."""
        draws = _drawing_on(cap, members)
        return [m for m in self._by_unit[unit_under(cap, contact)] if m.id != without and draws(m)]

    def inside(
        self, cap: Cap, contact: Contact, members: Mapping[str, frozenset[str]], without: str, clock: Clock
    ) -> Sequence[int]:
        """The instants, in order, of what uses room under a cap (`engine.caps.inside`) of what is `under` it. The
        answer is not to be changed."""
        unit = unit_under(cap, contact)
        if unit[0] == "":
            return clock.inside(cap, self.under(cap, contact, members, without))
        place = clock.own.key if is_local(cap) else ""
        kept = self._kept[unit].get((cap.id, place))
        if kept is None:
            beside = self._beside.get(cap.id, ()) if unit == EVERYBODY else ()
            kept = self._kept[unit][cap.id, place] = _Inside(cap, _drawing_on(cap, members), clock, beside)
            for message in self._by_unit[unit]:
                kept.add(message)
        return kept.beside(without)

    def used_by(self, unit: Unit) -> bool:
        """Whether anything counts for a unit."""
        return bool(self._by_unit.get(unit))

    def of_contact(self, key: str) -> Sequence[CountedMessage]:
        """What counts for a contact. The answer is not to be changed."""
        return self._by_unit.get(("", key), ())

    def holds(self, key: str) -> bool:
        """Whether a message with this id counts."""
        return key in self._keys


@dataclass(frozen=True, slots=True)
class Clock:
    """The instant of a judgement, the zone in which a contact's calendar is reckoned, and the project's."""

    now: int
    own: ZoneInfo
    project: ZoneInfo

    def inside(self, cap: Cap, messages: Iterable[CountedMessage]) -> list[int]:
        """See `engine.caps.inside`."""
        return inside(cap, messages, self.now, self.own, self.project)


class _Inside:
    """What is inside for one cap, unit and zone, kept while messages are added."""

    def __init__(
        self, cap: Cap, draws: Callable[[CountedMessage], bool], clock: Clock, beside: Sequence[int] = ()
    ) -> None:
        self._cap = cap
        self._draws = draws
        self._clock = clock
        self._window = window_of(cap, clock.now, clock.own, clock.project)
        self._instants: list[int] = sorted(beside)
        self._by_key: dict[str, list[int]] = {}

    def add(self, message: CountedMessage) -> None:
        """Count one message more, if it is inside."""
        clock = self._clock
        if self._draws(message) and is_inside(self._cap, message, self._window, clock.now, clock.project):
            insort(self._instants, message.at)
            self._by_key.setdefault(message.id, []).append(message.at)

    def beside(self, key: str) -> Sequence[int]:
        """The instants of all but the message with this key."""
        own = self._by_key.get(key)
        if own is None:
            return self._instants
        rest = list(self._instants)
        for at in own:
            rest.remove(at)
        return rest


def unit_under(cap: Cap, contact: Contact) -> Unit:
    """Whose messages a cap counts for a contact."""
    if cap.total:
        return EVERYBODY
    if cap.shared_by is not None:
        return cap.shared_by, unit_in(cap.shared_by, contact.key, contact)
    return "", contact.key


def budgets_of(caps: Iterable[Cap], key: str, members: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """For each budget with `where` whether it holds for a contact now: kept with a reservation beside its units, so
    that a budget does not fill up again when somebody leaves."""
    marked = ((cap, key in members.get(cap.name, frozenset())) for cap in caps if cap.total and cap.where is not None)
    return {_mark(cap): "yes" if held else "no" for cap, held in marked}


def unmarked(budgets: Iterable[Cap], messages: Iterable[CountedMessage]) -> Iterator[CountedMessage]:
    """Messages that count in one of these budgets with `where` without a record whether it held for their contact."""
    held = tuple(budgets)
    return (m for m in messages if any(counts(cap, m) and _mark(cap) not in m.units for cap in held))


def without_person(units: Mapping[str, str]) -> dict[str, str]:
    """What of a reservation's units says nothing about its contact: whether a budget with `where` held for it."""
    return {name: value for name, value in units.items() if name.startswith(_IN_TOTAL)}


def _mark(cap: Cap) -> str:
    return f"{_IN_TOTAL}{cap.id}"


def _drawing_on(cap: Cap, members: Mapping[str, frozenset[str]]) -> Callable[[CountedMessage], bool]:
    """Whether a message counts for a cap as far as its `where` goes: only that of a budget asks."""
    if not cap.total or cap.where is None:
        return lambda _: True
    mark, now = _mark(cap), members.get(cap.name, frozenset())

    def draws(message: CountedMessage) -> bool:
        held = message.units.get(mark)
        return message.contact in now if held is None else held == "yes"

    return draws


def _units(message: CountedMessage) -> list[Unit]:
    return [("", message.contact), EVERYBODY, *message.units.items()]


def budget_rank(
    firing: Firing, model: Model, scores: Mapping[str, Mapping[str, int]], members: Mapping[str, frozenset[str]]
) -> tuple[int, int]:
    """The place of a candidate among those of equal priority: by the score of the budget it draws on, greater first;
    candidates whose score is missing, or who draw on none, come last."""
    trigger = next((t for t in model.triggers.values() if t.id == firing.trigger), None)
    if trigger is None or trigger.category != "promotional":
        return 1, 0
    for cap in model.caps.values():
        if cap.ranked_by is None or not any(limits(cap, s.channel, trigger.tags) for s in trigger.sends):
            continue
        if cap.where is None or firing.contact in members.get(cap.name, frozenset()):
            points = scores.get(cap.ranked_by, {}).get(firing.contact)
            return (1, 0) if points is None else (0, -points)
    return 1, 0
