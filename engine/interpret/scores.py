"""Scores: rules, limits, fading, bounds, stages (LANGUAGE.md §5, score)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, assert_never

from dsl.model import Limit, OnRule, PerRule, Score, ScoreRule, WhenRule
from dsl.types import POINT_UNIT, Stored
from engine.fading import weight_at
from engine.instants import local_date
from engine.interpret.now import period_of
from engine.interpret.reckoning import denominator, event_property
from engine.records import Event

if TYPE_CHECKING:
    from engine.interpret.reader import Reader


def reckon(reader: Reader, score: Score) -> int | None:
    """A score in units of 2^-30. Missing outside `where`, 0 inside without a matching rule; then the bounds, a floor of
    0 if none is said."""
    if score.where is not None and not reader.holds(score.where):
        return None
    total = sum(rule_points(reader, score, rule) for rule in score.rules)
    total = max(total, score.floor * POINT_UNIT)
    return total if score.ceiling is None else min(total, score.ceiling * POINT_UNIT)


def rule_points(reader: Reader, score: Score, rule: ScoreRule) -> int:
    """What one rule of a score gives, in units of 2^-30. Only `on` rules fade; `per 100 of X` counts whole hundreds
    of the unit (§8.6), none where X is missing or negative."""
    match rule:
        case OnRule():
            fading = rule.fading or score.fading
            return sum(points * weight_at(fading, reader.as_of - event.at) for event, points in _limited(reader, rule))
        case WhenRule(points=points, when=when):
            return points * POINT_UNIT if reader.holds(when) else 0
        case PerRule(points=points, every=every, of=of, limit=limit):
            amount = reader.value(of)
            if amount is None or int(amount) < 0:
                return 0
            times = int(amount) // (every * denominator(of.type))
            return points_within(times, points, limit) * POINT_UNIT
        case _:
            assert_never(rule)


def _limited(reader: Reader, rule: OnRule) -> Iterator[tuple[Event, int]]:
    """The rule's events with the points each gives: the limit is spent on the newest first, and the event that
    reaches a limit of points counts in part."""
    newest_first = reversed(list(reader.matching(rule.query)))
    spent: dict[Stored, int] = {}
    for event in newest_first:
        if rule.limit is None:
            yield event, rule.points
            continue
        key = _limited_by(reader, rule.limit, event)
        before = spent.get(key, 0)
        spent[key] = before + 1
        given = points_within(before + 1, rule.points, rule.limit) - points_within(before, rule.points, rule.limit)
        if given:
            yield event, given


def _limited_by(reader: Reader, limit: Limit, event: Event) -> Stored:
    """What events that share one limit have in common: nothing, a property's value, or the first day of the local
    period in which they lie."""
    if limit.per is not None:
        return event_property(event, limit.per, reader.setting.schema)
    if limit.local is None:
        return None
    day = local_date(event.at, reader.zone)
    return day if limit.local == "day" else period_of(limit.local, day)[0]


def points_within(times: int, points: int, limit: Limit | None) -> int:
    """What `times` times `points` come to under a limit; points of a limit are counted without their sign."""
    match limit:
        case None:
            return times * points
        case Limit(amount=amount, of="times"):
            return min(times, amount) * points
        case Limit(amount=amount):
            size = min(times * abs(points), amount)
            return size if points > 0 else -size


def standing(reader: Reader, score: Score) -> str | None:
    """The stage of a score, see `Reader.stage`; without a record `from` alone decides."""
    points = reader.points(score.name)
    if points is None:
        return None
    names = [s.name for s in score.stages]
    before = reader.setting.memory.stages.get(score.name, {}).get(reader.contact.key)
    stood = names.index(before) if before in names else -1
    for index in range(len(names) - 1, -1, -1):
        step = score.stages[index]
        threshold = step.leave if stood >= index else step.start
        if points >= threshold * POINT_UNIT:
            return step.name
    return None
