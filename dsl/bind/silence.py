"""Quiet periods that leave no sending minute in a week: an error, because every message would wait for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dsl.model import Deliver, Quiet, Trigger
from dsl.spans import Span

DAY = 24 * 60
WEEK = 7 * DAY
NOWHERE = Span("", 0, 0, 1, 1, 1, 1)


def silent_channels(quiets: Mapping[str, Quiet], channels: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Channels for which the quiet periods cover the whole week, each with the names of the periods."""
    for channel in channels:
        applying = [q for q in quiets.values() if not q.channels or channel in q.channels]
        if all(_minutes(applying)):
            yield channel, tuple(q.name for q in applying)


def closed_windows(
    triggers: Mapping[str, Trigger], quiets: Mapping[str, Quiet]
) -> Iterator[tuple[Trigger, tuple[str, ...]]]:
    """Triggers whose `deliver between` lies in quiet hours for all their channels, with the names of the periods."""
    for trigger in triggers.values():
        window = trigger.deliver
        if window is None or not trigger.sends or trigger.category == "transactional":
            continue
        open_ = _minutes([Quiet("", trigger.span, start=window.start, end=window.end, days=window.days)])
        names: dict[str, None] = {}
        for channel in dict.fromkeys(send.channel for send in trigger.sends):
            applying = [q for q in quiets.values() if not q.channels or channel in q.channels]
            names.update(dict.fromkeys(q.name for q in applying))
            if any(opens and not closed for opens, closed in zip(open_, _minutes(applying), strict=True)):
                break
        else:
            yield trigger, tuple(names)


def closed_minutes(quiets: Iterable[Quiet], channel: str, window: Deliver | None = None) -> bytes:
    """The minutes of a local week that begins on Monday, 1 where it is quiet for a channel or a window is not open."""
    applying = [q for q in quiets if not q.channels or channel in q.channels]
    closed = _minutes(applying)
    if window is not None:
        around = [Quiet("", NOWHERE, start=window.start, end=window.end, days=window.days)]
        closed = bytearray(c or not o for c, o in zip(closed, _minutes(around), strict=True))
    return bytes(closed)


def _minutes(periods: Sequence[Quiet]) -> bytearray:
    """The minutes of a week, 1 where one of the periods covers it."""
    covered = bytearray(WEEK)
    for one in periods:
        for start, end in _periods(one):
            for minute in range(start, end):
                covered[minute % WEEK] = 1
    return covered


def _periods(quiet: Quiet) -> Iterator[tuple[int, int]]:
    """Start and end of the period of each day, in minutes of a week that begins on Monday; the end may lie beyond."""
    for day in quiet.days or range(7):
        if quiet.start is None or quiet.end is None:
            yield day * DAY, (day + 1) * DAY
        else:
            length = (quiet.end - quiet.start) % DAY
            yield day * DAY + quiet.start, day * DAY + quiet.start + length
