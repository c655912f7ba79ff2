"""Clock changes and leap days that lie ahead of what changed: local times that do not come, or come twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from dsl import model
from engine.instants import DAY, date_at, to_datetime
from engine.review import Change
from engine.zones import zone

AHEAD = 60
"""So many days ahead clock changes are told."""
LEAP_AHEAD = 400
"""So many days ahead the end of February is told."""


def hazards(changes: Sequence[Change], time_zone: str, zones: Sequence[str], now: int) -> Iterator[str]:
    """What the new versions of `changes` meet within 60 days of `now`: local times inside the hour that a clock change
    leaves out or repeats, in the project's zone or in one of `zones`; and birthdays on 29 February."""
    timed = [(change, minute) for change in changes for minute in _minutes(change.head)]
    for name in dict.fromkeys((time_zone, *zones)):
        for day, first, last, missing in _switches(name, now):
            for change, minute in timed:
                if first <= minute < last:
                    word = "does not come" if missing else "comes twice"
                    yield f"{change.what} {change.name}: {_clock(minute)} {word} on {day} in {name}"
    leap = _leap_ahead(now, time_zone)
    for change in changes:
        cause = getattr(change.head, "cause", None)
        if isinstance(cause, model.Yearly):
            stands = "28 February" if cause.leap == 228 else "1 March"
            if leap is None:
                yield f"trigger {change.name}: who is born on 29 February is written to on {stands} this year"
            else:
                yield f"trigger {change.name}: {leap} is there; in other years {stands} stands for it"


def _minutes(block: model.Block | None) -> set[int]:
    """The local times (minutes after midnight) at which a block begins or ends something."""
    match block:
        case model.Trigger(cause=cause, deliver=deliver):
            found = {deliver.start, deliver.end % 1440} if deliver is not None else set()
            at = getattr(cause, "at", None)
            return found | ({at} if isinstance(at, int) else set())
        case model.Quiet(start=int(start), end=int(end)):
            return {start, end % 1440}
    return set()


def _switches(name: str, now: int) -> Iterator[tuple[str, int, int, bool]]:
    """Changes of the clock in a zone: (day, first minute, minute behind the last, whether they are left out)."""
    own = zone(name)
    for n in range(AHEAD):
        begin, end = (to_datetime(now + (n + k) * DAY, own) for k in (0, 1))
        before, after = begin.utcoffset(), end.utcoffset()
        if before is None or after is None or before == after:
            continue
        low, high = now + n * DAY, now + (n + 1) * DAY
        while high - low > 1_000_000:
            middle = (low + high) // 2
            if to_datetime(middle, own).utcoffset() == before:
                low = middle
            else:
                high = middle
        local = to_datetime(high, own)
        minutes = local.hour * 60 + local.minute
        moved = int((after - before) / timedelta(minutes=1))
        if moved > 0:
            yield local.date().isoformat(), minutes - moved, minutes, True
        else:
            yield local.date().isoformat(), minutes, minutes - moved, False


def _leap_ahead(now: int, time_zone: str) -> str | None:
    """The next 29 February within a year or so, None where the coming February has none."""
    today = date_at(now, zone(time_zone))
    start = date(today // 10_000, today // 100 % 100, today % 100)
    for n in range(LEAP_AHEAD):
        day = start + timedelta(days=n)
        if (day.month, day.day) == (2, 29):
            return day.isoformat()
    return None


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
