"""A replay as text: volumes with bars, what was not sent and why, caps, what left at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.cli.workspace import table
from adapters.review.volumes import Row, Volumes

BAR = 30
"""Signs of the longest bar."""


def as_text(found: Volumes) -> str:
    """The whole replay."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Volumes) -> Iterator[str]:
    both = len(found.versions) == 2
    total = " -> ".join(f"{n:,}" for n in found.totals)
    yield f"{total} messages and notices from {found.start} to {found.end}; nothing left"
    yield f"  {found.rhythm} ({', '.join(f'{n:,}' for n in found.ticks[:1])} ticks)"
    for title, heads, rows, bars in (
        ("by day", ("day",), found.days, True),
        ("by trigger and channel", ("trigger", "channel"), found.messages, False),
        ("not sent, as it stood at the end", ("trigger", "outcome", "by"), found.ended, False),
        ("people whom a cap stopped or delayed", ("cap",), found.capped, False),
        ("held by quiet hours and left at once (greatest)", ("at",), found.releases, False),
    ):
        if not rows:
            continue
        yield ""
        yield title
        names = [*heads, *(found.versions if both else ("",))]
        body = [names, *_body(rows, bars=bars)] if both else _body(rows, bars=bars)
        yield table(body, right=range(len(heads), len(heads) + len(found.versions)))
    for line in found.notes:
        yield f"  ({line})"


def _body(rows: Sequence[Row], *, bars: bool) -> list[list[str]]:
    most = max((n for row in rows for n in row.counts), default=0)
    return [
        [*row.keys, *(f"{n:,}" for n in row.counts), *((_bar(row.counts[-1], most),) if bars else ())] for row in rows
    ]


def _bar(count: int, most: int) -> str:
    """A bar for a count.

    >>> _bar(5, 10)
    '###############'
    """
    return "#" * round(BAR * count / most) if most else ""
