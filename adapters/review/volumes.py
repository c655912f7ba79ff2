"""A replay, or two of them side by side, as rows: what text, JSON and the page of a replay are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.replay import Replayed

VERSION = 1
"""Of the JSON: rises when a part changes its meaning or goes."""

MOST_RELEASES = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what it is of, and a count for each version."""

    keys: tuple[str, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Volumes:
    """A replay in tables. `versions`: the names of what is compared, one or two. `rhythm`: how it ticked, in words."""

    start: str
    end: str
    rhythm: str
    versions: Sequence[str]
    ticks: tuple[int, ...]
    days: Sequence[Row]
    messages: Sequence[Row]
    """By trigger and channel."""
    ended: Sequence[Row]
    """Runs that did not end in a message: by trigger, outcome, and what decided."""
    capped: Sequence[Row]
    """Different people that a cap stopped or delayed."""
    releases: Sequence[Row]
    """Messages that left at once after quiet hours, by instant; the greatest."""
    notes: Sequence[str] = ()
    span: str = ""
    """How long the period is, in words."""

    @property
    def totals(self) -> tuple[int, ...]:
        """All messages and notices."""
        return tuple(sum(row.counts[n] for row in self.days) for n in range(len(self.versions)))


def volumes(
    found: Mapping[str, Replayed],
    start: str,
    end: str,
    rhythm: str,
    shown: Callable[[int], str],
    notes: Sequence[str],
    span: str = "",
) -> Volumes:
    """Tables of one or two replays, by the names of their versions. `shown`: an instant in words."""
    sums = list(found.values())

    def rows(parts: Sequence[Mapping[tuple[str, ...], int]]) -> list[Row]:
        keys = sorted({key for part in parts for key in part})
        return [Row(key, tuple(part.get(key, 0) for part in parts)) for key in keys]

    def days(one: Replayed) -> dict[tuple[str, ...], int]:
        return {(_day(int(day)),): count for day, count in one.by(0).items()}

    def messages(one: Replayed) -> dict[tuple[str, ...], int]:
        summed: dict[tuple[str, ...], int] = {}
        for (_, trigger, channel), count in one.sent.items():
            summed[trigger, channel] = summed.get((trigger, channel), 0) + count
        return summed

    def ended(one: Replayed) -> dict[tuple[str, ...], int]:
        return {
            (trigger, outcome, by): count
            for (trigger, outcome, gate, detail), count in one.ended.items()
            for by in (f"{gate} {detail}".strip(),)
            if outcome != "queued"
        }

    def releases(one: Replayed) -> dict[tuple[str, ...], int]:
        return {(shown(r.at),): r.messages for r in one.releases[:MOST_RELEASES]}

    return Volumes(
        start=start,
        end=end,
        rhythm=rhythm,
        versions=list(found),
        ticks=tuple(one.ticks for one in sums),
        days=rows([days(one) for one in sums]),
        messages=rows([messages(one) for one in sums]),
        ended=rows([ended(one) for one in sums]),
        capped=rows([{(block,): n for block, n in one.capped.items()} for one in sums]),
        releases=rows([releases(one) for one in sums]),
        notes=notes,
        span=span,
    )


def _day(day: int) -> str:
    return f"{day // 10_000}-{day // 100 % 100:02}-{day % 100:02}"


def to_json(found: Volumes) -> dict[str, Any]:
    """For programs."""

    def table(rows: Sequence[Row], names: Sequence[str]) -> list[dict[str, Any]]:
        return [
            {
                **dict(zip(names, row.keys, strict=True)),
                "count": dict(zip(found.versions, row.counts, strict=True)),
            }
            for row in rows
        ]

    return {
        "version": VERSION,
        "from": found.start,
        "to": found.end,
        "rhythm": found.rhythm,
        "versions": list(found.versions),
        "ticks": dict(zip(found.versions, found.ticks, strict=True)),
        "total": dict(zip(found.versions, found.totals, strict=True)),
        "days": table(found.days, ("day",)),
        "messages": table(found.messages, ("trigger", "channel")),
        "not_sent": table(found.ended, ("trigger", "outcome", "by")),
        "capped_people": table(found.capped, ("cap",)),
        "after_quiet_hours": table(found.releases, ("at",)),
        "notes": list(found.notes),
    }
