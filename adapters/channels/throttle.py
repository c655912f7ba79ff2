"""How fast mail goes to each domain: evenly, one mail in each interval of its rate."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT = "default"
"""Stands for each domain that has no rate of its own."""


class Throttle:
    """Remembers for each domain when its next mail may go. `intervals`: domain, or DEFAULT -> microseconds between two
    mails. What is neither named nor covered by DEFAULT is not slowed."""

    def __init__(self, intervals: Mapping[str, int]) -> None:
        self._intervals = intervals
        self._next: dict[str, int] = {}

    def ask(self, domain: str, now: int) -> int | None:
        """None: a mail may go to this domain now, and it is counted. Else when to ask again (microseconds)."""
        interval = self._intervals.get(domain, self._intervals.get(DEFAULT))
        if interval is None:
            return None
        # a clock that was set back must not stop a domain for as long as it was ahead
        free = min(self._next.get(domain, now), now + interval)
        if free > now:
            return free
        self._next[domain] = now + interval
        return None

    def give_back(self, domain: str) -> None:
        """The mail that was counted last is not begun after all."""
        interval = self._intervals.get(domain, self._intervals.get(DEFAULT))
        if interval is not None and domain in self._next:
            self._next[domain] -= interval
