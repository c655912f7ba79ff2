"""Quiet periods: is a contact's clock inside one, and when is it over (LANGUAGE.md §5, quiet).

When the clock changes, the quiet side wins: a period begins at the first occurrence of its start time and ends at the
last occurrence of its end time; a boundary in a skipped hour is the instant of the change. With several zones the
window is open only when it is open in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from dsl.model import Deliver, Quiet
from dsl.spans import Span
from engine.instants import DAY, both_instants, local_date, next_day, to_date
from engine.zones import zone

HORIZON = 15 * DAY
"""Quiet periods repeat each week: who has no open minute within two weeks has none. `kadenz check` refuses periods that
cover the whole week; a set of zones far apart can still leave no minute that is open in all of them."""


DELIVER = "deliver between"
"""The name of the quiet periods that a delivery window leaves."""

_NOWHERE = Span("", 0, 0, 1, 1, 1, 1)


def outside_of(window: Deliver) -> tuple[Quiet, ...]:
    """Everything outside of a delivery window, as quiet periods: from its end to its start, and the windows of days
    that are not named. So the quiet side wins there too when the clock changes."""
    rest = Quiet(DELIVER, _NOWHERE, start=window.end, end=window.start)
    others = tuple(day for day in range(7) if day not in window.days)
    if not window.days or not others:
        return (rest,)
    return rest, Quiet(DELIVER, _NOWHERE, start=window.start, end=window.end, days=others)


def quiet_until(instant: int, channel: str, quiets: Iterable[Quiet], zones: Sequence[str]) -> tuple[str, int] | None:
    """Whether a message by `channel` must wait at `instant`: (name of the quiet block that ends the waiting, first open
    instant), or None if it may go now. Periods that follow one another without a gap count as one wait;
    where no minute is open the instant lies beyond `HORIZON`."""
    applying = sorted((q for q in quiets if not q.channels or channel in q.channels), key=lambda q: q.name)
    held_by: str | None = None
    moment = instant
    while moment < instant + HORIZON:
        ends = [
            (end, quiet.name)
            for quiet in applying
            for name in zones
            if (end := _end_if_inside(moment, quiet, zone(name))) is not None
        ]
        if not ends:
            return None if held_by is None else (held_by, moment)
        moment, held_by = max(ends)
    assert held_by is not None, "the loop ran at least once"
    return held_by, moment


def open_until(instant: int, most: int, channel: str, quiets: Iterable[Quiet], zones: Sequence[str]) -> int:
    """Until when it stays open from an open instant on: the start of the next period, `most` at the latest."""
    found = most
    for quiet in quiets:
        if quiet.channels and channel not in quiet.channels:
            continue
        for where in map(zone, zones):
            day, last = local_date(instant, where), local_date(found, where)
            while day <= last:
                start, _ = period_on(day, quiet, where)
                if start > instant and (not quiet.days or to_date(day).weekday() in quiet.days):
                    found = min(found, start)
                    break
                day = next_day(day)
    return found


def _end_if_inside(instant: int, quiet: Quiet, where: ZoneInfo) -> int | None:
    """The end of the period of this block that contains the instant, in one zone."""
    today = local_date(instant, where)
    for day in (today, next_day(today, -1)):  # a period belongs to the day on which it starts
        if quiet.days and to_date(day).weekday() not in quiet.days:
            continue
        start, end = period_on(day, quiet, where)
        if start <= instant < end:
            return end
    return None


def period_on(day: int, quiet: Quiet, where: ZoneInfo) -> tuple[int, int]:
    """First instant and end of the period that starts on a local day."""
    if quiet.start is None or quiet.end is None:
        return both_instants(day, 0, where)[0], both_instants(next_day(day), 0, where)[0]
    last_day = day if quiet.start < quiet.end else next_day(day)
    return both_instants(day, quiet.start, where)[0], both_instants(last_day, quiet.end, where)[1]
