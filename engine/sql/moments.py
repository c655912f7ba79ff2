"""Instants that follow from that of an evaluation, as data: a statement that is kept holds them, and reckons them anew
each time it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from dsl.model import Duration
from dsl.types import Stored
from engine.instants import DAY, day_start, local_date, shift
from engine.interpret import period_of


@dataclass(frozen=True, slots=True)
class Now:
    """The instant of the evaluation itself."""

    def __call__(self, as_of: int, zone: ZoneInfo) -> int:  # noqa: ARG002  # as all of them
        """The instant; `zone`: the project's."""
        return as_of


@dataclass(frozen=True, slots=True)
class Moved:
    """The instant of the evaluation moved by a duration, on (1) or back (-1)."""

    duration: Duration
    sign: int

    def __call__(self, as_of: int, zone: ZoneInfo) -> int:
        """The instant."""
        return shift(as_of, self.duration, self.sign, zone)


@dataclass(frozen=True, slots=True)
class Length:
    """How far a duration moves the instant of the evaluation, in microseconds."""

    duration: Duration
    sign: int

    def __call__(self, as_of: int, zone: ZoneInfo) -> int:
        """The length."""
        return abs(shift(as_of, self.duration, self.sign, zone) - as_of)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A length that is always the same, in microseconds."""

    micros: int

    def __call__(self, as_of: int, zone: ZoneInfo) -> int:  # noqa: ARG002  # as all of them
        """The length."""
        return self.micros


@dataclass(frozen=True, slots=True)
class Earlier:
    """So many microseconds before the evaluation."""

    micros: int

    def __call__(self, as_of: int, zone: ZoneInfo) -> int:  # noqa: ARG002  # as all of them
        """The instant."""
        return as_of - self.micros


@dataclass(frozen=True, slots=True)
class Since:
    """The instant that lies a length before the evaluation."""

    length: Length | Fixed

    def __call__(self, as_of: int, zone: ZoneInfo) -> int:
        """The instant."""
        return as_of - self.length(as_of, zone)


@dataclass(frozen=True, slots=True)
class DayBefore:
    """A day before a date begins in UTC: it has begun nowhere yet."""

    date: int

    def __call__(self, as_of: int, zone: ZoneInfo) -> int:  # noqa: ARG002  # as all of them
        """The instant."""
        return day_start(self.date, UTC) - DAY


@dataclass(frozen=True, slots=True)
class PeriodBefore:
    """A day before the first day of a period that somebody may be in: `period_of` tells its names."""

    name: str

    def __call__(self, as_of: int, zone: ZoneInfo) -> int:  # noqa: ARG002  # as all of them
        """The instant."""
        return day_start(period_of(self.name, local_date(as_of - DAY, UTC))[0], UTC) - DAY


@dataclass(frozen=True, slots=True)
class Oldest:
    """The earliest of some instants."""

    bounds: tuple[Bound, ...]

    def __call__(self, as_of: int, zone: ZoneInfo) -> int:
        """The instant."""
        return min(bound(as_of, zone) for bound in self.bounds)


Bound = Now | Moved | Earlier | DayBefore | PeriodBefore
"""An instant before which nothing matters."""

Instant = Bound | Length | Fixed | Since | Oldest
"""What a parameter is, as a function of the evaluation's instant and the project's zone."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """The last instant of which the evaluation speaks (`engine.horizon`)."""

    def __call__(self, as_of: int, zone: ZoneInfo, horizon: int) -> int:  # noqa: ARG002  # as both of them
        """The instant."""
        return horizon


@dataclass(frozen=True, slots=True)
class Until:
    """The last instant from which a length ends before the horizon, or that of the evaluation."""

    length: Length | Fixed

    def __call__(self, as_of: int, zone: ZoneInfo, horizon: int) -> int:
        """The instant."""
        return min(as_of, horizon - self.length(as_of, zone))


Ahead = Horizon | Until
"""The same of the horizon too."""


@dataclass(frozen=True, slots=True)
class Valuing:
    """Name -> what the value of a parameter is, or follows from."""

    constants: Mapping[str, Stored]
    instants: Mapping[str, Instant]
    ahead: Mapping[str, Ahead]

    def values(self, as_of: int, project_zone: ZoneInfo, horizon: int | None = None) -> dict[str, Stored]:
        """Name -> value for one evaluation. `horizon`: of one that tells flips."""
        found: dict[str, Stored] = dict(self.constants)
        found |= {name: reckon(as_of, project_zone) for name, reckon in self.instants.items()}
        if horizon is not None:
            found |= {name: reckon(as_of, project_zone, horizon) for name, reckon in self.ahead.items()}
        return found
