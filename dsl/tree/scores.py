"""`score` blocks."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.blocks import Head, Owner, Where
from dsl.tree.conditions import Expr
from dsl.tree.leaves import Duration, Name, Node, Number, Signed, Word
from dsl.tree.values import Event
from dsl.tree.windows import LocalPeriod, Window


@dataclass(frozen=True, slots=True)
class Per(Node):
    """`per PROPERTY`."""

    name: Name


@dataclass(frozen=True, slots=True)
class Once(Node):
    """`once`."""

    per: Per | LocalPeriod | None


@dataclass(frozen=True, slots=True)
class MostTimes(Node):
    """`at most 3 times`."""

    number: Number
    per: Per | LocalPeriod | None


@dataclass(frozen=True, slots=True)
class MostPoints(Node):
    """`at most 20 points`."""

    number: Number
    per: Per | LocalPeriod | None


Limit = Once | MostTimes | MostPoints


@dataclass(frozen=True, slots=True)
class Halve(Node):
    """`halve every 30 days`; of one rule: `halving every`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Lose(Node):
    """`lose 10 % of the original every 30 days`; of one rule: `losing 10 % every`."""

    number: Number
    duration: Duration


@dataclass(frozen=True, slots=True)
class Forget(Node):
    """`forget after 1 day`; of one rule: `forgotten after`."""

    duration: Duration


Fading = Halve | Lose | Forget


@dataclass(frozen=True, slots=True)
class RuleOn(Node):
    """`+8 on cart_added in last 30 days at most 3 times halving every 7 days`."""

    sign: Word
    points: Number
    event: Event
    window: Window | None
    limit: Limit | None
    fading: Fading | None


@dataclass(frozen=True, slots=True)
class RuleWhen(Node):
    """`-20 when occupation = student`."""

    sign: Word
    points: Number
    expr: Expr


@dataclass(frozen=True, slots=True)
class RulePer(Node):
    """`+1 per 100 of turnover at most 20 points`."""

    sign: Word
    points: Number
    every: Number
    of: Expr
    limit: Limit | None


@dataclass(frozen=True, slots=True)
class Keep(Node):
    """`keep between 0 and 100`."""

    floor: Signed
    ceiling: Signed


@dataclass(frozen=True, slots=True)
class Stage(Node):
    """`stage sales_ready from 40 leave below 35 rest 30 days`."""

    name: Name
    start: Signed
    leave: Signed | None
    rest: Duration | None


ScoreClause = Where | Owner | RuleOn | RuleWhen | RulePer | Halve | Lose | Forget | Keep | Stage


@dataclass(frozen=True, slots=True)
class Score(Node):
    """A `score` block."""

    head: Head
    clauses: tuple[ScoreClause, ...]
