"""The text of every case: its spans, its layout, and the generated files beside it (see `golden.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from dsl import tree
from dsl.fmt import format_text
from dsl.fmt.proof import said, same
from dsl.parse import parse
from engine.plan import Plan, make_plan
from tests.cases.folder import HERE, Case
from tests.cases.golden import FOLDER, compare, goldens, unused
from tests.cases.schema import SCHEMA
from tests.cases.telling import command
from tests.cases.test_cases import each_folder
from tests.engine.world import model_of

PLAYS = sorted(p for p in HERE.rglob("*.play") if p.parent.name != FOLDER)
NAMES = [str(p.relative_to(HERE)) for p in PLAYS]
each_play = pytest.mark.parametrize("path", PLAYS, ids=NAMES)


def nodes(node: tree.Node) -> Iterator[tuple[tree.Node, tree.Node]]:
    """(node, parent) of everything below a node."""
    for f in fields(node):
        held = getattr(node, f.name)
        for child in held if isinstance(held, tuple) else (held,):
            if isinstance(child, tree.Node):
                yield child, node
                yield from nodes(child)


@each_play
def test_spans_are_words_inside_the_words_around_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    parsed = parse(path.name, text)
    if parsed.diagnostics:
        return  # what was put in to go on reading stands on no words
    for block in parsed.blocks:
        assert text.startswith(block.span.text(text), block.span.start)
        for node, parent in [(block, block), *nodes(block)]:
            words = node.span.text(text)
            where = f"{type(node).__name__} at {path.name}:{node.span.line}:{node.span.column}"
            assert words == words.strip() != "", where
            assert parent.span.start <= node.span.start < node.span.end <= parent.span.end, where


@each_play
def test_the_layout_says_the_same_and_stays(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before = parse(path.name, text)
    laid = format_text(path.name, text)
    again = format_text(path.name, laid.text)
    told = f"\n{command(str(path.relative_to(HERE)))}"
    assert again.text == laid.text, told
    if before.diagnostics:
        assert laid.text == text, told
        return
    after = parse(path.name, laid.text)
    assert len(before.blocks) == len(after.blocks), told
    assert all(same(old, new) for old, new in zip(before.blocks, after.blocks, strict=True)), told
    assert said(laid.text) == said(text), told


@each_folder
def test_generated_files(path: Path, update: bool) -> None:
    case = Case.read(path)
    wanted = goldens(case)
    wrong = [compare(file, text, case.name, update=update) for file, text in wanted.items()]
    held = set((path / FOLDER).glob("*"))
    again = command(case.name, "--update")
    wrong += [f"nothing makes {name}\n{again}" for name in unused(held, set(wanted), update=update)]
    if any(wrong):
        raise AssertionError("\n".join(text for text in wrong if text))


# ---------------------------------------------------------------- what never changes a meaning


@each_folder
def test_the_order_of_blocks_is_no_matter(path: Path) -> None:
    case = Case.read(path)
    for text in case.playbooks.values():
        blocks = [block.span.text(text) for block in parse("test.play", text).blocks]
        turned = "\n".join(reversed(blocks)) + "\n"
        assert plan_of(case, turned).hash == plan_of(case, text).hash, command(case.name)


@each_folder
def test_a_condition_that_is_given_a_name_means_the_same(path: Path) -> None:
    """The `where` of every segment pulled out into a define: an edit that fires nothing and moves nobody (§1.4)."""
    case = Case.read(path)
    for text in case.playbooks.values():
        segments = [block for block in parse("test.play", text).blocks if isinstance(block, tree.Segment)]
        wheres = [(s.head.name.text, c.expr.span) for s in segments for c in s.clauses if isinstance(c, tree.Where)]
        cuts = sorted(((span.start, span.end, f"pulled_out_of_{name}") for name, span in wheres), reverse=True)
        pulled, defines = text, ""
        for start, end, name in cuts:
            pulled = pulled[:start] + name + pulled[end:]
            defines += f"\ndefine {name} = {text[start:end]}\n"
        before, after = (plan_of(case, one).definition_hashes for one in (text, pulled + defines))
        assert after == before, command(case.name)


def plan_of(case: Case, text: str) -> Plan:
    return make_plan(model_of(text, SCHEMA), SCHEMA, case.zone)
