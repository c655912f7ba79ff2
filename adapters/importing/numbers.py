"""Numbers as people write them, exactly: `1.234,50`, `1,234.50`, `1'234.50`, `CHF 12.-`, `4.0128e+10`.

Which of comma and point is the decimal mark is a property of a column, not of a value: `1.234` alone does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

NumberFormat = Literal["de", "en"]
"""The decimal mark: a comma (de: `1.234,50`) or a point (en: `1,234.50`)."""

DESCRIBED: dict[NumberFormat, str] = {"de": "decimal comma (1.234,50)", "en": "decimal point (1,234.50)"}

_NOISE = re.compile(r"[\s'’_]+")
_CURRENCY = re.compile(r"^(?:[A-Z]{3}|Fr\.?|[€$£¥])|(?:[A-Z]{3}|Fr\.?|[€$£¥])$")
_SHAPE: dict[NumberFormat, re.Pattern[str]] = {
    "en": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?"),
    "de": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)?(?:,\d*)?(?:[eE][+-]?\d{1,3})?"),
}
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_EVIDENCE = re.compile(r"[+-]?(\d*)([.,])(\d+)(?:[eE][+-]?\d+)?")
_RESIDUE = 1_000_000_000
MAX_LENGTH = 60
"""Longer text is no number; keeps exact arithmetic small."""


def bare(text: str) -> str:
    """The number without currency, spaces and apostrophes between thousands: `CHF 1'234.–` is `1234`."""
    text = text.strip().replace("\u2212", "-").replace("\u2013", "-")
    text = _CURRENCY.sub("", text).strip()
    text = text.removesuffix(".-").removesuffix(",-").removesuffix(".--")
    return _NOISE.sub("", text)


def evidence(text: str) -> NumberFormat | Literal["ambiguous"] | None:
    """What one value says about the decimal mark: it tells, it could be both, or it says nothing (`1500`)."""
    text = bare(text)
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return "de" if text.rfind(",") > text.rfind(".") else "en"
    if points + commas == 0:
        return None
    if points > 1:
        return "de"
    if commas > 1:
        return "en"
    found = _EVIDENCE.fullmatch(text)
    if found is None:
        return None
    before, mark, after = found.groups()
    if len(after) == 3 and 1 <= len(before) <= 3 and before[0] != "0":
        return "ambiguous"
    return "en" if mark == "." else "de"


@dataclass(frozen=True, slots=True)
class NumberEvidence:
    """What a column's values say: how many tell each mark, with the first of each kind as an example."""

    de: str | None = None
    en: str | None = None
    ambiguous: str | None = None


def weigh(values: Iterable[str]) -> NumberEvidence:
    """The evidence of a column's sample."""
    first: dict[str, str] = {}
    for value in values:
        said = evidence(value)
        if said is not None:
            first.setdefault(said, value)
            if len(first) == 3:
                break
    return NumberEvidence(first.get("de"), first.get("en"), first.get("ambiguous"))


def parse_number(text: str, convention: NumberFormat | None, *, literal: bool = False) -> Decimal | None:
    """The exact value, or None if the text is no number in that convention.

    None as convention: only what needs none (`1500`, `-3`). `literal`: as programs write it.
    """
    if len(text) > MAX_LENGTH:
        return None
    if literal:
        return Decimal(text) if _PLAIN.fullmatch(text) else None
    text = bare(text)
    if not any(c.isascii() and c.isdigit() for c in text) or not text.isascii():
        return None
    if convention is None:
        return Decimal(text) if re.fullmatch(r"[+-]?\d+", text) else None
    if _SHAPE[convention].fullmatch(text) is None:
        return None
    plain = text.replace(".", "").replace(",", ".") if convention == "de" else text.replace(",", "")
    return Decimal(plain) if _PLAIN.fullmatch(plain) else None


def scaled(value: Decimal, denominator: int) -> int | None:
    """The value times the denominator if that is whole, else None: no digit that means something is rounded away.

    A residue under a billionth of the smallest unit means nothing: it is what binary floating point leaves behind
    (0.30000000000000004, 4.440892e-16), and goes to the nearest unit.
    """
    numerator, divisor = value.as_integer_ratio()
    whole, rest = divmod(numerator * denominator, divisor)
    if rest * _RESIDUE < divisor:
        return whole
    return whole + 1 if (divisor - rest) * _RESIDUE < divisor else None
