"""K0402, K0412: blocks that nothing uses, and blocks that no test mentions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass

from dsl import model
from dsl.diagnostics import Diagnostic
from dsl.lint.finding import warning
from dsl.lint.view import View, blocks, heading, titled
from dsl.lint.walk import walk
from dsl.model import Block, Trigger

_NO_REFERENCES = frozenset(
    [
        *("name", "title", "was", "owner", "template", "channel", "event", "property", "text", "code", "discount"),
        *("purpose", "kind", "op", "unit", "because", "paused", "tags", "tag", "category", "team", "value", "edge"),
        *("stage", "member", "members", "share", "table", "column"),
    ]
)
"""Attributes whose texts name no other block. All others may, also those of kinds of nodes that come later."""


def never_used(view: View) -> Iterable[Diagnostic]:
    """Segments, defines, offers, scores and classes that no other block reads. Tests do not count: they only look."""
    used = {name for block in blocks(view.model) for name in _references(block)}
    groups = (view.model.segments, view.model.defines, view.model.offers, view.model.scores, view.model.classes)
    for group in groups:
        for block in group.values():
            if block.name not in used:
                yield warning(
                    "K0402",
                    f"nothing uses the {titled(block)}",
                    heading(view, block),
                    "no block refers to it",
                    "take it out, or say beside it why it stays: "
                    f'`# kadenz: allow K0402 until {view.today // 10_000 + 1}-01-01 "why"`',
                    block=titled(block),
                )


def _references(block: Block) -> Iterator[str]:
    for node in walk(block):
        if isinstance(node, model.DefinedCondition | model.DefinedValue | model.ClassOf):
            yield node.name
        if isinstance(node, model.Const) or not is_dataclass(node):
            continue
        for one in fields(node):
            if one.name not in _NO_REFERENCES:
                held = getattr(node, one.name)
                yield from (text for text in (held if isinstance(held, tuple) else (held,)) if isinstance(text, str))


def untested(view: View) -> Iterable[Diagnostic]:
    """Segments, scores, classes and triggers of which no test speaks, by name or by what they send. A title says what
    a test is about, and tests nothing."""
    seen = {text for scenario in view.model.scenarios for step in scenario.steps for text in _strings(step)}
    groups = (view.model.segments, view.model.scores, view.model.classes, view.model.triggers)
    for group in groups:
        for block in group.values():
            if not _names(block).isdisjoint(seen):
                continue
            kind = "what it sends" if isinstance(block, Trigger) else "it"
            yield warning(
                "K0412",
                f"no test mentions the {titled(block)}",
                heading(view, block),
                f"no `expect` speaks of {kind}",
                _expectation(block),
                block=titled(block),
            )


def _names(block: Block) -> set[str]:
    """What a test says when it means this block."""
    match block:
        case Trigger(sends=sends):
            told = {one.team for one in block.notices} | {one.hook for one in block.calls}
            return {block.name} | {send.template for send in sends} | told | {one.name for one in block.sets}
    return {block.name}


def _strings(node: object) -> Iterator[str]:
    for part in walk(node):
        if is_dataclass(part):
            held = (getattr(part, one.name) for one in fields(part) if one.name != "contact")
            yield from (text for text in held if isinstance(text, str))


def _expectation(block: Block) -> str:
    match block:
        case Trigger(sends=(first, *_)):
            return f"write a test with `expect anna gets {first.channel} {first.template}`"
        case Trigger(notifies=(first, *_)):
            return f"write a test with `expect anna gets notify {first.team}`"
        case Trigger(sets=(first, *_)):
            return f"write a test with `expect {first.name} of anna = ..`"
        case Trigger(calls=(first, *_)):
            return f"write a test with `expect anna gets call {first.hook}`"
        case model.Score():
            return f"write a test with `expect {block.name} of anna = 8`"
        case model.Class(tiers=(first, *_)):
            return f"write a test with `expect class of {block.name} of anna = {first.name}`"
        case model.Segment():
            return f"write a test with `expect anna in {block.name}`"
    return "write a test that expects what it does"
