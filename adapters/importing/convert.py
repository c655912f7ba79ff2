"""From cells to stored values, one converter per column: type, convention and normalisation are settled beforehand.

A value that does not fit is a `Bad`, never an exception and never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from difflib import get_close_matches
from typing import assert_never

from adapters.importing import dates, numbers
from adapters.importing.dates import (
    EARLIEST,
    LATEST,
    DateFormat,
    instant_of,
    parse_date,
    parse_instant,
    parse_month_day,
)
from adapters.importing.normalise import normalise
from adapters.importing.numbers import NumberFormat, parse_number, scaled
from adapters.importing.places import DEGREES, OUTSIDE, degrees_of
from adapters.sources.cells import ABSENT, Cell, Literal, one_line
from dsl.places import DIGITS, point_text
from dsl.schema import Field, Rules
from dsl.types import (
    Boolean,
    Date,
    DateTime,
    MonthDay,
    Numeric,
    OneOf,
    Point,
    SetOf,
    Stored,
    Text,
    Zone,
    describe,
)
from engine.zones import zone_names

INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Bad:
    """Why a cell does not fit: `reason` is one of a few stable phrases that summaries count, `detail` a sentence."""

    reason: str
    detail: str


UNKNOWN_ZONE = "unknown zone"
"""The reason of a zone that no database knows: it counts as missing, and is no fault of the rest of its row."""

Converter = Callable[[Cell], Stored | Bad]


@dataclass(frozen=True, slots=True)
class Convention:
    """How a column writes numbers and dates, and in which zone its local times are."""

    number: NumberFormat | None = None
    date: DateFormat | None = None
    zone: tzinfo | None = None


@dataclass(slots=True)
class Settled:
    """The convention of a column as far as it is known: the first value that tells it may settle it on the way."""

    convention: Convention


def clip(value: object, length: int = 60) -> str:
    """A value for a sentence: shortened, on one line."""
    text = one_line(str(value))
    return text if len(text) <= length else text[: length - 2] + ".."


def is_missing(cell: Cell) -> bool:
    """Empty text, spaces alone, an empty list, null and nothing at all are missing."""
    return cell is None or cell is ABSENT or (isinstance(cell, str) and not cell.strip()) or cell == []


def converter(field: Field, convention: Convention | Settled, *, address: bool = False) -> Converter:
    """The converter of a column for this field, normalisation included, except of phone numbers: these need the
    country of the row, see `normalised`. `address`: a channel sends to it, so no control characters at all.
    `convention`: one that others look at, or one that only this converter knows."""
    settled = Settled(convention) if isinstance(convention, Convention) else convention
    typed = _converter(field, settled, address=address or not {"email", "phone"}.isdisjoint(field.normalise))
    later = "phone" in field.normalise

    def convert(cell: Cell) -> Stored | Bad:
        if is_missing(cell):
            return None
        return typed(cell) if later else normalised(typed(cell), field, None)

    return convert


def _converter(field: Field, settled: Settled, *, address: bool) -> Converter:
    match field.type:
        case Text():
            return lambda cell: _text(cell, address=address)
        case Numeric() as kind:
            return _number_reader(kind, settled)
        case Boolean():
            return _boolean
        case Date():
            return _day_reader(_date, settled)
        case MonthDay():
            return _day_reader(_month_day, settled)
        case DateTime():
            return _day_reader(_instant, settled)
        case OneOf(members=members):
            one = _member_finder(members)
            return lambda cell: one(plain_text(cell))
        case SetOf(members=members):
            finder = _member_finder(members)
            return lambda cell: _set(cell, finder)
        case Point():
            return _point
        case Zone():
            return _zone
        case _:
            assert_never(field.type)


def _number_reader(kind: Numeric, settled: Settled) -> Converter:
    """Reads numbers; where the sample said nothing about the decimal mark, the first value that tells it settles it.

    All values before that one read the same either way, so the answer does not depend on the size of the sample.
    """

    def read(cell: Cell) -> Stored | Bad:
        if settled.convention.number is None and isinstance(cell, str) and not isinstance(cell, Literal):
            said = numbers.evidence(cell)
            if said == "ambiguous":
                return Bad("ambiguous", f"`{clip(cell)}` can be read in two ways, say --number-format de or en")
            settled.convention = replace(settled.convention, number=said)
        return _number(cell, kind, settled.convention)

    return read


def _day_reader(read_day: Callable[[Cell, Convention], Stored | Bad], settled: Settled) -> Converter:
    """Reads dates; the order of day and month is settled like the decimal mark of numbers."""

    def read(cell: Cell) -> Stored | Bad:
        if settled.convention.date is None and isinstance(cell, str) and not isinstance(cell, Literal):
            said = dates.evidence(cell)
            if said == "ambiguous":
                return Bad("ambiguous", f"`{clip(cell)}` can be read in two ways, say --date-format dmy or mdy")
            settled.convention = replace(settled.convention, date=said)
        return read_day(cell, settled.convention)

    return read


def plain_text(cell: Cell) -> str:
    """A cell as text, NFC: numbers as written, dates in ISO form."""
    match cell:
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case bool():
            return "true" if cell else "false"
        case str():
            return unicodedata.normalize("NFC", cell) if not cell.isascii() else str(cell)
        case _:
            return str(cell)


def unstorable(text: str) -> Bad | None:
    """Characters that no text may hold: bytes that were no characters, and the null character."""
    if text.isascii():
        return Bad("control characters", "holds a null character") if "\0" in text else None
    if any("\ud800" <= c <= "\udfff" for c in text):
        return Bad("unreadable characters", "holds bytes that are no characters in this file's encoding")
    return Bad("control characters", "holds a null character") if "\0" in text else None


def _text(cell: Cell, *, address: bool) -> Stored | Bad:
    if isinstance(cell, (list, dict)):
        return Bad("wrong type", "holds a list or an object where text is wanted")
    text = plain_text(cell)
    wrong = unstorable(text)
    if wrong is not None:
        return wrong
    if address and any(unicodedata.category(c) == "Cc" for c in text.strip()):
        return Bad("control characters", f"`{clip(ascii(text))}` holds control characters, which no address may")
    return text


def _number(cell: Cell, kind: Numeric, convention: Convention) -> Stored | Bad:
    wanted = describe(kind)
    if not isinstance(cell, str):
        return Bad("wrong type", f"`{clip(plain_text(cell))}` is no {wanted}")
    number: Decimal | None = parse_number(cell, convention.number, literal=isinstance(cell, Literal))
    if number is None and not isinstance(cell, Literal) and convention.number is not None:
        other: NumberFormat = "en" if convention.number == "de" else "de"
        if parse_number(cell, other) is not None:
            written = "decimal point" if other == "en" else "decimal comma"
            column = "decimal comma" if other == "en" else "decimal point"
            return Bad("other decimal mark", f"`{clip(cell)}` is written with a {written}, the column with a {column}")
    if number is None:
        return Bad("wrong type", f"`{clip(cell)}` is no {wanted}")
    if kind == DEGREES:
        number = round(number, DIGITS)
    value = scaled(number, kind.denominator)
    if value is None:
        digits = len(str(kind.denominator)) - 1
        room = "whole numbers" if digits == 0 else f"{digits} digits after the point"
        return Bad("too many digits", f"`{clip(cell)}` does not fit exactly: the field keeps {room}")
    if not -INT64 <= value < INT64:
        return Bad("number too large", f"`{clip(cell)}` is too large to store")
    return value


_YES = {"ja", "j", "yes", "y", "true", "t", "1", "x", "wahr", "oui", "o", "si", "sì", "vrai", "vero", "on"}
_NO = {"nein", "n", "no", "false", "f", "0", "falsch", "non", "faux", "falso", "off"}


def boolean_word(text: str) -> bool | None:
    """Yes or no in German, English, French and Italian, 1/0 and x; None for any other word."""
    word = text.strip().casefold()
    return True if word in _YES else False if word in _NO else None


def _boolean(cell: Cell) -> Stored | Bad:
    value = cell if isinstance(cell, bool) else boolean_word(plain_text(cell))
    if value is None:
        return Bad("wrong type", f"`{clip(plain_text(cell))}` is neither yes nor no")
    return int(value)


def _date(cell: Cell, convention: Convention) -> Stored | Bad:
    match cell:
        case datetime():
            day: date | None = cell.date()
        case date():
            day = cell
        case str():
            day = parse_date(cell, convention.date) or _midnight(cell, convention)
        case _:
            day = None
    if day is None:
        return _no_day(cell, convention, "a date")
    return day.year * 10_000 + day.month * 100 + day.day


_SHORT_YEAR = re.compile(r"\d{1,2}([./-])\s?\d{1,2}\1\s?\d{2}(?:\D.*)?")
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
_DATE_SHAPE = re.compile(r"\d{1,4}([-./])\s?\d{1,2}\1\s?\d{1,4}(?:[T\s,].*)?")


def _no_day(cell: Cell, convention: Convention, wanted: str) -> Bad:
    """Why a cell is no date, or no date and time."""
    text = plain_text(cell).strip()
    shown = f"`{clip(text)}`"
    if isinstance(cell, str) and _SERIAL.fullmatch(text):
        return Bad("Excel serial number", f"{shown} counts days as Excel does, format the cells as dates")
    if isinstance(cell, str) and _SHORT_YEAR.fullmatch(text):
        return Bad("year of two digits", f"{shown} has a year of two digits, write all four")
    head = re.split(r"[T\s,]", text)[0]
    other: DateFormat = "mdy" if convention.date == "dmy" else "dmy"
    if convention.date is not None and parse_date(head, other) is not None and dates.evidence(head) == other:
        written, column = ("month", "day") if other == "mdy" else ("day", "month")
        return Bad("other order of day and month", f"{shown} is written {written} first, the column {column} first")
    if _DATE_SHAPE.fullmatch(text) and parse_date(head, convention.date) is None:
        return Bad("impossible date", f"{shown} is a day that no calendar has")
    return Bad("impossible date", f"{shown} is not {wanted}")


def _midnight(text: str, convention: Convention) -> date | None:
    """A date that an export wrote with a time of zero hours."""
    head, _, clock = text.strip().partition("T" if "T" in text else " ")
    return parse_date(head, convention.date) if clock in {"00:00", "00:00:00", "00:00:00.000"} else None


def _month_day(cell: Cell, convention: Convention) -> Stored | Bad:
    match cell:
        case date():
            return cell.month * 100 + cell.day
        case str():
            value = parse_month_day(cell, convention.date)
        case _:
            value = None
    return value if value is not None else Bad("impossible date", f"`{clip(plain_text(cell))}` is no day of a year")


def _instant(cell: Cell, convention: Convention) -> Stored | Bad:
    zone = convention.zone
    assert zone is not None, "a datetime column needs the project's zone"
    value: int | None = None
    try:
        match cell:
            case datetime():
                value = instant_of(cell, zone)
            case date():
                value = instant_of(datetime.combine(cell, time()), zone)
            case str() if not isinstance(cell, Literal):
                value = parse_instant(cell, convention.date, zone)
            case _:
                pass
    except OverflowError:
        pass
    if value is None:
        return _no_day(cell, convention, "a date and time")
    if not EARLIEST <= value < LATEST:
        return Bad("impossible date", f"`{clip(plain_text(cell))}` lies outside the years 1900 to 2200")
    return value


def _member_finder(members: Sequence[str]) -> Callable[[str], str | Bad]:
    exact = {unicodedata.normalize("NFC", m): m for m in members}
    folded: dict[str, list[str]] = {}
    for member in members:
        folded.setdefault(unicodedata.normalize("NFC", member).casefold(), []).append(member)

    def find(text: str) -> str | Bad:
        word = text.strip()
        if word in exact:
            return exact[word]
        near = folded.get(word.casefold(), [])
        if len(near) == 1:
            return near[0]
        wrong = unstorable(word)
        if wrong is not None:
            return wrong
        if not members:
            return word  # a set that takes any word: the tags of a message
        close = get_close_matches(word[:100], members, 1)
        hint = f", did you mean `{close[0]}`" if close else f": {', '.join(members[:8])}"
        return Bad("unknown member", f"`{clip(word)}` is none of the members{hint}")

    return find


def _set(cell: Cell, find: Callable[[str], str | Bad]) -> Stored | Bad:
    if isinstance(cell, list):
        if any(isinstance(part, (list, dict)) for part in cell):
            return Bad("wrong type", "holds a list within the list")
        parts = ["" if part is None else str(part) for part in cell]
    else:
        text = plain_text(cell)
        mark = next((m for m in "|;," if m in text), ",")
        parts = text.split(mark)
    found: set[str] = set()
    for part in parts:
        if part.strip():
            member = find(unicodedata.normalize("NFC", part))
            if isinstance(member, Bad):
                return member
            found.add(member)
    return f"|{'|'.join(sorted(found))}|" if found else None


def _point(cell: Cell) -> Stored | Bad:
    text = f"{cell[0]},{cell[1]}" if isinstance(cell, list) and len(cell) == 2 else plain_text(cell)
    degrees = degrees_of(text)
    if degrees is None:
        return Bad("wrong type", f"`{clip(text)}` is no place, write it like `47.3769, 8.5417`")
    return point_text(*degrees) or Bad("wrong type", f"`{clip(text)}` {OUTSIDE}")


def _zone(cell: Cell) -> Stored | Bad:
    name = plain_text(cell).strip()
    return name if name in zone_names() else Bad(UNKNOWN_ZONE, f"`{clip(name)}` is no time zone, like `Europe/Zurich`")


def normalised(value: Stored | Bad, field: Field, country: str | None) -> Stored | Bad:
    """The value as the field wants it stored (`normalise:` in schema.yaml) and allows it (`min:`, `max:`, `pattern:`,
    `max_length:`); empty text is missing."""
    if field.normalise and isinstance(value, str):
        done = normalise(value, field.normalise, country)
        value = done if not isinstance(done, tuple) else Bad(*done)
    return value if field.rules is None or value is None else _allowed(value, field.rules)


def _allowed(value: str | int | Bad, rules: Rules) -> Stored | Bad:
    match value:
        case str():
            if rules.longest is not None and len(value) > rules.longest:
                return Bad(
                    "too long", f"`{clip(value)}` has {len(value)} characters, the field at most {rules.longest}"
                )
            if rules.pattern is not None and re.fullmatch(rules.pattern, value) is None:
                return Bad("other pattern", f"`{clip(value)}` is not written like `{rules.pattern}`")
        case int():
            if rules.least is not None and value < rules.least[0]:
                return Bad("too small", f"is less than {rules.least[1]}")
            if rules.most is not None and value > rules.most[0]:
                return Bad("too large", f"is more than {rules.most[1]}")
        case Bad():
            pass
    return value
