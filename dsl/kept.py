"""Results kept by content, for a process that does the same work again and again (an editor, `watch`)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Kept:
    """Results of pure functions by their arguments, as long as they are asked for in each round.

    >>> kept = Kept()
    >>> kept.of(pow, 2, 10)
    1024
    """

    def __init__(self) -> None:
        self._now: dict[tuple[Hashable, ...], Any] = {}
        self._before: dict[tuple[Hashable, ...], Any] = {}

    def of(self, function: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        """`function(*arguments)`, reckoned or kept. The arguments are hashable, and nobody changes the result."""
        assert not named, "by position, so that one call has one key"
        key = (function, *arguments)
        if key not in self._now:
            self._now[key] = self._before[key] if key in self._before else function(*arguments, **named)
        found: R = self._now[key]
        return found

    def turn(self) -> None:
        """A new round: what the last one did not ask for is forgotten."""
        self._before, self._now = self._now, {}
