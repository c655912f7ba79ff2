"""A statement as it is kept: its text, and as data everything that an evaluation fills in.

It is made of a compiled tree (`engine.sql.stating`), once for a plan, an engine and a scope. Nothing in it belongs to
one instant or one state of a store: parameters are told by what they follow from, temporary tables by their columns. So
it can be used again, by other processes too (`engine.sql.statements`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dsl.model import Fading
from engine.layout import Kind
from engine.sql.moments import Valuing
from engine.sql.packing import Packing
from engine.sql.text import SqlText
from engine.sql.zone_table import ZoneConstant


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a temporary table, and its primary key."""

    columns: Mapping[str, Kind]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the store before the tables are filled. None, or nothing, where no table needs it."""

    places: SqlText | None = None
    """The zones and countries of the contacts that matter."""
    keys: SqlText | None = None
    """The contacts that matter."""
    oldest: tuple[SqlText, ...] = ()
    """The oldest of the events whose local day matters."""
    extremes: tuple[SqlText, ...] = ()
    """The smallest and greatest of the instants whose whole day matters."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. Its first column is the row's key, the others are as `packing` says, or as the caller knows."""

    select: SqlText
    packing: Packing | None
    tables: Mapping[str, Shape]
    """In the order in which they are filled."""
    needed: Mapping[str, tuple[str, ...]]
    """Kind of a base column (`engine.sql.names.Column`) -> the names that the statement reads, sorted."""
    valuing: Valuing
    asked: Asked
    zones: Mapping[str, ZoneConstant]
    fadings: Mapping[str, Fading]
    """Temporary table -> the fading whose weights it holds."""
    consents: tuple[tuple[str, str], ...]
    """Channel and purpose of each consent, in the order of the columns."""
    lists: tuple[str, ...]
    sticky: Mapping[str, Mapping[str, int]]
    """Score -> the stages that are left lower than entered, and those above, each with its number."""
    caused: tuple[str, ...]
    """The properties of causes whose whole day matters."""
    months: bool
    """Whether months of the local calendar matter."""
    ranges: bool
    """Whether stretches of offsets are joined by their ends (`Dialect.joins_ranges`)."""
    runs: bool
    among: bool
    flips: bool

    def needs(self, kind: str) -> tuple[str, ...]:
        """Names of the base columns of a kind that the statement reads, sorted."""
        return self.needed.get(kind, ())
