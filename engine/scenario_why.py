"""Why an expectation of a test did not come true: the places of the playbooks that made what was seen, with the values
that they saw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from dsl.diagnostics import Label
from dsl.model import (
    Block,
    Broadcast,
    Class,
    Condition,
    Expectation,
    ExpectClass,
    ExpectMember,
    ExpectScore,
    Score,
    Trigger,
)
from dsl.spans import Span
from dsl.types import DateTime
from engine.clauses import Leaf, responsible
from engine.evaluation import depends_on_cause
from engine.explain import Explainer, points_shown, shown
from engine.interpret import Reader
from engine.records import Firing, Judgement
from engine.scenario_view import View, concerned, contact_of
from engine.unfired import why_not_fired

MOST = 8
"""A finding names so many places at most: the first ones in the order of the text."""


def deciding(expected: Expectation, view: View) -> tuple[Label, ...]:
    """Where it was decided, and by what. Empty where nothing can be named (the expectation is about no one contact)."""
    contact = contact_of(expected)
    reader = None if contact is None else view.reader(contact)
    if contact is None or reader is None:
        return ()
    match expected:
        case ExpectMember(segment=name):
            found = clauses(reader, view.model.segments[name].where, view)
        case ExpectScore(score=name):
            found = _score(reader, view.model.scores[name], view)
        case ExpectClass(name=name):
            found = _class(reader, view.model.classes[name], view)
        case _:
            found = (label for trigger in concerned(expected, view.model) for label in _trigger(trigger, reader, view))
    # one place may have decided twice: its last word counts
    return tuple({label.span: label for label in islice(found, MOST)}.values())


def clauses(reader: Reader, condition: Condition, view: View) -> Iterator[Label]:
    """The clauses that made a condition hold or fail, with what they saw."""
    explainer = Explainer(reader, view.sources)
    for one in responsible(reader, condition):
        yield Label(one.leaf.span, clause_told(explainer, one.leaf, holds=one.holds))


def clause_told(explainer: Explainer, leaf: Leaf, *, holds: bool) -> str:
    """`does not hold: country is FR`."""
    seen = "; ".join(explainer.seen(leaf.condition))
    return f"{'holds' if holds else 'does not hold'}{': ' if seen else ''}{seen}"


def _score(reader: Reader, score: Score, view: View) -> Iterator[Label]:
    """Every rule with what it gave; outside of `where` what keeps the contact there."""
    if reader.points(score.name) is None:
        assert score.where is not None, "else everybody has points"
        yield from clauses(reader, score.where, view)
        return
    lines = Explainer(reader, view.sources).score_lines(score)
    for rule, line in zip(score.rules, lines, strict=True):
        if line.points:
            yield Label(rule.span, f"gave {points_shown(line.points)}")
    if not any(line.points for line in lines):
        yield Label(head(score, "score"), "no rule gave anything")


def _class(reader: Reader, block: Class, view: View) -> Iterator[Label]:
    if block.where is not None and not reader.holds(block.where):
        yield from clauses(reader, block.where, view)
    else:
        yield Label(block.by.span, f"is {shown(reader.value(block.by), block.by.type, view.time_zone)} now")


def _trigger(trigger: Trigger, reader: Reader, view: View) -> Iterator[Label]:
    """What was decided about the trigger's runs (of several the last that goes out, else the last), or why there is
    none."""
    decided = list(view.decided(trigger, reader.contact.key))
    if not decided:
        yield Label(trigger.cause.span, f"did not fire: {why_not_fired(trigger, reader, view.ledger)}")
        aside = trigger.where if isinstance(trigger.cause, Broadcast) else None  # who is not in `where` gets no run
        if aside is not None and not depends_on_cause(aside) and not reader.holds(aside):
            yield from clauses(reader, aside, view)
        return
    ends = {firing.key: judgement.outcome for firing, judgement in decided}
    going = [key for key, outcome in ends.items() if outcome == "queued"]
    key = (going or list(ends))[-1]
    for firing, judgement in decided:
        if firing.key == key:
            yield from run_told(trigger, firing, judgement, view)


def run_told(trigger: Trigger, firing: Firing, judgement: Judgement, view: View) -> Iterator[Label]:
    """The words of the trigger, or of the block that it met, which decided about one run."""
    then = view.of_run(firing, judgement)
    if judgement.gate == "where" and then is not None:
        against = [c for c in (trigger.where,) if c is not None and not then.holds(c)]
        against += [c for c in (trigger.unless,) if c is not None and then.holds(c)]
        for condition in against:
            yield from clauses(then, condition, view)
        if against:
            return
    blocks = limits_named(judgement.detail, view)
    for block, word in blocks:
        yield Label(head(block, word), f"{judgement.outcome} here: {judgement.detail}{_until(judgement, view)}")
    if not blocks:
        yield Label(trigger.cause.span, f"fired; {_outcome(judgement, view)}")


def _outcome(judgement: Judgement, view: View) -> str:
    detail = f" ({judgement.detail})" if judgement.detail else ""
    match judgement.outcome:
        case "queued":
            return f"goes out at {shown(judgement.at, DateTime(), view.time_zone)}{detail}"
        case "waiting":
            return f"waits{_until(judgement, view)}"
        case outcome:
            return f"{outcome} by {judgement.gate}{detail}{_until(judgement, view)}"


def _until(judgement: Judgement, view: View) -> str:
    return "" if judgement.until is None else f" until {shown(judgement.until, DateTime(), view.time_zone)}"


def limits_named(detail: str, view: View) -> list[tuple[Block, str]]:
    """The blocks that a judgement names, with the word they begin with."""
    model = view.model
    kinds = {"cap": model.caps, "quiet": model.quiets, "suppress": model.suppresses, "quality": model.qualities}
    return [
        (block, word)
        for word, blocks in kinds.items()
        for name, block in blocks.items()
        if f"{word} `{name}`" in detail
    ]


def head(block: Block, word: str) -> Span:
    """The first words of a block, `cap weekly`: where to draw what concerns it as a whole."""
    size = len(f"{word} {block.name}")
    span = block.span
    return replace(span, end=span.start + size, end_line=span.line, end_column=span.column + size)
