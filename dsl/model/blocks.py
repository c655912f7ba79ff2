"""What every block has, and the two plain ones: `define` and `segment`."""

from __future__ import annotations

from dsl.model.conditions import Condition
from dsl.model.values import Value
from dsl.records import dataclass, field
from dsl.spans import Span


@dataclass(frozen=True, slots=True)
class Block:
    """What every block has. `id` is the oldest name that `was` gives (it salts hashes and decision keys)."""

    name: str
    span: Span = field(compare=False)
    title: str | None = field(default=None, compare=False)
    was: str | None = None
    owner: str | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """The name under which the ledger knows the block."""
        return self.was or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Define(Block):
    """`define NAME = EXPR`: exactly one of condition and value is set."""

    condition: Condition | None = None
    value: Value | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(Block):
    """A named set of contacts."""

    where: Condition
