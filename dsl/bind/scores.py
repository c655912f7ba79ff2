"""Scores: rules, limits, fading, stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from dsl import model, tree
from dsl.bind.aggregates import event_query
from dsl.bind.blocks import common, once, only, where_of
from dsl.bind.conditions import condition
from dsl.bind.context import Scope, noun, origin
from dsl.bind.literals import whole
from dsl.bind.lookup import own_property, property_named
from dsl.bind.times import UNITS, duration, unit_of
from dsl.bind.values import value
from dsl.diagnostics import Label
from dsl.types import Numeric

MOST_POINTS = 10_000
MOST_SCORE = 1_000_000_000
MOST_COUNT = 1_000_000_000
FADING = tree.Halve | tree.Lose | tree.Forget

MOST_PER_RULE = 100_000_000
"""The most points that one `per` rule gives."""


def score(scope: Scope, block: tree.Score) -> model.Score | None:
    """A score, or None after a finding."""
    shared = common(scope, block, block.head, block.clauses)
    sound, where = where_of(scope, block.clauses)
    nodes = [c for c in block.clauses if isinstance(c, tree.RuleOn | tree.RuleWhen | tree.RulePer)]
    rules = [_rule(scope, node) for node in nodes]
    if not nodes:
        scope.error(
            "K0304",
            f"the score `{block.head.name.text}` gives no points",
            block.head.name.span,
            "no rule follows",
            "add a rule: `+5 on EVENT` or `+10 when ..`",
        )
        return None
    fading_node = only(scope, [c for c in block.clauses if isinstance(c, FADING)], "fading")
    fading = None if fading_node is None else _fading(scope, fading_node)
    bounds = _bounds(scope, once(scope, block.clauses, tree.Keep, "keep between"))
    if bounds is None:
        return None
    stages = _stages(scope, [c for c in block.clauses if isinstance(c, tree.Stage)], *bounds)
    bound = tuple(rule for rule in rules if rule is not None)
    if not sound or len(bound) < len(rules) or stages is None or (fading_node is not None and fading is None):
        return None
    return model.Score(
        **shared, where=where, rules=bound, fading=fading, floor=bounds[0], ceiling=bounds[1], stages=stages
    )


def _rule(scope: Scope, node: tree.RuleOn | tree.RuleWhen | tree.RulePer) -> model.ScoreRule | None:
    points = whole(scope, node.points, "the points of a rule", 1, MOST_POINTS)
    signed = None if points is None else -points if node.sign.text == "-" else points
    match node:
        case tree.RuleWhen():
            when = condition(scope, node.expr)
            return None if when is None or signed is None else model.WhenRule(signed, when, span=node.span)
        case tree.RulePer():
            return _per_rule(scope, node, signed)
        case tree.RuleOn():
            query = event_query(scope, node.event, node.window)
            fine, limit = _limit(scope, node.limit, node.event)
            fading = None if node.fading is None else _fading(scope, node.fading)
            if query is None or signed is None or not fine or (fading is None and node.fading is not None):
                return None
            return model.OnRule(signed, query, limit, fading, span=node.span)


def _per_rule(scope: Scope, node: tree.RulePer, points: int | None) -> model.PerRule | None:
    every = whole(scope, node.every, "the step of a rule", 1, 1_000_000_000)
    of = value(scope, node.of, lambda kind: isinstance(kind, Numeric))
    fine, limit = _limit(scope, node.limit, None)
    if of is not None and not isinstance(of.type, Numeric):
        scope.error(
            "K0203",
            f"points per {node.every.text} need a number, `{scope.text(node.of.span)}` is {noun(of.type)}",
            node.of.span,
            origin(scope, of),
        )
        return None
    if every is None or of is None or points is None or not fine:
        return None
    return model.PerRule(points, every, of, _in_points(limit, points), span=node.span)


def _in_points(limit: model.Limit | None, points: int) -> model.Limit:
    """The limit of a `per` rule, in points: N times are N times the points. There always is one, so that sums stay
    inside 64 bits whatever the value (LANGUAGE.md §8.5)."""
    match limit:
        case None:
            amount = MOST_PER_RULE
        case model.Limit(amount=times, of="times"):
            amount = times * abs(points)
        case model.Limit(amount=amount):
            pass
    return model.Limit(min(amount, MOST_PER_RULE), "points")


def _limit(scope: Scope, node: tree.Limit | None, event: tree.Event | None) -> tuple[bool, model.Limit | None]:
    if node is None:
        return True, None
    apart = None if node.per is None else _apart(scope, node.per, event)
    sound = node.per is None or apart is not None
    per, local = apart or (None, None)
    match node:
        case tree.Once():
            return sound, model.Limit(1, "times", per, local)
        case tree.MostTimes():
            amount = whole(scope, node.number, "a limit", 1, MOST_COUNT)
            return sound and amount is not None, model.Limit(amount or 1, "times", per, local)
        case tree.MostPoints():
            amount = whole(scope, node.number, "a limit", 1, MOST_COUNT)
            return sound and amount is not None, model.Limit(amount or 1, "points", per, local)


def _apart(
    scope: Scope, node: tree.Per | tree.LocalPeriod, event: tree.Event | None
) -> tuple[str | None, Literal["day", "week", "month"] | None] | None:
    """(property, local period) for whose values a limit holds apart; None after a finding."""
    if event is None:
        summary = f"a limit per {'period' if isinstance(node, tree.LocalPeriod) else 'property'} needs events"
        help_ = "limits `per PROPERTY` and `per local day` belong to rules `on EVENT`"
        scope.error("K0215", summary, node.span, "this rule counts no events", help_)
        return None
    match node:
        case tree.LocalPeriod(unit=word):
            match unit_of(word):
                case "day" | "week" | "month" as period:
                    return None, period
            _no_period(scope, node.unit, f"a limit of a score does not count per local {unit_of(word)}")
            return None
        case tree.Per(name=name):
            type_ = scope.project.schema.events.get(event.name.text)
            if type_ is None:
                return None
            if name.text.removesuffix("s") in UNITS and own_property(type_, name.text) is None:
                _no_period(scope, name, f"`per {name.text}` does not say how it is counted")
                return None
            found = property_named(scope, type_, name)
            return None if found is None else (found.name, None)


def _no_period(scope: Scope, word: tree.Word | tree.Name, summary: str) -> None:
    unit = word.text.removesuffix("s")
    meant = f"local {unit}" if unit in ("day", "week", "month") else None
    help_ = "say `per local day`, `per local week` or `per local month`; a score has no rolling limits"
    scope.error("K0320", summary, word.span, "a calendar of the contact is needed", help_, instead=meant)


def _fading(scope: Scope, node: FADING) -> model.Fading | None:
    how = duration(scope, node.duration)
    if how is None:
        return None
    if how.unit not in ("hour", "day", "week"):
        meant = {"month": how.amount * 30, "year": how.amount * 365}.get(how.unit, 1)
        scope.error(
            "K0307",
            f"fading counts in hours, days or weeks, not in {how.unit}s",
            node.duration.span,
            "",
            f"say for example `{meant} days`",
        )
        return None
    if how.unit == "hour" and how.amount >= 72 and how.amount % 24:
        scope.error(
            "K0307",
            f"from three days on, fading counts in whole days, `{scope.text(node.duration.span)}` is not",
            node.duration.span,
            "",
            f"say `{how.amount // 24} days` or `{how.amount // 24 + 1} days`",
        )
        return None
    match node:
        case tree.Halve():
            return model.Fading("halve", how)
        case tree.Forget():
            return model.Fading("forget", how)
        case tree.Lose():
            percent = whole(scope, node.number, "a percentage to lose", 1, 100, code="K0307")
            return None if percent is None else model.Fading("lose", how, percent)


def _bounds(scope: Scope, node: tree.Keep | None) -> tuple[int, int | None] | None:
    if node is None:
        return 0, None
    floor = whole(scope, node.floor, "the floor of a score", -MOST_SCORE, MOST_SCORE)
    ceiling = whole(scope, node.ceiling, "the ceiling of a score", -MOST_SCORE, MOST_SCORE)
    if floor is None or ceiling is None:
        return None
    if floor >= ceiling:
        scope.error(
            "K0308",
            "the floor of a score lies below its ceiling",
            node.span,
            "no score lies between these",
            f"write `keep between {ceiling} and {floor}`" if floor > ceiling else "leave some room between them",
        )
        return None
    return floor, ceiling


def _stages(
    scope: Scope, nodes: Sequence[tree.Stage], floor: int, ceiling: int | None
) -> tuple[model.Stage, ...] | None:
    """The stages, which tile from the floor up and rise, with their leaving thresholds; None after a finding."""
    found: list[model.Stage] = []
    sound = True
    names: dict[str, tree.Name] = {}
    for node in nodes:
        if (earlier := names.setdefault(node.name.text, node.name)) is not node.name:
            scope.error(
                "K0306",
                f"the stage `{node.name.text}` stands here twice",
                node.name.span,
                "named again here",
                secondary=(Label(earlier.span, "named first here"),),
            )
            sound = False
        start = whole(scope, node.start, "the start of a stage", -MOST_SCORE, MOST_SCORE, code="K0306")
        leave = start
        if node.leave is not None:
            leave = whole(scope, node.leave, "the end of a stage", -MOST_SCORE, MOST_SCORE, code="K0306")
        rest = None if node.rest is None else duration(scope, node.rest)
        if start is None or leave is None or (rest is None and node.rest is not None):
            return None
        stage = model.Stage(node.name.text, start, leave, rest=rest, span=node.span)
        sound = _stage_fits(scope, node, stage, found[-1] if found else None, floor, ceiling) and sound
        found.append(stage)
    return tuple(found) if sound else None


def _stage_fits(
    scope: Scope, node: tree.Stage, stage: model.Stage, below: model.Stage | None, floor: int, ceiling: int | None
) -> bool:
    name = stage.name
    if below is None and stage.start != floor:
        scope.error(
            "K0306",
            f"the first stage begins at the floor, which is {floor}",
            node.start.span,
            f"`from {floor}` is expected here",
            "a score below every stage would have none; change the stage or `keep between`",
        )
        return False
    if below is not None and stage.start <= below.start:
        scope.error(
            "K0306",
            f"the stage `{name}` does not begin above `{below.name}`",
            node.start.span,
            f"must be more than {below.start}",
            "stages rise, lowest first",
            secondary=(Label(below.span, "the stage below"),),
        )
        return False
    if ceiling is not None and stage.start > ceiling:
        scope.error(
            "K0306",
            f"nobody reaches the stage `{name}`",
            node.start.span,
            f"the score ends at {ceiling}",
            "lower the stage, or raise the ceiling of `keep between`",
        )
        return False
    if node.leave is None:
        return True
    if stage.leave > stage.start:
        scope.error(
            "K0306",
            f"the stage `{name}` would be left above where it begins",
            node.leave.span,
            f"at most {stage.start} is possible",
            "a stage is entered at `from` and left at the same place or lower",
        )
        return False
    if below is None and stage.leave < stage.start:
        scope.error("K0306", "the first stage cannot be left downwards", node.leave.span, "leave it out")
        return False
    if below is not None and stage.leave <= below.leave:
        scope.error(
            "K0306",
            f"the stage `{name}` would be left no sooner than `{below.name}`",
            node.leave.span,
            f"must be more than {below.leave}",
            "leaving thresholds rise with the stages",
            secondary=(Label(below.span, "the stage below"),),
        )
        return False
    return True
