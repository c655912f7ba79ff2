"""The picture of the grammar is current and holds all of it."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree

import pytest

from dsl.tables import grammar, tables
from scripts.grammar_shape import FOR_FINDINGS, Keyword, Many, Maybe, Ref, Seq, keywords, read
from scripts.railroad import GRAMMAR, PICTURE, inlined, picture, said

SMALL = """
// a comment
start: block
?block: cap

// ------------------------ cap

cap: "cap" name rule* ["owner" text]       // cap weekly
?rule: "at" "most" number                   -> most
     | "at" "least" number                  -> least
     | unit
!unit: "day" | "days" | "week" | "weeks"
unused: "class" name text
name: WORD
text: QUOTED
number: DIGITS

%declare WORD QUOTED DIGITS
"""


def test_it_is_current() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(GRAMMAR.read_text(encoding="utf-8")), (
        "the grammar has changed: run `python -m scripts.railroad`"
    )


@pytest.fixture(scope="module")
def drawn() -> ElementTree.Element:
    return ElementTree.fromstring(PICTURE.read_text(encoding="utf-8"))


def test_every_rule_is_drawn(drawn: ElementTree.Element) -> None:
    """Every rule of the parser's tables stands there, by itself or where it is used."""
    rules = {rule.name: rule for rule in read(grammar())}
    folded = tables().lark.rules
    known = {str(rule.origin.name) for rule in folded if not rule.origin.name.startswith("__")}
    left_out = known - set(rules) - {part for _, part in FOR_FINDINGS}
    for name in left_out:
        users = {str(r.alias or r.origin.name) for r in folded if name in {str(s.name) for s in r.expansion}}
        assert users <= left_out, name
    anchors = {node.get("id") for node in drawn.iter() if node.get("id")}
    assert anchors == {name for name, rule in rules.items() if not inlined(rule)}
    texts = {"".join(node.itertext()) for node in drawn.iter("{http://www.w3.org/2000/svg}text")}
    for anchor in anchors:
        assert {said(str(anchor)), f"{said(str(anchor))}: one of"} & texts


def test_every_word_is_drawn(drawn: ElementTree.Element) -> None:
    boxes = {"".join(node.itertext()) for node in drawn.iter("{http://www.w3.org/2000/svg}text")}
    words = {word for box in boxes for word in box.replace("(s)", "").split()}
    for rule in read(grammar()):
        for _, shape in rule.alternatives:
            for text in keywords(shape):
                assert text in words or text.removesuffix("s") in words or text.isupper(), text


def test_links_lead_to_rules(drawn: ElementTree.Element) -> None:
    anchors = {node.get("id") for node in drawn.iter() if node.get("id")}
    links = {unescape(link) for link in re.findall(r'xlink:href="#([^"]+)"', PICTURE.read_text(encoding="utf-8"))}
    assert links <= anchors


def test_a_grammar_is_read_without_what_nothing_refers_to() -> None:
    rules = {rule.name: rule for rule in read(SMALL)}
    assert set(rules) == {"start", "block", "cap", "rule", "unit", "name", "text", "number"}
    assert [label for label, _ in rules["rule"].alternatives] == ["most", "least", "rule"]
    assert rules["cap"].section == "cap"
    assert rules["cap"].alternatives[0][1] == Seq(
        (Keyword("cap"), Ref("name"), Many(Ref("rule")), Maybe(Seq((Keyword("owner"), Ref("text")))))
    )
    made = picture(SMALL)
    assert "unused" not in made
    assert ">class<" not in made
    assert all(f">{text}</text>" in made for text in ("at most", "at least", "day(s)", "week(s)", "owner"))


def test_a_change_of_the_grammar_changes_the_picture() -> None:
    assert picture(SMALL) != picture(SMALL.replace('"most"', '"worst"'))
