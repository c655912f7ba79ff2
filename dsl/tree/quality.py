"""`quality` blocks."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.blocks import Head, Owner, Where
from dsl.tree.conditions import Expr
from dsl.tree.leaves import Name, Node, Number
from dsl.tree.triggers import Names


@dataclass(frozen=True, slots=True)
class ExpectShare(Node):
    """`expect completeness 95 % where email is known`."""

    kind: Name | None
    percent: Number
    expr: Expr


@dataclass(frozen=True, slots=True)
class ExpectUnique(Node):
    """`expect first_name, last_name unique`."""

    names: Names


@dataclass(frozen=True, slots=True)
class StopSending(Node):
    """`stop sending when it fails`, `stop sending for trigger winback when it fails`."""

    triggers: Names | None


@dataclass(frozen=True, slots=True)
class Quality(Node):
    """A `quality` block."""

    head: Head
    clauses: tuple[ExpectShare | ExpectUnique | StopSending | Where | Owner, ...]
