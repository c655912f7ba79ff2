"""Changes of what playbooks define: segments, named parts, scores, classes, offers, expectations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dsl.model import (
    Class,
    Define,
    ExpectedShare,
    Offer,
    OnRule,
    PerRule,
    Quality,
    Score,
    ScoreRule,
    Segment,
    Stage,
    Tier,
    WhenRule,
)
from engine.review.change import Kind, Reason, where
from engine.review.parts import Parts, lasting, percent


def segment_reasons(parts: Parts, before: Segment | None, after: Segment | None) -> Iterator[Reason]:
    """Whether a segment holds more people or fewer. A new one reaches nobody by itself, a lost one neither."""
    if before is None or after is None:
        yield from _only_there("segment", before, after)
        return
    yield from parts.audience("where", before.where, after.where, (before.span, after.span))


def define_reasons(parts: Parts, before: Define | None, after: Define | None) -> Iterator[Reason]:
    """A named condition is compared like a segment, a named value only for being the same."""
    if before is None or after is None:
        return  # the words of somebody else, who is told of if they mean something else now
    if before.condition is not None and after.condition is not None:
        yield from parts.audience("=", before.condition, after.condition, (before.span, after.span))
    elif before.value is None or after.value is None or not parts.alike(before.value, after.value):
        yield Reason("undecidable", "=", after.span, before.span)


def score_reasons(parts: Parts, before: Score | None, after: Score | None) -> Iterator[Reason]:
    """For whom a score is, what gives how many points, how they fade, where stages begin."""
    if before is None or after is None:
        yield from _only_there("score", before, after)
        return
    yield from parts.audience("where", before.where, after.where, (before.span, after.span))
    yield from _rules(parts, before, after)
    if before.fading != after.fading:
        yield Reason("points", "fading", after.span, before.span, _fading(before), _fading(after))
    bounds = [(score.floor, score.ceiling) for score in (before, after)]
    if bounds[0] != bounds[1]:
        words = [f"{low} to {'any' if high is None else high}" for low, high in bounds]
        yield Reason("points", "keep between", after.span, before.span, *words)
    yield from _stages(before, after)


def _rules(parts: Parts, before: Score, after: Score) -> Iterator[Reason]:
    left = list(before.rules)
    new: list[ScoreRule] = []
    for rule in after.rules:
        same = next((one for one in left if parts.alike(one, rule)), None)
        if same is None:
            new.append(rule)
        else:
            left.remove(same)
    for rule in new:
        # the same rule with another number of points
        other = next((one for one in left if parts.alike(_without_points(one), _without_points(rule))), None)
        other = other or next((one for one in left if _subject(one) == _subject(rule)), None)
        through = None
        if other is not None:
            left.remove(other)
            through = parts.through(rule) if other == rule else None
        words = (None if other is None else _points(other), _points(rule))
        yield Reason("points", "rule", rule.span, None if other is None else other.span, *words, through=through)
    for rule in left:
        yield Reason("points", "rule", None, rule.span, _points(rule), None)


def _without_points(rule: ScoreRule) -> ScoreRule:
    return replace(rule, points=0)


def _subject(rule: ScoreRule) -> object:
    match rule:
        case OnRule(query=query):
            return "on", query.event
        case WhenRule(when=when):
            return "when", when
        case PerRule(of=of):
            return "per", of


def _points(rule: ScoreRule) -> str:
    return f"{rule.points:+}"


def _fading(score: Score) -> str:
    fading = score.fading
    if fading is None:
        return "none"
    match fading.kind:
        case "halve":
            return f"halve every {lasting(fading.duration)}"
        case "lose":
            return f"lose {fading.percent} % every {lasting(fading.duration)}"
        case "forget":
            return f"forget after {lasting(fading.duration)}"


def _stages(before: Score, after: Score) -> Iterator[Reason]:
    old = {stage.name: stage for stage in before.stages}
    for stage in after.stages:
        was = old.pop(stage.name, None)
        if was != stage:
            words = None if was is None else _stage(was)
            yield Reason("points", f"stage {stage.name}", after.span, before.span, words, _stage(stage))
    for stage in old.values():
        yield Reason("points", f"stage {stage.name}", after.span, before.span, _stage(stage), None)


def _stage(stage: Stage) -> str:
    below = "" if stage.leave == stage.start else f" leave below {stage.leave}"
    rest = "" if stage.rest is None else f" rest {lasting(stage.rest)}"
    return f"from {stage.start}{below}{rest}"


def class_reasons(parts: Parts, before: Class | None, after: Class | None) -> Iterator[Reason]:
    """For whom a class is, by what value, and where its tiers end."""
    if before is None or after is None:
        yield from _only_there("class", before, after)
        return
    yield from parts.audience("where", before.where, after.where, (before.span, after.span))
    if not parts.alike(before.by, after.by):
        through = parts.through(after.by) if before.by == after.by else None
        yield Reason("points", "by", after.by.span, before.by.span, through=through)
    if before.share != after.share or before.tiers != after.tiers:
        yield Reason("points", "tiers", after.span, before.span, _tiers(before), _tiers(after))


def _tiers(one: Class) -> str:
    def edge(tier: Tier) -> str:
        if tier.edge is None:
            return "rest"
        return f"{tier.edge:,} contacts" if one.share == "number" else percent(tier.edge)

    return ", ".join(f"{tier.name} {edge(tier)}" for tier in one.tiers)


def offer_reasons(_parts: Parts, before: Offer | None, after: Offer | None) -> Iterator[Reason]:
    """What an offer is worth, until when, for how many, and beside which others."""
    if before is None or after is None:
        yield from _only_there("offer", before, after)
        return
    for clause in ("code", "discount", "valid_from", "valid_to", "group", "keep", "total"):
        old, new = getattr(before, clause), getattr(after, clause)
        if old != new:
            words = [None if one is None else str(one) for one in (old, new)]
            yield Reason("content", clause.replace("_", " "), after.span, before.span, *words)


def quality_reasons(parts: Parts, before: Quality | None, after: Quality | None) -> Iterator[Reason]:
    """Whether the data must be better before something is sent, or may be worse."""
    if before is None or after is None:
        block = after or before
        assert block is not None, "one of the two is there"
        if block.stops is None:
            kind: Kind = "content"
        else:
            kind = "cap loosened" if after is None else "cap tightened"
        yield Reason(kind, "quality", where(after), where(before))
        return
    if before.stops != after.stops:
        yield Reason("undecidable", "stops", after.span, before.span)
    same_people = parts.alike(before.where, after.where)
    old = list(before.expects)
    for expected in after.expects:
        was = next((one for one in old if parts.alike(_without_share(one), _without_share(expected))), None)
        if was is None:
            yield Reason("cap tightened", "expect", expected.span)
            continue
        old.remove(was)
        if isinstance(was, ExpectedShare) and isinstance(expected, ExpectedShare) and was.share != expected.share:
            kind = "cap tightened" if expected.share > was.share else "cap loosened"
            words = percent(was.share), percent(expected.share)
            yield Reason(kind, "expect", expected.span, was.span, *words)
    for gone in old:
        yield Reason("cap loosened", "expect", None, gone.span)
    if not same_people:
        yield Reason("undecidable", "where", after.span, before.span)


def _without_share(expected: object) -> object:
    return replace(expected, share=0) if isinstance(expected, ExpectedShare) else expected


def _only_there(
    clause: str, before: Segment | Score | Class | Offer | None, after: Segment | Score | Class | Offer | None
) -> Iterator[Reason]:
    """A block that is new or gone and that reaches nobody by itself."""
    yield Reason("none", clause, where(after), where(before))
