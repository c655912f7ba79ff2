"""Frequency caps: has a contact room for one more message, and when will it (LANGUAGE.md §5, cap).

A cap limits promotional messages; promotional and service messages count. `per 7 days` rolls: the window at instant t
is (t - 7 days, t]. A calendar cap counts a row that lies in the current period in the contact's present zone *or* by
its stored local date (§8.10). A gap is satisfied at exactly its length (§8.11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dsl.model import Calendar, Cap, Duration, Rolling
from engine.instants import DAY, day_start, local_date, next_day, shift
from engine.interpret import period_of
from engine.records import CountedMessage


@dataclass(frozen=True, slots=True)
class Full:
    """A cap without room: `used` of `limit` (a gap: 1 of 1), and the first instant at which there is room again."""

    cap: str
    used: int
    limit: int
    free_at: int


def limits(cap: Cap, channel: str, tags: Sequence[str]) -> bool:
    """Whether the cap speaks of a message with this channel and these tags."""
    return (cap.channel is None or cap.channel == channel) and (cap.tag is None or cap.tag in tags)


def counts(cap: Cap, message: CountedMessage) -> bool:
    """Whether the cap counts a message: promotional or service, of its channel, with its tag as it was then."""
    return message.category != "transactional" and limits(cap, message.channel, message.tags)


def full(
    cap: Cap,
    history: Sequence[CountedMessage],
    now: int,
    contact_zone: ZoneInfo,
    project_zone: ZoneInfo,
    priority: int = 100,
) -> Full | None:
    """Why one more message of this priority at `now` finds no room under the cap, or None. `history`: the contact's
    counted messages. Room that is kept for higher priorities is none for lower ones."""
    counted = sorted((m for m in history if m.at <= now and counts(cap, m)), key=lambda m: m.at)
    if cap.gap is not None:
        free_at = max((shift(m.at, cap.gap, 1, project_zone) for m in counted), default=now)
        return Full(cap.name, 1, 1, free_at) if free_at > now else None
    assert cap.limit is not None, "a cap limits a number or a gap"
    limit = cap.limit - (cap.kept.amount if cap.kept is not None and priority < cap.kept.priority else 0)
    match cap.per:
        case Rolling(duration=duration):
            start = shift(now, duration, -1, project_zone)
            inside = [m for m in counted if m.at > start]
            if len(inside) < limit:
                return None
            # room returns when the message that stands `limit` before the end leaves the window
            leaving = inside[len(inside) - limit].at if limit else now
            return Full(cap.name, len(inside), limit, _leaves(leaving, duration, project_zone))
        case Calendar(period=period, local=local):
            where = contact_zone if local else project_zone
            first, after = period_of("today" if period == "day" else period, local_date(now, where))
            start, end = day_start(first, where), day_start(after, where)
            inside = [m for m in counted if start <= m.at < end or (local and first <= m.local_date < after)]
            return Full(cap.name, len(inside), limit, end) if len(inside) >= limit else None
        case None:
            return Full(cap.name, len(counted), limit, now + 400 * DAY) if len(counted) >= limit else None


def _leaves(at: int, duration: Duration, project_zone: ZoneInfo) -> int:
    """The first instant whose window (t - D, t] no longer holds `at`. Months back are not months forward: a month after
    31 January is 28 February, a month before it 28 January; the window moves on with the next month."""
    free_at = shift(at, duration, 1, project_zone)
    while shift(free_at, duration, -1, project_zone) < at:
        free_at = day_start(next_day(local_date(free_at, project_zone)), project_zone)
    return free_at


def longest_reach(caps: Sequence[Cap], now: int, project_zone: ZoneInfo) -> int:
    """The earliest instant whose messages any of the caps may count at `now`."""
    return min((_reach(cap, now, project_zone) for cap in caps), default=now)


def _reach(cap: Cap, now: int, project_zone: ZoneInfo) -> int:
    match cap.per:
        case Rolling(duration=duration):
            return shift(now, duration, -1, project_zone)
        case Calendar(period=period):
            # two days more than the period: zones differ by up to 26 hours
            return shift(now, Duration(1, period), -1, project_zone) - 2 * DAY
        case None if cap.total:
            return 0
        case None:
            # four days more: a month forward and a month back differ by up to three
            return now if cap.gap is None else shift(now, cap.gap, -1, project_zone) - 4 * DAY
