"""What one statement is made of while it grows: columns of the frame, parameters, temporary tables that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from dsl.model import Fading
from dsl.schema import Schema
from dsl.types import Type
from engine.instants import DAY
from engine.layout import EVENT_AT
from engine.plan_dump import fading_text
from engine.plan_types import Definition, FactRef, Leaf, Value
from engine.sql import build
from engine.sql.dialects import Dialect
from engine.sql.names import EVENT, FRAME, OFFSET_ALIAS, OFFSETS, Column, consent_label
from engine.sql.parameters import Parameters
from engine.sql.zone_table import TO_MONDAY, ZoneConstant, ZoneNumber, label

LocalUnit = Literal["day", "week", "month"]
"""A period of the contact's calendar."""

BASE = ("field", "zone", "cause", "since", "before", "consent", "bucket", "entered", "fact", "upcoming", "tier", "list")


@dataclass(slots=True)
class Context:
    """The growing statement. `names` gives each column of the frame its SQL name, and back."""

    dialect: Dialect
    schema: Schema
    definitions: Mapping[tuple[str, str], Definition]
    leaves: Mapping[str, Leaf]
    runs: bool
    midnight: bool = False
    """Whether this is the statement that reckons the classes."""
    among: bool = False
    """Whether it speaks of the contacts of a temporary table alone."""
    flips: bool = False
    """Whether it tells until when answers stay (`engine.sql.dues`)."""
    parameters: Parameters = field(default_factory=Parameters)
    zones: dict[str, ZoneConstant] = field(default_factory=dict)
    fadings: dict[str, Fading] = field(default_factory=dict)
    consents: set[tuple[str, str]] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    facts: dict[str, FactRef] = field(default_factory=dict)
    upcoming: dict[str, FactRef] = field(default_factory=dict)
    local_events: set[str] = field(default_factory=set)
    local_months: bool = False
    moments: set[Value] = field(default_factory=set)
    """Instants whose whole local day matters (`engine.sql.whole_days`)."""
    cause_types: dict[str, Type] = field(default_factory=dict)
    names: dict[Column, str] = field(default_factory=dict)
    meaning: dict[str, Column] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def column(self, kind: str, name: str) -> exp.Column:
        """A column of the frame."""
        return build.column(self.name(kind, name), FRAME)

    def name(self, kind: str, name: str) -> str:
        """The SQL name of a column of the frame. SQLite knows no difference between `vip` and `VIP`, the language
        does: whoever comes second gets a number."""
        known = self.names.get((kind, name))
        if known is not None:
            return known
        wanted = found = f"{kind} {name}".strip()
        number = 1
        longest = self.dialect.longest_name
        if longest is not None and len(found.encode()) > longest:
            room = longest - len(" ~99999")
            wanted = found.encode()[:room].decode(errors="ignore")
            found = f"{wanted} ~1"
        while found.casefold() in self._taken:
            number += 1
            found = f"{wanted} ~{number}"
        self._taken.add(found.casefold())
        self.names[kind, name] = found
        self.meaning[found] = (kind, name)
        return found

    def zone(self, constant: ZoneConstant) -> exp.Column:
        """A constant of the contact's zone."""
        name = label(constant)
        self.zones[name] = constant
        return self.column("zone", name)

    def consent(self, channel: str, purpose: str) -> exp.Column:
        """1 if consent for channel and purpose is granted."""
        self.consents.add((channel, purpose))
        return self.column("consent", consent_label(channel, purpose))

    def listed(self, name: str) -> exp.Column:
        """1 if the contact is on the list."""
        self.lists.add(name)
        return self.column("list", name)

    def local(self, unit: LocalUnit, event: str) -> exp.Expression:
        """A number of the local day, week (from Monday) or month, in the contact's zone, of the event at hand; `event`
        is its type."""
        self.local_events.add(event)
        self.local_months = self.local_months or unit == "month"
        at = build.column(EVENT_AT, EVENT)
        local = [at.copy(), build.column("shift", OFFSET_ALIAS)]
        newest = exp.Ordered(this=build.column("start", OFFSET_ALIAS), desc=True, nulls_first=False)
        match unit:
            case "day":
                found = self.dialect.divide(build.parens(build.total(local)), build.number(DAY))
            case "week":
                monday = build.total([*local, build.number(TO_MONDAY)])
                found = self.dialect.divide(build.parens(monday), build.number(7 * DAY))
            case "month":
                found = build.column("month", OFFSET_ALIAS)
        if self.dialect.joins_ranges:
            return found  # of the stretch that is joined: `offsets_joined`
        mine, begun = self._stretch()
        return exp.Subquery(
            this=exp.Select()
            .select(found)
            .from_(build.table(OFFSETS, OFFSET_ALIAS))
            .where(mine, begun)
            .order_by(newest)
            .limit(1)
        )

    def offsets_joined(self, query: exp.Select) -> exp.Select:
        """A query over events and the frame, with the stretch of offsets in which each event lies: the table begins
        with the oldest event, so that each has one."""
        ends = build.compared("<", build.column(EVENT_AT, EVENT), build.column("until", OFFSET_ALIAS))
        return build.joined(query, build.table(OFFSETS, OFFSET_ALIAS), build.all_true([*self._stretch(), ends]))

    def _stretch(self) -> tuple[exp.Expression, exp.Expression]:
        """That a stretch is of the contact's zone, and has begun at the event at hand."""
        mine = build.compared("=", build.column("zone", OFFSET_ALIAS), self.zone(ZoneNumber()))
        return mine, build.compared("<=", build.column("start", OFFSET_ALIAS), build.column(EVENT_AT, EVENT))

    def tier(self, name: str) -> exp.Column:
        """The tier of a class: reckoned here at midnight, else the answer of that statement."""
        return self.column("class" if self.midnight else "tier", name)

    def fact(self, node: FactRef) -> exp.Column:
        """A column of the contact's row of a fact table."""
        name = f"{node.table}.{node.column}"
        self.facts[name] = node
        return self.column("fact", name)

    def next_fact(self, node: FactRef) -> exp.Column:
        """When a newer row of a fact table will be the contact's."""
        self.upcoming[node.table] = node
        return self.column("upcoming", node.table)

    def cause(self, name: str, type_: Type) -> exp.Column:
        """A property of the run's cause."""
        self.cause_types[name] = type_
        return self.column("cause", name)

    def weights(self, fading: Fading) -> str:
        """The name of the temporary table of a fading's weights."""
        name = f"_weights {fading_text(fading)}"
        self.fadings[name] = fading
        return name

    def reads(self, *expressions: exp.Expression | None) -> set[Column]:
        """The columns of the frame that expressions read."""
        return {
            self.meaning[c.name]
            for e in expressions
            if e is not None
            for c in e.find_all(exp.Column)
            if c.table == FRAME and c.name in self.meaning
        }
