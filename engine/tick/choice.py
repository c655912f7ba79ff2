"""Whether a tick evaluates everybody, or only those whose answers may differ: by what it is estimated to cost.

The unit is a contact that a full pass reads in its turn. A contact that is looked up by itself costs `apart` of them,
and a tick that looks contacts up costs `fixed` beside, for statements and small tables. Both are measured
(`benchmarks.ticks` prints them anew); a choice that is a little wrong costs a little time, and never another result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Passes = Literal["chosen", "full", "incremental"]
"""How a tick goes: by cost, or always the one or the other. Where it cannot be incremental it is full in any case."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What an incremental tick costs, in contacts of a full pass."""

    apart: int = 2
    fixed: int = 5_000

    def incremental(self, visited: int) -> int:
        """The cost of visiting so many contacts."""
        return self.fixed + self.apart * visited

    def most(self, contacts: int) -> int:
        """How many contacts may be visited before looking at all `contacts` is cheaper; below 0: none."""
        return (contacts - self.fixed) // self.apart


MEASURED = Costs()
"""On SQLite, 100 thousand contacts with two million events, by the processor's seconds: a contact of a full pass took
90 microseconds, one of 20,000 that were looked up 114. Here it counts as two, because a store that does not fit into
memory is read from all over the disk then. The statement took half a second to be made, as long as 5,000 contacts."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a tick went and why. `visited`: how many of `contacts` it evaluated; `causes`: how many of them for which
    reason (one contact may have several)."""

    full: bool
    why: str
    contacts: int
    visited: int
    causes: Mapping[str, int] = field(default_factory=dict)
    estimated: int | None = None
    """The estimated cost of an incremental tick, beside `contacts` for a full one; None: not reckoned."""


UNTOLD = Choice(full=True, why="", contacts=0, visited=0)
