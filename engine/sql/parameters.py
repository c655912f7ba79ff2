"""Named parameters of a statement: values of users, and instants that follow from as_of at each evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from sqlglot import exp

from dsl.model import Duration
from dsl.types import Stored
from engine.instants import shift
from engine.layout import Kind
from engine.plan_dump import duration_text

Instant = Callable[[int, ZoneInfo], int]
"""An instant as a function of as_of and the project's zone."""


Ahead = Callable[[int, ZoneInfo, int], int]
"""The same as a function of as_of, the project's zone and the horizon (`engine.horizon`)."""


class Parameters:
    """Collects the parameters of one statement. Equal values share a name."""

    def __init__(self) -> None:
        self._constants: dict[tuple[type, Stored], str] = {}
        self._instants: dict[str, Instant] = {}
        self._ahead: dict[str, Ahead] = {}

    def constant(self, value: str | int) -> exp.Expression:
        """A value that stands in the playbook."""
        name = self._constants.setdefault((type(value), value), f"value_{len(self._constants) + 1}")
        return exp.Placeholder(this=name)

    def as_of(self) -> exp.Expression:
        """The instant of the evaluation."""
        return self.instant("as_of", lambda as_of, _: as_of)

    def moved(self, duration: Duration, sign: int) -> exp.Expression:
        """as_of moved by a duration."""
        name = f"{'before' if sign < 0 else 'after'} {duration_text(duration)}".replace(" ", "_")
        return self.instant(name, moved(duration, sign))

    def instant(self, name: str, reckon: Instant) -> exp.Expression:
        """An instant by a name of its own."""
        self._instants[name] = reckon
        return exp.Placeholder(this=name)

    def length(self, duration: Duration, sign: int) -> exp.Expression:
        """How far a duration moves as_of, in microseconds; up to the horizon every instant moves as far."""
        name = f"length_{'back' if sign < 0 else 'on'}_{duration_text(duration)}".replace(" ", "_")
        return self.instant(name, length_of(duration, sign))

    def ahead(self, name: str, reckon: Ahead) -> exp.Expression:
        """An instant that follows from the horizon too, by a name of its own."""
        self._ahead[name] = reckon
        return exp.Placeholder(this=name)

    def horizon(self) -> exp.Expression:
        """The last instant of which the evaluation speaks."""
        return self.ahead("horizon", lambda _, __, horizon: horizon)

    def oldest(self, bounds: Sequence[Instant]) -> exp.Expression:
        """The earliest of some instants."""
        name = f"oldest_{len(self._instants)}"
        return self.instant(name, lambda as_of, zone: min(b(as_of, zone) for b in bounds))

    def kinds(self) -> dict[str, Kind]:
        """Name -> how its value is stored."""
        found: dict[str, Kind] = dict.fromkeys((*self._instants, *self._ahead), "integer")
        return found | {name: "text" if kind is str else "integer" for (kind, _), name in self._constants.items()}

    def values(self, as_of: int, project_zone: ZoneInfo, horizon: int | None = None) -> dict[str, Stored]:
        """Name -> value for one evaluation. `horizon`: of one that tells flips."""
        found: dict[str, Stored] = {name: value for (_, value), name in self._constants.items()}
        found |= {name: reckon(as_of, project_zone) for name, reckon in self._instants.items()}
        if horizon is not None:
            found |= {name: reckon(as_of, project_zone, horizon) for name, reckon in self._ahead.items()}
        return found


def moved(duration: Duration, sign: int) -> Instant:
    """as_of moved by a duration, as a function."""
    return lambda as_of, zone: shift(as_of, duration, sign, zone)


def length_of(duration: Duration, sign: int) -> Instant:
    """How far as_of moves by a duration, as a function."""
    return lambda as_of, zone: abs(shift(as_of, duration, sign, zone) - as_of)


def earlier(micros: int) -> Instant:
    """So many microseconds before as_of."""
    return lambda as_of, _: as_of - micros
