"""Names, dumping, and applying the fixes that findings bring."""

from __future__ import annotations

import doctest
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import codes, dump, names
from dsl.bind import order
from dsl.names import distance, listed, nearest
from dsl.parse import parse
from tests.dsl.samples import RICH
from tests.dsl.shop import findings, model


@pytest.mark.parametrize("module", [names, dump, order, codes])
def test_doctests(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "known", "meant"),
    [
        ("contry", ["county", "country"], "country"),
        ("purchases", ["purchase", "visit"], "purchase"),
        ("CH", ["ch"], "ch"),
        ("emial", ["email", "mail"], "email"),
        ("mail_opened", ["message_opened"], "message_opened"),
        ("birthday", ["birth_date"], "birth_date"),
        ("x", ["y"], None),
        ("xyz", ["country", "plan"], None),
        ("", ["a"], None),
    ],
)
def test_nearest(typed: str, known: list[str], meant: str | None) -> None:
    assert nearest(typed, known) == meant


@given(st.text(max_size=12), st.text(max_size=12))
def test_distance_is_a_distance(a: str, b: str) -> None:
    assert distance(a, a) == 0
    assert distance(a, b) == distance(b, a)
    assert abs(len(a) - len(b)) <= distance(a, b) <= max(len(a), len(b))


def test_listed_cuts_long_lists() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "`a`"
    assert listed([str(i) for i in range(10)], limit=2) == "`0`, `1` and 8 more"


def test_dumps_are_json_without_spans() -> None:
    for data in (dump.dump(parse("a.play", RICH).blocks), dump.dump(model(RICH))):
        text = json.dumps(data)
        assert '"span"' not in text
        assert '"start_pos"' not in text
        assert json.loads(text) == data


def test_a_dump_names_the_kind_of_each_node() -> None:
    data = dump.dump(model("segment s where birth_date in last 3 days").segments["s"])
    assert data["kind"] == "Segment"
    assert data["where"]["kind"] == "DateWithin"
    assert data["where"]["which"] == "in last"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("segment s wher vip", "segment s where vip"),
        ("segment s where country == CH", "segment s where country = CH"),
        ("segment s where credit > 1.234,50", "segment s where credit > 1_234.50"),
        ("segment s where email = 'a'", 'segment s where email = "a"'),
        ("segment s where contry = CH", "segment s where country = CH"),
        ("segment s where did purchase in the last 30d", "segment s where did purchase in  last 30 days"),
        ("segment s where purchase", "segment s where did purchase"),
        ('segment s where logins = "10"', "segment s where logins = 10"),
        ("cap c at most 1 message per day", "cap c at most 1 message per 24 hours"),
        ("segmnet s where vip", "segment s where vip"),
        ("segment s where occupation = self-employed", 'segment s where occupation = "self-employed"'),
        ("segment s where age between 5 and 3", "segment s where age between 3 and 5"),
    ],
)
def test_fixes_mend_the_text(text: str, fixed: str) -> None:
    for finding in reversed(findings(text)):
        (fix,) = finding.fixes
        text = text[: fix.span.start] + fix.replacement + text[fix.span.end :]
    assert text == fixed
    assert findings(text) == []
