"""Quiet periods that leave no sending minute in a week: an error, because every message would wait for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dsl.model import Quiet

DAY = 24 * 60
WEEK = 7 * DAY


def silent_channels(quiets: Mapping[str, Quiet], channels: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Channels for which the quiet periods cover the whole week, each with the names of the periods."""
    for channel in channels:
        applying = [q for q in quiets.values() if not q.channels or channel in q.channels]
        quiet = bytearray(WEEK)
        for one in applying:
            for start, end in _periods(one):
                for minute in range(start, end):
                    quiet[minute % WEEK] = 1
        if all(quiet):
            yield channel, tuple(q.name for q in applying)


def _periods(quiet: Quiet) -> Iterator[tuple[int, int]]:
    """Start and end of the period of each day, in minutes of a week that begins on Monday; the end may lie beyond."""
    for day in quiet.days or range(7):
        if quiet.start is None or quiet.end is None:
            yield day * DAY, (day + 1) * DAY
        else:
            length = (quiet.end - quiet.start) % DAY
            yield day * DAY + quiet.start, day * DAY + quiet.start + length
