"""Occurrences that the calendar brings about: dates of contacts, and broadcasts (LANGUAGE.md §5, trigger).

Dates are civil dates in the contact's zone. The local time is the contact's; with several zones it is the last of its
instants, so that nobody is early. The occasion is the local date of the occurrence: for `7 days before FIELD` the date
itself, with its own year, not the day on which the trigger fires.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from dsl.model import Broadcast, Offset, OnDate, OnDay, Repeated, Scheduled, Yearly
from dsl.types import Stored
from engine.fire import Occurrence
from engine.instants import Ymd, anniversary_in, local_date, next_day, scheduled_instant, shift_date, to_date
from engine.interpret import Setting, zones_of
from engine.protocols import Facts
from engine.records import Contact
from engine.zones import contact_zones, zone

Days = Mapping[Ymd, int]
"""Local days on which a cause may fire -> the instant, in order."""

YEAR = 10_000
"""What a date (yyyymmdd) has its year above."""

LEAP_DAY = 2_29

SLACK = 4
"""Months are clamped, so a date moved there and back differs by up to three days."""


def scheduled_occurrences(
    cause: Scheduled, facts: Facts, setting: Setting, after: int, until: int | None
) -> Iterator[Occurrence]:
    """Occurrences later than `after`, at or before as_of (and `until`), in order of contact's key. Only contacts whose
    date may lie in that time are read."""
    occasions = _by_zones(cause, facts, setting, after, until)
    if isinstance(cause, Yearly | OnDay):
        dates = frozenset[int]().union(*(one.dates() for one in occasions.values()))
        modulo = YEAR if isinstance(cause, Yearly) else None
        keys = frozenset(facts.bearers(cause.date.name, dates, modulo)) if dates else frozenset()
        contacts = facts.contacts(keys) if keys else iter(())
    else:
        contacts = _addressees(occasions, facts, setting)
    for contact in contacts:
        zones = zones_of(contact, setting.schema, setting.project_zone).all
        for day, at in occasions[zones].of(contact.fields):
            yield Occurrence(contact.key, f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}", at)


def goes_out(cause: Broadcast, facts: Facts, setting: Setting, after: int, until: int | None) -> bool:
    """Whether a broadcast has an occurrence for everybody in that time."""
    found = _by_zones(cause, facts, setting, after, until).values()
    return bool(found) and all(one.everybody for one in found)


def _addressees(occasions: Mapping[tuple[str, ...], _Occasions], facts: Facts, setting: Setting) -> Iterator[Contact]:
    """The contacts who live where a broadcast has an occurrence."""
    if not any(one.everybody for one in occasions.values()):
        return iter(())
    if all(one.everybody for one in occasions.values()):
        return facts.contacts()
    places = [
        (own, country)
        for own, country in facts.places()
        if occasions[contact_zones(own, country, setting.project_zone).all].everybody
    ]
    return facts.contacts(frozenset(facts.residents(places)))


def _by_zones(
    cause: Scheduled, facts: Facts, setting: Setting, after: int, until: int | None
) -> dict[tuple[str, ...], _Occasions]:
    """The occasions of a cause for every set of zones that some contact has."""
    last = setting.as_of if until is None else min(setting.as_of, until)
    every = {contact_zones(own, country, setting.project_zone).all for own, country in facts.places()}
    return {zones: _Occasions(cause, _days(cause.at, zones, after, last)) for zones in sorted(every)}


def _days(minutes: int, zones: tuple[str, ...], after: int, last: int) -> dict[Ymd, int]:
    """The local days whose instant lies in (after, last]."""
    places = [zone(name) for name in zones]
    day = next_day(min(local_date(after, p) for p in places), -1)
    stop = next_day(max(local_date(last, p) for p in places), 1)
    found: dict[Ymd, int] = {}
    while day <= stop:
        at = max(scheduled_instant(day, minutes, place) for place in places)
        if after < at <= last:
            found[day] = at
        day = next_day(day)
    return found


class _Occasions:
    """The occurrences of one cause on some days: (date of the occurrence, instant)."""

    def __init__(self, cause: Scheduled, days: Days) -> None:
        self._cause = cause
        self._days = days
        self._known: dict[int, list[tuple[Ymd, int]]] = {}
        self.everybody = [(day, days[day]) for day in days if _recurs(cause, day)]

    def of(self, fields: Mapping[str, Stored]) -> Sequence[tuple[Ymd, int]]:
        """The occurrences for a contact with these fields."""
        match self._cause:
            case Yearly(date=field):
                date = fields.get(field.name)
                return () if date is None or not self._days else self._memo(int(date) % YEAR)
            case OnDay(date=field):
                date = fields.get(field.name)
                return () if date is None or not self._days else self._memo(int(date))
            case Repeated() | OnDate():
                return self.everybody
            case _:
                assert_never(self._cause)

    def dates(self) -> Iterator[int]:
        """The dates (of yearly causes: months and days) that may have an occurrence on these days, and some more."""
        offset = self._cause.offset if isinstance(self._cause, Yearly | OnDay) else None
        for day in self._days:
            near = moved(day, offset, back=True)
            for by in range(-SLACK, SLACK + 1) if offset else (0,):
                date = next_day(near, by)
                yield date % YEAR if isinstance(self._cause, Yearly) else date
        if isinstance(self._cause, Yearly) and self._days:
            yield LEAP_DAY  # in other years it counts as another day

    def _memo(self, date: int) -> list[tuple[Ymd, int]]:
        if date not in self._known:
            self._known[date] = list(self._reckon(date))
        return self._known[date]

    def _reckon(self, date: int) -> Iterator[tuple[Ymd, int]]:
        """`date`: a month and day for yearly causes, else yyyymmdd."""
        offset = self._cause.offset if isinstance(self._cause, Yearly | OnDay) else None
        first, last = (moved(day, offset, back=True) for day in (min(self._days), max(self._days)))
        first, last = next_day(first, -SLACK), next_day(last, SLACK)
        if isinstance(self._cause, Yearly):
            years = range(first // 10_000, last // 10_000 + 1)
            dates = [anniversary_in(date, year, self._cause.leap) for year in years]
        else:
            dates = [date]
        for occurrence in dates:
            # the bounds also keep odd dates, of the year 9999 say, out of the reckoning
            if first <= occurrence <= last and (day := moved(occurrence, offset)) in self._days:
                yield occurrence, self._days[day]


def moved(day: Ymd, offset: Offset | None, *, back: bool = False) -> Ymd:
    """A date so long before or after `day` (`back`: the other way round)."""
    if offset is None:
        return day
    return shift_date(day, offset.duration, 1 if (offset.side == "after") != back else -1)


def _recurs(cause: Scheduled, day: Ymd) -> bool:
    """Whether a broadcast goes out on a day. A day that a month does not have is the month's last one."""
    match cause:
        case OnDate(day=only):
            return day == only
        case Repeated(weekdays=weekdays, month_day=month_day):
            date = to_date(day)
            in_month = month_day is None or date.day == min(month_day, monthrange(date.year, date.month)[1])
            return in_month and (not weekdays or date.weekday() in weekdays)
        case _:
            return False
