"""Which clauses and boundaries of the playbooks the tests have seen, and on which sides.

A clause counts where an expectation speaks of its block (a segment, a score, the trigger that sends what is expected)
and it decided for the contact of the expectation: with it turned round the answer would be another. So somebody who
lacks three things at once tests none of them. A boundary counts where somebody was near it on each side of a clause
that decided (`engine.boundaries`). Named segments and definitions count in their own text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from dsl.model import (
    Block,
    Condition,
    EventQuery,
    Expectation,
    ExpectClass,
    ExpectMember,
    ExpectScore,
    Model,
    OnDate,
    OnEvent,
    OnRule,
    OnSegment,
    OnStage,
    OnWhen,
    PerRule,
    Repeated,
    Score,
    ScoreValue,
    StageOf,
    Trigger,
    WhenRule,
)
from dsl.spans import Span
from engine.boundaries import Boundary, OfStage, OfWindow, boundaries, moved, sightings, windows
from engine.clauses import Leaf, Reading, asking, filtered, leaves, queries, readings
from engine.evaluation import depends_on_cause, nodes
from engine.gates import GATES
from engine.interpret import Reader
from engine.interpret.scores import rule_points
from engine.records import Event
from engine.scenario_view import View, concerned, contact_of, limit_of
from engine.scenario_why import head, limits_named

Key = tuple[str, int, int, str]
"""File, start and end of the words, and for a boundary what it is."""

BEFORE_WHERE = frozenset(GATES[: GATES.index("where")])
"""Where one of these ended a run, its conditions did not decide."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that tests can see: a clause (or rule, cause, limit) with its two answers, or a boundary with its two
    sides. `answers`: what they are called, first the one for yes."""

    kind: Literal["clause", "boundary"]
    block: str
    span: Span
    text: str
    answers: tuple[str, ...] = ("yes", "no")

    @property
    def key(self) -> Key:
        """By what it is known."""
        return key_of(self.span, self.text if self.kind == "boundary" else "")


@dataclass(frozen=True, slots=True)
class Covered:
    """An item and what was seen of it. Of a boundary: the nearest distance on each side in steps, cut; None: nobody."""

    item: Item
    seen: tuple[str, ...]
    nearest: tuple[float | None, float | None] = (None, None)

    @property
    def missing(self) -> tuple[str, ...]:
        """The answers that were not seen."""
        return tuple(answer for answer in self.item.answers if answer not in self.seen)


def key_of(span: Span, text: str = "") -> Key:
    """See `Key`."""
    return span.file, span.start, span.end, text


def share(found: Iterable[Covered]) -> tuple[int, int]:
    """(what was seen, of how many): each answer of a clause counts once, each boundary once."""
    all_of_it = list(found)
    return (
        sum(len(one.seen) if one.item.kind == "clause" else int(not one.missing) for one in all_of_it),
        sum(len(one.item.answers) if one.item.kind == "clause" else 1 for one in all_of_it),
    )


# ---------------------------------------------------------------- what there is


def items(model: Model) -> Iterator[Item]:
    """Everything of the playbooks that tests can see, in order of the blocks."""
    for name, define in model.defines.items():
        if define.condition is not None:
            yield from _of_condition(define.condition, f"define {name}")
    for name, segment in model.segments.items():
        yield from _of_condition(segment.where, f"segment {name}")
    for score in model.scores.values():
        yield from _of_score(score)
    for name, class_ in model.classes.items():
        if class_.where is not None:
            yield from _of_condition(class_.where, f"class {name}")
    for trigger in model.triggers.values():
        yield from _of_trigger(trigger)
    for word, blocks in _limits(model):
        for name, block in blocks.items():
            yield Item("clause", f"{word} {name}", head(block, word), f"{word} {name}", ("held something back",))


def _limits(model: Model) -> tuple[tuple[str, Mapping[str, Block]], ...]:
    return (("cap", model.caps), ("quiet", model.quiets), ("suppress", model.suppresses))


def _of_condition(condition: Condition, block: str) -> Iterator[Item]:
    for leaf in leaves(condition):
        yield Item("clause", block, leaf.span, "")
        yield from (_edge(one, block) for one in boundaries(leaf.condition))
        for query in queries(leaf.condition):
            if query.where is not None:
                yield from _of_condition(query.where, block)


def _edge(boundary: Boundary, block: str) -> Item:
    return Item("boundary", block, boundary.span, boundary.text, ("above or inside", "below or outside"))


def _of_score(score: Score) -> Iterator[Item]:
    block = f"score {score.name}"
    if score.where is not None:
        yield from _of_condition(score.where, block)
    for rule in score.rules:
        match rule:
            case WhenRule(when=when):
                yield from _of_condition(when, block)
            case OnRule(query=query):
                yield Item("clause", block, rule.span, "", ("gave points", "gave none"))
                yield from (_edge(one, block) for one in windows(query))
                if query.where is not None:
                    yield from _of_condition(query.where, block)
            case PerRule():
                yield Item("clause", block, rule.span, "", ("gave points", "gave none"))
    for stage in _stages(score):
        yield _edge(stage, block)


def _stages(score: Score) -> Iterator[Boundary]:
    """The stages that not everybody with points is in at least."""
    for stage in score.stages:
        if stage.start > score.floor:
            yield Boundary(stage.span, f"from {stage.start}", OfStage(score.name, stage))


def _of_trigger(trigger: Trigger) -> Iterator[Item]:
    block = f"trigger {trigger.name}"
    yield Item("clause", block, trigger.cause.span, "", ("fired", "did not fire"))
    match trigger.cause:
        case OnEvent(query=query) if query.where is not None:
            yield from _of_condition(query.where, block)
        case OnWhen(condition=condition):
            yield from _of_condition(condition, block)
        case _:
            pass
    for clause in (trigger.where, trigger.unless):
        if clause is not None:
            yield from _of_condition(clause, block)


# ---------------------------------------------------------------- what was seen


@dataclass(slots=True)
class Watch:
    """Gathers what expectations see; give `looked` to `engine.scenario.run_scenario`."""

    answers: dict[Key, set[str]] = field(default_factory=dict)
    nearest: dict[Key, list[float | None]] = field(default_factory=dict)

    def looked(self, expected: Expectation, view: View) -> None:
        """An expectation was looked at, whether it came true or not."""
        contact = contact_of(expected)
        reader = None if contact is None else view.reader(contact)
        if reader is None:
            return
        limit = limit_of(expected)
        match expected:
            case ExpectMember(segment=name):
                self._condition(reader, view.model.segments[name].where)
            case ExpectScore(score=name):
                self._score(reader, view.model.scores[name])
            case ExpectClass(name=name):
                where = view.model.classes[name].where
                if where is not None:
                    self._condition(reader, where)
            case _ if limit is not None:
                word, name = limit
                block = dict(_limits(view.model))[word][name]
                self._saw(key_of(head(block, word)), "held something back")
            case _:
                for trigger in concerned(expected, view.model):
                    self._trigger(reader, trigger, view)

    def covered(self, model: Model) -> list[Covered]:
        """Every item of a model with what was seen of it, each place of the text once."""
        found: dict[Key, Covered] = {}
        for item in items(model):
            seen = self.answers.get(item.key, set())
            near = self.nearest.get(item.key, [None, None])
            found[item.key] = Covered(item, tuple(a for a in item.answers if a in seen), (near[0], near[1]))
        return list(found.values())

    def _saw(self, key: Key, answer: str) -> None:
        self.answers.setdefault(key, set()).add(answer)

    def _condition(self, reader: Reader, condition: Condition, *, decides: bool = True) -> None:
        for one in readings(reader, condition, decides=decides):
            self._reading(reader, one)

    def _reading(self, reader: Reader, one: Reading) -> None:
        if not one.decides:
            return
        self._saw(key_of(one.leaf.span), "yes" if one.holds else "no")
        condition, event = one.leaf.condition, one.event

        def turns(old: EventQuery, new: EventQuery) -> bool:
            return reader.holds(asking(condition, old, new), event) != reader.holds(condition, event)

        for boundary in boundaries(condition):
            self._near(reader, boundary, turns, event)
        for query in queries(one.leaf.condition):
            for inner in filtered(reader, query):
                self._reading(reader, inner)
        for name in _scores_of(one.leaf):
            self._score(reader, reader.setting.model.scores[name])

    def _near(
        self,
        reader: Reader,
        boundary: Boundary,
        turns: Callable[[EventQuery, EventQuery], bool],
        event: Event | None = None,
    ) -> None:
        """`turns`: whether the answer is another one with a query in the place of another. An event near the end of
        a window is of no account where it changes nothing there."""
        key = key_of(boundary.span, boundary.text)
        near = self.nearest.setdefault(key, [None, None])
        for one in sightings(reader, boundary, event):
            place = 0 if one.side else 1
            away = abs(one.distance) / one.step
            held = near[place]
            near[place] = away if held is None else min(held, away)
            window = boundary.kind if isinstance(boundary.kind, OfWindow) else None
            if one.near and (window is None or turns(window.query, moved(reader, window, inward=one.side))):
                self._saw(key, ("above or inside", "below or outside")[place])

    def _score(self, reader: Reader, score: Score) -> None:
        if score.where is not None:
            self._condition(reader, score.where)
        if reader.points(score.name) is None:
            return
        for rule in score.rules:
            match rule:
                case WhenRule(when=when):
                    self._condition(reader, when)
                    continue
                case OnRule(query=query):
                    for boundary in windows(query):
                        self._near(reader, boundary, _gives_otherwise(reader, score, rule))
                    for one in filtered(reader, query):
                        self._reading(reader, one)
                case _:
                    pass
            given = rule_points(reader, score, rule)
            self._saw(key_of(rule.span), "gave points" if given else "gave none")
        for boundary in _stages(score):
            self._near(reader, boundary, lambda *_: True)

    def _trigger(self, reader: Reader, trigger: Trigger, view: View) -> None:
        decided = list(view.decided(trigger, reader.contact.key))
        self._saw(key_of(trigger.cause.span), "fired" if decided else "did not fire")
        match trigger.cause:
            case OnEvent(query=query):
                for one in filtered(reader, query):
                    self._reading(reader, one)
            case OnSegment(segment=name):
                self._condition(reader, view.model.segments[name].where)
            case OnStage(score=name):
                self._score(reader, view.model.scores[name])
            case OnWhen(condition=condition):
                self._condition(reader, condition)
            case Repeated() | OnDate():  # who is not in `where` gets no run, and no judgement
                if not decided and trigger.where is not None and not depends_on_cause(trigger.where):
                    self._condition(reader, trigger.where)
            case _:
                pass
        for firing, judgement in decided:
            for block, word in limits_named(judgement.detail, view):
                if word != "quality":
                    self._saw(key_of(head(block, word)), "held something back")
            then = None if judgement.gate in BEFORE_WHERE else view.of_run(firing, judgement)
            if then is None:
                continue
            where = trigger.where is None or then.holds(trigger.where)
            asked = trigger.unless is not None and judgement.at >= firing.due_at
            stopped = asked and trigger.unless is not None and then.holds(trigger.unless)
            if (judgement.gate == "where") == (where and not stopped):
                continue  # the facts have changed since: what is read now is not what decided then
            if trigger.where is not None:
                self._condition(then, trigger.where, decides=not stopped)
            if trigger.unless is not None and asked:
                self._condition(then, trigger.unless, decides=where)


def _gives_otherwise(reader: Reader, score: Score, rule: OnRule) -> Callable[[EventQuery, EventQuery], bool]:
    return lambda _, new: rule_points(reader, score, replace(rule, query=new)) != rule_points(reader, score, rule)


def _scores_of(leaf: Leaf) -> frozenset[str]:
    """The scores that a clause compares."""
    return frozenset(n.score for n in nodes(leaf.condition) if isinstance(n, ScoreValue | StageOf))
