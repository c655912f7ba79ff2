"""Whatever the text: reading it gives blocks and findings, never an exception, and findings point into the text."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.diagnostics import Diagnostic
from dsl.report import render
from tests.dsl.samples import RICH
from tests.dsl.shop import read

WORDS = sorted(set(re.findall(r'"[^"\n]*"|[\w.:]+|[^\s\w]', RICH)))
HABITS = [
    "==",
    "&&",
    "'x'",
    "“x”",
    '"open',
    "1.234,50",
    "31.12.2026",
    "{",
    "}",
    ";",
    "\n",
    "\nsegment",
    "\n  ",
    "€",
    "4h",
]
PIECES = st.sampled_from(WORDS + HABITS)
BLOCKS = re.split(r"\n(?=\w)", RICH)


def sound(text: str) -> None:
    checked = read(text)
    for finding in checked.diagnostics:
        points_into(finding, text)
    assert (checked.model is None) == bool(checked.diagnostics)
    drawn = render(checked.diagnostics, checked.sources)
    assert drawn.count("[K") >= len(checked.diagnostics)
    for hidden in ("__ANON", "WORD", "QUOTED", "DIGITS", "$END"):
        assert hidden not in "".join(d.summary + d.primary.text for d in checked.diagnostics if hidden not in text)


def points_into(finding: Diagnostic, text: str) -> None:
    span = finding.primary.span
    assert 0 <= span.start <= span.end <= len(text)
    before = text[: span.start]
    assert span.line == before.count("\n") + 1
    assert span.column == len(before) - (before.rfind("\n") + 1) + 1
    assert finding.summary == finding.summary.strip()
    assert not finding.summary.endswith(".")


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_random_text(text: str) -> None:
    sound(text)


@given(st.sampled_from(["segment s where ", "score s ", "trigger t ", 'test "t" at ', "cap c ", "define d ", ""]),
       st.lists(PIECES, max_size=30))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_random_words(head: str, words: list[str]) -> None:
    sound(head + " ".join(words))


@given(st.sampled_from(BLOCKS), st.integers(0, 400), st.integers(0, 3), st.lists(PIECES, max_size=2))
@settings(max_examples=300, deadline=None)
def test_a_good_block_with_a_slip(block: str, at: int, cut: int, put: list[str]) -> None:
    tokens = re.findall(r'"[^"\n]*"|\s+|[\w.:]+|[^\s\w]', block)
    at %= len(tokens)
    sound("".join([*tokens[:at], " ", " ".join(put), " ", *tokens[at + cut :]]))
