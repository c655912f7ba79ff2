"""Names that are taken by lists, and titles by other tests."""

from __future__ import annotations

from dataclasses import replace

from dsl.check import check
from tests.dsl.shop import SCHEMA, findings

TEST = 'test "{title}"\n  at 2026-11-20 12:00\n  contact anna\n  expect anna gets nothing\n'


def test_a_segment_is_not_called_like_a_list() -> None:
    schema = replace(SCHEMA, lists={"press": None})
    (found,) = check([("x.play", "segment press where vip")], schema, {}).diagnostics
    assert (found.code, found.summary) == ("K0201", "the name `press` is taken, it is a list")
    assert found.primary.span.text("segment press where vip") == "press"
    for text in ("segment seen\n  include list press\n", "suppress press where vip"):
        assert check([("x.play", text)], schema, {}).diagnostics == ()


def test_two_tests_of_one_title() -> None:
    text = TEST.format(title="nobody is written to") * 2
    (found,) = findings(text)
    assert (found.code, found.primary.span.line, found.secondary[0].span.line) == ("K0201", 5, 1)
    assert found.block == "test `nobody is written to`"


def test_tests_of_several_titles() -> None:
    assert findings(TEST.format(title="one") + TEST.format(title="two")) == []
    assert findings("segment one\n  where vip\n" + TEST.format(title="one")) == []
