"""When a trigger stops itself: too many of its messages bounced, or were complained about.

Mail services do it like this, and so we do: a rate counts only once enough messages have left to say something (COSS
and SuperSend keep a minimum or a checkpoint, Kulea looks after each batch of 100), over a rolling window of days that
never reaches behind the moment at which somebody let the sending go on (COSS: seven days, since the last
reinstatement). Usual limits are 5 % of bounces (Kulea, TruVisibility) and 0.1 to 0.3 % of complaints (Waypoint, COSS).
Shares are whole millionths, counts are whole: nothing is rounded before it is compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Feedback = Literal["bounced", "complained"]
"""What comes back of a message, and counts against its trigger."""

WINDOW = 7 * 86_400_000_000
"""A rate is one of the messages that were sent in this many microseconds up to now."""

AT_LEAST = 100
"""So many messages must have been sent before a rate counts, where the project does not say otherwise."""

FEWEST = 2
"""One report alone stops nothing: of 300 messages it would pass a limit of 0.3 % by itself."""

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The limits of a project, in millionths of the messages sent (5 % is 50,000); None is no limit."""

    bounces: int | None = None
    complaints: int | None = None
    at_least: int = AT_LEAST

    def of(self, feedback: Feedback) -> int | None:
        """The limit for this feedback."""
        match feedback:
            case "bounced":
                return self.bounces
            case "complained":
                return self.complaints

    @property
    def any(self) -> bool:
        """Whether anything is limited."""
        return self.bounces is not None or self.complaints is not None


NO_LIMIT = RateLimits()
"""Nothing stops itself."""


def passes(reports: int, sent: int, limit: int) -> bool:
    """Whether `reports` of `sent` messages are more than `limit` millionths; how many must have been sent is another
    question.

    >>> passes(5, 100, 50_000), passes(6, 100, 50_000), passes(1, 3, 50_000)
    (False, True, False)
    """
    return reports >= FEWEST and reports * MILLION > limit * sent


def reason(feedback: Feedback, reports: int, sent: int, limit: int) -> str:
    """Why a trigger was stopped, with its figures.

    >>> reason("bounced", 12, 180, 50_000)
    'paused by itself: 12 of 180 messages bounced (6.7 %), limit 5 %'
    >>> reason("complained", 2, 640, 3_000)
    'paused by itself: 2 of 640 messages were complained about (0.31 %), limit 0.3 %'
    """
    said = {"bounced": "bounced", "complained": "were complained about"}[feedback]
    return (
        f"paused by itself: {reports:,} of {sent:,} messages {said} ({_rate(reports, sent)} %), "
        f"limit {share_shown(limit)} %"
    )


def share_shown(millionths: int) -> str:
    """Percents of millionths, exact: `5`, `0.3`."""
    whole, rest = divmod(millionths, MILLION // 100)
    return f"{whole}.{rest:04}".rstrip("0") if rest else str(whole)


def _rate(reports: int, sent: int) -> str:
    """Percents, rounded half up to one place, below 1 % to two."""
    places = 2 if reports * 100 < sent else 1
    scale = 10**places
    rounded = (2 * reports * 100 * scale + sent) // (2 * sent)
    return f"{rounded // scale}.{rounded % scale:0{places}}"
