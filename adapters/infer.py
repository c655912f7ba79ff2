"""What a file holds, as types of `schema.yaml`: the reading side of `kadenz schema infer`.

One pass over the file with bounded memory; each distinct value of a column is looked at once. In doubt a column is
text: a type that is too narrow sends good rows into quarantine, and a number that was an identifier loses its zeros.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

from adapters.importing import dates, numbers
from adapters.importing.convert import boolean_word, is_missing, plain_text
from adapters.sources.cells import Cell, Literal, Row, Source, one_line, readable
from engine.zones import zone_names

DISTINCT = 50_000
"""Distinct values of a column that are looked at; a column with more is judged by these."""

MAX_MEMBERS = 12
MAX_MEMBER_LENGTH = 30
MAX_DIGITS = 9

_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "Fr": "CHF", "Fr.": "CHF"}
_CODES = {"CHF", "EUR", "USD", "GBP", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "JPY", "CAD", "AUD"}
_CURRENCY = re.compile(r"^\s*([€$£¥]|Fr\.?|[A-Z]{3})(?=[\s\d+-])|(?<=[\s\d.-])([€$£¥]|Fr\.?|[A-Z]{3})\s*$")
_MONEY_WORDS = {
    "amount", "price", "turnover", "revenue", "sales", "cost", "betrag", "preis", "umsatz", "kosten", "money",
    "discount", "disc", "rabatt",
}  # fmt: skip
_ID_WORDS = {
    "id", "key", "nr", "no", "number", "nummer", "code", "sku", "ean", "upc", "plz", "zip", "postcode", "iban",
    "phone", "tel", "telefon", "mobile", "mobil", "handy", "fax",
}  # fmt: skip
_PHONE_WORDS = {"phone", "tel", "telefon", "telephone", "mobile", "mobil", "handy"}
_PERSONAL_WORDS = {
    "name", "firstname", "lastname", "surname", "vorname", "nachname", "street", "strasse", "address", "adresse",
    "birth", "birthday", "birthdate", "geburtstag", "geburtsdatum", "geburt", "dob", "iban", "ip",
}  # fmt: skip
_YES_NO_WORDS = {"is", "has", "flag", "opt", "optin", "newsletter", "active", "aktiv", "allowed", "wants"}


@dataclass(slots=True)
class _Seen:
    """The values of one column as far as they were read."""

    rows: int = 0
    known: int = 0
    values: dict[tuple[type, str], Cell] = field(default_factory=dict)
    more: bool = False

    def add(self, cell: Cell) -> None:
        self.rows += 1
        if is_missing(cell):
            return
        self.known += 1
        key = (type(cell), plain_text(cell))
        if key not in self.values:
            if len(self.values) < DISTINCT:
                self.values[key] = cell
            else:
                self.more = True


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column was taken for. `type`: the words of schema.yaml; `name`: the field's name, "" if none can be made.

    `unique`: every row has a value of its own. `moment`: a datetime; `offset`: its values tell their offset."""

    column: str
    name: str
    type: str
    why: str
    example: str
    pii: bool = False
    normalise: tuple[str, ...] = ()
    unique: bool = False
    offset: bool = False

    @property
    def entry(self) -> dict[str, object] | str:
        """The field as it stands in schema.yaml."""
        if not self.pii and not self.normalise:
            return self.type
        entry: dict[str, object] = {"type": self.type}
        if self.normalise:
            entry["normalise"] = list(self.normalise)
        if self.pii:
            entry["pii"] = True
        return entry


def infer(source: Source, currency: str | None = None) -> list[Guess]:
    """A guess for each column, in order. `currency`: of columns whose name says money and whose values do not."""
    seen = [_Seen() for _ in source.columns]
    for row in source.rows():
        if isinstance(row, Row) and len(row.cells) >= len(seen):
            for column, cell in zip(seen, row.cells, strict=False):
                column.add(cell)
    return [_guess(name, column, currency) for name, column in zip(source.columns, seen, strict=True)]


def field_name(column: str) -> str:
    """A field's name made of a column's: lower case words joined by underscores; "" if nothing is left."""
    text = unicodedata.normalize("NFC", readable(column)).lower()
    name = re.sub(r"[\W_]+", "_", text).strip("_")[:60].rstrip("_")
    if name and not name[0].isalpha():
        name = f"n_{name}"[:60]
    return name if name.isidentifier() else ""


def _words(column: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-zäöü])(?=[A-ZÄÖÜ])", " ", column)
    parts = [p for p in re.split(r"[\W_]+", spaced.casefold()) if p]
    return {*parts, "".join(parts)}


def _guess(column: str, seen: _Seen, currency: str | None) -> Guess:
    name, words = field_name(column), _words(column)
    cells = list(seen.values.values())
    example = one_line(plain_text(cells[0]))[:40] if cells else ""
    unique = bool(cells) and not seen.more and len(cells) == seen.known == seen.rows
    unique = unique or (seen.more and seen.known == seen.rows)
    pii = not words.isdisjoint(_PERSONAL_WORDS) or any(w.endswith(("name", "strasse")) for w in words & {name})

    def guess(kind: str, why: str, *, normalise: tuple[str, ...] = (), personal: bool = False) -> Guess:
        offset = kind == "datetime" and all(_tells_offset(c) for c in cells[:200])
        return Guess(column, name, kind, why, example, pii or personal, normalise, unique, offset)

    if not cells:
        return guess("text", "no value in the file")
    texts = [plain_text(c) for c in cells]
    if all("@" in t and " " not in t.strip() for t in texts):
        return guess("text", "email addresses", normalise=("email",), personal=True)
    if words & _PHONE_WORDS:
        return guess("text", "phone numbers, by the name", normalise=("phone",), personal=True)
    for kind, why in (
        ("boolean", _boolean(cells, words)),
        ("datetime", _datetime(cells)),
        ("date", _date(cells, words)),
        ("zone", _zone(cells)),
        ("point", _point(cells)),
    ):
        if why:
            return guess(kind, why)
    numeric = _number(cells, words, currency)
    if numeric is not None:
        return guess(*numeric)
    if not _is_numeric(cells):
        members = _set_members(cells, seen.known) or _members(texts, seen)
        if members is not None:
            return guess(*members)
    return guess("text", "")


# ---------------------------------------------------------------- types


def _boolean(cells: Sequence[Cell], words: set[str]) -> str:
    found = [c if isinstance(c, bool) else boolean_word(plain_text(c)) for c in cells]
    if None in found:
        return ""
    texts = {plain_text(c).strip().casefold() for c in cells}
    if texts <= {"0", "1"} and not words & _YES_NO_WORDS:
        return ""
    if texts == {"x"} or len(set(found)) == 2 or all(isinstance(c, bool) for c in cells):
        return "yes or no"
    return ""


def _tells_offset(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return False
    here = dates.parse_instant(cell, "dmy", UTC)
    other = dates.parse_instant(cell, "dmy", timezone(timedelta(hours=5)))
    return here is not None and here == other


def _order(cells: Sequence[Cell]) -> dates.DateFormat | None:
    said = dates.weigh(c for c in cells if isinstance(c, str))
    if said.dmy and said.mdy:
        return None
    return "mdy" if said.mdy else "dmy"


def _datetime(cells: Sequence[Cell]) -> str:
    order = _order(cells)
    with_time = False
    for cell in cells:
        if isinstance(cell, datetime):
            with_time = True
        elif not isinstance(cell, date):
            if not isinstance(cell, str) or isinstance(cell, Literal):
                return ""
            if ":" in cell:
                with_time = True
            if len(cell) > 60 or dates.parse_instant(cell, order, UTC) is None:
                return ""
    compact = all(isinstance(c, str) and c.strip().isdigit() for c in cells)
    return "date and time" if with_time and not compact else ""


def _date(cells: Sequence[Cell], words: set[str]) -> str:
    order = _order(cells)
    for cell in cells:
        if isinstance(cell, date):
            continue
        if not isinstance(cell, str) or len(cell) > 20 or dates.parse_date(cell, order) is None:
            return ""
    if all(isinstance(c, str) and c.strip().isdigit() for c in cells):
        says = {"date", "datum", "day", "tag"}
        return "dates, by the name" if words & says or any(w.endswith(("date", "datum")) for w in words) else ""
    return "dates"


def _zone(cells: Sequence[Cell]) -> str:
    known = zone_names()
    return "names of time zones" if all(plain_text(c) in known and "/" in plain_text(c) for c in cells) else ""


_PLACE = re.compile(r"\(?\s*-?\d{1,2}\.\d+\s*[,;]\s*-?\d{1,3}\.\d+\s*\)?")


def _point(cells: Sequence[Cell]) -> str:
    return "places" if all(isinstance(c, str) and _PLACE.fullmatch(c.strip()) for c in cells) else ""


def _is_numeric(cells: Sequence[Cell]) -> bool:
    return all(isinstance(c, str) and re.fullmatch(r"\s*[+-]?\d[\d.,'’\s]*([eE][+-]?\d+)?\s*", c) for c in cells)


def _looks_like_identifier(text: str) -> bool:
    """Leading zeros, a large number in e-notation, or more digits than a count ever has."""
    bare = text.strip()
    return bool(
        re.fullmatch(r"0\d+", bare)
        or re.fullmatch(r"\d+(\.\d+)?[eE]\+?\d+", bare)
        or (re.fullmatch(r"\d+", bare) and len(bare) > 15)
    )


def _number(cells: Sequence[Cell], words: set[str], currency: str | None) -> tuple[str, str] | None:
    if words & _ID_WORDS or any(w.endswith("id") and w != "paid" for w in words if len(w) <= 4):
        return None
    texts = [c for c in cells if isinstance(c, str)]
    if len(texts) != len(cells) or any(_looks_like_identifier(t) for t in texts):
        return None
    said = numbers.weigh(t for t in texts if not isinstance(t, Literal))
    if said.de and said.en:
        return None
    mark: numbers.NumberFormat = "de" if said.de else "en"
    digits, fraction = 0, False
    codes: set[str | None] = set()
    for text in texts:
        value = numbers.parse_number(text, mark, literal=isinstance(text, Literal))
        if value is None:
            return None
        needed = next((n for n in range(MAX_DIGITS + 1) if numbers.scaled(value, 10**n) is not None), None)
        if needed is None:
            return None
        digits = max(digits, needed)
        fraction = fraction or ("," if mark == "de" else ".") in text
        codes.add(_currency_of(text))
    named = {w.upper() for w in words} & _CODES
    unit = next(iter(codes - {None}), None) or next(iter(named), None)
    if unit is None and currency is not None and words & _MONEY_WORDS:
        unit = currency
    if unit is not None and len(codes - {None}) <= 1 and digits <= 2:
        return f"money {unit}", "money"
    if digits or fraction:
        return f"decimal({max(digits, 2)})", "numbers with a fraction"
    return "number", "whole numbers"


def _currency_of(text: str) -> str | None:
    found = _CURRENCY.search(text)
    if found is None:
        return None
    sign = found[1] or found[2]
    return _SIGNS.get(sign) or (sign if sign in _CODES else None)


def _members(texts: Sequence[str], seen: _Seen) -> tuple[str, str] | None:
    members = sorted({unicodedata.normalize("NFC", t).strip() for t in texts})
    few = len(members) <= MAX_MEMBERS and seen.known >= max(10, 5 * len(members))
    if not few or len({m.casefold() for m in members}) != len(members) or not all(map(_can_be_member, members)):
        return None
    return f"one of [{', '.join(map(_member, members))}]", f"{len(members)} different values"


def _set_members(cells: Sequence[Cell], known: int) -> tuple[str, str] | None:
    parts: set[str] = set()
    several = False
    for cell in cells:
        if isinstance(cell, list):
            found = [str(p) for p in cell]
            several = True
        else:
            text = plain_text(cell)
            found = re.split(r"[|;]", text)
            several = several or len([p for p in found if p.strip()]) > 1
        parts |= {unicodedata.normalize("NFC", p).strip() for p in found if p.strip()}
    members = sorted(parts)
    few = 0 < len(members) <= 2 * MAX_MEMBERS and known >= max(10, 2 * len(members))
    if not several or not few or not all(map(_can_be_member, members)):
        return None
    return f"set of [{', '.join(map(_member, members))}]", f"lists of {len(members)} different values"


def _can_be_member(text: str) -> bool:
    plain = all(unicodedata.category(c)[0] != "C" for c in text)
    return 0 < len(text) <= MAX_MEMBER_LENGTH and plain and "|" not in text and '"' not in text


def _member(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f'"{text}"'
