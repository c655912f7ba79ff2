"""Somebody invented for a test: fields, events, consents, lists; never anybody of the store.

`candidates` are values on and beside the places at which a comparison turns. They carry no meaning by themselves: who
invents asks the interpreter what each of them comes to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from dsl.model import Clock, Duration, GivenWhen
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Stored, Text, Type, Zone
from engine.instants import DAY, next_day


@dataclass(frozen=True, slots=True)
class Deed:
    """One event of somebody invented."""

    event: str
    properties: tuple[tuple[str, str | int], ...]
    when: GivenWhen


@dataclass(frozen=True, slots=True)
class Sketch:
    """Somebody invented. Fields hold known values only."""

    fields: Mapping[str, str | int] = field(default_factory=dict)
    deeds: tuple[Deed, ...] = ()
    consents: frozenset[tuple[str, str]] = frozenset()
    """Channel and purpose of each consent."""
    lists: frozenset[str] = frozenset()

    def having(self, name: str, value: Stored) -> Sketch:
        """The same person with this field; None: without it."""
        fields = {n: v for n, v in self.fields.items() if n != name}
        return replace(self, fields=fields if value is None else {**fields, name: value})

    def who_did(self, *deeds: Deed) -> Sketch:
        """The same person, who did these as well."""
        return replace(self, deeds=(*self.deeds, *deeds))

    def without(self, event: str) -> Sketch:
        """The same person, who never did this."""
        return replace(self, deeds=tuple(one for one in self.deeds if one.event != event))

    @property
    def size(self) -> int:
        """How much there is to read about them."""
        return len(self.fields) + 2 * len(self.deeds) + len(self.consents) + len(self.lists)


def candidates(kind: Type, at: Stored) -> Iterator[Stored]:
    """Values of a type around one of it: itself, its neighbours one whole step away, and missing."""
    yield at
    match kind:
        case Numeric(denominator=unit):
            assert isinstance(at, int), "numbers are stored as whole numbers"
            yield at - unit
            yield at + unit
            if unit > 1:
                yield from (at - 1, at + 1)
        case Date():
            yield from (next_day(int(at or 0), -1), next_day(int(at or 0)))
        case DateTime():
            yield from (int(at or 0) - DAY, int(at or 0) + DAY)
        case OneOf(members=members):
            place = members.index(str(at)) if at in members else 0
            yield from members[max(0, place - 1) : place]
            yield from members[place + 1 : place + 2]
            yield from (member for member in members if member != at)
        case Boolean():
            yield 1 - int(at or 0)
        case Text():
            yield f"{at} and more"
            yield "something else"
        case _:
            pass
    yield None


def sample(kind: Type, today: int) -> str | int | None:
    """Some value of a type; None: there is none that could be written without knowing more."""
    match kind:
        case Numeric(denominator=unit):
            return 10 * unit
        case Date():
            return next_day(today, -30)
        case MonthDay():
            return today % 10_000
        case OneOf(members=members):
            return members[0]
        case SetOf(members=members):
            return f"|{members[0]}|"
        case Boolean():
            return 1
        case Text():
            return "something"
        case Point():
            return "47.3769,8.5417"
        case Zone():
            return "Europe/Zurich"
        case _:
            return None


def earlier(duration: Duration, steps: int) -> Duration | None:
    """A duration shorter by so many of its units (a week counts in days); None where the calendar reckons, or nothing
    would be left."""
    if duration.unit in ("month", "year") or duration.local:
        return None
    amount, unit = (duration.amount * 7, "day") if duration.unit == "week" else (duration.amount, duration.unit)
    return Duration(amount - steps, unit) if amount > steps else None  # type: ignore[arg-type]  # both are units


def days_off(when: Clock, days: int) -> Clock:
    """The same time on another day."""
    assert when.day is not None, "asked where the day is said"
    return Clock(next_day(when.day, days), when.minutes)
