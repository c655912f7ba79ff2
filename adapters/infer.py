"""What a file holds, as types of `schema.yaml`: the reading side of `kadenz schema infer`.

One pass over the file with bounded memory; each distinct value of a column is looked at once. In doubt a column is
text: a type that is too narrow sends good rows into quarantine, and a number that was an identifier loses its zeros.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

from adapters.importing import dates, numbers
from adapters.importing.convert import boolean_word, is_missing, plain_text
from adapters.sources.cells import Cell, Literal, Row, Source, one_line, readable
from engine.zones import zone_names

DISTINCT = 50_000
"""Distinct values of a column that are looked at; a column with more is judged by these."""

SHARE = 20
"""A column has a type that all but one in this many of its known cells have .."""

HANDFUL = 10
""".. and all but so many: more cells that do not fit are no slips."""

MEMBER_ROWS = 20
ROWS_A_MEMBER = 3
"""Values are members where a column has so many rows, and so many of them a value on average."""

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
class _Value:
    """One value of a column: how often, and the first lines it stands in."""

    cell: Cell
    count: int = 0
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Seen:
    """The values of one column as far as they were read."""

    rows: int = 0
    known: int = 0
    values: dict[tuple[type, str], _Value] = field(default_factory=dict)
    more: bool = False

    def add(self, cell: Cell, line: int) -> None:
        self.rows += 1
        if is_missing(cell):
            return
        self.known += 1
        key = (type(cell), plain_text(cell))
        value = self.values.get(key)
        if value is None:
            if len(self.values) >= DISTINCT:
                self.more = True
                return
            value = self.values[key] = _Value(cell)
        value.count += 1
        if len(value.lines) <= HANDFUL:
            value.lines.append(line)


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
    bad: tuple[tuple[int, str], ...] = ()
    """Lines that will go to the quarantine, with what stands there."""
    open: str = ""
    """"number" or "date" where every value can be read in two ways: the import asks for the format."""

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
                column.add(cell, row.line)
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
    cells = [value.cell for value in seen.values.values()]
    example = one_line(plain_text(cells[0]))[:40] if cells else ""
    unique = bool(cells) and not seen.more and len(cells) == seen.known == seen.rows
    unique = unique or (seen.more and seen.known == seen.rows)
    pii = not words.isdisjoint(_PERSONAL_WORDS) or any(w.endswith(("name", "strasse")) for w in words & {name})

    def guess(kind: str, why: str, bad: Sequence[_Value] = (), *, email: bool = False, phone: bool = False) -> Guess:
        offset = kind == "datetime" and all(_tells_offset(c) for c in cells[:200])
        normalise = ("email",) if email else ("phone",) if phone else ()
        lines = tuple(sorted((line, one_line(plain_text(v.cell))[:40]) for v in bad for line in v.lines))
        personal = pii or email or phone
        return Guess(column, name, kind, why, example, personal, normalise, unique, offset, lines, _open(kind, cells))

    if not cells:
        return guess("text", "no value in the file")
    if words & _PHONE_WORDS:
        return guess("text", "phone numbers, by the name", phone=True)
    order, mark = _order(seen.values.values()), _mark(seen.values.values())
    kinds: tuple[tuple[Callable[[Cell], bool], Callable[[Sequence[Cell]], tuple[str, str] | None]], ...] = (
        (_is_email, lambda _: ("email", "email addresses")),
        (_is_boolean, lambda some: _named("boolean", _boolean(some, words))),
        (lambda c: _is_instant(c, order), lambda some: _named("datetime", _datetime(some))),
        (lambda c: _is_date(c, order), lambda some: _named("date", _date(some, words))),
        (_is_zone, lambda _: ("zone", "names of time zones")),
        (_is_place, lambda _: ("point", "places")),
        (lambda c: _is_number(c, mark), lambda some: _number(some, words, currency, mark)),
    )
    # what all cells are comes first, then what all but a few are
    for tolerant in (False, True):
        for fits, judge in kinds:
            bad = [value for value in seen.values.values() if not fits(value.cell)]
            if bool(bad) != tolerant or not _are_slips(bad, seen):
                continue
            found = judge([value.cell for value in seen.values.values() if fits(value.cell)])
            if found is not None and found[0] == "email":
                return guess("text", found[1], bad, email=True)
            if found is not None and not (bad and _identifiers(v.cell for v in bad)):
                return guess(*found, bad)
    if not _is_numeric(cells):
        members = _set_members(cells, seen.known) or _members([plain_text(c) for c in cells], seen)
        if members is not None:
            return guess(*members)
    return guess("text", "")


def _are_slips(bad: Sequence[_Value], seen: _Seen) -> bool:
    """Whether so few cells do not fit that they are mistakes: hardly any, and none of them said again and again."""
    count = sum(value.count for value in bad)
    return not bad or (count <= HANDFUL and count * SHARE <= seen.known and not seen.more)


def _named(kind: str, why: str) -> tuple[str, str] | None:
    return (kind, why) if why else None


def _identifiers(cells: Iterable[Cell]) -> bool:
    return any(_looks_like_identifier(plain_text(c)) for c in cells)


def _open(kind: str, cells: Sequence[Cell]) -> str:
    """Which format an import would have to ask for; see `Guess.open`."""
    texts = [c for c in cells if isinstance(c, str) and not isinstance(c, Literal)]
    if kind in {"date", "datetime"}:
        said = dates.weigh(texts)
        return "date" if said.ambiguous and not (said.dmy or said.mdy) else ""
    if kind.startswith(("number", "decimal", "money")):
        told = numbers.weigh(texts)
        return "number" if told.ambiguous and not (told.de or told.en) else ""
    return ""


# ---------------------------------------------------------------- types


def _is_email(cell: Cell) -> bool:
    text = plain_text(cell)
    return "@" in text and " " not in text.strip()


def _is_boolean(cell: Cell) -> bool:
    return isinstance(cell, bool) or boolean_word(plain_text(cell)) is not None


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


def _order(values: Iterable[_Value]) -> dates.DateFormat:
    """The order of day and month that most of the values have."""
    said: Counter[str | None] = Counter()
    for value in values:
        if isinstance(value.cell, str):
            said[dates.evidence(value.cell)] += value.count
    return "mdy" if said["mdy"] > said["dmy"] else "dmy"


def _mark(values: Iterable[_Value]) -> numbers.NumberFormat:
    """The decimal mark that most of the values have."""
    said: Counter[str | None] = Counter()
    for value in values:
        if isinstance(value.cell, str) and not isinstance(value.cell, Literal):
            said[numbers.evidence(value.cell)] += value.count
    return "de" if said["de"] > said["en"] else "en"


def _is_instant(cell: Cell, order: dates.DateFormat) -> bool:
    if isinstance(cell, date):
        return True
    text = isinstance(cell, str) and not isinstance(cell, Literal) and len(cell) <= 60
    return text and dates.parse_instant(str(cell), order, UTC) is not None


def _datetime(cells: Sequence[Cell]) -> str:
    with_time = [c for c in cells if isinstance(c, datetime) or (isinstance(c, str) and ":" in c)]
    compact = all(isinstance(c, str) and c.strip().isdigit() for c in cells)
    return "date and time" if with_time and not compact else ""


def _is_date(cell: Cell, order: dates.DateFormat) -> bool:
    if isinstance(cell, date):
        return True
    return isinstance(cell, str) and len(cell) <= 20 and dates.parse_date(cell, order) is not None


def _date(cells: Sequence[Cell], words: set[str]) -> str:
    if all(isinstance(c, str) and c.strip().isdigit() for c in cells):
        says = {"date", "datum", "day", "tag"}
        return "dates, by the name" if words & says or any(w.endswith(("date", "datum")) for w in words) else ""
    return "dates"


def _is_zone(cell: Cell) -> bool:
    return "/" in plain_text(cell) and plain_text(cell) in zone_names()


_PLACE = re.compile(r"\(?\s*-?\d{1,2}\.\d+\s*[,;]\s*-?\d{1,3}\.\d+\s*\)?")


def _is_place(cell: Cell) -> bool:
    return isinstance(cell, str) and _PLACE.fullmatch(cell.strip()) is not None


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


def _is_number(cell: Cell, mark: numbers.NumberFormat) -> bool:
    return isinstance(cell, str) and numbers.parse_number(cell, mark, literal=isinstance(cell, Literal)) is not None


def _number(
    cells: Sequence[Cell], words: set[str], currency: str | None, mark: numbers.NumberFormat
) -> tuple[str, str] | None:
    if words & _ID_WORDS or any(w.endswith("id") and w != "paid" for w in words if len(w) <= 4):
        return None
    texts = [c for c in cells if isinstance(c, str)]
    if len(texts) != len(cells) or any(_looks_like_identifier(t) for t in texts):
        return None
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
        hint = ", an amount of money with --currency CODE" if words & _MONEY_WORDS and currency is None else ""
        return f"decimal({max(digits, 2)})", "numbers with a fraction" + hint
    return "number", "whole numbers"


def _currency_of(text: str) -> str | None:
    found = _CURRENCY.search(text)
    if found is None:
        return None
    sign = found[1] or found[2]
    return _SIGNS.get(sign) or (sign if sign in _CODES else None)


def _members(texts: Sequence[str], seen: _Seen) -> tuple[str, str] | None:
    members = sorted({unicodedata.normalize("NFC", t).strip() for t in texts})
    few = 1 < len(members) <= MAX_MEMBERS and seen.rows >= MEMBER_ROWS and seen.known >= ROWS_A_MEMBER * len(members)
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
