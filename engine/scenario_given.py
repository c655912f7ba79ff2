"""What a test gives, as rows of the store and records of the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never
from zoneinfo import ZoneInfo

from dsl.model import Clock, Duration, GivenContact, GivenWhen
from dsl.types import Stored
from engine.instants import local_date, scheduled_instant, shift
from engine.records import ConsentRecord, Event


@dataclass(frozen=True, slots=True)
class Rows:
    """A contact of a test: its fields (those that are given), its events, its consents in order of the text."""

    fields: Mapping[str, Stored]
    events: tuple[Event, ...]
    consents: tuple[ConsentRecord, ...]


def instants_of(given: GivenContact, clock: int, place: ZoneInfo) -> Iterator[int]:
    """The instants that a contact's events and consents name."""
    named = (*(one.when for one in given.events), *(one.when for one in given.consents))
    return (instant_of(when, clock, place) for when in named if when is not None)


def instant_of(when: GivenWhen, clock: int, place: ZoneInfo) -> int:
    """An instant of a test in microseconds UTC: counted back from the clock, on the clock of the project's zone, or
    (nothing said) the clock itself."""
    match when:
        case None:
            return clock
        case Duration():
            return shift(clock, when, -1, place)
        case Clock(day=day, minutes=minutes):
            return scheduled_instant(local_date(clock, place) if day is None else day, minutes, place)
        case _:
            assert_never(when)


def read(given: GivenContact, clock: int, place: ZoneInfo, consents_at: int, numbers: Iterator[int]) -> Rows:
    """The rows of one contact. `consents_at`: when consents hold that name no time; `numbers` tells rows apart that
    would be the same, in order of the text."""
    events = tuple(
        Event(
            one.event,
            f"{given.key}-{next(numbers):03}",
            given.key,
            instant_of(one.when, clock, place),
            0,
            {a.name: a.value for a in one.properties},
        )
        for one in given.events
    )
    consents = tuple(
        ConsentRecord(
            f"{given.key}-{next(numbers):03}",
            given.key,
            one.purpose,
            one.channel,
            "granted" if one.granted else "withdrawn",
            "consent",
            "given by the test",
            consents_at if one.when is None else instant_of(one.when, clock, place),
        )
        for one in given.consents
    )
    return Rows({a.name: a.value for a in given.fields}, events, consents)
