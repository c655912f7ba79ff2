"""Named parameters of a statement: values of users, and instants that follow from as_of at each evaluation."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from dsl.model import Duration
from dsl.types import Stored
from engine.layout import Kind
from engine.plan_dump import duration_text
from engine.sql.moments import Ahead, Bound, Horizon, Instant, Length, Moved, Now, Oldest, Valuing


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
        return self.instant("as_of", Now())

    def moved(self, duration: Duration, sign: int) -> exp.Expression:
        """as_of moved by a duration."""
        name = f"{'before' if sign < 0 else 'after'} {duration_text(duration)}".replace(" ", "_")
        return self.instant(name, Moved(duration, sign))

    def instant(self, name: str, reckon: Instant) -> exp.Expression:
        """An instant by a name of its own."""
        self._instants[name] = reckon
        return exp.Placeholder(this=name)

    def length(self, duration: Duration, sign: int) -> exp.Expression:
        """How far a duration moves as_of, in microseconds; up to the horizon every instant moves as far."""
        name = f"length_{'back' if sign < 0 else 'on'}_{duration_text(duration)}".replace(" ", "_")
        return self.instant(name, Length(duration, sign))

    def ahead(self, name: str, reckon: Ahead) -> exp.Expression:
        """An instant that follows from the horizon too, by a name of its own."""
        self._ahead[name] = reckon
        return exp.Placeholder(this=name)

    def horizon(self) -> exp.Expression:
        """The last instant of which the evaluation speaks."""
        return self.ahead("horizon", Horizon())

    def oldest(self, bounds: Sequence[Bound]) -> exp.Expression:
        """The earliest of some instants."""
        name = f"oldest_{len(self._instants)}"
        return self.instant(name, Oldest(tuple(bounds)))

    def kinds(self) -> dict[str, Kind]:
        """Name -> how its value is stored."""
        found: dict[str, Kind] = dict.fromkeys((*self._instants, *self._ahead), "integer")
        return found | {name: "text" if kind is str else "integer" for (kind, _), name in self._constants.items()}

    def valuing(self) -> Valuing:
        """What their values follow from, as data."""
        constants: dict[str, Stored] = {name: value for (_, value), name in self._constants.items()}
        return Valuing(constants, dict(self._instants), dict(self._ahead))
