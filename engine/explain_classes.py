"""Why a contact stands in its tier: value, place, what stands ahead of it, and where the tier ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dsl.model import WHOLE, Class
from engine.classes import Standing, Standings, last_midnight, tiers_of
from engine.evaluation import Memory
from engine.explain import Clause, Explainer, rounded, shown
from engine.instants import to_datetime
from engine.interpret import Reader
from engine.records import ContactData
from engine.zones import zone


@dataclass(frozen=True, slots=True)
class Classed:
    """A contact and one class. `tier` None: it has none; `where` is then the clause that kept it out, if there is one.
    `as_of`: the midnight, in the project's zone. `standing` None as `tier`."""

    name: str
    as_of: str
    tier: str | None
    why: str
    where: Clause | None
    standing: Standing | None

    def as_json(self) -> dict[str, Any]:
        """Plain data for `--format json`; value and sums in units of the value's type."""
        found: dict[str, Any] = {"class": self.name, "as_of": self.as_of, "tier": self.tier, "why": self.why}
        found["where"] = None if self.where is None else self.where.as_json()
        if self.standing is not None:
            one = self.standing
            found |= {"value": one.value, "place": one.place, "ahead": one.ahead, "whole": one.whole}
        return found


def classes_explained(explainer: Explainer, data: ContactData, standings: Standings) -> list[Classed]:
    """The contact in every class of the project. `standings` as of the last midnight before the explainer's instant."""
    now = explainer.reader.setting
    if not now.model.classes:
        return []
    place = zone(now.project_zone)
    midnight = last_midnight(now.as_of, place)
    memory = now.memory.midnight or Memory()
    setting = replace(now, as_of=midnight, memory=memory, classes=tiers_of(standings))
    then = Explainer(Reader(setting, data), explainer.sources)
    as_of = to_datetime(midnight, place).strftime("%Y-%m-%d %H:%M")
    return [_classed(class_, then, as_of, standings[class_.name]) for class_ in now.model.classes.values()]


def _classed(class_: Class, then: Explainer, as_of: str, held: Mapping[str, Standing]) -> Classed:
    one = held.get(then.reader.contact.key)
    where = None if class_.where is None else then.clause(class_.where)
    if one is not None:
        return Classed(class_.name, as_of, one.tier, _why(class_, one, len(held)), where, one)
    outside = where is not None and not where.holds
    why = "outside of `where`" if outside else f"`{then.words(class_.by.span)}` is missing"
    return Classed(class_.name, as_of, None, why, where, None)


def _why(class_: Class, one: Standing, members: int) -> str:
    """`place 2 of 120, 450.00 CHF; 800.00 CHF ahead of 4000.00 CHF in all; A ends at 80 %`."""
    kind = class_.by.type
    said = f"place {one.place} of {members}, {shown(one.value, kind)}"
    edge = next(tier.edge for tier in class_.tiers if tier.name == one.tier)
    if one.value <= 0:
        return f"{said}; zero and less is the rest"
    before = [tier.edge for tier in class_.tiers if tier.edge is not None]
    ends = f"{one.tier} ends at {_edge(class_, edge)}" if edge is not None else f"after {_edge(class_, before[-1])}"
    if class_.share == "total":
        return f"{said}; {shown(one.ahead, kind)} ahead of {shown(one.whole, kind)} in all; {ends}"
    return f"{said}; {ends}"


def _edge(class_: Class, edge: int) -> str:
    if class_.share == "number":
        return f"place {edge}"
    return f"{rounded(edge, WHOLE // 100, 4).rstrip('0').rstrip('.')} %"
