"""Until when points and stages stay as they are (`engine.sql.dues`).

Points move by themselves nearly all the time: each event fades in steps of its own, and leaves its window at an instant
of its own. So the lowest and the highest points that are possible up to the horizon are reckoned, from sums over all
events at once. Where both give the same stage, and the same answer to a comparison, no step in between matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from sqlglot import exp

from dsl.model import Fading
from dsl.types import POINT_UNIT
from engine.plan_types import Earned, EarnedRule, Rule, ScorePlan, ShareRule, WhileRule
from engine.sql import build
from engine.sql.build import case, compared, minus, number, times
from engine.sql.earliest import FAR, first, least
from engine.sql.expressions import Expressions
from engine.sql.scores import score_points, score_stage

if TYPE_CHECKING:
    from engine.sql.dues import Dues


class ScoreDues:
    """The part of `Dues` that speaks of scores."""

    def __init__(self, dues: Dues) -> None:
        self.dues = dues
        self.context = dues.context

    def stage(self, name: str) -> exp.Expression | None:
        """The due of a stage."""
        hard, soft = self.column("hard", name), self.column("soft", name)
        if not soft:
            return first(hard)
        score, context = self.plan(name), self.context
        ends = [score_points(score, context.column(end, name)) for end in ("lowest", "highest")]
        low, high = (
            exp.Coalesce(this=score_stage(score, e, context), expressions=[exp.Literal.string("")]) for e in ends
        )
        return least([case((compared("=", low, high), number(FAR)), default=soft[0]), *hard])

    def plan(self, name: str) -> ScorePlan:
        """The score of a name."""
        score = self.context.definitions["score", name]
        assert isinstance(score, ScorePlan)
        return score

    def column(self, kind: str, name: str) -> list[exp.Expression]:
        """A column of a score: `soft`, before which its points do not move by fading or by windows, `hard`, up to which
        they lie between `lowest` and `highest`."""
        make = {"soft": self._soft, "hard": self._hard, "lowest": self._lowest, "highest": self._highest}[kind]
        found = self.dues.kept((kind, name), partial(make, self.plan(name)))
        if kind == "soft" and found:
            self.column("lowest", name)
            self.column("highest", name)
        return found

    def _soft(self, score: ScorePlan) -> exp.Expression | None:
        found: list[exp.Expression] = []
        for leaf in _earned(score):
            if self.dues.simple(leaf):
                found += self.dues.of_leaf(leaf)
            if self._fades(leaf):
                found.append(self.context.column("step", leaf))
        return first(found)

    def _hard(self, score: ScorePlan) -> exp.Expression | None:
        found: list[exp.Expression] = []
        for rule in score.rules:
            found += self._rule(rule)
        if score.where is None:
            return first(found)
        inside = self.dues.condition(score.where)
        if inside is None and not found:
            return None
        whole = least([*found, *([] if inside is None else [inside])])
        outside = number(FAR) if inside is None else inside.copy()
        held = Expressions(self.context).condition(score.where)
        return case((held, whole), default=outside)

    def _rule(self, rule: Rule) -> list[exp.Expression]:
        match rule:
            case EarnedRule(leaf=name):
                return [] if self.dues.simple(name) else self.dues.of_leaf(name)
            case WhileRule(when=when):
                due = self.dues.condition(when)
                return [] if due is None else [due]
            case ShareRule(of=of):
                due = self.dues.named_value(of)
                return [] if due is None else [due]

    def _lowest(self, score: ScorePlan) -> exp.Expression:
        drops = [build.parens(d) for leaf in _earned(score) for d in self._moves(leaf, down=True)]
        return minus(self.context.column("sum", score.name), build.total(drops))

    def _highest(self, score: ScorePlan) -> exp.Expression:
        rises = [build.parens(r) for leaf in _earned(score) for r in self._moves(leaf, down=False)]
        return build.total([self.context.column("sum", score.name), *rises])

    def _moves(self, name: str, *, down: bool) -> Iterator[exp.Expression]:
        """By how much, at most, what a rule gives falls (or rises) until the horizon: fading and events that leave take
        away from it, events that come in give more, and may push others out of a limit."""
        leaf, column = self.context.leaves[name], self.context.column
        assert isinstance(leaf.measure, Earned)
        away = (leaf.measure.points > 0) == down
        if self._fades(name) and away:
            whole, later = column("leaf", name), column("later", name)
            yield minus(whole, later) if down else minus(later, whole)
        if self.dues.simple(name):
            passing = self.dues.passing("coming", name) + (self.dues.passing("leaving", name) if away else [])
            for count in passing:
                yield times(count, abs(leaf.measure.points) * POINT_UNIT)

    def _fades(self, name: str) -> bool:
        measure = self.context.leaves[name].measure
        return isinstance(measure, Earned) and isinstance(measure.fading, Fading) and measure.fading.kind != "forget"


def _earned(score: ScorePlan) -> Iterator[str]:
    for rule in score.rules:
        if isinstance(rule, EarnedRule):
            yield rule.leaf
