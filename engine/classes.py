"""Classes: in which tier each contact stands, by its place among the members (LANGUAGE.md §5, class).

A class is reckoned as of the last midnight in the project's zone. Here stand that instant and the plain reading of the
ranking; what its members and their values are, the executors say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dsl.model import WHOLE, Class
from engine.instants import day_start, local_date

LARGEST = 2**63 - 1
"""The most that the values of a class may come to, in units of their type, so that sums stay inside 64 bits."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's place in a class. `value` and `ahead` in units of the value's type.

    `place`: 1 is the first. `ahead`: what those before it come to (0 where the tiers are no shares of a total).
    `whole`: of what the tiers are parts, the total or the number of members.
    """

    tier: str
    value: int
    place: int
    ahead: int
    whole: int


Standings = Mapping[str, Mapping[str, Standing]]
"""Class -> contact -> standing. Contacts without a class are left out."""

Tiers = Mapping[str, Mapping[str, str]]
"""Class -> contact -> tier."""


def last_midnight(as_of: int, zone: ZoneInfo) -> int:
    """The first instant of the day in this zone; at exactly midnight that one. Classes are reckoned as of then."""
    return day_start(local_date(as_of, zone), zone)


def tiers_of(standings: Standings) -> dict[str, dict[str, str]]:
    """The tiers alone."""
    return {name: {contact: one.tier for contact, one in held.items()} for name, held in standings.items()}


def tiers_among(tiers: Tiers, among: Collection[str]) -> dict[str, dict[str, str]]:
    """The tiers of some contacts."""
    return {name: {c: held[c] for c in among if c in held} for name, held in tiers.items()}


def ranked(class_: Class, values: Mapping[str, int]) -> dict[str, Standing]:
    """Every member's standing. `values`: member -> value, none of them missing.

    Greatest value first, ties by contact key (code point order). Raises OverflowError if the values of a class by
    shares of the total come to more than LARGEST.
    """
    order = sorted(values, key=lambda contact: (-values[contact], contact))
    whole, ahead = len(order), 0
    if class_.share == "total":
        whole = total_within(class_.name, sum(value for value in values.values() if value > 0))
    found: dict[str, Standing] = {}
    for place, contact in enumerate(order, start=1):
        value = values[contact]
        found[contact] = Standing(_tier(class_, value, place, ahead, whole), value, place, ahead, whole)
        if class_.share == "total":
            ahead += max(value, 0)
    return found


def total_within(name: str, total: int | None) -> int:
    """The total of a class; raises OverflowError if it is too large (None: it was too large to reckon)."""
    if total is None or total > LARGEST:
        raise OverflowError(f"the values of class `{name}` come to more than 64 bits hold")
    return total


def _tier(class_: Class, value: int, place: int, ahead: int, whole: int) -> str:
    *cut, rest = class_.tiers
    if value <= 0:
        return rest.name
    for tier in cut:
        assert tier.edge is not None, "only the last tier is the rest"
        match class_.share:
            case "total":
                inside = ahead * WHOLE < whole * tier.edge
            case "members":
                inside = place <= -(-whole * tier.edge // WHOLE)  # rounded up
            case "number":
                inside = place <= tier.edge
        if inside:
            return tier.name
    return rest.name
