"""What blocks share, and the two plain ones: `segment` and `define`."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.conditions import Expr
from dsl.tree.leaves import Name, Node, Text


@dataclass(frozen=True, slots=True)
class Head(Node):
    """Name, old name and title of a block."""

    name: Name
    was: Name | None
    title: Text | None


@dataclass(frozen=True, slots=True)
class Owner(Node):
    """`owner "CRM team"`."""

    text: Text


@dataclass(frozen=True, slots=True)
class Where(Node):
    """`where EXPR`."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class IncludeList(Node):
    """`include list press`."""

    name: Name


@dataclass(frozen=True, slots=True)
class ExcludeList(Node):
    """`exclude list staff`."""

    name: Name


@dataclass(frozen=True, slots=True)
class Segment(Node):
    """A `segment` block."""

    head: Head
    clauses: tuple[Where | Owner | IncludeList | ExcludeList, ...]


@dataclass(frozen=True, slots=True)
class Define(Node):
    """A `define` block."""

    head: Head
    expr: Expr
    owner: Owner | None
