"""Random well-typed programs as text, over schemas with random names: they parse, check, keep their layout, and say the
same people on both executors. And laws: refactoring, complements, windows, the order of files and blocks.

A long run: `KADENZ_LONG=1000 pytest tests/engine/test_text_laws.py`.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest

from adapters.stores.facts import SqliteFacts
from dsl import model as m
from dsl.check import Checked, check
from dsl.fmt import format_text
from dsl.schema import Schema
from dsl.types import Stored
from engine.evaluation import Evaluation, Memory
from engine.interpret import InterpreterExecutor
from engine.plan import make_plan
from engine.sql.executor import SqlExecutor
from tests.engine.generate import World, world_of
from tests.engine.spelling import Spelling, Unsayable, block, renamed

CASES = int(os.environ.get("KADENZ_LONG", "12"))
FIRST = int(os.environ.get("KADENZ_SEED", "0"))
KEPT = {"key", "at", "id", "country", "size", "home"}
"""Names that fact tables, zones or events have for themselves."""


def other_names(world: World, pick: Random) -> dict[str, str]:
    """Some fields, events and properties get other names: of other scripts, with digits, and such as begin a phrase."""
    old = set(world.schema.fields) | {e for e in world.schema.events if e != "note"}
    old |= {p for e in world.schema.events.values() if e.name != "note" for p in e.properties}
    styles = ("{}", "größe_{}", "{}_2", "Поле_{}", "in_{}")
    return {name: pick.choice(styles).format(name) for name in sorted(old - KEPT)}


def store_of(world: World, schema: Schema, names: Mapping[str, str]) -> SqliteFacts:
    def mapped(values: Mapping[str, Stored]) -> dict[str, Stored]:
        return {names.get(name, name): value for name, value in values.items()}

    store = SqliteFacts.open(":memory:", schema, now=0)
    store.put_contacts((c.key, mapped(c.fields)) for c in world.contacts)
    for name in world.schema.events:
        events = [replace(e, type=names.get(name, name), properties=mapped(e.properties)) for e in world.events
                  if e.type == name]  # fmt: skip
        store.put_events(names.get(name, name), events)
    store.put_facts("rain", world.rain)
    store.put_facts("tariff", world.tariffs)
    return store


def said(world: World, spelling: Spelling) -> dict[str, str]:
    """The blocks that can be said, by generated name; those that speak of others that cannot are left out."""
    found: dict[str, str] = {}
    for name in [*world.model.order, *(s for s in world.model.segments if s not in world.model.order)]:
        try:
            if name in world.model.segments:
                text = spelling.segment(world.model.segments[name])
            elif name in world.model.defines:
                text = spelling.define(world.model.defines[name])
            elif name in world.model.classes:
                text = spelling.class_(world.model.classes[name])
            else:
                text = spelling.score(world.model.scores[name])
        except Unsayable:
            continue
        found[name] = text
    return found


def checked(texts: Mapping[str, str], schema: Schema, zone: str) -> tuple[dict[str, str], Checked]:
    """The blocks that check, after those with a finding were left out; what findings they had is looked at here."""
    left = dict(texts)
    while True:
        result = check([("a.play", "\n".join(left.values()))], schema, {}, zone=zone)
        if not result.diagnostics:
            return left, result
        assert not [d for d in result.diagnostics if d.code < "K0200"], (result.diagnostics[0], left)
        wrong = {d.block.split("`")[1] for d in result.diagnostics if d.block}
        assert wrong, result.diagnostics
        left = {name: text for name, text in left.items() if block(name) not in wrong}


def memory_of(world: World) -> Memory:
    return _named(world.memory)


def _named(memory: Memory) -> Memory:
    stages = {block(name): held for name, held in memory.stages.items()}
    entered = {block(name): held for name, held in memory.entered.items()}
    midnight = None if memory.midnight is None else _named(memory.midnight)
    return replace(memory, stages=stages, entered=entered, midnight=midnight)


def evaluated(model: m.Model, world: World, schema: Schema, store: SqliteFacts) -> Evaluation:
    """The answer, the same from both executors."""
    plain = InterpreterExecutor(model, store, world.project_zone).evaluate(world.as_of, memory_of(world))
    plan = make_plan(model, schema, world.project_zone)
    assert SqlExecutor(plan, store, world.project_zone).evaluate(world.as_of, memory_of(world)) == plain
    return plain


class Told:
    """A random world, said, checked, and ready to be evaluated."""

    def __init__(self, seed: int) -> None:
        pick = Random(seed)
        self.world = world_of(pick.choice)
        self.names = other_names(self.world, pick)
        self.spelling = Spelling(self.names)
        self.schema = renamed(self.world.schema, self.names)
        self.texts, self.checked = checked(said(self.world, self.spelling), self.schema, self.world.project_zone)
        self.store = store_of(self.world, self.schema, self.names)

    def check(self, *files: str) -> m.Model:
        named = [(f"{n}.play", text) for n, text in enumerate(files)]
        result = check(named, self.schema, {}, zone=self.world.project_zone)
        assert result.model is not None, ([(d.code, d.summary) for d in result.diagnostics], files)
        return result.model

    def evaluate(self, model: m.Model) -> Evaluation:
        return evaluated(model, self.world, self.schema, self.store)

    def text(self) -> str:
        return "\n".join(self.texts.values())


@pytest.fixture(scope="module", params=range(FIRST, FIRST + CASES))
def told(request: pytest.FixtureRequest) -> Told:
    return Told(request.param)


def test_what_is_said_means_what_was_drawn(told: Told) -> None:
    """The people of the text are those of the model that it was made from, in other names."""
    model = told.checked.model
    assert model is not None
    ours = told.evaluate(model)
    whole, kept = told.world.model, told.texts  # what could not be said is left out, nothing else speaks of it
    drawn = replace(
        whole,
        segments={n: s for n, s in whole.segments.items() if n in kept},
        defines={n: d for n, d in whole.defines.items() if n in kept},
        scores={n: s for n, s in whole.scores.items() if n in kept},
        classes={n: c for n, c in whole.classes.items() if n in kept},
        order=tuple(n for n in whole.order if n in kept),
        triggers={},
        qualities={},
    )
    store = store_of(told.world, told.world.schema, {})
    theirs = InterpreterExecutor(drawn, store, told.world.project_zone).evaluate(told.world.as_of, told.world.memory)
    assert ours.segments == {block(name): members for name, members in theirs.segments.items()}
    assert ours.scores == {block(name): points for name, points in theirs.scores.items()}


def test_the_layout_says_the_same(told: Told) -> None:
    laid = format_text("a.play", told.text())
    assert laid.diagnostics == ()
    assert format_text("a.play", laid.text).text == laid.text
    assert told.check(laid.text) == told.checked.model


def test_the_order_of_blocks_and_files_does_not_matter(told: Told) -> None:
    model = told.checked.model
    assert model is not None
    blocks = list(told.texts.values())
    backwards = told.check("\n".join(reversed(blocks)))
    apart = told.check(*blocks[1::2], *blocks[::2])
    expected = told.evaluate(model)
    for other in (backwards, apart):
        found = told.evaluate(other)
        assert (found.segments, found.scores, found.stages) == (expected.segments, expected.scores, expected.stages)


def conditions(told: Told) -> list[str]:
    """The conditions of the segments, as text."""
    return [text.split("\n  where ", 1)[1].strip() for name, text in told.texts.items()
            if name in told.world.model.segments]  # fmt: skip


def people(told: Told, *segments: str) -> list[frozenset[str]]:
    """Who is in further segments, each given as its condition."""
    more = "".join(f"\nsegment law_{n}\n  where {condition}\n" for n, condition in enumerate(segments))
    found = told.evaluate(told.check(told.text() + more)).segments
    return [frozenset(found[f"law_{n}"]) for n in range(len(segments))]


def test_pulling_an_expression_out_changes_nobody(told: Told) -> None:
    for condition in conditions(told)[:3]:
        text = told.text() + f"\ndefine out = {condition}\nsegment group\n  where {condition}\n"
        laws = f"segment a\n  where {condition}\nsegment b\n  where out\nsegment c\n  where in group\n"
        both = f"segment d\n  where ({condition}) and not out\nsegment e\n  where not ({condition}) and in group\n"
        found = told.evaluate(told.check(text + laws + both)).segments
        assert found["a"] == found["b"] == found["c"]
        assert not found["d"]
        assert not found["e"]


def test_not_is_the_exact_complement(told: Told) -> None:
    everyone = frozenset(c.key for c in told.world.contacts)
    for condition in conditions(told)[:3]:
        inside, outside = people(told, condition, f"not ({condition})")
        assert inside | outside == everyone
        assert not inside & outside


WINDOWS = ("1 minute", "1 hour", "1 day", "2 days", "1 week", "27 days", "1 month", "13 months", "2 years", "90 years")


def test_wider_windows_hold_more(told: Told) -> None:
    names = told.names
    events = [names.get(name, name) for name in told.world.schema.events]
    for event in events:
        ever = people(told, *(f"did {event} in last {w}" for w in WINDOWS), f"did {event}")
        assert all(a <= b for a, b in itertools.pairwise(ever))
        never = people(told, *(f"did not {event} in last {w}" for w in WINDOWS), f"did not {event}")
        assert all(a >= b for a, b in itertools.pairwise(never))
        least = people(told, *(f"did {event} at least {n} times in last 1 year" for n in (1, 2, 3, 5)))
        assert all(a >= b for a, b in itertools.pairwise(least))
    joined = names.get("joined", "joined")
    within = people(told, *(f"contact.{joined} in last {w}" for w in WINDOWS))
    older = people(told, *(f"contact.{joined} older than {w}" for w in WINDOWS))
    assert all(a <= b for a, b in itertools.pairwise(within))
    assert all(a >= b for a, b in itertools.pairwise(older))
    assert all(not a & b for a, b in zip(within, older, strict=True))
    shares = people(told, *(f"sample {p} % as law" for p in (0.01, 1, 10, 50, 99, 100)))
    assert all(a <= b for a, b in itertools.pairwise(shares))


def test_much_of_what_is_drawn_can_be_said_and_checks() -> None:
    """What is lost: constants finer than what they meet, `first` and `last` with a window, spans in two units."""
    drawn = kept = 0
    for seed in range(20):
        drawn += len(world_of(Random(seed).choice).model.order) + 3
        kept += len(Told(seed).texts)
    assert kept > 0.45 * drawn, f"{kept} of {drawn} blocks"
