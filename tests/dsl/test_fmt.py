"""One layout: what it looks like, that it says the same, that it stays as it is."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dsl.fmt import format_text
from dsl.fmt.proof import said, same
from dsl.parse import parse
from tests.dsl.programs import blocks, plainly, spread

PLAYS = sorted((Path(__file__).resolve().parents[2] / "playbooks").rglob("*.play"))
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def laid(text: str) -> str:
    """The layout of a text without mistakes; it is stable."""
    done = format_text("a.play", text)
    assert [d.summary for d in done.diagnostics] == []
    again = format_text("a.play", done.text)
    assert again.text == done.text
    return done.text


@given(st.data())
@QUICK
def test_generated_programs_keep_their_meaning_and_comments_and_are_stable(data: st.DataObject) -> None:
    text = data.draw(spread(data.draw(blocks()), comments=True))
    before = parse("a.play", text)
    assume(not before.diagnostics)
    result = laid(text)
    after = parse("a.play", result)
    assert len(before.blocks) == len(after.blocks)
    assert all(same(old, new) for old, new in zip(before.blocks, after.blocks, strict=True))
    assert said(text) == said(result)
    assert result.endswith("\n")
    assert "\t" not in result.replace('"a\tb"', "").replace("#\ttab", "")
    assert "\r" not in result
    assert not any(line != line.rstrip() for line in result.split("\n"))


@given(st.data())
@QUICK
def test_the_layout_does_not_depend_on_blanks_and_line_breaks(data: st.DataObject) -> None:
    program = data.draw(blocks(most=3))
    plain = plainly(program)
    assume(not parse("a.play", plain).diagnostics)
    other = data.draw(spread(program, comments=False))
    assume(not parse("a.play", other).diagnostics)
    assert laid(other) == laid(plain)
