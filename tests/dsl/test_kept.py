"""What is kept from one check to the next, and what is not."""

from __future__ import annotations

from dsl.check import check
from dsl.kept import Kept
from tests.dsl.shop import SCHEMA, TEMPLATES


def test_only_a_changed_file_is_parsed_anew() -> None:
    kept = Kept()
    a, b = ("a.play", "segment a where vip\n"), ("b.play", "segment b where in a\n")
    first = check([a, b], SCHEMA, TEMPLATES, kept=kept)
    kept.turn()
    changed = ("b.play", "segment b where not in a\n")
    second = check([a, changed], SCHEMA, TEMPLATES, kept=kept)
    assert second.trees[0] is first.trees[0]
    assert second.trees[1] is not first.trees[1]
    assert second.model == check([a, changed], SCHEMA, TEMPLATES).model


def test_the_same_text_in_another_file_has_its_own_places() -> None:
    kept = Kept()
    text = "segment a where vipp\n"
    found = [check([(file, text)], SCHEMA, TEMPLATES, kept=kept).diagnostics for file in ("a.play", "b.play")]
    assert [d.primary.span.file for one in found for d in one] == ["a.play", "b.play"]


def test_what_a_round_does_not_ask_for_is_forgotten() -> None:
    kept, calls = Kept(), []

    def work(n: int) -> int:
        calls.append(n)
        return n

    for asked in ([1, 2, 1], [1], [1, 2]):
        kept.turn()
        assert [kept.of(work, n) for n in asked] == asked
    assert calls == [1, 2, 2]
