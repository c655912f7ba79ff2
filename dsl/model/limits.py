"""What holds messages back whatever the trigger: caps, quiet times, suppressions."""

from __future__ import annotations

from typing import Literal

from dsl.model.blocks import Block
from dsl.model.conditions import Condition
from dsl.model.time import Duration
from dsl.model.triggers import Category
from dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Rolling:
    """`per 7 days`: (t - D, t]."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Calendar:
    """`per local day|week|month` in the contact's zone, `per calendar month` in the project's."""

    period: Literal["day", "week", "month", "year"]
    local: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """`keeping N for priority >= P`: messages of a lower priority find N less room."""

    amount: int
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap(Block):
    """`at most N CHANNEL|messages per ..` (`limit`, `per`) or `at least D between .. messages` (`gap`).

    `channel` None is any channel; `tag` None any tag; `where` limits whom the cap is for. `shared_by`: contacts with
    the same value of this field are one unit. `total`: a budget over all contacts (None: no), drawn on in order of the
    score `ranked_by`; `per` None: for ever.
    """

    limit: int | None = None
    per: Rolling | Calendar | None = None
    gap: Duration | None = None
    channel: str | None = None
    tag: str | None = None
    where: Condition | None = None
    kept: Kept | None = None
    shared_by: str | None = None
    total: bool | None = None
    ranked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet(Block):
    """`from`/`to` in minutes after local midnight (both None: whole days), may cross midnight; a period belongs to
    the day on which it starts. `days` 0 = Monday (empty: every day); `channels` empty: all."""

    start: int | None = None
    end: int | None = None
    days: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppress(Block):
    """Never to these, whatever the trigger; `category` None: messages of every category."""

    where: Condition
    category: Category | None = None
