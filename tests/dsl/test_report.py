"""Findings drawn: the anatomy, several marks on a line, tabs and wide characters, long lines, other files."""

from __future__ import annotations

import json

from dsl.diagnostics import Diagnostic, Fix, Label
from dsl.report import render, render_json
from dsl.spans import span_of
from tests.dsl.shop import read


def drawn(text: str) -> str:
    checked = read(text)
    return render(checked.diagnostics, checked.sources)


def one(text: str, part: str, *, label: str = "here", second: str = "", file: str = "a.play") -> str:
    start = text.index(part)
    secondary: tuple[Label, ...] = ()
    if second:
        at = text.index(second)
        secondary = (Label(span_of(file, text, at, at + len(second)), "there"),)
    finding = Diagnostic(
        "K0000", "something", Label(span_of(file, text, start, start + len(part)), label), secondary=secondary
    )
    return render([finding], {file: text}).partition("\n\n")[0]


def test_nothing_found_is_nothing_drawn() -> None:
    assert render([], {}) == ""
    assert render_json([]) == "[]\n"


def test_the_anatomy() -> None:
    assert drawn('segment vip_people "Very important"\n  where country = 5') == (
        "error[K0203]: `country`, which is one of [CH, LI, DE, AT], cannot meet a number\n"
        " --> a.play:2:19   in segment `vip_people`\n"
        "  |\n"
        "2 |   where country = 5\n"
        "  |         -------   ^ a number\n"
        "  |         one of [CH, LI, DE, AT], declared in schema.yaml:6\n"
        "  = help: the members are `CH`, `LI`, `DE` and `AT`\n"
        "\n"
        "1 error in 1 file\n"
    )


def test_labels_on_lines_apart() -> None:
    text = "one\ntwo\nthree\nfour\nfive"
    assert one(text, "five", second="one") == (
        "error[K0000]: something\n --> a.play:5:1\n  |\n1 | one\n  | --- there\n...\n5 | five\n  | ^^^^ here"
    )
    assert "2 | two\n3 | three" in one(text, "three", second="one")


def test_a_mark_behind_the_last_word() -> None:
    assert "1 | segment a where\n  |                ^ a condition is expected here" in drawn("segment a where")


def test_tabs_are_drawn_as_spaces() -> None:
    assert "1 | a   x   b\n  |         ^ here" in one("a\tx\tb", "b")


def test_wide_and_combining_characters_keep_the_mark_in_its_place() -> None:
    assert "1 | 日本 x\n  |      ^ here" in one("日本 x", "x")
    assert "1 | 日本 x\n  | ^^^^ here" in one("日本 x", "日本")
    assert "  |   ^ here" in one("u\u0308 x", "x")


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in one("a \x1b[31m x", "x")


def test_several_lines_are_marked_each() -> None:
    assert one("ab\n  cd\nef", "ab\n  cd").endswith("1 | ab\n  | ^^\n2 |   cd\n  |   ^^ here")
    long = one("\n".join(f"line {i}" for i in range(20)), "\n".join(f"line {i}" for i in range(20)))
    assert long.count("line") == 4
    assert "..." in long


def test_a_very_long_line_is_cut_around_the_mark() -> None:
    text = "x" * 5_000 + " HERE " + "y" * 5_000
    out = one(text, "HERE")
    assert max(len(line) for line in out.splitlines()) < 200
    source, mark = out.splitlines()[3:5]
    assert source[mark.index("^") : mark.index("^") + 4] == "HERE"


def test_a_label_in_a_file_that_is_not_given_is_named() -> None:
    assert "= note: a field of this name (schema.yaml:6)" in drawn("segment country where vip")


def test_a_label_in_another_given_file_is_drawn() -> None:
    checked = read("segment a where vip", "segment a where vip")
    out = render(checked.diagnostics, checked.sources)
    assert " --> b.play:1:9   in segment `a`" in out
    assert " ::: a.play:1:9" in out
    assert out.count("segment a where vip") == 2


def test_colour_changes_nothing_but_the_colour() -> None:
    import re

    checked = read("segment a where country = 5 and vipp\ncap c at most 1 message per day")
    plain = render(checked.diagnostics, checked.sources)
    coloured = render(checked.diagnostics, checked.sources, colour=True)
    assert coloured != plain
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_the_count_at_the_end() -> None:
    checked = read("segment a where vipp and vipq", "segment b where vipr")
    assert render(checked.diagnostics, checked.sources).endswith("\n3 errors in 2 files\n")


def test_json_has_stable_keys() -> None:
    span = span_of("a.play", "abc", 1, 2)
    finding = Diagnostic("K0001", "s", Label(span, "l"), help=("h",), fixes=(Fix("t", span, "r"),), block="cap `c`")
    (data,) = json.loads(render_json([finding]))
    assert set(data) == {
        "code", "severity", "summary", "primary", "secondary", "help", "fixes", "block", "values",
    }  # fmt: skip
    assert data["primary"]["column"] == 2
    assert data["fixes"][0]["replacement"] == "r"
