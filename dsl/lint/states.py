"""Sets of states of one value: missing or not, and which known values. Small, exact and closed under what is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce


@dataclass(frozen=True, slots=True)
class Listed:
    """These values; with `without` all values but these."""

    values: frozenset[str | int]
    without: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is none."""
        return not self.without and not self.values

    def both(self, other: Listed) -> Listed:
        """What is in both."""
        match self.without, other.without:
            case True, True:
                return Listed(self.values | other.values, without=True)
            case True, False:
                return Listed(other.values - self.values)
            case False, True:
                return Listed(self.values - other.values)
        return Listed(self.values & other.values)

    def either(self, other: Listed) -> Listed:
        """What is in one of them."""
        return self.others().both(other.others()).others()

    def others(self) -> Listed:
        """All values that are not inside."""
        return Listed(self.values, without=not self.without)


@dataclass(frozen=True, slots=True)
class Ranges:
    """Whole numbers in closed ranges, ascending, apart from each other; None is open."""

    parts: tuple[tuple[int | None, int | None], ...]

    @property
    def empty(self) -> bool:
        """Whether there is none."""
        return not self.parts

    def both(self, other: Ranges) -> Ranges:
        """What is in both."""
        found: list[tuple[int | None, int | None]] = []
        mine, its = 0, 0
        while mine < len(self.parts) and its < len(other.parts):
            (a, b), (c, d) = self.parts[mine], other.parts[its]
            low = c if a is None else a if c is None else max(a, c)
            high = d if b is None else b if d is None else min(b, d)
            if low is None or high is None or low <= high:
                found.append((low, high))
            if d is None or (b is not None and b <= d):  # the one that ends first goes on
                mine += 1
            else:
                its += 1
        return Ranges(tuple(found))

    def either(self, other: Ranges) -> Ranges:
        """What is in one of them."""
        return self.others().both(other.others()).others()

    def others(self) -> Ranges:
        """All whole numbers that are not inside."""
        found: list[tuple[int | None, int | None]] = []
        low: int | None = None
        for a, b in self.parts:
            if a is not None:
                found.append((low, a - 1))
            if b is None:
                return Ranges(tuple(part for part in found if part[0] is None or part[1] is None or part[0] <= part[1]))
            low = b + 1
        found.append((low, None))
        return Ranges(tuple(part for part in found if part[0] is None or part[1] is None or part[0] <= part[1]))

    @property
    def least(self) -> int | None:
        """The least number, None if there is no bound (or no number)."""
        return self.parts[0][0] if self.parts else None

    @property
    def most(self) -> int | None:
        """The greatest number, None if there is no bound (or no number)."""
        return self.parts[-1][1] if self.parts else None


Known = Listed | Ranges
ANY = Ranges(((None, None),))
NONE = Ranges(())


@dataclass(frozen=True, slots=True)
class States:
    """In which states a value may be: `missing`, or with one of the `known` values."""

    missing: bool
    known: Known

    @property
    def empty(self) -> bool:
        """Whether there is no state left."""
        return not self.missing and self.known.empty

    def both(self, other: States) -> States:
        """States that are in both."""
        return States(self.missing and other.missing, both(self.known, other.known))

    def either(self, other: States) -> States:
        """States that are in one of them."""
        return States(self.missing or other.missing, either(self.known, other.known))


def both(one: Known, other: Known) -> Known:
    """What is in both; of two kinds that do not meet the first (more than there is, never less)."""
    if isinstance(one, Ranges):
        return one.both(other) if isinstance(other, Ranges) else one
    return one.both(other) if isinstance(other, Listed) else one


def either(one: Known, other: Known) -> Known:
    """What is in one of them; everything where two kinds do not meet."""
    if isinstance(one, Ranges) and isinstance(other, Ranges):
        return one.either(other)
    if isinstance(one, Listed) and isinstance(other, Listed):
        return one.either(other)
    return ANY


def any_of(sets: Sequence[Known]) -> Known:
    """What is in one of many; in one step where they are single values."""
    if all(isinstance(one, Listed) and not one.without for one in sets):
        return Listed(frozenset[str | int]().union(*(one.values for one in sets if isinstance(one, Listed))))
    points = {one.parts[0][0] for one in sets if isinstance(one, Ranges) and len(one.parts) == 1}
    single = [point for point in points if point is not None]
    if all(isinstance(one, Ranges) and (not one.parts or one.parts == ((one.least, one.least),)) for one in sets):
        return Ranges(tuple((point, point) for point in sorted(single)))
    return reduce(either, sets)


def others(one: Known) -> Known:
    """All values that are not inside."""
    return one.others()


def ranged(op: str, bound: Fraction) -> Ranges:
    """The whole numbers that stand in `op` to a bound."""
    floor = bound.numerator // bound.denominator
    whole = bound.denominator == 1
    ceiling = floor if whole else floor + 1
    match op:
        case "<":
            return Ranges(((None, floor - 1 if whole else floor),))
        case "<=":
            return Ranges(((None, floor),))
        case ">":
            return Ranges(((floor + 1, None),))
        case ">=":
            return Ranges(((ceiling, None),))
    return Ranges(((floor, floor),)) if whole else NONE
