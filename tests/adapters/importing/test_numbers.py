"""Numbers and their conventions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.importing.numbers import NumberFormat, evidence, parse_number, scaled, weigh


@pytest.mark.parametrize(
    ("text", "de", "en"),
    [
        ("1.234,50", "1234.50", None),
        ("1,234.50", None, "1234.50"),
        ("1'234.50", None, "1234.50"),
        ("1’234,5", "1234.5", None),
        ("1.234", "1234", "1.234"),
        ("0.125", None, "0.125"),
        ("1.23.456", None, None),
        ("12.34", None, "12.34"),
        ("CHF 12.-", "12", "12"),
        ("12,50 €", "12.50", None),
        ("\u22125", "-5", "-5"),
        ("+7", "7", "7"),
        ("1,5e3", "1.5e3", None),
        ("", None, None),
        (".", None, None),
        ("-", None, None),
        ("٣", None, None),
        ("1" * 70, None, None),
        ("12 Stück", None, None),
    ],
)
def test_parse(text: str, de: str | None, en: str | None) -> None:
    assert parse_number(text, "de") == (None if de is None else Decimal(de))
    assert parse_number(text, "en") == (None if en is None else Decimal(en))


def test_without_a_convention_only_whole_numbers_are_read() -> None:
    assert parse_number("1 500", None) == 1500
    assert parse_number("1.5", None) is None
    assert parse_number("1.5", None, literal=True) == Decimal("1.5")
    assert parse_number("1,5", "de", literal=True) is None


def test_evidence() -> None:
    said = {t: evidence(t) for t in ("1.234,5", "1,234.5", "1.234", "1,234", "0.125", "1234.567", "1.234.567", "15")}
    assert said == {
        "1.234,5": "de",
        "1,234.5": "en",
        "1.234": "ambiguous",
        "1,234": "ambiguous",
        "0.125": "en",
        "1234.567": "en",
        "1.234.567": "de",
        "15": None,
    }
    found = weigh(["15", "1.234", "1,5", "2,5"])
    assert (found.de, found.en, found.ambiguous) == ("1,5", None, "1.234")


def test_no_digit_is_rounded_away_but_what_floats_leave_behind() -> None:
    assert scaled(Decimal("1.50"), 100) == 150
    assert scaled(Decimal("1.505"), 100) is None
    assert scaled(Decimal("0.30000000000000004"), 100) == 30
    assert scaled(Decimal("0.29999999999999998"), 100) == 30
    assert scaled(Decimal("4.440892e-16"), 100) == 0
    assert scaled(Decimal("-0.5"), 1) is None
    assert scaled(Decimal("-0.30000000000000004"), 10) == -3


@given(value=st.decimals(min_value=-(10**9), max_value=10**9, places=2), convention=st.sampled_from(["de", "en"]))
def test_what_is_written_is_read(value: Decimal, convention: NumberFormat) -> None:
    english = f"{value:,.2f}"
    written = english if convention == "en" else english.translate(str.maketrans(",.", ".,"))
    assert parse_number(written, convention) == value
