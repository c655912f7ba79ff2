"""What counts under caps, by the unit that a cap speaks of: a contact, those who share a value, everybody.

A household member who moves: rows count for the household they were reserved for (LANGUAGE.md §8.10). Rows that were
imported, or reserved before any cap asked for the field, count for the household that their contact is in now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dsl.model import Cap, Model
from engine.caps import counts, limits
from engine.records import Contact, CountedMessage, Firing

Unit = tuple[str, str]
"""("", contact), (field, unit of its value) or EVERYBODY."""

EVERYBODY: Unit = ("*", "")


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
    """The messages that count, by unit."""

    def __init__(self) -> None:
        self._by_unit: dict[Unit, list[CountedMessage]] = defaultdict(list)

    def add(self, message: CountedMessage) -> None:
        """Count one message more."""
        for unit in _units(message):
            self._by_unit[unit].append(message)

    def put_back(self, messages: Iterable[CountedMessage]) -> None:
        """Replace messages by id."""
        by_key = {m.id: m for m in messages}
        for unit in {unit for m in by_key.values() for unit in _units(m)}:
            self._by_unit[unit] = [by_key.get(m.id, m) for m in self._by_unit[unit]]

    def remove(self, key: str) -> None:
        """Count the message with this id no longer."""
        for messages in self._by_unit.values():
            messages[:] = [m for m in messages if m.id != key]

    def under(
        self, cap: Cap, contact: Contact, inside: Mapping[str, frozenset[str]], without: str
    ) -> list[CountedMessage]:
        """What counts under a cap beside one contact's message, leaving the one with the key `without` out. A budget
        with `where` counts messages that were reserved for contacts for whom it held then; those of which that is not
        recorded (imported ones) if it holds now (`inside`: by name of the cap)."""
        if cap.total:
            members = inside.get(cap.name, frozenset()) if cap.where is not None else None
            found = self._by_unit[EVERYBODY]
            return [m for m in found if m.id != without and (members is None or _drew_on(cap, m, members))]
        unit = ("", contact.key)
        if cap.shared_by is not None:
            unit = (cap.shared_by, unit_in(cap.shared_by, contact.key, contact))
        return [m for m in self._by_unit[unit] if m.id != without]


def budgets_of(caps: Iterable[Cap], key: str, inside: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """For each budget with `where` whether it holds for a contact now: kept with a reservation beside its units, so
    that a budget does not fill up again when somebody leaves."""
    marked = ((cap, key in inside.get(cap.name, frozenset())) for cap in caps if cap.total and cap.where is not None)
    return {_mark(cap): "yes" if held else "no" for cap, held in marked}


def unmarked(budgets: Iterable[Cap], messages: Iterable[CountedMessage]) -> Iterator[CountedMessage]:
    """Messages that count in one of these budgets with `where` without a record whether it held for their contact."""
    held = tuple(budgets)
    return (m for m in messages if any(counts(cap, m) and _mark(cap) not in m.units for cap in held))


def _mark(cap: Cap) -> str:
    return f"in total {cap.id}"  # no field has a name with spaces


def _drew_on(cap: Cap, message: CountedMessage, members: frozenset[str]) -> bool:
    held = message.units.get(_mark(cap))
    return message.contact in members if held is None else held == "yes"


def _units(message: CountedMessage) -> list[Unit]:
    return [("", message.contact), EVERYBODY, *message.units.items()]


def budget_rank(
    firing: Firing, model: Model, scores: Mapping[str, Mapping[str, int]], inside: Mapping[str, frozenset[str]]
) -> tuple[int, int]:
    """The place of a candidate among those of equal priority: by the score of the budget it draws on, greater first;
    candidates whose score is missing, or who draw on none, come last."""
    trigger = next((t for t in model.triggers.values() if t.id == firing.trigger), None)
    if trigger is None or trigger.category != "promotional":
        return 1, 0
    for cap in model.caps.values():
        if cap.ranked_by is None or not any(limits(cap, s.channel, trigger.tags) for s in trigger.sends):
            continue
        if cap.where is None or firing.contact in inside.get(cap.name, frozenset()):
            points = scores.get(cap.ranked_by, {}).get(firing.contact)
            return (1, 0) if points is None else (0, -points)
    return 1, 0
