"""Text to tree: grammar, spans, recovery, limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from dsl import tree
from dsl.dump import dump
from dsl.parse import parse
from dsl.tables import grammar, made
from tests.dsl.samples import RICH
from tests.dsl.shop import findings


def children(node: object) -> Iterator[tree.Node]:
    if isinstance(node, tree.Node):
        for name in node.__dataclass_fields__:
            if name != "span":
                yield from _nodes(getattr(node, name))


def _nodes(value: object) -> Iterator[tree.Node]:
    if isinstance(value, tree.Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def test_the_grammar_has_no_conflict_in_strict_mode() -> None:
    assert made(grammar()).options.strict


def test_the_rich_sample_parses() -> None:
    parsed = parse("rich.play", RICH)
    assert [d.summary for d in parsed.diagnostics] == []
    assert {type(block).__name__ for block in parsed.blocks} == {
        "Segment", "Define", "Score", "Class", "Trigger", "Cap", "Quiet", "Suppress", "Quality", "Offer", "Test",
    }  # fmt: skip


def test_every_span_slices_to_text_inside_its_parent() -> None:
    parsed = parse("rich.play", RICH)
    todo: list[tree.Node] = list(parsed.blocks)
    seen = 0
    while todo:
        node = todo.pop()
        text = node.span.text(RICH)
        assert text
        assert text.strip() == text
        assert RICH.split("\n")[node.span.line - 1][node.span.column - 1 :].startswith(text.split("\n")[0])
        for child in children(node):
            assert node.span.start <= child.span.start
            assert child.span.end <= node.span.end
            todo.append(child)
        seen += 1
    assert seen > 500


def test_the_rich_sample_uses_every_kind_of_node() -> None:
    kinds = set(re.findall(r"'kind': '(\w+)'", str(dump(parse("rich.play", RICH).blocks))))
    ours = {
        name for name, value in vars(tree).items()
        if isinstance(value, type) and issubclass(value, tree.Node) and value is not tree.Node
    }  # fmt: skip
    assert ours - kinds == {"BarePeriod", "Broken"}


def test_several_mistakes_in_several_blocks_are_all_reported() -> None:
    text = "segment a\n  wher vip\nsegment b where vip\ncap c at most\nquiet q from 20:00 too 08:00\n"
    found = parse("x.play", text).diagnostics
    assert [(d.code, d.primary.span.line, d.block) for d in found] == [
        ("K0101", 2, "segment `a`"),
        ("K0108", 4, "cap `c`"),
        ("K0101", 5, "quiet `q`"),
    ]


def test_two_mistakes_in_one_block_are_both_reported() -> None:
    found = parse("x.play", "segment a\n  wher country = CH annd vip").diagnostics
    assert [d.primary.text for d in found] == ["did you mean `where`?", "did you mean `and`?"]


def test_a_broken_block_keeps_its_name() -> None:
    parsed = parse("x.play", "segment a where ((\nsegment b where in a")
    broken = parsed.blocks[0]
    assert isinstance(broken, tree.Broken)
    assert broken.name is not None
    assert broken.name.text == "a"
    assert [d.code for d in findings(parsed.text)] == ["K0108"]


def test_block_words_in_comments_and_texts_begin_nothing() -> None:
    text = 'segment a "one"\n# segment b\n  where email = "x" # trigger\n'
    assert len(parse("x.play", text).blocks) == 1


@pytest.mark.parametrize(
    "word",
    ["age", "number", "sum", "first", "last", "stage", "class", "sample", "consents", "wait", "send", "per", "on"],
)
def test_keywords_may_be_names(word: str) -> None:
    for text in (
        f"segment {word} where vip",
        f"segment x where {word} = 3 and not {word} in (1, 2) and {word} is known",
        f"segment x where contact.{word} = 3 and age of {word} > 3",
        f"segment x where did {word} and number of {word} > 1 and sum of {word}.{word} > 3",
        f"trigger t on {word} with ({word} = 3) send {word} {word} purpose {word} tags {word}",
    ):
        assert [d.summary for d in parse("x.play", text).diagnostics] == [], text


def test_names_are_of_any_script_and_nfc() -> None:
    parsed = parse("x.play", 'segment zu\u0308rich where city_name = "Zu\u0308rich"\nsegment дом where vip')
    assert not parsed.diagnostics
    assert [b.head.name.text for b in parsed.blocks if isinstance(b, tree.Segment)] == ["zürich", "дом"]


def test_windows_line_ends_and_a_byte_order_mark_are_fine() -> None:
    parsed = parse("x.play", "\ufeffsegment a\r\n  where vip\r\n\r\nsegment b where\u00a0vip\r\n")
    assert not parsed.diagnostics
    assert len(parsed.blocks) == 2


def test_an_empty_file_is_fine() -> None:
    for text in ("", "\n\n", "# only a comment"):
        assert parse("x.play", text).blocks == ()
        assert parse("x.play", text).diagnostics == ()


def test_limits() -> None:
    def codes(text: str) -> list[str]:
        return [d.code for d in parse("x.play", text).diagnostics]

    assert codes("#" * (256 * 1024)) == []
    assert codes("#" * (256 * 1024 + 1)) == ["K0190"]
    assert codes("#" + "ü" * (128 * 1024)) == ["K0190"]
    assert codes("segment a where vip" + " and vip" * 9_998) == []
    assert codes("segment a where vip" + " and vip" * 9_999) == ["K0191"]
    assert codes("segment a where " + "(" * 64 + "vip" + ")" * 64) == []
    assert codes("segment a where " + "(" * 65 + "vip" + ")" * 65) == ["K0192"]
    assert codes("segment a where " + "not " * 65 + "vip") == ["K0192"]
    assert codes("segment a where " + "(not " * 33 + "vip" + ")" * 33) == ["K0192"]
    many = codes("\n".join(f"segment s{i} wher" for i in range(200)))
    assert len(many) == 101
    assert many.count("K0193") == 1


def test_the_deepest_allowed_text_binds() -> None:
    inside = "".join("(vip or logins = 1 and not vip and " for _ in range(32)) + "vip" + ")" * 32
    assert findings(f"segment a where {inside}") == []
    assert findings("segment a where " + "(" * 64 + "vip" + ")" * 64) == []
    assert findings("segment a where " + "not " * 64 + "vip") == []


def test_a_long_list_and_a_long_chain_of_defines_bind() -> None:
    numbers = ", ".join(str(i) for i in range(5_000))
    assert findings(f"segment a where logins in ({numbers})") == []
    chain = "\n".join(f"define d{i} = d{i + 1}" for i in range(1_500)) + "\ndefine d1500 = vip"
    assert findings(chain) == []
