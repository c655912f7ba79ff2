"""K0415: looks further back than the data is kept, and the many that are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsl.schema import Kept
from tests.dsl.linting import linted, marked, where
from tests.dsl.shop import SCHEMA

# today is 2026-11-23; `visit` and `purchase` are kept for a year here
KEPT = replace(
    SCHEMA,
    events={
        **SCHEMA.events,
        **{name: replace(SCHEMA.events[name], keep=Kept(1, "year")) for name in ("visit", "purchase")},
    },
)

BEYOND = [
    "did visit",
    "not did visit",
    "did visit in last 2 years",
    "did visit in last 13 months",
    "did visit in last 367 days",
    "did visit in last 400 local days",
    "did visit 500 to 400 days ago",
    "did visit before 2026-11-01",
    "did visit since 2025-11-01",
    "did visit from 2025-01-01 to 2025-12-31",
    "number of visit >= 3",
    "sum of purchase.amount > 100",
    "largest of purchase.amount with (items > 1) in last 3 years > 100",
    "first visit in last 30 days",
    "last visit older than 60 days",
    "last visit is missing",
    "last visit < 2026-11-01",
    "last visit >= 2025-01-01",
    "last visit in last 2 years",
    'last purchase.product = "X"',
    "did visit on at least 2 different local days",
    "did cart_added then visit within 2 days",
    "did visit without cart_added within 4 hours",
    "did visit within 2 days of signed_up",
]

WITHIN = [
    "did visit in last 1 year",
    "did visit in last 12 months",
    "did visit in last 366 days",
    "did visit 60 to 30 days ago",
    "did visit since 2026-01-01",
    "did visit this year",
    "did visit yesterday",
    "did cart_added",
    "number of cart_added in last 5 years > 2",
    "last visit in last 60 days",
    "last visit >= 2026-06-01",
    "2026-06-01 < last visit",
    "last visit between 2026-06-01 and 2026-07-01",
    "did cart_added then visit within 2 days in last 30 days",
    "did visit without cart_added within 4 hours this month",
]


@pytest.mark.parametrize("condition", BEYOND)
def test_looks_that_reach_beyond(condition: str) -> None:
    assert len(where(condition, "K0415", schema=KEPT)) >= 1


@pytest.mark.parametrize(
    ("condition", "advice"),
    [
        ("last visit older than 60 days", "`did visit in last 1 year`"),
        ('first purchase.product = "X"', "`did purchase in last 1 year`"),
        ("did visit", "at most `in last 1 year`"),
    ],
)
def test_the_advice_can_be_written_there(condition: str, advice: str) -> None:
    (finding,) = linted(f"segment s where {condition}\n", "K0415", schema=KEPT)
    assert advice in finding.help[0]


@pytest.mark.parametrize("condition", WITHIN)
def test_looks_that_do_not(condition: str) -> None:
    assert where(condition, "K0415", schema=KEPT) == []


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ("+1 on visit", ["+1 on visit"]),
        ("+1 on visit in last 30 days", []),
        ("+1 on visit once", ["+1 on visit once"]),
        ("+1 on visit halve every 30 days", []),
        ("+1 on visit halve every 60 days", ["+1 on visit"]),
        ("+1 on visit lose 10 % of the original every 30 days", []),
        ("+1 on visit lose 5 % of the original every 30 days", ["+1 on visit"]),
        ("+1 on visit forget after 400 days", ["+1 on visit"]),
        ("+1 on visit in last 30 days forget after 400 days", []),
        ("+1 on visit in last 3 years forgotten after 90 days", []),
        ("+1 on visit halving every 100 days forget after 90 days", ["+1 on visit halving every 100 days"]),
        ("+1 when did visit halve every 30 days", ["did visit"]),
        ("+1 per 100 of sum of purchase.amount halve every 30 days", ["sum of purchase.amount"]),
    ],
)
def test_points_that_come_from_further_back(rules: str, found: list[str]) -> None:
    assert marked(f"score s {rules}", "K0415", schema=KEPT) == found


def test_causes_and_what_follows_them_look_at_new_events() -> None:
    text = (
        "trigger t on visit wait 1 day unless did purchase since then\n"
        "  where did visit in last 30 days\n  send email cart_reminder\n  goal purchase within 7 days\n"
    )
    assert marked(text, "K0415", schema=KEPT) == []


def test_the_finding_says_what_and_where() -> None:
    (one,) = linted("segment s where did visit in last 2 years", "K0415", schema=KEPT)
    assert one.summary == "`did visit in last 2 years` looks further back, and `visit` is kept for 1 year"
    assert one.secondary[0].span == SCHEMA.events["visit"].span
    (ever,) = linted("define d = number of visit", "K0415", schema=KEPT)
    assert ever.summary == "`number of visit` asks for all time, and `visit` is kept for 1 year"


def test_each_look_is_told_where_it_is_written() -> None:
    text = "define often = number of visit > 3\nsegment s where often\nsegment t where often or vip\n"
    assert marked(text, "K0415", schema=KEPT) == ["number of visit"]
