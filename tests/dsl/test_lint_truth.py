"""K0404, K0405: always true, never true, and what only looks so."""

from __future__ import annotations

import pytest

from tests.dsl.linting import linted, required, where

NEVER = [
    "did purchase in last 7 days and did not purchase in last 30 days",
    "did purchase in last 7 days and did not purchase in last 1 month",
    "did purchase with (items > 3) and did not purchase",
    "did purchase 90 to 30 days ago and did not purchase in last 90 days",
    "did purchase today and did not purchase this month",
    "did purchase this month and did not purchase this year",
    "did purchase from 2026-01-01 to 2026-01-31 and did not purchase since 2026-01-01",
    "did purchase at least 3 times and did purchase at most 2 times",
    "number of purchase >= 3 and did not purchase",
    "last purchase older than 5 days and did not purchase",
    "first purchase is missing and did purchase",
    "age > 5 and age < 6",
    "logins = 1 and logins = 2",
    "logins < age and not logins < age",
    "credit = 1.5 and credit = 2",
    "vip and not vip",
    "not everyone",
    'first_name = "a" and first_name = "b"',
    'first_name is missing and first_name starts with "a"',
    'name_day = "02-29" and name_day = "02-28"',
    "birth_date >= 2026-01-01 and birth_date < 2026-01-01",
    "birth_date in next 5 days and birth_date in last 5 weeks",
    "signed_up in last 7 days and signed_up older than 30 days",
    "signed_up older than 33 days and signed_up in last 1 month",
    "age of birth_date > 3 and birth_date is missing",
    "logins plus 1 > 3 and logins is missing",
    "interests has all (ski) and interests is missing",
    "consents to email and not consents to email",
    "in others and not vip",
    "in others for 7 days and not vip",
    "in others for 7 days and not in others",
    "city within 5 km of (47, 8) and not city within 10 km of (47.0, 8)",
    "city within 999 m of contact.city and not city within 1 km of city",
    "city within 5 km of (47, 8) and city is missing",
    "not city within 5 km of city and city is known",
    "sample 10 % as spring and not sample 20 % as spring",
    "did cart_added then purchase within 2 days and did not purchase",
    "did cart_added without purchase within 2 days in last 5 days and did not cart_added in last 9 days",
]
ALWAYS = ["vip or not vip", "number of purchase >= 0", "in others or not vip", 'first_name = "a" or first_name != "a"']
OPEN = [
    "did purchase in last 30 days and did not purchase in last 7 days",
    "did purchase this week and did not purchase this month",
    "did purchase yesterday and did not purchase this week",
    "did purchase 90 to 30 days ago and did not purchase in last 80 days",
    "did purchase and did not purchase with (items > 3)",
    "did purchase with (items > 3) and did not purchase with (items > 4)",
    "did purchase in last 30 days and did not purchase in last 1 month",
    "signed_up older than 29 days and signed_up in last 1 month",
    "signed_up >= 2026-01-01 and signed_up < 2026-01-01",
    "age >= 0",
    "city within 5 km of (47, 8) and not city within 4 km of (47, 8)",
    "city within 5 km of (47, 8) and not city within 10 km of (8, 47)",
    "not city within 5 km of city",
    "age > 5 and age < 7",
    "vip = yes or vip = no",
    "sum of purchase.amount < 0",
    "average of purchase.amount < 0",
    'first_name starts with "a" and first_name starts with "b"',
    "interests has any (ski)",
    "plan > free",
    "logins = age and logins != 3 and age != 3",
    "everyone",
    "sample 20 % as spring and not sample 10 % as spring",
    "sample 10 % as spring and not sample 20 % as autumn",
    "did cart_added without purchase within 2 days and did not purchase",
    "did cart_added then purchase within 2 days in last 5 days and did not purchase in last 2 days",
    "not sample 10 % as spring",
    "in others and not in others for 7 days",
    "in others and vip",
]


@pytest.mark.parametrize("condition", NEVER)
def test_never(condition: str) -> None:
    assert where(condition, "K0405", "K0404") != []
    assert where(condition, "K0404") == []


@pytest.mark.parametrize("condition", ALWAYS)
def test_always(condition: str) -> None:
    assert where(condition, "K0404") != []
    assert where(condition, "K0405") == []


@pytest.mark.parametrize("condition", OPEN)
def test_nothing_is_claimed_without_proof(condition: str) -> None:
    assert where(condition, "K0404", "K0405") == []


@pytest.mark.parametrize(
    "condition",
    [
        "country in (CH, LI, DE, AT)",
        "plan >= free",
        "plan between free and gold",
        "age of birth_date >= 0",
        "interests has any (ski, bike)",
        "distinct of purchase.product >= 0",
    ],
)
def test_what_says_no_more_than_known(condition: str) -> None:
    (one,) = linted(f"segment s\n  where {condition}\n", "K0404")
    assert "wherever" in one.summary
    assert "is known" in one.help[0]


def test_what_says_no_more_than_missing() -> None:
    (one,) = linted("segment s\n  where country not in (CH, LI, DE, AT)\n", "K0405", "K0404")
    assert one.code == "K0405"
    assert "is missing" in one.help[0]


def test_a_required_field_makes_it_always_true() -> None:
    (one,) = linted("segment s\n  where plan >= free\n", "K0404", schema=required("plan"))
    assert one.summary == "this is always true"


def test_the_smallest_part_is_underlined_once() -> None:
    assert where("vip and (logins > 3 or (age = 1 and age = 2)) and plan = gold", "K0405", "K0404") == ["age = 1"]
    assert where("not (vip or not vip) and plan = gold", "K0404", "K0405") == ["vip"]


def test_the_two_parts_that_clash_are_marked() -> None:
    text = "segment s\n  where age = 1 and vip and age = 2\n"
    (one,) = linted(text, "K0405")
    assert [one.primary.span.text(text), *(label.span.text(text) for label in one.secondary)] == ["age = 1", "age = 2"]


def test_three_parts_can_clash() -> None:
    assert where("age >= 1 and age <= 3 and age != 2 and age != 1 and age != 3", "K0405") != []


def test_filters_over_events_and_rules_of_scores() -> None:
    assert where("did purchase with (items > 3 and items < 3)", "K0405") == ["items > 3"]
    assert linted("score x\n  +1 when vip and not vip\n", "K0405") != []


def test_what_is_defined_is_told_where_it_is_defined() -> None:
    text = "define odd = age = 1 and age = 2\n\nsegment s\n  where odd and vip\n"
    (one,) = linted(text, "K0405")
    assert one.block == "define `odd`"
    text = "define warm = age > 5\n\nsegment s\n  where warm and age < 4\n"
    (one,) = linted(text, "K0405")
    assert one.block == "segment `s`"


def test_tiers() -> None:
    value = "class worth\n  by logins\n  tier A top 5\n  tier B next 5\n  tier C rest\n\n"
    for condition, codes in (
        ("class of worth >= C", ["K0404"]),
        ("class of worth in (A, B, C)", ["K0404"]),
        ("class of worth = A and class of worth = B", ["K0405"]),
        ("class of worth is missing", []),
        ("class of worth >= B", []),
    ):
        found = linted(f"{value}segment s\n  where {condition}\n", "K0404", "K0405")
        assert [one.code for one in found] == codes, condition


def test_scores_and_stages() -> None:
    score = "score engagement\n  +1 on visit\n  keep between 0 and 100\n  stage cold from 0\n  stage hot from 40\n\n"
    for condition, codes in (
        ("engagement >= 0", ["K0404"]),
        ("engagement >= 1", []),
        ("stage of engagement >= cold", ["K0404"]),
        ("stage of engagement = hot", []),
    ):
        found = linted(f"{score}segment s\n  where {condition}\n", "K0404", "K0405")
        assert [one.code for one in found] == codes, condition
