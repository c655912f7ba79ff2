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
from tests.cases.folder import HERE, Case
from tests.cases.golden import FOLDER, compare, goldens, unused
from tests.cases.telling import command
from tests.cases.test_cases import each_folder

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
