"""One layout: what it looks like, that it says the same, that it stays as it is."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dsl import tree
from dsl.fmt import UnsoundLayoutError, format_text
from dsl.fmt.proof import prove, said, same
from dsl.fmt.rules import RULES, Rule
from dsl.parse import parse
from dsl.tokens import Page, scan
from tests.dsl.programs import blocks, plainly, spread
from tests.dsl.samples import RICH

PLAYS = sorted((Path(__file__).resolve().parents[2] / "playbooks").rglob("*.play"))
LONG = int(os.environ.get("KADENZ_LONG", "60"))
"""Cases of each law; set it for a long search."""
QUICK = settings(max_examples=LONG, deadline=None, suppress_health_check=[HealthCheck.too_slow])


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


SAMPLE = [
    [one.span.text(RICH)[a.start - one.span.start : a.end - one.span.start] for a in scan(Page("", RICH)).lexemes
     if one.span.start <= a.start < one.span.end]
    for one in parse("rich.play", RICH).blocks
]  # fmt: skip
"""The blocks of the rich sample, each as its tokens: every class of the tree, in sentences that mean something."""


@given(st.data())
@QUICK
def test_sentences_keep_their_meaning_and_comments_and_their_layout(data: st.DataObject) -> None:
    program = data.draw(st.lists(st.sampled_from(SAMPLE), min_size=1, max_size=3))
    plain = laid(plainly(program))
    assert laid(data.draw(spread(program, comments=False))) == plain
    noisy = data.draw(spread(program, comments=True))
    result = laid(noisy)
    assert said(result) == said(noisy)
    assert result.split()  # nothing but comments and blanks differ:
    bare = "\n".join(line.split("#")[0] for line in result.split("\n"))
    assert bare.split() == plain.split()


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([token for block in SAMPLE for token in block]), max_size=30).map(" ".join)
)
@QUICK
def test_any_text_is_laid_out_or_left_alone(text: str) -> None:
    done = format_text("a.play", text)
    assert bool(done.diagnostics) == bool(parse("a.play", text).diagnostics)
    if done.diagnostics:
        assert done.text == text


def test_the_example_of_the_page() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
    section = page.split("\n## One layout\n")[1].split("\n## ")[0]
    before, after = re.search(r"```text\n(.*?)```.*?```kadenz\n(.*?)```", section, re.DOTALL).groups()  # type: ignore[union-attr]
    assert laid(before) == after


def test_each_class_of_the_tree_has_its_layout() -> None:
    ours = {
        value for value in vars(tree).values()
        if isinstance(value, type) and issubclass(value, tree.Node) and value is not tree.Node
    }  # fmt: skip
    missing = sorted(one.__name__ for one in ours - set(RULES))
    assert missing == [], "say in dsl/fmt/rules.py how these stand on the page"
    assert {one for one in ours if RULES[one] is Rule.BLOCK} == set(tree.Block.__args__) - {tree.Broken}


def test_each_clause_of_a_block_is_a_clause_of_the_layout() -> None:
    for union in (tree.ScoreClause, tree.TriggerClause, tree.TestClause):
        for one in union.__args__:
            assert RULES[one] in (Rule.CLAUSE, Rule.DETAIL, Rule.ACTIONS), one.__name__


def test_the_rich_sample() -> None:
    result = laid(RICH)
    assert 'segment swiss_women was women "Women of 30 to 50 who have not bought X for a year"\n  where g' in result
    assert laid(RICH.replace("\n  ", "\n\t\t")) == result
    assert laid(RICH.replace("\n", "\r\n")) == result


@pytest.mark.parametrize("path", PLAYS, ids=lambda p: p.stem)
def test_the_ready_playbooks(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    result = laid(text)
    assert said(result) == said(text)


WIDE = "cap a at most 1 message per 7 days where some_condition and some_condition and some_condition"
LAYOUTS = {
    "a short condition is one line": (
        "segment a where country=CH\n\n\n    and vip",
        "segment a\n  where country = CH and vip\n",
    ),
    "a long one is one operand a line": (
        "segment a where first_condition_of_some_length = 1 and second_condition_of_some_length = 2"
        " and one_more_condition",
        "segment a\n  where first_condition_of_some_length = 1\n    and second_condition_of_some_length = 2\n"
        "    and one_more_condition\n",
    ),
    "what is in parentheses stays on a line if it fits": (
        "segment a where first_condition_of_some_length = 1 or not (vip and second_condition_of_some_length = 2)"
        " or (third_condition_of_some_length = 3 or fourth_condition_of_some_length = 4 or fifth_condition = 5)",
        "segment a\n  where first_condition_of_some_length = 1\n"
        "    or not (vip and second_condition_of_some_length = 2)\n"
        "    or (third_condition_of_some_length = 3\n      or fourth_condition_of_some_length = 4\n"
        "      or fifth_condition = 5)\n",
    ),
    "and inside or gets parentheses": (
        "define a = x and y or z\ndefine b = x or (y and z)",
        "define a = (x and y) or z\ndefine b = x or (y and z)\n",
    ),
    "a long list fills lines": (
        f"segment a where plz in ({', '.join(str(8000 + i) for i in range(20))})",
        f"segment a\n  where plz in ({', '.join(str(8000 + i) for i in range(14))},\n"
        f"                {', '.join(str(8014 + i) for i in range(6))})\n",
    ),
    "a long sum breaks before its words": (
        "define a = first_amount_of_some_length plus second_amount_of_some_length times third_amount_of_some_length"
        " minus 1",
        "define a = first_amount_of_some_length\n  plus second_amount_of_some_length\n"
        "  times third_amount_of_some_length\n  minus 1\n",
    ),
    "points and stages stand in columns": (
        "score s\n+2 on a\n- 15 when b\n+1_000 per 100 of c at most 20 points\nstage x from - 5\nstage longer from 11",
        "score s\n  +2     on a\n  -15    when b\n  +1_000 per 100 of c at most 20 points\n"
        "  stage x      from -5\n  stage longer from 11\n",
    ),
    "tiers stand in columns": (
        'class c "C" by a plus b where d tier gold first 5 % of total tier b next 10 % of total tier c rest',
        'class c "C"\n  by a plus b\n  where d\n  tier gold first 5 % of total\n  tier b    next 10 % of total\n'
        "  tier c    rest\n",
    ),
    "actions tried in order": (
        'trigger t "T" on a send email x else send sms y else send letter z notify n "x"',
        'trigger t "T"\n  on a\n  send email x\n    else send sms y\n    else send letter z\n  notify n "x"\n',
    ),
    "caps without a title are a table": (
        'cap a at most 1 message per 7 days\n\n\ncap longer at least 3 hours between messages\ncap c "C" at most 1 sms'
        " per local day where vip",
        "cap a      at most 1 message per 7 days\ncap longer at least 3 hours between messages\n\n"
        'cap c "C"\n  at most 1 sms per local day\n  where vip\n',
    ),
    "a comment, or another kind, ends the table": (
        "cap a at most 1 message per 7 days\n# about b\ncap bb at most 1 sms per 7 days\nquiet q on sunday for sms",
        "cap a at most 1 message per 7 days\n\n# about b\ncap bb at most 1 sms per 7 days\n\n"
        "quiet q on sunday for sms\n",
    ),
    "a table too wide is none": (
        f"{WIDE}\n\ncap b{'_' * 60} at most 1 sms per 7 days",
        f"{WIDE}\ncap b{'_' * 60} at most 1 sms per 7 days\n",
    ),
    "a test": (
        'test "t" at 2026-01-01 09:00 contact a ( ) consents to email for x consents to sms did visit 1 day ago '
        "did visit(n=1) 2 days ago contact b after 1 day expect a gets nothing",
        'test "t"\n  at 2026-01-01 09:00\n  contact a () consents to email for x\n    consents to sms\n'
        "    did visit 1 day ago\n    did visit (n = 1) 2 days ago\n  contact b\n  after 1 day\n"
        "  expect a gets nothing\n",
    ),
    "signs": (
        'offer o discount 10%\nsegment s where a .b in( 1,2 ) and did x with( a=-5 )and sum of x . y>=1_0 and t="# ("',
        "offer o\n  discount 10 %\n\n"
        'segment s\n  where a.b in (1, 2) and did x with (a = -5) and sum of x.y >= 1_0 and t = "# ("\n',
    ),
    "one spelling for one idea": (
        "segment s where a is not missing and b is not known and a is known and b is missing",
        "segment s\n  where a is known and b is missing and a is known and b is missing\n",
    ),
    "nothing": (" \n\t\n", ""),
}


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_layouts(name: str) -> None:
    text, expected = LAYOUTS[name]
    assert laid(text) == expected


COMMENTS = {
    "between blocks": (
        "# file\n#  two\n\n\n# about a\nsegment a where vip\n# about b\n\nsegment b where vip\n\n\n# end\n\n# of file",
        "# file\n#  two\n\n# about a\nsegment a\n  where vip\n\n# about b\n\nsegment b\n  where vip\n\n# end\n\n"
        "# of file\n",
    ),
    "an indented one belongs to the block above": (
        "segment a\n  where vip\n    # still a\n\n    # and this\n# about b\n   # too\nsegment b where vip",
        "segment a\n  where vip\n  # still a\n  # and this\n\n# about b\n# too\nsegment b\n  where vip\n",
    ),
    "at the end of a line, and before a clause": (
        'segment a# head\n  #why\n  where vip   # who\n# owned\n  owner "x" # by\nsegment b where vip#b',
        'segment a  # head\n  #why\n  where vip  # who\n  # owned\n  owner "x"  # by\n\nsegment b\n  where vip  #b\n',
    ),
    "before an else": (
        "trigger t on a\n send email x # first\n # or else\n else send sms y # second",
        "trigger t\n  on a\n  send email x  # first\n    # or else\n    else send sms y  # second\n",
    ),
    "at the operands of a condition": (
        "segment a\n where x # one\n and y # two\n # three\n and (z or # z\n w) # four\n",
        "segment a\n  where x  # one\n    and y  # two\n    # three\n    and (z\n      # z\n      or w)  # four\n",
    ),
    "inside a clause": (
        "segment a where country in # list\n (CH, # Swiss\n LI)",
        "segment a\n  # list\n  # Swiss\n  where country in (CH, LI)\n",
    ),
    "inside a head": (
        "# lead\n\nsegment # one\n a where vip",
        "# lead\n\n# one\nsegment a\n  where vip\n",
    ),
    "between a contact and its consent": (
        'test "t" at 2026-01-01 09:00 contact a # who\n consents to email\n expect a in b',
        'test "t"\n  at 2026-01-01 09:00\n  contact a  # who\n    consents to email\n  expect a in b\n',
    ),
    "a cap with a comment inside is no line": (
        "cap a # why\n at most 1 sms per 7 days\ncap b at most 1 sms per 7 days # end",
        "cap a  # why\n  at most 1 sms per 7 days\n\ncap b at most 1 sms per 7 days  # end\n",
    ),
    "nothing but comments": ("\n\n# a\n\n\n  # b \r\n", "# a\n\n# b\n"),
}


@pytest.mark.parametrize("name", list(COMMENTS))
def test_comments_stay_where_they_belong(name: str) -> None:
    text, expected = COMMENTS[name]
    assert laid(text) == expected
    assert said(text) == said(expected)


@pytest.mark.parametrize(
    "text",
    ["segment a wher vip", "segment a where x == 1", "sgment a where vip", 'segment a where x = "open', "é€", "# a\n)"],
)
def test_a_text_with_mistakes_is_left_alone(text: str) -> None:
    done = format_text("a.play", text + "\r\n")
    assert done.text == text + "\r\n"
    assert done.diagnostics


def test_at_the_limit_of_depth_no_parentheses_are_added() -> None:
    text = "segment a where " + "(" * 64 + "x and y or z" + ")" * 64
    assert laid(text).split("(")[-1].split() == ["x", "and", "y", "or", "z" + ")" * 64]
    fewer = text.replace("((", "(", 1).replace("))", ")", 1)
    assert laid(fewer).split("(")[-1].split() == ["x", "and", "y)", "or", "z" + ")" * 63]


def test_a_file_that_would_grow_too_long_is_left_alone() -> None:
    text = "segment a where " + "(" * 63 + "vip" + " and vip or vip" * 2_000 + ")" * 63
    done = format_text("a.play", text)
    assert done.text == text
    assert [d.summary for d in done.diagnostics] == ["laid out, the file would be longer than 256 kB"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("segment a where x and y", "segment a where x or y"),
        ("segment a where x = 1", "segment a where x = 2"),
        ("segment a where x or (y or z)", "segment a where x or y or z"),
        ("segment a where x and (y or z)", "segment a where x and y or z"),
        ("segment a where x", "segment a where x segment b where x"),
        ("segment a where x", "segment a where x\nsegment b where x"),
        ("tags", "segment a where x"),
        ("segment a where x # c", "segment a where x"),
        ("segment a # c\n where x # d", "segment a # d\n where x # c"),
        ("trigger t on a tags b priority 1", "trigger t on a priority 1 tags b"),
        ("score s +1 on a", "score s -1 on a"),
    ],
)
def test_the_proof_sees_what_differs(before: str, after: str) -> None:
    with pytest.raises(UnsoundLayoutError):
        prove(parse("a.play", before), parse("a.play", after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("segment a where x or y and z", "segment a where x or (y and z)"),
        ("segment a where x is not missing", "segment a\nwhere x is known"),
        ("segment a where n = 1000", "segment a where n = 1_000"),
    ],
)
def test_the_proof_sees_what_does_not(before: str, after: str) -> None:
    prove(parse("a.play", before), parse("a.play", after))
