"""Dates and instants as people and programs write them. Whether 05/06 is May or June is a property of a column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal

DateFormat = Literal["dmy", "mdy"]
"""The order where the year stands last; dates with the year first need no convention."""

DESCRIBED: dict[DateFormat, str] = {"dmy": "day first (31/12/2026)", "mdy": "month first (12/31/2026)"}

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})")
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?\s*(?:Uhr)?\s*"
    r"(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
)
_MONTH_DAY = re.compile(r"(?:--)?(\d{1,2})([-/.])(\d{1,2})\.?")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EARLIEST = (datetime(1900, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
LATEST = (datetime(2201, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
"""Instants outside [EARLIEST, LATEST) are mistakes, and would leave the calendars that the engine joins."""


def evidence(text: str) -> DateFormat | Literal["ambiguous"] | None:
    """What one value says about the order: it tells, it could be both, or it says nothing (year first, no date)."""
    found = _YEAR_LAST.match(text.strip())
    if found is None:
        return None
    a, mark, b = int(found[1]), found[2], int(found[3])
    if mark == "." or a > 12 >= b:
        return "dmy"
    if b > 12 >= a:
        return "mdy"
    return None if a == b else "ambiguous"


@dataclass(frozen=True, slots=True)
class DateEvidence:
    """The first value of a column's sample that tells each order, and the first that could be both."""

    dmy: str | None = None
    mdy: str | None = None
    ambiguous: str | None = None


def weigh(values: Iterable[str]) -> DateEvidence:
    """The evidence of a column's sample."""
    first: dict[str, str] = {}
    for value in values:
        said = evidence(value)
        if said is not None:
            first.setdefault(said, value)
            if len(first) == 3:
                break
    return DateEvidence(first.get("dmy"), first.get("mdy"), first.get("ambiguous"))


def parse_date(text: str, convention: DateFormat | None) -> date | None:
    """The civil date, or None if the text is none (31.02. is none)."""
    text = text.strip()
    if not text.isascii():
        return None
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (found[1], found[3], found[4]) if found[1] else (found[5], found[6], found[7])
    elif found := _YEAR_LAST.fullmatch(text):
        year, day, month = found[4], found[1], found[3]
        if convention == "mdy" and found[2] != ".":
            day, month = month, day
        elif convention is None and found[2] != "." and day != month:
            return None
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_instant(text: str, convention: DateFormat | None, zone: tzinfo) -> int | None:
    """Microseconds since 1970 UTC, or None if the text is no instant. Without an offset it is local time in `zone`
    (the earlier instant, where the clock is set back); a date alone is its midnight. Digits beyond the microsecond
    are cut off."""
    text = text.strip()
    head, rest = _cut(text)
    day = parse_date(head, convention)
    if day is None:
        return None
    found = _TIME.fullmatch(rest or "00:00")
    if found is None or not rest.isascii():
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[5][0] in "Pp" else 0)
    try:
        clock = time(hour, minute, second, int((found[4] or "").ljust(6, "0")[:6]))
        offset = zone if found[6] is None else _offset(found[6])
        return instant_of(datetime.combine(day, clock), offset)
    except (ValueError, OverflowError):
        return None


def _cut(text: str) -> tuple[str, str]:
    """A date and what follows it."""
    match = re.match(r"[\d./-]+(?:\s\d{1,2}\.\s?\d{4})?", text)
    if match is None:
        return text, ""
    head, rest = text[: match.end()], text[match.end() :]
    if rest.startswith(("T", "t", " ", ",")):
        return head, rest.lstrip("Tt, ")
    return (head, "") if not rest else (text, "")


def _offset(text: str) -> tzinfo:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-shift if text[0] == "-" else shift)


def instant_of(moment: datetime, zone: tzinfo) -> int:
    """Microseconds since 1970 UTC of a moment that may lack a zone. Raises OverflowError at the ends of time."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    return (aware.astimezone(UTC) - EPOCH) // MICROSECOND


def parse_month_day(text: str, convention: DateFormat | None) -> int | None:
    """mmdd of a birthday: `24.12.`, `12-24`, or of a whole date; 29 February is one."""
    text = text.strip()
    whole = parse_date(text, convention)
    if whole is not None:
        return whole.month * 100 + whole.day
    found = _MONTH_DAY.fullmatch(text) if text.isascii() else None
    if found is None:
        return None
    first, mark, second = int(found[1]), found[2], int(found[3])
    if mark == "-":
        month, day = first, second
    elif mark == "." or convention == "dmy":
        month, day = second, first
    elif convention == "mdy":
        month, day = first, second
    else:
        return None
    try:
        date(2000, month, day)
    except ValueError:
        return None
    return month * 100 + day
