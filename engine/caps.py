"""Frequency caps: has a contact room for one more message, and when will it (LANGUAGE.md §5, cap).

A cap limits promotional messages; promotional and service messages count. `per 7 days` rolls: the window at instant t
is (t - 7 days, t]. A calendar cap counts a row that lies in the current period in the contact's present zone *or* by
its stored local date (§8.10). A gap is satisfied at exactly its length (§8.11).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from dsl.model import Calendar, Cap, Duration, Rolling
from engine.instants import DAY, LATEST, Ymd, day_start, local_date, next_day, shift
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
    history: Iterable[CountedMessage],
    now: int,
    contact_zone: ZoneInfo,
    project_zone: ZoneInfo,
    priority: int = 100,
) -> Full | None:
    """Why one more message of this priority at `now` finds no room under the cap, or None. `history`: the contact's
    counted messages. Room that is kept for higher priorities is none for lower ones."""
    used = inside(cap, history, now, contact_zone, project_zone)
    return without_room(cap, used, now, contact_zone, project_zone, priority)


def inside(
    cap: Cap, history: Iterable[CountedMessage], now: int, contact_zone: ZoneInfo, project_zone: ZoneInfo
) -> list[int]:
    """The instants, in order, of the messages that use room under the cap at `now`. What is given out at `now` itself
    is inside of every window, whatever the zone: so at one instant a cap is a number of free places."""
    window = window_of(cap, now, contact_zone, project_zone)
    return sorted(m.at for m in history if is_inside(cap, m, window, now, project_zone))


def is_inside(cap: Cap, message: CountedMessage, window: Window | None, now: int, project_zone: ZoneInfo) -> bool:
    """Whether a message uses room under a cap at `now`. `window`: the cap's (`window_of`)."""
    if message.at > now or not counts(cap, message):
        return False
    if window is None:
        assert cap.gap is not None, "only gaps have no window"
        return shift(message.at, cap.gap, 1, project_zone) > now
    return bool(window.holds(message.at, message.local_date))


@dataclass(frozen=True, slots=True)
class Window:
    """What a cap looks at: messages later than `after` and earlier than `before`, and those with a local date from
    `first` on, before `end`."""

    after: int
    before: int
    first: Ymd = 0
    end: Ymd = 0

    def holds(self, at: Any, local_date: Any) -> Any:
        """Whether a message lies inside, for numbers as for arrays of them."""
        return (self.after < at) & (at < self.before) | (self.first <= local_date) & (local_date < self.end)


def window_of(cap: Cap, now: int, contact_zone: ZoneInfo, project_zone: ZoneInfo) -> Window | None:
    """The window of a cap at an instant; None for a gap of months: a month on from two instants may be one day, so that
    each message has to be asked when its gap ends."""
    where = contact_zone if is_local(cap) else project_zone
    return _window(cap.per, cap.gap, now, where, project_zone)


def is_local(cap: Cap) -> bool:
    """Whether its periods are those of the contact's calendar."""
    return isinstance(cap.per, Calendar) and cap.per.local


@lru_cache(maxsize=4096)  # asked for each cap and candidate, and there are few answers at one instant
def _window(
    per: Rolling | Calendar | None, gap: Duration | None, now: int, where: ZoneInfo, project_zone: ZoneInfo
) -> Window | None:
    if gap is not None:
        elapsed = gap.micros()
        return None if elapsed is None else Window(now - elapsed, now + 1)
    match per:
        case Rolling(duration=duration):
            return Window(shift(now, duration, -1, project_zone), now + 1)
        case Calendar(local=local):
            first, end = _days(per, now, where)
            return Window(
                day_start(first, where) - 1, day_start(end, where), first if local else 0, end if local else 0
            )
        case None:
            return Window(-LATEST, now + 1)
        case _:
            assert_never(per)


def without_room(
    cap: Cap, used: Sequence[int], now: int, contact_zone: ZoneInfo, project_zone: ZoneInfo, priority: int = 100
) -> Full | None:
    """The same where it is known what is `inside`."""
    limit = limit_for(cap, priority)
    if len(used) < limit:
        return None
    if cap.gap is not None:
        return Full(cap.name, 1, 1, max(shift(at, cap.gap, 1, project_zone) for at in used))
    match cap.per:
        case Rolling(duration=duration):
            # room returns when the message that stands `limit` before the end leaves the window
            leaving = used[len(used) - limit] if limit else now
            free_at = _leaves(leaving, duration, project_zone)
        case Calendar():
            window = window_of(cap, now, contact_zone, project_zone)
            assert window is not None, "only gaps have none"
            free_at = window.before
        case None:
            free_at = now + 400 * DAY
    return Full(cap.name, len(used), limit, free_at)


def limit_for(cap: Cap, priority: int) -> int:
    """How many messages may be inside, one of this priority among them; a gap has room for one."""
    if cap.gap is not None:
        return 1
    assert cap.limit is not None, "a cap limits a number or a gap"
    return cap.limit - (cap.kept.amount if cap.kept is not None and priority < cap.kept.priority else 0)


def _days(per: Calendar, now: int, where: ZoneInfo) -> tuple[int, int]:
    """First day and the day after the last of the period that `now` lies in."""
    return period_of("today" if per.period == "day" else per.period, local_date(now, where))


@lru_cache(maxsize=4096)
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
