"""Stored values -> words people read, in the manner of a language: 31.12.2026, 1'234.50 CHF, 1.234,50 EUR.

A language without a region takes the project's country (`de` in a Swiss project is `de-CH`). What no table knows is
written plainly: 2026-12-31, 1234.50 CHF.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Stored, Text, Type, Zone
from engine.instants import to_datetime
from engine.zones import zone


@dataclass(frozen=True, slots=True)
class Manner:
    """How a language writes numbers and dates. In the patterns: d, dd, mm, yyyy, month (its name)."""

    thousands: str
    point: str
    short: str
    long: str
    day: str
    months: str = ""


_DE = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
_FR = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_IT = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
_EN = "January February March April May June July August September October November December"
_ES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
_NL = "januari februari maart april mei juni juli augustus september oktober november december"

_DOTS = "{dd}.{mm}.{yyyy}"
_SLASHES = "{dd}/{mm}/{yyyy}"
_NAMED = "{d} {month} {yyyy}"

MANNERS: Mapping[str, Manner] = {
    "de": Manner(".", ",", _DOTS, "{d}. {month} {yyyy}", "{dd}.{mm}.", _DE),
    "de-CH": Manner("'", ".", _DOTS, "{d}. {month} {yyyy}", "{dd}.{mm}.", _DE),
    "de-LI": Manner("'", ".", _DOTS, "{d}. {month} {yyyy}", "{dd}.{mm}.", _DE),
    "fr": Manner("\u202f", ",", _SLASHES, _NAMED, "{dd}/{mm}", _FR),
    "fr-CH": Manner("'", ".", _DOTS, _NAMED, "{dd}.{mm}.", _FR),
    "it": Manner(".", ",", _SLASHES, _NAMED, "{dd}/{mm}", _IT),
    "it-CH": Manner("'", ".", _DOTS, _NAMED, "{dd}.{mm}.", _IT),
    "en": Manner(",", ".", _NAMED, _NAMED, "{d} {month}", _EN),
    "en-CH": Manner("'", ".", _DOTS, _NAMED, "{dd}.{mm}.", _EN),
    "en-US": Manner(",", ".", "{mm}/{dd}/{yyyy}", "{month} {d}, {yyyy}", "{month} {d}", _EN),
    "es": Manner(".", ",", _SLASHES, "{d} de {month} de {yyyy}", "{dd}/{mm}", _ES),
    "nl": Manner(".", ",", "{dd}-{mm}-{yyyy}", _NAMED, "{dd}-{mm}", _NL),
}
PLAIN = Manner("", ".", "{yyyy}-{mm}-{dd}", "{yyyy}-{mm}-{dd}", "{mm}-{dd}")


def manner_of(language: str | None, country: str | None) -> Manner:
    """The manner of a language code; `country` decides between regions where the code does not."""
    if language is None:
        return PLAIN
    base = language.split("-")[0]
    region = language if "-" in language else f"{base}-{country}"
    return MANNERS.get(region) or MANNERS.get(base) or PLAIN


def in_words(value: Stored, kind: Type, form: str, manner: Manner, time_zone: str) -> str | int | bool:
    """A stored value in people's form. Numbers and yes-or-no stay values, so that templates can compare them.

    `form`: "", "date" or "date long". `time_zone` names the zone whose clock shows an instant. `value` is not None.
    """
    match kind:
        case Numeric(denominator=1):
            return int(value or 0)
        case Numeric(denominator=denominator, currency=currency):
            amount = _scaled(int(value or 0), denominator, manner)
            return f"{amount} {currency}" if currency else amount
        case Boolean():
            return bool(value)
        case Date():
            return _date(int(value or 0), manner, form)
        case MonthDay():
            return _pattern(manner.day, 2000, int(value or 0) // 100, int(value or 0) % 100, manner)
        case DateTime():
            moment = to_datetime(int(value or 0), zone(time_zone))
            day = _date(moment.year * 10_000 + moment.month * 100 + moment.day, manner, form)
            return day if form else f"{day} {moment:%H:%M}"
        case SetOf():
            return ", ".join(str(value).strip("|").split("|"))
        case Text() | OneOf() | Point() | Zone():
            return str(value)
        case _:
            assert_never(kind)


def _scaled(value: int, denominator: int, manner: Manner) -> str:
    whole, rest = divmod(abs(value), denominator)
    digits = len(str(denominator)) - 1
    grouped = f"{whole:,}".replace(",", manner.thousands)
    return f"{'-' if value < 0 else ''}{grouped}{manner.point}{rest:0{digits}d}"


def _date(ymd: int, manner: Manner, form: str) -> str:
    pattern = manner.long if form == "date long" else manner.short
    return _pattern(pattern, ymd // 10_000, ymd // 100 % 100, ymd % 100, manner)


def _pattern(pattern: str, year: int, month: int, day: int, manner: Manner) -> str:
    names = manner.months.split()
    name = names[month - 1] if names else f"{month:02d}"
    return pattern.format(d=day, dd=f"{day:02d}", mm=f"{month:02d}", yyyy=f"{year:04d}", month=name)
